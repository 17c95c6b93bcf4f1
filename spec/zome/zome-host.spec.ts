/**
 * The callbacks of a DNA: verdicts, how those of several zomes are combined, short circuits, rounds, replays.
 * docs/HOLOCHAIN.md.
 */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { anyValue, bytes, nil } from '../../src/boundary/codec.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { HostFailure } from '../../src/machine/outcome.js';
import type { Action } from '../../src/zome/action.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { detectGeneration } from '../../src/zome/detect-generation.js';
import { hashOfContent } from '../../src/zome/holo-hash.js';
import { mustGetAgentActivityInput } from '../../src/zome/host-data.js';
import type { Op } from '../../src/zome/op.js';
import type { Record } from '../../src/zome/record.js';
import { validateRound } from '../../src/zome/validate-round.js';
import type { Validation } from '../../src/zome/zome-host.js';
import { hostOf } from './host-of.js';
import { ALLOCATOR, askingGuest, constantGuest, OK_VALID } from './probe-guest.js';
import { AUTHOR, samples, signed } from './sample-ops.js';

const SAMPLES = samples();
const OPS = new Map(SAMPLES.ops.map(({ name, op }) => [name, op]));
const ENTRY_OP = OPS.get('StoreEntry')!;

/** `{"Ok": bin(value)}`. */
function okOf(value: MessagePackValue): Uint8Array {
  return encodeBytes(anyValue, new Map([['Ok', encodeMessagePack(value as never)]]));
}

function errOf(kind: string, value: MessagePackValue): Uint8Array {
  const error = new Map<string, MessagePackValue>([
    ['file', 'src/lib.rs'],
    ['line', 7],
    ['error', new Map([[kind, value]])],
  ]);
  return encodeBytes(anyValue, new Map([['Err', error]]));
}

const VALID = okOf('Valid');
const INVALID = okOf(new Map([['Invalid', 'too long']]));
const HASH = hashOfContent('Action', Uint8Array.of(1));
const OTHER_HASH = hashOfContent('Action', Uint8Array.of(2));
const waits = (hash: Uint8Array) => okOf(new Map([['UnresolvedDependencies', new Map([['Hashes', [hash]]])]]));
const waiting = (hash: Uint8Array) => ({
  kind: 'UnresolvedDependencies',
  dependencies: { kind: 'Hashes', hashes: [hash] },
});

/**
 * The combined verdict of an op over all zomes, each of which returns a constant; a zome with undefined has no
 * `validate`.
 */
async function foldOf(answers: readonly (Uint8Array | undefined)[]): Promise<Validation> {
  const zomes = answers.map((answer, index) => ({
    name: `z${index}`,
    text: answer === undefined ? constantGuest({ other: VALID }) : constantGuest({ validate: answer }),
  }));
  return (await hostOf(zomes)).validateOp(OPS.get('RegisterAgentActivity')!);
}

