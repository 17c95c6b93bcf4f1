import * as f32 from '../../src/wasm/f32.js';
import { describeAgainstHost, expectSame, forOperands, type OperatorCase } from './check-operator.js';
import { fraction, isFiniteBits, nearestBits, ONE_SCALED, scaledValue, squareRoot } from './exact-float.js';
import { bitsOf, floatOf } from './float-operands.js';

const unary = (mnemonic: string, operator: (x: number) => number): OperatorCase => ({
  mnemonic,
  params: ['f32'],
  result: 'f32',
  ours: (a) => bitsOf(operator(floatOf(a!, 32)), 32),
});

const binary = (mnemonic: string, operator: (a: number, b: number) => number): OperatorCase => ({
  mnemonic,
  params: ['f32', 'f32'],
  result: 'f32',
  ours: (a, b) => bitsOf(operator(floatOf(a!, 32), floatOf(b!, 32)), 32),
});

const signed = (bits: bigint): number => Number(bits) | 0;
const unsigned = (x: number): bigint => BigInt(x >>> 0);

const ARITHMETIC: readonly OperatorCase[] = [
  binary('f32.add', f32.add),
  binary('f32.sub', f32.sub),
  binary('f32.mul', f32.mul),
  binary('f32.div', f32.div),
  unary('f32.sqrt', f32.sqrt),
];

const OPERATORS: readonly OperatorCase[] = [
  ...ARITHMETIC,
  binary('f32.min', f32.min),
  binary('f32.max', f32.max),
  unary('f32.ceil', f32.ceil),
  unary('f32.floor', f32.floor),
  unary('f32.trunc', f32.trunc),
  unary('f32.nearest', f32.nearest),
  { ...unary('f32.neg', f32.negBits), keepsNan: true, ours: (a) => unsigned(f32.negBits(signed(a!))) },
  { ...unary('f32.abs', f32.absBits), keepsNan: true, ours: (a) => unsigned(f32.absBits(signed(a!))) },
  {
    ...binary('f32.copysign', f32.copysignBits),
    keepsNan: true,
    ours: (a, b) => unsigned(f32.copysignBits(signed(a!), signed(b!))),
  },
];

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);
const withSign = (bits: bigint, isNegative: boolean): bigint => (isNegative ? bits | 0x80000000n : bits);

/** The exact result of finite operands (integers over 2^1075), rounded once; `undefined` where the sign of a zero or a special value decides. */
const EXACT: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  'f32.add': (a, b) => roundedFraction(a + b, ONE_SCALED),
  'f32.sub': (a, b) => roundedFraction(a - b, ONE_SCALED),
  'f32.mul': (a, b) => roundedFraction(a * b, ONE_SCALED * ONE_SCALED),
  'f32.div': (a, b) => (b === 0n ? undefined : roundedFraction(b < 0n ? -a : a, magnitude(b))),
  'f32.sqrt': (a) => (a <= 0n ? undefined : nearestBits(squareRoot(a, ONE_SCALED), 32)),
};

function roundedFraction(numerator: bigint, denominator: bigint): bigint | undefined {
  if (numerator === 0n) return undefined;
  return withSign(nearestBits(fraction(magnitude(numerator), denominator), 32), numerator < 0n);
}

describe('wasm/f32', () => {
  describeAgainstHost(OPERATORS);

  describe('rounds the exact result once', () => {
    for (const operator of ARITHMETIC) {
      it(operator.mnemonic, () => {
        let turn = 0;
        forOperands(operator.params, (operands) => {
          // Exact arithmetic is slow: of the many pairs of edges every seventeenth, of what follows all that comes up.
          if (operands.length === 2 && turn++ % 17 !== 0) return;
          if (!operands.every((bits) => isFiniteBits(bits, 32))) return;
          const expected = EXACT[operator.mnemonic]!(scaledValue(operands[0]!, 32), scaledValue(operands[1] ?? 0n, 32));
          if (expected !== undefined) {
            expectSame(operator.mnemonic, operands, operator.ours(...operands), expected);
          }
        });
      });
    }
  });
});
