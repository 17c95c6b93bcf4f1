/**
 * The table of host functions: one row for every name that a Holochain host from 0.1 to 0.7 offers to guests.
 *
 * Invariant: no guest of those versions is unlinkable because of a name, and none gets a result that differs between
 * nodes: a row depends only on its input, the zome, the DNA and the hash-addressed dependencies; or on the cell of a
 * zome function, whose inputs are stated; or is denied as in the real host. Every row is paid before it works.
 *
 * Source: holochain `real_ribosome.rs::imports` of every branch, `host_fn/*.rs`.
 */
import { toHex } from '../base/hash.js';
import { anyValue, bool, type Codec, nil } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { encodeBinary } from '../boundary/encode-binary.js';
import type { Generation } from '../boundary/generation.js';
import { ActionHash, EntryHash } from '../boundary/hash-bytes.js';
import { type Dependencies, validationResult } from '../boundary/validation-result.js';
import { HostFailure } from '../machine/outcome.js';
import { action, actionHash, type SignedHashed, signedHashed } from './action.js';
import { callbackRow } from './callbacks.js';
import { CHAIN_FUNCTIONS } from './chain-functions.js';
import { entryHash } from './entry.js';
import { HashOutput, hashInput, hashOfInput } from './hash-function.js';
import { coreOf, hashText } from './holo-hash.js';
import { agentActivity, entryHashed, mustGetAgentActivityInput, traceMessage, VerifySignature } from './host-data.js';
import {
  bound,
  boundToConstants,
  type HostFunctionAnswer,
  type HostFunctionContext,
  type HostFunctionRow,
  hostError,
  ok,
} from './host-function.js';
import { EVERY, LOOKUP, row, SIGNATURE } from './host-function-row.js';
import { DnaInfoV1, DnaInfoV2, zomeInfo } from './info.js';
import { record } from './record.js';
import { verifySignature } from './verify-signature.js';

/** Ends the call with `UnresolvedDependencies` if the callback supports that, otherwise returns an error. */
function missing(context: HostFunctionContext, dependencies: Dependencies, text: string): HostFunctionAnswer<never> {
  if (callbackRow(context.callback).missing === 'error') return hostError(text);
  const inner = encodeBytes(validationResult(context.generation), { kind: 'UnresolvedDependencies', dependencies });
  return { kind: 'short-circuited', payload: encodeBinary(inner) };
}

/** A source that returns anything other than the requested data is a failure of the host. */
function checkHash(name: string, asked: Uint8Array, found: Uint8Array): void {
  if (toHex(asked) === toHex(found)) return;
  throw new HostFailure(`${name}: the dependency source returned ${hashText(found)} for ${hashText(asked)}`);
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
  return boundToConstants('zome_info', zomeInfo(generation), (context) => context.zomeInfo());
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
    context.charge(context.cost.perDataByte! * data.length)
      ? ok(verifySignature(coreOf(key), signature, data))
      : undefined,
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

const BY_HASH =
  'the result is the content that the hash names, or the call ends; the source decides only which of the two';
const BY_CHAIN = 'a complete hash-linked range of a chain, or the call ends';
const NO_KEYS = 'no keystore: the real host panics here in validate';

const DECRYPT = [
  ['x_salsa20_poly1305_decrypt', EVERY],
  ['x_25519_x_salsa20_poly1305_decrypt', EVERY],
  ['ed_25519_x_salsa20_poly1305_decrypt', ['0.3', '0.7']],
] as const;

/** Functions that need no chain. */
const SERVED: readonly HostFunctionRow[] = [
  row('must_get_entry', {
    releases: EVERY,
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    readsDependencies: true,
    reason: BY_HASH,
    bind: bindMustGetEntry,
  }),
  row('must_get_action', {
    releases: EVERY,
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    readsDependencies: true,
    reason: BY_HASH,
    bind: bindMustGetAction,
  }),
  row('must_get_valid_record', {
    releases: EVERY,
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    readsDependencies: true,
    reason: BY_HASH,
    bind: bindMustGetValidRecord,
  }),
  row('must_get_agent_activity', {
    releases: EVERY,
    permission: 'read_workspace_deterministic',
    cost: LOOKUP,
    readsDependencies: true,
    reason: BY_CHAIN,
    bind: bindMustGetAgentActivity,
  }),
  row('verify_signature', {
    releases: EVERY,
    permission: 'keystore_deterministic',
    cost: SIGNATURE,
    reason: 'a function of its input; the rules of acceptance are exact',
    bind: bindVerifySignature,
  }),
  row('dna_info', {
    releases: EVERY,
    permission: 'bindings_deterministic',
    reason: 'the DNA is the same on every node of its network',
    bind: () => bindNil('dna_info', DnaInfoV1, (context) => ok(dnaInfoV1(context.dnaInfo))),
  }),
  row('dna_info', {
    version: 2,
    releases: ['0.2', '0.7'],
    permission: 'bindings_deterministic',
    reason: 'the DNA is the same on every node of its network',
    bind: () => bindNil('dna_info', DnaInfoV2, (context) => ok(context.dnaInfo)),
  }),
  row('zome_info', {
    releases: EVERY,
    permission: 'bindings_deterministic',
    reason: 'a function of the modules of the DNA; the list of exports contains only those of the guest',
    bind: bindZomeInfo,
  }),
  row('hash', { releases: ['0.1', '0.5'], permission: 'none', reason: 'a function of its input', bind: bindHash }),
  row('trace', {
    releases: EVERY,
    permission: 'none',
    reason: 'returns nil; the messages are not part of the receipt',
    hasEffect: true,
    bind: bindTrace,
  }),
  ...DECRYPT.map(([name, releases]) =>
    row(name, {
      releases,
      permission: 'keystore_deterministic',
      reason: NO_KEYS,
      isRefused: true,
      bind: bindDecrypt(name),
    }),
  ),
];

/** Every row. Names are unique. */
export const HOST_FUNCTIONS: readonly HostFunctionRow[] = [...SERVED, ...CHAIN_FUNCTIONS];

/** The error for a guest that may not call a function. */
export function deniedText(deniedAs: string, exportName: string, zome: string): string {
  return `Host function ${deniedAs} cannot be called from zome function ${exportName} in zome ${zome}`;
}
