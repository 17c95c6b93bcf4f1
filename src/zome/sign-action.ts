/**
 * An action made from its parts, in the shape of a generation, with its hash and signature.
 *
 * Invariant: the hash is that of the action's MessagePack, and the signature is over the same bytes, as a conductor
 * makes them. Data that is not an action of the generation is a UsageError with the place of the fault.
 *
 * Source: holochain_types `record.rs` (`SignedActionHashed::sign`), holochain_integrity_types `action.rs` (`Action::signer`,
 * `EntryRateWeight::default`), develop-0.2 to develop.
 */

import { UsageError } from '../base/usage-error.js';
import { type Codec, decodeValue } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { type Action, action, actionHash, type HeaderedAction, type SignedHashed } from './action.js';
import { headOf } from './action-parts.js';
import type { Agent } from './agent.js';
import { hashText } from './holo-hash.js';
import { signerOf } from './op-check.js';
import type { Record } from './record.js';

/** The content of an action, in one form for all generations: `ActionData` of Holochain 0.7. */
export type ActionContent = HeaderedAction['data'];

/** The facts of the newest action of a chain that the next one needs. */
export interface ChainTop {
  /** its hash, 39 bytes */
  readonly hash: Uint8Array;
  /** 0 for the first action */
  readonly seq: number;
  /** microseconds */
  readonly timestamp: bigint;
}

/** The top of a chain that ends with this record. */
export function chainTopOf({ signed_action: { hashed } }: Record): ChainTop {
  const { seq, timestamp } = headOf(hashed.content);
  return { hash: hashed.hash, seq, timestamp };
}

export interface ActionPlace {
  readonly author: Agent;
  /** undefined for the first action of a chain */
  readonly after: ChainTop | undefined;
  /** microseconds */
  readonly timestamp: bigint;
}

/** `EntryRateWeight::default()` and `RateWeight::default()`. */
const ENTRY_WEIGHT = { bucket_id: 255, units: 0, rate_bytes: 0 } as const;
const WEIGHT = { bucket_id: 255, units: 0 } as const;

type Fields = Readonly<globalThis.Record<string, unknown>>;

/** The fields of a flat action, of a generation before 0.7, without its head. */
function flatFields(content: ActionContent, generation: Generation): Fields {
  switch (content.type) {
    case 'Create':
    case 'Update':
      return { ...content, weight: ENTRY_WEIGHT };
    case 'Delete':
    case 'CreateLink':
      return { ...content, weight: WEIGHT };
    case 'Dna':
      return { type: content.type, hash: content.dna_hash };
    case 'OpenChain':
      return GENERATIONS[generation].shape === '0.6'
        ? content
        : { type: content.type, prev_dna_hash: dnaOf(content.prev_target) };
    case 'CloseChain':
      return GENERATIONS[generation].shape === '0.6'
        ? content
        : { type: content.type, new_dna_hash: dnaOf(content.new_target) };
    default:
      return { ...content };
  }
}

type MigrationTarget = Extract<ActionContent, { type: 'OpenChain' }>['prev_target'];

/** Until Holochain 0.3 a chain can move only to a DNA. */
function dnaOf(target: MigrationTarget | null): Uint8Array {
  if (target?.kind === 'Dna') return target.value;
  throw new UsageError('not-buildable', 'in generation 0.2 a chain is opened from a DNA and closed for a DNA');
}

/** The action in the form of its generation. */
function actionContent(content: ActionContent, place: ActionPlace, generation: Generation): Action {
  const { author, after, timestamp } = place;
  const isFirst = content.type === 'Dna';
  if (isFirst !== (after === undefined)) {
    const what = isFirst ? 'a Dna action is the first of its chain' : `a ${content.type} action follows another`;
    throw new UsageError('not-buildable', `${what}${isFirst ? ' and follows none' : ''}`);
  }
  const seq = after === undefined ? 0 : after.seq + 1;
  if (generation === '0.7') {
    const header = { author: author.key, timestamp, action_seq: seq, prev_action: after?.hash ?? null };
    return { header, data: content };
  }
  const { type, ...fields } = flatFields(content, generation);
  const head = { type, author: author.key, timestamp };
  const made = isFirst ? { ...head, ...fields } : { ...head, action_seq: seq, prev_action: after?.hash, ...fields };
  return made as Action;
}

/** The value, checked with its codec as a guest would read it. @throws UsageError */
export function checkedValue<A>(what: string, codec: Codec<A>, value: A): A {
  const decoded = decodeValue(codec, codec.encode(value));
  if (decoded.ok) return value;
  const { reason, path } = decoded.error;
  throw new UsageError('not-buildable', `not a valid ${what}: ${reason} at ${path}`);
}

/**
 * Makes an action and signs it.
 * @param signer default: the author; the new key if a chain is closed for one
 * @throws UsageError `not-buildable`
 */
export function signAction(
  content: ActionContent,
  place: ActionPlace,
  generation: Generation,
  signer: Agent = place.author,
): SignedHashed<Action> {
  const codec = action(generation);
  const made = checkedValue(
    `${content.type} action of generation ${generation}`,
    codec,
    actionContent(content, place, generation),
  );
  const expected = hashText(signerOf(made));
  if (hashText(signer.key) !== expected) {
    throw new UsageError('not-buildable', `the action must be signed by ${expected}: pass that agent as signer`);
  }
  const hashed = { content: made, hash: actionHash(made, generation) };
  return { hashed, signature: signer.sign(encodeBytes(codec, made)) };
}
