/**
 * The table of host functions, row by row, from a guest's view: results, denials, prices, the log. docs/HOLOCHAIN.md.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { hash, toHex } from '../../src/base/hash.js';
import { anyValue, bytes, type Codec, nil, str, u32 } from '../../src/boundary/codec.js';
import { decodeBytes, encodeBytes } from '../../src/boundary/codec-bytes.js';
import { struct } from '../../src/boundary/codec-struct.js';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { decodeMessagePack } from '../../src/boundary/messagepack-decode.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { resultOf, wasmError } from '../../src/boundary/wasm-error.js';
import { createEngine } from '../../src/engine/engine.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { createZomeHost, type ZomeHostOptions } from '../../src/zome/create-zome-host.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { hashFromCore, hashOfContent, hashText } from '../../src/zome/holo-hash.js';
import { mustGetAgentActivityInput } from '../../src/zome/host-data.js';
import { defineHostFunction, hostError, ok } from '../../src/zome/host-function.js';
import { HOST_FUNCTIONS } from '../../src/zome/host-functions.js';
import type { ZomeCall } from '../../src/zome/zome-call.js';
import { hostOf } from './host-of.js';
import { probeGuest, wasmOf } from './probe-guest.js';
import { AUTHOR, samples } from './sample-ops.js';

const NIL = encodeBytes(nil, null);
const ANSWER = resultOf(anyValue, wasmError('0.6'));
const SAMPLES = samples();
const SOURCE = recordsSource(SAMPLES.records);
const CREATE = SAMPLES.create.hashed.hash;
const FAR = hashOfContent('Action', Uint8Array.of(99));

/** The result of the guest's import. */
function answerOf(call: ZomeCall): Uint8Array {
  if (call.outcome.kind !== 'returned') throw new Error(`the call ${JSON.stringify(call.outcome)}`);
  const outer = decodeBytes(resultOf(bytes, wasmError('0.6')), call.outcome.output);
  if (!outer.ok || E.isLeft(outer.value)) throw new Error('no Ok');
  return outer.value.right;
}

async function ask(
  name: string,
  input: Uint8Array,
  options: Partial<ZomeHostOptions> = {},
): Promise<{ call: ZomeCall; answer: E.Either<{ error: unknown }, MessagePackValue> }> {
  const host = await hostOf([{ name: 'z', text: probeGuest(name, input) }], options);
  const call = host.call('z', 'probe', NIL);
  const decoded = decodeBytes(ANSWER, answerOf(call));
  if (!decoded.ok) throw new Error(decoded.error.reason);
  return { call, answer: decoded.value };
}

async function okOf(
  name: string,
  input: Uint8Array,
  options: Partial<ZomeHostOptions> = {},
): Promise<MessagePackValue> {
  const { answer } = await ask(name, input, options);
  if (E.isLeft(answer)) throw new Error(JSON.stringify(answer.left.error));
  return answer.right;
}

function decoded(data: Uint8Array): MessagePackValue {
  const value = decodeMessagePack(data);
  if (!value.ok) throw new Error(value.fault.code);
  return value.value;
}

/** A field of a MessagePack map, by path. */
function at(value: MessagePackValue, ...path: readonly string[]): MessagePackValue {
  return path.reduce<MessagePackValue>(
    (inner, key) => (inner as ReadonlyMap<string, MessagePackValue>).get(key) as MessagePackValue,
    value,
  );
}

