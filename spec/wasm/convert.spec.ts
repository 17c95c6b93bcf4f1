import { expect } from 'chai';
import * as convert from '../../src/wasm/convert.js';
import { hiHalf, joinHalves, loHalf } from '../../src/wasm/value.js';
import { describeAgainstHost, expectSame, forOperands, type OperatorCase } from './check-operator.js';
import { fraction, isFiniteBits, nearestBits, ONE_SCALED, scaledValue } from './exact-float.js';
import { bitsOf, floatOf } from './float-operands.js';

type FloatType = 'f32' | 'f64';
type WriteI64 = (S: Int32Array, d: number, x: number) => void;

const WIDTH = { i32: 32, i64: 64, f32: 32, f64: 64 } as const;

const unsigned = (x: number): bigint => BigInt(x >>> 0);

function written(write: WriteI64, x: number): bigint {
  const S = new Int32Array(6);
  write(S, 2, x);
  if (S[0] !== 0 || S[1] !== 0 || S[4] !== 0 || S[5] !== 0) throw new Error('wrote beside d');
  return joinHalves(S[2]!, S[3]!);
}

const toI32 = (mnemonic: string, from: FloatType, operator: (x: number) => number): OperatorCase => ({
  mnemonic,
  params: [from],
  result: 'i32',
  ours: (a) => unsigned(operator(floatOf(a!, WIDTH[from]))),
});

const toI64 = (mnemonic: string, from: FloatType, operator: WriteI64): OperatorCase => ({
  mnemonic,
  params: [from],
  result: 'i64',
  ours: (a) => written(operator, floatOf(a!, WIDTH[from])),
});

/** Traps exactly outside the range. */
const guarded = (operator: OperatorCase, inRange: (x: number) => boolean): OperatorCase => ({
  ...operator,
  ours: (a) => (inRange(floatOf(a!, WIDTH[operator.params[0]!])) ? operator.ours(a!) : 'trap'),
});

const fromI32 = (mnemonic: string, to: FloatType, operator: (x: number) => number): OperatorCase => ({
  mnemonic,
  params: ['i32'],
  result: to,
  ours: (a) => bitsOf(operator(Number(a!) | 0), WIDTH[to]),
});

const fromI64 = (mnemonic: string, to: FloatType, operator: (lo: number, hi: number) => number): OperatorCase => ({
  mnemonic,
  params: ['i64'],
  result: to,
  ours: (a) => bitsOf(operator(loHalf(a!), hiHalf(a!)), WIDTH[to]),
});

const TO_INTEGER: readonly OperatorCase[] = [
  guarded(toI32('i32.trunc_f32_s', 'f32', convert.truncF32ToI32S), convert.inRangeI32S),
  guarded(toI32('i32.trunc_f32_u', 'f32', convert.truncF32ToI32U), convert.inRangeI32U),
  guarded(toI32('i32.trunc_f64_s', 'f64', convert.truncF64ToI32S), convert.inRangeI32S),
  guarded(toI32('i32.trunc_f64_u', 'f64', convert.truncF64ToI32U), convert.inRangeI32U),
  guarded(toI64('i64.trunc_f32_s', 'f32', convert.truncF32ToI64S), convert.inRangeI64S),
  guarded(toI64('i64.trunc_f32_u', 'f32', convert.truncF32ToI64U), convert.inRangeI64U),
  guarded(toI64('i64.trunc_f64_s', 'f64', convert.truncF64ToI64S), convert.inRangeI64S),
  guarded(toI64('i64.trunc_f64_u', 'f64', convert.truncF64ToI64U), convert.inRangeI64U),
  toI32('i32.trunc_sat_f32_s', 'f32', convert.truncSatF32ToI32S),
  toI32('i32.trunc_sat_f32_u', 'f32', convert.truncSatF32ToI32U),
  toI32('i32.trunc_sat_f64_s', 'f64', convert.truncSatF64ToI32S),
  toI32('i32.trunc_sat_f64_u', 'f64', convert.truncSatF64ToI32U),
  toI64('i64.trunc_sat_f32_s', 'f32', convert.truncSatF32ToI64S),
  toI64('i64.trunc_sat_f32_u', 'f32', convert.truncSatF32ToI64U),
  toI64('i64.trunc_sat_f64_s', 'f64', convert.truncSatF64ToI64S),
  toI64('i64.trunc_sat_f64_u', 'f64', convert.truncSatF64ToI64U),
];

const TO_FLOAT: readonly OperatorCase[] = [
  fromI32('f32.convert_i32_s', 'f32', convert.convertI32SToF32),
  fromI32('f32.convert_i32_u', 'f32', convert.convertI32UToF32),
  fromI32('f64.convert_i32_s', 'f64', convert.convertI32SToF64),
  fromI32('f64.convert_i32_u', 'f64', convert.convertI32UToF64),
  fromI64('f32.convert_i64_s', 'f32', convert.convertI64SToF32),
  fromI64('f32.convert_i64_u', 'f32', convert.convertI64UToF32),
  fromI64('f64.convert_i64_s', 'f64', convert.convertI64SToF64),
  fromI64('f64.convert_i64_u', 'f64', convert.convertI64UToF64),
];

