/**
 * Ranges of an agent's chain, by the cases of holochain_types `chain/test.rs` with their original names, and forks and
 * gaps.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import type { ChainFilter } from '../../src/boundary/validation-result.js';
import type { Action, SignedHashed } from '../../src/zome/action.js';
import { agentActivity } from '../../src/zome/chain-walk.js';
import { hashOfContent } from '../../src/zome/holo-hash.js';
import { AUTHOR, signed } from './sample-ops.js';

/** A chain of `length` actions, ten microseconds apart; `fork` gives the hashes of another branch. */
function chainOf(length: number, fork = 0): SignedHashed<Action>[] {
  const actions: SignedHashed<Action>[] = [];
  for (let seq = 0; seq < length; seq += 1) {
    const previous = actions.at(-1)?.hashed.hash;
    const timestamp = BigInt(1_000 + 10 * seq + fork);
    const content =
      previous === undefined
        ? { type: 'Dna', author: AUTHOR, timestamp, hash: hashOfContent('Dna', Uint8Array.of(1)) }
        : { type: 'InitZomesComplete', author: AUTHOR, timestamp, action_seq: seq, prev_action: previous };
    actions.push(signed(content as unknown as Action, '0.6'));
  }
  return actions;
}

const CHAIN = chainOf(10);

function at(seq: number): Uint8Array {
  return CHAIN[seq]!.hashed.hash;
}

type Limits = Extract<ChainFilter, { limit_conditions: unknown }>['limit_conditions'];

function filter(top: number, limit_conditions: Limits): ChainFilter {
  return { chain_top: at(top), limit_conditions, include_cached_entries: false } as ChainFilter;
}

function seqs(actions: readonly SignedHashed<Action>[], filtered: ChainFilter): readonly number[] | string {
  const byHash = new Map(actions.map((action) => [toHex(action.hashed.hash), action]));
  const activity = agentActivity(byHash, filtered);
  if (activity.kind !== 'activity') return activity.kind;
  return activity.actions.map((action) => CHAIN.indexOf(action));
}

const FAR = hashOfContent('Action', Uint8Array.of(99));

