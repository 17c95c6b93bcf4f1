/**
 * The rows of the table that need a cell: they read and write its chain, sign with its key, read its time and its
 * random bytes, call its other zomes. Without a cell they are denied.
 *
 * Invariant: a result follows from the input, the chain and the stated inputs of the cell (agent, time, seed); none
 * comes from the machine. If a chain in memory cannot do something, the function returns an error with that reason.
 *
 * Source: holochain `host_fn/*.rs`, develop-0.6 and develop.
 */
import { toHex } from '../base/hash.js';
import { anyValue, bytes, type Codec, i64, nil, u32 } from '../boundary/codec.js';
import { list } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { ActionHash } from '../boundary/hash-bytes.js';
import { dataOf, headOf } from './action-parts.js';
import { agentFromSeed, SEED_BYTES } from './agent.js';
import type { Permission } from './callbacks.js';
import type { Cell } from './cell.js';
import {
  type AgentActivityStatus,
  AgentInfo,
  agentActivityInput,
  agentActivityStatus,
  CallInfo,
  type CreateInput,
  CreateLinkInput,
  calls,
  chainQueryFilter,
  createInput,
  DeleteInput,
  DeleteLinkInput,
  EphemeralSignatures,
  GetInputs,
  GetLinksInputs,
  LinkQuery,
  type LinkSearch,
  Links,
  linkDetails,
  maybeDetails,
  maybeRecords,
  RemoteSignal,
  records,
  Sign,
  SignEphemeral,
  updateInput,
  ZomeCallResponses,
} from './chain-data.js';
import { queryChain } from './chain-query.js';
import { type Entry, entryHash, Signature } from './entry.js';
import { hashText } from './holo-hash.js';
import {
  bound,
  type HostFunctionAnswer,
  type HostFunctionContext,
  type HostFunctionCost,
  type HostFunctionRow,
  hostError,
  ok,
} from './host-function.js';
import { EVERY, PER_BYTE, PLAIN, row } from './host-function-row.js';
import type { Record } from './record.js';
import type { ActionContent, ChainTop } from './sign-action.js';

/*
 * Fuel that is paid in a cell in addition to the row's own price, before the work. Measured on Node 20, the best of 60,
 * at 1.26 ns a unit in the interpreter: a write, with its hash and signature, 870 us; a signature 690 us, a key 610 us.
 */
const WRITE = { work: 700_000 };
const SIGNATURE_FUEL = 550_000;
/** SHA-512 of the data, twice. */
const SIGNED_BYTE = 2 * PER_BYTE;
const SIGN = { work: SIGNATURE_FUEL, perDataByte: SIGNED_BYTE };
/** A key, then a signature for each message. */
const SIGN_EACH = { work: SIGNATURE_FUEL, perItem: SIGNATURE_FUEL, perDataByte: SIGNED_BYTE };
/** A search encodes and hashes its results; an item is a record or link that it examines. */
const SEARCH = { work: 15_000, perItem: 500 };

/** Maximum bytes of one `random_bytes`; the real host has no limit. */
export const RANDOM_BYTES_MAX = 1_000_000;

type Run<I, O> = (input: I, cell: Cell, context: HostFunctionContext) => HostFunctionAnswer<O>;

/** A codec of all generations, or by generation. */
type CodecOf<A> = Codec<A> | ((generation: Generation) => Codec<A>);

function codecOf<A>(codec: CodecOf<A>, generation: Generation): Codec<A> {
  return typeof codec === 'function' ? codec(generation) : codec;
}

interface CellRow<I, O> {
  readonly releases?: HostFunctionRow['releases'];
  readonly permission: Permission;
  readonly reason: string;
  /** charged in a cell, in addition to the common price of functions */
  readonly prices?: Omit<HostFunctionCost, 'base' | 'perByte'>;
  readonly input: CodecOf<I>;
  readonly output: CodecOf<O>;
  readonly run: Run<I, O>;
}

/** A row that is served in a cell. */
function cellRow<I, O>(name: string, parts: CellRow<I, O>): HostFunctionRow {
  const { releases = EVERY, permission, reason, prices = {}, input, output, run } = parts;
  return row(name, {
    releases,
    permission,
    reason,
    needsCell: true,
    cost: { ...PLAIN, ...prices },
    bind: (generation) =>
      bound(name, codecOf(input, generation), codecOf(output, generation), (value, context) =>
        // The host denies it if there is no cell.
        context.charge(prices.work ?? 0) ? run(value, context.cell!, context) : undefined,
      ),
  });
}