describe('the table of host functions', () => {
  it('returns the same zome_info in every call, even if an earlier result was overwritten', async () => {
    const host = await hostOf([{ name: 'z', text: probeGuest('__hc__zome_info_1', NIL) }]);
    const calls = [1, 2, 3].map(() => {
      const call = host.call('z', 'probe', NIL);
      const answer = toHex(answerOf(call));
      for (const { answer } of call.recording) if (answer?.kind === 'output') answer.bytes.fill(0);
      return [answer, toHex(call.receipt.output), call.receipt.fuel.used];
    });
    expect(calls[1]).to.deep.equal(calls[0]);
    expect(calls[2]).to.deep.equal(calls[0]);
    const other = await hostOf([{ name: 'other', text: probeGuest('__hc__zome_info_1', NIL) }]);
    expect(toHex(answerOf(other.call('other', 'probe', NIL)))).not.to.equal(calls[0]![0]);
  });

  it('refuses input that is not nil, before and after a valid call', async () => {
    const host = await hostOf([{ name: 'z', text: probeGuest('__hc__zome_info_1', NIL) }]);
    const wrong = () => host.ask('z', 'probe', '__hc__zome_info_1', Uint8Array.of(0xc0, 0xc0)).answer;
    const before = wrong();
    expect(host.ask('z', 'probe', '__hc__zome_info_1', NIL).answer).not.to.deep.equal(before);
    expect(wrong()).to.deep.equal(before);
  });

  it('has each name once, with a price and a reason', () => {
    expect(new Set(HOST_FUNCTIONS.map(({ name }) => name)).size).to.equal(HOST_FUNCTIONS.length);
    for (const { name, cost, reason, permissions } of HOST_FUNCTIONS) {
      expect(cost.base, name).to.be.within(1, 1_000_000);
      expect(cost.perByte, name).to.be.at.least(1);
      expect(reason, name).to.not.equal('');
      expect(permissions, name).to.not.deep.equal([]);
    }
  });

  it('has every name that hosts from 0.1 to 0.7 provide', () => {
    const names = HOST_FUNCTIONS.map(({ name }) => name.replace('__hc__', ''));
    // All imports of real zomes of 0.2 to 0.6; from `real_ribosome.rs`.
    const known =
      'agent_info_1 call_1 call_info_1 capability_claims_1 capability_grants_1 capability_info_1 close_chain_1 count_links_1 create_1 create_clone_cell_1 create_link_1 create_x25519_keypair_1 delete_1 delete_clone_cell_1 delete_link_1 disable_clone_cell_1 dna_info_1 dna_info_2 ed_25519_x_salsa20_poly1305_decrypt_1 ed_25519_x_salsa20_poly1305_encrypt_1 emit_signal_1 enable_clone_cell_1 get_1 get_agent_activity_1 get_details_1 get_init_properties_1 get_link_details_1 get_links_1 get_links_details_1 get_validation_receipts_1 hash_1 must_get_action_1 must_get_agent_activity_1 must_get_entry_1 must_get_valid_record_1 open_chain_1 query_1 random_bytes_1 remote_signal_1 schedule_1 send_remote_signal_1 sign_1 sign_ephemeral_1 sleep_1 sys_time_1 trace_1 update_1 verify_signature_1 version_1 x_25519_x_salsa20_poly1305_decrypt_1 x_25519_x_salsa20_poly1305_encrypt_1 x_salsa20_poly1305_decrypt_1 x_salsa20_poly1305_encrypt_1 x_salsa20_poly1305_shared_secret_create_random_1 x_salsa20_poly1305_shared_secret_export_1 x_salsa20_poly1305_shared_secret_ingest_1 zome_info_1 accept_countersigning_preflight_request_1 block_agent_1 unblock_agent_1 get_agent_key_lineage_1 is_same_agent_1';
    expect([...names].sort()).to.deep.equal(known.split(' ').sort());
  });

  it('leaves an unknown import unlinkable, by name', async () => {
    const zomes = [{ name: 'z', wasm: wasmOf(probeGuest('__hc__no_such_thing_1', NIL)) }];
    const made = await createZomeHost({ engine: createEngine(), zomes });
    expect(made.ok).to.equal(false);
    if (made.ok) return;
    expect(made.zome).to.equal('z');
    expect(made.fault).to.include({ kind: 'unlinkable', code: 'unknown-import', detail: 'env.__hc__no_such_thing_1' });
  });
});

