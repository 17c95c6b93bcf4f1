/**
 * io-ts types of the service's messages, each with the JSON that it accepts. io-ts types that can be walked (literals,
 * unions, arrays, strings) are used directly; this file adds what io-ts has no inspectable type for: bounds, and
 * records that reject unknown keys.
 *
 * Invariant: a type decodes exactly what its schema describes. `json-schema.ts` walks them.
 */

import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { isHex } from '../../base/hash.js';

/** A JSON Schema 2020-12, as in OpenAPI 3.1. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A type with its own schema. */
export class SchemaType<A, O = A> extends t.Type<A, O, unknown> {
  readonly _tag = 'SchemaType' as const;

  constructor(
    name: string,
    readonly schema: JsonSchema,
    is: (value: unknown) => value is A,
    read: (value: unknown) => A | undefined,
    write: (value: A) => O,
  ) {
    super(
      name,
      is,
      (value, context) => {
        const decoded = read(value);
        return decoded === undefined ? t.failure(value, context, `expected ${name}`) : t.success(decoded);
      },
      write,
    );
  }
}

function plain<A>(name: string, schema: JsonSchema, is: (value: unknown) => value is A): SchemaType<A> {
  return new SchemaType(
    name,
    schema,
    is,
    (value) => (is(value) ? value : undefined),
    (value) => value,
  );
}

/** A string of `min` to `max` UTF-16 units. */
export function text(min: number, max: number, pattern?: string): SchemaType<string> {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const schema = { type: 'string', minLength: min, maxLength: max, ...(pattern === undefined ? {} : { pattern }) };
  const name = `a text of ${min} to ${max} characters${pattern === undefined ? '' : ` like ${pattern}`}`;
  return plain(
    name,
    schema,
    (value): value is string =>
      typeof value === 'string' &&
      value.length >= min &&
      value.length <= max &&
      (expression === undefined || expression.test(value)),
  );
}

export function integer(min: number, max: number): SchemaType<number> {
  return plain(
    `an integer from ${min} to ${max}`,
    { type: 'integer', minimum: min, maximum: max },
    (value): value is number => Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max,
  );
}

/** 64 lower-case hexadecimal digits. */
export const hashText = plain(
  'a hash: 64 lower-case hexadecimal digits',
  { type: 'string', pattern: '^[0-9a-f]{64}$' },
  (value): value is string => typeof value === 'string' && isHex(value),
);

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes in base64 (RFC 4648, section 4, with padding). */
export const base64 = new SchemaType<Uint8Array, string>(
  'bytes in base64',
  {
    type: 'string',
    pattern: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$',
    contentEncoding: 'base64',
  },
  (value): value is Uint8Array => value instanceof Uint8Array,
  (value) => (typeof value === 'string' ? bytesOfBase64(value) : value instanceof Uint8Array ? value : undefined),
  base64Of,
);

function bytesOfBase64(value: string): Uint8Array | undefined {
  if (value.length % 4 !== 0 || !BASE64.test(value)) return undefined;
  const binary = atob(value);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** Bytes for one call of `String.fromCharCode`. */
const PART = 8_192;

function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PART) binary += String.fromCharCode(...bytes.subarray(at, at + PART));
  return btoa(binary);
}

/** JSON in its original text: numbers keep every digit, because nothing here parses them. */
export class JsonText {
  constructor(readonly bytes: Uint8Array) {}
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Any JSON, kept as its text; a value is written like `JSON.stringify`. */
export const anyJson = new SchemaType<JsonText, unknown>(
  'JSON',
  {},
  (value): value is JsonText => value instanceof JsonText,
  (value) => {
    if (value instanceof JsonText) return value;
    const written = JSON.stringify(value);
    return written === undefined ? undefined : new JsonText(encoder.encode(written));
  },
  ({ bytes }) => JSON.parse(decoder.decode(bytes)) as unknown,
);

/** A list of `min` to `max` values. */
export class ListType<C extends t.Mixed> extends t.Type<readonly t.TypeOf<C>[], readonly t.OutputOf<C>[], unknown> {
  readonly _tag = 'ListType' as const;

