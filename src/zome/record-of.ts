/**
 * Makes records from an application's data: an entry, what is updated or deleted, a link. Hashes and signatures are
 * computed; the place in the chain follows from the previous record.
 *
 * Invariant: the same spec gives the same record, bit for bit; nothing is random and no clock is read.
 *
 * Source: holochain `host_fn/create.rs`, `update.rs`, `delete.rs`, `create_link.rs`, `delete_link.rs`, `genesis_workflow.rs`.
 */

import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import { hashTypeOf } from '../boundary/hash-bytes.js';
import type { Action, MigrationTarget, SignedHashed } from './action.js';
import { dataOf } from './action-parts.js';
import type { Agent } from './agent.js';
import { type Entry, entry as entryCodec, entryHash } from './entry.js';
import { hashFromCore, retyped } from './holo-hash.js';
import type { Record } from './record.js';
import { type ActionContent, type ChainTop, chainTopOf, checkedValue, signAction } from './sign-action.js';

/** Where the type of an application's entry is defined. Default: the first entry type of the first zome, public. */
export interface AppEntryTypeSpec {
  readonly zomeIndex?: number;
  readonly entryIndex?: number;
  readonly visibility?: 'Public' | 'Private';
}

/** A record, or the hashes of its action and entry. Some ops carry the record's content and need the record. */
export type EntryReference = Record | { readonly action: Uint8Array; readonly entry: Uint8Array };

/** The record of a CreateLink, or the hash of its action and the link's base. */
export type LinkReference = Record | { readonly action: Uint8Array; readonly base: Uint8Array };

/** The content of an action. `action` is its type, by default Create. Hashes have 39 bytes. */
export type ActionSpec =
  | { readonly action?: 'Create'; readonly entry: Entry; readonly entryType?: AppEntryTypeSpec }
  | {
      readonly action: 'Update';
      readonly entry: Entry;
      readonly updates: EntryReference;
      readonly entryType?: AppEntryTypeSpec;
    }
  | { readonly action: 'Delete'; readonly deletes: EntryReference }
  | {
      readonly action: 'CreateLink';
      /** an entry, an action, an external hash, or an agent, which is linked by the hash of its entry */
      readonly base: Uint8Array;
      readonly target: Uint8Array;
      /** Default 0. */
      readonly zomeIndex?: number;
      /** Default 0. */
      readonly linkType?: number;
      /** Default empty. */
      readonly tag?: Uint8Array;
    }
  | { readonly action: 'DeleteLink'; readonly link: LinkReference }
  | { readonly action: 'Dna'; readonly dnaHash?: Uint8Array }
  | { readonly action: 'AgentValidationPkg'; readonly membraneProof?: Uint8Array }
  | { readonly action: 'InitZomesComplete' }
  | { readonly action: 'OpenChain'; readonly from: MigrationTarget; readonly closeHash: Uint8Array }
  | {
      readonly action: 'CloseChain';
      readonly to: MigrationTarget | null;
      /** the signer if the chain is closed for a new key: the agent with that key */
      readonly signer?: Agent;
    };

export interface RecordPlace<G extends Generation = Generation> {
  readonly author: Agent;
  /** Default `0.6`. */
  readonly generation?: G;
  /** The previous record in the author's chain. Default: the last of the author's genesis (`genesisOf`). */
  readonly after?: Record | ChainTop;
  /** Microseconds. Default: a second after the previous record. */
  readonly timestamp?: bigint;
}

export type RecordSpec<G extends Generation = Generation> = RecordPlace<G> & ActionSpec;

/** Default time of a chain's first action: microseconds, 14 November 2023. */
export const FIRST_TIMESTAMP = 1_700_000_000_000_000n;
const SECOND = 1_000_000n;
/** The DNA whose core is 32 zero bytes, the default of `createZomeHost`. */
const NO_DNA = hashFromCore('Dna', new Uint8Array(32));

function isRecord(reference: object, what: string): reference is Record {
  if (typeof reference !== 'object') throw notBuildable(`${what} is missing`);
  return 'signed_action' in reference;
}

/** As the base or target of a link, an agent's key means the hash of its entry. */
function linkable(hash: Uint8Array): Uint8Array {
  return hash instanceof Uint8Array && hashTypeOf(hash) === 'Agent' ? retyped(hash, 'Entry') : hash;
}

function notBuildable(message: string): UsageError {
  return new UsageError('not-buildable', message);
}

/** The hashes of the action and entry that are updated or deleted. */
function hashesOf(
  reference: EntryReference,
  what: string,
): { readonly action: Uint8Array; readonly entry: Uint8Array } {
  if (!isRecord(reference, what)) return reference;
  const { hashed } = reference.signed_action;
  const data = dataOf(hashed.content);
  if (data.type === 'Create' || data.type === 'Update') return { action: hashed.hash, entry: data.entry_hash };
  throw notBuildable(`${what} is a Create or an Update, not a ${data.type}`);
}

function linkOf(reference: LinkReference): { readonly action: Uint8Array; readonly base: Uint8Array } {
  if (!isRecord(reference, 'what a DeleteLink deletes')) return reference;
  const { hashed } = reference.signed_action;
  const data = dataOf(hashed.content);
  if (data.type === 'CreateLink') return { action: hashed.hash, base: data.base_address };
  throw notBuildable(`what a DeleteLink deletes is a CreateLink, not a ${data.type}`);
}

