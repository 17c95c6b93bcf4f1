/**
 * Checks that an op's hashes and signature match its content, as a conductor does before it calls a zome.
 *
 * Invariant: an op without a fault has the true hashes of its action, its entry and the actions that it refers to; with
 * `all`, it is also signed by its author. The chain is not checked: neither order, time nor sizes.
 *
 * Source: holochain `sys_validate.rs` (`verify_action_signature`, `check_entry_hash`), holochain_integrity_types
 * `action.rs` (`signer`), develop-0.1 to develop. The signature covers the bytes that are hashed: the MessagePack of
 * the whole `Action`.
 */
import { toHex } from '../base/hash.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { type Action, action, actionHash, type SignedHashed } from './action.js';
import { dataOf, headOf } from './action-parts.js';
import { type Entry, entryHash } from './entry.js';
import { coreOf, hashOfContent, hashText } from './holo-hash.js';
import type { Op } from './op.js';
import { verifySignature } from './verify-signature.js';

export type OpFaultCode =
  /** the action's hash differs from the one in the op */
  | 'action-hash'
  /** the entry's hash differs from the one in the action, or the action has no entry */
  | 'entry-hash'
  /** the hash of an action or entry that the op refers to differs from the one in the signed action */
  | 'address'
  /** an op of this kind cannot have such an action (0.7, where the type allows every action in every op) */
  | 'action-type'
  /** the signature is not that of its signer over this action */
  | 'signature';

/** One thing in an op that does not match the rest. */
export interface OpFault {
  readonly code: OpFaultCode;
  /** where it is: `$.StoreEntry.action.hashed.hash` */
  readonly path: string;
  readonly detail: string;
}

/** `hashes`, or `all`, which includes the signature. */
export type OpCheck = 'hashes' | 'all';

/** A part of the op whose address is in its signed action. */
interface Named {
  readonly path: string;
  readonly hash: Uint8Array | undefined;
  readonly address: Uint8Array;
}

/** An op of any kind: its signed action, its entry, and its other parts. */
interface Parts {
  readonly path: string;
  readonly signed: SignedHashed<unknown>;
  readonly action: Action;
  /** types of action that an op of this kind has; undefined for any */
  readonly types?: readonly string[];
  readonly entryPath?: string;
  readonly entry?: Entry | null | undefined;
  readonly named?: readonly Named[];
}

type OpOfKind<K extends Op['kind']> = Extract<Op, { kind: K }>['value'];

/** A bare struct as an action; its fields are written in the order of the codec. */
function flat(type: string, content: object): Action {
  return { type, ...content } as unknown as Action;
}

function creation({ kind, value }: { readonly kind: string; readonly value: object }): Action {
  return flat(kind, value);
}

/** The original of an update or a delete of Holochain 0.1 and 0.2. */
function originals(
  value: OpOfKind<'RegisterUpdate'> | OpOfKind<'RegisterDelete'>,
  path: string,
  [actionAddress, entryAddress]: readonly [Uint8Array, Uint8Array],
  generation: Generation,
): readonly Named[] {
  if (!('original_action' in value)) return [];
  const { original_action, original_entry } = value;
  const hash = actionHash(creation(original_action), generation);
  const named: Named[] = [
    { path: `${path}.original_action`, hash, address: actionAddress },
    { path: `${path}.original_action.entry_hash`, hash: original_action.value.entry_hash, address: entryAddress },
  ];
  if (original_entry === null) return named;
  return [
    ...named,
    { path: `${path}.original_entry`, hash: entryHash(original_entry, generation), address: entryAddress },
  ];
}

interface LinkRemoval {
  readonly base_address: Uint8Array;
  readonly link_add_address: Uint8Array;
}

function removedLink(path: string, removal: LinkRemoval, link: Action, generation: Generation): readonly Named[] {
  const data = dataOf(link);
  const base = data.type === 'CreateLink' ? data.base_address : undefined;
  return [
    { path, hash: actionHash(link, generation), address: removal.link_add_address },
    { path: `${path}.base_address`, hash: base, address: removal.base_address },
  ];
}

const CREATIONS = ['Create', 'Update'] as const;