describe('validate, folded over zomes', () => {
  const rows: readonly (readonly [
    what: string,
    answers: readonly (Uint8Array | undefined)[],
    verdict: unknown,
    calls: number,
  ])[] = [
    ['no zome', [], { kind: 'Valid' }, 0],
    ['one valid', [VALID], { kind: 'Valid' }, 1],
    ['a missing validate is valid', [undefined, undefined], { kind: 'Valid' }, 0],
    ['Invalid ends the fold', [VALID, INVALID, VALID], { kind: 'Invalid', reason: 'too long' }, 2],
    ['invalid after waiting', [waits(HASH), INVALID], { kind: 'Invalid', reason: 'too long' }, 2],
    ['waiting before valid', [waits(HASH), VALID], waiting(HASH), 2],
    ['the last unresolved result is returned', [waits(HASH), waits(OTHER_HASH)], waiting(OTHER_HASH), 2],
    [
      'an error of the guest is invalid',
      [errOf('Guest', 'nope')],
      { kind: 'Invalid', reason: 'WasmError { file: "src/lib.rs", line: 7, error: Guest("nope") }' },
      1,
    ],
    [
      'an error of serialization is invalid',
      [errOf('Serialize', new Map([['Deserialize', 'bad']]))],
      {
        kind: 'Invalid',
        reason: 'WasmError { file: "src/lib.rs", line: 7, error: Serialize(Deserialize("bad")) }',
      },
      1,
    ],
    [
      'an error of the host is no verdict and ends it',
      [errOf('Host', 'denied'), INVALID],
      {
        kind: 'NoVerdict',
        cause: { kind: 'error', error: { file: 'src/lib.rs', line: 7, error: { kind: 'Host', value: 'denied' } } },
      },
      1,
    ],
    [
      'a result of another shape is no verdict',
      [okOf('Perhaps')],
      {
        kind: 'NoVerdict',
        cause: {
          kind: 'undecodable',
          error: { path: '$', reason: 'ValidateCallbackResult has no variant "Perhaps"' },
        },
      },
      1,
    ],
    [
      'bytes that are not a Result are a breach',
      [Uint8Array.of(0xc0)],
      { kind: 'NoVerdict', cause: { kind: 'breached', code: 'output-undecodable' } },
      1,
    ],
  ];
  for (const [what, answers, verdict, calls] of rows) {
    it(what, async () => {
      const validation = await foldOf(answers);
      expect(validation.verdict).to.deep.equal(verdict);
      expect(validation.calls).to.have.length(calls);
      expect(validation.calls.map(({ receipt }) => receipt.export)).to.deep.equal(Array(calls).fill('validate'));
    });
  }

  it('a trap, an exhaustion and a validate that is not a function result in no verdict', async () => {
    const text = (body: string) =>
      `(module ${ALLOCATOR} (func (export "validate") (param i32 i32) (result i64) ${body}))`;
    const [trap, loop] = [text('unreachable'), text('(loop (br 0)) (i64.const 0)')];
    for (const [guest, outcome] of [
      [trap, { kind: 'trapped', code: 'unreachable' }],
      [loop, { kind: 'exhausted', resource: 'fuel' }],
    ] as const) {
      const { verdict, calls } = (await hostOf([{ name: 'z', text: guest }])).validateOp(ENTRY_OP, { fuel: 100_000 });
      expect(verdict).to.deep.equal({ kind: 'NoVerdict', cause: outcome });
      expect(calls[0]!.outcome).to.deep.equal(outcome);
    }
    const notFunction = `(module ${ALLOCATOR} (global (export "validate") i32 (i32.const 0)))`;
    const { verdict, calls } = (await hostOf([{ name: 'z', text: notFunction }])).validateOp(ENTRY_OP);
    expect(verdict).to.deep.equal({ kind: 'NoVerdict', cause: { kind: 'breached', code: 'export-type' } });
    expect(calls).to.deep.equal([]);
  });
});

