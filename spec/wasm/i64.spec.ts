import { expect } from 'chai';
import fc from 'fast-check';
import * as i64 from '../../src/wasm/i64.js';
import { hiHalf, joinHalves, loHalf } from '../../src/wasm/value.js';
import { describeAgainstHost, expectSame, forOperands, type OperatorCase } from './check-operator.js';

type Binary = (S: Int32Array, d: number, aLo: number, aHi: number, bLo: number, bHi: number) => void;
type Shift = (S: Int32Array, d: number, aLo: number, aHi: number, n: number) => void;
type Compare = (aLo: number, aHi: number, bLo: number, bHi: number) => boolean;
type Count = (lo: number, hi: number) => number;

const SENTINEL = 0x5a5a5a5a;

/** Runs `write` on slots between two others, and reads the result; the others must stay. */
function written(write: (S: Int32Array, d: number) => void): bigint {
  const S = new Int32Array(6).fill(SENTINEL);
  write(S, 2);
  if (S[0] !== SENTINEL || S[1] !== SENTINEL || S[4] !== SENTINEL || S[5] !== SENTINEL)
    throw new Error('wrote beside d');
  return joinHalves(S[2]!, S[3]!);
}

const binary = (mnemonic: string, operator: Binary): OperatorCase => ({
  mnemonic,
  params: ['i64', 'i64'],
  result: 'i64',
  ours: (a, b) => written((S, d) => operator(S, d, loHalf(a!), hiHalf(a!), loHalf(b!), hiHalf(b!))),
});

/** The caller excludes what traps. */
const division = (mnemonic: string, operator: Binary): OperatorCase => {
  const plain = binary(mnemonic, operator);
  return {
    ...plain,
    ours: (a, b) => {
      const overflows = mnemonic === 'i64.div_s' && a === 1n << 63n && b === (1n << 64n) - 1n;
      return b === 0n || overflows ? 'trap' : plain.ours(a!, b!);
    },
  };
};

const shift = (mnemonic: string, operator: Shift): OperatorCase => ({
  mnemonic,
  params: ['i64', 'i64'],
  result: 'i64',
  ours: (a, n) => written((S, d) => operator(S, d, loHalf(a!), hiHalf(a!), loHalf(n!))),
});

const compare = (mnemonic: string, operator: Compare): OperatorCase => ({
  mnemonic,
  params: ['i64', 'i64'],
  result: 'i32',
  ours: (a, b) => (operator(loHalf(a!), hiHalf(a!), loHalf(b!), hiHalf(b!)) ? 1n : 0n),
});

const count = (mnemonic: string, operator: Count): OperatorCase => ({
  mnemonic,
  params: ['i64'],
  result: 'i64',
  ours: (a) => BigInt(operator(loHalf(a!), hiHalf(a!))),
});

const OPERATORS: readonly OperatorCase[] = [
  binary('i64.add', i64.add),
  binary('i64.sub', i64.sub),
  binary('i64.mul', i64.mul),
  division('i64.div_s', i64.divS),
  division('i64.div_u', i64.divU),
  division('i64.rem_s', i64.remS),
  division('i64.rem_u', i64.remU),
  shift('i64.shl', i64.shl),
  shift('i64.shr_s', i64.shrS),
  shift('i64.shr_u', i64.shrU),
  shift('i64.rotl', i64.rotl),
  shift('i64.rotr', i64.rotr),
  compare('i64.lt_s', i64.ltS),
  compare('i64.lt_u', i64.ltU),
  compare('i64.gt_s', i64.gtS),
  compare('i64.gt_u', i64.gtU),
  compare('i64.le_s', i64.leS),
  compare('i64.le_u', i64.leU),
  compare('i64.ge_s', i64.geS),
  compare('i64.ge_u', i64.geU),
  count('i64.clz', i64.clz),
  count('i64.ctz', i64.ctz),
  count('i64.popcnt', i64.popcnt),
];

const asSigned = (bits: bigint): bigint => BigInt.asIntN(64, bits);
const truth = (x: boolean): bigint => (x ? 1n : 0n);
const ones = (a: bigint): bigint => BigInt([...a.toString(2)].filter((digit) => digit === '1').length);