describe('must_get', () => {
  it('returns an entry, an action and a record', async () => {
    const entryHash = (SAMPLES.create.hashed.content as unknown as { entry_hash: Uint8Array }).entry_hash;
    const options = { dependencies: SOURCE };
    const entry = await okOf('__hc__must_get_entry_1', encodeBytes(bytes, entryHash), options);
    expect(at(entry, 'content', 'entry_type')).to.equal('App');
    expect(at(entry, 'hash')).to.deep.equal(entryHash);
    const action = await okOf('__hc__must_get_action_1', encodeBytes(bytes, CREATE), options);
    expect(at(action, 'hashed', 'hash')).to.deep.equal(CREATE);
    expect(at(action, 'hashed', 'content', 'type')).to.equal('Create');
    const record = await okOf('__hc__must_get_valid_record_1', encodeBytes(bytes, CREATE), options);
    expect(at(record, 'signed_action', 'hashed', 'hash')).to.deep.equal(CREATE);
    expect(at(record, 'entry', 'Present', 'entry_type')).to.equal('App');
  });

  it('returns a range of a chain, newest first, without entries', async () => {
    const top = SAMPLES.records[2]!.signed_action.hashed.hash;
    const input = encodeBytes(mustGetAgentActivityInput('0.6'), {
      author: AUTHOR,
      chain_filter: {
        chain_top: top,
        limit_conditions: { kind: 'Take', value: 2 },
        include_cached_entries: true,
      } as never,
    });
    const activity = await okOf('__hc__must_get_agent_activity_1', input, { dependencies: SOURCE });
    const items = activity as readonly MessagePackValue[];
    expect(items.map((item) => at(item, 'action', 'hashed', 'content', 'type'))).to.deep.equal(['Delete', 'Update']);
    expect(items.map((item) => at(item, 'cached_entry'))).to.deep.equal([null, null]);
  });

  it('returns an error where the callback cannot wait: a zome function, post_commit', async () => {
    const { answer } = await ask('__hc__must_get_action_1', encodeBytes(bytes, FAR));
    expect(answer).to.deep.equal(
      E.left({
        file: 'assay',
        line: 0,
        error: { kind: 'Host', value: `Failed to get SignedActionHashed ${hashText(FAR)}` },
      }),
    );
  });

  it('names each missing hash, and rejects invalid requests', async () => {
    const entry = hashOfContent('Entry', Uint8Array.of(99));
    const activity = (limit_conditions: object) =>
      encodeBytes(mustGetAgentActivityInput('0.6'), {
        author: AUTHOR,
        chain_filter: { chain_top: CREATE, limit_conditions, include_cached_entries: true } as never,
      });
    for (const [name, input, text] of [
      ['entry', encodeBytes(bytes, entry), `Failed to get EntryHashed ${hashText(entry)}`],
      ['valid_record', encodeBytes(bytes, FAR), `Failed to get Record ${hashText(FAR)}`],
      [
        'agent_activity',
        activity({ kind: 'ToGenesis' }),
        `must_get_agent_activity: the chain is incomplete for author ${hashText(AUTHOR)}`,
      ],
      [
        'agent_activity',
        activity({ kind: 'Take', value: 0 }),
        `must_get_agent_activity: the range of the filter is empty for author ${hashText(AUTHOR)}`,
      ],
    ] as const) {
      const { answer } = await ask(`__hc__must_get_${name}_1`, input, { dependencies: SOURCE });
      expect(E.isLeft(answer) && answer.left.error).to.deep.equal({ kind: 'Host', value: text });
    }
    // Only a validation gets a rejected record as a result.
    const [first] = SAMPLES.records;
    const rejecting = { ...SOURCE, record: () => ({ record: first!, isRejected: true }) };
    const { hash: rejected } = first!.signed_action.hashed;
    const { answer } = await ask('__hc__must_get_valid_record_1', encodeBytes(bytes, rejected), {
      dependencies: rejecting,
    });
    const text = `Failed to get Record ${hashText(rejected)}`;
    expect(E.isLeft(answer) && answer.left.error).to.deep.equal({ kind: 'Host', value: text });
  });

  it('is a host failure if the source returns something else', async () => {
    const entry = hashOfContent('Entry', Uint8Array.of(99));
    const { entry_hash } = SAMPLES.create.hashed.content as unknown as { readonly entry_hash: Uint8Array };
    const { hash: another } = SAMPLES.records[0]!.signed_action.hashed;
    const record = { record: SAMPLES.records[0]!, isRejected: false };
    for (const [name, asked, lying, found] of [
      ['action', FAR, { action: () => SAMPLES.create }, CREATE],
      ['entry', entry, { entry: () => SAMPLES.entry }, entry_hash],
      ['valid_record', FAR, { record: () => record }, another],
    ] as const) {
      const text = probeGuest(`__hc__must_get_${name}_1`, encodeBytes(bytes, asked));
      const host = await hostOf([{ name: 'z', text }], { dependencies: { ...SOURCE, ...lying } });
      expect(() => host.call('z', 'probe', NIL)).to.throw(
        HostFailure,
        `must_get_${name}: the dependency source returned ${hashText(found)} for ${hashText(asked)}`,
      );
    }
  });

  it('accepts records only under their own hash', () => {
    const wrong = {
      ...SAMPLES.records[0]!,
      signed_action: { ...SAMPLES.create, hashed: { ...SAMPLES.create.hashed, hash: FAR } },
    };
    expect(() => recordsSource([wrong])).to.throw(
      RangeError,
      /is listed under the hash uhC.* its content hashes to uhC/,
    );
  });

  it('reports to the guest that its input does not decode, without a trap', async () => {
    const { answer } = await ask('__hc__must_get_entry_1', encodeBytes(bytes, CREATE), { dependencies: SOURCE });
    expect(E.isLeft(answer) && answer.left.error).to.deep.equal({
      kind: 'Serialize',
      value: {
        kind: 'Deserialize',
        value: 'the input of must_get_entry: expected EntryHash, got the hash of Action at $',
      },
    });
  });
});