describe('the zomes that validate an op', () => {
  const zomes = ['first', 'second'].map((name) => ({ name, text: constantGuest({ validate: VALID }) }));

  async function asked(op: Op, dependencies: readonly Record[] = []): Promise<readonly string[] | unknown> {
    const { verdict, calls } = (await hostOf(zomes, { dependencies })).validateOp(op);
    return verdict.kind === 'Valid' ? calls.map(({ zome }) => zome) : verdict;
  }

  const one = samples({ zomeIndex: 1 });
  const ops = new Map(one.ops.map(({ name, op }) => [name, op]));

  it('the zome of the entry or link, for any op', async () => {
    for (const [name, op] of ops) {
      const expected = name === 'RegisterAgentActivity' ? ['first', 'second'] : ['second'];
      expect(await asked(op, one.records), name).to.deep.equal(expected);
    }
  });

  it('the same for 0.7', async () => {
    const seven = samples({ zomeIndex: 1, generation: '0.7' });
    const host = await hostOf(zomes, { generation: '0.7', dependencies: seven.records });
    for (const { name, op } of seven.ops) {
      const calls = host.validateOp(op).calls.map(({ zome }) => zome);
      expect(calls, name).to.deep.equal(name === 'AgentActivity' ? ['first', 'second'] : ['second']);
    }
  });

  it('waits for the deleted action, which determines the zome', async () => {
    expect(await asked(ops.get('RegisterDelete')!)).to.deep.equal(waiting(one.create.hashed.hash));
  });

  it('all zomes for what no zome defines', async () => {
    const content = {
      type: 'InitZomesComplete',
      author: AUTHOR,
      timestamp: 1n,
      action_seq: 3,
      prev_action: HASH,
    } as unknown as Action;
    const record = { signed_action: signed(content, '0.6'), entry: { kind: 'NA' } };
    const op = { kind: 'StoreRecord', value: { record } } as unknown as Op;
    expect(await asked(op)).to.deep.equal(['first', 'second']);
  });

  it('the deletion of a link action: the record to the zome of the link, RegisterDelete to all', async () => {
    const link = one.records[3]!;
    const content = {
      type: 'Delete',
      author: AUTHOR,
      timestamp: 1n,
      action_seq: 12,
      prev_action: HASH,
      deletes_address: link.signed_action.hashed.hash,
      deletes_entry_address: hashOfContent('Entry', Uint8Array.of(1)),
      weight: { bucket_id: 255, units: 0 },
    };
    const signedDelete = signed(content as unknown as Action, '0.6');
    const record = { signed_action: signedDelete, entry: { kind: 'NA' } };
    const { type: _, ...bare } = content;
    const delete_ = { ...signedDelete, hashed: { ...signedDelete.hashed, content: bare } };
    const stored = { kind: 'StoreRecord', value: { record } } as unknown as Op;
    const registered = { kind: 'RegisterDelete', value: { delete: delete_ } } as unknown as Op;
    expect(await asked(stored, one.records)).to.deep.equal(['second']);
    expect(await asked(registered, one.records)).to.deep.equal(['first', 'second']);
  });

  it('an index without a zome is invalid', async () => {
    const far = samples({ zomeIndex: 9 }).ops.find(({ name }) => name === 'StoreEntry')!.op;
    expect(await asked(far)).to.deep.equal({
      kind: 'Invalid',
      reason: 'No integrity zome found with index ZomeIndex(9)',
    });
  });

  it('takes bytes in place of an op, and no op of another generation', async () => {
    const host = await hostOf(zomes);
    const seven = samples({ generation: '0.7' }).ops[0]!.op;
    expect(() => host.validateOp(seven)).to.throw(RangeError, 'not an op of generation 0.6');
    expect(() => host.validateOp(Uint8Array.of(0xc0))).to.throw(RangeError, 'not an op of generation 0.6');
  });
});

