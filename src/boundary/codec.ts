/**
 * io-ts codecs over the MessagePack value model, in the shapes that serde gives to Rust types: what a codec is, and those of
 * values without parts. Structs and sequences are in `codec-struct.ts`, enums in `codec-enum.ts`, bytes in `codec-bytes.ts`.
 *
 * Invariant: `decode(encode(x)) = x`, and `encode(decode(b)) = b` where b is canonical. A codec stops at its first error, so
 * that a hostile value costs no more than a good one, and the error's context leads to the place (`pathOf`).
 *
 * Source: serde 1.0.219 derive (externally tagged enums, structs, missing `Option` fields, unknown keys ignored) as
 * rmp-serde 1.3 writes it `with_struct_map`; docs/ABI.md, section 3. What rmp-serde would also read but no zome writes (structs
 * as arrays, variants by index, byte strings as arrays of integers) is refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Float, type MessagePackValue } from './messagepack.js';

/** A codec between a TypeScript value and a MessagePack value. */
export type Codec<A> = t.Type<A, MessagePackValue, unknown>;

export type TypeOfCodec<C> = C extends Codec<infer A> ? A : never;

/** Why a value is not of the type, and where: `$.action.hashed.hash`. */
export interface CodecError {
  readonly path: string;
  readonly reason: string;
}

export type CodecResult<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly error: CodecError };

/** The path of an io-ts context, from `$`. */
export function pathOf(context: t.Context): string {
  return `$${context
    .slice(1)
    .map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('')}`;
}

/** The first error of an io-ts failure. */
export function codecErrorOf(errors: t.Errors): CodecError {
  const error = errors[0];
  return { path: pathOf(error.context), reason: error.message ?? `not ${error.context.at(-1)?.type.name}` };
}

/**
 * The context of a decoding without paths: a path needs a list at each field, so it is computed only for a bad value.
 */
const NO_PATH: t.Context = [];

/** A context one step deeper, as `appendContext` of io-ts. */
export function within(context: t.Context, key: string, codec: t.Any, value?: unknown): t.Context {
  return context === NO_PATH ? NO_PATH : t.appendContext(context, key, codec, value);
}

/** Decodes a MessagePack value. */
export function decodeValue<A>(codec: Codec<A>, value: MessagePackValue): CodecResult<A> {
  const quick = codec.validate(value, NO_PATH);
  const decoded = E.isRight(quick) ? quick : codec.decode(value);
  return E.isRight(decoded) ? { ok: true, value: decoded.right } : { ok: false, error: codecErrorOf(decoded.left) };
}

/** What a value is, for a message: its kind, never its contents. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'nil';
  if (value instanceof Uint8Array) return `bin ${value.length}`;
  if (value instanceof Float) return `f${value.width}`;
  if (Array.isArray(value)) return `array of ${value.length}`;
  if (value instanceof Map) return `map of ${value.size}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `integer ${value}`;
  return typeof value === 'string' ? `str of ${value.length}` : typeof value;
}

export function mismatch<A>(expected: string, actual: unknown, context: t.Context): t.Validation<A> {
  return t.failure(actual, context, `expected ${expected}, got ${kindOf(actual)}`);
}

/** A codec from a guard and two conversions. */
function leaf<A, W extends MessagePackValue>(
  name: string,
  isWire: (value: unknown) => value is W,
  is: (value: unknown) => value is A,
  read: (wire: W) => A,
  write: (value: A) => MessagePackValue,
): Codec<A> {
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    is,
    (wire, context) => (isWire(wire) ? t.success(read(wire)) : mismatch(name, wire, context)),
    write,
  );
}

/** A codec whose TypeScript value is the MessagePack value. */
function plain<A extends MessagePackValue>(name: string, is: (value: unknown) => value is A): Codec<A> {
  return leaf(
    name,
    is,
    is,
    (wire) => wire,
    (value) => value,
  );
}

function isSmallInteger(max: number): (value: unknown) => value is number {
  return (value): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max;
}

function isIntegerIn(min: bigint, max: bigint): (value: unknown) => value is number | bigint {
  return (value): value is number | bigint =>
    ((typeof value === 'number' && Number.isSafeInteger(value)) || typeof value === 'bigint') &&
    value >= min &&
    value <= max;
}

/** A 64-bit integer: always a bigint in TypeScript, whatever its size. */
function wide(name: string, min: bigint, max: bigint): Codec<bigint> {
  const isWire = isIntegerIn(min, max);
  const is = (value: unknown): value is bigint => typeof value === 'bigint' && isWire(value);
  const write = (value: bigint): MessagePackValue => {
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  };
  return leaf(name, isWire, is, BigInt, write);
}

export const nil: Codec<null> = plain('nil', (value): value is null => value === null);
export const bool: Codec<boolean> = plain('bool', (value): value is boolean => typeof value === 'boolean');
export const str: Codec<string> = plain('str', (value): value is string => typeof value === 'string');
export const bytes: Codec<Uint8Array> = plain('bin', (value): value is Uint8Array => value instanceof Uint8Array);
export const u8: Codec<number> = plain('u8', isSmallInteger(0xff));
export const u32: Codec<number> = plain('u32', isSmallInteger(0xffff_ffff));
export const u64: Codec<bigint> = wide('u64', 0n, 2n ** 64n - 1n);
export const i64: Codec<bigint> = wide('i64', -(2n ** 63n), 2n ** 63n - 1n);
export const f32: Codec<Float> = plain('f32', (value): value is Float => value instanceof Float && value.width === 32);
export const f64: Codec<Float> = plain('f64', (value): value is Float => value instanceof Float && value.width === 64);

/** Any MessagePack value, as it is. */
export const anyValue: Codec<MessagePackValue> = plain(
  'value',
  (value): value is MessagePackValue => value !== undefined,
);

/** `bin` of exactly `length` bytes. */
export function bytesOf(length: number): Codec<Uint8Array> {
  return plain(`bin ${length}`, (value): value is Uint8Array => value instanceof Uint8Array && value.length === length);
}

/** `Vec<u8>` without serde_bytes: an array of integers. */
export const byteArray: Codec<Uint8Array> = leaf(
  'array of u8',
  (value): value is readonly number[] => Array.isArray(value) && value.every(isSmallInteger(0xff)),
  (value): value is Uint8Array => value instanceof Uint8Array,
  (wire) => Uint8Array.from(wire),
  (value) => Array.from(value),
);

/** An object of unknown properties; those named here may be read by name. */
export interface Properties {
  readonly [key: string]: unknown;
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly value?: unknown;
}

export function isRecord(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A codec under another TypeScript shape. `to` and `from` are inverse. */
export function mapped<A, B>(name: string, codec: Codec<A>, to: (inner: A) => B, from: (outer: B) => A): Codec<B> {
  return new t.Type<B, MessagePackValue, unknown>(
    name,
    (value): value is B => isRecord(value) && codec.is(from(value as B)),
    (wire, context) => {
      const decoded = codec.validate(wire, context);
      return E.isLeft(decoded) ? decoded : t.success(to(decoded.right));
    },
    (value) => codec.encode(from(value)),
  );
}

/**
 * A value that may also be given as a text; it is written as the value.
 * @param read returns undefined for a text that is not one
 */
export function orText<A>(
  name: string,
  codec: Codec<A>,
  expected: string,
  read: (text: string) => A | undefined,
): Codec<A> {
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    codec.is,
    (wire, context) => {
      if (typeof wire !== 'string') return codec.validate(wire, context);
      const value = read(wire);
      return value === undefined ? t.failure(wire, context, `expected ${expected}`) : t.success(value);
    },
    (value) => codec.encode(value),
  );
}
