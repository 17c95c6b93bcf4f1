import * as oracle from '@msgpack/msgpack';
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { encodeBinary } from '../../src/boundary/encode-binary.js';
import { Float, type MessagePackValue } from '../../src/boundary/messagepack.js';
import { type DecodeOptions, decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import {
  type Encodable,
  encodeMessagePack,
  MessagePackEncodeError,
  withMessagePack,
} from '../../src/boundary/messagepack-encode.js';
import { messagePackValue } from './arbitrary-messagepack.js';

function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
}

function fault(text: string, options: DecodeOptions = {}): string {
  const decoded = decodeMessagePack(hex(text), options);
  return decoded.ok ? 'ok' : `${decoded.fault.code}@${decoded.fault.offsetBytes}`;
}

function decodedOf(bytes: Uint8Array, options: DecodeOptions = {}): MessagePackValue {
  const decoded = decodeMessagePack(bytes, options);
  if (!decoded.ok) throw new Error(`${decoded.fault.code}@${decoded.fault.offsetBytes} in ${toHex(bytes)}`);
  return decoded.value;
}

/** Value and its canonical bytes, from the format's specification. */
const CANONICAL: readonly (readonly [Encodable, string])[] = [
  [null, 'c0'],
  [false, 'c2'],
  [true, 'c3'],
  [0, '00'],
  [127, '7f'],
  [128, 'cc80'],
  [255, 'ccff'],
  [256, 'cd0100'],
  [65535, 'cdffff'],
  [65536, 'ce00010000'],
  [4294967295, 'ceffffffff'],
  [4294967296, 'cf0000000100000000'],
  [9007199254740991, 'cf001fffffffffffff'],
  [9007199254740992n, 'cf0020000000000000'],
  [18446744073709551615n, 'cfffffffffffffffff'],
  [-1, 'ff'],
  [-32, 'e0'],
  [-33, 'd0df'],
  [-128, 'd080'],
  [-129, 'd1ff7f'],
  [-32768, 'd18000'],
  [-32769, 'd2ffff7fff'],
  [-2147483648, 'd280000000'],
  [-2147483649, 'd3ffffffff7fffffff'],
  [-9007199254740991, 'd3ffe0000000000001'],
  [-9007199254740992n, 'd3ffe0000000000000'],
  [-9223372036854775808n, 'd38000000000000000'],
  [Float.f64(1), 'cb3ff0000000000000'],
  [Float.f32(1), 'ca3f800000'],
  [Float.f64(-0), 'cb8000000000000000'],
  [Float.f64(Number.NaN), 'cb7ff8000000000000'],
  [Float.f32(Number.NaN), 'ca7fc00000'],
  [Float.ofBits(64, 0xfff0_0000_0000_0001n), 'cbfff0000000000001'],
  ['', 'a0'],
  ['a'.repeat(31), `bf${'61'.repeat(31)}`],
  ['a'.repeat(32), `d920${'61'.repeat(32)}`],
  ['a'.repeat(255), `d9ff${'61'.repeat(255)}`],
  ['a'.repeat(256), `da0100${'61'.repeat(256)}`],
  ['é€𝄞', 'a9c3a9e282acf09d849e'],
  [new Uint8Array(0), 'c400'],
  [new Uint8Array(256), `c50100${'00'.repeat(256)}`],
  [[], '90'],
  [Array(15).fill(1), `9f${'01'.repeat(15)}`],
  [Array(16).fill(1), `dc0010${'01'.repeat(16)}`],
  [new Map(), '80'],
  [new Map([['a', 1]]), '81a16101'],
  [new Map<number, Encodable>([[1, [new Map([[null, 2]])]]]), '81019181c002'],
];

