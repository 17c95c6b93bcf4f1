/**
 * io-ts codecs over the MessagePack value model, in the shapes that serde gives to Rust types.
 *
 * Invariant: `decode(encode(x)) = x`, and `encode(decode(b)) = b` where b is canonical. A codec stops at its first error, so
 * that a hostile value costs no more than a good one, and the error's context leads to the place (`pathOf`).
 *
 * Source: serde 1.0.219 derive (externally tagged enums, structs, missing `Option` fields, unknown keys ignored) as
 * rmp-serde 1.3 writes it `with_struct_map`; HOLOCHAIN.md 1.5. What rmp-serde would also read but no zome writes (structs
 * as arrays, variants by index, byte strings as arrays of integers) is refused.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Float, type MessagePackKey, type MessagePackMap, type MessagePackValue } from './messagepack.js';
import { decodeMessagePack } from './messagepack-decode.js';
import { type Encodable, encodeMessagePack } from './messagepack-encode.js';

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
  const error = errors[0]!;
  return { path: pathOf(error.context), reason: error.message ?? `not ${error.context.at(-1)?.type.name}` };
}

/** Decodes a MessagePack value. */
export function decodeValue<A>(codec: Codec<A>, value: MessagePackValue): CodecResult<A> {
  const decoded = codec.decode(value);
  return E.isRight(decoded) ? { ok: true, value: decoded.right } : { ok: false, error: codecErrorOf(decoded.left) };
}

/** Decodes bytes that hold exactly one value. Malformed MessagePack is an error at `$`. */
export function decodeBytes<A>(codec: Codec<A>, bytes: Uint8Array): CodecResult<A> {
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decodeValue(codec, decoded.value);
  const { code, offsetBytes } = decoded.fault;
  return { ok: false, error: { path: '$', reason: `no MessagePack: ${code} at byte ${offsetBytes}` } };
}

