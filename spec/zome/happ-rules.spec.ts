/**
 * Rules of a happ in memory, with guests from text, each broken once: what prevents a commit, in the real host's words,
 * what a failed init leaves behind, the fuel, time and proof of a call, and what cannot be made at all.
 */
import { expect } from 'chai';
import { LIMITS_1 } from '../../src/base/limits.js';
import { UsageError } from '../../src/base/usage-error.js';
import { type Encodable, encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { createEngine } from '../../src/engine/engine.js';
import { dataOf, headOf } from '../../src/zome/action-parts.js';
import { agentFromSeed } from '../../src/zome/agent.js';
import { createHapp, type HappOptions } from '../../src/zome/create-happ.js';
import type { Happ } from '../../src/zome/happ.js';
import { guestCallsOf, type HappCall, type HappInit } from '../../src/zome/happ-call.js';
import { hashOfContent, hashText } from '../../src/zome/holo-hash.js';
import { zomeOf } from './host-of.js';
import { happOf, TIME } from './notebook.js';
import { ALLOCATOR, constantGuest, dataText, sliceText, wasmOf } from './probe-guest.js';

const engine = createEngine({ tier: 'interpreter' });
const okOf = (value: Encodable) => encodeMessagePack({ Ok: encodeMessagePack(value) });
const NOTHING = okOf(null);
const VALID = okOf('Valid');

type HostCalls = readonly (readonly [name: string, input: Encodable])[];

/** Each export makes its host calls and returns nil. */
function callingGuest(exports: Readonly<Record<string, HostCalls>>): string {
  const imports: string[] = [];
  const data: string[] = [];
  let at = 2048;
  const functions = Object.entries(exports).map(([name, calls]) => {
    const made = calls.map(([host, input]) => {
      const bytes = encodeMessagePack(input);
      imports.push(`(import "env" "__hc__${host}_1" (func $import${imports.length} (param i32 i32) (result i64)))`);
      data.push(`(data (i32.const ${at}) "${dataText(bytes)}")`);
      const call = `(drop (call $import${imports.length - 1} (i32.const ${at}) (i32.const ${bytes.length})))`;
      at += bytes.length;
      return call;
    });
    return `(func (export "${name}") (param i32 i32) (result i64) ${made.join(' ')} ${sliceText(1024, NOTHING.length)})`;
  });
  return `(module ${imports.join(' ')} ${ALLOCATOR} (data (i32.const 1024) "${dataText(NOTHING)}") ${data.join(' ')} ${functions.join(' ')})`;
}

const TRAPS = (name: string) =>
  `(module ${ALLOCATOR} (func (export "${name}") (param i32 i32) (result i64) (unreachable)))`;

/** Longer than any op without an entry. */
const ENTRY = encodeMessagePack('entry'.repeat(200));
const create = (zome_index = 0, entry_def_index = 0): Encodable => ({
  entry_location: { App: { zome_index, entry_def_index } },
  entry_visibility: 'Public',
  entry: new Map<string, Encodable>([
    ['entry_type', 'App'],
    ['entry', ENTRY],
  ]),
  chain_top_ordering: 'Strict',
});
const ENTRY_DEFS = okOf({
  Defs: [{ id: { App: 'note' }, visibility: 'Public', required_validations: 1, cache_at_agent_activity: false }],
});
const WRITER = callingGuest({ write: [['create', create()]], idle: [], post_commit: [] });

/** A happ with an integrity zome and a zome that writes. */
function writing(integrity: string, options: Partial<HappOptions> = {}, writer = WRITER): Promise<Happ> {
  const zomes = [
    zomeOf({ name: 'rules', text: integrity }),
    zomeOf({ name: 'writer', kind: 'coordinator', text: writer }),
  ];
  return happOf({ engine, dna: { zomes }, ...options });
}

/** An integrity zome with this verdict for ops with the entry, and Valid for all others. */
function rules(said: Uint8Array | 'traps'): string {
  const bytes = said === 'traps' ? NOTHING : said;
  const judged = said === 'traps' ? '(unreachable)' : sliceText(6_000, bytes.length);
  return constantGuest(
    { entry_defs: ENTRY_DEFS },
    `(data (i32.const 5000) "${dataText(VALID)}") (data (i32.const 6000) "${dataText(bytes)}")
    (func (export "validate") (param i32 i32) (result i64)
      (if (result i64) (i32.gt_u (local.get 1) (i32.const 1000)) (then ${judged}) (else ${sliceText(5_000, VALID.length)})))`,
  );
}
const typesOf = (happ: Happ) => happ.chain.map(({ signed_action }) => dataOf(signed_action.hashed.content).type);
const FAR = [1, 2].map((byte) => hashOfContent('Action', Uint8Array.of(byte)));

describe('a commit of a happ', () => {
  it('is appended to the chain if all ops are Valid', async () => {
    const happ = await writing(rules(VALID));
    const { outcome, records, validations, postCommits } = happ.call('writer', 'write');
    expect(postCommits.map(({ zome, result }) => [zome, result])).to.deep.equal([
      ['writer', { ok: true, value: null }],
    ]);
    expect(outcome).to.deep.equal({ kind: 'ok', output: encodeMessagePack(null), value: null });
    expect(records).to.deep.equal(happ.chain.slice(-1));
    expect(typesOf(happ)).to.deep.equal(['Dna', 'AgentValidationPkg', 'Create', 'InitZomesComplete', 'Create']);
    expect(validations.map(({ op, record }) => [op.kind, record === records[0]])).to.deep.equal([
      ['StoreRecord', true],
      ['RegisterAgentActivity', true],
      ['StoreEntry', true],
    ]);
    const idle = happ.call('writer', 'idle');
    expect([idle.records, idle.validations, idle.postCommits, happ.chain.length]).to.deep.equal([[], [], [], 5]);
  });

  const hashes = FAR.map(hashText).join(', ');
  const activity = {
    UnresolvedDependencies: {
      AgentActivity: [
        agentFromSeed(new Uint8Array(32)).key,
        { chain_top: FAR[0]!, limit_conditions: 'ToGenesis', include_cached_entries: false },
      ],
    },
  };
  const REJECTED: readonly (readonly [what: string, integrity: string, cause: string, text: RegExp, asked: number])[] =
    [
      [
        'an Invalid',
        rules(okOf({ Invalid: 'so' })),
        'invalid',
        /^InvalidCommit error: Validation failed while committing: so$/,
        1,
      ],
      [
        'a missing dependency',
        rules(okOf({ UnresolvedDependencies: { Hashes: FAR } })),
        'incomplete',
        new RegExp(`^The commit could not be completed but may be retried: DepMissingFromDht\\(\\[${hashes}\\]\\)$`),
        1,
      ],
      [
        'missing activity',
        rules(okOf(activity)),
        'incomplete',
        new RegExp(`DepMissingFromDht\\(\\[${hashText(FAR[0]!)}\\]\\)$`),
        1,
      ],
      ['a validation that traps', rules('traps'), 'no-verdict', /^Other: it trapped: unreachable/, 1],
      [
        'an entry type of a zome that defines none',
        constantGuest({ validate: VALID }),
        'invalid',
        /^InvalidCommit error: The entry def index for entry type 0 of integrity zome 0 was out of range$/,
        0,
      ],
      [
        'entry types that no zome reports',
        TRAPS('entry_defs'),
        'no-verdict',
        /^Other: entry_defs of rules: it trapped: unreachable/,
        0,
      ],
    ];
  for (const [what, integrity, cause, text, asked] of REJECTED) {
    it(`is rejected for ${what}, and the chain is unchanged`, async () => {
      const happ = await writing(integrity);
      // A zome without types: not even init can be committed without knowing them.
      const before = happ.chain.length;
      const { outcome, init, records, postCommits, validations, call } = happ.call('writer', 'write');
      if (outcome.kind === 'not-initialized') {
        expect(init!.outcome).to.include({ kind: 'rejected', cause });
        expect(outcome.text).to.match(new RegExp(`^Source chain error: ${text.source.slice(1)}`));
        expect([call, happ.isInitialized, happ.chain.length]).to.deep.equal([undefined, false, before]);
        return;
      }
      if (outcome.kind !== 'rejected') throw new Error(outcome.kind);
      expect(outcome.cause).to.equal(cause);
      expect(outcome.text.replace(/^Source chain error: /, '')).to.match(text);
      expect(outcome.text).to.match(/^Source chain error: /);
      expect([validations.length, outcome.validation]).to.deep.equal([asked, validations.at(-1)]);
      expect([records, postCommits, happ.chain.length]).to.deep.equal([[], [], before + 1]);
      expect(happ.call('writer', 'idle').outcome.kind).to.equal('ok');
    });
  }
});

describe('a missing dependency of a happ', () => {
  it('is reported with its hash, and nothing is written', async () => {
    const text = `A mandatory record is missing, dht hash: ${hashText(FAR[0]!)}`;
    const entry = new Map<string, Encodable>([
      ['entry_type', 'App'],
      ['entry', ENTRY],
    ]);
    const asks: Readonly<Record<string, readonly [string, Encodable]>> = {
      update: ['update', { original_action_address: FAR[0]!, entry, chain_top_ordering: 'Strict' }],
      remove: ['delete', { deletes_action_hash: FAR[0]!, chain_top_ordering: 'Strict' }],
      unlink: ['delete_link', { address: FAR[0]!, chain_top_ordering: 'Strict' }],
    };
    const guest = callingGuest(Object.fromEntries(Object.entries(asks).map(([name, call]) => [name, [call]])));
    const happ = await writing(rules(VALID), {}, guest);
    for (const name of Object.keys(asks)) {
      const { call, records } = happ.call('writer', name);
      const { answer } = call!.recording[0]!;
      if (answer?.kind !== 'output') throw new Error('there is no result');
      expect(Buffer.from(answer.bytes).includes(text), name).to.equal(true);
      expect(records).to.deep.equal([]);
    }
  });
});

describe('init of a happ', () => {
  const withInit = (init: Uint8Array) => constantGuest({ init, write: NOTHING });

  for (const [what, writer, text, verdict] of [
    ['fails', withInit(okOf({ Fail: 'not today' })), 'init of writer failed: not today', 'Fail'],
    [
      'waits',
      withInit(okOf({ UnresolvedDependencies: { Hashes: FAR } })),
      `init of writer waits for ${FAR.map(hashText).join(', ')}`,
      'UnresolvedDependencies',
    ],
    ['traps', TRAPS('init'), /^init of writer did not end: it trapped: unreachable/, 'NoVerdict'],
  ] as const) {
    it(`that ${what} leaves a happ that is not initialized, and runs again`, async () => {
      const happ = await writing(rules(VALID), {}, writer);
      const init = happ.init();
      expect(init.outcome).to.include({ kind: 'failed' });
      expect(init.initialization.verdict.kind).to.equal(verdict);
      const made = happ.call('writer', 'write', null, { time: TIME + 9n });
      expect(made.init).to.not.equal(init);
      expect(made.outcome.kind).to.equal('not-initialized');
      if (made.outcome.kind === 'not-initialized') {
        if (typeof text === 'string') expect(made.outcome.text).to.equal(text);
        else expect(made.outcome.text).to.match(text);
      }
      expect([made.call, made.records, made.zome, made.export, made.time]).to.deep.equal([
        undefined,
        [],
        'writer',
        'write',
        TIME + 9n,
      ]);
      expect([happ.isInitialized, happ.time, happ.chain.length]).to.deep.equal([false, TIME + 9n, 3]);
      expect(guestCallsOf(made)).to.deep.equal([]);
    });
  }

  it('that passes runs once, at its time, and notifies every coordinator', async () => {
    const text = callingGuest({ post_commit: [] });
    const zomes = [
      zomeOf({ name: 'rules', text: rules(VALID) }),
      ...['a', 'b'].map((name) => zomeOf({ name, kind: 'coordinator', text })),
    ];
    const happ = await happOf({ engine, dna: { zomes } });
    const init = happ.init({ time: TIME + 100n, fuel: 7_000_000 });
    expect(init.outcome).to.deep.equal({ kind: 'ok' });
    expect(init.postCommits.map(({ zome, call }) => [zome, call.receipt.fuel.limit])).to.deep.equal([
      ['a', 7_000_000],
      ['b', 7_000_000],
    ]);
    expect(init.validations.map(({ validation }) => validation.calls[0]!.receipt.fuel.limit)).to.deep.equal([
      7_000_000, 7_000_000,
    ]);
    expect([init.time, happ.time]).to.deep.equal([TIME + 100n, TIME + 100n]);
    const { timestamp } = headOf(happ.chain.at(-1)!.signed_action.hashed.content);
    expect(timestamp).to.equal(TIME + 100n);
    expect(happ.init({ time: 5n })).to.equal(init);
    expect(happ.time).to.equal(TIME + 100n);
    expect(guestCallsOf(init)).to.have.length(2 + 2);
  });
});

describe('a call of a happ', () => {
  it('has the fuel of the call, of the happ, or 10^9; validations have that of the call or the happ', async () => {
    const limits = ({ call, validations }: HappCall) => [
      call!.receipt.fuel.limit,
      ...validations.map(({ validation }) => validation.calls[0]!.receipt.fuel.limit),
    ];
    const happ = await writing(rules(VALID));
    happ.init();
    expect(limits(happ.call('writer', 'write'))).to.deep.equal(new Array(4).fill(1_000_000_000));
    expect(limits(happ.call('writer', 'write', null, { fuel: 20_000_000 }))).to.deep.equal(
      new Array(4).fill(20_000_000),
    );
    const other = await writing(rules(VALID), { fuel: 30_000_000 });
    other.init();
    expect(limits(other.call('writer', 'write'))).to.deep.equal(new Array(4).fill(30_000_000));
  });

  it('returns its signals in order, with the name of the called zome', async () => {
    const agents = [agentFromSeed(new Uint8Array(32)).key];
    const happ = await writing(
      rules(VALID),
      {},
      callingGuest({
        tell: [
          ['emit_signal', Uint8Array.of(1)],
          ['send_remote_signal', { agents, signal: Uint8Array.of(2) }],
          ['emit_signal', Uint8Array.of(3)],
        ],
      }),
    );
    const { signals, remoteSignals } = happ.call('writer', 'tell');
    expect(signals).to.deep.equal([
      { zome: 'writer', signal: Uint8Array.of(1) },
      { zome: 'writer', signal: Uint8Array.of(3) },
    ]);
    expect(remoteSignals).to.deep.equal([{ zome: 'writer', agents, signal: Uint8Array.of(2) }]);
  });

  it('advances the time for later calls, and is refused for an unknown zome before it has one', async () => {
    const happ = await writing(rules(VALID));
    happ.init();
    expect(happ.call('writer', 'idle', null, { time: TIME + 7n }).time).to.equal(TIME + 7n);
    expect(happ.call('writer', 'idle').time).to.equal(TIME + 7n);
    expect(() => happ.call('nobody', 'idle', null, { time: 1n })).to.throw(RangeError);
    expect(happ.time).to.equal(TIME + 7n);
  });

  it('lists calls of guests: nested, its own, of validations, of post_commit and of what that called', () => {
    const call = (name: string) => ({ name }) as never;
    const run = (name: string, more: object = {}): HappCall =>
      ({
        nested: [call(`${name} nested`)],
        call: call(name),
        validations: [{ validation: { calls: [call(`${name} a`), call(`${name} b`)] } }],
        postCommits: [],
        ...more,
      }) as never;
    const whole = run('one', { postCommits: [{ call: call('after'), calls: [run('two'), run('three')] }] });
    const own = (name: string) => [`${name} nested`, name, `${name} a`, `${name} b`];
    const names = (of: HappCall | HappInit) => guestCallsOf(of).map((one) => (one as unknown as { name: string }).name);
    expect(names(whole)).to.deep.equal([...own('one'), ...own('two'), ...own('three'), 'after']);
    expect(names({ ...run('x'), call: undefined })).to.deep.equal(['x nested', 'x a', 'x b']);
    const init = { ...run('x'), initialization: { calls: [call('i'), call('j')] } } as never;
    expect(names(init)).to.deep.equal(['x nested', 'i', 'j', 'x a', 'x b']);
  });
});

describe('a happ', () => {
  const REST = { engine, agent: { seed: new Uint8Array(32).fill(7) }, time: TIME, randomSeed: new Uint8Array() };
  const zome = (name: string, text: string) => zomeOf({ name, text });

  it('is not created from a module that cannot be loaded, which is reported', async () => {
    const zomes = [zome('good', rules(VALID)), { name: 'bad', wasm: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7) }];
    expect(await createHapp({ ...REST, dna: { zomes } })).to.deep.equal({
      ok: false,
      reason: 'load',
      zome: 'bad',
      fault: { kind: 'malformed', code: 'bad-magic', offset: 0 },
    });
  });

  it('is not created if its self check is not Valid, with the reason', async () => {
    const made = await createHapp({
      ...REST,
      dna: { zomes: [zome('z', constantGuest({ genesis_self_check: okOf({ Invalid: 'no proof' }) }))] },
    });
    if (made.ok || made.reason !== 'genesis') throw new Error('made');
    expect(made.validation.verdict).to.deep.equal({ kind: 'Invalid', reason: 'no proof' });
  });

  it('is not created for a generation whose chain is not supported, which is reported', async () => {
    const zomes = [zome('z', rules(VALID))];
    for (const generation of ['0.2', '0.2-map'] as const)
      expect(await createHapp({ ...REST, dna: { zomes }, generation })).to.deep.equal({
        ok: false,
        reason: 'generation',
        generation,
      });
    for (const generation of ['0.6', '0.7'] as const)
      expect(await createHapp({ ...REST, dna: { zomes }, generation })).to.have.property('ok', true);
  });

  it('is not created for a seed of another length', async () => {
    for (const length of [0, 31, 33]) {
      const agent = { seed: new Uint8Array(length) };
      const failure = await createHapp({ ...REST, agent, dna: { zomes: [] } }).catch((error: unknown) => error);
      expect(failure, `${length}`).to.be.instanceOf(UsageError);
    }
  });

  it('begins with its DNA, the proof and the key of its agent, given as a key or as a seed', async () => {
    const membraneProof = encodeMessagePack('proof');
    const dnaHash = hashOfContent('Dna', Uint8Array.of(9));
    const zomes = [zome('z', rules(VALID))];
    const seed = new Uint8Array(32).fill(7);
    const chains = await Promise.all(
      [{ seed }, agentFromSeed(seed)].map(async (agent) => {
        const happ = await happOf({ engine, dna: { zomes, dnaInfo: { hash: dnaHash } }, agent, membraneProof });
        return happ.chain;
      }),
    );
    expect(chains[0]).to.deep.equal(chains[1]);
    const [dna, proof, key] = chains[0]!.map(({ signed_action }) => signed_action.hashed.content);
    expect(dataOf(dna!)).to.deep.include({ type: 'Dna', hash: dnaHash });
    expect(dataOf(proof!)).to.deep.include({ type: 'AgentValidationPkg', membrane_proof: membraneProof });
    expect(headOf(key!)).to.deep.include({ author: agentFromSeed(seed).key, seq: 2, timestamp: TIME + 2n });
    expect(chains[0]![2]!.entry).to.deep.equal({
      kind: 'Present',
      value: { entry_type: 'Agent', entry: agentFromSeed(seed).key },
    });
    const without = await happOf({ engine, dna: { zomes } });
    expect(dataOf(without.chain[1]!.signed_action.hashed.content)).to.deep.include({ membrane_proof: null });
  });

  it('has the limits of its engine', async () => {
    const wasm = wasmOf(WRITER);
    expect(wasm.length).to.be.lessThan(LIMITS_1.moduleBytes);
    const happ = await writing(rules(VALID));
    expect(happ.host.zomes.map(({ name, kind }) => [name, kind])).to.deep.equal([
      ['rules', 'integrity'],
      ['writer', 'coordinator'],
    ]);
  });
});
