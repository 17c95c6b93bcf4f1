import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { messagePackFromJson, messagePackFromJsonBytes } from '../../src/boundary/json-read.js';
import { jsonFromMessagePack } from '../../src/boundary/json-write.js';
import { Float, type MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { messagePackValue } from './arbitrary-messagepack.js';

function bytesOf(text: string): string {
  const read = messagePackFromJson(text);
  if (!read.ok) return `${read.fault.line}:${read.fault.column} ${read.fault.reason}`;
  return toHex(encodeMessagePack(read.value));
}

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}

/** JSON text and the corresponding MessagePack. */
const READS: readonly (readonly [string, string])[] = [
  ['null', 'c0'],
  [' [ true , false ] ', '92c3c2'],
  ['1', '01'],
  ['1.0', 'cb3ff0000000000000'],
  ['1e2', 'cb4059000000000000'],
  ['-0.0', 'cb8000000000000000'],
  ['9007199254740993', 'cf0020000000000001'],
  ['-9223372036854775808', 'd38000000000000000'],
  ['"\\u0041\\n\\ud834\\udd1e"', 'a6410af09d849e'],
  ['{"10":1,"9":2}', '82a2313001a13902'],
  ['{"__proto__":1}', '81a95f5f70726f746f5f5f01'],
  ['{"$bin":"0aFF"}', 'c4020aff'],
  ['{"$bin":""}', 'c400'],
  ['{"$int":"18446744073709551615"}', 'cfffffffffffffffff'],
  ['{"$float":1}', 'cb3ff0000000000000'],
  ['{"$float":"0x7ff8000000000001"}', 'cb7ff8000000000001'],
  ['{"$float32":1.5}', 'ca3fc00000'],
  ['{"$float32":"0x7fc00000"}', 'ca7fc00000'],
  ['{"$map":[[1,2],[null,{"$map":[]}]]}', '820102c080'],
  ['{"$bin":1,"b":2}', '82a42462696e01a16202'],
  ['{"$str":"$str"}', 'a424737472'],
  ['{"$msgpack":{"a":[1,{"$msgpack":-1}]}}', 'c40881a1619201c401ff'],
  [`{"$map":[[1,${nested(127)}]]}`, `8101${'91'.repeat(126)}90`],
];

/** JSON text, and where and why it is refused. */
const REFUSALS: readonly (readonly [string, string])[] = [
  ['', '1:1 the text ends where a value is expected'],
  ['[1,]', '1:4 not a JSON value'],
  ['[1 2]', '1:4 expected , or ]'],
  ['{"a" 1}', '1:6 expected : after the key'],
  ['{a:1}', '1:2 expected a key in quotes'],
  ['{"a":1,}', '1:8 expected a key in quotes'],
  ['{\n"a":1,\n"a":2}', '3:1 the same key twice'],
  ['1 2', '1:3 text after the value'],
  ['01', '1:1 no JSON number'],
  ['1.', '1:1 no JSON number'],
  ['-0', '1:1 -0 is not an integer; write -0.0'],
  ['1e999', '1:1 beyond the range of f64'],
  ['18446744073709551616', '1:1 an integer outside -2^63 to 2^64 - 1; a float has a point: 1.0, 1e30'],
  ['"abc', '1:1 the string has no end'],
  ['"\\x"', '1:1 a control character or a bad escape in the string'],
  ['"a\nb"', '1:1 a control character or a bad escape in the string'],
  ['"\\ud800"', '1:1 a lone surrogate in the string'],
  ['[{"$bin":"0"}]', '1:2 "$bin" takes hexadecimal digits, two for each byte'],
  ['{"$float32":0.1}', '1:1 0.1 is not exact as f32; write its bits'],
  ['{"$float":"1"}', '1:1 "$float" takes a number or "0x" and 16 hexadecimal digits'],
  ['{"$hex":"00"}', '1:1 unknown form "$hex"; write a map with this one key as {"$map": [["$hex", ...]]}'],
  ['{"$map":[[1,2],[1,3]]}', '1:1 the same key twice'],
  ['{"$str":1}', '1:1 "$str" takes a string'],
  [`{"$map":[[1,${nested(128)}]]}`, '1:9 nested deeper than 128'],
  [`${'{"$msgpack":['.repeat(5)}1${']}'.repeat(5)}`, '1:65 "$msgpack" nested deeper than 4'],
  ['['.repeat(1000), '1:386 nested deeper than 385'],
  [nested(129), '1:1 nested deeper than 128'],
  [`{"$msgpack":${nested(129)}}`, '1:1 nested deeper than 128'],
  [`[1, ${nested(200)}]`, '1:75 nested deeper than 128'],
];

describe('JSON for MessagePack', () => {
  it('reads integers, floats and the $ forms', () => {
    for (const [text, bytes] of READS) expect(bytesOf(text), text).to.equal(bytes);
  });

  it('reports where and why a text is refused', () => {
    for (const [text, reason] of REFUSALS) expect(bytesOf(text), text).to.equal(reason);
  });

  it('reads back every value that it writes', () => {
    fc.assert(
      fc.property(messagePackValue, (value) => {
        const text = jsonFromMessagePack(value);
        JSON.parse(text);
        const read = messagePackFromJson(text);
        expect(read.ok && read.value).to.deep.equal(value);
      }),
    );
  });

  it('writes floats with a point, and NaN and infinities by their bits', () => {
    const texts: readonly (readonly [MessagePackValue, string])[] = [
      [Float.f64(-0), '-0.0'],
      [Float.f64(1), '1.0'],
      [Float.f64(1e21), '1e+21'],
      [Float.f32(1.5), '{"$float32":1.5}'],
      [Float.f32(Number.NEGATIVE_INFINITY), '{"$float32":"0xff800000"}'],
      [Float.ofBits(64, (1n << 63n) | 0x7ff0_0000_0000_0001n), '{"$float":"0xfff0000000000001"}'],
      [2n ** 53n, '{"$int":"9007199254740992"}'],
      [Uint8Array.of(1, 255), '{"$bin":"01ff"}'],
      [new Map([['$bin', 1]]), '{"$map":[["$bin",1]]}'],
      [
        new Map<string | number, number>([
          ['a', 1],
          [2, 3],
        ]),
        '{"$map":[["a",1],[2,3]]}',
      ],
    ];
    for (const [value, text] of texts) {
      expect(jsonFromMessagePack(value)).to.equal(text);
      expect(messagePackFromJson(text)).to.deep.equal({ ok: true, value });
    }
  });

  it('reads plain JSON as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), (value) => {
        const read = messagePackFromJson(JSON.stringify(value));
        if (read.ok) expect(plainOf(read.value)).to.deep.equal(JSON.parse(JSON.stringify(value)));
        else expect(read.fault.reason).to.match(/an integer outside|lone surrogate|form "\$|takes/);
      }),
    );
  });

  it('reads files, with a byte order mark or without, and refuses what is not UTF-8', () => {
    expect(messagePackFromJsonBytes(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).to.deep.equal({ ok: true, value: 1 });
    expect(messagePackFromJsonBytes(Uint8Array.of(0x22, 0xff, 0x22))).to.have.property('ok', false);
  });
});

/** A value as JSON.parse returns it. */
function plainOf(value: MessagePackValue): unknown {
  if (value instanceof Float) return value.value;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, MessagePackValue>)];
    return Object.fromEntries(entries.map(([key, content]) => [key, plainOf(content)]));
  }
  if (Array.isArray(value)) return value.map((item: MessagePackValue) => plainOf(item));
  return typeof value === 'bigint' ? Number(value) : value;
}
