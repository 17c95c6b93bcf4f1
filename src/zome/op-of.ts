/**
 * Makes ops: one of a kind from an application's data (`opOf`), or all ops of a record (`opsOf`).
 *
 *   const alice = agentFromSeed(new Uint8Array(32).fill(1));
 *   host.validateOp(opOf({ author: alice, entry, kind: 'StoreEntry' }));
 */

import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import { dataOf } from './action-parts.js';
import {
  CHAIN_OPS,
  type ChainOp,
  type ChainOpRow,
  chainOpBasis,
  chainOpHash,
  chainOpName,
  chainOpsOf,
  isOfAction,
} from './chain-op.js';
import { type DependencySource, NO_DEPENDENCIES, recordsSource } from './dependency-source.js';
import { hashText } from './holo-hash.js';
import type { Op02, Op06, Op07 } from './op.js';
import { type ActionsAndEntries, opOfChainOp } from './op-of-chain-op.js';
import type { Record } from './record.js';
import { type ActionSpec, type RecordPlace, recordOf } from './record-of.js';

/** `Op` of a generation. */
export type OpOf<G extends Generation> = G extends '0.7' ? Op07 : G extends '0.6' ? Op06 : Op02;

/** The kinds of ops of a generation. */
export type OpKind<G extends Generation = Generation> = OpOf<G>['kind'];

type StoreRecordKind<G extends Generation> = G extends '0.7' ? 'CreateRecord' : 'StoreRecord';

/** The author and place of an action, its content, and which of its ops to make. */
export type OpSpec<G extends Generation, K extends OpKind<G>> = RecordPlace<G> &
  ActionSpec & {
    /** Default `StoreRecord`, in generation 0.7 `CreateRecord`: every action has it. */
    readonly kind?: K;
  };

/**
 * Makes an op that is ready for `host.validateOp`: hashes are computed, the action is signed. A StoreEntry of a private
 * entry is the op that its author validates before publishing; it is not sent to others.
 * @throws UsageError `not-buildable` for a kind that the action does not have, and for data that is not an action or
 * entry
 */
export function opOf<
  G extends Generation = '0.6',
  K extends OpKind<NoInfer<G>> = StoreRecordKind<NoInfer<G>> & OpKind<NoInfer<G>>,
>(spec: OpSpec<G, K>): Extract<OpOf<G>, { kind: K }> {
  const generation: Generation = spec.generation ?? '0.6';
  const kind = spec.kind ?? (generation === '0.7' ? 'CreateRecord' : 'StoreRecord');
  const record = recordOf(spec);
  const row = rowOf(kind, record, generation);
  const chainOp = chainOpsOf(record).find(({ type }) => type === row.type) ?? ownOp(row, record);
  return made(chainOp, sourceOf(spec, generation), generation) as Extract<OpOf<G>, { kind: K }>;
}

/** The op of a private entry, which only its author receives. */
function ownOp({ type }: ChainOpRow, { signed_action, entry }: Record): ChainOp {
  return { type, action: signed_action, entry };
}

function kindOf(row: ChainOpRow, generation: Generation): string {
  return generation === '0.7' ? row.op07 : row.op;
}

function rowOf(kind: string, record: Record, generation: Generation): ChainOpRow {
  const { content } = record.signed_action.hashed;
  const rows = CHAIN_OPS.filter((row) => isOfAction(row, content));
  const row = rows.find((one) => kindOf(one, generation) === kind);
  if (row !== undefined) return row;
  const kinds = [...new Set(rows.map((one) => kindOf(one, generation)))].join(', ');
  const action = dataOf(content).type;
  throw new UsageError(
    'not-buildable',
    `a ${action} action does not produce an op ${kind} in generation ${generation}; its ops are ${kinds}`,
  );
}

/** The records in the spec itself. */
function sourceOf(spec: ActionSpec, generation: Generation): ActionsAndEntries {
  const named =
    'updates' in spec ? spec.updates : 'deletes' in spec ? spec.deletes : 'link' in spec ? spec.link : undefined;
  if (named === undefined || !('signed_action' in named)) return NO_DEPENDENCIES;
  return recordsSource([named], { generation });
}

function made(chainOp: ChainOp, found: ActionsAndEntries, generation: Generation) {
  const result = opOfChainOp(chainOp, found, generation);
  if (result.kind === 'op') return result.op;
  const name = chainOpName(chainOp.type, generation);
  throw new UsageError(
    'not-buildable',
    `the op ${name} contains the record of ${hashText(result.hash)}: pass the record, not its hashes`,
  );
}

/** An op of a record, and its identity in the DHT. */
export interface DerivedOp<G extends Generation = Generation> {
  /** `ChainOpType` in the record's generation: `RegisterUpdatedContent`, in 0.7 `UpdateEntry` */
  readonly name: string;
  /** `DhtOpHash`, 39 bytes */
  readonly hash: Uint8Array;
  /** the hash at which it is stored, 39 bytes */
  readonly basis: Uint8Array;
  readonly op: OpOf<G>;
}

export interface OpsOptions<G extends Generation> {
  /** Default `0.6`. */
  readonly generation?: G;
  /** The source for the link of a DeleteLink and, in generation 0.2, for the original of an Update or Delete. */
  readonly dependencies?: DependencySource | readonly Record[];
}

/**
 * All ops of a record, as its authorities receive them: a private entry is hidden and has no StoreEntry.
 * @throws UsageError `not-buildable` if an op needs data that the dependencies do not have
 */
export function opsOf<G extends Generation = '0.6'>(
  record: Record,
  { generation, dependencies = NO_DEPENDENCIES }: OpsOptions<G> = {},
): readonly DerivedOp<G>[] {
  const of: Generation = generation ?? '0.6';
  const found = Array.isArray(dependencies)
    ? recordsSource(dependencies as readonly Record[], { generation: of })
    : (dependencies as DependencySource);
  return chainOpsOf(record).map((chainOp) => ({
    name: chainOpName(chainOp.type, of),
    hash: chainOpHash(chainOp, of),
    basis: chainOpBasis(chainOp),
    op: made(chainOp, found, of) as OpOf<G>,
  }));
}
