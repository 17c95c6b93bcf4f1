/** `ChainQueryFilter` compared with a second implementation, and the checks on a record before any zome is called. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { dataOf, headOf } from '../../src/zome/action-parts.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import type { ChainQueryFilter } from '../../src/zome/chain-data.js';
import { queryChain } from '../../src/zome/chain-query.js';
import type { Entry } from '../../src/zome/entry.js';
import type { EntryDef } from '../../src/zome/entry-def.js';
import { hashOfContent } from '../../src/zome/holo-hash.js';
import type { Record } from '../../src/zome/record.js';
import { recordFault } from '../../src/zome/record-checks.js';
import { RecordIndex } from '../../src/zome/record-index.js';
import type { ActionContent } from '../../src/zome/sign-action.js';
import { SourceChain } from '../../src/zome/source-chain.js';

const AGENT = agentFromSeed(new Uint8Array(32).fill(3));
const DNA = hashOfContent('Dna', Uint8Array.of(1));
const BASE = hashOfContent('Entry', Uint8Array.of(2));

function chainOf(): SourceChain {
  const chain = new SourceChain(AGENT, '0.7', new RecordIndex());
  chain.genesis(DNA, undefined, 1n);
  return chain;
}

type EntryType = Extract<ActionContent, { type: 'Create' }>['entry_type'];

const appType = (zome_index: number, entry_index: number, kind: 'Public' | 'Private' = 'Public'): EntryType => ({
  kind: 'App',
  value: { entry_index, zome_index, visibility: { kind } },
});

function create(chain: SourceChain, type: EntryType, entry: Entry): Record {
  const entry_hash = hashOfContent('Entry', Uint8Array.of(chain.top!.seq));
  return chain.put({ type: 'Create', entry_type: type, entry_hash }, entry, 1n);
}

const APP: Entry = { entry_type: 'App', entry: Uint8Array.of(0xc0) };

function link(chain: SourceChain, tag: Uint8Array): Record {
  const ends = { base_address: BASE, target_address: BASE };
  return chain.put({ type: 'CreateLink', ...ends, zome_index: 0, link_type: 0, tag }, undefined, 1n);
}

/** Entries of two types, one of them private, and links between them. */
function mixedChain(): readonly Record[] {
  const chain = chainOf();
  for (let at = 0; at < 12; at += 1) {
    if (at % 3 === 2) link(chain, new Uint8Array());
    else create(chain, appType(0, at % 2, at % 2 === 0 ? 'Public' : 'Private'), APP);
  }
  return [...chain.records, ...chain.scratch];
}

const UNBOUNDED: ChainQueryFilter = {
  sequence_range: { kind: 'Unbounded' },
  entry_type: null,
  entry_hashes: null,
  action_type: null,
  include_entries: true,
  order_descending: false,
};
const seqsOf = (records: readonly Record[] | string) =>
  typeof records === 'string' ? records : records.map(({ signed_action: { hashed } }) => headOf(hashed.content).seq);
const hashAt = (records: readonly Record[], at: number) => records[at]!.signed_action.hashed.hash;

