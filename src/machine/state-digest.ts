/**
 * The state digest: BLAKE2b-256 over all state of an instance that a later instruction could see, so that two tiers
 * can be compared after any outcome, exhaustion included. Not part of a receipt.
 *
 * Layout, little endian: pages (u32) and the memory's bytes; number of own globals (u32) and their two halves each;
 * number of tables (u32), then for each its length (u32) and its elements; the dropped flags of data segments, then of
 * element segments, a byte each. An element is 0 for null, function index + 1 for a function of the module's index
 * space, 0xffffffff for anything else.
 */
import { hasher } from '../base/hash.js';

export interface DigestState {
  /** Exactly the memory's bytes; empty if there is no memory. */
  readonly memory: Uint8Array;
  readonly pages: number;
  /** Two halves for each of the module's own globals; the high half of a 32-bit global is 0. */
  readonly globals: Int32Array;
  /** For each table of the index space: encoded elements. */
  readonly tables: readonly Uint32Array[];
  readonly droppedData: Uint8Array;
  readonly droppedElements: Uint8Array;
}

export const FOREIGN_ELEMENT = 0xffff_ffff;

export function stateDigest(state: DigestState): Uint8Array {
  const digest = hasher();
  const u32 = (value: number) => digest.update(littleEndian(Uint32Array.of(value)));
  u32(state.pages);
  digest.update(state.memory);
  u32(state.globals.length >> 1);
  digest.update(littleEndian(state.globals));
  u32(state.tables.length);
  for (const table of state.tables) {
    u32(table.length);
    digest.update(littleEndian(table));
  }
  digest.update(state.droppedData);
  digest.update(state.droppedElements);
  return digest.digest();
}

function littleEndian(words: Int32Array | Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, i) => {
    view.setInt32(i * 4, word, true);
  });
  return bytes;
}