/** A row that a cell in memory rejects with an error. */
function refusedRow(
  name: string,
  permission: Permission | readonly Permission[],
  reason: string,
  releases: HostFunctionRow['releases'] = EVERY,
): HostFunctionRow {
  const text = `Host function ${name} is not served by a chain in memory: ${reason}`;
  const bind = () => bound(name, anyValue, nil, () => hostError(text));
  return row(name, { releases, permission, reason, needsCell: true, isRefused: true, bind });
}

/** `RibosomeError::RecordDeps`. */
function missingRecord(hash: Uint8Array): HostFunctionAnswer<never> {
  return hostError(`A mandatory record is missing, dht hash: ${hashText(hash)}`);
}

function written(cell: Cell, content: ActionContent, entry?: Entry): HostFunctionAnswer<Uint8Array> {
  return ok(cell.chain.put(content, entry, cell.time).signed_action.hashed.hash);
}

type EntryContent = Extract<ActionContent, { type: 'Create' | 'Update' }>;

/** Entry hash and type of the record that is updated or deleted. */
function originalOf(cell: Cell, hash: Uint8Array): EntryContent | undefined {
  const record = cell.chain.known.record(hash);
  const data = record && dataOf(record.signed_action.hashed.content);
  return data?.type === 'Create' || data?.type === 'Update' ? data : undefined;
}

function entryTypeOf({ entry_location, entry_visibility }: CreateInput): EntryContent['entry_type'] {
  if (entry_location.kind !== 'App') return entry_location;
  const { zome_index, entry_def_index } = entry_location.value;
  return { kind: 'App', value: { entry_index: entry_def_index, zome_index, visibility: entry_visibility } };
}

const NO_COUNTERSIGNING = hostError('a chain in memory has no countersigning session to write an entry of');

const runCreate: Run<CreateInput, Uint8Array> = (input, cell, { generation }) => {
  const { entry } = input;
  if (entry.entry_type === 'CounterSign') return NO_COUNTERSIGNING;
  const entry_hash = entryHash(entry, generation);
  return written(cell, { type: 'Create', entry_type: entryTypeOf(input), entry_hash }, entry);
};

const runUpdate: Run<{ readonly original_action_address: Uint8Array; readonly entry: Entry }, Uint8Array> = (
  { original_action_address, entry },
  cell,
  { generation },
) => {
  const original = originalOf(cell, original_action_address);
  if (original === undefined) return missingRecord(original_action_address);
  if (entry.entry_type === 'CounterSign') return NO_COUNTERSIGNING;
  const of = { original_action_address, original_entry_address: original.entry_hash };
  const { entry_type } = original;
  return written(cell, { type: 'Update', ...of, entry_type, entry_hash: entryHash(entry, generation) }, entry);
};

const runDeleteLink: Run<{ readonly address: Uint8Array }, Uint8Array> = ({ address }, cell) => {
  const link = cell.chain.known.record(address);
  const data = link && dataOf(link.signed_action.hashed.content);
  if (data?.type !== 'CreateLink') return missingRecord(address);
  return written(cell, { type: 'DeleteLink', link_add_address: address, base_address: data.base_address });
};

/** Functions that write. */
const WRITES: readonly HostFunctionRow[] = [
  cellRow('create', {
    permission: 'write_workspace',
    reason: 'the next action of the chain, signed',
    prices: WRITE,
    input: createInput,
    output: ActionHash,
    run: runCreate,
  }),
  cellRow('update', {
    permission: 'write_workspace',
    reason: 'the next action of the chain, signed',
    prices: WRITE,
    input: updateInput,
    output: ActionHash,
    run: runUpdate,
  }),
  cellRow('delete', {
    permission: 'write_workspace',
    reason: 'the next action of the chain, signed',
    prices: WRITE,
    input: DeleteInput,
    output: ActionHash,
    run: ({ deletes_action_hash }, cell) => {
      const original = originalOf(cell, deletes_action_hash);
      if (original === undefined) return missingRecord(deletes_action_hash);
      const { entry_hash: deletes_entry_address } = original;
      return written(cell, { type: 'Delete', deletes_address: deletes_action_hash, deletes_entry_address });
    },
  }),
  cellRow('create_link', {
    permission: 'write_workspace',
    reason: 'the next action of the chain, signed',
    prices: WRITE,
    input: CreateLinkInput,
    output: ActionHash,
    run: ({ base_address, target_address, zome_index, link_type, tag }, cell) =>
      written(cell, { type: 'CreateLink', base_address, target_address, zome_index, link_type, tag }),
  }),
  cellRow('delete_link', {
    permission: 'write_workspace',
    reason: 'the next action of the chain, signed',
    prices: WRITE,
    input: DeleteLinkInput,
    output: ActionHash,
    run: runDeleteLink,
  }),
];

