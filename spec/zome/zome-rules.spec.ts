/**
 * Rules of the zome storey at their edges, each met exactly and missed by one: bounds of traces, entries, tags and
 * attempts, times of a chain, ranges of a link search, and the error messages.
 */
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { anyValue, bytes } from '../../src/boundary/codec.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import type { NoVerdict } from '../../src/boundary/validation.js';
import type { ChainFilter } from '../../src/boundary/validation-result.js';
import { dataOf, headOf } from '../../src/zome/action-parts.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { callbackResult, isJudgement, noVerdictText } from '../../src/zome/callback-result.js';
import type { LinkSearch } from '../../src/zome/chain-data.js';
import { agentActivity } from '../../src/zome/chain-walk.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import type { Entry } from '../../src/zome/entry.js';
import { hashFromText, hashOfContent, hashText } from '../../src/zome/holo-hash.js';
import type { TraceMessage } from '../../src/zome/host-data.js';
import { RandomStream } from '../../src/zome/random-stream.js';
import { ENTRY_BYTES_MAX, recordFault, TAG_BYTES_MAX } from '../../src/zome/record-checks.js';
import { RecordIndex } from '../../src/zome/record-index.js';
import type { ActionContent } from '../../src/zome/sign-action.js';
import { SourceChain } from '../../src/zome/source-chain.js';
import { TRACE_CHARACTERS_MAX, TRACES_MAX, TraceLog } from '../../src/zome/trace-log.js';
import { validateRound } from '../../src/zome/validate-round.js';
import { validationFuel } from '../../src/zome/validation-fuel.js';
import { hostOf } from './host-of.js';
import { askingGuest, constantGuest, OK_VALID } from './probe-guest.js';
import { samples } from './sample-ops.js';

const AGENT = agentFromSeed(new Uint8Array(32).fill(3));
const OTHER = agentFromSeed(new Uint8Array(32).fill(4));
const BASE = hashOfContent('Entry', Uint8Array.of(2));
const SAMPLES = samples();
const STORE_ENTRY = SAMPLES.ops.find(({ name }) => name === 'StoreEntry')!.op;

/** A chain with its genesis, at the microseconds 1 to 3. */
function begun(agent = AGENT, generation: '0.6' | '0.7' = '0.6', published = new RecordIndex()): SourceChain {
  const chain = new SourceChain(agent, generation, published);
  chain.genesis(hashOfContent('Dna', Uint8Array.of(1)), undefined, 1n);
  return chain;
}

const said = (msg: string, level: 'INFO' | 'WARN' = 'INFO'): TraceMessage =>
  ({ level: { kind: level }, msg }) as TraceMessage;

describe('traces', () => {
  it('are kept up to 1,000, and counted beyond', () => {
    const log = new TraceLog();
    for (let n = 0; n < TRACES_MAX; n++) expect(log.add(said(`${n}`))).to.equal(n);
    expect(log.dropped).to.equal(0);
    expect(log.add(said('one more'))).to.equal(undefined);
    expect([log.traces.length, log.dropped, TRACES_MAX]).to.deep.equal([1_000, 1, 1_000]);
    expect(log.traces[7]).to.deep.equal({ level: 'INFO', message: '7' });
  });

  it('are kept up to 10^6 characters in total', () => {
    const log = new TraceLog();
    expect(TRACE_CHARACTERS_MAX).to.equal(1_000_000);
    expect(log.add(said('x'.repeat(999_999)))).to.equal(0);
    expect(log.add(said('xx'))).to.equal(undefined);
    expect(log.add(said('y', 'WARN'))).to.equal(1);
    expect(log.add(said(''))).to.equal(2);
    expect(log.add(said('z'))).to.equal(undefined);
    expect(log.dropped).to.equal(2);
    expect(log.traces[1]).to.deep.equal({ level: 'WARN', message: 'y' });
  });

  it('repeated after an abandoned attempt are kept once, and dropped ones counted once', () => {
    const log = new TraceLog();
    const positions = [log.add(said('a')), log.add(said('b')), log.add(said('x'.repeat(TRACE_CHARACTERS_MAX)))];
    for (const position of [...positions].reverse()) log.retract(position);
    expect([log.add(said('a')), log.add(said('b')), log.add(said('x'))]).to.deep.equal([0, 1, undefined]);
    expect(log.add(said('c'))).to.equal(2);
    expect(log.traces.map(({ message }) => message)).to.deep.equal(['a', 'b', 'c']);
    expect(log.dropped).to.equal(1);
  });
});

