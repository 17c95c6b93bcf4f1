/** Scans JSON: see `document-scan.ts`. */
import { decodeUtf8 } from '../base/utf8.js';
import type { CodecResult } from './codec.js';
import { type DocumentScan, ScanFault, type ScannedKind, type Span } from './document-scan.js';
import type { JsonDialect } from './json.js';
import { messagePackFromJsonBytes } from './json-read.js';
import type { MessagePackValue } from './messagepack.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const OPEN_MAP = 0x7b;
const CLOSE_MAP = 0x7d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export class JsonScan implements DocumentScan {
  readonly #bytes: Uint8Array;
  readonly #dialect: JsonDialect | undefined;
  readonly root: Span;

  /** @throws ScanFault for bytes that hold no value, or more than one */
  constructor(bytes: Uint8Array, dialect?: JsonDialect) {
    this.#bytes = bytes;
    this.#dialect = dialect;
    const from = blanksEnd(bytes, hasByteOrderMark(bytes) ? BYTE_ORDER_MARK.length : 0);
    const to = valueEnd(bytes, from);
    const end = blanksEnd(bytes, to);
    if (end !== bytes.length) throw new ScanFault(end, 'unexpected data after the JSON value');
    this.root = { from, to };
  }

  kindOf({ from }: Span): ScannedKind {
    const byte = this.#bytes[from];
    if (byte === OPEN_MAP) return 'map';
    if (byte === OPEN_ARRAY) return 'array';
    return byte === QUOTE ? 'string' : 'other';
  }

  *entries(span: Span): Iterable<readonly [string, Span]> {
    const fields = new JsonFields(this.#bytes, span);
    while (fields.next()) {
      const key = decodeUtf8(this.#bytes.subarray(fields.keyFrom, fields.keyTo));
      if (key !== undefined) yield [key, { from: fields.from, to: fields.to }];
    }
  }

  *items({ from }: Span): Iterable<Span> {
    const bytes = this.#bytes;
    let at = blanksEnd(bytes, from + 1);
    if (bytes[at] === CLOSE_ARRAY) return;
    for (;;) {
      const item = spanAt(bytes, at);
      yield item;
      at = blanksEnd(bytes, item.to);
      if (bytes[at] === CLOSE_ARRAY) return;
      if (bytes[at] !== COMMA) throw new ScanFault(at, 'a comma or the end of a list is missing');
      at += 1;
    }
  }

  value({ from, to }: Span): CodecResult<MessagePackValue> {
    const read = messagePackFromJsonBytes(this.#bytes.subarray(from, to), this.#dialect);
    if (read.ok) return read;
    const { line, column, reason } = read.fault;
    return { ok: false, error: { path: '$', reason: `${reason} (its line ${line}, column ${column})` } };
  }
}

/** The fields of a map, one after the other, as places: for those who look into many small documents. */
export class JsonFields {
  readonly #bytes: Uint8Array;
  #at: number;
  #isFirst = true;
  /** The key's text, without its quotes, as it is written. */
  keyFrom = 0;
  keyTo = 0;
  /** The value. */
  from = 0;
  to = 0;

  /** @param span of a map */
  constructor(bytes: Uint8Array, { from }: Span) {
    this.#bytes = bytes;
    this.#at = from + 1;
  }

  /** Goes to the next field. @returns false where there is none @throws ScanFault */
  next(): boolean {
    const bytes = this.#bytes;
    let at = blanksEnd(bytes, this.#at);
    if (bytes[at] === CLOSE_MAP) return false;
    if (!this.#isFirst) {
      if (bytes[at] !== COMMA) throw new ScanFault(at, 'a comma or the end of a map is missing');
      at = blanksEnd(bytes, at + 1);
    }
    this.#isFirst = false;
    const keyEnd = stringEnd(bytes, at);
    this.keyFrom = at + 1;
    this.keyTo = keyEnd - 1;
    at = blanksEnd(bytes, keyEnd);
    if (bytes[at] !== COLON) throw new ScanFault(at, 'a colon is missing');
    this.from = blanksEnd(bytes, at + 1);
    this.to = valueEnd(bytes, this.from);
    this.#at = this.to;
    return true;
  }
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === BYTE_ORDER_MARK[0] && bytes[1] === BYTE_ORDER_MARK[1] && bytes[2] === BYTE_ORDER_MARK[2];
}

function spanAt(bytes: Uint8Array, at: number): Span {
  const from = blanksEnd(bytes, at);
  return { from, to: valueEnd(bytes, from) };
}

function blanksEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (isBlank(bytes[next])) next += 1;
  return next;
}

/** The end of the string that begins here. */
function stringEnd(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) throw new ScanFault(at, 'a string is missing');
  // From quote to quote, which the host finds fast in a long string: one behind an odd number of backslashes is a part of it.
  for (let quote = bytes.indexOf(QUOTE, at + 1); quote >= 0; quote = bytes.indexOf(QUOTE, quote + 1)) {
    let from = quote;
    while (from - 1 > at && bytes[from - 1] === BACKSLASH) from -= 1;
    if ((quote - from) % 2 === 0) return quote + 1;
  }
  throw new ScanFault(bytes.length, 'the document ends in a string');
}

/** The end of the value that begins here. */
function valueEnd(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return stringEnd(bytes, at);
  if (first !== OPEN_MAP && first !== OPEN_ARRAY) return scalarEnd(bytes, at);
  let open = 0;
  for (let next = at; next < bytes.length; next += 1) {
    const byte = bytes[next];
    if (byte === QUOTE) next = stringEnd(bytes, next) - 1;
    else if (byte === OPEN_MAP || byte === OPEN_ARRAY) open += 1;
    else if ((byte === CLOSE_MAP || byte === CLOSE_ARRAY) && --open === 0) return next + 1;
  }
  throw new ScanFault(bytes.length, 'the document ends in a map or a list');
}

function scalarEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  for (; next < bytes.length; next += 1) {
    const byte = bytes[next];
    if (byte === COMMA || byte === CLOSE_MAP || byte === CLOSE_ARRAY || isBlank(byte)) break;
  }
  if (next === at) throw new ScanFault(at, at === bytes.length ? 'the document ends early' : 'a value is missing');
  return next;
}