/** The same operators on exact integers; `n` is a masked count. */
const EXACT: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  'i64.add': (a, b) => a + b,
  'i64.sub': (a, b) => a - b,
  'i64.mul': (a, b) => a * b,
  'i64.div_s': (a, b) => asSigned(a) / asSigned(b),
  'i64.div_u': (a, b) => a / b,
  'i64.rem_s': (a, b) => asSigned(a) % asSigned(b),
  'i64.rem_u': (a, b) => a % b,
  'i64.shl': (a, b) => a << (b & 63n),
  'i64.shr_s': (a, b) => asSigned(a) >> (b & 63n),
  'i64.shr_u': (a, b) => a >> (b & 63n),
  'i64.rotl': (a, b) => (a << (b & 63n)) | (a >> (64n - (b & 63n))),
  'i64.rotr': (a, b) => (a >> (b & 63n)) | (a << (64n - (b & 63n))),
  'i64.lt_s': (a, b) => truth(asSigned(a) < asSigned(b)),
  'i64.lt_u': (a, b) => truth(a < b),
  'i64.gt_s': (a, b) => truth(asSigned(a) > asSigned(b)),
  'i64.gt_u': (a, b) => truth(a > b),
  'i64.le_s': (a, b) => truth(asSigned(a) <= asSigned(b)),
  'i64.le_u': (a, b) => truth(a <= b),
  'i64.ge_s': (a, b) => truth(asSigned(a) >= asSigned(b)),
  'i64.ge_u': (a, b) => truth(a >= b),
  'i64.clz': (a) => (a === 0n ? 64n : 64n - BigInt(a.toString(2).length)),
  'i64.ctz': (a) => (a === 0n ? 64n : BigInt((a & -a).toString(2).length - 1)),
  'i64.popcnt': (a) => ones(a),
};

function expectExact(operator: OperatorCase, operands: readonly bigint[]): void {
  const actual = operator.ours(...operands);
  if (actual === 'trap') return;
  const exact = EXACT[operator.mnemonic]!(operands[0]!, operands[1] ?? 0n);
  expectSame(operator.mnemonic, operands, actual, BigInt.asUintN(64, exact));
}

/** A divisor of any length, and a dividend at a multiple of it or one beside: where an estimated quotient would slip. */
const nearMultiple = fc
  .tuple(
    fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }),
    fc.integer({ min: 0, max: 63 }),
    fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    fc.integer({ min: -2, max: 2 }),
  )
  .map(([bits, n, wide, delta]) => {
    const divisor = bits >> BigInt(n) || 1n;
    const quotient = wide % ((1n << 64n) / divisor + 1n);
    return [BigInt.asUintN(64, quotient * divisor + BigInt(delta)), divisor] as const;
  });

describe('wasm/i64', () => {
  describeAgainstHost(OPERATORS);

  describe('means what exact integers mean modulo 2^64', () => {
    it('has an exact meaning for every operator', () => {
      expect(Object.keys(EXACT)).to.deep.equal(OPERATORS.map(({ mnemonic }) => mnemonic));
    });
    for (const operator of OPERATORS) {
      it(operator.mnemonic, () => forOperands(operator.params, (operands) => expectExact(operator, operands)));
    }
  });

  describe('divides exactly beside the multiples of the divisor', () => {
    for (const operator of OPERATORS.filter(({ mnemonic }) => /div|rem/.test(mnemonic))) {
      it(operator.mnemonic, () => {
        const negated = (x: bigint): bigint => BigInt.asUintN(64, -x);
        const property = fc.property(nearMultiple, ([a, b]) => {
          for (const operands of [
            [a, b],
            [negated(a), b],
            [a, negated(b)],
            [negated(a), negated(b)],
          ]) {
            expectExact(operator, operands);
          }
        });
        fc.assert(property, { numRuns: 10000 });
      });
    }
  });

  it('the smallest integer leaves no remainder by -1', () => {
    expect(written((S, d) => i64.remS(S, d, 0, -0x80000000, -1, -1))).to.equal(0n);
  });

  it('writes over the slots that its operands came from', () => {
    const S = Int32Array.of(7, 1, 3, 0);
    i64.divS(S, 0, S[0]!, S[1]!, S[2]!, S[3]!);
    expect(joinHalves(S[0]!, S[1]!)).to.equal(0x100000007n / 3n);
  });
});