const BETWEEN_FLOATS: readonly OperatorCase[] = [
  {
    mnemonic: 'f32.demote_f64',
    params: ['f64'],
    result: 'f32',
    ours: (a) => bitsOf(convert.demote(floatOf(a!, 64)), 32),
  },
  {
    mnemonic: 'f64.promote_f32',
    params: ['f32'],
    result: 'f64',
    ours: (a) => bitsOf(convert.promote(floatOf(a!, 32)), 64),
  },
];

/** Exact truncation of a finite float, by integers. */
function exactTruncation(bits: bigint, width: 32 | 64): bigint {
  return scaledValue(bits, width) / ONE_SCALED;
}

/** Least and greatest integer of the result, from the mnemonic. */
function rangeOf({ mnemonic, result }: OperatorCase): readonly [bigint, bigint] {
  const bits = BigInt(WIDTH[result]);
  return mnemonic.endsWith('_s') ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
}

function exactInteger(operator: OperatorCase, bits: bigint): bigint | 'trap' {
  const width = WIDTH[operator.params[0]!];
  const [least, greatest] = rangeOf(operator);
  const saturates = operator.mnemonic.includes('sat');
  const x = floatOf(bits, width);
  if (Number.isNaN(x)) return saturates ? 0n : 'trap';
  const exact = isFiniteBits(bits, width) ? exactTruncation(bits, width) : x > 0 ? greatest + 1n : least - 1n;
  const clamped = exact < least ? least : exact > greatest ? greatest : exact;
  if (clamped !== exact && !saturates) return 'trap';
  return BigInt.asUintN(WIDTH[operator.result], clamped);
}

function exactFloat(operator: OperatorCase, bits: bigint): bigint {
  const width = WIDTH[operator.result];
  const integer = operator.mnemonic.endsWith('_s') ? BigInt.asIntN(WIDTH[operator.params[0]!], bits) : bits;
  const magnitude = nearestBits(fraction(integer < 0n ? -integer : integer, 1n), width);
  return integer < 0n ? magnitude | (1n << BigInt(width - 1)) : magnitude;
}

describe('wasm/convert', () => {
  describeAgainstHost([...TO_INTEGER, ...TO_FLOAT, ...BETWEEN_FLOATS]);

  describe('truncates as exact integers do, within the exact range', () => {
    for (const operator of TO_INTEGER) {
      it(operator.mnemonic, () => {
        forOperands(operator.params, ([a]) => {
          expectSame(operator.mnemonic, [a!], operator.ours(a!), exactInteger(operator, a!));
        });
      });
    }
  });

  describe('rounds an integer once', () => {
    for (const operator of TO_FLOAT) {
      it(operator.mnemonic, () => {
        forOperands(operator.params, ([a]) => {
          expectSame(operator.mnemonic, [a!], operator.ours(a!), exactFloat(operator, a!));
        });
      });
    }

    // A tie of f32 that only a bit far below a double's last place breaks: by way of a double, each would go to the even neighbour.
    for (let place = 31n; place <= 39n; place++) {
      it(`an integer one beside a tie of f32 whose last place is 2^${place}`, () => {
        for (const significand of [0x800000n, 0x800001n, 0xffffffn]) {
          for (const delta of [-1n, 0n, 1n]) {
            const integer = (significand << place) + (1n << (place - 1n)) + delta;
            for (const operator of TO_FLOAT.filter(({ params }) => params[0] === 'i64')) {
              for (const bits of [integer, BigInt.asUintN(64, -integer)]) {
                expectSame(operator.mnemonic, [bits], operator.ours(bits), exactFloat(operator, bits));
              }
            }
          }
        }
      });
    }
  });

  it('demotion rounds once', () => {
    forOperands(['f64'], ([a]) => {
      if (!isFiniteBits(a!, 64)) return;
      const scaled = scaledValue(a!, 64);
      const magnitude = nearestBits(fraction(scaled < 0n ? -scaled : scaled, ONE_SCALED), 32);
      const expected = a! >> 63n === 1n ? magnitude | 0x80000000n : magnitude;
      expectSame('f32.demote_f64', [a!], BETWEEN_FLOATS[0]!.ours(a!), expected);
    });
  });

  it('no range holds NaN', () => {
    for (const inRange of [convert.inRangeI32S, convert.inRangeI32U, convert.inRangeI64S, convert.inRangeI64U]) {
      expect(inRange(Number.NaN)).to.equal(false);
    }
  });
});
