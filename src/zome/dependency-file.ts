/**
 * Dependencies as a document, in JSON or MessagePack: the records, entries and actions of a dependency source.
 *
 *   {"records": [record, ...], "rejected": [record, ...], "entries": [entry, ...], "actions": [signed action, ...]}
 *
 * or only the list of records. Everything is found by its hash, which is computed; an agent's activity consists of the
 * actions, including those of the records.
 */
import { type CodecResult, decodeValue } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import type { Action } from './action.js';
import { action, type SignedHashed, signedHashed } from './action.js';
import { type DependencySource, recordsSource } from './dependency-source.js';
import { type Entry, entry } from './entry.js';
import { type Record, record } from './record.js';

export interface DependencyDocument {
  readonly records: readonly Record[];
  /** found invalid */
  readonly rejected: readonly Record[];
  readonly entries: readonly Entry[];
  readonly actions: readonly SignedHashed<Action>[];
}

const KEYS: readonly string[] = ['records', 'rejected', 'entries', 'actions'] satisfies (keyof DependencyDocument)[];

/** The lists of a document, all optional. */
function documentCodec(generation: Generation) {
  const records = option(list(record(generation)));
  const entries = option(list(entry(generation)));
  const actions = option(list(signedHashed(action(generation))));
  return struct('Dependencies', { records, rejected: records, entries, actions });
}

/** The MessagePack of a document. */
export function encodeDependencies(document: Partial<DependencyDocument>, generation: Generation): Uint8Array {
  const { records = null, rejected = null, entries = null, actions = null } = document;
  return encodeBytes(documentCodec(generation), { records, rejected, entries, actions });
}

/**
 * Reads the value of a document. An unknown key is an error, because otherwise a misspelt list would be ignored
 * silently.
 */
export function readDependencies(value: MessagePackValue, generation: Generation): CodecResult<DependencyDocument> {
  const Records = list(record(generation));
  if (Array.isArray(value)) {
    const records = decodeValue(Records, value);
    if (!records.ok) return records;
    return { ok: true, value: { records: records.value, rejected: [], entries: [], actions: [] } };
  }
  const unknown = value instanceof Map ? [...value.keys()].find((key) => !KEYS.includes(String(key))) : undefined;
  if (unknown !== undefined) {
    return {
      ok: false,
      error: { path: `$.${String(unknown)}`, reason: `unknown list; the lists are ${KEYS.join(', ')}` },
    };
  }
  const decoded = decodeValue(documentCodec(generation), value);
  if (!decoded.ok) return decoded;
  const { records, rejected, entries, actions } = decoded.value;
  return {
    ok: true,
    value: { records: records ?? [], rejected: rejected ?? [], entries: entries ?? [], actions: actions ?? [] },
  };
}

/**
 * The source that a document describes.
 * @throws RangeError for a record or an action whose hash is not the hash of its content
 */
export function sourceOfDependencies(document: DependencyDocument, generation: Generation): DependencySource {
  const { records, ...rest } = document;
  return recordsSource(records, { generation, ...rest });
}
