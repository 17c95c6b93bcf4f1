/**
 * Facts that a zome may query about its surroundings: `DnaInfo` and `ZomeInfo`.
 *
 * Source: holochain_integrity_types `info.rs`, `dna_modifiers.rs`, develop-0.1 to develop. `DnaModifiers` has
 * `origin_time` and `quantum_time` until Holochain 0.4; a guest of a later version ignores them.
 */
import { bytes, type Codec, i64, str, u8, u32, u64 } from '../boundary/codec.js';
import { list, optional, pair, struct } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { DnaHash } from '../boundary/hash-bytes.js';
import { type EntryDef, entryDef } from './entry-def.js';

export interface DnaInfoV1 {
  readonly name: string;
  readonly hash: Uint8Array;
  /** MessagePack */
  readonly properties: Uint8Array;
  readonly zome_names: readonly string[];
}

/** `DnaInfoV1`, result of `dna_info_1`. */
export const DnaInfoV1: Codec<DnaInfoV1> = struct<DnaInfoV1>('DnaInfoV1', {
  name: str,
  hash: DnaHash,
  properties: bytes,
  zome_names: list(str),
});

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

// `optional` fields are in the type of a struct, absent or not: the interface distinguishes them.
export const DnaModifiers = struct<Required<DnaModifiers>>('DnaModifiers', {
  network_seed: str,
  properties: bytes,
  origin_time: optional(i64),
  quantum_time: optional(Duration),
}) as unknown as Codec<DnaModifiers>;

export interface DnaInfoV2 {
  readonly name: string;
  readonly hash: Uint8Array;
  readonly modifiers: DnaModifiers;
  readonly zome_names: readonly string[];
}

/** `DnaInfoV2`, result of `dna_info_2`. */
export const DnaInfoV2: Codec<DnaInfoV2> = struct<DnaInfoV2>('DnaInfoV2', {
  name: str,
  hash: DnaHash,
  modifiers: DnaModifiers,
  zome_names: list(str),
});

/** Indices in scope by zome: the zome's own first. */
export type ScopedZomeTypes = readonly (readonly [zome: number, types: readonly number[]])[];

export interface ZomeInfo {
  readonly name: string;
  readonly id: number;
  /** MessagePack */
  readonly properties: Uint8Array;
  readonly entry_defs: readonly EntryDef[];
  readonly extern_fns: readonly string[];
  readonly zome_types: { readonly entries: ScopedZomeTypes; readonly links: ScopedZomeTypes };
}

const ScopedZomeTypes: Codec<ScopedZomeTypes> = list(pair(u8, list(u8)));

/** `ZomeInfo`, result of `zome_info_1`. */
export function zomeInfo(generation: Generation): Codec<ZomeInfo> {
  return struct<ZomeInfo>('ZomeInfo', {
    name: str,
    id: u8,
    properties: bytes,
    entry_defs: list(entryDef(generation)),
    extern_fns: list(str),
    zome_types: struct('ScopedZomeTypesSet', { entries: ScopedZomeTypes, links: ScopedZomeTypes }),
  });
}
