/**
 * Naive number semantics for the trace oracle: every value is its bits as an unsigned BigInt. Slow and short.
 * SEMANTICS 2: a NaN result of an arithmetic instruction is the positive canonical NaN.
 */
import type { TrapCode } from '../../src/base/fault.js';

/** Thrown when a numeric instruction traps. */
export class NumberTrap extends Error {
  constructor(readonly code: TrapCode) {
    super(code);
  }
}

const view = new DataView(new ArrayBuffer(8));

function toFloat(width: number, bits: bigint): number {
  if (width === 32) {
    view.setUint32(0, Number(bits));
    return view.getFloat32(0);
  }
  view.setBigUint64(0, bits);
  return view.getFloat64(0);
}

function fromFloat(width: number, value: number): bigint {
  if (Number.isNaN(value)) return width === 32 ? 0x7fc00000n : 0x7ff8000000000000n;
  if (width === 32) {
    view.setFloat32(0, value);
    return BigInt(view.getUint32(0));
  }
  view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** The result of a numeric instruction by its name, such as `i32.add`. */
export function numeric(name: string, operands: readonly bigint[]): bigint {
  const [type, operation] = name.split('.') as [string, string];
  const width = type.endsWith('32') ? 32 : 64;
  if (/_[if](32|64)/.test(operation)) return convert(type, width, operation, operands[0]!);
  if (type[0] === 'i') return integer(width, operation, operands[0]!, operands[1] ?? 0n);
  return float(width, operation, operands[0]!, operands[1] ?? 0n);
}

function integer(width: number, operation: string, a: bigint, b: bigint): bigint {
  const wrap = (value: bigint) => BigInt.asUintN(width, value);
  const signed = (value: bigint) => BigInt.asIntN(width, value);
  const truth = (value: boolean) => (value ? 1n : 0n);
  const bits = BigInt(width);
  const shift = b % bits;
  const text = a.toString(2).padStart(width, '0');
  if (/^(div|rem)/.test(operation) && b === 0n) throw new NumberTrap('integer-divide-by-zero');
  switch (operation) {
    case 'add':
      return wrap(a + b);
    case 'sub':
      return wrap(a - b);
    case 'mul':
      return wrap(a * b);
    case 'div_u':
      return a / b;
    case 'rem_u':
      return a % b;
    case 'div_s':
      if (signed(a) / signed(b) === 1n << (bits - 1n)) throw new NumberTrap('integer-overflow');
      return wrap(signed(a) / signed(b));
    case 'rem_s':
      return wrap(signed(a) % signed(b));
    case 'and':
      return a & b;
    case 'or':
      return a | b;
    case 'xor':
      return a ^ b;
    case 'shl':
      return wrap(a << shift);
    case 'shr_u':
      return a >> shift;
    case 'shr_s':
      return wrap(signed(a) >> shift);
    case 'rotl':
      return wrap((a << shift) | (a >> (bits - shift)));
    case 'rotr':
      return wrap((a >> shift) | (a << (bits - shift)));
    case 'clz':
      return BigInt(text.includes('1') ? text.indexOf('1') : width);
    case 'ctz':
      return BigInt(text.includes('1') ? width - 1 - text.lastIndexOf('1') : width);
    case 'popcnt':
      return BigInt(text.replaceAll('0', '').length);
    case 'eqz':
      return truth(a === 0n);
    case 'eq':
      return truth(a === b);
    case 'ne':
      return truth(a !== b);
    case 'lt_u':
      return truth(a < b);
    case 'gt_u':
      return truth(a > b);
    case 'le_u':
      return truth(a <= b);
    case 'ge_u':
      return truth(a >= b);
    case 'lt_s':
      return truth(signed(a) < signed(b));
    case 'gt_s':
      return truth(signed(a) > signed(b));
    case 'le_s':
      return truth(signed(a) <= signed(b));
    case 'ge_s':
      return truth(signed(a) >= signed(b));
    case 'extend8_s':
      return wrap(BigInt.asIntN(8, a));
    case 'extend16_s':
      return wrap(BigInt.asIntN(16, a));
    case 'extend32_s':
      return wrap(BigInt.asIntN(32, a));
  }
  throw new Error(`the oracle does not know integer ${operation}`);
}

function float(width: number, operation: string, aBits: bigint, bBits: bigint): bigint {
  const sign = 1n << BigInt(width - 1);
  if (operation === 'neg') return aBits ^ sign;
  if (operation === 'abs') return aBits & (sign - 1n);
  if (operation === 'copysign') return (aBits & (sign - 1n)) | (bBits & sign);
  const a = toFloat(width, aBits);
  const b = toFloat(width, bBits);
  const compared = { eq: a === b, ne: a !== b, lt: a < b, gt: a > b, le: a <= b, ge: a >= b }[operation];
  if (compared !== undefined) return compared ? 1n : 0n;
  const round = (value: number) => fromFloat(width, width === 32 ? Math.fround(value) : value);
  switch (operation) {
    case 'add':
      return round(a + b);
    case 'sub':
      return round(a - b);
    case 'mul':
      return round(a * b);
    case 'div':
      return round(a / b);
    case 'min':
      return round(Math.min(a, b));
    case 'max':
      return round(Math.max(a, b));
    case 'sqrt':
      return round(Math.sqrt(a));
    case 'ceil':
      return round(Math.ceil(a));
    case 'floor':
      return round(Math.floor(a));
    case 'trunc':
      return round(Math.trunc(a));
    case 'nearest':
      return round(nearest(a));
  }
  throw new Error(`the oracle does not know float ${operation}`);
}

function nearest(value: number): number {
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 52) return value;
  const low = Math.floor(value);
  const up = value - low > 0.5 || (value - low === 0.5 && low % 2 !== 0);
  const rounded = up ? low + 1 : low;
  return rounded === 0 && (value < 0 || Object.is(value, -0)) ? -0 : rounded;
}

