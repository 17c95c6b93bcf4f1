import { expect } from 'chai';
import fc from 'fast-check';
import {
  f32,
  f64,
  hiHalf,
  i32,
  i64,
  isValue,
  joinHalves,
  loHalf,
  parseValue,
  printValue,
  toNumber,
  type Value,
} from '../../src/wasm/value.js';

/** Text, and how its parsed value prints. */
const READ: readonly (readonly [string, string])[] = [
  ['i32:7', 'i32:0x00000007'],
  ['i32:42', 'i32:0x0000002a'],
  ['i32:-1', 'i32:0xffffffff'],
  ['i32:+1', 'i32:0x00000001'],
  ['i32:0xff', 'i32:0x000000ff'],
  ['i32:0XFF', 'i32:0x000000ff'],
  ['i32:-0x80000000', 'i32:0x80000000'],
  ['i32:4294967295', 'i32:0xffffffff'],
  ['i64:-1', 'i64:0xffffffffffffffff'],
  ['i64:-9223372036854775808', 'i64:0x8000000000000000'],
  ['i64:18446744073709551615', 'i64:0xffffffffffffffff'],
  ['f32:1.5', 'f32:0x3fc00000'],
  ['f32:-0', 'f32:0x80000000'],
  ['f32:0.1', 'f32:0x3dcccccd'],
  ['f32:0x1', 'f32:0x00000001'],
  ['f32:inf', 'f32:0x7f800000'],
  ['f32:-inf', 'f32:0xff800000'],
  ['f32:nan', 'f32:0x7fc00000'],
  ['f32:-nan', 'f32:0xffc00000'],
  ['f32:nan:0x200000', 'f32:0x7fa00000'],
  ['f32:-nan:0x1', 'f32:0xff800001'],
  ['f64:1.5', 'f64:0x3ff8000000000000'],
  ['f64:+inf', 'f64:0x7ff0000000000000'],
  ['f64:-nan', 'f64:0xfff8000000000000'],
  ['f64:nan:0xfffffffffffff', 'f64:0x7fffffffffffffff'],
  ['f64:0x7ff8000000000000', 'f64:0x7ff8000000000000'],
  ['f64:-1e-400', 'f64:0x8000000000000000'],
  ['externref:null', 'externref:null'],
  ['externref:7', 'externref:7'],
  ['funcref:null', 'funcref:null'],
  ['funcref:4294967295', 'funcref:4294967295'],
];

/** Text, a word of the cause and a word of the suggested form. */
const REFUSED: readonly (readonly [string, RegExp, RegExp])[] = [
  ['7', /no type/, /write type:value/],
  ['', /no type/, /write type:value/],
  ['u32:7', /not a value type/, /write i32/],
  ['I32:7', /not a value type/, /write i32/],
  ['toString:7', /not a value type/, /write i32/],
  ['i32:', /not an integer/, /write a decimal/],
  ['i32:1.5', /not an integer/, /write a decimal/],
  ['i32: 1', /not an integer/, /write a decimal/],
  ['i32:0x', /not an integer/, /write a decimal/],
  ['i32:4294967296', /32 bits/, /-2\^31 to 2\^32/],
  ['i32:-2147483649', /32 bits/, /-2\^31 to 2\^32/],
  ['i64:18446744073709551616', /64 bits/, /-2\^63 to 2\^64/],
  ['f32:', /not a float/, /write a decimal/],
  ['f32:--1', /not a float/, /write a decimal/],
  ['f32:-0x1', /not a float/, /all bits/],
  ['f32:Infinity', /not a float/, /inf/],
  ['f32:1e39', /largest finite f32/, /write inf/],
  ['f64:1e309', /largest finite f64/, /write inf/],
  ['f32:0x100000000', /more than 32 bits/, /at most 8/],
  ['f64:0x10000000000000000', /more than 64 bits/, /at most 16/],
  ['f32:nan:0x0', /not a valid NaN payload/, /0x7fffff/],
  ['f32:nan:0x800000', /not a valid NaN payload/, /0x7fffff/],
  ['f64:nan:0x10000000000000', /not a valid NaN payload/, /0xfffffffffffff/],
  ['externref:-1', /not a reference/, /write null/],
  ['funcref:4294967296', /not a reference/, /write null/],
  [`i64:${'1'.repeat(3000)}`, /too long/, /at most 2048/],
];

const bits32 = fc.integer({ min: 0, max: 0xffffffff });
const bits64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  fc.record({ type: fc.constantFrom('i32' as const, 'f32' as const), bits: bits32 }),
  fc.record({ type: fc.constantFrom('i64' as const, 'f64' as const), bits: bits64 }),
  fc.record({
    type: fc.constantFrom('funcref' as const, 'externref' as const),
    ref: fc.option(bits32, { nil: null }),
  }),
);

