/** The canonical bytes of a linked session's snapshot, both ways; a state has one form. docs/SEMANTICS.md, section 11. */
import { TextBytes } from '../../base/text-bytes.js';
import { TABLES_MAX } from '../snapshot-bytes.js';
import {
  readSnapshot,
  roomFor,
  type SnapshotFields,
  type SnapshotRead,
  writeFlags,
  writeHead,
  writePages,
  writeWords,
} from '../snapshot-fields.js';
import type { LinkedState, MemberState } from './linked-state.js';
import { INSTANCES_MAX } from './module-link.js';

export const LINKED_SNAPSHOT_FORMAT = 'assay-linked-snapshot-1';

/** A module that was linked, as a snapshot has it. */
export interface SnapshotModule {
  readonly name: string;
  /** Hash of the module, 32 bytes. */
  readonly module: Uint8Array;
  /** Whether its instantiation returned: if not, it has given no name to an instance. */
  readonly isNamed: boolean;
  /** Hash of its imported constants' canonical bytes. */
  readonly constants: Uint8Array;
  /** For each import 0 for the host, or the number of an instance, counted from 1. */
  readonly sources: Uint32Array;
}

export interface LinkedSnapshotContent {
  readonly modules: readonly SnapshotModule[];
  readonly state: LinkedState;
}

/** What has become of an instance, by the number in the bytes. */
const NOT_PAID = 0;
const FAILED = 1;
const NAMED = 2;

const NO_FLAGS = new Uint8Array(0);

export function encodeLinkedSnapshot({ modules, state }: LinkedSnapshotContent): Uint8Array {
  const bytes = new TextBytes(roomFor(state.memories));
  writeHead(bytes, LINKED_SNAPSHOT_FORMAT);
  bytes.u32(modules.length);
  for (const [i, { name, module, isNamed, constants, sources }] of modules.entries()) {
    bytes.text(name);
    bytes.raw(module);
    bytes.raw(constants);
    writeWords(bytes, sources, 1);
    const { isThere, data, elements } = state.members[i];
    bytes.byte(isNamed ? NAMED : isThere ? FAILED : NOT_PAID);
    if (!isThere) continue;
    writeFlags(bytes, data);
    writeFlags(bytes, elements);
  }
  bytes.u32(state.memories.length);
  for (const memory of state.memories) writePages(bytes, memory);
  writeWords(bytes, state.globals, 2);
  bytes.u32(state.tables.length);
  for (const table of state.tables) writeWords(bytes, table, 2);
  return bytes.take();
}

export function decodeLinkedSnapshotBytes(bytes: Uint8Array): SnapshotRead<LinkedSnapshotContent> {
  return readSnapshot(bytes, LINKED_SNAPSHOT_FORMAT, read);
}

function read(fields: SnapshotFields): LinkedSnapshotContent {
  const modules: SnapshotModule[] = [];
  const members: MemberState[] = [];
  const names = new Set<string>();
  for (let left = fields.count(INSTANCES_MAX); left > 0; left--) {
    const at = fields.position;
    const name = fields.text();
    if (names.has(name)) fields.fail('duplicate-name', at);
    const [module, constants] = [fields.hash(), fields.hash()];
    const sources = fields.words(1);
    const flagAt = fields.position;
    const flag = fields.byte();
    if (flag > NAMED) fields.fail('instance-flag', flagAt);
    const isThere = flag !== NOT_PAID;
    const isNamed = flag === NAMED;
    if (isNamed) names.add(name);
    modules.push({ name, module, isNamed, constants, sources });
    const [data, elements] = isThere ? [fields.flags(), fields.flags()] : [NO_FLAGS, NO_FLAGS];
    members.push({ isThere, data, elements });
  }
  const memories = Array.from({ length: fields.count(INSTANCES_MAX) }, () => fields.memory());
  const globals = fields.words(2);
  const tables = fields.tables(INSTANCES_MAX * TABLES_MAX, 2);
  return { modules, state: { memories, globals, tables, members } };
}