describe('dependencies', () => {
  const create = SAMPLES.create.hashed.hash;
  const update = SAMPLES.records[1]!.signed_action.hashed.hash;
  const ask = (name: string, ...hashes: readonly Uint8Array[]) =>
    askingGuest(
      name,
      hashes.map((hash) => encodeBytes(bytes, hash)),
    );

  it('missing: the call ends with UnresolvedDependencies, and has a receipt', async () => {
    for (const name of ['__hc__must_get_action_1', '__hc__must_get_valid_record_1']) {
      const host = await hostOf([{ name: 'z', text: ask(name, create) }]);
      const { verdict, calls } = host.validateOp(ENTRY_OP);
      expect(verdict).to.deep.equal(waiting(create));
      expect(calls[0]!.receipt.outcome).to.deep.equal({ kind: 'short-circuited' });
      expect(calls[0]!.hostCalls).to.have.length(1);
    }
  });

  it('missing: an entry, a chain', async () => {
    const entryHash = hashOfContent('Entry', Uint8Array.of(4));
    const host = await hostOf([{ name: 'z', text: ask('__hc__must_get_entry_1', entryHash) }]);
    expect(host.validateOp(ENTRY_OP).verdict).to.deep.equal(waiting(entryHash));
    const filter = {
      chain_top: update,
      limit_conditions: { kind: 'ToGenesis' },
      include_cached_entries: false,
    } as never;
    const input = encodeBytes(mustGetAgentActivityInput('0.6'), { author: AUTHOR, chain_filter: filter });
    const other = await hostOf([{ name: 'z', text: askingGuest('__hc__must_get_agent_activity_1', [input]) }]);
    expect(other.validateOp(ENTRY_OP).verdict).to.deep.equal({
      kind: 'UnresolvedDependencies',
      dependencies: { kind: 'AgentActivity', agent: AUTHOR, filter },
    });
  });

  it('rejected: the record makes the op invalid', async () => {
    const host = await hostOf([{ name: 'z', text: ask('__hc__must_get_valid_record_1', create) }], {
      dependencies: recordsSource([], { rejected: [SAMPLES.records[0]!] }),
    });
    expect(host.validateOp(ENTRY_OP).verdict).to.deep.equal({
      kind: 'Invalid',
      reason: 'Found a record, but it is invalid',
    });
  });

  it('denied in genesis_self_check; the guest passes the error on: no verdict', async () => {
    const text = askingGuest('__hc__must_get_action_1', [encodeBytes(bytes, create)], 'genesis_self_check_2');
    const host = await hostOf([{ name: 'z', text }], { dependencies: SAMPLES.records });
    const { verdict } = host.genesisSelfCheck({ agentKey: AUTHOR });
    expect(verdict).to.deep.include({ kind: 'NoVerdict' });
    expect(JSON.stringify(verdict)).to.include('cannot be called from zome function genesis_self_check_2 in zome z');
  });

  it('a round fetches what is missing until there is a verdict', async () => {
    const host = await hostOf([{ name: 'z', text: ask('__hc__must_get_valid_record_1', create, update) }]);
    const asked: string[] = [];
    const { validation, attempts } = await validateRound(host, ENTRY_OP, async (missing) => {
      if (missing.kind !== 'Hashes') return [];
      asked.push(...missing.hashes.map(toHex));
      return SAMPLES.records.filter(
        (record) =>
          missing.hashes.includes(record.signed_action.hashed.hash) ||
          missing.hashes.some((hash) => toHex(hash) === toHex(record.signed_action.hashed.hash)),
      );
    });
    expect(validation.verdict).to.deep.equal({ kind: 'Valid' });
    expect(asked).to.deep.equal([toHex(create), toHex(update)]);
    expect(attempts.map(({ verdict }) => verdict.kind)).to.deep.equal([
      'UnresolvedDependencies',
      'UnresolvedDependencies',
      'Valid',
    ]);
  });

  it('a round ends when nothing arrives, or too much', async () => {
    const host = await hostOf([{ name: 'z', text: ask('__hc__must_get_valid_record_1', create) }]);
    const nothing = await validateRound(host, ENTRY_OP, () => []);
    expect(nothing.attempts).to.have.length(1);
    const useless = await validateRound(host, ENTRY_OP, () => [SAMPLES.records[1]!], { attemptsMax: 3 });
    expect(useless.attempts).to.have.length(3);
    expect(useless.validation.verdict.kind).to.equal('UnresolvedDependencies');
  });

  it('a recording replays the call without the source, to the same receipts', async () => {
    const texts = [
      ask('__hc__must_get_valid_record_1', create, update, create),
      ask('__hc__must_get_valid_record_1', HASH),
      askingGuest('__hc__dna_info_2', [encodeBytes(nil, null)]),
      askingGuest('__hc__trace_1', [
        encodeBytes(
          anyValue,
          new Map([
            ['msg', 'hi'],
            ['level', 'WARN'],
          ]),
        ),
      ]),
    ];
    for (const text of texts) {
      const host = await hostOf([{ name: 'z', text }], {
        dependencies: SAMPLES.records,
        dnaInfo: { name: 'here' },
      });
      const first = host.validateOp(ENTRY_OP);
      const elsewhere = await hostOf([{ name: 'z', text }], { dnaInfo: { name: 'elsewhere' } });
      const again = elsewhere.validateOp(ENTRY_OP, { replay: first.recording });
      expect(again.verdict).to.deep.equal(first.verdict);
      expect(again.calls.map(({ receipt }) => toHex(receiptHash(receipt)))).to.deep.equal(
        first.calls.map(({ receipt }) => toHex(receiptHash(receipt))),
      );
      expect(again.recording).to.deep.equal(first.recording);
      expect(again.calls[0]!.traces).to.deep.equal(first.calls[0]!.traces);
    }
  });

  it('a recording of another call is a host failure', async () => {
    const host = await hostOf([{ name: 'z', text: ask('__hc__must_get_valid_record_1', create) }]);
    const other = await hostOf([{ name: 'z', text: ask('__hc__must_get_valid_record_1', update) }]);
    const { recording } = other.validateOp(ENTRY_OP);
    expect(() => host.validateOp(ENTRY_OP, { replay: recording })).to.throw(HostFailure, 'of another call');
  });

  it('exhaustion in a host function is replayed too', async () => {
    const data = new Uint8Array(2_000);
    const input = encodeBytes(
      anyValue,
      new Map<string, MessagePackValue>([
        ['key', AUTHOR],
        ['signature', new Uint8Array(64)],
        ['data', data],
      ]),
    );
    const host = await hostOf([{ name: 'z', text: askingGuest('__hc__verify_signature_1', [input]) }]);
    const { used } = host.validateOp(ENTRY_OP).calls[0]!.receipt.fuel;
    for (const fuel of [used - 20, used - 2_000, used - 9_000]) {
      const first = host.validateOp(ENTRY_OP, { fuel });
      const again = host.validateOp(ENTRY_OP, { fuel, replay: first.recording });
      expect(again.calls[0]!.receipt).to.deep.equal(first.calls[0]!.receipt);
      expect(first.calls[0]!.outcome.kind).to.equal('exhausted');
    }
  });
});