describe('functions about the surroundings of a guest', () => {
  const dna = {
    name: 'forum',
    hash: hashFromCore('Dna', new Uint8Array(32).fill(4)),
    modifiers: { network_seed: 'seed', properties: encodeMessagePack(new Map([['a', 1]])) },
  };

  it('dna_info with the times that zomes until 0.4 require', async () => {
    const HASH = '(import "env" "__hc__hash_1" (func (param i32 i32) (result i64)))';
    const probe = probeGuest('__hc__dna_info_2', NIL);
    const modifiers = async (text: string, options: Parameters<typeof hostOf>[1] = {}) => {
      const host = await hostOf([{ name: 'z', text }], options);
      const answer = decoded(answerOf(host.call('z', 'probe', NIL)));
      return at(answer, 'Ok', 'modifiers') as ReadonlyMap<string, MessagePackValue>;
    };
    expect([...(await modifiers(probe)).keys()]).to.deep.equal(['network_seed', 'properties']);
    const standard = new Map<string, MessagePackValue>([
      ['secs', 300],
      ['nanos', 0],
    ]);
    for (const info of [
      await modifiers(probe, { generation: '0.2' }),
      await modifiers(probe.replace('(module', `(module ${HASH}`)),
    ]) {
      expect(info.get('origin_time')).to.equal(1_640_995_200_000_000);
      expect(info.get('quantum_time')).to.deep.equal(standard);
    }
    const own = { origin_time: 5n, quantum_time: { secs: 60n, nanos: 7 } };
    const info = await modifiers(probe, { generation: '0.2', dnaInfo: { modifiers: own } });
    expect([info.get('origin_time'), at(info, 'quantum_time', 'nanos')]).to.deep.equal([5, 7]);
  });

  it('dna_info in both versions', async () => {
    const two = await okOf('__hc__dna_info_2', NIL, { dnaInfo: dna });
    expect(two).to.deep.equal(
      new Map<string, MessagePackValue>([
        ['name', 'forum'],
        ['hash', dna.hash],
        [
          'modifiers',
          new Map<string, MessagePackValue>([
            ['network_seed', 'seed'],
            ['properties', dna.modifiers.properties],
          ]),
        ],
        ['zome_names', ['z']],
      ]),
    );
    const one = await okOf('__hc__dna_info_1', NIL, { dnaInfo: dna });
    expect([...(one as ReadonlyMap<string, unknown>).keys()]).to.deep.equal([
      'name',
      'hash',
      'properties',
      'zome_names',
    ]);
    expect(at(one, 'properties')).to.deep.equal(dna.modifiers.properties);
  });

  it('zome_info: the zome, its types in scope, its own exports and nothing of the engine', async () => {
    const defs = encodeBytes(bytes, encodeMessagePack(new Map([['Defs', []]])));
    const okDefs = Buffer.concat([Uint8Array.of(0x81, 0xa2, 0x4f, 0x6b), defs]);
    const counts = (entries: number, links: number) => `
      (func (export "__num_entry_types") (result i32) (i32.const ${entries}))
      (func (export "__num_link_types") (result i32) (i32.const ${links}))
      (func (export "entry_defs") (param i32 i32) (result i64) (i64.const ${(64n << 32n) | BigInt(okDefs.length)}))
      (data (i32.const 64) "${Array.from(okDefs, (byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('')}"))`;
    const text = (entries: number, links: number) =>
      probeGuest('__hc__zome_info_1', NIL).replace(/\)$/, counts(entries, links));
    const host = await hostOf([
      { name: 'first', text: text(2, 1) },
      { name: 'second', text: text(3, 0), dependencies: ['first'] },
      { name: 'third', text: text(0, 0), kind: 'coordinator', dependencies: ['first'] },
    ]);
    const call = host.call('second', 'probe', NIL);
    const info = decodeBytes(ANSWER, answerOf(call));
    if (!info.ok || E.isLeft(info.value)) throw new Error('no answer');
    const value = info.value.right;
    expect(at(value, 'name')).to.equal('second');
    expect(at(value, 'id')).to.equal(1);
    expect(at(value, 'properties')).to.deep.equal(Uint8Array.of(0xc0));
    expect(at(value, 'zome_types', 'entries')).to.deep.equal([
      [1, [0, 1, 2]],
      [0, [0, 1]],
    ]);
    expect(at(value, 'zome_types', 'links')).to.deep.equal([
      [1, []],
      [0, [0]],
    ]);
    expect(at(value, 'extern_fns')).to.deep.equal([
      '__hc__allocate_1',
      '__hc__deallocate_1',
      'entry_defs',
      'memory',
      'probe',
    ]);
    expect(at(decoded(answerOf(host.call('third', 'probe', NIL))), 'Ok', 'id')).to.equal(2);
  });

  it('zome_info returns an error if a zome of the DNA does not report its types', async () => {
    const bad = '(func (export "__num_entry_types") (result i32) (i32.const 256)))';
    const text = probeGuest('__hc__zome_info_1', NIL).replace(/\)$/, bad);
    const host = await hostOf([{ name: 'z', text }]);
    const value = decoded(answerOf(host.call('z', 'probe', NIL)));
    expect(at(value, 'Err', 'error', 'Host')).to.equal('z: __num_entry_types answered 256, which is not from 0 to 255');
  });
});