it('a random stream is BLAKE2b-512 of seed and counter, block by block', () => {
  const seed = Uint8Array.from({ length: 32 }, (_, i) => i);
  const block = (n: number) => blake2b(Uint8Array.from([...seed, n, 0, 0, 0, 0, 0, 0, 0]), { dkLen: 64 });
  const stream = new RandomStream(seed);
  seed.fill(0, 0, 0);
  expect(stream.take(10)).to.deep.equal(block(0).subarray(0, 10));
  expect(stream.take(64)).to.deep.equal(block(1));
  expect(stream.take(0)).to.have.length(0);
  expect(stream.take(130)).to.deep.equal(Uint8Array.from([...block(2), ...block(3), ...block(4).subarray(0, 2)]));
  const copied = new RandomStream(seed);
  const before = toHex(block(0));
  seed.fill(9);
  expect(toHex(copied.take(64))).to.equal(before);
});

describe('the fuel of validations', () => {
  it('is the sum over all calls, part by part', async () => {
    const text = constantGuest({ validate: OK_VALID });
    const host = await hostOf([
      { name: 'a', text },
      { name: 'b', text },
    ]);
    const activity = SAMPLES.ops.find(({ name }) => name === 'RegisterAgentActivity')!.op;
    const validation = host.validateOp(activity);
    expect(validation.calls).to.have.length(2);
    const sum = (units: (fuel: (typeof validation.calls)[0]['receipt']['fuel']) => number) =>
      units(validation.calls[0]!.receipt.fuel) + units(validation.calls[1]!.receipt.fuel);
    const fuel = validationFuel(validation);
    expect(fuel).to.deep.equal({
      used: sum(({ used }) => used),
      parts: {
        instantiate: sum(({ parts }) => parts.instantiate),
        guest: sum(({ parts }) => parts.guest),
        host: sum(({ parts }) => parts.host),
        boundary: sum(({ parts }) => parts.boundary),
      },
    });
    const { instantiate, guest, host: ofHost, boundary } = fuel.parts;
    expect(instantiate + guest + ofHost + boundary)
      .to.equal(fuel.used)
      .and.above(0);
    expect(validationFuel(validation, validation).used).to.equal(2 * fuel.used);
    expect(validationFuel().parts).to.deep.equal({ instantiate: 0, guest: 0, host: 0, boundary: 0 });
  });
});

