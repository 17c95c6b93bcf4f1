import * as i32 from '../../src/wasm/i32.js';
import { describeAgainstHost, expectSame, forOperands, type OperatorCase } from './check-operator.js';

const signed = (bits: bigint): number => Number(bits) | 0;
const unsigned = (x: number): bigint => BigInt(x >>> 0);

/** Our operators answer a signed 32-bit integer, which is part of what is checked. */
function answer(x: number): bigint {
  if (!Object.is(x, x | 0)) throw new Error(`${Object.is(x, -0) ? '-0' : x} is no signed 32-bit integer`);
  return unsigned(x);
}

const unary = (mnemonic: string, operator: (x: number) => number): OperatorCase => ({
  mnemonic,
  params: ['i32'],
  result: 'i32',
  ours: (a) => answer(operator(signed(a!))),
});

const binary = (mnemonic: string, operator: (a: number, b: number) => number): OperatorCase => ({
  mnemonic,
  params: ['i32', 'i32'],
  result: 'i32',
  ours: (a, b) => answer(operator(signed(a!), signed(b!))),
});

/** The caller excludes what traps. */
const division = (mnemonic: string, operator: (a: number, b: number) => number): OperatorCase => ({
  ...binary(mnemonic, operator),
  ours: (a, b) => {
    const overflows = mnemonic === 'i32.div_s' && a === 0x80000000n && b === 0xffffffffn;
    return b === 0n || overflows ? 'trap' : answer(operator(signed(a!), signed(b!)));
  },
});

const OPERATORS: readonly OperatorCase[] = [
  unary('i32.ctz', i32.ctz),
  unary('i32.popcnt', i32.popcnt),
  binary('i32.rotl', i32.rotl),
  binary('i32.rotr', i32.rotr),
  division('i32.div_s', i32.divS),
  division('i32.div_u', i32.divU),
  division('i32.rem_s', i32.remS),
  division('i32.rem_u', i32.remU),
];

const asSigned = (bits: bigint): bigint => BigInt.asIntN(32, bits);
const DIVISIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  'i32.div_s': (a, b) => asSigned(a) / asSigned(b),
  'i32.div_u': (a, b) => a / b,
  'i32.rem_s': (a, b) => asSigned(a) % asSigned(b),
  'i32.rem_u': (a, b) => a % b,
};

describe('wasm/i32', () => {
  describeAgainstHost(OPERATORS);

  describe('divides as exact integers do', () => {
    for (const [mnemonic, exact] of Object.entries(DIVISIONS)) {
      const operator = OPERATORS.find((candidate) => candidate.mnemonic === mnemonic)!;
      it(mnemonic, () => {
        forOperands(['i32', 'i32'], ([a, b]) => {
          const actual = operator.ours(a!, b!);
          if (actual !== 'trap') expectSame(mnemonic, [a!, b!], actual, BigInt.asUintN(32, exact(a!, b!)));
        });
      });
    }
  });
});
