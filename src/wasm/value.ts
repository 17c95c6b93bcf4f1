/**
 * A WebAssembly value of the API, and its text form.
 *
 * Invariant: `bits` is unsigned and in range, so a value keeps every bit of a NaN that a JavaScript number would lose,
 * and two values are equal if type and bits are. Printing is one to one (`i32:0x0000002a`) and parses back to the same
 * value. Source: WebAssembly 2.0, 4.2.1 "Values" (#syntax-val) and 6.3 "Values" of the text format (#text-int,
 * #text-float).
 */

import { decimalFloatBits, F32_FORMAT, F64_FORMAT } from './decimal-float.js';
import { F32_CANONICAL_NAN_BITS } from './nan.js';

/** A 32-bit number by its bits, 0 to 2^32 - 1. */
export interface Value32 {
  readonly type: 'i32' | 'f32';
  readonly bits: number;
}

/** A 64-bit number by its bits, 0 to 2^64 - 1. */
export interface Value64 {
  readonly type: 'i64' | 'f64';
  readonly bits: bigint;
}

/** A reference: null, or the number by which its owner knows it, 0 to 2^32 - 1. */
export interface ReferenceValue {
  readonly type: 'funcref' | 'externref';
  readonly ref: null | number;
}

export type NumberValue = Value32 | Value64;
export type Value = NumberValue | ReferenceValue;

export type ValueParse =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly message: string };

/** Longest text that is read, in UTF-16 units. The longest exact decimal of a double has fewer than 1,100. */
const TEXT_LENGTH_MAX = 2048;

const F64_CANONICAL_NAN_BITS = 0x7ff8000000000000n;
const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|[0-9]+)$/;
const FLOAT_BITS = /^0[xX]([0-9a-fA-F]+)$/;
const NAN_PAYLOAD = /^nan:0[xX]([0-9a-fA-F]+)$/;

/** The low half of 64 bits, as a signed 32-bit integer. */
export function loHalf(bits: bigint): number {
  return Number(bits & 0xffffffffn) | 0;
}

/** The high half of 64 bits, as a signed 32-bit integer. */
export function hiHalf(bits: bigint): number {
  return Number((bits >> 32n) & 0xffffffffn) | 0;
}

/** Two halves, signed or unsigned, to unsigned 64 bits. */
export function joinHalves(lo: number, hi: number): bigint {
  return (BigInt(hi >>> 0) << 32n) | BigInt(lo >>> 0);
}

/** An i32 from an integer of -2^31 to 2^32 - 1. Throws a RangeError for any other number. */
export function i32(x: number): Value32 {
  if (!Number.isInteger(x) || x < -0x80000000 || x > 0xffffffff) throw new RangeError(`${x} is not a 32-bit integer`);
  return { type: 'i32', bits: x >>> 0 };
}

/** An i64 from an integer of -2^63 to 2^64 - 1. Throws a RangeError for any other integer. */
export function i64(x: bigint): Value64 {
  if (x < -(1n << 63n) || x >= 1n << 64n) throw new RangeError(`${x} is not a 64-bit integer`);
  return { type: 'i64', bits: BigInt.asUintN(64, x) };
}

/** The f32 nearest to a number; NaN becomes the canonical one. To keep certain bits, use `{ type, bits }`. */
export function f32(x: number): Value32 {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, x);
  return { type: 'f32', bits: Number.isNaN(x) ? F32_CANONICAL_NAN_BITS : view.getUint32(0) };
}

/** The f64 of a number; NaN becomes the canonical one. To keep certain bits, use `{ type, bits }`. */
export function f64(x: number): Value64 {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, x);
  return { type: 'f64', bits: Number.isNaN(x) ? F64_CANONICAL_NAN_BITS : view.getBigUint64(0) };
}

/**
 * The value that JavaScript's `WebAssembly` would return: i32 as a signed number, i64 as a signed bigint, floats as
 * numbers (all NaN alike).
 */
export function toNumber(value: Value32): number;
export function toNumber(value: Value64): number | bigint;
export function toNumber(value: NumberValue): number | bigint;
export function toNumber(value: NumberValue): number | bigint {
  const view = new DataView(new ArrayBuffer(8));
  switch (value.type) {
    case 'i32':
      return value.bits | 0;
    case 'i64':
      return BigInt.asIntN(64, value.bits);
    case 'f32':
      view.setUint32(0, value.bits);
      return view.getFloat32(0);
    case 'f64':
      view.setBigUint64(0, value.bits);
      return view.getFloat64(0);
  }
}

/** Whether it is a value: of a known type, with bits in range. */
export function isValue(value: unknown): value is Value {
  if (typeof value !== 'object' || value === null) return false;
  const { type, bits, ref } = value as Partial<Record<'type' | 'bits' | 'ref', unknown>>;
  switch (type) {
    case 'i32':
    case 'f32':
      return typeof bits === 'number' && bits >>> 0 === bits;
    case 'i64':
    case 'f64':
      return typeof bits === 'bigint' && BigInt.asUintN(64, bits) === bits;
    case 'funcref':
    case 'externref':
      return ref === null || (typeof ref === 'number' && ref >>> 0 === ref);
    default:
      return false;
  }
}

