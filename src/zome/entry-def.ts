/**
 * `EntryDef`: how a zome defines a kind of entry.
 *
 * Source: holochain_integrity_types `entry_def.rs`.
 */
import { bool, type Codec, str, u8 } from '../boundary/codec.js';
import { externallyTagged, type Unit, type Variant } from '../boundary/codec-enum.js';
import { struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { type EntryVisibility, entryVisibility } from './entry.js';

export interface EntryDef {
  readonly id: Variant<'App', string> | Unit<'CapClaim'> | Unit<'CapGrant'>;
  readonly visibility: EntryVisibility;
  readonly required_validations: number;
  readonly cache_at_agent_activity: boolean;
}

/** `EntryDef`. */
export function entryDef(generation: Generation): Codec<EntryDef> {
  const { unitForm } = GENERATIONS[generation];
  return struct<EntryDef>('EntryDef', {
    id: externallyTagged('EntryDefId', { App: str, CapClaim: undefined, CapGrant: undefined }, unitForm),
    visibility: entryVisibility(unitForm),
    required_validations: u8,
    cache_at_agent_activity: bool,
  });
}
