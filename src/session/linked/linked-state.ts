/**
 * All state of a store of several instances that a later instruction could see, each memory, table and global once, in the order in
 * which they were made, and its digest. The form is the same in every tier. docs/SEMANTICS.md, section 11.
 *
 * A reference is two words: 0 and 0 for null; else the number of the instance that defines the function, or of the first that imports it
 * from the host, counted from 1, and the function's index there.
 */
import type { Hash } from '../../base/hash.js';
import { PAGE_BYTES } from '../../machine/memory.js';
import {
  type ByteSink,
  digestWritten,
  littleEndian,
  type MemoryState,
  writeMemory,
} from '../../machine/state-digest.js';
import type { Module } from '../../wasm/module.js';
import { copyOfMemory } from '../state-copy.js';

/** What an instance has that it shares with no other. */
export interface MemberState {
  /** Whether its instantiation was paid; if not it has nothing. */
  readonly isThere: boolean;
  /** A byte for each segment: 1 if it is dropped. */
  readonly data: Uint8Array;
  readonly elements: Uint8Array;
}

export interface LinkedState {
  readonly memories: readonly MemoryState[];
  /** Two words each: the halves of the bits, or a reference. */
  readonly globals: Uint32Array;
  /** Two words for each element. */
  readonly tables: readonly Uint32Array[];
  /** Of each instance. */
  readonly members: readonly MemberState[];
}

/** What an instance defines, of a store's state, and what it shares with no other. */
export interface OwnState extends Omit<MemberState, 'isThere'> {
  readonly memory: MemoryState | undefined;
  readonly globals: Uint32Array;
  readonly tables: readonly Uint32Array[];
}

/** A state whose memories are nobody else's. */
export function copyOfLinkedState(state: LinkedState): LinkedState {
  const memories = state.memories.map((memory) => ({ pages: memory.pages, memory: copyOfMemory(memory) }));
  return { ...state, memories };
}

/**
 * Which instance has what of the state; undefined for one that was not paid for.
 * @param modules of the instances
 * @returns undefined if the state does not have just as many items as the modules
 */
export function ownStates(modules: readonly Module[], state: LinkedState): (OwnState | undefined)[] | undefined {
  let [memories, globals, tables] = [0, 0, 0];
  const owns = modules.map((module, number) => {
    const { isThere, data, elements } = state.members[number];
    if (!isThere) return undefined;
    const hasMemory = module.memories.length > module.importedMemories;
    const memory = hasMemory ? state.memories[memories++] : undefined;
    const [firstGlobal, firstTable] = [globals, tables];
    globals += 2 * module.globalDefinitions.length;
    tables += module.tables.length - module.importedTables;
    return {
      memory,
      globals: state.globals.subarray(firstGlobal, globals),
      tables: state.tables.slice(firstTable, tables),
      data,
      elements,
    };
  });
  const isWhole =
    memories === state.memories.length && globals === state.globals.length && tables === state.tables.length;
  return isWhole ? owns : undefined;
}

/** Bytes that the digest is taken over. */
export function linkedStateBytes({ memories, globals, tables, members }: LinkedState): number {
  let bytes = 16 + 4 * globals.length;
  for (const { pages } of memories) bytes += 4 + pages * PAGE_BYTES;
  for (const table of tables) bytes += 4 + 4 * table.length;
  for (const { data, elements } of members) bytes += 12 + data.length + elements.length;
  return bytes;
}

export function linkedStateDigest(state: LinkedState, hash: Hash): Uint8Array {
  return digestWritten((digest) => writeState(state, digest), hash);
}

function writeState({ memories, globals, tables, members }: LinkedState, digest: ByteSink): void {
  const u32 = (value: number) => digest.update(littleEndian(Uint32Array.of(value)));
  u32(memories.length);
  for (const memory of memories) writeMemory(memory, digest);
  u32(globals.length / 2);
  digest.update(littleEndian(globals));
  u32(tables.length);
  for (const table of tables) {
    u32(table.length / 2);
    digest.update(littleEndian(table));
  }
  u32(members.length);
  for (const { isThere, data, elements } of members) {
    u32(isThere ? 1 : 0);
    u32(data.length);
    digest.update(data);
    u32(elements.length);
    digest.update(elements);
  }
}