/** Pays for the items of a search before examining them. */
function searched<O>(
  context: HostFunctionContext,
  count: number,
  search: () => HostFunctionAnswer<O>,
): HostFunctionAnswer<O> {
  return context.charge(context.cost.perItem! * count) ? search() : undefined;
}

type GetLinksInput = Omit<LinkSearch, 'base'> & { readonly base_address: Uint8Array };

/** Runs a search for each input. */
function forLinks<O>(find: (search: LinkSearch, cell: Cell) => O): Run<readonly GetLinksInput[], readonly O[]> {
  return (inputs, cell, context) => {
    const count = inputs.reduce((sum, { base_address }) => sum + cell.chain.known.linkCount(base_address), 0);
    return searched(context, count, () =>
      ok(inputs.map(({ base_address, ...search }) => find({ base: base_address, ...search }, cell))),
    );
  };
}

/** All records of the agent's own chain, including those that the call has written. */
function ownRecords({ chain }: Cell): readonly Record[] {
  return [...chain.records, ...chain.scratch];
}

function headText({ signed_action: { hashed } }: Record): { readonly action_seq: number; readonly hash: Uint8Array } {
  return { action_seq: headOf(hashed.content).seq, hash: hashed.hash };
}

type ActivityInput = ReturnType<typeof agentActivityInput>['_A'];

const runAgentActivity: Run<ActivityInput, AgentActivityStatus> = (input, cell, context) => {
  const { agent_pubkey, chain_query_filter, activity_request } = input;
  const chain = cell.chain.known.recordsOf(agent_pubkey);
  return searched(context, chain.length, () => {
    const found = queryChain(chain, { ...chain_query_filter, include_entries: false });
    if (typeof found === 'string') return hostError(found);
    const last = chain.at(-1);
    const head = last && headText(last);
    const isClosed = last !== undefined && dataOf(last.signed_action.hashed.content).type === 'CloseChain';
    const kind = isClosed && context.generation === '0.7' ? 'Closed' : 'Valid';
    const isFull = activity_request.kind === 'Full';
    return ok({
      valid_activity: isFull ? found.map(headText).map(({ action_seq, hash }) => [action_seq, hash] as const) : [],
      rejected_activity: [],
      status: head === undefined ? { kind: 'Empty' } : { kind, value: head },
      highest_observed: head === undefined ? null : { action_seq: head.action_seq, hash: [head.hash] },
      warrants: [],
    });
  });
};

const BY_CHAIN = 'a function of the chain in memory, and of the records that were passed to it';

