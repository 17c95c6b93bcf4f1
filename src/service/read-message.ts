/**
 * Reads the JSON of a request as a message. Inputs are not parsed here: they are kept as text, which a thread parses
 * with every digit, or read as base64. The rest is bounded (`fieldBytes`), so that a body takes at most a few times its
 * bytes in memory.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { utf8 } from '../base/hash.js';
import { decodeUtf8 } from '../base/utf8.js';
import { codecErrorOf } from '../boundary/codec.js';
import { ScanFault } from '../boundary/document-scan.js';
import { JsonFields, JsonScan } from '../boundary/json-scan.js';
import { ProblemError } from './protocol/problems.js';
import { JsonText } from './protocol/schema-types.js';

/** Keys whose value is an input: any JSON, or base64. All others are parsed. */
const INPUTS: readonly { readonly key: string; readonly written: Uint8Array; readonly isBase64: boolean }[] = [
  ...['input', 'op', 'dependencies'].map((key) => ({ key, written: utf8(key), isBase64: false })),
  ...['inputBase64', 'opBase64', 'dependenciesBase64', 'payloadBase64'].map((key) => {
    return { key, written: utf8(key), isBase64: true };
  }),
];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const PAD = 0x3d;

/** @throws ProblemError `bad-request` for a text that is not JSON, `invalid-request` for a value of another type */
export function readMessage<A>(type: t.Type<A, unknown, unknown>, bytes: Uint8Array, fieldBytes: number): A {
  const decoded = type.decode(fieldsOf(bytes, fieldBytes));
  if (E.isRight(decoded)) return decoded.right;
  const { path, reason } = codecErrorOf(decoded.left);
  throw new ProblemError('invalid-request', { path, detail: reason });
}

function fieldsOf(bytes: Uint8Array, fieldBytes: number): unknown {
  let parsed = 0;
  const parse = (from: number, to: number): unknown => {
    parsed += to - from;
    if (parsed > fieldBytes) {
      throw new ProblemError('too-large', {
        detail: `the request without its input has more than ${fieldBytes} bytes`,
      });
    }
    return JSON.parse(utf8Text(bytes.subarray(from, to))) as unknown;
  };
  try {
    const scan = new JsonScan(bytes);
    const { root } = scan;
    if (scan.kindOf(root) !== 'map') return parse(root.from, root.to);
    const fields: Record<string, unknown> = Object.create(null);
    const scanned = new JsonFields(bytes, root);
    while (scanned.next()) {
      const { keyFrom, keyTo, from, to } = scanned;
      const input = inputOf(bytes, keyFrom, keyTo);
      const key = input?.key ?? decodeUtf8(bytes.subarray(keyFrom, keyTo));
      if (key === undefined) throw notUtf8();
      if (key in fields)
        throw new ProblemError('bad-request', { detail: `the key ${JSON.stringify(key)} occurs twice` });
      if (input === undefined) fields[key] = parse(from, to);
      else fields[key] = input.isBase64 ? base64Bytes(bytes, from, to) : new JsonText(bytes.subarray(from, to));
    }
    return fields;
  } catch (error) {
    if (error instanceof ScanFault || error instanceof SyntaxError) {
      throw new ProblemError('bad-request', { detail: `this is not JSON: ${error.message}` });
    }
    throw error;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function utf8Text(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw notUtf8();
  }
}

function notUtf8(): ProblemError {
  return new ProblemError('bad-request', { detail: 'this is not UTF-8' });
}

/** The row of a key, without creating a string. */
function inputOf(bytes: Uint8Array, from: number, to: number): (typeof INPUTS)[number] | undefined {
  return INPUTS.find(({ written }) => {
    if (written.length !== to - from) return false;
    for (let i = 0; i < written.length; i++) if (bytes[from + i] !== written[i]) return false;
    return true;
  });
}

/** The six bits of each character of base64; `NONE` for all others. */
const NONE = 0x80;
const SIX_BITS = sixBits('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

function sixBits(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(NONE);
  for (const [bits, character] of utf8(alphabet).entries()) table[character] = bits;
  return table;
}

/** The bytes of a string of base64; what is none is left to the type, which says so. */
function base64Bytes(bytes: Uint8Array, from: number, to: number): unknown {
  if (bytes[from] !== QUOTE) return null;
  const decoded = decodedBase64(bytes, from + 1, to - 1);
  if (decoded !== null || !bytes.subarray(from, to).includes(BACKSLASH)) return decoded;
  // Some writers of JSON escape the slash.
  const text = utf8(JSON.parse(utf8Text(bytes.subarray(from, to))) as string);
  return decodedBase64(text, 0, text.length);
}

/** null for what is no base64 with padding (RFC 4648, section 4). */
function decodedBase64(text: Uint8Array, from: number, to: number): Uint8Array | null {
  const length = to - from;
  if (length % 4 !== 0) return null;
  const padding = length === 0 || text[to - 1] !== PAD ? 0 : text[to - 2] === PAD ? 2 : 1;
  // Short ones are cut from a piece that the host has ready; every byte is written.
  const decoded = Buffer.allocUnsafe((length / 4) * 3 - padding);
  const whole = padding === 0 ? to : to - 4;
  let at = 0;
  let seen = 0;
  for (let i = from; i < whole; i += 4) {
    const a = SIX_BITS[text[i]];
    const b = SIX_BITS[text[i + 1]];
    const c = SIX_BITS[text[i + 2]];
    const d = SIX_BITS[text[i + 3]];
    seen |= a | b | c | d;
    decoded[at] = (a << 2) | (b >> 4);
    decoded[at + 1] = (b << 4) | (c >> 2);
    decoded[at + 2] = (c << 6) | d;
    at += 3;
  }
  if (padding > 0) {
    const a = SIX_BITS[text[whole]];
    const b = SIX_BITS[text[whole + 1]];
    const c = padding === 2 ? 0 : SIX_BITS[text[whole + 2]];
    seen |= a | b | c;
    decoded[at] = (a << 2) | (b >> 4);
    if (padding === 1) decoded[at + 1] = (b << 4) | (c >> 2);
  }
  return (seen & NONE) === 0 ? decoded : null;
}
