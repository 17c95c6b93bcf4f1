/**
 * The table of host functions: one row for every name that a Holochain host from 0.1 to 0.7 gives to guests.
 *
 * Invariant: no guest of those versions is unlinkable for a name, and none gets an answer that another node would not give:
 * a row either answers from its input, from the zome, the DNA and the hash-addressed dependencies, or is denied as the
 * real host denies it. Every row is paid before it works.
 *
 * Source: holochain `real_ribosome.rs::imports` of every branch, `host_fn/*.rs`; HOLOCHAIN.md 3.
 */
import { toHex } from '../base/hash.js';
import { anyValue, bool, type Codec, nil } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { ActionHash, EntryHash } from '../boundary/hash-bytes.js';
import { encodeBinary } from '../boundary/messagepack-encode.js';
import { type Dependencies, validationResult } from '../boundary/validation-result.js';
import { HostFailure } from '../machine/outcome.js';
import { action, actionHash, type SignedHashed, signedHashed } from './action.js';
import { callbackRow, type Permission } from './callbacks.js';
import { entryHash } from './entry.js';
import { HashOutput, hashInput, hashOfInput } from './hash-function.js';
import { coreOf, hashText } from './holo-hash.js';
import { agentActivity, entryHashed, mustGetAgentActivityInput, traceMessage, VerifySignature } from './host-data.js';
import {
  bound,
  type HostFunctionAnswer,
  type HostFunctionContext,
  type HostFunctionCost,
  type HostFunctionRow,
  hostError,
  ok,
} from './host-function.js';
import { DnaInfoV1, DnaInfoV2, zomeInfo } from './info.js';
import { record } from './record.js';
import { verifySignature } from './verify-signature.js';

/**
 * What a byte costs that is copied, decoded or encoded, hashed into the log and kept for a second run. Measured on Node 20 by
 * `npm run bench host-calls`: 13 to 16 ns in the interpreter, whose unit of fuel takes 1.3 ns.
 */
const PER_BYTE = 8;
/**
 * What a call costs beside its bytes: crossing twice, two calls of the guest's allocator, three hashes. Measured: 34 to 42 us
 * for the least of them.
 */
const PLAIN: HostFunctionCost = { base: 25_000, perByte: PER_BYTE };
/** What is found is encoded and hashed again: 47 to 70 us. */
const LOOKUP: HostFunctionCost = { base: 40_000, perByte: PER_BYTE };
/** A verification takes 1.4 ms. */
const SIGNATURE: HostFunctionCost = { base: 1_000_000, perByte: PER_BYTE };

/** Ends the call with `UnresolvedDependencies` where the callback has that, else answers an error. */
function missing(context: HostFunctionContext, dependencies: Dependencies, text: string): HostFunctionAnswer<never> {
  if (callbackRow(context.callback).missing === 'error') return hostError(text);
  const inner = encodeBytes(validationResult(context.generation), { kind: 'UnresolvedDependencies', dependencies });
  return { kind: 'short-circuited', payload: encodeBinary(inner) };
}

/** A source that answers something else than what was asked for is a failure of the host. */
function checkHash(name: string, asked: Uint8Array, found: Uint8Array): void {
  if (toHex(asked) === toHex(found)) return;
  throw new HostFailure(`${name}: the dependency source answered ${hashText(found)} for ${hashText(asked)}`);
}

function checkAction(
  name: string,
  asked: Uint8Array,
  found: SignedHashed<unknown>,
  context: HostFunctionContext,
): void {
  const { content, hash } = found.hashed;
  checkHash(name, asked, hash);
  checkHash(name, asked, actionHash(content as Parameters<typeof actionHash>[0], context.generation));
}

function bindMustGetEntry(generation: Generation) {
  return bound('must_get_entry', EntryHash, entryHashed(generation), (hash, context) => {
    const content = context.dependencies.entry(hash);
    if (content === undefined) {
      return missing(context, { kind: 'Hashes', hashes: [hash] }, `Failed to get EntryHashed ${hashText(hash)}`);
    }
    checkHash('must_get_entry', hash, entryHash(content, generation));
    return ok({ content, hash });
  });
}

function bindMustGetAction(generation: Generation) {
  return bound('must_get_action', ActionHash, signedHashed(action(generation)), (hash, context) => {
    const found = context.dependencies.action(hash);
    if (found === undefined) {
      return missing(context, { kind: 'Hashes', hashes: [hash] }, `Failed to get SignedActionHashed ${hashText(hash)}`);
    }
    checkAction('must_get_action', hash, found, context);
    return ok(found);
  });
}