/** Functions that read. */
const READS: readonly HostFunctionRow[] = [
  cellRow('get', {
    permission: 'read_workspace',
    reason: BY_CHAIN,
    prices: SEARCH,
    input: GetInputs,
    output: maybeRecords,
    run: (inputs, { chain, agent }, context) =>
      searched(context, inputs.length, () =>
        ok(inputs.map(({ any_dht_hash }) => chain.known.live(any_dht_hash, agent.key) ?? null)),
      ),
  }),
  cellRow('get_details', {
    permission: 'read_workspace',
    reason: BY_CHAIN,
    prices: SEARCH,
    input: GetInputs,
    output: maybeDetails,
    run: (inputs, { chain }, context) =>
      searched(context, inputs.length, () =>
        ok(inputs.map(({ any_dht_hash }) => chain.known.details(any_dht_hash) ?? null)),
      ),
  }),
  cellRow('query', {
    permission: 'read_workspace',
    reason: 'a function of the chain in memory',
    prices: SEARCH,
    input: chainQueryFilter,
    output: records,
    run: (filter, cell, context) => {
      const chain = ownRecords(cell);
      return searched(context, chain.length, () => {
        const found = queryChain(chain, filter);
        return typeof found === 'string' ? hostError(found) : ok(found);
      });
    },
  }),
  cellRow('get_links', {
    permission: 'read_workspace',
    reason: BY_CHAIN,
    prices: SEARCH,
    input: GetLinksInputs,
    output: Links,
    run: forLinks((search, { chain }) => chain.known.links(search)),
  }),
  ...(['get_links_details', 'get_link_details'] as const).map((name) =>
    cellRow(name, {
      releases: name === 'get_links_details' ? ['0.6', '0.7'] : ['0.1', '0.5'],
      permission: 'read_workspace',
      reason: BY_CHAIN,
      prices: SEARCH,
      input: GetLinksInputs,
      output: linkDetails,
      run: forLinks((search, { chain }) => chain.known.linkDetails(search)),
    }),
  ),
  cellRow('count_links', {
    releases: ['0.2', '0.7'],
    permission: 'read_workspace',
    reason: BY_CHAIN,
    prices: SEARCH,
    input: LinkQuery,
    output: u32,
    run: (search, { chain }, context) =>
      searched(context, chain.known.linkCount(search.base), () => ok(chain.known.links(search).length)),
  }),
  cellRow('get_agent_activity', {
    permission: 'read_workspace',
    reason: BY_CHAIN,
    prices: SEARCH,
    input: agentActivityInput,
    output: agentActivityStatus,
    run: runAgentActivity,
  }),
  cellRow('get_validation_receipts', {
    releases: ['0.3', '0.7'],
    permission: 'read_workspace',
    reason: 'no other agent has validated anything: an empty list',
    input: anyValue,
    output: list(anyValue),
    run: () => ok([]),
  }),
];

function placeOf({ hash, seq, timestamp }: ChainTop): readonly [Uint8Array, number, bigint] {
  return [hash, seq, timestamp];
}

/** Functions of the agent, the call and the stated inputs. */
const OF_THE_CELL: readonly HostFunctionRow[] = [
  cellRow('agent_info', {
    permission: 'agent_info',
    reason: 'the key of the given seed and the top of the chain',
    input: nil,
    output: AgentInfo,
    run: (_, { agent: { key }, chain }) =>
      ok({ agent_initial_pubkey: key, agent_latest_pubkey: key, chain_head: placeOf(chain.top!) }),
  }),
  cellRow('call_info', {
    permission: 'bindings',
    reason: 'the export that was called, and the top of the chain when it was',
    input: nil,
    output: CallInfo,
    run: (_, { agent: { key }, chain }, context) =>
      ok({
        provenance: key,
        function_name: context.export,
        as_at: placeOf(chain.committedTop!),
        cap_grant: { kind: 'ChainAuthor', value: key },
      }),
  }),
  cellRow('sys_time', {
    permission: 'non_determinism',
    reason: 'an input of the cell, constant during a call',
    input: nil,
    output: i64,
    run: (_, { time }) => ok(time),
  }),
  cellRow('random_bytes', {
    permission: 'non_determinism',
    reason: 'the next bytes of the stream of a given seed',
    prices: { perDataByte: PER_BYTE },
    input: u32,
    output: bytes,
    run: (length, cell, context) => {
      if (length > RANDOM_BYTES_MAX) return hostError(`random_bytes: at most ${RANDOM_BYTES_MAX} bytes, not ${length}`);
      return context.charge(context.cost.perDataByte! * length) ? ok(cell.randomBytes(length)) : undefined;
    },
  }),
  cellRow('sign', {
    permission: 'keystore',
    reason: 'Ed25519 with the key of the given seed, without any other input',
    prices: SIGN,
    input: Sign,
    output: Signature,
    run: ({ key, data }, { agent }, context) => {
      if (toHex(key) !== toHex(agent.key)) return hostError(`the keystore has no key ${hashText(key)}`);
      return context.charge(context.cost.perDataByte! * data.length) ? ok(agent.sign(data)) : undefined;
    },
  }),
  cellRow('sign_ephemeral', {
    permission: 'keystore',
    reason: 'Ed25519 with a key from the next bytes of the given seed',
    prices: SIGN_EACH,
    input: SignEphemeral,
    output: EphemeralSignatures,
    run: (messages, cell, context) => {
      const length = messages.reduce((sum, message) => sum + message.length, 0);
      const { perItem, perDataByte } = context.cost;
      if (!context.charge(perItem! * messages.length + perDataByte! * length)) return undefined;
      const agent = agentFromSeed(cell.randomBytes(SEED_BYTES));
      return ok({ key: agent.key, signatures: messages.map((message) => agent.sign(message)) });
    },
  }),
  cellRow('emit_signal', {
    permission: 'non_determinism',
    reason: 'returns nil; the signals are collected, outside of the receipts',
    input: bytes,
    output: nil,
    run: (signal, cell, { zome }) => {
      cell.emitSignal(zome, signal);
      return ok(null);
    },
  }),
  ...(['send_remote_signal', 'remote_signal'] as const).map((name) =>
    cellRow(name, {
      releases: name === 'send_remote_signal' ? ['0.3', '0.7'] : ['0.1', '0.2'],
      permission: 'write_network',
      reason: 'returns nil, as the real host does before anything is sent; collected, but not sent',
      input: RemoteSignal,
      output: nil,
      run: ({ agents, signal }, cell, { zome }) => {
        cell.sendRemoteSignal(zome, agents, signal);
        return ok(null);
      },
    }),
  ),
  cellRow('call', {
    // The cell decides about calls that need the network or write: after a commit, a call has its own commit.
    permission: 'agent_info',
    reason: 'a call of the same cell, by the same rules, paid by the caller; there is no other cell and no network',
    input: calls,
    output: ZomeCallResponses,
    run: (inputs, cell, context) => {
      const responses = [];
      for (const input of inputs) {
        const answer = cell.call(input, context);
        if (answer?.kind !== 'ok') return answer;
        responses.push(answer.value);
      }
      return ok(responses);
    },
  }),
  cellRow('get_init_properties', {
    releases: ['0.6', '0.7'],
    permission: 'init',
    reason: 'a cell in memory is installed without properties: nil',
    input: nil,
    output: nil,
    run: () => ok(null),
  }),
];

