/**
 * Arbitraries of inputs of calls: WebAssembly values by their bits, argument lists by a function's type, byte strings,
 * MessagePack values and fuel limits. Edge cases come first and often; every value keeps all its bits.
 */
import fc from 'fast-check';
import { type FunctionType, ValueType } from '../wasm/types.js';
import type { ReferenceValue, Value, Value32, Value64 } from '../wasm/value.js';
import { F32_EDGES, F64_EDGES, I32_EDGES, I64_EDGES } from './value-edges.js';

/** The greatest fuel limit: 2^53 - 1. */
const FUEL_MAX = Number.MAX_SAFE_INTEGER;

function bits32(edges: readonly number[]): fc.Arbitrary<number> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...edges), weight: 3 },
    { arbitrary: fc.integer({ min: 0, max: 255 }), weight: 1 },
    { arbitrary: fc.integer({ min: 0, max: 0xffffffff }), weight: 2 },
  );
}

function bits64(edges: readonly bigint[]): fc.Arbitrary<bigint> {
  return fc.oneof(
    { arbitrary: fc.constantFrom(...edges), weight: 3 },
    { arbitrary: fc.bigInt({ min: 0n, max: 255n }), weight: 1 },
    { arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), weight: 2 },
  );
}

/** A NaN of 32 bits: any sign, any payload, half of them signalling. */
export const f32NanBits: fc.Arbitrary<number> = fc
  .tuple(fc.boolean(), fc.boolean(), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 0x3fffff })))
  .map(
    ([negative, quiet, payload]) => ((negative ? 0x80000000 : 0) + 0x7f800000 + (quiet ? 0x400000 : 0) + payload) >>> 0,
  );

/** A NaN of 64 bits: any sign, any payload, half of them signalling. */
export const f64NanBits: fc.Arbitrary<bigint> = fc
  .tuple(fc.boolean(), fc.boolean(), fc.oneof(fc.constant(1n), fc.bigInt({ min: 1n, max: (1n << 51n) - 1n })))
  .map(
    ([negative, quiet, payload]) => (negative ? 1n << 63n : 0n) | (0x7ffn << 52n) | (quiet ? 1n << 51n : 0n) | payload,
  );

export const i32Value: fc.Arbitrary<Value32> = bits32(I32_EDGES).map((bits) => ({ type: 'i32', bits }));

export const i64Value: fc.Arbitrary<Value64> = bits64(I64_EDGES).map((bits) => ({ type: 'i64', bits }));

export const f32Value: fc.Arbitrary<Value32> = fc
  .oneof(bits32(F32_EDGES), f32NanBits)
  .map((bits) => ({ type: 'f32', bits }));

export const f64Value: fc.Arbitrary<Value64> = fc
  .oneof(bits64(F64_EDGES), f64NanBits)
  .map((bits) => ({ type: 'f64', bits }));

/** The only reference that can be passed in a call with a receipt. */
export function nullReference(type: ReferenceValue['type']): fc.Arbitrary<ReferenceValue> {
  return fc.constant({ type, ref: null });
}

const BY_TYPE: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  [ValueType.I32]: i32Value,
  [ValueType.I64]: i64Value,
  [ValueType.F32]: f32Value,
  [ValueType.F64]: f64Value,
  [ValueType.FuncRef]: nullReference('funcref'),
  [ValueType.ExternRef]: nullReference('externref'),
};

/** A value of one type, edges first. */
export function valueOfType(type: ValueType): fc.Arbitrary<Value> {
  return BY_TYPE[type];
}

/** A value of any type. */
export const anyValue: fc.Arbitrary<Value> = fc.oneof(...Object.values(BY_TYPE));

/** Arguments for a function of the type. */
export function argumentsOf(type: Pick<FunctionType, 'params'>): fc.Arbitrary<Value[]> {
  return fc.tuple(...Array.from(type.params, (param) => valueOfType(param)));
}

/** Byte strings: empty, short, filled with one byte, and around powers of two where readers change their method. */
export function byteString(lengthMax = 300): fc.Arbitrary<Uint8Array> {
  const edges = [0, 1, 31, 32, 33, 255, 256, 257, 65_535, 65_536].filter((length) => length <= lengthMax);
  const filled = fc
    .tuple(fc.constantFrom(...edges), fc.constantFrom(0, 1, 0x7f, 0x80, 0xc1, 0xff))
    .map(([length, byte]) => new Uint8Array(length).fill(byte));
  // fast-check sometimes returns views of a larger buffer; receivers get their own copy.
  return fc.oneof(
    { arbitrary: fc.uint8Array({ maxLength: lengthMax }).map((bytes) => bytes.slice()), weight: 3 },
    filled,
  );
}

/** A MessagePack value in plain JavaScript: a map is a `Map`, an integer beyond 2^53 a bigint. */
export type MessagePackLike =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly MessagePackLike[]
  | ReadonlyMap<string, MessagePackLike>;

/** Lengths and magnitudes at which MessagePack changes the format of an item. */
const FORMAT_EDGES: readonly number[] = [
  0, 1, 15, 16, 31, 32, 127, 128, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296,
];

const integerLike: fc.Arbitrary<number | bigint> = fc.oneof(
  fc.constantFrom(...FORMAT_EDGES),
  fc.constantFrom(...FORMAT_EDGES).map((edge) => (edge === 0 ? 0 : -edge)),
  fc.maxSafeInteger(),
  fc.constantFrom(1n << 53n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n, -(1n << 63n)),
);

const textLike: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('', '\u0000', '\ufeff', '__proto__', 'constructor', '\u{10ffff}', 'a'.repeat(31), 'a'.repeat(32)),
);

/** MessagePack values whose sizes are where the format changes. */
export const messagePackLike: fc.Arbitrary<MessagePackLike> = fc.letrec<{ value: MessagePackLike }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.constant(null), fc.boolean(), integerLike, fc.double(), textLike, byteString()),
    fc.array(tie('value'), { maxLength: 18 }),
    fc.array(fc.tuple(textLike, tie('value')), { maxLength: 18 }).map((entries) => new Map(entries)),
  ),
})).value;

/**
 * Fuel limits for a run that uses `fuelUsed` units: every place where the outcome may change: nothing, one unit, one
 * less than used, exactly used, one more, and anything between. Shrinks to 0.
 */
export function fuelLimitNear(fuelUsed: number): fc.Arbitrary<number> {
  const edges = [0, 1, fuelUsed - 2, fuelUsed - 1, fuelUsed, fuelUsed + 1, Math.floor(fuelUsed / 2), FUEL_MAX];
  const inRange = [...new Set(edges)].filter((limit) => limit >= 0 && limit <= FUEL_MAX);
  return fc.oneof(fc.constantFrom(...inRange), fc.integer({ min: 0, max: Math.max(fuelUsed, 1) }));
}

/**
 * Fuel limits at the prefix sums of a charge trace and one unit less: the only limits at which a run can stop at
 * another place than with the previous limit.
 */
export function fuelLimitAtCharges(charges: readonly number[]): fc.Arbitrary<number> {
  const limits = new Set([0]);
  let sum = 0;
  for (const charge of charges) {
    sum += charge;
    limits.add(sum);
    limits.add(Math.max(sum - 1, 0));
  }
  return fc.constantFrom(...limits);
}
