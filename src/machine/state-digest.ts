/**
 * All state of an instance that a later instruction could observe, in one form for every tier, and its digest,
 * BLAKE2b-256. With it two tiers can be compared after any outcome, including exhaustion, and one can continue where
 * another stopped. The digest is not part of a call's receipt.
 *
 * Layout, little endian: pages (u32) and the memory's bytes; number of own globals (u32) and their two halves each;
 * number of tables (u32), then for each its length (u32) and its elements; the dropped flags of data segments, then of
 * element segments, a byte each. An element is 0 for null, function index + 1 for a function of the module's index
 * space, 0xffffffff for anything else.
 */
import { type Hash, hasher } from '../base/hash.js';
import { PAGE_BYTES } from './memory.js';

/** Bytes of a memory that may be non-zero. */
export interface MemoryPart {
  readonly at: number;
  readonly bytes: Uint8Array;
}

export interface MemoryState {
  /** 0 if there is no memory. */
  readonly pages: number;
  /** In ascending order, without overlap; everything else is zero. */
  readonly memory: readonly MemoryPart[];
}

export interface InstanceState extends MemoryState {
  /** Two halves for each of the module's own globals; the high half of a 32-bit global is 0. References are encoded as elements. */
  readonly globals: Int32Array;
  /** For each table of the index space: encoded elements. */
  readonly tables: readonly Uint32Array[];
  /** A byte for each segment: 1 if it is dropped. */
  readonly droppedData: Uint8Array;
  readonly droppedElements: Uint8Array;
}

export const FOREIGN_ELEMENT = 0xffff_ffff;

const ZERO_PAGE = new Uint8Array(PAGE_BYTES);

/** Zeroes everything outside of the state's parts. */
export function zeroOutside(memory: Uint8Array, state: InstanceState): void {
  let end = 0;
  for (const { at, bytes } of state.memory) {
    memory.fill(0, end, at);
    end = at + bytes.length;
  }
  memory.fill(0, end);
}

/** How many bytes the digest covers. */
export function stateBytes({ pages, globals, tables, droppedData, droppedElements }: InstanceState): number {
  const elements = tables.reduce((sum, table) => sum + 4 + 4 * table.length, 0);
  return 12 + pages * PAGE_BYTES + 4 * globals.length + elements + droppedData.length + droppedElements.length;
}

export function stateDigest(state: InstanceState, hash?: Hash): Uint8Array {
  return digestWritten((digest) => writeState(state, digest), hash);
}

/** Receives bytes, one piece after the other. */
export interface ByteSink {
  update(bytes: Uint8Array): unknown;
}

export function digestWritten(write: (sink: ByteSink) => void, hash?: Hash): Uint8Array {
  const digest = hasher(hash);
  write(digest);
  return digest.digest();
}

/** Writes a memory's size in pages and all its bytes. */
export function writeMemory({ pages, memory }: MemoryState, digest: ByteSink): void {
  const zeros = (count: number) => {
    for (let left = count; left > 0; left -= PAGE_BYTES) {
      digest.update(left < PAGE_BYTES ? ZERO_PAGE.subarray(0, left) : ZERO_PAGE);
    }
  };
  digest.update(littleEndian(Uint32Array.of(pages)));
  let end = 0;
  for (const { at, bytes } of memory) {
    zeros(at - end);
    digest.update(bytes);
    end = at + bytes.length;
  }
  zeros(pages * PAGE_BYTES - end);
}

function writeState(state: InstanceState, digest: ByteSink): void {
  const u32 = (value: number) => digest.update(littleEndian(Uint32Array.of(value)));
  writeMemory(state, digest);
  u32(state.globals.length >> 1);
  digest.update(littleEndian(state.globals));
  u32(state.tables.length);
  for (const table of state.tables) {
    u32(table.length);
    digest.update(littleEndian(table));
  }
  digest.update(state.droppedData);
  digest.update(state.droppedElements);
}

/** The words as bytes. */
export function littleEndian(words: Int32Array | Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setInt32(i * 4, word, true);
  });
  return bytes;
}
