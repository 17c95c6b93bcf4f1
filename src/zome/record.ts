/**
 * `Record`: an action with its entry, if it has one that is visible.
 *
 * Source: holochain_integrity_types `record.rs`, develop-0.1 to develop. `NA` was `NotApplicable` in Holochain 0.1.
 */
import type { Codec } from '../boundary/codec.js';
import { externallyTagged, type Unit, type Variant } from '../boundary/codec-enum.js';
import { struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { type Action, action, type SignedHashed, signedHashed } from './action.js';
import { type Entry, entry } from './entry.js';

/** `NotApplicable` is for Holochain 0.1. */
export type RecordEntry = Variant<'Present', Entry> | Unit<'Hidden' | 'NA' | 'NotApplicable' | 'NotStored'>;

/** `RecordEntry`. */
export function recordEntry(generation: Generation): Codec<RecordEntry> {
  const variants = {
    Present: entry(generation),
    Hidden: undefined,
    NA: undefined,
    NotApplicable: undefined,
    NotStored: undefined,
  } as const;
  return externallyTagged('RecordEntry', variants, GENERATIONS[generation].unitForm);
}

export interface Record {
  readonly signed_action: SignedHashed<Action>;
  readonly entry: RecordEntry;
}

/** `Record`. */
export function record(generation: Generation): Codec<Record> {
  return struct<Record>('Record', { signed_action: signedHashed(action(generation)), entry: recordEntry(generation) });
}
