/**
 * Codecs of serde's enums: tagged from outside, from inside, and beside the content. See `codec.ts`.
 *
 * Invariant: closed; a name that is no variant is an error with the name.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { type Codec, isRecord, mismatch, nil, str, within } from './codec.js';
import { encodeFields, hasFields, type Rows, type StructOf, validateFields } from './codec-struct.js';
import type { MessagePackValue } from './messagepack.js';

/** How unit variants are written: `"V"`, or `{"V": nil}` by Holochain 0.2 and before. Both are read. */
export type UnitForm = 'string' | 'map';

/** Variants by name: the codec of the content, or undefined for a unit variant. */
export type Variants = Readonly<Record<string, t.Any | undefined>>;

/** A unit variant of an externally tagged enum. */
export interface Unit<K extends string> {
  readonly kind: K;
}

/** A variant with content of an externally tagged enum. */
export interface Variant<K extends string, A> {
  readonly kind: K;
  readonly value: A;
}

/** The TypeScript value of an externally tagged enum: `{ kind: 'V' }` or `{ kind: 'V', value }`. */
export type Tagged<V extends Variants> = {
  [K in keyof V & string]: V[K] extends t.Any ? Variant<K, t.TypeOf<V[K]>> : Unit<K>;
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
  const [kind, content] = wire instanceof Map && wire.size === 1 ? [...wire][0] : [wire, null];
  if (typeof kind !== 'string') return mismatch(`${name} (a variant)`, wire, context);
  if (!table.has(kind)) return t.failure(wire, context, `${name} has no variant "${kind.slice(0, 64)}"`);
  const codec = table.get(kind);
  const inner = within(context, kind, codec ?? nil, content);
  if (codec === undefined) return content === null ? t.success({ kind }) : mismatch('nil', content, inner);
  if (!(wire instanceof Map)) return mismatch(`${name}::${kind} with content`, wire, context);
  const decoded = codec.validate(content, inner);
  return E.isLeft(decoded) ? decoded : t.success({ kind, value: decoded.right });
}

/** Structs by the name of their variant. */
export type StructVariants = Readonly<Record<string, Readonly<Record<string, t.Any>>>>;

/** A variant of an internally tagged enum: its fields with `type` before them. */
export type Typed<K extends string, A = unknown> = { readonly type: K } & A;

/** The TypeScript value of an internally tagged enum. */
export type InternallyTagged<V extends StructVariants> = {
  [K in keyof V & string]: Typed<K, StructOf<V[K]>>;
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
        return t.failure(type, within(context, 'type', str, type), `${name} has no such variant`);
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
        return t.failure(wire, within(context, tag, str, wire.get(tag)), `${name} has no such variant`);
      }
      const codec = table.get(kind);
      if (codec === undefined) return t.success({ [tag]: kind } as Value);
      const inner: unknown = wire.get(content);
      const decoded = codec.validate(inner, within(context, content, codec, inner));
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