describe('the cause of a missing verdict', () => {
  const error = (kind: string, value?: unknown) =>
    ({
      kind: 'error',
      error: { file: 'f', line: 1, error: { kind, ...(value === undefined ? {} : { value }) } },
    }) as NoVerdict;
  const texts: readonly (readonly [NoVerdict, string | RegExp])[] = [
    [error('Host', 'denied'), 'it answered the error Host: denied'],
    [error('Memory'), 'it answered the error Memory'],
    [error('Serialize', { kind: 'x' }), 'it answered the error Serialize'],
    [{ kind: 'undecodable', error: { path: '$.a', reason: 'no map' } }, 'its answer does not decode: no map at $.a'],
    [{ kind: 'breached', code: 'export-type' }, 'it broke the byte ABI: export-type'],
    [{ kind: 'trapped', code: 'unreachable' } as NoVerdict, /^it trapped: unreachable, \w/],
    [{ kind: 'exhausted', resource: 'fuel' } as NoVerdict, /^it was exhausted: \w/],
  ];
  for (const [cause, text] of texts) {
    it(`${cause.kind}: ${text}`, () => {
      if (typeof text === 'string') expect(noVerdictText(cause)).to.equal(text);
      else expect(noVerdictText(cause)).to.match(text);
    });
  }

  it('an error is a verdict only if it comes from the guest', () => {
    const kinds = [
      'PointerMap',
      'Deserialize',
      'Serialize',
      'ErrorWhileError',
      'Memory',
      'Guest',
      'Host',
      'HostShortCircuit',
      'Compile',
      'CallError',
    ];
    const judged = kinds.filter((kind) => isJudgement({ file: '', line: 0, error: { kind } } as never));
    expect(judged).to.deep.equal(['Serialize', 'Guest']);
  });

  it('a result is interpreted by how the call ended', () => {
    const ok = (value: MessagePackValue) => encodeBytes(anyValue, new Map([['Ok', encodeBytes(anyValue, value)]]));
    const diagnostics = {} as never;
    const of = (outcome: object) => callbackResult({ outcome: outcome as never, diagnostics }, bytes, '0.6');
    const inside = encodeBytes(bytes, Uint8Array.of(7));
    expect(of({ kind: 'returned', output: ok(Uint8Array.of(7)) })).to.deep.equal({ ok: true, value: Uint8Array.of(7) });
    expect(of({ kind: 'returned', output: ok(7) })).to.have.nested.property('cause.kind', 'undecodable');
    expect(of({ kind: 'returned', output: Uint8Array.of(0xc1) })).to.deep.equal({
      ok: false,
      cause: { kind: 'breached', code: 'output-undecodable' },
    });
    expect(of({ kind: 'breached', code: 'input-slice' })).to.deep.equal({
      ok: false,
      cause: { kind: 'breached', code: 'input-slice' },
    });
    const payload = encodeBytes(bytes, inside);
    expect(of({ kind: 'short-circuited', payload })).to.deep.equal({ ok: true, value: Uint8Array.of(7) });
    expect(of({ kind: 'short-circuited', payload: inside })).to.have.nested.property('cause.kind', 'undecodable');
  });
});

describe('a round', () => {
  const create = SAMPLES.create.hashed.hash;
  const asking = async () =>
    hostOf([{ name: 'z', text: askingGuest('__hc__must_get_valid_record_1', [encodeBytes(bytes, create)]) }]);

  it('has 32 attempts by default, and requests nothing after the last', async () => {
    const host = await asking();
    let asked = 0;
    const useless = () => {
      asked += 1;
      return [SAMPLES.records[1]!];
    };
    const round = await validateRound(host, STORE_ENTRY, useless);
    expect([round.attempts.length, asked]).to.deep.equal([32, 31]);
    expect(round.validation).to.equal(round.attempts[31]);
    asked = 0;
    expect((await validateRound(host, STORE_ENTRY, useless, { attemptsMax: 1 })).attempts).to.have.length(1);
    expect(asked).to.equal(0);
  });

  it('begins with the given records, and keeps the options and what arrived', async () => {
    const host = await asking();
    const never = () => expect.fail('it has all records');
    const records = [SAMPLES.records[0]!];
    const known = await validateRound(host, STORE_ENTRY, never, { records });
    expect(known.validation.verdict.kind).to.equal('Valid');
    expect(known.records).to.deep.equal(records);
    const came = await validateRound(host, STORE_ENTRY, () => records, { fuel: 9_999_999 });
    expect(came.records).to.deep.equal(records);
    expect(came.attempts.map(({ calls }) => calls[0]!.receipt.fuel.limit)).to.deep.equal([9_999_999, 9_999_999]);
    const rejected = await validateRound(host, STORE_ENTRY, never, { rejected: records });
    expect(rejected.validation.verdict.kind).to.equal('Invalid');
  });
});

type EntryType = Extract<ActionContent, { type: 'Create' }>['entry_type'];

