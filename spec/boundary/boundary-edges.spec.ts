/** Edges of MessagePack and JSON, each by hand or beside another encoder, and the words in which a value is refused. */
import { encode } from '@msgpack/msgpack';
import { expect } from 'chai';
import { ScanFault } from '../../src/boundary/document-scan.js';
import { encodeBinary } from '../../src/boundary/encode-binary.js';
import { messagePackFromJson } from '../../src/boundary/json-read.js';
import { jsonFromMessagePack } from '../../src/boundary/json-write.js';
import { Float, type MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { type Encodable, encodeMessagePack, MessagePackEncodeError } from '../../src/boundary/messagepack-encode.js';
import { MessagePackScan } from '../../src/boundary/messagepack-scan.js';

const SIZES = [0, 1, 15, 16, 17, 31, 32, 33, 127, 128, 255, 256, 257, 65_535, 65_536];

/** Bytes beside those of another encoder, and read back canonically. */
function check(value: Encodable, what: string, other: unknown = value): void {
  const bytes = encodeMessagePack(value);
  expect(Buffer.from(bytes).equals(Buffer.from(encode(other, { useBigInt64: true }))), what).to.equal(true);
  const read = decodeMessagePack(bytes, { canonical: true });
  expect(read.ok, what).to.equal(true);
  if (read.ok) expect(Buffer.from(encodeMessagePack(read.value)).equals(Buffer.from(bytes)), what).to.equal(true);
  const scan = new MessagePackScan(bytes);
  expect(scan.root, what).to.deep.equal({ from: 0, to: bytes.length });
}

describe('MessagePack at each edge of a length', () => {
  for (const size of SIZES) {
    it(`${size}`, () => {
      check('a'.repeat(size), 'text');
      if (size > 1) check(`${'a'.repeat(size - 2)}é`, 'text of two-byte characters');
      check(new Uint8Array(size).fill(7), 'binary');
      check(
        Array.from({ length: size }, () => 1),
        'list',
      );
      const map = new Map(Array.from({ length: size }, (_, n) => [`k${n}`, 1]));
      check(map, 'map', Object.fromEntries(map));
      const binary = new Uint8Array(size).fill(3);
      expect(encodeBinary(binary)).to.deep.equal(encodeMessagePack(binary));
    });
  }

  it('integers', () => {
    for (const at of [0, 5, 7, 8, 15, 16, 31, 32, 52]) {
      for (const offset of [-1, 0, 1]) {
        for (const sign of [1, -1]) {
          const value = sign * 2 ** at + offset;
          if (Object.is(value, -0)) continue;
          const bytes = encodeMessagePack(value);
          const read = decodeMessagePack(bytes, { canonical: true });
          expect(read.ok && read.value, `${value}`).to.equal(value);
          expect(encodeMessagePack(BigInt(value)), `${value}n`).to.deep.equal(bytes);
          const isOther = Math.abs(value) > 0xffff_ffff;
          if (!isOther) expect(Buffer.from(bytes).equals(Buffer.from(encode(value)))).to.equal(true);
        }
      }
    }
    const wide: readonly (readonly [bigint, string])[] = [
      [2n ** 63n - 1n, 'cf7fffffffffffffff'],
      [2n ** 63n, 'cf8000000000000000'],
      [2n ** 64n - 1n, 'cfffffffffffffffff'],
      [-(2n ** 63n), 'd38000000000000000'],
      [-(2n ** 53n), 'd3ffe0000000000000'],
      [2n ** 53n, 'cf0020000000000000'],
    ];
    for (const [value, hex] of wide) expect(Buffer.from(encodeMessagePack(value)).toString('hex')).to.equal(hex);
  });
});

describe('a value without a MessagePack form', () => {
  const deep = (depth: number): Encodable => (depth === 0 ? 1 : [deep(depth - 1)]);
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['a fraction', [0.5], '$[0]: 0.5 is not a safe integer; use Float if it is a float'],
    [
      'a large integer',
      { a: 2 ** 53 },
      '$.a: 9007199254740992 is not a safe integer; use a bigint if it is an integer',
    ],
    ['-0', -0, '$: -0 is not an integer; use Float if it is a float'],
    ['2^64', 2n ** 64n, '$: 18446744073709551616 is outside -2^63 to 2^64 - 1'],
    ['-2^63 - 1', -(2n ** 63n) - 1n, '$: -9223372036854775809 is outside -2^63 to 2^64 - 1'],
    ['undefined', { a: [undefined] }, '$.a[0]: undefined cannot be encoded as MessagePack'],
    ['a function', () => 1, '$: function cannot be encoded as MessagePack'],
    ['a date', [1, new Date(0)], '$[1]: not a plain object'],
    ['a key that is an integer', { 7: 1 }, '$: key "7" loses its place in an object; use a Map'],
    ['a lone surrogate', 'x\ud800', '$: a string with a lone surrogate cannot be encoded as UTF-8'],
    [
      'the same key twice',
      new Map<unknown, number>([
        [7, 1],
        [7n, 2],
      ]),
      '$[entry 1]: the same key twice in a map',
    ],
    ['a list as a key', new Map([[[1], 1]]), 'an array or a map cannot be the key of a map'],
    ['129 deep', deep(129), 'nested deeper than 128'],
  ];
  for (const [what, value, message] of rows) {
    it(what, () => {
      expect(() => encodeMessagePack(value as Encodable))
        .to.throw(MessagePackEncodeError, message)
        .with.property('name', 'MessagePackEncodeError');
    });
  }
  it('128 levels deep has one', () => expect(decodeMessagePack(encodeMessagePack(deep(128))).ok).to.equal(true));
});

