/**
 * What a zome may ask about its surroundings: `DnaInfo` and `ZomeInfo`.
 *
 * Source: holochain_integrity_types `info.rs`, `dna_modifiers.rs`, develop-0.1 to develop. `DnaModifiers` has
 * `origin_time` and `quantum_time` until Holochain 0.4; a guest of a later version ignores them.
 */
import type * as t from 'io-ts';
import { bytes, type Codec, i64, str, u8, u32, u64 } from '../boundary/codec.js';
import { list, optional, pair, struct } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { DnaHash } from '../boundary/hash-bytes.js';
import { entryDef } from './entry-def.js';

/** `DnaInfoV1`, answer of `dna_info_1`. */
export const DnaInfoV1 = struct('DnaInfoV1', { name: str, hash: DnaHash, properties: bytes, zome_names: list(str) });

/** `std::time::Duration` as serde writes it. */
export interface Duration {
  readonly secs: bigint;
  readonly nanos: number;
}

export const Duration: Codec<Duration> = struct<Duration>('Duration', { secs: u64, nanos: u32 });

export interface DnaModifiers {
  readonly network_seed: string;
  /** MessagePack */
  readonly properties: Uint8Array;
  /** microseconds */
  readonly origin_time?: bigint;
  readonly quantum_time?: Duration;
}

// `optional` fields are in the type of a struct, absent or not: it is the interface that tells them apart.
export const DnaModifiers = struct<Required<DnaModifiers>>('DnaModifiers', {
  network_seed: str,
  properties: bytes,
  origin_time: optional(i64),
  quantum_time: optional(Duration),
}) as unknown as Codec<DnaModifiers>;

/** `DnaInfoV2`, answer of `dna_info_2`. */
export const DnaInfoV2 = struct('DnaInfoV2', {
  name: str,
  hash: DnaHash,
  modifiers: DnaModifiers,
  zome_names: list(str),
});

/** Indices in scope by zome: the zome's own first. */
const ScopedZomeTypes = list(pair(u8, list(u8)));

/** `ZomeInfo`, answer of `zome_info_1`. */
export function zomeInfo(generation: Generation) {
  return struct('ZomeInfo', {
    name: str,
    id: u8,
    properties: bytes,
    entry_defs: list(entryDef(generation)),
    extern_fns: list(str),
    zome_types: struct('ScopedZomeTypesSet', { entries: ScopedZomeTypes, links: ScopedZomeTypes }),
  });
}

export type DnaInfoV1 = t.TypeOf<typeof DnaInfoV1>;
export type DnaInfoV2 = t.TypeOf<typeof DnaInfoV2>;
export type ZomeInfo = t.TypeOf<ReturnType<typeof zomeInfo>>;