describe('a record that a conductor would refuse', () => {
  const definition = (kind: 'Public' | 'Private') =>
    ({
      id: { kind: 'App', value: 'x' },
      visibility: { kind },
      required_validations: 1,
      cache_at_agent_activity: false,
    }) as const;
  const TYPES = [[definition('Public'), definition('Private')], [definition('Public')]];
  const app = (zome_index: number, entry_index: number, kind: 'Public' | 'Private' = 'Public'): EntryType => ({
    kind: 'App',
    value: { zome_index, entry_index, visibility: { kind } },
  });
  const chain = begun(AGENT, '0.7');
  const entryOf = (length: number): Entry => ({ entry_type: 'App', entry: new Uint8Array(length) });
  const create = (entry_type: EntryType, entry: Entry) => {
    const record = chain.put({ type: 'Create', entry_type, entry_hash: BASE }, entry, 1n);
    return recordFault(record, TYPES as never);
  };
  const link = (length: number) => {
    const ends = { base_address: BASE, target_address: BASE, zome_index: 0, link_type: 0 };
    return recordFault(chain.put({ type: 'CreateLink', ...ends, tag: new Uint8Array(length) }, undefined, 1n), []);
  };

  it('has an entry or a tag with one byte too many', () => {
    expect([ENTRY_BYTES_MAX, TAG_BYTES_MAX]).to.deep.equal([4_000_000, 1_000]);
    expect(create(app(0, 0), entryOf(4_000_000))).to.equal(undefined);
    expect(create(app(0, 0), entryOf(4_000_001))).to.equal(
      'The entry size 4000001 was larger than the MAX_ENTRY_SIZE 4000000',
    );
    expect(link(1_000)).to.equal(undefined);
    expect(link(1_001)).to.equal('The link tag size 1001 was larger than the MAX_TAG_SIZE 1000');
  });

  it('is of a type that no zome defines, or of another visibility', () => {
    expect(create(app(1, 0), entryOf(1))).to.equal(undefined);
    expect(create(app(0, 1, 'Private'), entryOf(1))).to.equal(undefined);
    expect(create(app(2, 0), entryOf(1))).to.equal(
      'The zome index for entry type 0 of integrity zome 2 was out of range',
    );
    expect(create(app(1, 1), entryOf(1))).to.equal(
      'The entry def index for entry type 1 of integrity zome 1 was out of range',
    );
    for (const [index, kind] of [
      [0, 'Private'],
      [1, 'Public'],
    ] as const) {
      expect(create(app(0, index, kind), entryOf(1))).to.equal(
        `The visibility for entry type ${index} of integrity zome 0 didn't match the zome`,
      );
    }
  });

  it('is an update with the same fault', () => {
    const update = (entry_type: EntryType, entry: Entry) => {
      const original_action_address = hashOfContent('Action', Uint8Array.of(2));
      const of = { original_action_address, original_entry_address: BASE, entry_hash: BASE };
      return recordFault(chain.put({ type: 'Update', ...of, entry_type }, entry, 1n), TYPES as never);
    };
    expect(update(app(0, 0), entryOf(4_000_000))).to.equal(undefined);
    expect(update(app(0, 0), entryOf(4_000_001))).to.include('The entry size 4000001 was larger');
    expect(update(app(2, 0), entryOf(1))).to.include('of integrity zome 2 was out of range');
    expect(update({ kind: 'CapGrant' }, entryOf(1))).to.include('The entry has a different type');
  });

  it('has an entry of another kind than its action states', () => {
    const text = "The entry has a different type to the action's entry type";
    const agent: Entry = { entry_type: 'Agent', entry: AGENT.key };
    expect(create({ kind: 'AgentPubKey' }, agent)).to.equal(undefined);
    expect(create({ kind: 'AgentPubKey' }, entryOf(1))).to.equal(text);
    expect(create(app(0, 0), agent)).to.equal(text);
    expect(create({ kind: 'CapGrant' }, entryOf(1))).to.equal(text);
    expect(create({ kind: 'CapClaim' }, entryOf(1))).to.equal(text);
  });
});