/** The text form: the type and all bits in hexadecimal (`f32:0x3fc00000`), or `funcref:null`, `externref:7`. */
export function printValue(value: Value): string {
  switch (value.type) {
    case 'i32':
    case 'f32':
      return `${value.type}:0x${value.bits.toString(16).padStart(8, '0')}`;
    case 'i64':
    case 'f64':
      return `${value.type}:0x${value.bits.toString(16).padStart(16, '0')}`;
    case 'funcref':
    case 'externref':
      return `${value.type}:${value.ref === null ? 'null' : value.ref}`;
  }
}

/**
 * Reads `type:value`.
 *
 * Integers are decimal or hexadecimal, signed or not: `i32:-1`, `i32:0xff`. Floats are a decimal (rounded once), `inf`, `nan` (canonical), `nan:0x200000` (with a
 * payload), each with an optional sign, or all their bits: `f64:0x7ff8000000000000`. References are `null` or a number.
 * A text that is none of these is rejected with the cause and what to write instead.
 */
export function parseValue(text: string): ValueParse {
  if (text.length > TEXT_LENGTH_MAX) {
    return fault(
      `a value of ${text.length} characters is too long; write at most ${TEXT_LENGTH_MAX}, or the bits as 0x...`,
    );
  }
  const colon = text.indexOf(':');
  if (colon < 0) return fault(`${JSON.stringify(text)} has no type; write type:value, for example i32:7`);
  const body = text.slice(colon + 1);
  const type = text.slice(0, colon);
  switch (type) {
    case 'i32':
      return parseBits(body, integerBits(body, 32), (bits) => ({ type, bits: Number(bits) }));
    case 'i64':
      return parseBits(body, integerBits(body, 64), (bits) => ({ type, bits }));
    case 'f32':
      return parseBits(body, floatBits(body, 32), (bits) => ({ type, bits: Number(bits) }));
    case 'f64':
      return parseBits(body, floatBits(body, 64), (bits) => ({ type, bits }));
    case 'funcref':
    case 'externref':
      return parseReference(type, body);
    default:
      return fault(`${JSON.stringify(type)} is not a value type; write i32, i64, f32, f64, funcref or externref`);
  }
}

function fault(message: string): { readonly ok: false; readonly message: string } {
  return { ok: false, message };
}

/** `bits`, or the fault and what to write instead; the message follows the text itself. */
type BitsOrFault = bigint | string;

function parseBits(body: string, bits: BitsOrFault, make: (bits: bigint) => Value): ValueParse {
  return typeof bits === 'string' ? fault(`${JSON.stringify(body)} ${bits}`) : { ok: true, value: make(bits) };
}

function integerBits(body: string, width: 32 | 64): BitsOrFault {
  const match = INTEGER.exec(body);
  if (match === null) return 'is not an integer; write a decimal such as -1, or hexadecimal such as 0xff';
  const magnitude = BigInt(match[2] ?? '');
  const integer = match[1] === '-' ? -magnitude : magnitude;
  if (integer < -(1n << BigInt(width - 1)) || integer >= 1n << BigInt(width)) {
    return `does not fit ${width} bits; write an integer from -2^${width - 1} to 2^${width} - 1`;
  }
  return BigInt.asUintN(width, integer);
}

function floatBits(body: string, width: 32 | 64): BitsOrFault {
  const allBits = FLOAT_BITS.exec(body);
  if (allBits !== null) {
    const bits = BigInt(`0x${allBits[1]}`);
    if (bits >= 1n << BigInt(width))
      return `has more than ${width} bits; write at most ${width / 4} hexadecimal digits`;
    return bits;
  }
  const isNegative = body.startsWith('-');
  const unsigned = isNegative || body.startsWith('+') ? body.slice(1) : body;
  const magnitude = floatMagnitudeBits(unsigned, width);
  if (typeof magnitude === 'string') return magnitude;
  return isNegative ? magnitude | (1n << BigInt(width - 1)) : magnitude;
}

function floatMagnitudeBits(unsigned: string, width: 32 | 64): BitsOrFault {
  const format = width === 32 ? F32_FORMAT : F64_FORMAT;
  if (unsigned === 'inf') return format.infinityBits;
  if (unsigned === 'nan') return width === 32 ? BigInt(F32_CANONICAL_NAN_BITS) : F64_CANONICAL_NAN_BITS;
  const payloadText = NAN_PAYLOAD.exec(unsigned);
  if (payloadText !== null) {
    const payload = BigInt(`0x${payloadText[1]}`);
    const payloadBits = format.significantBits - 1;
    if (payload === 0n || payload >= 1n << BigInt(payloadBits)) {
      return `is not a valid NaN payload; write one from 0x1 to 0x${((1n << BigInt(payloadBits)) - 1n).toString(16)}`;
    }
    return format.infinityBits | payload;
  }
  const bits = decimalFloatBits(unsigned, format);
  if (bits === 'out-of-range') return `is larger than the largest finite f${width}; write inf for infinity`;
  return bits ?? 'is not a float; write a decimal such as -1.5e3, inf, nan, nan:0x1, or all bits such as 0x7fc00000';
}

function parseReference(type: 'funcref' | 'externref', body: string): ValueParse {
  if (body === 'null') return { ok: true, value: { type, ref: null } };
  if (/^[0-9]{1,10}$/.test(body) && Number(body) <= 0xffffffff) return { ok: true, value: { type, ref: Number(body) } };
  return fault(`${JSON.stringify(body)} is not a reference; write null, or a number from 0 to 4294967295`);
}