function partsOf(op: Op, generation: Generation): Parts {
  const at = `$.${op.kind}`;
  switch (op.kind) {
    case 'StoreRecord':
    case 'CreateRecord': {
      const { signed_action: signed, entry } = op.value.record;
      const present = entry.kind === 'Present' ? entry.value : undefined;
      const path = `${at}.record.signed_action`;
      return { path, signed, action: signed.hashed.content, entryPath: `${at}.record.entry`, entry: present };
    }
    case 'StoreEntry': {
      const { action: signed, entry } = op.value;
      const path = `${at}.action`;
      return { path, signed, action: creation(signed.hashed.content), entryPath: `${at}.entry`, entry };
    }
    case 'CreateEntry': {
      const { action: signed, entry } = op.value;
      const path = `${at}.action`;
      return { path, signed, action: signed.hashed.content, types: CREATIONS, entryPath: `${at}.entry`, entry };
    }
    case 'RegisterUpdate': {
      const { update: signed, new_entry: entry } = op.value;
      const { content } = signed.hashed;
      const addresses = [content.original_action_address, content.original_entry_address] as const;
      const named = originals(op.value, at, addresses, generation);
      return {
        path: `${at}.update`,
        signed,
        action: flat('Update', content),
        entryPath: `${at}.new_entry`,
        entry,
        named,
      };
    }
    case 'Update': {
      const { update: signed, new_entry: entry } = op.value;
      const action = signed.hashed.content;
      return { path: `${at}.update`, signed, action, types: ['Update'], entryPath: `${at}.new_entry`, entry };
    }
    case 'RegisterDelete': {
      const signed = op.value.delete;
      const { content } = signed.hashed;
      const addresses = [content.deletes_address, content.deletes_entry_address] as const;
      const named = originals(op.value, at, addresses, generation);
      return { path: `${at}.delete`, signed, action: flat('Delete', content), named };
    }
    case 'Delete': {
      const signed = op.value.delete;
      return { path: `${at}.delete`, signed, action: signed.hashed.content, types: ['Delete'] };
    }
    case 'RegisterAgentActivity':
    case 'AgentActivity': {
      const { action: signed, cached_entry: entry } = op.value;
      return { path: `${at}.action`, signed, action: signed.hashed.content, entryPath: `${at}.cached_entry`, entry };
    }
    case 'RegisterCreateLink': {
      const { create_link: signed } = op.value;
      return { path: `${at}.create_link`, signed, action: flat('CreateLink', signed.hashed.content) };
    }
    case 'CreateLink': {
      const { create_link: signed } = op.value;
      return { path: `${at}.create_link`, signed, action: signed.hashed.content, types: ['CreateLink'] };
    }
    case 'RegisterDeleteLink': {
      const { delete_link: signed, create_link } = op.value;
      const { content } = signed.hashed;
      const named = removedLink(`${at}.create_link`, content, flat('CreateLink', create_link), generation);
      return { path: `${at}.delete_link`, signed, action: flat('DeleteLink', content), named };
    }
    case 'DeleteLink': {
      const { delete_link: signed, create_link } = op.value;
      const action = signed.hashed.content;
      const { data } = action;
      const named = data.type === 'DeleteLink' ? removedLink(`${at}.create_link`, data, create_link, generation) : [];
      return { path: `${at}.delete_link`, signed, action, types: ['DeleteLink'], named };
    }
  }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return toHex(a) === toHex(b);
}

/** The author, or the new key if an agent closes a chain for it (from Holochain 0.4). */
export function signerOf(content: Action): Uint8Array {
  const data = dataOf(content);
  const target = data.type === 'CloseChain' ? data.new_target : undefined;
  return target?.kind === 'Agent' ? target.value : headOf(content).author;
}

/** What an author signs: the bytes that are hashed. */
export function signedBytes(content: Action, generation: Generation): Uint8Array {
  return encodeBytes(action(generation), content);
}

function entryFault({ action: content, entry, entryPath }: Parts, generation: Generation): OpFault | undefined {
  if (entry === undefined || entry === null) return undefined;
  const data = dataOf(content);
  const path = entryPath!;
  if (data.type !== 'Create' && data.type !== 'Update') {
    return { code: 'entry-hash', path, detail: `a ${data.type} has no entry` };
  }
  const hash = entryHash(entry, generation);
  if (isSame(hash, data.entry_hash)) return undefined;
  const detail = `the entry has the hash ${hashText(hash)}; the action says ${hashText(data.entry_hash)}`;
  return { code: 'entry-hash', path, detail };
}

function namedFault({ path, hash, address }: Named): OpFault | undefined {
  if (hash !== undefined && isSame(hash, address)) return undefined;
  const found = hash === undefined ? 'it has none' : `it is ${hashText(hash)}`;
  return { code: 'address', path, detail: `${found}; the signed action says ${hashText(address)}` };
}

/**
 * Everything in an op that does not match; empty if all does.
 * @param check `hashes`, or `all`, which includes the signature and takes some 1.4 ms
 */
export function opFaults(op: Op, generation: Generation, check: OpCheck = 'all'): readonly OpFault[] {
  const parts = partsOf(op, generation);
  const { path, signed, action: content, types, named = [] } = parts;
  const faults: (OpFault | undefined)[] = [];
  const { type } = dataOf(content);
  if (types !== undefined && !types.includes(type)) {
    faults.push({ code: 'action-type', path, detail: `the action is a ${type}, not a ${types.join(' or ')}` });
  }
  const bytes = signedBytes(content, generation);
  const hash = hashOfContent('Action', bytes);
  if (!isSame(hash, signed.hashed.hash)) {
    const detail = `the action has the hash ${hashText(hash)}, not ${hashText(signed.hashed.hash)}`;
    faults.push({ code: 'action-hash', path: `${path}.hashed.hash`, detail });
  }
  faults.push(entryFault(parts, generation), ...named.map(namedFault));
  const signer = signerOf(content);
  if (check === 'all' && !verifySignature(coreOf(signer), signed.signature, bytes)) {
    const detail = `this is not the signature of ${hashText(signer)} over the action`;
    faults.push({ code: 'signature', path: `${path}.signature`, detail });
  }
  return faults.filter((fault) => fault !== undefined);
}

/** Faults of an op on one line. */
export function opFaultsText(faults: readonly OpFault[]): string {
  return faults.map(({ code, path, detail }) => `${code} at ${path}: ${detail}`).join('; ');
}