function bindMustGetValidRecord(generation: Generation) {
  const Result = validationResult(generation);
  return bound('must_get_valid_record', ActionHash, record(generation), (hash, context) => {
    const found = context.dependencies.record(hash);
    if (found?.isRejected === true && context.callback === 'validate') {
      const inner = encodeBytes(Result, { kind: 'Invalid', reason: 'Found a record, but it is invalid' });
      return { kind: 'short-circuited', payload: encodeBinary(inner) };
    }
    if (found === undefined || found.isRejected) {
      return missing(context, { kind: 'Hashes', hashes: [hash] }, `Failed to get Record ${hashText(hash)}`);
    }
    checkAction('must_get_valid_record', hash, found.record.signed_action, context);
    return ok(found.record);
  });
}

function bindMustGetAgentActivity(generation: Generation) {
  const input = mustGetAgentActivityInput(generation);
  return bound('must_get_agent_activity', input, agentActivity(generation), ({ author, chain_filter }, context) => {
    const found = context.dependencies.agentActivity(author, chain_filter);
    if (found.kind === 'activity') return ok(found.actions.map((item) => ({ action: item, cached_entry: null })));
    const of = `for author ${hashText(author)}`;
    if (found.kind === 'empty-range') {
      return hostError(`must_get_agent_activity: the range of the filter is empty ${of}`);
    }
    const dependencies: Dependencies = { kind: 'AgentActivity', agent: author, filter: chain_filter };
    return missing(context, dependencies, `must_get_agent_activity: the chain is incomplete ${of}`);
  });
}

/** A function without input. */
function bindNil<O>(name: string, output: Codec<O>, run: (context: HostFunctionContext) => HostFunctionAnswer<O>) {
  return bound(name, nil, output, (_, context) => run(context));
}

function dnaInfoV1({ name, hash, modifiers, zome_names }: DnaInfoV2): DnaInfoV1 {
  return { name, hash, properties: modifiers.properties, zome_names };
}

function bindZomeInfo(generation: Generation) {
  return bindNil('zome_info', zomeInfo(generation), (context) => {
    const info = context.zomeInfo();
    return typeof info === 'string' ? hostError(info) : ok(info);
  });
}

function bindHash(generation: Generation) {
  return bound('hash', hashInput(generation), HashOutput, (input) => {
    const hash = hashOfInput(input, generation);
    return typeof hash === 'string' ? hostError(hash) : ok(hash);
  });
}

function bindVerifySignature() {
  return bound('verify_signature', VerifySignature, bool, ({ key, signature, data }, context) =>
    // SHA-512 of the data, which the price of the bytes does not cover.
    context.charge(PER_BYTE * data.length) ? ok(verifySignature(coreOf(key), signature, data)) : undefined,
  );
}

function bindTrace(generation: Generation) {
  return bound('trace', traceMessage(generation), nil, (message, context) => {
    context.trace(message);
    return ok(null);
  });
}

function bindDecrypt(name: string) {
  return () =>
    bound(name, anyValue, nil, () => hostError(`${name}: a deterministic validation has no keystore to decrypt with`));
}

interface RowParts {
  readonly version?: 1 | 2;
  readonly permission: Permission | readonly Permission[];
  readonly deniedAs?: string;
  readonly cost?: HostFunctionCost;
  readonly reason: string;
  readonly hasEffect?: boolean;
  readonly bind?: HostFunctionRow['bind'];
}

function row(name: string, parts: RowParts): HostFunctionRow {
  const { version = 1, permission, deniedAs = name, cost = PLAIN, reason, hasEffect = false, bind } = parts;
  const permissions = typeof permission === 'string' ? [permission] : permission;
  return { name: `__hc__${name}_${version}`, deniedAs, permissions, cost, reason, hasEffect, bind };
}

const BY_HASH = 'the answer is what the hash names, or the call ends; the source decides only which of the two';
const BY_CHAIN = 'a hash-linked range of a chain, whole, or the call ends';
const NO_KEYS = 'no keystore: the real host panics here in validate';