describe('other callbacks', () => {
  it('genesis_self_check runs the names of version 1, then of version 2, while all are valid', async () => {
    const valid = { genesis_self_check: VALID, genesis_self_check_1: VALID, genesis_self_check_2: VALID };
    const names = async (answers: Readonly<globalThis.Record<string, Uint8Array>>) => {
      const host = await hostOf([{ name: 'z', text: constantGuest(answers) }]);
      const { verdict, calls } = host.genesisSelfCheck({ agentKey: AUTHOR });
      return [verdict.kind, ...calls.map((call) => call.export)];
    };
    expect(await names(valid)).to.deep.equal([
      'Valid',
      'genesis_self_check_1',
      'genesis_self_check',
      'genesis_self_check_2',
    ]);
    expect(await names({ ...valid, genesis_self_check: INVALID })).to.deep.equal([
      'Invalid',
      'genesis_self_check_1',
      'genesis_self_check',
    ]);
    expect(await names({ genesis_self_check_2: waits(HASH) })).to.deep.equal(['Invalid', 'genesis_self_check_2']);
    expect(await names({})).to.deep.equal(['Valid']);
  });

  it('entry_defs are those of the integrity zomes, called once', async () => {
    const def = new Map<string, MessagePackValue>([
      ['id', new Map([['App', 'post']])],
      ['visibility', 'Public'],
      ['required_validations', 5],
      ['cache_at_agent_activity', false],
    ]);
    const host = await hostOf([
      { name: 'a', text: constantGuest({ entry_defs: okOf(new Map([['Defs', [def]]])) }) },
      { name: 'b', text: constantGuest({}) },
    ]);
    const defs = host.entryDefs();
    expect(defs.ok && [...defs.defs]).to.deep.equal([
      [
        'a',
        [
          {
            id: { kind: 'App', value: 'post' },
            visibility: { kind: 'Public' },
            required_validations: 5,
            cache_at_agent_activity: false,
          },
        ],
      ],
    ]);
    expect(host.entryDefs()).to.equal(defs);
  });

  it('entry_defs that fail are reported with the zome', async () => {
    const host = await hostOf([{ name: 'a', text: constantGuest({ entry_defs: errOf('Guest', 'no') }) }]);
    const defs = host.entryDefs();
    expect(defs.ok).to.equal(false);
    expect(!defs.ok && defs.zome).to.equal('a');
  });

  it('the counts of types are 0 where there is no such function', async () => {
    const counts =
      '(func (export "__num_entry_types") (result i32) (i32.const 255)) (func (export "__num_link_types") (param i32) (result i32) (i32.const 3))';
    const host = await hostOf([{ name: 'a', text: constantGuest({}, counts) }]);
    expect(host.zomeTypes()).to.deep.equal({ ok: true, entries: [255], links: [0] });
    const trapping = '(func (export "__num_entry_types") (result i32) unreachable)';
    const other = await hostOf([{ name: 'a', text: constantGuest({}, trapping) }]);
    expect(other.zomeTypes()).to.deep.equal({
      ok: false,
      zome: 'a',
      reason: '__num_entry_types trapped or was exhausted',
    });
  });

  it('init folds over all zomes; the first failure ends it', async () => {
    const pass = constantGuest({ init: okOf('Pass') });
    const fail = constantGuest({ init: okOf(new Map([['Fail', 'full']])) });
    const wait = constantGuest({ init: waits(HASH) });
    const guestError = constantGuest({ init: errOf('Guest', 'no') });
    const hostError = constantGuest({ init: errOf('Host', 'no') });
    const verdictOf = async (...texts: readonly string[]) =>
      (await hostOf(texts.map((text, index) => ({ name: `z${index}`, text })))).init().verdict;
    expect(await verdictOf(pass, pass)).to.deep.equal({ kind: 'Pass' });
    expect(await verdictOf(pass, fail, pass)).to.deep.equal({ kind: 'Fail', zome: 'z1', reason: 'full' });
    expect(await verdictOf(wait, pass)).to.deep.equal({ ...waiting(HASH), zome: 'z0' });
    expect((await verdictOf(guestError)).kind).to.equal('Fail');
    expect((await verdictOf(hostError)).kind).to.equal('NoVerdict');
  });

  it('post_commit is sent to one zome, if it exports it', async () => {
    const host = await hostOf([
      { name: 'a', text: constantGuest({ post_commit: okOf(null) }), kind: 'coordinator' },
      { name: 'b', text: constantGuest({}), kind: 'coordinator' },
    ]);
    expect(host.postCommit('a', [SAMPLES.create])?.result).to.deep.equal({ ok: true, value: null });
    expect(host.postCommit('b', [SAMPLES.create])).to.equal(undefined);
  });

  it('calls share nothing: the state of a guest does not persist', async () => {
    const text = `(module ${ALLOCATOR} (global $n (mut i32) (i32.const 0))
      (data (i32.const 8) "${Array.from(OK_VALID, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}")
      (func (export "validate") (param i32 i32) (result i64)
        (if (global.get $n) (then unreachable))
        (global.set $n (i32.const 1)) (i64.const ${(8n << 32n) | BigInt(OK_VALID.length)})))`;
    const host = await hostOf([{ name: 'z', text }]);
    const receipts = [1, 2, 3].map(() => host.validateOp(ENTRY_OP).calls[0]!.receipt);
    expect(receipts[1]).to.deep.equal(receipts[0]);
    expect(receipts[2]).to.deep.equal(receipts[0]);
  });
});