describe('the time of an action', () => {
  it('is that of the call, or a microsecond after the previous one', () => {
    expect(new SourceChain(AGENT, '0.6', new RecordIndex()).committedTop).to.equal(undefined);
    const chain = begun();
    const put = (time: bigint) => {
      const content = {
        type: 'CreateLink',
        base_address: BASE,
        target_address: BASE,
        zome_index: 0,
        link_type: 0,
        tag: Uint8Array.of(),
      } as const;
      return headOf(chain.put(content, undefined, time).signed_action.hashed.content).timestamp;
    };
    expect([put(5n), put(5n), put(7n), put(8n), put(6n), put(100n)]).to.deep.equal([5n, 6n, 7n, 8n, 9n, 100n]);
    expect(chain.scratch).to.have.length(6);
    expect(chain.records).to.have.length(3);
    expect(chain.committedTop!.timestamp).to.equal(3n);
    expect(chain.commit()).to.have.length(6);
    expect([chain.scratch.length, chain.records.length]).to.deep.equal([0, 9]);
    expect(chain.top).to.deep.equal(chain.committedTop);
    expect(put(1n)).to.equal(101n);
    expect(chain.top!.timestamp).to.equal(101n);
    expect(chain.committedTop!.timestamp).to.equal(100n);
  });
});

describe('links found by a search', () => {
  const chains = [AGENT, OTHER].map((agent) => begun(agent));
  const put = (chain: SourceChain, time: bigint, changes: object = {}) => {
    const content = {
      type: 'CreateLink',
      base_address: BASE,
      target_address: BASE,
      zome_index: 1,
      link_type: 2,
      tag: Uint8Array.of(1, 2, 3),
      ...changes,
    };
    return chain.put(content as never, undefined, time);
  };
  const [own, others] = chains as [SourceChain, SourceChain];
  put(own, 30n);
  put(own, 10n, { tag: Uint8Array.of(1, 2) });
  put(own, 40n, { link_type: 3 });
  put(own, 50n, { zome_index: 2 });
  put(others, 20n);
  const published = new RecordIndex();
  for (const record of others.scratch) published.add(record);
  const chain = begun(AGENT, '0.6', published);
  for (const [at, time] of [30n, 31n, 40n, 50n].entries()) {
    put(chain, time, [{}, { tag: Uint8Array.of(1, 2) }, { link_type: 3 }, { zome_index: 2 }][at]);
  }
  const all: LinkSearch = {
    base: BASE,
    link_type: { kind: 'Dependencies', value: [1, 2] },
    tag_prefix: null,
    after: null,
    before: null,
    author: null,
  };
  const times = (changes: Partial<LinkSearch>) =>
    chain.known.links({ ...all, ...changes }).map(({ timestamp }) => Number(timestamp));

  const rows: readonly (readonly [string, Partial<LinkSearch>, readonly number[]])[] = [
    ['all, the oldest first', {}, [20, 30, 31, 40, 50]],
    ['of a zome', { link_type: { kind: 'Dependencies', value: [2] } }, [50]],
    ['of a type', { link_type: { kind: 'Types', value: [[1, [3]]] } as never }, [40]],
    [
      'of types of two zomes',
      {
        link_type: {
          kind: 'Types',
          value: [
            [1, [3]],
            [2, [2]],
          ],
        } as never,
      },
      [40, 50],
    ],
    ['of a type of another zome', { link_type: { kind: 'Types', value: [[2, [3]]] } as never }, []],
    ['with a whole tag as the prefix', { tag_prefix: Uint8Array.of(1, 2, 3) }, [20, 30, 40, 50]],
    ['with a part of the tag', { tag_prefix: Uint8Array.of(1, 2) }, [20, 30, 31, 40, 50]],
    ['with a prefix longer than the tag', { tag_prefix: Uint8Array.of(1, 2, 3, 4) }, []],
    ['with another prefix', { tag_prefix: Uint8Array.of(1, 3) }, []],
    ['from a time, inclusive', { after: 31n }, [31, 40, 50]],
    ['up to a time, inclusive', { before: 31n }, [20, 30, 31]],
    ['between two times', { after: 30n, before: 30n }, [30]],
    ['of an author', { author: OTHER.key }, [20]],
    ['of another base', { base: AGENT.key }, []],
  ];
  for (const [what, changes, expected] of rows) {
    it(what, () => expect(times(changes)).to.deep.equal(expected));
  }

  it('are counted, without those that were deleted', () => {
    expect(chain.known.linkCount(BASE)).to.equal(5);
    const link = chain.scratch[0]!.signed_action.hashed.hash;
    chain.put({ type: 'DeleteLink', base_address: BASE, link_add_address: link } as never, undefined, 60n);
    expect(times({})).to.deep.equal([20, 31, 40, 50]);
    const details = chain.known.linkDetails(all);
    expect(
      details.map(([{ hashed }, deletes]) => [Number(headOf(hashed.content).timestamp), deletes.length]),
    ).to.deep.equal([
      [20, 0],
      [30, 1],
      [31, 0],
      [40, 0],
      [50, 0],
    ]);
    expect(chain.known.linkCount(BASE)).to.equal(5);
  });
});

