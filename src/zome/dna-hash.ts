/**
 * The hash of a DNA: of the MessagePack of its modifiers and integrity zomes. Coordinators and the name are not in it.
 *
 * Source: holochain_zome_types `dna_def.rs` (`DnaDefHash`), `zome.rs` (`WasmZome`), holochain_integrity_types
 * `dna_modifiers.rs`, develop-0.6. Earlier versions hashed other fields (times, a library path, the name), which their
 * manifests do not tell apart, so no hash is computed for them.
 */
import { bytes, str } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { list, pair, struct } from '../boundary/codec-struct.js';
import { hashOf } from '../boundary/hash-bytes.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import type { Encodable } from '../boundary/messagepack-encode.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { hashOfContent } from './holo-hash.js';

const WasmZome = struct('WasmZome', { wasm_hash: hashOf('WasmHash', 'Wasm'), dependencies: list(str) });

const DnaDefHash = struct('DnaDefHash', {
  modifiers: struct('DnaModifiers', { network_seed: str, properties: bytes }),
  integrity_zomes: list(pair(str, WasmZome)),
});

export interface HashedDna {
  readonly networkSeed: string;
  readonly properties: MessagePackValue;
  readonly integrityZomes: readonly {
    readonly name: string;
    readonly wasmHash: Uint8Array;
    readonly dependencies: readonly string[];
  }[];
}

/** 39 bytes. */
export function dnaHash({ networkSeed, properties, integrityZomes }: HashedDna): Uint8Array {
  const content = encodeBytes(DnaDefHash, {
    modifiers: { network_seed: networkSeed, properties: encodeMessagePack(properties as Encodable) },
    integrity_zomes: integrityZomes.map(
      ({ name, wasmHash, dependencies }) => [name, { wasm_hash: wasmHash, dependencies }] as const,
    ),
  });
  return hashOfContent('Dna', content);
}