function convert(type: string, width: number, operation: string, bits: bigint): bigint {
  const [, verb, from, sign] = /^(.*)_([if](?:32|64))(_[su])?$/.exec(operation)!;
  const fromWidth = from!.endsWith('32') ? 32 : 64;
  if (verb === 'reinterpret') return bits;
  if (verb === 'wrap') return BigInt.asUintN(32, bits);
  if (verb === 'extend') return sign === '_s' ? BigInt.asUintN(64, BigInt.asIntN(32, bits)) : bits;
  if (verb === 'promote') return fromFloat(64, toFloat(32, bits));
  if (verb === 'demote') return fromFloat(32, Math.fround(toFloat(64, bits)));
  if (verb === 'convert') {
    const value = sign === '_s' ? BigInt.asIntN(fromWidth, bits) : bits;
    return fromFloat(width, type === 'f32' ? Math.fround(Number(oddToFit(value))) : Number(value));
  }
  const min = sign === '_s' ? -(1n << BigInt(width - 1)) : 0n;
  const max = (1n << BigInt(sign === '_s' ? width - 1 : width)) - 1n;
  const value = toFloat(fromWidth, bits);
  const saturating = verb === 'trunc_sat';
  if (Number.isNaN(value)) {
    if (saturating) return 0n;
    throw new NumberTrap('invalid-conversion-to-integer');
  }
  const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : value > 0 ? max + 1n : min - 1n;
  if (whole >= min && whole <= max) return BigInt.asUintN(width, whole);
  if (!saturating) throw new NumberTrap('integer-overflow');
  return BigInt.asUintN(width, whole < min ? min : max);
}

/**
 * At most 53 significant bits, the last one made odd if any bit was lost, so that rounding twice equals rounding once.
 */
function oddToFit(value: bigint): bigint {
  const size = value < 0n ? -value : value;
  if (size < 1n << 53n) return value;
  const lost = size & 0xfffn;
  const kept = ((size >> 12n) << 12n) | (lost === 0n ? 0n : 1n << 12n);
  return value < 0n ? -kept : kept;
}