/** Invalid MessagePack, or more than the limits allow. */
const FAULTS: readonly (readonly [string, string, DecodeOptions?])[] = [
  ['', 'truncated@0'],
  ['c1', 'reserved-byte@0'],
  ['cd01', 'truncated@0'],
  ['92 01', 'length-over-input@0'],
  ['93 01 92 02', 'length-over-input@2'],
  ['92 91 01', 'truncated@3'],
  ['cb 3ff0', 'truncated@0'],
  ['d9', 'truncated@0'],
  ['c6 ffffffff 00', 'length-over-input@0'],
  ['db ffffffff 00', 'length-over-input@0'],
  ['dd ffffffff 00', 'length-over-input@0'],
  ['df ffffffff 00', 'length-over-input@0'],
  ['91 dd 00ffffff', 'length-over-input@1'],
  ['01 02', 'trailing-bytes@1'],
  ['a1 ff', 'invalid-utf8@0'],
  ['91 a3 eda080', 'invalid-utf8@1'],
  ['a2 c080', 'invalid-utf8@0'],
  ['82 a16101 a16102', 'duplicate-key@4'],
  ['82 0101 cc0102', 'duplicate-key@3'],
  ['82 c40101 c40101', 'truncated@7'],
  ['82 c4010101 c4010101', 'duplicate-key@5'],
  ['82 cb3ff000000000000001 cb3ff000000000000001', 'duplicate-key@11'],
  ['81 90 01', 'key-not-scalar@1'],
  ['81 81 01 01 01', 'key-not-scalar@1'],
  ['c7 01 00 00', 'extension-refused@0'],
  ['d6 ff 00000000', 'extension-refused@0'],
  ['91 91 91 c0', 'depth-exceeded@2', { depthMax: 2 }],
  ['93 a0 c400 90', 'objects-exceeded@4', { objectsMax: 3 }],
  ['82 0101 0202', 'objects-exceeded@0', { objectsMax: 2 }],
];

/** Longer forms than necessary: read, but refused where canonical bytes are required. */
const NOT_CANONICAL = [
  'cc7f',
  'cd00ff',
  'ce0000ffff',
  'cf00000000ffffffff',
  'd000',
  'd0e0',
  'd1ff80',
  'd2ffff8000',
  'd3ffffffff80000000',
  'd30000000000000001',
  'd90161',
  'da000161',
  'db0000000161',
  'c5000101',
  'c60000000101',
  'dc000101',
  'dd0000000101',
  'de00010101',
  'df000000010101',
  'd9 1f'.replace(' ', '') + '61'.repeat(31),
  `da00ff${'61'.repeat(255)}`,
];