describe('agent activity', () => {
  const rows: readonly (readonly [what: string, filter: ChainFilter, seqs: readonly number[] | string])[] = [
    ['all to genesis, newest first', filter(3, { kind: 'ToGenesis' }), [3, 2, 1, 0]],
    ['take some', filter(9, { kind: 'Take', value: 3 }), [9, 8, 7]],
    ['take more than exist', filter(2, { kind: 'Take', value: 30 }), [2, 1, 0]],
    ['take none', filter(2, { kind: 'Take', value: 0 }), 'empty-range'],
    ['until a hash, inclusive', filter(5, { kind: 'UntilHash', value: [at(3)] }), [5, 4, 3]],
    ['until the newest of several hashes', filter(5, { kind: 'UntilHash', value: [at(1), at(4)] }), [5, 4]],
    ['until a missing hash', filter(2, { kind: 'UntilHash', value: [FAR] }), [2, 1, 0]],
    ['until a hash after the top', filter(2, { kind: 'UntilHash', value: [at(5)] }), [2, 1, 0]],
    ['until one hash, in the form of 0.7', filter(5, { kind: 'UntilHash', value: at(4) } as never), [5, 4]],
    ['until a time, inclusive', filter(5, { kind: 'UntilTimestamp', value: 1_030n }), [5, 4, 3]],
    ['until a time between two actions', filter(5, { kind: 'UntilTimestamp', value: 1_031n }), [5, 4]],
    ['until a time after the top', filter(5, { kind: 'UntilTimestamp', value: 9_000n }), 'incomplete'],
    ['several conditions: the take is first', filter(9, { kind: 'Multiple', value: [2, [at(3)], 1_040n] }), [9, 8]],
    ['several: the hash is first', filter(9, { kind: 'Multiple', value: [8, [at(7)], 1_040n] }), [9, 8, 7]],
    ['several: the time is first', filter(9, { kind: 'Multiple', value: [8, [at(3)], 1_080n] }), [9, 8]],
    ['several: none', filter(1, { kind: 'Multiple', value: [null, [], null] }), [1, 0]],
    ['a missing top', { ...filter(0, { kind: 'ToGenesis' }), chain_top: FAR }, 'incomplete'],
  ];
  for (const [what, filtered, expected] of rows) {
    it(what, () => expect(seqs(CHAIN, filtered)).to.deep.equal(expected));
  }

  it('accepts the filters of Holochain 0.5 and before', () => {
    const old = (filters: unknown) => ({ chain_top: at(5), filters, include_cached_entries: false }) as ChainFilter;
    expect(seqs(CHAIN, old({ kind: 'ToGenesis' }))).to.have.length(6);
    expect(seqs(CHAIN, old({ kind: 'Take', value: 1 }))).to.deep.equal([5]);
    expect(seqs(CHAIN, old({ kind: 'Until', value: [at(4)] }))).to.deep.equal([5, 4]);
    expect(seqs(CHAIN, old({ kind: 'Both', value: [2, [at(1)]] }))).to.deep.equal([5, 4]);
  });

  it('is incomplete with a gap, and only if the gap is in the range', () => {
    const gap = CHAIN.filter((_, seq) => seq !== 4);
    expect(seqs(gap, filter(9, { kind: 'ToGenesis' }))).to.equal('incomplete');
    expect(seqs(gap, filter(9, { kind: 'Take', value: 5 }))).to.deep.equal([9, 8, 7, 6, 5]);
    expect(seqs(gap, filter(9, { kind: 'Take', value: 6 }))).to.equal('incomplete');
    expect(seqs(gap, filter(3, { kind: 'ToGenesis' }))).to.deep.equal([3, 2, 1, 0]);
  });

  it('follows the hashes, not an available fork', () => {
    const fork = chainOf(10, 1);
    expect(seqs([...fork, ...CHAIN], filter(4, { kind: 'ToGenesis' }))).to.deep.equal([4, 3, 2, 1, 0]);
    expect(seqs([...CHAIN.slice(3), ...fork], filter(4, { kind: 'ToGenesis' }))).to.equal('incomplete');
  });

  it('finds the oldest action of a time in any order of the actions', () => {
    const times = filter(9, { kind: 'UntilTimestamp', value: 1_040n });
    for (const chain of [[...CHAIN].reverse(), [...CHAIN.slice(5), ...CHAIN.slice(0, 5)]]) {
      expect(seqs(chain, times)).to.deep.equal([9, 8, 7, 6, 5, 4]);
    }
  });

  it('ends at a time where a hash of a fork is as old', () => {
    const fork = chainOf(6, 1);
    const value = [null, [fork[5]!.hashed.hash], 1_050n] as const;
    expect(seqs([...CHAIN, ...fork], filter(9, { kind: 'Multiple', value } as never))).to.deep.equal([9, 8, 7, 6, 5]);
  });

  it('follows no action whose sequence number is not the preceding one', () => {
    const { timestamp } = CHAIN[3]!.hashed.content as unknown as { readonly timestamp: bigint };
    const content = { type: 'InitZomesComplete', author: AUTHOR, timestamp, action_seq: 5, prev_action: at(3) };
    const skips = signed(content as unknown as Action, '0.6');
    const top = { ...filter(0, { kind: 'ToGenesis' }), chain_top: skips.hashed.hash };
    expect(seqs([...CHAIN, skips], top)).to.equal('incomplete');
  });

  it('does not accept a hash of a fork as the end of the range', () => {
    const fork = chainOf(6, 1);
    const until = filter(9, { kind: 'UntilHash', value: [fork[5]!.hashed.hash] });
    expect(seqs([...CHAIN, ...fork], until)).to.equal('incomplete');
  });
});
