/**
 * Looking into a document without reading it whole: where its maps, lists and their items begin and end. Only what is asked
 * for is decoded, so a document of a gigabyte costs its bytes and no more.
 *
 * Invariant: a scan is linear in the bytes that it passes, whatever lengths they declare and however deep they nest; what is
 * passed over is not checked, what is decoded is.
 */
import type { CodecResult } from './codec.js';
import type { MessagePackValue } from './messagepack.js';

/** Bytes of one value. */
export interface Span {
  readonly from: number;
  /** the first byte after it */
  readonly to: number;
}

export type ScannedKind = 'map' | 'array' | 'string' | 'other';

export interface DocumentScan {
  readonly root: Span;
  kindOf(span: Span): ScannedKind;
  /** Keys and values of a map; a key that is no string is left out. @throws ScanFault */
  entries(span: Span): Iterable<readonly [key: string, value: Span]>;
  /** Items of an array. @throws ScanFault */
  items(span: Span): Iterable<Span>;
  /** Decodes one value, strictly. */
  value(span: Span): CodecResult<MessagePackValue>;
}

/** The document is malformed at a byte. Thrown while scanning; the caller of the scan turns it into a result. */
export class ScanFault extends Error {
  constructor(
    readonly offset: number,
    readonly reason: string,
  ) {
    super(`${reason} at byte ${offset}`);
    this.name = 'ScanFault';
  }
}
