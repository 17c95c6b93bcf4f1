/**
 * The ops of a record that its author validates before it is committed: those that are published, and the StoreEntry of
 * a private entry, which is not sent to others.
 *
 * Source: holochain `call_zome_workflow.rs` (`inline_validation`), `app_validation_workflow.rs` (`record_to_op`),
 * develop-0.6. Two DHT ops for which zomes receive the same `Op` (of an update, of a delete) are one here.
 */
import type { Generation } from '../boundary/generation.js';
import { CHAIN_OPS, type ChainOp, chainOpsOf, visibilityOf } from './chain-op.js';
import { type ActionsAndEntries, type OpOfChainOp, opOfChainOp } from './op-of-chain-op.js';
import type { Record } from './record.js';

function authorChainOps(record: Record): readonly ChainOp[] {
  const published = chainOpsOf(record);
  const { signed_action: action, entry } = record;
  const isPrivate = visibilityOf(action.hashed.content) === 'Private' && entry.kind === 'Present';
  const all: readonly ChainOp[] = isPrivate ? [...published, { type: 'StoreEntry', action, entry }] : published;
  const row = ({ type }: ChainOp) => CHAIN_OPS.findIndex((one) => one.type === type);
  return [...all].sort((a, b) => row(a) - row(b));
}

export function authorOpsOf(record: Record, found: ActionsAndEntries, generation: Generation): readonly OpOfChainOp[] {
  const seen = new Set<string>();
  return authorChainOps(record).flatMap((chainOp) => {
    const { op } = CHAIN_OPS.find(({ type }) => type === chainOp.type)!;
    if (seen.has(op)) return [];
    seen.add(op);
    return [opOfChainOp(chainOp, found, generation)];
  });
}