describe('functions of their input', () => {
  it('verify_signature takes the core of the key', async () => {
    const { secretKey, publicKey } = ed25519.keygen(new Uint8Array(32).fill(1));
    const data = Uint8Array.of(1, 2, 3);
    const Input = struct('VerifySignature', { key: bytes, signature: bytes, data: bytes });
    const key = hashFromCore('Agent', publicKey);
    const right = encodeBytes(Input, { key, signature: ed25519.sign(data, secretKey), data });
    const wrong = encodeBytes(Input, { key, signature: ed25519.sign(Uint8Array.of(4), secretKey), data });
    expect(await okOf('__hc__verify_signature_1', right)).to.equal(true);
    expect(await okOf('__hc__verify_signature_1', wrong)).to.equal(false);
    // The bytes cross once and are hashed again by the function.
    const { call } = await ask('__hc__verify_signature_1', right);
    const { base, perByte } = HOST_FUNCTIONS.find(({ name }) => name === '__hc__verify_signature_1')!.cost;
    const crossed = right.length + answerOf(call).length + data.length;
    expect(call.receipt.fuel.parts.host).to.equal(base + perByte * crossed);
  });

  it('hash, for old zomes', async () => {
    const data = Uint8Array.of(1, 2, 3);
    const of = async (input: MessagePackValue) => okOf('__hc__hash_1', encodeBytes(anyValue, input));
    expect(at(await of(new Map([['Blake2B', [data, 20]]])), 'Blake2B')).to.deep.equal(blake2b(data, { dkLen: 20 }));
    const keccak = 'f1885eda54b7a053318cd41e2093220dab15d65381b1157a3633a83bfd5c9239';
    expect(toHex(at(await of(new Map([['Keccak256', data]])), 'Keccak256') as Uint8Array)).to.equal(keccak);
    const sha3 = 'fd1780a6fc9ee0dab26ceb4b3941ab03e66ccd970d1db91612c66df4515b0a0a';
    expect(toHex(at(await of(new Map([['Sha3256', data]])), 'Sha3256') as Uint8Array)).to.equal(sha3);
    const entry = new Map<string, MessagePackValue>([
      ['entry_type', 'App'],
      ['entry', data],
    ]);
    expect(at(await of(new Map([['Entry', entry]])), 'Entry')).to.deep.equal(
      hashOfContent('Entry', encodeBytes(anyValue, entry)),
    );
    const { answer } = await ask('__hc__hash_1', encodeBytes(anyValue, new Map([['Sha256', data]])));
    expect(E.isLeft(answer) && answer.left.error).to.deep.equal({
      kind: 'Host',
      value: 'Unimplemented hashing algorithm Sha256',
    });
  });

  it('trace is collected, bounded, and affects a receipt only through its hash', async () => {
    const Message = struct('TraceMsg', { msg: str, level: str });
    const input = encodeBytes(Message, { msg: 'here', level: 'INFO' });
    const { call, answer } = await ask('__hc__trace_1', input);
    expect(answer).to.deep.equal(E.right(null));
    expect(call.traces).to.deep.equal([{ level: 'INFO', message: 'here' }]);
    expect(call.tracesDropped).to.equal(0);
  });

  it('decrypting returns an error in place of the panic of the real host', async () => {
    const name = '__hc__x_salsa20_poly1305_decrypt_1';
    const { answer } = await ask(name, encodeBytes(anyValue, new Map([['key_ref', new Uint8Array(3)]])));
    expect(E.isLeft(answer) && answer.left.error).to.include({ kind: 'Host' });
  });
});

