/**
 * The part of an agent's chain that a `ChainFilter` selects, from the available actions.
 *
 * Invariant: the result is the whole range without a gap, newest first, or the reason why it cannot be determined;
 * other available actions do not affect a complete range.
 *
 * Source: holochain_types `chain.rs` (`Sequences::find_sequences`, `ChainFilterIter`, `filter_then_check`),
 * develop-0.6. Conditions of all generations are converted to one form here.
 */
import { toHex } from '../base/hash.js';
import type { ChainFilter } from '../boundary/validation-result.js';
import type { Action, SignedHashed } from './action.js';
import { headOf } from './action-parts.js';

type SignedAction = SignedHashed<Action>;

export type AgentActivity =
  | { readonly kind: 'activity'; readonly actions: readonly SignedAction[] }
  /** the chain's top or an action in the range is not available */
  | { readonly kind: 'incomplete' }
  /** the filter selects nothing: `Take(0)` */
  | { readonly kind: 'empty-range' };

/** The conditions of a filter; undefined if it sets none. */
interface Conditions {
  readonly take: number | undefined;
  /** hexadecimal hashes */
  readonly untilHashes: ReadonlySet<string> | undefined;
  /** microseconds */
  readonly untilTimestamp: bigint | undefined;
}

function conditionsOf(filter: ChainFilter): Conditions {
  const limits = 'filters' in filter ? filter.filters : filter.limit_conditions;
  let take: number | undefined;
  let hashes: readonly Uint8Array[] | undefined;
  let untilTimestamp: bigint | undefined;
  switch (limits.kind) {
    case 'ToGenesis':
      break;
    case 'Take':
      take = limits.value;
      break;
    case 'UntilTimestamp':
      untilTimestamp = limits.value;
      break;
    case 'Until':
      hashes = limits.value;
      break;
    case 'UntilHash':
      hashes = limits.value instanceof Uint8Array ? [limits.value] : limits.value;
      break;
    case 'Both':
      [take, hashes] = limits.value;
      break;
    case 'Multiple':
      take = limits.value[0] ?? undefined;
      hashes = limits.value[1];
      untilTimestamp = limits.value[2] ?? undefined;
  }
  return { take, untilHashes: hashes && new Set(hashes.map(toHex)), untilTimestamp };
}

type Chain = ReadonlyMap<string, SignedAction>;

function seqOf(action: SignedAction): number {
  return headOf(action.hashed.content).seq;
}

/** The lowest sequence number of the range, and whether an `until` hash set it. */
function bottomOf(chain: Chain, conditions: Conditions, topSeq: number): { start: number; byHash: boolean } {
  let start = 0;
  let byHash = false;
  for (const hash of conditions.untilHashes ?? []) {
    const action = chain.get(hash);
    if (action !== undefined && seqOf(action) <= topSeq) start = Math.max(start, seqOf(action));
  }
  byHash = start > 0;
  const { untilTimestamp, take } = conditions;
  if (untilTimestamp !== undefined) {
    const inPeriod = [...chain.values()].filter(
      ({ hashed }) => headOf(hashed.content).timestamp >= untilTimestamp && headOf(hashed.content).seq <= topSeq,
    );
    const oldest = inPeriod.reduce<number | undefined>((least, action) => {
      const seq = seqOf(action);
      return least === undefined || seq < least ? seq : least;
    }, undefined);
    if (oldest !== undefined && oldest >= start) {
      start = oldest;
      byHash = false;
    }
  }
  if (take !== undefined && take <= topSeq - start) return { start: topSeq - take + 1, byHash: false };
  return { start, byHash };
}

/** From the top along `prev_action` down to `start`, while the actions are available and the conditions hold. */
function walk(chain: Chain, top: SignedAction, start: number, conditions: Conditions): SignedAction[] {
  const actions: SignedAction[] = [];
  let next: SignedAction | undefined = top;
  while (next !== undefined && seqOf(next) >= start) {
    const { timestamp, previous, seq } = headOf(next.hashed.content);
    if (actions.length === conditions.take) break;
    if (conditions.untilTimestamp !== undefined && timestamp < conditions.untilTimestamp) break;
    actions.push(next);
    if (conditions.untilHashes?.has(toHex(next.hashed.hash))) break;
    const parent: SignedAction | undefined = previous && chain.get(toHex(previous));
    next = parent !== undefined && seqOf(parent) === seq - 1 ? parent : undefined;
  }
  return actions;
}

/** @param chain the agent's available actions, by the hexadecimal text of their hash */
export function agentActivity(chain: Chain, filter: ChainFilter): AgentActivity {
  const conditions = conditionsOf(filter);
  const top = chain.get(toHex(filter.chain_top));
  if (top === undefined) return { kind: 'incomplete' };
  if (conditions.take === 0) return { kind: 'empty-range' };
  const { start, byHash } = bottomOf(chain, conditions, seqOf(top));
  const actions = walk(chain, top, start, conditions);
  const lowest = actions.at(-1);
  if (lowest === undefined || seqOf(lowest) !== start) return { kind: 'incomplete' };
  if (byHash && !conditions.untilHashes!.has(toHex(lowest.hashed.hash))) return { kind: 'incomplete' };
  return { kind: 'activity', actions };
}
