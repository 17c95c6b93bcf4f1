/**
 * Billing documents as JSON: read by a codec that rejects unknown keys, so that nothing in a checked document was left
 * unread. Moments and hashes are texts with a unique form.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { fromHex, HASH_BYTES, toHex } from '../base/hash.js';
import { codecErrorOf } from '../boundary/codec.js';
import { BillingError } from './billing-error.js';

/** Milliseconds since 1970-01-01T00:00:00Z; on the wire as `2026-11-21T09:30:00.000Z`. */
export type Moment = number;

/** The last moment that a text of 24 characters can represent. */
export const MOMENT_MAX: Moment = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function momentText(moment: Moment): string {
  return new Date(moment).toISOString();
}

/** Undefined for a text that is not in the unique form of a moment. */
export function momentOf(text: string): Moment | undefined {
  const moment = Date.parse(text);
  return moment >= 0 && moment <= MOMENT_MAX && momentText(moment) === text ? moment : undefined;
}

function isMoment(value: unknown): value is Moment {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= MOMENT_MAX;
}

export const moment = new t.Type<Moment, string, unknown>(
  'moment',
  isMoment,
  (text, context) => {
    const value = typeof text === 'string' ? momentOf(text) : undefined;
    return value === undefined
      ? t.failure(text, context, 'expected a moment as 2026-11-21T09:30:00.000Z')
      : t.success(value);
  },
  momentText,
);

/** Bytes in hexadecimal, of a fixed or of any length. */
export function hexBytes(length?: number): t.Type<Uint8Array, string, unknown> {
  const fits = (bytes: Uint8Array) => length === undefined || bytes.length === length;
  const what = `${length === undefined ? '' : `${length} `}bytes in lower-case hexadecimal`;
  return new t.Type<Uint8Array, string, unknown>(
    what,
    (value): value is Uint8Array => value instanceof Uint8Array && fits(value),
    (text, context) => {
      if (typeof text !== 'string' || !/^(?:[0-9a-f]{2})*$/.test(text))
        return t.failure(text, context, `expected ${what}`);
      const bytes = fromHex(text);
      return fits(bytes) ? t.success(bytes) : t.failure(text, context, `expected ${what}`);
    },
    toHex,
  );
}

export const hashText = hexBytes(HASH_BYTES);

/** A text of 1 to `max` characters without control characters. */
export function nameText(max: number): t.Type<string, string, unknown> {
  const is = (value: unknown): value is string =>
    typeof value === 'string' && value.length > 0 && value.length <= max && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(value);
  const name = `a text of 1 to ${max} characters`;
  return new t.Type<string, string, unknown>(
    name,
    is,
    (text, context) => (is(text) ? t.success(text) : t.failure(text, context, `expected ${name}`)),
    (text) => text,
  );
}

/** An integer from `min` to `max`: for counts of digits and the like, never for money. */
export function smallInteger(min: number, max: number): t.Type<number, number, unknown> {
  const is = (value: unknown): value is number =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
  const name = `an integer from ${min} to ${max}`;
  return new t.Type<number, number, unknown>(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context, `expected ${name}`)),
    (value) => value,
  );
}

/** A list of at most `max` values. */
export function listOf<A, O>(codec: t.Type<A, O, unknown>, max: number): t.Type<readonly A[], readonly O[], unknown> {
  const list = t.readonlyArray(codec);
  return new t.Type<readonly A[], readonly O[], unknown>(
    `a list of at most ${max}`,
    list.is,
    (value, context) =>
      Array.isArray(value) && value.length > max
        ? t.failure(value, context, `expected a list of at most ${max}`)
        : list.validate(value, context),
    list.encode,
  );
}

/** The path of something in a document that was not read. */
function unreadPath(given: unknown, read: unknown, path: string): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  for (const [key, value] of Object.entries(given)) {
    const at = Array.isArray(given) ? `${path}[${key}]` : `${path}.${key}`;
    if (!Object.hasOwn(read as object, key)) return at;
    const deeper = unreadPath(value, (read as Readonly<Record<string, unknown>>)[key], at);
    if (deeper !== undefined) return deeper;
  }
  return undefined;
}

/**
 * Reads a document.
 * @param what the expected kind, for the message
 * @throws BillingError `document` with the place of the error
 */
export function readDocument<A>(codec: t.Type<A, unknown, unknown>, what: string, document: unknown): A {
  const decoded = codec.decode(document);
  if (E.isLeft(decoded)) {
    const { path, reason } = codecErrorOf(decoded.left);
    throw new BillingError('document', `not a valid ${what}: ${reason} at ${path}`);
  }
  const unread = unreadPath(document, codec.encode(decoded.right), '$');
  if (unread !== undefined) throw new BillingError('document', `not a valid ${what}: unknown key at ${unread}`);
  return decoded.right;
}

/** @throws BillingError `document` for a text that is not JSON */
export function parsedJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BillingError('document', `not a valid ${what}: it is not JSON`, { cause: error });
  }
}
