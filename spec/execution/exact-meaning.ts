/**
 * The first oracle of numeric instructions: the meaning of each on exact integers and fractions, in the terms of the
 * specification (4.3 "Numerics"). Comparisons, rounding to integers, signs and reinterpretation of floats are left to
 * the host: its instructions are as simple as anything that could be written here.
 */
import {
  fraction,
  isFiniteBits,
  isNanBits,
  nearestBits,
  ONE_SCALED,
  scaledValue,
  squareRoot,
} from '../wasm/exact-float.js';
import type { Width } from '../wasm/numeric-edges.js';
import type { NumberType, Operator } from './host-operators.js';

/** On unsigned bits; undefined for cases that this oracle does not judge. */
export type Meaning = (operands: readonly bigint[]) => bigint | 'trap' | undefined;

export function widthOf(type: NumberType): Width {
  return type === 'i32' || type === 'f32' ? 32 : 64;
}

const truth = (holds: boolean): bigint => (holds ? 1n : 0n);
const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

type Integers = (a: bigint, b: bigint, width: Width) => bigint | 'trap';

const signed = (x: bigint, width: Width): bigint => BigInt.asIntN(width, x);
const count = (n: bigint, width: Width): bigint => n & BigInt(width - 1);

function divideSigned(a: bigint, b: bigint, width: Width): bigint | 'trap' {
  if (b === 0n) return 'trap';
  const quotient = signed(a, width) / signed(b, width);
  return quotient === 1n << BigInt(width - 1) ? 'trap' : quotient;
}

function extended(bits: Width | 8 | 16): Integers {
  return (a) => BigInt.asIntN(bits, a);
}

/** By the name after the type. Results are taken modulo the width of the result. */
const OF_INTEGERS: Readonly<Record<string, Integers>> = {
  clz: (a, _, width) => BigInt(width - (a === 0n ? 0 : a.toString(2).length)),
  ctz: (a, _, width) => (a === 0n ? BigInt(width) : BigInt((a & -a).toString(2).length - 1)),
  popcnt: (a) => BigInt(a.toString(2).replaceAll('0', '').length),
  eqz: (a) => truth(a === 0n),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div_s: divideSigned,
  div_u: (a, b) => (b === 0n ? 'trap' : a / b),
  rem_s: (a, b, width) => (b === 0n ? 'trap' : signed(a, width) % signed(b, width)),
  rem_u: (a, b) => (b === 0n ? 'trap' : a % b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, width) => a << count(b, width),
  shr_s: (a, b, width) => signed(a, width) >> count(b, width),
  shr_u: (a, b, width) => a >> count(b, width),
  rotl: (a, b, width) => (a << count(b, width)) | (a >> (BigInt(width) - count(b, width))),
  rotr: (a, b, width) => (a >> count(b, width)) | (a << (BigInt(width) - count(b, width))),
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  lt_s: (a, b, width) => truth(signed(a, width) < signed(b, width)),
  lt_u: (a, b) => truth(a < b),
  gt_s: (a, b, width) => truth(signed(a, width) > signed(b, width)),
  gt_u: (a, b) => truth(a > b),
  le_s: (a, b, width) => truth(signed(a, width) <= signed(b, width)),
  le_u: (a, b) => truth(a <= b),
  ge_s: (a, b, width) => truth(signed(a, width) >= signed(b, width)),
  ge_u: (a, b) => truth(a >= b),
  wrap_i64: (a) => a,
  extend_i32_s: extended(32),
  extend_i32_u: (a) => a,
  extend8_s: extended(8),
  extend16_s: extended(16),
  extend32_s: extended(32),
};

/** The value of a float that is not zero, rounded once; the sign of a zero is left to the host. */
function rounded(numerator: bigint, denominator: bigint, width: Width): bigint | undefined {
  if (numerator === 0n) return undefined;
  const bits = nearestBits(fraction(magnitude(numerator), denominator), width);
  return numerator < 0n ? bits | (1n << BigInt(width - 1)) : bits;
}

/** Operands are integers over 2^1075. */
const OF_FLOATS: Readonly<Record<string, (a: bigint, b: bigint, width: Width) => bigint | undefined>> = {
  add: (a, b, width) => rounded(a + b, ONE_SCALED, width),
  sub: (a, b, width) => rounded(a - b, ONE_SCALED, width),
  mul: (a, b, width) => rounded(a * b, ONE_SCALED * ONE_SCALED, width),
  div: (a, b, width) => (b === 0n ? undefined : rounded(b < 0n ? -a : a, magnitude(b), width)),
  sqrt: (a, _, width) => (a <= 0n ? undefined : nearestBits(squareRoot(a, ONE_SCALED), width)),
  demote_f64: (a) => rounded(a, ONE_SCALED, 32),
  promote_f32: (a) => rounded(a, ONE_SCALED, 64),
};

function truncation(bits: bigint, from: Width, to: Width, isSigned: boolean, saturates: boolean): bigint | 'trap' {
  const least = isSigned ? -(1n << BigInt(to - 1)) : 0n;
  const greatest = least + (1n << BigInt(to)) - 1n;
  if (isNanBits(bits, from)) return saturates ? 0n : 'trap';
  const isNegative = bits >> BigInt(from - 1) === 1n;
  const infinite = isNegative ? least - 1n : greatest + 1n;
  const exact = isFiniteBits(bits, from) ? scaledValue(bits, from) / ONE_SCALED : infinite;
  if (exact >= least && exact <= greatest) return BigInt.asUintN(to, exact);
  if (!saturates) return 'trap';
  return BigInt.asUintN(to, isNegative ? least : greatest);
}

/** The meaning of an instruction, if this oracle judges it. */
export function exactMeaning({ mnemonic, params, result }: Operator): Meaning | undefined {
  const name = mnemonic.slice(4);
  const from = widthOf(params[0]!);
  const to = widthOf(result);
  const isOfFloat = params[0] === 'f32' || params[0] === 'f64';
  if (name.startsWith('trunc_')) {
    const isSigned = name.endsWith('_s');
    return ([a]) => truncation(a!, from, to, isSigned, name.includes('sat'));
  }
  if (name.startsWith('convert_')) {
    const value = (a: bigint) => (name.endsWith('_s') ? signed(a, from) : a);
    return ([a]) => (a === 0n ? 0n : rounded(value(a!), 1n, to));
  }
  const ofIntegers = OF_INTEGERS[name];
  if (!isOfFloat && ofIntegers !== undefined) {
    return ([a, b = 0n]) => {
      const exact = ofIntegers(a!, b, from);
      return exact === 'trap' ? exact : BigInt.asUintN(to, exact);
    };
  }
  const ofFloats = OF_FLOATS[name];
  if (!isOfFloat || ofFloats === undefined) return undefined;
  return ([a, b = 0n]) => {
    if (!isFiniteBits(a!, from) || !isFiniteBits(b, from)) return undefined;
    return ofFloats(scaledValue(a!, from), scaledValue(b, from), to);
  };
}
