/**
 * Host functions that need a cell: the result of each in a cell, called by a guest from text. The table of the docs
 * must match.
 */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { toHex } from '../../src/base/hash.js';
import { defineLimits } from '../../src/base/limits.js';
import { anyValue, nil, u32 } from '../../src/boundary/codec.js';
import { decodeBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { type Encodable, encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { HostError, resultOf } from '../../src/boundary/wasm-error.js';
import { createEngine, type Engine } from '../../src/engine/engine.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { RANDOM_BYTES_MAX } from '../../src/zome/chain-functions.js';
import { CALL_DEPTH_MAX, type Happ } from '../../src/zome/happ.js';
import { hashOfContent, hashText } from '../../src/zome/holo-hash.js';
import { defineHostFunction, type HostFunctionRow, ok } from '../../src/zome/host-function.js';
import { HOST_FUNCTIONS } from '../../src/zome/host-functions.js';
import { RandomStream } from '../../src/zome/random-stream.js';
import type { ZomeCall } from '../../src/zome/zome-call.js';
import { type Served, servedIn } from '../docs/host-function-table.js';
import { zomeOf } from './host-of.js';
import { happOf } from './notebook.js';
import { ALLOCATOR, dataText, sliceText } from './probe-guest.js';

const okOf = (value: Encodable) => encodeMessagePack({ Ok: encodeMessagePack(value) });
const PASS = okOf('Pass');
const NOTHING = okOf(null);

/** `init`, `post_commit` and `probe` call each import once, and return regardless of the results. */
function askingCoordinator(names: readonly string[], input: Uint8Array): string {
  const [at, pass, nothing] = [1024, 40_000, 40_064];
  const calls = names.map((_, index) => `(drop (call $import${index} (i32.const ${at}) (i32.const ${input.length})))`);
  const asks = (answer: string) => `(param i32 i32) (result i64) ${calls.join(' ')} ${answer})`;
  return `(module
    ${names.map((name, index) => `(import "env" "${name}" (func $import${index} (param i32 i32) (result i64)))`).join(' ')}
    ${ALLOCATOR}
    (data (i32.const ${at}) "${dataText(input)}")
    (data (i32.const ${pass}) "${dataText(PASS)}") (data (i32.const ${nothing}) "${dataText(NOTHING)}")
    (func (export "init") ${asks(sliceText(pass, PASS.length))}
    (func (export "post_commit") ${asks(sliceText(nothing, NOTHING.length))}
    (func (export "probe") ${asks(sliceText(nothing, NOTHING.length))})`;
}

const engine = createEngine({ tier: 'interpreter' });

function happAsking(names: readonly string[], input: Encodable, generation: Generation = '0.6'): Promise<Happ> {
  const zomes = [
    zomeOf({ name: 'asking', kind: 'coordinator', text: askingCoordinator(names, encodeMessagePack(input)) }),
  ];
  return happOf({ engine, dna: { zomes }, generation });
}

/** The host's result for the only host call or for the call with this name: the value, or the text of the error. */
function answerOf({ recording }: ZomeCall, name = recording[0]?.name): MessagePackValue | { readonly error: string } {
  const line = recording.find((one) => one.name === name);
  if (line?.answer?.kind !== 'output') throw new Error('there is no result');
  const answer = decodeBytes(resultOf(anyValue, HostError), line.answer.bytes);
  if (!answer.ok) throw new Error(answer.error.reason);
  if (E.isRight(answer.value)) return answer.value.right;
  const { error } = answer.value.left;
  return { error: error.kind === 'Host' ? error.value : error.kind };
}

/** Calls the function once, in a zome function. */
async function asked(name: string, input: Encodable): Promise<ReturnType<typeof answerOf>> {
  const happ = await happAsking([`__hc__${name}_1`], input);
  return answerOf(happ.call('asking', 'probe').call!);
}

/** If the input does not decode, it is an error of the guest: the function was not denied. */
function servedBy(call: ZomeCall, { name, deniedAs }: HostFunctionRow): Served {
  const answer = answerOf(call, name);
  const text = answer !== null && typeof answer === 'object' && 'error' in answer ? answer.error : '';
  if (text === `Host function ${deniedAs} cannot be called from zome function ${call.export} in zome asking`)
    return 'denied';
  return text.startsWith(`Host function ${deniedAs} is not served by a chain in memory: `) ? 'error' : 'works';
}

describe('host functions in a cell', () => {
  it('work, err or are denied as the table of docs states', async function () {
    this.timeout(60_000);
    const rows = HOST_FUNCTIONS.filter(({ needsCell }) => needsCell === true);
    expect(rows).to.have.lengthOf.greaterThan(40);
    const names = rows.map(({ name }) => name);
    for (const generation of ['0.6', '0.7'] as const) {
      const happ = await happAsking(names, null, generation);
      const { initialization, postCommits } = happ.init();
      const calls = [initialization.calls[0]!, postCommits[0]!.call, happ.call('asking', 'probe').call!];
      expect(calls.map(({ callback }) => callback)).to.deep.equal(['init', 'post_commit', 'zome_function']);
      for (const row of rows) {
        const served = calls.map((call) => servedBy(call, row));
        const documented = calls.map(({ callback }) => servedIn(row, callback, generation));
        expect(served, row.name).to.deep.equal(documented);
      }
    }
  });

  it('refuse what no cell could do, with the reason', async () => {
    expect(await asked('schedule', 'tick')).to.deep.equal({
      error: 'Host function schedule is not served by a chain in memory: nothing runs between calls',
    });
    expect(await asked('random_bytes', RANDOM_BYTES_MAX + 1)).to.deep.equal({
      error: `random_bytes: at most ${RANDOM_BYTES_MAX} bytes, not ${RANDOM_BYTES_MAX + 1}`,
    });
    const other = agentFromSeed(new Uint8Array(32)).key;
    const signed = await asked('sign', { key: other, data: Uint8Array.of(1) });
    expect(signed).to.have.property('error').that.includes('the keystore has no key');
  });

  it('change nothing that is missing, or of another kind', async () => {
    const { chain } = await happAsking([], null);
    const [dna, , agent] = chain.map(({ signed_action: { hashed } }) => hashed.hash) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const far = hashOfContent('Action', Uint8Array.of(99));
    const claim = new Map<string, Encodable>([
      ['entry_type', 'CapClaim'],
      ['entry', { tag: '', grantor: agentFromSeed(new Uint8Array(32)).key, secret: new Uint8Array(64) }],
    ]);
    const chain_top_ordering = 'Strict';
    const missing = (hash: Uint8Array) => ({ error: `A mandatory record is missing, dht hash: ${hashText(hash)}` });
    for (const hash of [far, dna]) {
      const update = { original_action_address: hash, entry: claim, chain_top_ordering };
      expect(await asked('update', update)).to.deep.equal(missing(hash));
      expect(await asked('delete', { deletes_action_hash: hash, chain_top_ordering })).to.deep.equal(missing(hash));
    }
    for (const address of [far, dna, agent]) {
      const link = { address, chain_top_ordering, get_options: { strategy: 'Network' } };
      expect(await asked('delete_link', link)).to.deep.equal(missing(address));
    }
  });

  it('report how much of the activity of an agent is known', async () => {
    const happ = await happAsking([], null);
    happ.init();
    const { chain, agent } = happ;
    const hashes = chain.map(({ signed_action: { hashed } }) => hashed.hash);
    const [first, , , last] = hashes;
    const filter = {
      sequence_range: 'Unbounded' as Encodable,
      entry_type: null,
      entry_hashes: null,
      action_type: null,
      include_entries: true,
      order_descending: false,
    };
    const activity = async (agent_pubkey: Uint8Array, activity_request: string, range = filter.sequence_range) => {
      const chain_query_filter = { ...filter, sequence_range: range };
      const get_options = { strategy: 'Network' };
      return asked('get_agent_activity', { agent_pubkey, chain_query_filter, activity_request, get_options });
    };
    const fields = (answer: unknown) => Object.fromEntries(answer as Map<string, unknown>);
    const head = new Map<string, unknown>([
      ['action_seq', 3],
      ['hash', last],
    ]);
    const whole = {
      valid_activity: hashes.map((hash, seq) => [seq, hash]),
      rejected_activity: [],
      status: new Map([['Valid', head]]),
      highest_observed: new Map<string, unknown>([
        ['action_seq', 3],
        ['hash', [last]],
      ]),
      warrants: [],
    };
    expect(fields(await activity(agent.key, 'Full'))).to.deep.equal(whole);
    expect(fields(await activity(agent.key, 'Status'))).to.deep.equal({ ...whole, valid_activity: [] });
    const other = agentFromSeed(new Uint8Array(32)).key;
    expect(fields(await activity(other, 'Full'))).to.deep.equal({
      ...whole,
      valid_activity: [],
      status: 'Empty',
      highest_observed: null,
    });
    const far = hashOfContent('Action', Uint8Array.of(99));
    const range = { ActionHashRange: [far, first] } as Encodable;
    const none = { error: 'the chain has no action of this hash at the start of the range' };
    expect(await activity(agent.key, 'Full', range)).to.deep.equal(none);
    expect(await asked('query', { ...filter, sequence_range: range })).to.deep.equal(none);
    expect(await asked('query', filter)).to.have.lengthOf(4);
    expect(await asked('random_bytes', RANDOM_BYTES_MAX)).to.have.lengthOf(RANDOM_BYTES_MAX);
    expect(await asked('sign', { key: agent.key, data: Uint8Array.of(1) })).to.have.lengthOf(64);
  });

  it('are those of the options, with the contents of a cell that began with a membrane proof', async () => {
    const own = defineHostFunction({
      name: '__own__seven_1',
      input: nil,
      output: u32,
      cost: { base: 1, perByte: 0 },
      run: () => ok(7),
    });
    const text = askingCoordinator([own.name], encodeMessagePack(null));
    const dna = { zomes: [zomeOf({ name: 'asking', kind: 'coordinator', text })] };
    const membraneProof = Uint8Array.of(5);
    const happ = await happOf({ engine, dna, generation: '0.6', hostFunctions: [own], fuel: 1_000_000, membraneProof });
    const { call } = happ.call('asking', 'probe');
    expect(answerOf(call!)).to.equal(7);
    expect([call!.receipt.fuel.limit, happ.generation, happ.isInitialized]).to.deep.equal([1_000_000, '0.6', true]);
    const { chain, dependencies, agent } = happ;
    const joined = chain[1]!.signed_action;
    expect((joined.hashed.content as unknown as { membrane_proof: Uint8Array }).membrane_proof).to.deep.equal(
      membraneProof,
    );
    expect(dependencies.action(joined.hashed.hash)).to.deep.equal(joined);
    expect(dependencies.record(joined.hashed.hash)).to.deep.equal({ record: chain[1], isRejected: false });
    const far = hashOfContent('Action', Uint8Array.of(99));
    expect([dependencies.action(far), dependencies.record(far)]).to.deep.equal([undefined, undefined]);
    const top = { limit_conditions: { kind: 'ToGenesis' }, include_cached_entries: false } as const;
    const activity = (chain_top: Uint8Array) => dependencies.agentActivity(agent.key, { ...top, chain_top } as never);
    expect(activity(chain[2]!.signed_action.hashed.hash)).to.deep.equal({
      kind: 'activity',
      actions: [2, 1, 0].map((at) => chain[at]!.signed_action),
    });
    expect(activity(far)).to.deep.equal({ kind: 'incomplete' });
  });

  it('call no other cell', async () => {
    const dna = (await happAsking(['__hc__call_1'], [])).host.dnaInfo.hash;
    const own = agentFromSeed(new Uint8Array(32).fill(7)).key;
    const other = agentFromSeed(new Uint8Array(32)).key;
    const call = (target: Encodable, fn_name = 'probe') => [
      {
        target: { ConductorCell: target },
        zome_name: 'asking',
        fn_name,
        cap_secret: null,
        payload: encodeMessagePack(null),
      },
    ];
    expect(await asked('call', call({ OtherRole: 'forum' }))).to.deep.equal({ error: 'Role not found: forum' });
    expect(await asked('call', call({ OtherCell: [dna, other] })))
      .to.have.property('error')
      .that.includes('missing cell');
    // The id of the caller's own cell: here it calls itself until the host refuses.
    expect(await asked('call', call({ OtherCell: [dna, own] }))).to.deep.equal(await asked('call', call('Local')));
    const missing = { error: "Attempted to call a zome function that doesn't exist: Zome: asking Fn memory" };
    expect(await asked('call', call('Local', 'memory'))).to.deep.equal(missing);
    const remote = [{ ...call('Local')[0]!, target: { NetworkAgent: other } }];
    expect(await asked('call', remote)).to.deep.equal([new Map([['NetworkError', 'a cell in memory has no network']])]);
  });

  it('take time and receipts only from the inputs', async () => {
    expect(await asked('sys_time', null)).to.equal(1_700_000_000_000_000);
    expect(await asked('get_init_properties', null))
      .to.have.property('error')
      .that.includes('cannot be called');
    expect(await asked('get_validation_receipts', { action_hash: null })).to.deep.equal([]);
    const random = new RandomStream(Uint8Array.of(1));
    const happ = await happAsking(['__hc__random_bytes_1'], 100);
    const outputs = [happ.init().initialization.calls[0]!, happ.call('asking', 'probe').call!].map((call) =>
      answerOf(call),
    );
    // `post_commit` has used the second one.
    const stream = [random.take(100), random.take(100), random.take(100)];
    expect(outputs).to.deep.equal([stream[0], stream[2]]);
    expect(new Set(stream.map(toHex)).size).to.equal(3);
  });

  it('start again where a post_commit calls and commits, up to a bound', async () => {
    const claim = new Map<string, Encodable>([
      ['entry_type', 'CapClaim'],
      ['entry', { tag: '', grantor: agentFromSeed(new Uint8Array(32)).key, secret: new Uint8Array(64) }],
    ]);
    const create = encodeMessagePack({
      entry_location: 'CapClaim',
      entry_visibility: 'Private',
      entry: claim,
      chain_top_ordering: 'Strict',
    });
    const payload = encodeMessagePack(null);
    const write = { zome_name: 'writing', fn_name: 'write', cap_secret: null, payload };
    const again = encodeMessagePack([{ target: { ConductorCell: 'Local' }, ...write }]);
    const text = `(module
      (import "env" "__hc__create_1" (func $create (param i32 i32) (result i64)))
      (import "env" "__hc__call_1" (func $call (param i32 i32) (result i64)))
      ${ALLOCATOR}
      (data (i32.const 1024) "${dataText(create)}") (data (i32.const 2048) "${dataText(again)}") (data (i32.const 4096) "${dataText(NOTHING)}")
      (func (export "write") (param i32 i32) (result i64)
        (drop (call $create (i32.const 1024) (i32.const ${create.length}))) ${sliceText(4096, NOTHING.length)})
      (func (export "post_commit") (param i32 i32) (result i64)
        (drop (call $create (i32.const 1024) (i32.const ${create.length})))
        (drop (call $call (i32.const 2048) (i32.const ${again.length}))) ${sliceText(4096, NOTHING.length)}))`;
    const happ = await happOf({ engine, dna: { zomes: [zomeOf({ name: 'writing', kind: 'coordinator', text })] } });
    let { postCommits } = happ.init();
    const depths: number[] = [];
    for (;;) {
      const [{ call, calls, result }] = postCommits as [(typeof postCommits)[number]];
      expect(result.ok).to.equal(true);
      // A post_commit itself must not write.
      const [first, last] = call.recording.map(({ answer }) =>
        new TextDecoder('latin1').decode((answer as { bytes: Uint8Array }).bytes),
      );
      expect(first).to.include('Host function create cannot be called from zome function post_commit in zome writing');
      depths.push(calls.length);
      if (calls.length === 0) {
        expect(last).to.include(`calls are nested more than ${CALL_DEPTH_MAX} deep`);
        break;
      }
      expect(calls[0]!.outcome.kind).to.equal('ok');
      expect(calls[0]!.records).to.have.lengthOf(1);
      ({ postCommits } = calls[0]!);
    }
    expect(depths).to.deep.equal([...new Array<number>(CALL_DEPTH_MAX).fill(1), 0]);
    expect(happ.chain).to.have.lengthOf(4 + CALL_DEPTH_MAX);
  });

  it('take effect once in a call that the host has to run again', async function () {
    this.timeout(60_000);
    // More stack than any host has: the allocator overflows it while the host passes the result of the first call.
    const limits = defineLimits('spec-deep-cell', { stackWords: 1_048_576 });
    const text = `(module
      (import "env" "__hc__random_bytes_1" (func $random (param i32 i32) (result i64)))
      (memory (export "memory") 4)
      (global $heap (mut i32) (i32.const 65536)) (global $deep (mut i32) (i32.const 0))
      (func $down (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
          (else (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))))
      (func (export "__hc__allocate_1") (param i32) (result i32)
        (drop (call $down (global.get $deep)))
        (global.get $heap) (global.set $heap (i32.add (global.get $heap) (local.get 0))))
      (func (export "__hc__deallocate_1") (param i32 i32))
      (data (i32.const 1024) "\\08") (data (i32.const 2048) "${dataText(NOTHING)}")
      (func (export "probe") (param i32 i32) (result i64)
        (global.set $deep (i32.const 60000))
        (drop (call $random (i32.const 1024) (i32.const 1)))
        (global.set $deep (i32.const 0))
        (drop (call $random (i32.const 1024) (i32.const 1)))
        ${sliceText(2048, NOTHING.length)}))`;
    const run = async (of: Engine) => {
      const happ = await happOf({ engine: of, dna: { zomes: [zomeOf({ name: 'deep', kind: 'coordinator', text })] } });
      const { call } = happ.call('deep', 'probe');
      return { call: call!, module: happ.host.zome('deep').module, host: happ.host };
    };
    const reference = await run(createEngine({ tier: 'interpreter', limits }));
    const second = await run(createEngine({ tier: 'instrumented', limits }));
    expect([reference.module.reruns, second.module.reruns]).to.deep.equal([0, 1]);
    expect(toHex(receiptHash(second.call.receipt))).to.equal(toHex(receiptHash(reference.call.receipt)));
    expect(second.call.recording).to.deep.equal(reference.call.recording);
    expect(second.call.recording).to.have.lengthOf(2);
    const [first, next] = second.call.recording.map(({ answer }) => answer);
    expect(first).to.not.deep.equal(next);
    expect(toHex(receiptHash(second.host.replay(second.call).receipt))).to.equal(
      toHex(receiptHash(second.call.receipt)),
    );
  });
});