  constructor(
    readonly item: C,
    readonly min: number,
    readonly max: number,
  ) {
    const name = `a list of ${min} to ${max}`;
    const isLength = (value: readonly unknown[]) => value.length >= min && value.length <= max;
    super(
      name,
      (value): value is readonly t.TypeOf<C>[] => Array.isArray(value) && isLength(value) && value.every(item.is),
      (value, context) => {
        if (!Array.isArray(value) || !isLength(value)) return t.failure(value, context, `expected ${name}`);
        const items: t.TypeOf<C>[] = [];
        for (const [i, one] of value.entries()) {
          const decoded = item.validate(one, t.appendContext(context, String(i), item, one));
          if (E.isLeft(decoded)) return decoded;
          items.push(decoded.right);
        }
        return t.success(items);
      },
      (items) => items.map((one) => item.encode(one) as t.OutputOf<C>),
    );
  }
}

export function listOf<C extends t.Mixed>(item: C, max: number, min = 0): ListType<C> {
  return new ListType(item, min, max);
}

export type Fields = Readonly<Record<string, t.Mixed>>;

export type RecordOf<R extends Fields, O extends Fields> = { readonly [K in keyof R]: t.TypeOf<R[K]> } & {
  readonly [K in keyof O]?: t.TypeOf<O[K]>;
};

/** An object with exactly these keys. Decoding stops at the first error. */
export class RecordType<R extends Fields, O extends Fields> extends t.Type<RecordOf<R, O>, object, unknown> {
  readonly _tag = 'RecordType' as const;

  constructor(
    name: string,
    readonly required: R,
    readonly optional: O,
  ) {
    const rows = Object.entries<t.Mixed>({ ...required, ...optional });
    const has = (key: string) => Object.hasOwn(required, key) || Object.hasOwn(optional, key);
    super(
      name,
      (value): value is RecordOf<R, O> =>
        isObject(value) &&
        Object.keys(value).every(has) &&
        rows.every(([key, type]) => (value[key] === undefined ? !Object.hasOwn(required, key) : type.is(value[key]))),
      (value, context) => {
        if (!isObject(value)) return t.failure(value, context, `expected ${name}: an object`);
        for (const key of Object.keys(value)) {
          if (!has(key)) return t.failure(value, t.appendContext(context, key, unknownKey), 'unknown key');
        }
        const decoded: Record<string, unknown> = {};
        for (const [key, type] of rows) {
          const given = Object.hasOwn(value, key) ? value[key] : undefined;
          if (given === undefined && !Object.hasOwn(required, key)) continue;
          const inner = t.appendContext(context, key, type, given);
          if (given === undefined) return t.failure(given, inner, `expected ${type.name}, got nothing`);
          const one = type.validate(given, inner);
          if (E.isLeft(one)) return one;
          decoded[key] = one.right;
        }
        return t.success(decoded as RecordOf<R, O>);
      },
      (value) => {
        const encoded: Record<string, unknown> = {};
        for (const [key, type] of rows) {
          const field = (value as Readonly<Record<string, unknown>>)[key];
          if (field !== undefined) encoded[key] = type.encode(field);
        }
        return encoded;
      },
    );
  }
}

const unknownKey = t.never;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

export function record<R extends Fields, O extends Fields = Readonly<Record<never, never>>>(
  name: string,
  required: R,
  optional: O = {} as O,
): RecordType<R, O> {
  return new RecordType(name, required, optional);
}

/** One of several records, distinguished by the key that only it requires. */
export class ByKeyType<C extends Readonly<Record<string, t.Mixed>>> extends t.Type<
  t.TypeOf<C[keyof C]>,
  object,
  unknown
> {
  readonly _tag = 'ByKeyType' as const;

  constructor(
    name: string,
    readonly choices: C,
  ) {
    const keys = Object.keys(choices);
    const choiceOf = (value: unknown) => {
      const present = isObject(value) ? keys.filter((key) => Object.hasOwn(value, key)) : [];
      return present.length === 1 ? choices[present[0]] : undefined;
    };
    super(
      name,
      (value): value is t.TypeOf<C[keyof C]> => choiceOf(value)?.is(value) === true,
      (value, context) => {
        const choice = choiceOf(value);
        return choice === undefined
          ? t.failure(value, context, `expected ${name}: an object with one of ${keys.join(', ')}`)
          : choice.validate(value, context);
      },
      (value) => (choiceOf(value) as t.Mixed).encode(value) as object,
    );
  }
}

export function byKey<C extends Readonly<Record<string, t.Mixed>>>(name: string, choices: C): ByKeyType<C> {
  return new ByKeyType(name, choices);
}
