/**
 * The flags of `assay new-op` as the spec of an op. Referenced actions are named by the file of their record, of an op
 * that contains it, or by hashes.
 */
import { fromHex, hash } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';

import { decodeValue } from '../boundary/codec.js';
import type { Generation } from '../boundary/generation.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { SEED_BYTES } from '../zome/agent.js';
import { type Entry, entry as entryCodec } from '../zome/entry.js';
import { hashFromText } from '../zome/holo-hash.js';
import { type Record, record } from '../zome/record.js';
import type { ActionSpec, AppEntryTypeSpec, EntryReference, LinkReference } from '../zome/record-of.js';
import type { ChainTop } from '../zome/sign-action.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { readValue, typeError } from './read-document.js';

export interface NewOpOptions {
  readonly kind?: string;
  readonly action?: string;
  readonly entry?: string;
  readonly entryType?: string;
  readonly private?: boolean;
  readonly updates?: string;
  readonly deletes?: string;
  readonly base?: string;
  readonly target?: string;
  readonly linkType?: string;
  readonly tag?: string;
  readonly deletesLink?: string;
  readonly dnaHash?: string;
  readonly seed?: string;
  readonly after?: string;
  readonly seq?: number;
  readonly previous?: string;
  readonly timestamp?: bigint;
  readonly generation?: Generation;
  readonly record?: boolean;
}

/** 64 hexadecimal digits are the seed; any other text is hashed to make it. */
export function seedOf(text: string): Uint8Array {
  const isHex = text.length === 2 * SEED_BYTES && /^[0-9a-fA-F]+$/.test(text);
  return isHex ? fromHex(text.toLowerCase()) : hash(new TextEncoder().encode(text));
}

/** @throws CliError */
export function actionSpecOf(options: NewOpOptions, generation: Generation): ActionSpec {
  const action = options.action ?? actionByFlags(options);
  switch (action) {
    case 'Create':
      return { action, entry: needed(options, 'entry', entryIn(options, generation)), entryType: entryTypeIn(options) };
    case 'Update':
      return {
        action,
        entry: needed(options, 'entry', entryIn(options, generation)),
        entryType: entryTypeIn(options),
        updates: entryReference('--updates', needed(options, 'updates', options.updates), generation),
      };
    case 'Delete':
      return { action, deletes: entryReference('--deletes', needed(options, 'deletes', options.deletes), generation) };
    case 'CreateLink': {
      const { first: zomeIndex, second: linkType } = indices('--link-type', options.linkType);
      return {
        action,
        base: hashIn('--base', needed(options, 'base', options.base)),
        target: hashIn('--target', needed(options, 'target', options.target)),
        zomeIndex,
        linkType,
        ...(options.tag === undefined ? {} : { tag: bytesIn('--tag', options.tag) }),
      };
    }
    case 'DeleteLink':
      return {
        action,
        link: linkReference('--deletes-link', needed(options, 'deletesLink', options.deletesLink), generation),
      };
    case 'Dna':
      return { action, ...(options.dnaHash === undefined ? {} : { dnaHash: hashIn('--dna-hash', options.dnaHash) }) };
    case 'AgentValidationPkg':
    case 'InitZomesComplete':
      return { action };
    default:
      throw new CliError(`new-op cannot make an action ${printable(action)}`, `write one of ${ACTIONS.join(', ')}`);
  }
}

export const ACTIONS: readonly string[] = [
  'Create',
  'Update',
  'Delete',
  'CreateLink',
  'DeleteLink',
  'Dna',
  'AgentValidationPkg',
  'InitZomesComplete',
];

function actionByFlags({ entry, updates, deletes, base, target, deletesLink, dnaHash }: NewOpOptions): string {
  if (updates !== undefined) return 'Update';
  if (entry !== undefined) return 'Create';
  if (deletes !== undefined) return 'Delete';
  if (deletesLink !== undefined) return 'DeleteLink';
  if (base !== undefined || target !== undefined) return 'CreateLink';
  if (dnaHash !== undefined) return 'Dna';
  throw new CliError(
    'the subject of the op is missing',
    'pass --entry FILE, --deletes, --base with --target, --deletes-link, or --action; see assay new-op --help',
  );
}

const FLAGS = {
  entry: '--entry',
  updates: '--updates',
  deletes: '--deletes',
  base: '--base',
  target: '--target',
  deletesLink: '--deletes-link',
} as const;

function needed<T>({ action }: NewOpOptions, name: keyof typeof FLAGS, value: T | undefined): T {
  if (value !== undefined) return value;
  const what = action === undefined ? 'the op' : `the action ${printable(action)}`;
  throw new CliError(`${what} needs ${FLAGS[name]}`, 'see assay new-op --help');
}