describe('the records visible to an agent', () => {
  const entry: Entry = { entry_type: 'App', entry: Uint8Array.of(0xc0) };
  const published = new RecordIndex();
  const theirs = begun(OTHER);
  const chain = begun(AGENT, '0.6', published);
  const type: EntryType = { kind: 'App', value: { zome_index: 0, entry_index: 0, visibility: { kind: 'Public' } } };
  const create = (of: SourceChain) => of.put({ type: 'Create', entry_type: type, entry_hash: BASE }, entry, 1n);
  const first = create(theirs);
  published.add(first);
  const hash = ({ signed_action }: typeof first) => signed_action.hashed.hash;

  it('are its own record of an entry, else the oldest, and none once all are deleted', () => {
    expect(chain.known.live(BASE, AGENT.key)).to.equal(first);
    const own = create(chain);
    expect(chain.known.live(BASE, AGENT.key)).to.equal(own);
    expect(chain.known.live(BASE, OTHER.key)).to.equal(first);
    expect(chain.known.live(hash(own), OTHER.key)).to.equal(own);
    const status = () => {
      const details = chain.known.details(BASE);
      return details?.type === 'Entry' ? details.content.entry_dht_status.kind : undefined;
    };
    expect(status()).to.equal('Live');
    const remove = (of: Uint8Array) =>
      chain.put({ type: 'Delete', deletes_address: of, deletes_entry_address: BASE } as never, undefined, 2n);
    remove(hash(own));
    expect(chain.known.live(hash(own), AGENT.key)).to.equal(undefined);
    expect(chain.known.live(BASE, AGENT.key)).to.equal(first);
    expect(status()).to.equal('Live');
    remove(hash(first));
    expect(chain.known.live(BASE, AGENT.key)).to.equal(undefined);
    expect(status()).to.equal('Dead');
    expect(chain.known.entry(BASE)).to.deep.equal(entry);
    expect(chain.known.record(hash(own))).to.equal(own);
    expect(chain.known.details(hash(own))).to.have.nested.property('content.deletes.length', 1);
    expect(chain.known.details(AGENT.key)).to.equal(undefined);
    expect(
      chain.known.recordsOf(AGENT.key).map(({ signed_action }) => headOf(signed_action.hashed.content).seq),
    ).to.deep.equal([0, 1, 2, 3, 4, 5]);
  });
});

