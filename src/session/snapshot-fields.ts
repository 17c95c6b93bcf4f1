/**
 * Writes and reads the fields of a snapshot one after another. Reading rejects what is impossible in a snapshot, with a
 * code and the offset of the field. docs/SEMANTICS.md, section 10.
 */
import type { TextBytes } from '../base/text-bytes.js';
import { decodeUtf8 } from '../base/utf8.js';
import { PAGE_BYTES } from '../machine/memory.js';
import type { MemoryPart, MemoryState } from '../machine/state-digest.js';
import { PROFILE } from '../metering/schedule.js';
import { isZero, pagesOf } from './state-copy.js';

/** All reasons why bytes are not a snapshot. Closed. */
export type SnapshotFaultCode =
  /** the bytes end within a field */
  | 'truncated'
  | 'trailing-bytes'
  | 'unknown-format'
  | 'unknown-profile'
  /** more than 65,536 pages, or more tables, instances or memories than possible */
  | 'integer-too-large'
  /** a page beyond the memory's end, or not after the previous one */
  | 'page-order'
  /** a page of zeros, which is left out */
  | 'zero-page'
  /** a byte of a segment that is neither 0 nor 1 */
  | 'segment-flag'
  /** a name is not UTF-8 */
  | 'invalid-utf8'
  /** an earlier instance has the same name */
  | 'duplicate-name'
  /** a byte of an instance that is not 0, 1 or 2 */
  | 'instance-flag';

export interface SnapshotFault {
  readonly code: SnapshotFaultCode;
  /** Where the field at fault begins. */
  readonly offset: number;
}

const HASH_BYTES = 32;
const PAGES_MAX = 65_536;

/** Room for the non-zero pages of memories, which take most of the space. */
export function roomFor(memories: readonly MemoryState[]): number {
  return memories.reduce((sum, memory) => sum + pagesOf(memory).length * (PAGE_BYTES + 4), 1024);
}

export function writeHead(bytes: TextBytes, format: string): void {
  bytes.text(format);
  bytes.text(PROFILE);
}

/** A memory's size, and its pages that are not zero. */
export function writePages(bytes: TextBytes, memory: MemoryState): void {
  const pages = pagesOf(memory);
  bytes.u32(memory.pages);
  bytes.u32(pages.length);
  for (const page of pages) {
    bytes.u32(page.at / PAGE_BYTES);
    bytes.raw(page.bytes);
  }
}

/** Words of items with a fixed number of words each. */
export function writeWords(bytes: TextBytes, words: Int32Array | Uint32Array, each: number): void {
  bytes.u32(words.length / each);
  for (const word of words) bytes.u32(word);
}

export function writeFlags(bytes: TextBytes, flags: Uint8Array): void {
  bytes.u32(flags.length);
  bytes.raw(flags);
}

/** Thrown by readers with a fault; it does not leave `readSnapshot`. */
class SnapshotSignal extends Error {
  constructor(readonly fault: SnapshotFault) {
    super(`${fault.code} at ${fault.offset}`);
  }
}

export type SnapshotRead<Content> =
  | { readonly ok: true; readonly content: Content }
  | { readonly ok: false; readonly fault: SnapshotFault };

/** Reads all fields of a snapshot of a format, with a function that reads those after the head. */
export function readSnapshot<Content>(
  bytes: Uint8Array,
  format: string,
  read: (fields: SnapshotFields) => Content,
): SnapshotRead<Content> {
  try {
    const fields = new SnapshotFields(bytes);
    fields.expect(format, 'unknown-format');
    fields.expect(PROFILE, 'unknown-profile');
    const content = read(fields);
    fields.end();
    return { ok: true, content };
  } catch (error) {
    if (error instanceof SnapshotSignal) return { ok: false, fault: error.fault };
    throw error;
  }
}

export class SnapshotFields {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Where the next field begins. */
  get position(): number {
    return this.#pos;
  }

  expect(wanted: string, code: SnapshotFaultCode): void {
    const at = this.#pos;
    const length = this.u32();
    const start = this.#take(length);
    const isWanted =
      length === wanted.length && [...wanted].every((each, i) => this.#bytes[start + i] === each.charCodeAt(0));
    if (!isWanted) this.fail(code, at);
  }

  hash(): Uint8Array {
    return this.#slice(HASH_BYTES);
  }

  text(): string {
    const at = this.#pos;
    const text = decodeUtf8(this.#slice(this.u32()));
    return text ?? this.fail('invalid-utf8', at);
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A number of items, with a maximum. */
  count(max: number): number {
    const at = this.#pos;
    const count = this.u32();
    return count > max ? this.fail('integer-too-large', at) : count;
  }

  /** A memory's size and its pages. */
  memory(): MemoryState {
    const pages = this.count(PAGES_MAX);
    const memory: MemoryPart[] = [];
    let next = 0;
    for (let left = this.u32(); left > 0; left--) {
      const at = this.#pos;
      const page = this.u32();
      if (page < next || page >= pages) this.fail('page-order', at);
      // A copy, so that it is aligned for words.
      const bytes = this.#slice(PAGE_BYTES);
      if (isZero(bytes)) this.fail('zero-page', at);
      memory.push({ at: page * PAGE_BYTES, bytes });
      next = page + 1;
    }
    return { pages, memory };
  }

  /** A count, and that many items of `each` words. */
  words(each: number): Uint32Array {
    const count = this.u32() * each;
    const start = this.#take(4 * count);
    const words = new Uint32Array(count);
    for (let i = 0; i < count; i++) words[i] = this.#view.getUint32(start + 4 * i, true);
    return words;
  }

  /** Tables, with a maximum number, and `each` words for an element. */
  tables(max: number, each: number): Uint32Array[] {
    const tables: Uint32Array[] = [];
    for (let left = this.count(max); left > 0; left--) tables.push(this.words(each));
    return tables;
  }

  flags(): Uint8Array {
    const length = this.u32();
    const at = this.#pos;
    const flags = this.#slice(length);
    const wrong = flags.findIndex((flag) => flag > 1);
    if (wrong >= 0) this.fail('segment-flag', at + wrong);
    return flags;
  }

  end(): void {
    if (this.#pos < this.#bytes.length) this.fail('trailing-bytes', this.#pos);
  }

  fail(code: SnapshotFaultCode, offset: number): never {
    throw new SnapshotSignal({ code, offset });
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  #take(count: number): number {
    const start = this.#pos;
    if (count > this.#bytes.length - start) this.fail('truncated', start);
    this.#pos = start + count;
    return start;
  }
}