describe('values written as JSON', () => {
  const dialect = { bytesOfString: () => undefined, stringOfBytes: () => undefined };
  const bin = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
  const rows: readonly (readonly [MessagePackValue, string])[] = [
    [bin('9101'), '{"$msgpack":[1]}'],
    [bin('91cc01'), '{"$bin":"91cc01"}'],
    [bin('01'), '{"$bin":"01"}'],
    [bin('a161'), '{"$bin":"a161"}'],
    [bin('80'), '{"$msgpack":{}}'],
    [bin('8101c40191'), '{"$msgpack":{"$map":[[1,{"$bin":"91"}]]}}'],
    [new Map([['$a', 1]]), '{"$map":[["$a",1]]}'],
    [
      new Map([
        ['$a', 1],
        ['b', 2],
      ]),
      '{"$a":1,"b":2}',
    ],
    [new Map([[1, 2]]), '{"$map":[[1,2]]}'],
    [2n ** 63n, '{"$int":"9223372036854775808"}'],
    [Float.f64(1), '1.0'],
    [Float.f64(0.5), '0.5'],
    [Float.f32(1.5), '{"$float32":1.5}'],
    [Float.ofBits(64, 0x7ff8000000000001n), '{"$float":"0x7ff8000000000001"}'],
    [Float.ofBits(32, 0x7fc00000n), '{"$float32":"0x7fc00000"}'],
    [[null, true, 'x"\n'], '[null,true,"x\\"\\n"]'],
  ];
  for (const [value, text] of rows) {
    it(text, () => {
      expect(jsonFromMessagePack(value, dialect)).to.equal(text);
      const read = messagePackFromJson(text, dialect);
      if (!read.ok) throw new Error(read.fault.reason);
      expect(encodeMessagePack(read.value)).to.deep.equal(encodeMessagePack(value));
    });
  }
});

it('a scan is refused with a fault of its own type', () => {
  expect(() => new MessagePackScan(Uint8Array.of(1, 2)))
    .to.throw(ScanFault, 'unexpected data after the MessagePack value at byte 1')
    .with.property('name', 'ScanFault');
});