/** Functions of this host. */
const SERVED: readonly HostFunctionRow[] = [
  row('must_get_entry', {
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    reason: BY_HASH,
    bind: bindMustGetEntry,
  }),
  row('must_get_action', {
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    reason: BY_HASH,
    bind: bindMustGetAction,
  }),
  row('must_get_valid_record', {
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    reason: BY_HASH,
    bind: bindMustGetValidRecord,
  }),
  row('must_get_agent_activity', {
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    reason: BY_CHAIN,
    bind: bindMustGetAgentActivity,
  }),
  row('verify_signature', {
    permission: 'keystore_deterministic',
    cost: SIGNATURE,
    reason: 'a function of its input; the rules of acceptance are spelt out',
    bind: bindVerifySignature,
  }),
  row('dna_info', {
    permission: 'bindings_deterministic',
    reason: 'the DNA is the same on every node of its network',
    bind: () => bindNil('dna_info', DnaInfoV1, (context) => ok(dnaInfoV1(context.dnaInfo))),
  }),
  row('dna_info', {
    version: 2,
    permission: 'bindings_deterministic',
    reason: 'the DNA is the same on every node of its network',
    bind: () => bindNil('dna_info', DnaInfoV2, (context) => ok(context.dnaInfo)),
  }),
  row('zome_info', {
    permission: 'bindings_deterministic',
    reason: "a function of the modules of the DNA; the list of exports is the guest's own and nothing of the engine",
    bind: bindZomeInfo,
  }),
  row('hash', { permission: 'none', reason: 'a function of its input', bind: bindHash }),
  row('trace', {
    permission: 'none',
    reason: 'answers nil; the messages stand beside the receipt',
    hasEffect: true,
    bind: bindTrace,
  }),
  ...['x_salsa20_poly1305_decrypt', 'x_25519_x_salsa20_poly1305_decrypt', 'ed_25519_x_salsa20_poly1305_decrypt'].map(
    (name) => row(name, { permission: 'keystore_deterministic', reason: NO_KEYS, bind: bindDecrypt(name) }),
  ),
];

/** Functions that no callback of this host has, by what a callback would need to call them. */
const DENIED: readonly (readonly [names: readonly string[], permission: readonly Permission[], reason: string])[] = [
  [
    [
      'get',
      'get_details',
      'get_links',
      'get_links_details',
      'get_link_details',
      'count_links',
      'get_agent_activity',
      'query',
      'get_validation_receipts',
      'get_agent_key_lineage',
      'is_same_agent',
    ],
    ['read_workspace'],
    'what a node has seen so far differs between nodes',
  ],
  [
    [
      'create',
      'update',
      'delete',
      'create_link',
      'delete_link',
      'open_chain',
      'close_chain',
      'create_clone_cell',
      'disable_clone_cell',
      'enable_clone_cell',
      'delete_clone_cell',
      'schedule',
      'accept_countersigning_preflight_request',
      'block_agent',
      'unblock_agent',
    ],
    ['write_workspace'],
    'writes',
  ],
  [['agent_info', 'capability_claims', 'capability_grants', 'capability_info'], ['agent_info'], 'differs by agent'],
  [['call_info', 'version'], ['bindings'], 'differs by call and build'],
  [['get_init_properties'], ['init'], 'differs by installation'],
  [['sys_time', 'random_bytes', 'emit_signal', 'sleep'], ['non_determinism'], 'time, chance and signals'],
  [
    [
      'sign',
      'sign_ephemeral',
      'create_x25519_keypair',
      'x_salsa20_poly1305_encrypt',
      'x_25519_x_salsa20_poly1305_encrypt',
      'ed_25519_x_salsa20_poly1305_encrypt',
      'x_salsa20_poly1305_shared_secret_create_random',
      'x_salsa20_poly1305_shared_secret_export',
      'x_salsa20_poly1305_shared_secret_ingest',
    ],
    ['keystore'],
    'needs keys',
  ],
  [['call'], ['write_workspace', 'write_network', 'agent_info'], 'runs other code'],
  [['send_remote_signal', 'remote_signal'], ['write_network', 'agent_info'], 'sends'],
];

/** Every row. Names are unique. */
export const HOST_FUNCTIONS: readonly HostFunctionRow[] = [
  ...SERVED,
  ...DENIED.flatMap(([names, permission, reason]) => names.map((name) => row(name, { permission, reason }))),
];

/** What a guest is told that may not call a function. */
export function deniedText(deniedAs: string, exportName: string, zome: string): string {
  return `Host function ${deniedAs} cannot be called from zome function ${exportName} in zome ${zome}`;
}