describe('permissions', () => {
  const CALLBACKS = ['validate', 'genesis_self_check_2', 'genesis_self_check_1', 'entry_defs', 'init'] as const;
  const ALLOWED: Readonly<Record<string, readonly string[]>> = {
    must_get_action_1: ['validate', 'init'],
    verify_signature_1: ['validate', 'genesis_self_check_2', 'genesis_self_check_1', 'init'],
    dna_info_2: ['validate', 'genesis_self_check_2', 'genesis_self_check_1', 'init'],
    zome_info_1: ['validate', 'genesis_self_check_2', 'genesis_self_check_1', 'init'],
    hash_1: [...CALLBACKS],
    trace_1: [...CALLBACKS],
    get_1: [],
    create_1: [],
    sys_time_1: [],
    get_init_properties_1: [],
    sign_1: [],
  };

  /** The error text that the guest got under the export of each callback. */
  async function deniedIn(name: string): Promise<readonly string[]> {
    const host = await hostOf([{ name: 'zed', text: probeGuest(`__hc__${name}`, NIL, CALLBACKS) }]);
    const results = [
      ['validate', host.validateOp(SAMPLES.ops[4]!.op).calls],
      ['genesis', host.genesisSelfCheck({ agentKey: AUTHOR }).calls],
      ['entry_defs', host.entryDefs().calls],
      ['init', host.init().calls],
    ] as const;
    return results.flatMap(([, calls]) =>
      calls.flatMap((call) => {
        const value = decoded(answerOf(call));
        const text = (value as ReadonlyMap<string, unknown>).has('Err') ? at(value, 'Err', 'error') : null;
        const host_ = text === null ? undefined : (text as ReadonlyMap<string, unknown>).get('Host');
        const deniedAs = name.replace(/_\d$/, '');
        const expected = `Host function ${deniedAs} cannot be called from zome function ${call.export} in zome zed`;
        return host_ === expected ? [call.export] : [];
      }),
    );
  }

  for (const [name, allowed] of Object.entries(ALLOWED)) {
    it(`${name} is denied without a trap, except in ${allowed.join(', ') || 'nothing'}`, async () => {
      // The result of the probe is not a verdict, so a self check of version 1 ends before version 2 runs: both are
      // called separately.
      const denied = new Set(await deniedIn(name));
      const reached = CALLBACKS.filter((callback) => callback !== 'genesis_self_check_2');
      for (const callback of reached) {
        const isDenied = denied.has(callback);
        const expected = !allowed.includes(callback);
        expect(isDenied, callback).to.equal(expected);
      }
    });
  }

  it('deny get to an unknown caller: real zome functions may call it, but this host has no get', async () => {
    const { answer } = await ask('__hc__get_1', NIL);
    expect(E.isLeft(answer) && answer.left.error).to.deep.equal({
      kind: 'Host',
      value: 'Host function get cannot be called from zome function probe in zome z',
    });
  });
});