type EntryTypeOfAction = Extract<ActionContent, { type: 'Create' }>['entry_type'];

function entryTypeOf(
  entry: Entry,
  { zomeIndex = 0, entryIndex = 0, visibility = 'Public' }: AppEntryTypeSpec,
): EntryTypeOfAction {
  switch (entry.entry_type) {
    case 'Agent':
      return { kind: 'AgentPubKey' };
    case 'CapClaim':
    case 'CapGrant':
      return { kind: entry.entry_type };
    default:
      return {
        kind: 'App',
        value: { entry_index: entryIndex, zome_index: zomeIndex, visibility: { kind: visibility } },
      };
  }
}

/** The action's own fields. */
function contentOf(spec: ActionSpec, generation: Generation): ActionContent {
  switch (spec.action) {
    case undefined:
    case 'Create':
    case 'Update': {
      const entry_type = entryTypeOf(spec.entry, spec.entryType ?? {});
      const entry_hash = entryHash(spec.entry, generation);
      if (spec.action !== 'Update') return { type: 'Create', entry_type, entry_hash };
      const { action, entry } = hashesOf(spec.updates, 'what an Update updates');
      const original = { original_action_address: action, original_entry_address: entry };
      return { type: 'Update', ...original, entry_type, entry_hash };
    }
    case 'Delete': {
      const { action, entry } = hashesOf(spec.deletes, 'what a Delete deletes');
      return { type: 'Delete', deletes_address: action, deletes_entry_address: entry };
    }
    case 'CreateLink': {
      const { base, target, zomeIndex = 0, linkType = 0, tag = new Uint8Array() } = spec;
      const ends = { base_address: linkable(base), target_address: linkable(target) };
      return { type: 'CreateLink', ...ends, zome_index: zomeIndex, link_type: linkType, tag };
    }
    case 'DeleteLink': {
      const { action, base } = linkOf(spec.link);
      return { type: 'DeleteLink', base_address: linkable(base), link_add_address: action };
    }
    case 'Dna':
      return { type: 'Dna', dna_hash: spec.dnaHash ?? NO_DNA };
    case 'AgentValidationPkg':
      return { type: 'AgentValidationPkg', membrane_proof: spec.membraneProof ?? null };
    case 'InitZomesComplete':
      return { type: 'InitZomesComplete' };
    case 'OpenChain':
      return { type: 'OpenChain', prev_target: spec.from, close_hash: spec.closeHash };
    case 'CloseChain':
      return { type: 'CloseChain', new_target: spec.to };
    default:
      throw notBuildable(`unknown action '${String((spec as { readonly action: unknown }).action)}'`);
  }
}

function entryIn(spec: ActionSpec): Entry | undefined {
  return 'entry' in spec ? spec.entry : undefined;
}

function topBefore(spec: RecordSpec, generation: Generation): ChainTop | undefined {
  if (spec.action === 'Dna') return undefined;
  const { after, author } = spec;
  if (after === undefined) return chainTopOf(genesisOf({ author, generation })[2]);
  return 'signed_action' in after ? chainTopOf(after) : after;
}

/**
 * Makes a record.
 * @throws UsageError `not-buildable` for a spec that is not a record of the generation
 */
export function recordOf(spec: RecordSpec): Record {
  const { author, generation = '0.6' } = spec;
  const entry = entryIn(spec);
  if (entry !== undefined) checkEntry(entry, generation);
  const after = topBefore(spec, generation);
  const timestamp = spec.timestamp ?? (after === undefined ? FIRST_TIMESTAMP : after.timestamp + SECOND);
  const signer = spec.action === 'CloseChain' ? (spec.signer ?? author) : author;
  const signed_action: SignedHashed<Action> = signAction(
    contentOf(spec, generation),
    { author, after, timestamp },
    generation,
    signer,
  );
  return { signed_action, entry: entry === undefined ? { kind: 'NA' } : { kind: 'Present', value: entry } };
}

function checkEntry(entry: Entry, generation: Generation): void {
  const codec = entryCodec(generation);
  if (!codec.is(entry)) throw notBuildable(`not an entry of generation ${generation}: it must be {entry_type, entry}`);
  checkedValue(`entry of generation ${generation}`, codec, entry);
}

export interface GenesisSpec<G extends Generation = Generation> {
  readonly author: Agent;
  /** Default `0.6`. */
  readonly generation?: G;
  /** 39 bytes. Default: the DNA whose core is 32 zero bytes. */
  readonly dnaHash?: Uint8Array;
  /** MessagePack. Default none. */
  readonly membraneProof?: Uint8Array;
  /** Microseconds. Default `FIRST_TIMESTAMP`. */
  readonly timestamp?: bigint;
}

/** The three records that every chain begins with: Dna, AgentValidationPkg, and the Create of the agent's key. */
export function genesisOf(spec: GenesisSpec): readonly [Record, Record, Record] {
  const { author, generation = '0.6', dnaHash, membraneProof, timestamp = FIRST_TIMESTAMP } = spec;
  const place = { author, generation };
  const dna = recordOf({ ...place, timestamp, action: 'Dna', ...(dnaHash === undefined ? {} : { dnaHash }) });
  const proof = membraneProof === undefined ? {} : { membraneProof };
  const joined = recordOf({ ...place, action: 'AgentValidationPkg', after: dna, ...proof });
  const agent = recordOf({ ...place, after: joined, entry: { entry_type: 'Agent', entry: author.key } });
  return [dna, joined, agent];
}