/** An `Entry`, or the content of an App entry. */
function entryIn({ entry: path }: NewOpOptions, generation: Generation): Entry | undefined {
  if (path === undefined) return undefined;
  const value = readValue(path, LIMITS_1.payloadBytes, 'an entry');
  const isEntry = value instanceof Map && value.size === 2 && value.has('entry_type') && value.has('entry');
  if (!isEntry) return { entry_type: 'App', entry: encodeMessagePack(value as Encodable) };
  const decoded = decodeValue(entryCodec(generation), value);
  if (decoded.ok) return decoded.value;
  throw typeError(
    path,
    `entry of generation ${generation}`,
    decoded.error,
    'docs/HOLOCHAIN.md shows the JSON of an entry',
  );
}

function entryTypeIn(options: NewOpOptions): AppEntryTypeSpec {
  const { first: zomeIndex, second: entryIndex } = indices('--entry-type', options.entryType);
  return { zomeIndex, entryIndex, visibility: options.private === true ? 'Private' : 'Public' };
}

/** `ZOME/TYPE`, or `TYPE` for the first zome. */
function indices(flag: string, text = '0'): { readonly first: number; readonly second: number } {
  const match = /^(?:([0-9]{1,3})\/)?([0-9]{1,3})$/.exec(text);
  if (match !== null) return { first: Number(match[1] ?? 0), second: Number(match[2]) };
  throw new CliError(`${flag} ${printable(text)} is not a type`, `write ZOME/TYPE, two indices from 0: ${flag} 0/1`);
}

/** Text, or bytes in hexadecimal after `0x`. */
function bytesIn(flag: string, text: string): Uint8Array {
  if (!text.startsWith('0x')) return new TextEncoder().encode(text);
  const match = /^0x((?:[0-9a-fA-F]{2})*)$/.exec(text);
  if (match !== null) return fromHex(match[1].toLowerCase());
  throw new CliError(
    `${flag} ${printable(text)} is not bytes in hexadecimal`,
    `bytes have two digits each after 0x: ${flag} 0x0aff; write a text that begins with 0x in this way, too`,
  );
}

function hashIn(flag: string, text: string): Uint8Array {
  const read = hashFromText(text);
  if (read.ok) return read.hash;
  throw new CliError(
    `${flag} ${printable(text)} is not a hash (${read.code})`,
    'a hash is u and 52 characters: uhCkk..., uhCEk..., uhCAk...',
  );
}

function isHash(text: string): boolean {
  return hashFromText(text).ok;
}

/** The file of a record, or two hashes separated by a comma. */
function referenceIn<T>(
  flag: string,
  text: string,
  generation: Generation,
  of: (first: Uint8Array, second: Uint8Array) => T,
): T | Record {
  const parts = text.split(',');
  if (parts.length === 2 && parts.every(isHash)) return of(hashIn(flag, parts[0]), hashIn(flag, parts[1]));
  if (isHash(text)) {
    throw new CliError(
      `${flag} names only an action`,
      'pass the file of its record, or two hashes separated by a comma; see assay new-op --help',
    );
  }
  return readRecord(text, generation);
}

function entryReference(flag: string, text: string, generation: Generation): EntryReference {
  return referenceIn(flag, text, generation, (action, entry) => ({ action, entry }));
}

function linkReference(flag: string, text: string, generation: Generation): LinkReference {
  return referenceIn(flag, text, generation, (action, base) => ({ action, base }));
}

/** The record in a file: a record, or an op that stores one. */
export function readRecord(path: string, generation: Generation): Record {
  const value = readValue(path, LIMITS_1.payloadBytes, 'a record');
  const decoded = decodeValue(record(generation), recordInOp(value) ?? value);
  if (decoded.ok) return decoded.value;
  const advice = 'new-op --record writes one; so does an op StoreRecord, in generation 0.7 CreateRecord, hold one';
  throw typeError(path, `record of generation ${generation}`, decoded.error, advice);
}

/** The record that an op stores. */
export function recordInOp(value: MessagePackValue): MessagePackValue | undefined {
  if (!(value instanceof Map)) return undefined;
  const map = value as ReadonlyMap<string, MessagePackValue>;
  const content = map.get('StoreRecord') ?? map.get('CreateRecord');
  return content instanceof Map ? (content as ReadonlyMap<string, MessagePackValue>).get('record') : undefined;
}

/** The previous action of the chain; undefined for the author's genesis. */
export function afterOf(
  { after, seq, previous, timestamp }: NewOpOptions,
  generation: Generation,
): Record | ChainTop | undefined {
  if (after !== undefined && (seq !== undefined || previous !== undefined)) {
    throw new CliError('--after cannot be used together with --seq and --previous', 'use one or the other');
  }
  if (after !== undefined) return readRecord(after, generation);
  if (seq === undefined && previous === undefined) return undefined;
  if (seq === undefined || previous === undefined || seq === 0) {
    throw new CliError(
      '--seq and --previous must be used together, with --seq at least 1',
      'pass the hash of the previous action',
    );
  }
  if (timestamp === undefined)
    throw new CliError('--seq and --previous need --timestamp', 'pass --timestamp in microseconds');
  return { hash: hashIn('--previous', previous), seq: seq - 1, timestamp };
}