describe('an invalid zome host', () => {
  it('has two zomes of one name, or a dependency that is not an integrity zome', async () => {
    const text = constantGuest({});
    const cases = [
      [
        { name: 'a', text },
        { name: 'a', text },
      ],
      [{ name: 'a', text, dependencies: ['b'] }],
      [{ name: 'a', text, dependencies: ['a'] }],
      [
        { name: 'a', text, kind: 'coordinator' as const },
        { name: 'b', text, dependencies: ['a'] },
      ],
    ];
    for (const zomes of cases) {
      await hostOf(zomes).then(
        () => expect.fail('it was made'),
        (error: unknown) => expect(error).to.be.instanceOf(RangeError),
      );
    }
  });
});

describe('the detected generation of a module', () => {
  const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

  it('comes from its imports, from the variants of Op in its data, or is unknown', () => {
    const of = (data: string, ...names: readonly string[]) => detectGeneration(latin1(data), names);
    expect(of('', '__hc__ed_25519_x_salsa20_poly1305_decrypt_1')).to.deep.equal({ generation: '0.6', by: 'imports' });
    expect(of('', '__hc__x_25519_x_salsa20_poly1305_decrypt_1')).to.deep.equal({ generation: '0.2', by: 'imports' });
    expect(of('', '__hc__dna_info_1')).to.deep.equal({ generation: '0.2', by: 'imports' });
    expect(of('..CreateRecordCreateEntryUpdateDeleteAgentActivity..')).to.deep.equal({ generation: '0.7', by: 'data' });
    expect(of('struct RegisterDelete with 3 elements')).to.deep.equal({ generation: '0.2', by: 'data' });
    expect(of('struct RegisterDelete with 1 element')).to.deep.equal({ generation: '0.6', by: 'nothing' });
    expect(of('WasmErrormodule_pathlineerror')).to.deep.equal({ generation: '0.7', by: 'data' });
    expect(of('WasmErrorfilelineerror')).to.deep.equal({ generation: '0.6', by: 'nothing' });
    expect(of('CreateRecord RegisterAgentActivity AgentActivity')).to.deep.equal({ generation: '0.6', by: 'data' });
    expect(of('')).to.deep.equal({ generation: '0.6', by: 'nothing' });
  });
});