describe('a range of a chain, at its edges', () => {
  const chain = new SourceChain(AGENT, '0.6', new RecordIndex());
  chain.genesis(hashOfContent('Dna', Uint8Array.of(1)), undefined, 10n);
  chain.put({ type: 'InitZomesComplete' } as never, undefined, 50n);
  const actions = [...chain.records, ...chain.scratch].map(({ signed_action }) => signed_action);
  const byHash = new Map(actions.map((action) => [toHex(action.hashed.hash), action]));
  const hashAt = (seq: number) => actions[seq]!.hashed.hash;
  const asked = (limit_conditions: object, from = byHash) => {
    const filter = { chain_top: hashAt(3), limit_conditions, include_cached_entries: false } as ChainFilter;
    const activity = agentActivity(from, filter);
    return activity.kind === 'activity' ? activity.actions.map((action) => actions.indexOf(action)) : activity.kind;
  };
  const rows: readonly (readonly [string, object, readonly number[] | string])[] = [
    ['take as many as there are', { kind: 'Take', value: 4 }, [3, 2, 1, 0]],
    ['take one more than exist', { kind: 'Take', value: 5 }, [3, 2, 1, 0]],
    ['take one', { kind: 'Take', value: 1 }, [3]],
    ['until the top itself', { kind: 'UntilHash', value: [hashAt(3)] }, [3]],
    ['until the first', { kind: 'UntilHash', value: [hashAt(0)] }, [3, 2, 1, 0]],
    ['until the time of the top', { kind: 'UntilTimestamp', value: 50n }, [3]],
    ['until a microsecond after', { kind: 'UntilTimestamp', value: 51n }, 'incomplete'],
    ['until the time of the first', { kind: 'UntilTimestamp', value: 10n }, [3, 2, 1, 0]],
    ['hash and time at the same action', { kind: 'Multiple', value: [null, [hashAt(2)], 12n] }, [3, 2]],
    ['a take that ends where the hash is', { kind: 'Multiple', value: [2, [hashAt(2)], null] }, [3, 2]],
    ['a take that ends before', { kind: 'Multiple', value: [1, [hashAt(2)], null] }, [3]],
  ];
  for (const [what, conditions, expected] of rows) {
    it(what, () => expect(asked(conditions)).to.deep.equal(expected));
  }

  it('is incomplete without its lowest action, and complete without the one below', () => {
    const without = (seq: number) => new Map([...byHash].filter(([hash]) => hash !== toHex(hashAt(seq))));
    expect(asked({ kind: 'Take', value: 3 }, without(0))).to.deep.equal([3, 2, 1]);
    expect(asked({ kind: 'Take', value: 4 }, without(0))).to.equal('incomplete');
    expect(asked({ kind: 'UntilHash', value: [hashAt(1)] }, without(1))).to.equal('incomplete');
    expect(asked({ kind: 'ToGenesis' }, without(3))).to.equal('incomplete');
  });
});

describe('records in memory', () => {
  it('are found by their hashes, and a wrong hash is reported', () => {
    const [record] = SAMPLES.records;
    const { signed_action, entry } = record!;
    const data = dataOf(signed_action.hashed.content) as { entry_hash: Uint8Array };
    const source = recordsSource([], { rejected: [record!] });
    expect(source.record(signed_action.hashed.hash)).to.deep.equal({ record, isRejected: true });
    expect(source.entry(data.entry_hash)).to.deep.equal(entry.kind === 'Present' ? entry.value : undefined);
    expect(source.action(signed_action.hashed.hash)).to.equal(signed_action);
    expect(recordsSource([record!]).record(signed_action.hashed.hash)!.isRejected).to.equal(false);
    const alone = recordsSource([], {
      actions: [signed_action],
      entries: entry.kind === 'Present' ? [entry.value] : [],
    });
    expect(alone.record(signed_action.hashed.hash)).to.equal(undefined);
    expect(alone.action(signed_action.hashed.hash)).to.equal(signed_action);
    expect(alone.entry(data.entry_hash)).to.deep.equal(entry.kind === 'Present' ? entry.value : undefined);
    const wrong = structuredClone(record!) as { signed_action: { hashed: { hash: Uint8Array } } };
    wrong.signed_action.hashed.hash = BASE;
    expect(() => recordsSource([wrong as never])).to.throw(
      RangeError,
      `the action is listed under the hash ${hashText(BASE)}, but its content hashes to ${hashText(signed_action.hashed.hash)}`,
    );
    const other = { ...record!, entry: { kind: 'Present', value: { entry_type: 'App', entry: Uint8Array.of(9) } } };
    expect(() => recordsSource([other as never])).to.throw(
      RangeError,
      `but its action names ${hashText(data.entry_hash)}`,
    );
  });
});

it('a text of a hash is refused with any character changed', () => {
  const text = hashText(BASE);
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === 'A' ? 'B' : 'A';
    const changed = `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
    expect(hashFromText(changed, 'Entry').ok, `${at}`).to.equal(false);
  }
  expect(hashFromText(text.slice(0, -1))).to.deep.equal({ ok: false, code: 'length' });
});
