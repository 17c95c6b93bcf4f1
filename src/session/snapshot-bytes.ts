/**
 * The canonical bytes of a snapshot, both ways. A state has one form; all other bytes are a fault with a code and an offset.
 * docs/SEMANTICS.md, section 10.
 */
import { LIMIT_ROWS } from '../base/limits.js';
import { TextBytes } from '../base/text-bytes.js';
import type { InstanceState } from '../machine/state-digest.js';
import {
  readSnapshot,
  roomFor,
  type SnapshotFields,
  type SnapshotRead,
  writeFlags,
  writeHead,
  writePages,
  writeWords,
} from './snapshot-fields.js';

export const SNAPSHOT_FORMAT = 'assay-snapshot-1';

/** What a snapshot's bytes say. */
export interface SnapshotContent {
  readonly module: Uint8Array;
  readonly constants: Uint8Array;
  readonly state: InstanceState;
}

/** A few bytes are a table here and an object there. No module has more (`limits.tables`). */
export const TABLES_MAX = LIMIT_ROWS.tables.ceiling;

export function encodeSnapshot({ module, constants, state }: SnapshotContent): Uint8Array {
  const bytes = new TextBytes(roomFor([state]));
  writeHead(bytes, SNAPSHOT_FORMAT);
  bytes.raw(module);
  bytes.raw(constants);
  writePages(bytes, state);
  writeWords(bytes, state.globals, 2);
  bytes.u32(state.tables.length);
  for (const table of state.tables) writeWords(bytes, table, 1);
  writeFlags(bytes, state.droppedData);
  writeFlags(bytes, state.droppedElements);
  return bytes.take();
}

/** @param bytes are kept: what is decoded has views of them */
export function decodeSnapshotBytes(bytes: Uint8Array): SnapshotRead<SnapshotContent> {
  return readSnapshot(bytes, SNAPSHOT_FORMAT, read);
}

function read(fields: SnapshotFields): SnapshotContent {
  const [module, constants] = [fields.hash(), fields.hash()];
  const { pages, memory } = fields.memory();
  const globals = new Int32Array(fields.words(2).buffer);
  const tables = fields.tables(TABLES_MAX, 1);
  const state = { pages, memory, globals, tables, droppedData: fields.flags(), droppedElements: fields.flags() };
  return { module, constants, state };
}