describe('a query of a chain', () => {
  const records = mixedChain();
  const last = records.length - 1;

  it('has the records of a range, in the requested order', () => {
    fc.assert(
      fc.property(fc.nat(last), fc.nat(last), fc.boolean(), (from, to, order_descending) => {
        const up = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
        const down = [...up].reverse();
        const inRange = (sequence_range: ChainQueryFilter['sequence_range']) =>
          seqsOf(queryChain(records, { ...UNBOUNDED, sequence_range, order_descending }));
        expect(inRange({ kind: 'ActionSeqRange', value: [from, to] })).to.deep.equal(order_descending ? down : up);
        // A range of hashes is walked down the chain, whatever order is requested.
        const hashes = [hashAt(records, from), hashAt(records, to)] as const;
        expect(inRange({ kind: 'ActionHashRange', value: hashes })).to.deep.equal(down);
        const before = Array.from({ length: Math.min(from, to) + 1 }, (_, at) => to - at);
        expect(inRange({ kind: 'ActionHashTerminated', value: [hashes[1], Math.min(from, to)] })).to.deep.equal(before);
      }),
    );
    expect(seqsOf(queryChain(records, UNBOUNDED))).to.deep.equal(records.map((_, at) => at));
  });

  it('reports a hash that is not an action of the chain', () => {
    const value = [BASE, hashAt(records, 2)] as const;
    const range = { kind: 'ActionHashRange', value } as const;
    expect(queryChain(records, { ...UNBOUNDED, sequence_range: range })).to.include('at the start of the range');
    const ended = { kind: 'ActionHashTerminated', value: [BASE, 1] } as const;
    expect(queryChain(records, { ...UNBOUNDED, sequence_range: ended })).to.include('at the end of the range');
    const open = { kind: 'ActionHashRange', value: [hashAt(records, 2), BASE] } as const;
    expect(queryChain(records, { ...UNBOUNDED, sequence_range: open })).to.include('at the end of the range');
  });

  it('ends at the first action, and reverses only ranges in ascending order', () => {
    const all = { kind: 'ActionHashTerminated', value: [hashAt(records, 2), 9] } as const;
    expect(seqsOf(queryChain(records, { ...UNBOUNDED, sequence_range: all }))).to.deep.equal([2, 1, 0]);
    const turned = queryChain(records, { ...UNBOUNDED, order_descending: true });
    expect(seqsOf(turned)).to.deep.equal(records.map((_, at) => last - at));
  });

  it('matches any of several types, and an update as a create', () => {
    const chain = chainOf();
    const first = create(chain, appType(0, 0), APP);
    const { hash } = first.signed_action.hashed;
    const entries = [hashOfContent('Entry', Uint8Array.of(7)), hashOfContent('Entry', Uint8Array.of(8))] as const;
    const original = { original_action_address: hash, original_entry_address: entries[0] };
    chain.put({ type: 'Update', entry_type: appType(1, 0), entry_hash: entries[1], ...original }, APP, 1n);
    link(chain, new Uint8Array());
    const mixed = [...chain.records, ...chain.scratch];
    const found = (filter: Partial<ChainQueryFilter>) => seqsOf(queryChain(mixed, { ...UNBOUNDED, ...filter }));
    expect(found({ action_type: [{ kind: 'Update' }, { kind: 'CreateLink' }] })).to.deep.equal([4, 5]);
    expect(found({ entry_type: [appType(1, 0), appType(0, 1)] })).to.deep.equal([4]);
    expect(found({ entry_type: [appType(1, 0), appType(0, 0)] })).to.deep.equal([3, 4]);
    expect(found({ entry_hashes: entries })).to.deep.equal([4]);
    const index = new RecordIndex();
    for (const record of mixed) index.add(record);
    expect(index.records).to.have.length(6);
  });

  it('filters by types of action and entry, and by entries', () => {
    const links = queryChain(records, { ...UNBOUNDED, action_type: [{ kind: 'CreateLink' }] });
    expect(seqsOf(links)).to.deep.equal([5, 8, 11, 14]);
    const typed = queryChain(records, { ...UNBOUNDED, entry_type: [appType(0, 1, 'Private')] });
    const ofType = records.flatMap(({ signed_action: { hashed } }, at) => {
      const data = dataOf(hashed.content);
      return data.type === 'Create' && data.entry_type.kind === 'App' && data.entry_type.value.entry_index === 1
        ? [at]
        : [];
    });
    expect(seqsOf(typed)).to.deep.equal(ofType);
    // The visibility is part of the type.
    expect(queryChain(records, { ...UNBOUNDED, entry_type: [appType(0, 1, 'Public')] })).to.deep.equal([]);
    expect(seqsOf(queryChain(records, { ...UNBOUNDED, entry_type: [{ kind: 'AgentPubKey' }] }))).to.deep.equal([2]);
    const data = dataOf(records[4]!.signed_action.hashed.content) as { readonly entry_hash: Uint8Array };
    expect(seqsOf(queryChain(records, { ...UNBOUNDED, entry_hashes: [data.entry_hash] }))).to.deep.equal([4]);
  });

  it('reports for a record without its entry whether there is one to see', () => {
    const found = queryChain(records, { ...UNBOUNDED, include_entries: false }) as readonly Record[];
    expect(found.slice(0, 6).map(({ entry }) => entry.kind)).to.deep.equal([
      'NA',
      'NA',
      'NotStored',
      'NotStored',
      'Hidden',
      'NA',
    ]);
    expect(found.map(({ signed_action }) => toHex(signed_action.hashed.hash))).to.deep.equal(
      records.map(({ signed_action }) => toHex(signed_action.hashed.hash)),
    );
  });
});

describe('a new record, before any zome runs,', () => {
  const definition = (id: string, kind: 'Public' | 'Private'): EntryDef => ({
    id: { kind: 'App', value: id },
    visibility: { kind },
    required_validations: 5,
    cache_at_agent_activity: false,
  });
  const types = [[definition('note', 'Public'), definition('secret', 'Private')]];
  const app = (length: number): Entry => ({ entry_type: 'App', entry: new Uint8Array(length) });
  const claim: Entry = { entry_type: 'CapClaim', entry: { tag: '', grantor: AGENT.key, secret: new Uint8Array(64) } };

  const cases: readonly (readonly [string, (chain: SourceChain) => Record, RegExp | undefined])[] = [
    ['that is valid', (chain) => create(chain, appType(0, 0), APP), undefined],
    ['that is private', (chain) => create(chain, appType(0, 1, 'Private'), APP), undefined],
    ['of the largest entry', (chain) => create(chain, appType(0, 0), app(4_000_000)), undefined],
    [
      'of an entry that is too large',
      (chain) => create(chain, appType(0, 0), app(4_000_001)),
      /entry size 4000001 was larger/,
    ],
    ['of another type', (chain) => create(chain, appType(0, 0), claim), /different type to the action's entry type/],
    ['of a claim', (chain) => create(chain, { kind: 'CapClaim' }, claim), undefined],
    [
      'of an unknown zome',
      (chain) => create(chain, appType(1, 0), APP),
      /The zome index for entry type 0 of integrity zome 1/,
    ],
    ['of an unknown type', (chain) => create(chain, appType(0, 2), APP), /The entry def index for entry type 2/],
    [
      'of another visibility',
      (chain) => create(chain, appType(0, 1), APP),
      /The visibility for entry type 1 .* didn't match/,
    ],
    ['of the longest tag', (chain) => link(chain, new Uint8Array(1_000)), undefined],
    ['of a tag that is too long', (chain) => link(chain, new Uint8Array(1_001)), /link tag size 1001 was larger/],
  ];
  for (const [what, make, fault] of cases) {
    it(`${what} ${fault === undefined ? 'is kept' : 'is not'}`, () => {
      const found = recordFault(make(chainOf()), types);
      if (fault === undefined) expect(found).to.equal(undefined);
      else expect(found).to.match(fault);
    });
  }
});