export function encodeBytes<A>(codec: Codec<A>, value: A): Uint8Array {
  return encodeMessagePack(codec.encode(value) as Encodable);
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

function mismatch<A>(expected: string, actual: unknown, context: t.Context): t.Validation<A> {
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

/** `Option<A>`: nil or the value. */
export function option<A>(codec: Codec<A>): Codec<A | null> {
  return new OptionType(codec);
}

/** Its own class, because a struct may miss a field of this type. */
class OptionType<A> extends t.Type<A | null, MessagePackValue, unknown> {
  constructor(codec: Codec<A>) {
    super(
      `Option<${codec.name}>`,
      (value): value is A | null => value === null || codec.is(value),
      (wire, context) => (wire === null ? t.success(null) : codec.validate(wire, context)),
      (value) => (value === null ? null : codec.encode(value)),
    );
  }
}

/** Its own class, because a struct leaves an absent field of this type out. */
class OptionalType<A> extends t.Type<A, MessagePackValue, unknown> {
  constructor(codec: Codec<A>) {
    super(`${codec.name}?`, codec.is, codec.validate, codec.encode);
  }
}

/** A field that some versions of a struct have and some have not: absent on the wire, absent in the value. */
export function optional<A>(codec: Codec<A>): Codec<A> {
  return new OptionalType(codec);
}

/** `Vec<A>`. */
export function list<A>(codec: Codec<A>): Codec<readonly A[]> {
  const name = `Vec<${codec.name}>`;
  return new t.Type<readonly A[], MessagePackValue, unknown>(
    name,
    (value): value is readonly A[] => Array.isArray(value) && value.every((item) => codec.is(item)),
    (wire, context) => {
      if (!Array.isArray(wire)) return mismatch(name, wire, context);
      const items: A[] = [];
      for (const [index, item] of wire.entries()) {
        const decoded = codec.validate(item, t.appendContext(context, String(index), codec, item));
        if (E.isLeft(decoded)) return decoded;
        items.push(decoded.right);
      }
      return t.success(items);
    },
    (value) => value.map((item) => codec.encode(item)),
  );
}

/** A Rust tuple or tuple struct: an array of exactly its items. */
function tupleOf<A>(items: readonly Codec<unknown>[]): Codec<A> {
  const name = `(${items.map((item) => item.name).join(', ')})`;
  const isOfLength = (value: unknown): value is readonly unknown[] =>
    Array.isArray(value) && value.length === items.length;
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    (value): value is A => isOfLength(value) && items.every((item, index) => item.is(value[index])),
    (wire, context) => {
      if (!isOfLength(wire)) return mismatch(name, wire, context);
      const decoded: unknown[] = [];
      for (const [index, item] of items.entries()) {
        const result = item.validate(wire[index], t.appendContext(context, String(index), item, wire[index]));
        if (E.isLeft(result)) return result;
        decoded.push(result.right);
      }
      return t.success(decoded as A);
    },
    (value) => items.map((item, index) => item.encode((value as readonly unknown[])[index])),
  );
}

/** A tuple of two. */
export function pair<A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> {
  return tupleOf([first, second] as unknown as readonly Codec<unknown>[]);
}

/** A tuple of three. */
export function triple<A, B, C>(first: Codec<A>, second: Codec<B>, third: Codec<C>): Codec<readonly [A, B, C]> {
  return tupleOf([first, second, third] as unknown as readonly Codec<unknown>[]);
}

/** Fields of a struct, in declaration order. */
export type Fields<A> = { readonly [K in keyof A]-?: Codec<A[K]> };

type Rows = readonly (readonly [string, Codec<unknown>])[];

/** The fields as rows. The static types of the fields are the struct's own business from here on. */
function rowsOf<A>(fields: Fields<A>): Rows {
  return Object.entries(fields as unknown as Readonly<Record<string, Codec<unknown>>>);
}

/** An object of unknown properties; those named here may be read by name. */
interface Properties {
  readonly [key: string]: unknown;
  readonly kind?: unknown;
  readonly type?: unknown;
  readonly value?: unknown;
}

function isRecord(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads the fields of a struct out of a map; the first bad one ends it. Other keys are not looked at. */
function validateFields(
  rows: Rows,
  wire: ReadonlyMap<MessagePackKey, MessagePackValue>,
  context: t.Context,
): t.Validation<object> {
  const result: Record<string, unknown> = {};
  for (const [key, codec] of rows) {
    const field = wire.get(key);
    const inner = t.appendContext(context, key, codec, field);
    if (field === undefined) {
      if (codec instanceof OptionalType) continue;
      if (!(codec instanceof OptionType)) return t.failure(undefined, inner, `expected ${codec.name}, got nothing`);
      result[key] = null;
      continue;
    }
    const decoded = codec.validate(field, inner);
    if (E.isLeft(decoded)) return decoded;
    result[key] = decoded.right;
  }
  return t.success(result);
}

function encodeFields(rows: Rows, value: object, into: Map<MessagePackKey, MessagePackValue>): MessagePackMap {
  for (const [key, codec] of rows) {
    const field = (value as Record<string, unknown>)[key];
    if (field === undefined && codec instanceof OptionalType) continue;
    into.set(key, codec.encode(field));
  }
  return into;
}

function hasFields(rows: Rows, value: unknown): boolean {
  return isRecord(value) && rows.every(([key, codec]) => hasField(codec, value[key]));
}

function hasField(codec: Codec<unknown>, field: unknown): boolean {
  return codec.is(field) || (field === undefined && codec instanceof OptionalType);
}

/** A struct: a map with its fields in declaration order. Key order is free on decode, unknown keys are ignored. */
export function struct<A extends object>(name: string, fields: Fields<A>): Codec<A> {
  const rows = rowsOf(fields);
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    (value): value is A => hasFields(rows, value),
    (wire, context) =>
      wire instanceof Map
        ? (validateFields(rows, wire, context) as t.Validation<A>)
        : mismatch(`${name} (a map)`, wire, context),
    (value) => encodeFields(rows, value, new Map()),
  );
}

/** A struct with two shapes, told apart by a field that only the first has. */
export function eitherOf<A extends object, B extends object>(
  name: string,
  fieldOfFirst: string,
  first: Codec<A>,
  second: Codec<B>,
): Codec<A | B> {
  return new t.Type<A | B, MessagePackValue, unknown>(
    name,
    (value): value is A | B => first.is(value) || second.is(value),
    (wire, context): t.Validation<A | B> =>
      wire instanceof Map && wire.has(fieldOfFirst) ? first.validate(wire, context) : second.validate(wire, context),
    (value) => (fieldOfFirst in value ? first.encode(value as A) : second.encode(value as B)),
  );
}

/** How unit variants are written: `"V"`, or `{"V": nil}` by Holochain 0.2 and before. Both are read. */
export type UnitForm = 'string' | 'map';

/** Variants by name: the codec of the content, or undefined for a unit variant. */
export type Variants = Readonly<Record<string, t.Any | undefined>>;

/** The TypeScript value of an externally tagged enum: `{ kind: 'V' }` or `{ kind: 'V', value }`. */
export type Tagged<V extends Variants> = {
  [K in keyof V & string]: V[K] extends t.Any
    ? { readonly kind: K; readonly value: t.TypeOf<V[K]> }
    : { readonly kind: K };
}[keyof V & string];

/** A serde enum, externally tagged: unit variant `"V"`, any other `{"V": content}`. */
export function externallyTagged<V extends Variants>(
  name: string,
  variants: V,
  unitForm: UnitForm = 'string',
): Codec<Tagged<V>> {
  const table = new Map(Object.entries<Codec<unknown> | undefined>(variants));
  const is = (value: unknown): value is Tagged<V> => {
    if (!isRecord(value) || typeof value.kind !== 'string' || !table.has(value.kind)) return false;
    const content = table.get(value.kind);
    return content === undefined || content.is(value.value);
  };
  return new t.Type<Tagged<V>, MessagePackValue, unknown>(
    name,
    is,
    (wire, context) => validateTagged(name, table, wire, context) as t.Validation<Tagged<V>>,
    (value) => {
      const { kind, value: content } = value as TaggedValue;
      const codec = table.get(kind);
      if (codec !== undefined) return new Map([[kind, codec.encode(content)]]);
      return unitForm === 'string' ? kind : new Map([[kind, null]]);
    },
  );
}

type TaggedValue = { readonly kind: string; readonly value?: unknown };

function validateTagged(
  name: string,
  table: ReadonlyMap<string, Codec<unknown> | undefined>,
  wire: unknown,
  context: t.Context,
): t.Validation<TaggedValue> {
  const [kind, content] = wire instanceof Map && wire.size === 1 ? [...wire][0]! : [wire, null];
  if (typeof kind !== 'string') return mismatch(`${name} (a variant)`, wire, context);
  if (!table.has(kind)) return t.failure(wire, context, `${name} has no variant "${kind.slice(0, 64)}"`);
  const codec = table.get(kind);
  const inner = t.appendContext(context, kind, codec ?? nil, content);
  if (codec === undefined) return content === null ? t.success({ kind }) : mismatch('nil', content, inner);
  if (!(wire instanceof Map)) return mismatch(`${name}::${kind} with content`, wire, context);
  const decoded = codec.validate(content, inner);
  return E.isLeft(decoded) ? decoded : t.success({ kind, value: decoded.right });
}

/** Structs by the name of their variant. */
export type StructVariants = Readonly<Record<string, Readonly<Record<string, t.Any>>>>;

/** The TypeScript value of an internally tagged enum: the variant's fields with `type` before them. */
export type InternallyTagged<V extends StructVariants> = {
  [K in keyof V & string]: { readonly type: K } & { readonly [F in keyof V[K]]: t.TypeOf<V[K][F]> };
}[keyof V & string];

/**
 * A serde enum with `#[serde(tag = "type")]`: one flat map, `type` first. The tag is a plain string in every generation.
 */
export function internallyTagged<V extends StructVariants>(name: string, variants: V): Codec<InternallyTagged<V>> {
  const table = new Map(
    Object.entries(variants).map(([type, fields]): [string, Rows] => [type, Object.entries(fields)]),
  );
  return new t.Type<InternallyTagged<V>, MessagePackValue, unknown>(
    name,
    (value): value is InternallyTagged<V> => {
      if (!isRecord(value) || typeof value.type !== 'string') return false;
      const rows = table.get(value.type);
      return rows !== undefined && hasFields(rows, value);
    },
    (wire, context) => {
      if (!(wire instanceof Map)) return mismatch(`${name} (a map)`, wire, context);
      const type: unknown = wire.get('type');
      const rows = typeof type === 'string' ? table.get(type) : undefined;
      if (rows === undefined) {
        return t.failure(type, t.appendContext(context, 'type', str, type), `${name} has no such variant`);
      }
      const decoded = validateFields(rows, wire, context);
      return E.isLeft(decoded) ? decoded : t.success({ type, ...decoded.right } as InternallyTagged<V>);
    },
    (value) => {
      const { type } = value as { type: string };
      return encodeFields(table.get(type)!, value, new Map([['type', type]]));
    },
  );
}

/** The TypeScript value of an adjacently tagged enum: an object with the tag and, but for unit variants, the content. */
export type AdjacentlyTagged<T extends string, C extends string, V extends Variants> = {
  [K in keyof V & string]: V[K] extends t.Any
    ? { readonly [P in T]: K } & { readonly [P in C]: t.TypeOf<V[K]> }
    : { readonly [P in T]: K };
}[keyof V & string];

/**
 * A serde enum with `#[serde(tag = ..., content = ...)]`: a map of the tag, then the content.
 * @param unitForm how the tag is written; both forms are read
 */
export function adjacentlyTagged<T extends string, C extends string, V extends Variants>(
  name: string,
  tag: T,
  content: C,
  variants: V,
  unitForm: UnitForm = 'string',
): Codec<AdjacentlyTagged<T, C, V>> {
  const table = new Map(Object.entries<Codec<unknown> | undefined>(variants));
  type Value = AdjacentlyTagged<T, C, V>;
  return new t.Type<Value, MessagePackValue, unknown>(
    name,
    (value): value is Value => {
      if (!isRecord(value) || typeof value[tag] !== 'string' || !table.has(value[tag])) return false;
      return table.get(value[tag])?.is(value[content]) ?? true;
    },
    (wire, context) => {
      if (!(wire instanceof Map)) return mismatch(`${name} (a map)`, wire, context);
      const kind = unitVariantOf(wire.get(tag));
      if (kind === undefined || !table.has(kind)) {
        return t.failure(wire, t.appendContext(context, tag, str, wire.get(tag)), `${name} has no such variant`);
      }
      const codec = table.get(kind);
      if (codec === undefined) return t.success({ [tag]: kind } as Value);
      const inner: unknown = wire.get(content);
      const decoded = codec.validate(inner, t.appendContext(context, content, codec, inner));
      return E.isLeft(decoded) ? decoded : t.success({ [tag]: kind, [content]: decoded.right } as Value);
    },
    (value) => {
      const properties = value as Readonly<Record<string, unknown>>;
      const kind = properties[tag] as string;
      const head: [string, MessagePackValue] = [tag, unitForm === 'string' ? kind : new Map([[kind, null]])];
      const codec = table.get(kind);
      return new Map(codec === undefined ? [head] : [head, [content, codec.encode(properties[content])]]);
    },
  );
}

/** The name in a unit variant of either form. */
function unitVariantOf(wire: unknown): string | undefined {
  const name: unknown = wire instanceof Map && wire.size === 1 ? [...wire.keys()][0] : wire;
  return typeof name === 'string' && (name === wire || (wire as Map<unknown, unknown>).get(name) === null)
    ? name
    : undefined;
}

/**
 * A value inside `bin`: Holochain's `ExternIO`, MessagePack in MessagePack. Nesting and objects are counted anew inside.
 */
export function insideBytes<A>(codec: Codec<A>): Codec<A> {
  const name = `bin<${codec.name}>`;
  return new t.Type<A, MessagePackValue, unknown>(
    name,
    codec.is,
    (wire, context) => {
      if (!(wire instanceof Uint8Array)) return mismatch(name, wire, context);
      const decoded = decodeMessagePack(wire);
      if (decoded.ok) return codec.validate(decoded.value, context);
      const { code, offsetBytes } = decoded.fault;
      return t.failure(wire, context, `no MessagePack in bin: ${code} at byte ${offsetBytes}`);
    },
    (value) => encodeBytes(codec, value),
  );
}

/** The same codec between bytes and a value, for composition with other io-ts types. */
export function fromBytes<A>(codec: Codec<A>): t.Type<A, Uint8Array, unknown> {
  return new t.Type<A, Uint8Array, unknown>(
    `bytes<${codec.name}>`,
    codec.is,
    (input, context) => insideBytes(codec).validate(input, context),
    (value) => encodeBytes(codec, value),
  );
}

/** `BytesFromMessagePack`: any MessagePack value and its bytes. */
export const BytesFromMessagePack: t.Type<MessagePackValue, Uint8Array, unknown> = fromBytes(anyValue);

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
