/**
 * JSON of a request as a message. Inputs are not parsed here: they are taken as text, and a thread reads them with every digit, or as base64.
 * What is parsed is bounded (`fieldBytes`), so that a body takes no more memory than a few times its bytes.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { codecErrorOf } from '../boundary/codec.js';
import { ScanFault } from '../boundary/document-scan.js';
import { JsonScan } from '../boundary/json-scan.js';
import { ProblemError } from './protocol/problems.js';
import { JsonText } from './protocol/schema-types.js';

/** Keys whose value is any JSON. */
const ANY_JSON: ReadonlySet<string> = new Set(['input', 'op', 'dependencies']);
/** Keys whose value is base64. */
const BASE64: ReadonlySet<string> = new Set(['inputBase64', 'opBase64', 'dependenciesBase64', 'payloadBase64']);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** @throws ProblemError `bad-request` for what is no JSON, `invalid-request` for what is not of the type */
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
      throw new ProblemError('too-large', { detail: `what is beside the input has more than ${fieldBytes} bytes` });
    }
    return JSON.parse(utf8Text(bytes.subarray(from, to))) as unknown;
  };
  try {
    const scan = new JsonScan(bytes);
    const { root } = scan;
    if (scan.kindOf(root) !== 'map') return parse(root.from, root.to);
    const fields: Record<string, unknown> = Object.create(null);
    for (const [key, { from, to }] of scan.entries(root)) {
      if (key in fields)
        throw new ProblemError('bad-request', { detail: `the key ${JSON.stringify(key)} is there twice` });
      if (ANY_JSON.has(key)) fields[key] = new JsonText(bytes.subarray(from, to));
      else if (BASE64.has(key)) fields[key] = base64Bytes(bytes, from, to);
      else fields[key] = parse(from, to);
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
    throw new ProblemError('bad-request', { detail: 'this is not UTF-8' });
  }
}

/** The bytes of a string of base64, without a detour; what is none is left to the type, which says so. */
function base64Bytes(bytes: Uint8Array, from: number, to: number): unknown {
  if (bytes[from] !== QUOTE) return null;
  const inner = bytes.subarray(from + 1, to - 1);
  // Some writers of JSON escape the slash.
  const text = inner.includes(BACKSLASH)
    ? (JSON.parse(utf8Text(bytes.subarray(from, to))) as string)
    : Buffer.from(inner.buffer, inner.byteOffset, inner.length).toString('latin1');
  // The host passes over what is no base64, and reads that of URLs too: then the length is another, or a character is there.
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const decoded = Buffer.from(text, 'base64');
  const isBase64 = text.length % 4 === 0 && decoded.length === (text.length / 4) * 3 - padding;
  if (!isBase64 || text.includes('-') || text.includes('_')) return null;
  return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.length);
}