describe('prices and the log', () => {
  it('a host call costs its base and its bytes both ways, booked to the host', async () => {
    const { call } = await ask('__hc__dna_info_2', NIL);
    const row = HOST_FUNCTIONS.find(({ name }) => name === '__hc__dna_info_2')!;
    const crossed = NIL.length + answerOf(call).length;
    expect(call.receipt.fuel.parts.host).to.equal(row.cost.base + row.cost.perByte * crossed);
  });

  it('the log has the hashes of the bytes that crossed, including denied calls', async () => {
    for (const name of ['__hc__dna_info_2', '__hc__get_1']) {
      const { call } = await ask(name, NIL);
      expect(call.hostCalls).to.deep.equal([
        { module: 'env', name, inputHash: hash(NIL), outputHash: hash(answerOf(call)) },
      ]);
    }
  });

  it('a call that is not paid does not run', async () => {
    const host = await hostOf(
      [{ name: 'z', text: probeGuest('__hc__must_get_action_1', encodeBytes(bytes, CREATE)) }],
      {
        dependencies: {
          ...SOURCE,
          action: () => {
            throw new Error('asked');
          },
        },
      },
    );
    const paid = host.call('z', 'probe', NIL, { dependencies: SOURCE });
    expect(paid.recording).to.have.length(1);
    // The base price of the function is paid, and part of its 41 bytes of input.
    const { base, perByte } = HOST_FUNCTIONS.find(({ name }) => name === '__hc__must_get_action_1')!.cost;
    const { instantiate } = paid.receipt.fuel.parts;
    const short = host.call('z', 'probe', NIL, { fuel: instantiate + base + perByte * 40 });
    expect(short.outcome).to.deep.equal({ kind: 'exhausted', resource: 'fuel' });
    expect(short.recording).to.deep.equal([]);
  });
});

describe("users' host functions", () => {
  const Price = struct('Price', { amount: u32, unit: str });
  const price = defineHostFunction({
    name: '__shop__price_1',
    input: str,
    output: Price as Codec<{ amount: number; unit: string }>,
    cost: { base: 10, perByte: 1 },
    reason: 'a table that every node has',
    run: (item, call) => {
      if (item === 'nothing') return hostError(`${call.zome} asked for nothing`);
      return call.charge(1_000) ? ok({ amount: item.length, unit: call.export }) : undefined;
    },
  });

  it('are typed from input to output, and paid', async () => {
    const input = encodeBytes(str, 'apple');
    const { call, answer } = await ask('__shop__price_1', input, { hostFunctions: [price] });
    expect(answer).to.deep.equal(
      E.right(
        new Map<string, MessagePackValue>([
          ['amount', 5],
          ['unit', 'probe'],
        ]),
      ),
    );
    expect(call.receipt.fuel.parts.host).to.equal(10 + input.length + answerOf(call).length + 1_000);
  });

  it('return errors', async () => {
    const { answer } = await ask('__shop__price_1', encodeBytes(str, 'nothing'), { hostFunctions: [price] });
    expect(E.isLeft(answer) && answer.left.error).to.deep.equal({ kind: 'Host', value: 'z asked for nothing' });
  });

  it('are a host failure if they return what their codec does not accept', async () => {
    const bad = defineHostFunction<string, number>({
      name: '__shop__bad_1',
      input: str,
      output: u32,
      cost: { base: 1, perByte: 0 },
      run: () => ok(-1),
    });
    const host = await hostOf([{ name: 'z', text: probeGuest('__shop__bad_1', encodeBytes(str, 'x')) }], {
      hostFunctions: [bad],
    });
    expect(() => host.call('z', 'probe', NIL)).to.throw(
      HostFailure,
      '__shop__bad_1 returned a value that is not of its type u32',
    );
  });

  it('have names of their own and prices within the bounds of a receipt', async () => {
    const row = { ...price, name: '__hc__get_1' };
    const zomes = [{ name: 'z', wasm: wasmOf(probeGuest('__hc__get_1', NIL)) }];
    const made = createZomeHost({ engine: createEngine(), zomes, hostFunctions: [row] });
    await made.then(
      () => expect.fail('it was made'),
      (error: unknown) => expect(error).to.be.instanceOf(RangeError),
    );
    for (const cost of [
      { base: 0, perByte: 0 },
      { base: 1.5, perByte: 0 },
      { base: 1, perByte: -1 },
      { base: 2_000_000, perByte: 0 },
    ]) {
      expect(() => defineHostFunction({ name: 'n', input: str, output: str, cost, run: (text) => ok(text) })).to.throw(
        RangeError,
      );
    }
  });
});
