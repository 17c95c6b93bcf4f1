/**
 * The canonical bytes of a snapshot, both ways. A state has one form; all other bytes are a fault with a code and an offset.
 * docs/SEMANTICS.md, section 10.
 */
import { LIMIT_ROWS } from '../base/limits.js';
import { TextBytes } from '../base/text-bytes.js';
import { PAGE_BYTES } from '../machine/memory.js';
import type { InstanceState, MemoryPart } from '../machine/state-digest.js';
import { PROFILE } from '../metering/schedule.js';
import { isZero, pagesOf } from './state-copy.js';

export const SNAPSHOT_FORMAT = 'assay-snapshot-1';

/** What a snapshot's bytes say. */
export interface SnapshotContent {
  readonly module: Uint8Array;
  readonly constants: Uint8Array;
  readonly state: InstanceState;
}

/** Every way in which bytes are no snapshot. Closed. */
export type SnapshotFaultCode =
  /** the bytes end within a field */
  | 'truncated'
  | 'trailing-bytes'
  | 'unknown-format'
  | 'unknown-profile'
  /** pages above 65,536, or tables above 100,000 */
  | 'integer-too-large'
  /** a page at or behind the memory's end, or not behind the one before */
  | 'page-order'
  /** a page of zeros, which is left out */
  | 'zero-page'
  /** a byte of a segment that is neither 0 nor 1 */
  | 'segment-flag';

export interface SnapshotFault {
  readonly code: SnapshotFaultCode;
  /** Where the field at fault begins. */
  readonly offset: number;
}

const HASH_BYTES = 32;
const PAGES_MAX = 65_536;
/** A few bytes are a table here and an object there. No module has more (`limits.tables`). */
const TABLES_MAX = LIMIT_ROWS.tables.ceiling;

export function encodeSnapshot({ module, constants, state }: SnapshotContent): Uint8Array {
  const pages = pagesOf(state);
  const bytes = new TextBytes(1024 + pages.length * (PAGE_BYTES + 4));
  bytes.text(SNAPSHOT_FORMAT);
  bytes.text(PROFILE);
  bytes.raw(module);
  bytes.raw(constants);
  bytes.u32(state.pages);
  bytes.u32(pages.length);
  for (const page of pages) {
    bytes.u32(page.at / PAGE_BYTES);
    bytes.raw(page.bytes);
  }
  bytes.u32(state.globals.length >> 1);
  for (const half of state.globals) bytes.u32(half);
  bytes.u32(state.tables.length);
  for (const table of state.tables) {
    bytes.u32(table.length);
    for (const element of table) bytes.u32(element);
  }
  for (const dropped of [state.droppedData, state.droppedElements]) {
    bytes.u32(dropped.length);
    bytes.raw(dropped);
  }
  return bytes.take();
}

type Decoded =
  | { readonly ok: true; readonly content: SnapshotContent }
  | { readonly ok: false; readonly fault: SnapshotFault };

/** @param bytes are kept: what is decoded has views of them */
export function decodeSnapshotBytes(bytes: Uint8Array): Decoded {
  try {
    return { ok: true, content: new SnapshotReader(bytes).read() };
  } catch (error) {
    if (error instanceof SnapshotSignal) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Carries a fault out of the reader; it does not leave this file. */
class SnapshotSignal extends Error {
  constructor(readonly fault: SnapshotFault) {
    super(`${fault.code} at ${fault.offset}`);
  }
}

class SnapshotReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #pos = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  read(): SnapshotContent {
    this.#expect(SNAPSHOT_FORMAT, 'unknown-format');
    this.#expect(PROFILE, 'unknown-profile');
    const module = this.#slice(HASH_BYTES);
    const constants = this.#slice(HASH_BYTES);
    const pagesAt = this.#pos;
    const pages = this.#u32();
    if (pages > PAGES_MAX) this.#fail('integer-too-large', pagesAt);
    const memory = this.#pages(pages);
    const globals = new Int32Array(this.#words(2).buffer);
    const tables = this.#tables();
    const state = { pages, memory, globals, tables, droppedData: this.#flags(), droppedElements: this.#flags() };
    if (this.#pos < this.#bytes.length) this.#fail('trailing-bytes', this.#pos);
    return { module, constants, state };
  }

  #pages(pages: number): MemoryPart[] {
    const parts: MemoryPart[] = [];
    let next = 0;
    for (let left = this.#u32(); left > 0; left--) {
      const at = this.#pos;
      const page = this.#u32();
      if (page < next || page >= pages) this.#fail('page-order', at);
      // Of its own, so that it lies where words can be read.
      const bytes = this.#slice(PAGE_BYTES);
      if (isZero(bytes)) this.#fail('zero-page', at);
      parts.push({ at: page * PAGE_BYTES, bytes });
      next = page + 1;
    }
    return parts;
  }

  #tables(): Uint32Array[] {
    const at = this.#pos;
    const count = this.#u32();
    if (count > TABLES_MAX) this.#fail('integer-too-large', at);
    const tables: Uint32Array[] = [];
    for (let left = count; left > 0; left--) tables.push(this.#words(1));
    return tables;
  }

  /** As many words as the number says, times so many. */
  #words(each: number): Uint32Array {
    const count = this.#u32() * each;
    const start = this.#take(4 * count);
    const words = new Uint32Array(count);
    for (let i = 0; i < count; i++) words[i] = this.#view.getUint32(start + 4 * i, true);
    return words;
  }

  #flags(): Uint8Array {
    const length = this.#u32();
    const at = this.#pos;
    const flags = this.#slice(length);
    const wrong = flags.findIndex((flag) => flag > 1);
    if (wrong >= 0) this.#fail('segment-flag', at + wrong);
    return flags;
  }

  #expect(wanted: string, code: SnapshotFaultCode): void {
    const at = this.#pos;
    const length = this.#u32();
    const start = this.#take(length);
    const isWanted =
      length === wanted.length && [...wanted].every((each, i) => this.#bytes[start + i] === each.charCodeAt(0));
    if (!isWanted) this.#fail(code, at);
  }

  #u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  #slice(length: number): Uint8Array {
    const start = this.#take(length);
    return this.#bytes.slice(start, start + length);
  }

  #take(count: number): number {
    const start = this.#pos;
    if (count > this.#bytes.length - start) this.#fail('truncated', start);
    this.#pos = start + count;
    return start;
  }

  #fail(code: SnapshotFaultCode, offset: number): never {
    throw new SnapshotSignal({ code, offset });
  }
}
