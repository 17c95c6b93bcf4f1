/**
 * Every shape of vectors/wire with the value at each of its places replaced by one of another kind: the messages of the
 * decoder. Recorded in `every-wire-place.txt`, the texts of a shape as a hash and the first of them, so that a change
 * of a type name or a path is always visible.
 */
import { writeFileSync } from 'node:fs';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { decodeValue } from '../../src/boundary/codec.js';
import type { MessagePackKey, MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { bytesOf, codecOf, VECTORS, type Vector } from './wire-vectors.js';

/** Yields a value once for each of its places, with an odd value there. */
function* changed(value: MessagePackValue): Generator<MessagePackValue> {
  const isContainer = value instanceof Map || Array.isArray(value);
  yield isContainer ? 7 : [];
  if (!isContainer) return;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<MessagePackKey, MessagePackValue>)];
    for (const [at, [key, inner]] of entries.entries())
      for (const other of changed(inner)) yield new Map(entries.with(at, [key, other]));
    // An unknown key, in place of each key and in addition to all.
    for (const at of entries.keys()) yield new Map(entries.with(at, ['unknown', entries[at]![1]]));
    yield new Map([...entries, ['unknown', null]]);
  } else {
    const list = value as readonly MessagePackValue[];
    for (const [at, inner] of list.entries()) for (const other of changed(inner)) yield list.with(at, other);
    yield [...list, null];
    if (list.length > 0) yield list.slice(0, -1);
  }
}

function resultsOf(vector: Vector): readonly string[] {
  const whole = decodeMessagePack(bytesOf(vector));
  if (!whole.ok) throw new Error(vector.name);
  return [...changed(whole.value)].map((value) => {
    const read = decodeValue(codecOf(vector), value);
    return read.ok ? 'read' : `${read.error.reason} at ${read.error.path}`;
  });
}

export function everyWirePlaceLines(): readonly string[] {
  return VECTORS.flatMap(([, vectors]) => vectors).map((vector) => {
    const all = resultsOf(vector);
    const { codec, generation, name } = vector;
    return `${codec} ${generation} ${name}: ${all.length} ${toHex(hash(utf8(all.join('\n')))).slice(0, 16)} ${all[0]}`;
  });
}

export const RECORDED = new URL('../../../spec/zome/every-wire-place.txt', import.meta.url);

/** `node dist/spec/zome/every-wire-place.js` records the current messages. */
if (process.argv[1]?.endsWith('every-wire-place.js') === true) {
  writeFileSync(RECORDED, `${everyWirePlaceLines().join('\n')}\n`);
}
