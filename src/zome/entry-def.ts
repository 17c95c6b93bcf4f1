/**
 * `EntryDef`: how a zome defines a kind of entry.
 *
 * Source: holochain_integrity_types `entry_def.rs`; HOLOCHAIN.md 2.
 */
import type * as t from 'io-ts';
import { bool, str, u8 } from '../boundary/codec.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { entryVisibility } from './entry.js';

/** `EntryDef`. */
export function entryDef(generation: Generation) {
  const { unitForm } = GENERATIONS[generation];
  return struct('EntryDef', {
    id: externallyTagged('EntryDefId', { App: str, CapClaim: undefined, CapGrant: undefined }, unitForm),
    visibility: entryVisibility(unitForm),
    required_validations: u8,
    cache_at_agent_activity: bool,
  });
}

export type EntryDef = t.TypeOf<ReturnType<typeof entryDef>>;
