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
    const begin = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
    const from = this.#blanks(begin);
    const to = this.#skip(from);
    if (this.#blanks(to) !== bytes.length)
      throw new ScanFault(this.#blanks(to), 'unexpected data after the JSON value');
    this.root = { from, to };
  }

  kindOf({ from }: Span): ScannedKind {
    const byte = this.#bytes[from];
    if (byte === OPEN_MAP) return 'map';
    if (byte === OPEN_ARRAY) return 'array';
    return byte === QUOTE ? 'string' : 'other';
  }

  *entries({ from }: Span): Iterable<readonly [string, Span]> {
    let at = this.#blanks(from + 1);
    if (this.#bytes[at] === CLOSE_MAP) return;
    for (;;) {
      const keyEnd = this.#string(at);
      const key = decodeUtf8(this.#bytes.subarray(at + 1, keyEnd - 1));
      at = this.#blanks(keyEnd);
      if (this.#bytes[at] !== COLON) throw new ScanFault(at, 'a colon is missing');
      const value = this.#spanAt(at + 1);
      if (key !== undefined) yield [key, value];
      at = this.#blanks(value.to);
      if (this.#bytes[at] === CLOSE_MAP) return;
      if (this.#bytes[at] !== COMMA) throw new ScanFault(at, 'a comma or the end of a map is missing');
      at = this.#blanks(at + 1);
    }
  }

  *items({ from }: Span): Iterable<Span> {
    let at = this.#blanks(from + 1);
    if (this.#bytes[at] === CLOSE_ARRAY) return;
    for (;;) {
      const item = this.#spanAt(at);
      yield item;
      at = this.#blanks(item.to);
      if (this.#bytes[at] === CLOSE_ARRAY) return;
      if (this.#bytes[at] !== COMMA) throw new ScanFault(at, 'a comma or the end of a list is missing');
      at += 1;
    }
  }

  value({ from, to }: Span): CodecResult<MessagePackValue> {
    const read = messagePackFromJsonBytes(this.#bytes.subarray(from, to), this.#dialect);
    if (read.ok) return read;
    const { line, column, reason } = read.fault;
    return { ok: false, error: { path: '$', reason: `${reason} (its line ${line}, column ${column})` } };
  }

  #spanAt(at: number): Span {
    const from = this.#blanks(at);
    return { from, to: this.#skip(from) };
  }

  #blanks(at: number): number {
    let next = at;
    while (isBlank(this.#bytes[next])) next += 1;
    return next;
  }

  /** The end of the string that begins here. */
  #string(at: number): number {
    const bytes = this.#bytes;
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
  #skip(at: number): number {
    const bytes = this.#bytes;
    const first = bytes[at];
    if (first === QUOTE) return this.#string(at);
    if (first !== OPEN_MAP && first !== OPEN_ARRAY) return this.#scalar(at);
    let open = 0;
    for (let next = at; next < bytes.length; next += 1) {
      const byte = bytes[next];
      if (byte === QUOTE) next = this.#string(next) - 1;
      else if (byte === OPEN_MAP || byte === OPEN_ARRAY) open += 1;
      else if ((byte === CLOSE_MAP || byte === CLOSE_ARRAY) && --open === 0) return next + 1;
    }
    throw new ScanFault(bytes.length, 'the document ends in a map or a list');
  }

  #scalar(at: number): number {
    const bytes = this.#bytes;
    let next = at;
    for (; next < bytes.length; next += 1) {
      const byte = bytes[next];
      if (byte === COMMA || byte === CLOSE_MAP || byte === CLOSE_ARRAY || isBlank(byte)) break;
    }
    if (next === at) throw new ScanFault(at, at === bytes.length ? 'the document ends early' : 'a value is missing');
    return next;
  }
}