const NO_SCHEDULER = 'nothing runs between calls';
const NO_CLONES = 'there is one cell';
const NO_LAIR = 'the cell has a single key, which only signs';
const REAL_PANICS = 'the real host does not implement it';

const REFUSED: readonly HostFunctionRow[] = [
  refusedRow('schedule', 'write_workspace', NO_SCHEDULER),
  refusedRow('sleep', 'non_determinism', NO_SCHEDULER),
  refusedRow('open_chain', 'write_workspace', 'a chain is not migrated', ['0.3', '0.7']),
  refusedRow('close_chain', 'write_workspace', 'a chain is not migrated', ['0.3', '0.7']),
  ...['create_clone_cell', 'disable_clone_cell', 'enable_clone_cell', 'delete_clone_cell'].map((name) =>
    refusedRow(name, 'write_workspace', NO_CLONES, ['0.2', '0.7']),
  ),
  refusedRow(
    'accept_countersigning_preflight_request',
    'write_workspace',
    'there is no other agent to countersign with',
  ),
  refusedRow('block_agent', 'write_workspace', 'there is no network', ['0.2', '0.6']),
  refusedRow('unblock_agent', 'write_workspace', 'there is no network', ['0.2', '0.6']),
  refusedRow('get_agent_key_lineage', 'read_workspace', 'there is no DPKI', ['0.4', '0.5']),
  refusedRow('is_same_agent', 'read_workspace', 'there is no DPKI', ['0.4', '0.5']),
  ...['capability_claims', 'capability_grants', 'capability_info'].map((name) =>
    refusedRow(name, 'agent_info', REAL_PANICS),
  ),
  refusedRow('version', 'bindings', 'it would differ between builds', ['0.1', '0.5']),
  ...[
    'create_x25519_keypair',
    'x_salsa20_poly1305_encrypt',
    'x_25519_x_salsa20_poly1305_encrypt',
    'x_salsa20_poly1305_shared_secret_create_random',
    'x_salsa20_poly1305_shared_secret_export',
    'x_salsa20_poly1305_shared_secret_ingest',
  ].map((name) => refusedRow(name, 'keystore', NO_LAIR)),
  refusedRow('ed_25519_x_salsa20_poly1305_encrypt', 'keystore', NO_LAIR, ['0.3', '0.7']),
];

/** Every row that needs a cell. */
export const CHAIN_FUNCTIONS: readonly HostFunctionRow[] = [...READS, ...WRITES, ...OF_THE_CELL, ...REFUSED];
