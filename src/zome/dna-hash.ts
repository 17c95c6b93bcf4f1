/**
 * The hash of a DNA, over the MessagePack of its modifiers and integrity zomes. Coordinators are never included.
 *
 * Invariant: one form for each way in which a Holochain release hashes. They are checked against the real crates of
 * every release (`vectors/zome/hashes`).
 *
 * Source: holochain_zome_types `dna_def.rs` (`DnaDefHash`), `zome.rs` (`WasmZome`), holochain_integrity_types
 * `dna_modifiers.rs`, develop-0.1 to develop.
 */
import { bytes, type Codec, i64, nil, str } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { list, optional, pair, struct } from '../boundary/codec-struct.js';
import { hashOf } from '../boundary/hash-bytes.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import type { Encodable } from '../boundary/messagepack-encode.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { hashOfContent } from './holo-hash.js';
import { Duration } from './info.js';

/** A Holochain release, by its first two numbers. */
export type HolochainRelease = '0.1' | '0.2' | '0.3' | '0.4' | '0.5' | '0.6' | '0.7';

/** What a release includes in the hash. */
interface DnaHashForm {
  readonly hasName: boolean;
  readonly hasTimes: boolean;
  /** the place of a compiled library, which a bundle never has */
  readonly hasLibraryPath: boolean;
  /** `{"Wasm": zome}` for the zome itself */
  readonly isTagged: boolean;
}

const FROM_02: DnaHashForm = { hasName: false, hasTimes: true, hasLibraryPath: true, isTagged: false };

export const DNA_HASH_FORMS: Readonly<Record<HolochainRelease, DnaHashForm>> = {
  '0.1': { hasName: true, hasTimes: true, hasLibraryPath: false, isTagged: false },
  '0.2': FROM_02,
  '0.3': FROM_02,
  '0.4': FROM_02,
  '0.5': { hasName: false, hasTimes: false, hasLibraryPath: true, isTagged: false },
  '0.6': { hasName: false, hasTimes: false, hasLibraryPath: false, isTagged: false },
  '0.7': { hasName: false, hasTimes: false, hasLibraryPath: false, isTagged: true },
};

/** Default if a manifest has none: 2022-01-01, in microseconds. */
export const HOLOCHAIN_EPOCH = 1_640_995_200_000_000n;
export const STANDARD_QUANTUM_TIME = { secs: 300n, nanos: 0 } as const;

const WASM_ZOME = { wasm_hash: hashOf('WasmHash', 'Wasm'), dependencies: list(str) } as const;

const WasmZome = struct('WasmZome', { ...WASM_ZOME, preserialized_path: optional(nil) });

const MODIFIERS = { network_seed: str, properties: bytes } as const;

const Modifiers = struct('DnaModifiers', {
  ...MODIFIERS,
  origin_time: optional(i64),
  quantum_time: optional(Duration),
});

function dnaDefHash<Zome>(Zome: Codec<Zome>) {
  return struct('DnaDefHash', {
    name: optional(str),
    modifiers: Modifiers,
    integrity_zomes: list(pair(str, Zome)),
  });
}

const PLAIN = dnaDefHash(WasmZome);
const TAGGED = dnaDefHash(externallyTagged('ZomeDef', { Wasm: WasmZome }));

export interface HashedDna {
  /** only in the hash of Holochain 0.1; default empty */
  readonly name?: string;
  readonly networkSeed: string;
  readonly properties: MessagePackValue;
  /** microseconds, in the hash until Holochain 0.4; default the start of 2022 */
  readonly originTime?: bigint;
  /** in the hash until Holochain 0.4; default five minutes */
  readonly quantumTime?: { readonly secs: bigint; readonly nanos: number };
  readonly integrityZomes: readonly {
    readonly name: string;
    /** 39 bytes */
    readonly wasmHash: Uint8Array;
    readonly dependencies: readonly string[];
  }[];
}

/** The bytes that are hashed. */
export function dnaHashContent(dna: HashedDna, release: HolochainRelease): Uint8Array {
  const { hasName, hasTimes, hasLibraryPath, isTagged } = DNA_HASH_FORMS[release];
  const { name = '', originTime = HOLOCHAIN_EPOCH, quantumTime = STANDARD_QUANTUM_TIME } = dna;
  const times = hasTimes ? { origin_time: originTime, quantum_time: quantumTime } : {};
  const modifiers = {
    network_seed: dna.networkSeed,
    properties: encodeMessagePack(dna.properties as Encodable),
    ...times,
  };
  const path = hasLibraryPath ? { preserialized_path: null } : {};
  const zomes = dna.integrityZomes.map(({ name: zome, wasmHash, dependencies }) => {
    return [zome, { wasm_hash: wasmHash, dependencies, ...path }] as const;
  });
  const head = { ...(hasName ? { name } : {}), modifiers };
  if (!isTagged) return encodeBytes(PLAIN, { ...head, integrity_zomes: zomes } as never);
  const tagged = zomes.map(([zome, value]) => [zome, { kind: 'Wasm', value }] as const);
  return encodeBytes(TAGGED, { ...head, integrity_zomes: tagged } as never);
}

/** 39 bytes: the hash of a DNA in a Holochain release. */
export function dnaHash(dna: HashedDna, release: HolochainRelease = '0.6'): Uint8Array {
  return hashOfContent('Dna', dnaHashContent(dna, release));
}
