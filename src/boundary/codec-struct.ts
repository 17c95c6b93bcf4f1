/**
 * Codecs of what has parts: `Option`, `Vec`, tuples, structs. See `codec.ts`.
 *
 * Invariant: a struct is a map in the order of its declaration; on the way in the order is free, unknown keys are ignored, a
 * missing `Option` is nil. The first bad part ends the decoding, with its place.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Codec, isRecord, mismatch, within } from './codec.js';
import type { MessagePackKey, MessagePackMap, MessagePackValue } from './messagepack.js';

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
class OptionalType<A> extends t.Type<A, MessagePackValue, unknown> implements OptionalCodec<A> {
  readonly isOptional = true;

  constructor(codec: Codec<A>) {
    super(`${codec.name}?`, codec.is, codec.validate, codec.encode);
  }
}

/** The codec of a field that may be absent. */
export interface OptionalCodec<A> extends t.Type<A, MessagePackValue, unknown> {
  readonly isOptional: true;
}

/** A field that some versions of a struct have and some have not: absent on the wire, absent in the value. */
export function optional<A>(codec: Codec<A>): OptionalCodec<A> {
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
        const decoded = codec.validate(item, within(context, String(index), codec, item));
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
        const result = item.validate(wire[index], within(context, String(index), item, wire[index]));
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

type Optional = Pick<OptionalCodec<unknown>, 'isOptional'>;

/** The TypeScript value of a struct of these fields. */
export type StructOf<F extends Readonly<Record<string, t.Any>>> = {
  readonly [K in keyof F as F[K] extends Optional ? never : K]: t.TypeOf<F[K]>;
} & {
  readonly [K in keyof F as F[K] extends Optional ? K : never]?: t.TypeOf<F[K]>;
};

export type Rows = readonly (readonly [string, Codec<unknown>])[];

/** The fields as rows. The static types of the fields are the struct's own business from here on. */
function rowsOf<A>(fields: Fields<A>): Rows {
  return Object.entries(fields as unknown as Readonly<Record<string, Codec<unknown>>>);
}

/** Reads the fields of a struct out of a map; the first bad one ends it. Other keys are not looked at. */
export function validateFields(
  rows: Rows,
  wire: ReadonlyMap<MessagePackKey, MessagePackValue>,
  context: t.Context,
): t.Validation<object> {
  const result: Record<string, unknown> = {};
  for (const [key, codec] of rows) {
    const field = wire.get(key);
    const inner = within(context, key, codec, field);
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

export function encodeFields(rows: Rows, value: object, into: Map<MessagePackKey, MessagePackValue>): MessagePackMap {
  for (const [key, codec] of rows) {
    const field = (value as Record<string, unknown>)[key];
    if (field === undefined && codec instanceof OptionalType) continue;
    into.set(key, codec.encode(field));
  }
  return into;
}

export function hasFields(rows: Rows, value: unknown): boolean {
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

/** A struct with two shapes, distinguished by a field that only the first has. */
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