describe('wasm/value', () => {
  for (const [text, printed] of READ) {
    it(`reads ${text}`, () => {
      const parse = parseValue(text);
      expect(parse.ok ? printValue(parse.value) : parse.message).to.equal(printed);
    });
  }

  for (const [text, cause, next] of REFUSED) {
    it(`refuses ${JSON.stringify(text.slice(0, 40))} with cause and advice`, () => {
      const parse = parseValue(text);
      expect(parse.ok).to.equal(false);
      if (!parse.ok) expect(parse.message).to.match(cause).and.match(next);
    });
  }

  it('reads every value back from its printed form', () => {
    const property = fc.property(anyValue, (value) => {
      expect(parseValue(printValue(value))).to.deep.equal({ ok: true, value });
    });
    fc.assert(property, { numRuns: 3000 });
  });

  it('prints bits in full width', () => {
    const property = fc.property(anyValue, (value) => {
      expect(printValue(value)).to.match(/^([if]32:0x[0-9a-f]{8}|[if]64:0x[0-9a-f]{16}|(func|extern)ref:(null|\d+))$/);
    });
    fc.assert(property);
  });

  it('returns a result for any text, and never throws', () => {
    const text = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('i32:', 'i64:', 'f32:', 'f64:', 'externref:'), fc.string())
        .map((parts) => parts.join('')),
      fc
        .string({ unit: fc.constantFrom('f', '3', '2', ':', '0', 'x', '-', 'e', '.', 'n', 'a', 'i') })
        .map((s) => `f32:${s}`),
    );
    const property = fc.property(text, (given) => {
      const parse = parseValue(given);
      if (parse.ok) expect(parseValue(printValue(parse.value))).to.deep.equal(parse);
      else expect(parse.message).to.include('write');
    });
    fc.assert(property, { numRuns: 5000 });
  });

  it('converts numbers to values and back', () => {
    expect(toNumber(i32(7))).to.equal(7);
    expect(toNumber(i32(0xffffffff))).to.equal(-1);
    expect(toNumber(i64(7n))).to.equal(7n);
    expect(toNumber(i64((1n << 64n) - 1n))).to.equal(-1n);
    expect(toNumber(f32(1.5))).to.equal(1.5);
    expect(toNumber(f64(1.5))).to.equal(1.5);
    expect(f32(0.1).bits).to.equal(0x3dcccccd);
    expect(f32(-0).bits).to.equal(0x80000000);
    expect(f32(Number.NaN).bits).to.equal(0x7fc00000);
    expect(f64(Number.NaN).bits).to.equal(0x7ff8000000000000n);
  });

  it('converts every double and every f32 to its bits and back', () => {
    const doubles = fc.property(fc.double({ noNaN: true }), (x) => Object.is(toNumber(f64(x)), x));
    fc.assert(doubles, { numRuns: 1000 });
    const floats = fc.property(fc.float({ noNaN: true }), (x) => Object.is(toNumber(f32(x)), x));
    fc.assert(floats, { numRuns: 1000 });
  });

  it('throws on a number that is not an integer of the type: a mistake of the embedder', () => {
    for (const x of [1.5, Number.NaN, 0x100000000, -0x80000001])
      expect(() => i32(x)).to.throw(RangeError, `${x} is not a 32-bit integer`);
    for (const x of [1n << 64n, -(1n << 63n) - 1n])
      expect(() => i64(x)).to.throw(RangeError, `${x} is not a 64-bit integer`);
  });

  it('is recognised by its type and the range of its bits', () => {
    const values: readonly unknown[] = [
      ...[0, 0xffffffff].flatMap((bits) => ['i32', 'f32'].map((type) => ({ type, bits }))),
      ...[0n, 2n ** 64n - 1n].flatMap((bits) => ['i64', 'f64'].map((type) => ({ type, bits }))),
      ...[null, 0, 0xffffffff].flatMap((ref) => ['funcref', 'externref'].map((type) => ({ type, ref }))),
    ];
    const none: readonly unknown[] = [
      ...[undefined, null, 1, 'i32', {}, { bits: 0 }, { type: 'v128', bits: 0n }],
      ...[-1, 0x100000000, 1.5, Number.NaN, 0n, '0', null, undefined].flatMap((bits) =>
        ['i32', 'f32'].map((type) => ({ type, bits })),
      ),
      ...[-1n, 2n ** 64n, 0, '0', null, undefined].flatMap((bits) => ['i64', 'f64'].map((type) => ({ type, bits }))),
      ...[-1, 0x100000000, 1.5, 0n, '0', undefined].flatMap((ref) =>
        ['funcref', 'externref'].map((type) => ({ type, ref })),
      ),
    ];
    for (const value of values) expect(isValue(value), String(Object.entries(value as object))).to.equal(true);
    for (const value of none) expect(isValue(value), String(Object.entries(value ?? {}))).to.equal(false);
  });

  it('splits 64 bits into halves and joins them', () => {
    expect([loHalf(0x80000001fffffffen), hiHalf(0x80000001fffffffen)]).to.deep.equal([-2, -0x7fffffff]);
    const property = fc.property(bits64, (bits) => joinHalves(loHalf(bits), hiHalf(bits)) === bits);
    fc.assert(property, { numRuns: 1000 });
  });
});
