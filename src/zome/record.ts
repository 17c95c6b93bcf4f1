/**
 * `Record`: an action with its entry, if it has one and it may be seen.
 *
 * Source: holochain_integrity_types `record.rs`, develop-0.1 to develop. `NA` was `NotApplicable` in Holochain 0.1.
 */
import type * as t from 'io-ts';
import { externallyTagged } from '../boundary/codec-enum.js';
import { struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { action, signedHashed } from './action.js';
import { entry } from './entry.js';

/** `RecordEntry`. */
export function recordEntry(generation: Generation) {
  const variants = {
    Present: entry(generation),
    Hidden: undefined,
    NA: undefined,
    NotApplicable: undefined,
    NotStored: undefined,
  } as const;
  return externallyTagged('RecordEntry', variants, GENERATIONS[generation].unitForm);
}

/** `Record`. */
export function record(generation: Generation) {
  return struct('Record', { signed_action: signedHashed(action(generation)), entry: recordEntry(generation) });
}

export type RecordEntry = t.TypeOf<ReturnType<typeof recordEntry>>;
export type Record = t.TypeOf<ReturnType<typeof record>>;
