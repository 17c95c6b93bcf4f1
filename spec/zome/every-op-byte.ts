/**
 * Ops of every kind and generation with each byte changed, and cut off at each byte: the messages of the reader.
 * Recorded in `every-op-byte.txt`, one line for each range of bytes, so that a change of a codec is always visible.
 */
import { writeFileSync } from 'node:fs';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { sameBytes } from '../../src/base/same-bytes.js';
import type { Codec } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import { GENERATIONS, type Generation } from '../../src/boundary/generation.js';
import { type Op, op } from '../../src/zome/op.js';
import { samples } from './sample-ops.js';

const STRETCH = 24;
const VALUES = [0x80, 0xc0];

function resultOf(bytes: Uint8Array, codec: Codec<Op>): string {
  const read = decodeBytes(codec, bytes);
  if (!read.ok) return `${read.error.reason} at ${read.error.path}`;
  return sameBytes(encodeBytes(codec, read.value), bytes) ? 'read' : 'read, and written otherwise';
}

export function everyOpByteLines(): readonly string[] {
  const lines: string[] = [];
  for (const generation of Object.keys(GENERATIONS) as Generation[]) {
    const codec = op(generation);
    for (const { name, op: value } of samples({ generation }).ops) {
      const whole = encodeBytes(codec, value);
      for (let from = 0; from < whole.length; from += STRETCH) {
        const all: string[] = [];
        for (let at = from; at < Math.min(from + STRETCH, whole.length); at++) {
          for (const byte of VALUES) all.push(resultOf(whole.with(at, byte), codec));
          all.push(resultOf(whole.slice(0, at), codec));
        }
        const shown = [...new Set(all)].filter((text) => !/^read|^no MessagePack/.test(text)).slice(0, 2);
        lines.push(
          `${generation} ${name} ${from}: ${toHex(hash(utf8(all.join('\n')))).slice(0, 16)} ${shown.join(' ; ')}`,
        );
      }
    }
  }
  return lines;
}

export const RECORDED = new URL('../../../spec/zome/every-op-byte.txt', import.meta.url);

/** `node dist/spec/zome/every-op-byte.js` records the current messages. */
if (process.argv[1]?.endsWith('every-op-byte.js') === true) {
  writeFileSync(RECORDED, `${everyOpByteLines().join('\n')}\n`);
}
