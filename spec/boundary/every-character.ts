/**
 * A JSON text and a MessagePack value that contain one of everything, with each byte changed, left out and cut off at:
 * the results of reading, scanning and writing, as text. Recorded in `every-character.txt`, so that a change of a fault
 * or a value is always visible.
 */
import { writeFileSync } from 'node:fs';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { type DocumentScan, ScanFault, type Span } from '../../src/boundary/document-scan.js';
import { messagePackFromJsonBytes } from '../../src/boundary/json-read.js';
import { JsonScan } from '../../src/boundary/json-scan.js';
import { jsonFromMessagePack } from '../../src/boundary/json-write.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { MessagePackScan } from '../../src/boundary/messagepack-scan.js';

export const JSON_TEXTS: readonly string[] = [
  '{"a": [1, -2.5e3, true,false,null, "x\\n\\u00e9\\ud83d\\ude00 é"], "b":{}, "c" : [ ],\t"d":18446744073709551615}',
  '{"$map":[[1,{"$bin":"0aff"}],[{"$float":1},{"$float32":"0x7fc00000"}],[null,{"$int":"-9223372036854775808"}]]}',
  '[{"$msgpack":{"k":[{"$str":"s"},{"$float":"0x7ff8000000000001"}]}}, {"$x":1,"y":2}, 0, -0, 1e2, 0.1, 9007199254740993]',
];

/** Every form of the format, canonical or not. */
export const PACKED: readonly string[] = [
  '8d a161 00 a162 7f a163 cc80 a164 cd0100 a165 ce00010000 a166 cf0000000100000000 a167 e0 a168 d080 a169 d18000 a16a d280000000 a16b d38000000000000000 a16c c0 a16d 93c2c3c0',
  '96 ca3fc00000 cb3ff8000000000000 c402aabb d903616263 da0001 7a dc0001 90',
  'de0002 c40101 80 cb7ff8000000000001 c50001ff',
  '83 ca7fc00000 01 ffa0 c702 05',
  '92 c600000001 61 db00000001 62',
];

const VALUES = [
  0x00, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x31, 0x39, 0x3a, 0x45, 0x5b, 0x5c, 0x5d, 0x61, 0x65, 0x75, 0x7b, 0x7d,
  0x7f, 0x80, 0x81, 0x90, 0xa1, 0xc0, 0xc1, 0xc4, 0xc7, 0xca, 0xd9, 0xdc, 0xde, 0xe0, 0xff,
];

function walked(scan: DocumentScan, span: Span, depth = 0): string {
  const kind = scan.kindOf(span);
  if (depth > 8 || kind === 'other' || kind === 'string') {
    const read = scan.value(span);
    return `${kind}=${read.ok ? jsonFromMessagePack(read.value) : read.error.reason}`;
  }
  const parts =
    kind === 'map'
      ? Array.from(scan.entries(span), ([key, value]) => `${key}:${walked(scan, value, depth + 1)}`)
      : Array.from(scan.items(span), (item) => walked(scan, item, depth + 1));
  return `${kind}(${parts.join(',')})`;
}

function scanned(make: () => DocumentScan): string {
  try {
    const scan = make();
    return walked(scan, scan.root);
  } catch (error) {
    if (error instanceof ScanFault) return `${error.reason} @${error.offset}`;
    throw error;
  }
}

/** The result for a JSON text: its value and bytes, or the fault; and the result of a scan. */
function ofJson(bytes: Uint8Array): string {
  const read = messagePackFromJsonBytes(bytes);
  const result = read.ok
    ? `${toHex(encodeMessagePack(read.value))} ${jsonFromMessagePack(read.value)}`
    : `${read.fault.line}:${read.fault.column} ${read.fault.reason}`;
  return `${result} | ${scanned(() => new JsonScan(bytes))}`;
}

function ofPacked(bytes: Uint8Array): string {
  const forms = [false, true].map((canonical) => {
    const read = decodeMessagePack(bytes, { canonical } as never);
    return read.ok ? jsonFromMessagePack(read.value) : `${read.fault.code} @${read.fault.offsetBytes}`;
  });
  return `${forms[0] === forms[1] ? forms[0] : forms.join(' / ')} | ${scanned(() => new MessagePackScan(bytes))}`;
}

export interface Read {
  readonly form: 'json' | 'packed';
  readonly bytes: Uint8Array;
  readonly outcome: string;
}

/** A line for each place: the result for the whole, and for each change its first words and a hash of all. */
export function everyCharacterLines(seen: (read: Read) => void = () => undefined): readonly string[] {
  const lines: string[] = [];
  const add = (form: Read['form'], title: string, all: readonly Uint8Array[]) => {
    const outcomes = all.map((bytes) => {
      const text = form === 'json' ? ofJson(bytes) : ofPacked(bytes);
      seen({ form, bytes, outcome: text });
      return text;
    });
    const distinct = [...new Set(outcomes.map((text) => text.split(' | ')[0]!))].filter((text) => text.length < 90);
    lines.push(`${title}: ${toHex(hash(utf8(outcomes.join('\n')))).slice(0, 16)} ${distinct.slice(0, 3).join(' ; ')}`);
  };
  const documents = [
    ...JSON_TEXTS.map((text) => ['json', utf8(text)] as const),
    ...PACKED.map((text) => ['packed', Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'))] as const),
  ];
  for (const [index, [form, whole]] of documents.entries()) {
    const name = `${form} ${index}`;
    add(form, `${name} whole`, [whole]);
    for (let at = 0; at < whole.length; at++) {
      add(
        form,
        `${name} byte ${at}`,
        VALUES.filter((value) => value !== whole[at]).map((value) => whole.with(at, value)),
      );
      add(form, `${name} without ${at}`, [Uint8Array.of(...whole.subarray(0, at), ...whole.subarray(at + 1))]);
      add(form, `${name} to ${at}`, [whole.slice(0, at)]);
    }
    add(
      form,
      `${name} and more`,
      VALUES.map((value) => Uint8Array.of(...whole, value)),
    );
  }
  return lines;
}

export const RECORDED = new URL('../../../spec/boundary/every-character.txt', import.meta.url);

/** `node dist/spec/boundary/every-character.js` records the current results. */
if (process.argv[1]?.endsWith('every-character.js') === true)
  writeFileSync(RECORDED, `${everyCharacterLines().join('\n')}\n`);