describe('MessagePack', () => {
  it('writes the canonical bytes and reads them back', () => {
    for (const [value, bytes] of CANONICAL) {
      expect(toHex(encodeMessagePack(value)), bytes).to.equal(bytes);
      expect(toHex(encodeMessagePack(decodedOf(hex(bytes), { canonical: true })))).to.equal(bytes);
    }
  });

  it('rejects bad bytes with a code and an offset', () => {
    for (const [bytes, expected, options] of FAULTS) expect(fault(bytes, options), bytes).to.equal(expected);
  });

  it('reads longer forms, and refuses them where canonical bytes are required', () => {
    for (const bytes of NOT_CANONICAL) {
      expect(fault(bytes), bytes).to.equal('ok');
      expect(fault(bytes, { canonical: true }), bytes).to.equal('not-canonical@0');
    }
  });

  it('round-trips every value', () => {
    fc.assert(
      fc.property(messagePackValue, (value) => {
        const bytes = encodeMessagePack(value);
        expect(decodedOf(bytes, { canonical: true })).to.deep.equal(value);
      }),
    );
  });

  it('reads random bytes as a value that it can write again, or reports a fault within the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeMessagePack(bytes);
        if (!decoded.ok) {
          expect(decoded.fault.offsetBytes).to.be.within(0, bytes.length);
          return;
        }
        const again = encodeMessagePack(decoded.value);
        expect(again.length).to.be.at.most(bytes.length);
        expect(decodedOf(again, { canonical: true })).to.deep.equal(decoded.value);
        const isCanonical = decodeMessagePack(bytes, { canonical: true }).ok;
        expect(isCanonical).to.equal(Buffer.compare(again, bytes) === 0);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with @msgpack/msgpack on values that both support', () => {
    const plain = fc.letrec<{ value: Encodable }>((tie) => ({
      value: fc.oneof(
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.uint8Array({ maxLength: 40 }),
        fc.double({ noInteger: true, noNaN: true, noDefaultInfinity: true }).map((value) => Float.f64(value)),
        fc.array(tie('value'), { maxLength: 20 }),
        fc.dictionary(
          fc.string().filter((key) => !/^[0-9]+$|__proto__/.test(key)),
          tie('value') as fc.Arbitrary<Encodable>,
        ),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        const theirs = oracle.encode(unwrapped(value));
        expect(toHex(encodeMessagePack(value))).to.equal(toHex(theirs));
        expect(unwrapped(decodedOf(theirs, { canonical: true }))).to.deep.equal(oracle.decode(theirs));
      }),
    );
  });

  it('refuses a value that cannot be encoded, with its path', () => {
    const cyclic: unknown[] = [];
    cyclic.push(cyclic);
    const cases: readonly (readonly [unknown, string])[] = [
      [1.5, '$'],
      [{ a: [0, 2 ** 53] }, '$.a[1]'],
      [{ a: { b: -0 } }, '$.a.b'],
      [[2n ** 64n], '$[0]'],
      [[-(2n ** 63n) - 1n], '$[0]'],
      [{ a: undefined }, '$.a'],
      [['\ud800'], '$[0]'],
      [{ 7: 1 }, '$'],
      [
        new Map<unknown, unknown>([
          [7, 1],
          [7n, 1],
        ]),
        '$[entry 1]',
      ],
      [
        new Map<unknown, unknown>([
          [new Uint8Array(1), 1],
          [new Uint8Array(1), 1],
        ]),
        '$[entry 1]',
      ],
      [new Map<unknown, unknown>([[[], 1]]), '$[entry 0]'],
      [new Date(0), '$'],
    ];
    for (const [value, path] of cases) {
      expect(() => encodeMessagePack(value as Encodable))
        .to.throw(MessagePackEncodeError)
        .with.property('path', path);
    }
    expect(() => encodeMessagePack(cyclic as Encodable)).to.throw(MessagePackEncodeError, 'nested deeper');
  });

  it('can encode within an encoding, and after one that failed', () => {
    const inner = () => encodeMessagePack(['inner', new Uint8Array(70_000).fill(7)]);
    const alone = inner();
    const outer = {
      before: 'outer',
      get bytes() {
        return inner();
      },
      after: 'outer',
    };
    const expected = encodeMessagePack({ before: 'outer', bytes: alone, after: 'outer' });
    expect(toHex(encodeMessagePack(outer))).to.equal(toHex(expected));
    expect(() => encodeMessagePack(['lost', 0.5])).to.throw(MessagePackEncodeError);
    const kept = encodeMessagePack(['kept', 1]);
    encodeMessagePack(['next', 2]);
    expect(toHex(kept)).to.equal(toHex(encodeMessagePack(['kept', 1])));
    expect(toHex(inner())).to.equal(toHex(alone));
  });

  it('lends bytes that stay as they are while something else is encoded', () => {
    const lent = withMessagePack(['lent', 1], (bytes) => {
      encodeMessagePack(['other', 2]);
      return toHex(bytes);
    });
    expect(lent).to.equal(toHex(encodeMessagePack(['lent', 1])));
  });

  it('writes a bin in one piece as the encoder does', () => {
    for (const length of [0, 1, 255, 256, 65535, 65536]) {
      const bytes = new Uint8Array(length).fill(7);
      expect(encodeBinary(bytes)).to.deep.equal(encodeMessagePack(bytes));
    }
  });

  it('reads hostile bytes in linear time and bounded memory', () => {
    const megabyte = 1 << 20;
    const bombs: readonly (readonly [string, Uint8Array])[] = [
      ['depth-exceeded', new Uint8Array(megabyte).fill(0x91)],
      ['length-over-input', new Uint8Array(megabyte).fill(0xdd)],
      ['objects-exceeded', emptyMaps(2 * megabyte)],
    ];
    const start = process.hrtime.bigint();
    for (const [code, bytes] of bombs) {
      const decoded = decodeMessagePack(bytes);
      expect(decoded.ok ? 'ok' : decoded.fault.code).to.equal(code);
    }
    expect(Number((process.hrtime.bigint() - start) / 1_000_000n)).to.be.below(10_000);
  });
});

/** An array of `count` empty maps, one byte each. */
function emptyMaps(count: number): Uint8Array {
  const bytes = new Uint8Array(5 + count).fill(0x80);
  new DataView(bytes.buffer).setUint32(1, count);
  bytes[0] = 0xdd;
  return bytes;
}

/** A value as @msgpack/msgpack returns it: floats as numbers, maps as objects. */
function unwrapped(value: unknown): unknown {
  if (value instanceof Float) return value.value;
  if (value instanceof Uint8Array || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(unwrapped);
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([key, content]) => [key, unwrapped(content)]));
}
