/** Scans MessagePack: see `document-scan.ts`. */
import { decodeUtf8 } from '../base/utf8.js';
import type { CodecResult } from './codec.js';
import { type DocumentScan, ScanFault, type ScannedKind, type Span } from './document-scan.js';
import type { MessagePackValue } from './messagepack.js';
import { decodeMessagePack } from './messagepack-decode.js';

/** The head of a value: what it is, how long head and data are, how many values follow that belong to it. */
interface Head {
  readonly kind: ScannedKind;
  /** where its data or its first part begins */
  readonly body: number;
  readonly dataBytes: number;
  readonly parts: number;
}

/** Data bytes after the first byte of a value of fixed width, from 0xca to 0xd8. */
const FIXED_BYTES: Readonly<Record<number, number>> = {
  202: 4,
  203: 8,
  204: 1,
  205: 2,
  206: 4,
  207: 8,
  208: 1,
  209: 2,
  210: 4,
  211: 8,
};

/** First bytes with a length after them: its width, and what the length counts. */
const SIZED: Readonly<Record<number, readonly [lengthBytes: number, kind: ScannedKind]>> = {
  196: [1, 'other'],
  197: [2, 'other'],
  198: [4, 'other'],
  217: [1, 'string'],
  218: [2, 'string'],
  219: [4, 'string'],
  220: [2, 'array'],
  221: [4, 'array'],
  222: [2, 'map'],
  223: [4, 'map'],
};

export class MessagePackScan implements DocumentScan {
  readonly #bytes: Uint8Array;
  readonly root: Span;

  /** @throws ScanFault for bytes that hold no value, or more than one */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.root = { from: 0, to: this.#skip(0) };
    if (this.root.to !== bytes.length) throw new ScanFault(this.root.to, 'unexpected data after the MessagePack value');
  }

  kindOf({ from }: Span): ScannedKind {
    return this.#head(from).kind;
  }

  *entries({ from }: Span): Iterable<readonly [string, Span]> {
    const { body, parts } = this.#head(from);
    let at = body;
    for (let left = parts / 2; left > 0; left -= 1) {
      const valueAt = this.#skip(at);
      const value = { from: valueAt, to: this.#skip(valueAt) };
      const { kind, body: textAt, dataBytes } = this.#head(at);
      const key = kind === 'string' ? decodeUtf8(this.#bytes.subarray(textAt, textAt + dataBytes)) : undefined;
      if (key !== undefined) yield [key, value];
      at = value.to;
    }
  }

  *items({ from }: Span): Iterable<Span> {
    const { body, parts } = this.#head(from);
    let at = body;
    for (let left = parts; left > 0; left -= 1) {
      const item = { from: at, to: this.#skip(at) };
      yield item;
      at = item.to;
    }
  }

  value({ from, to }: Span): CodecResult<MessagePackValue> {
    const decoded = decodeMessagePack(this.#bytes.subarray(from, to));
    if (decoded.ok) return decoded;
    const { code, offsetBytes } = decoded.fault;
    return { ok: false, error: { path: '$', reason: `${code} at byte ${from + offsetBytes}` } };
  }

  /** The end of the value that begins here. */
  #skip(at: number): number {
    let next = at;
    for (let left = 1; left > 0; left -= 1) {
      const { body, dataBytes, parts } = this.#head(next);
      next = body + dataBytes;
      left += parts;
      // A part takes a byte at least: what declares more parts than bytes ends here and not after them.
      if (left - 1 > this.#bytes.length - next) throw new ScanFault(next, 'the document ends early');
    }
    return next;
  }

  #head(at: number): Head {
    const first = this.#bytes[at];
    if (first === undefined) throw new ScanFault(at, 'the document ends early');
    if (first <= 0x7f || first >= 0xe0 || first === 0xc0 || first === 0xc2 || first === 0xc3) {
      return { kind: 'other', body: at + 1, dataBytes: 0, parts: 0 };
    }
    if (first <= 0x8f) return { kind: 'map', body: at + 1, dataBytes: 0, parts: 2 * (first & 0x0f) };
    if (first <= 0x9f) return { kind: 'array', body: at + 1, dataBytes: 0, parts: first & 0x0f };
    if (first <= 0xbf) return { kind: 'string', body: at + 1, dataBytes: first & 0x1f, parts: 0 };
    const fixed = FIXED_BYTES[first];
    if (fixed !== undefined) return { kind: 'other', body: at + 1, dataBytes: fixed, parts: 0 };
    return this.#sized(at, first);
  }

  #sized(at: number, first: number): Head {
    const row = SIZED[first];
    if (row === undefined) throw new ScanFault(at, `no value begins with the byte 0x${first.toString(16)}`);
    const [lengthBytes, kind] = row;
    const body = at + 1 + lengthBytes;
    if (body > this.#bytes.length) throw new ScanFault(at, 'the document ends early');
    let length = 0;
    for (let next = at + 1; next < body; next += 1) length = length * 256 + this.#bytes[next];
    if (kind === 'map' || kind === 'array') {
      return { kind, body, dataBytes: 0, parts: kind === 'map' ? 2 * length : length };
    }
    return { kind, body, dataBytes: length, parts: 0 };
  }
}
