/**
 * Detects the data generation of a module, if the module shows it. The Wasm-level ABI is always the same, but the names
 * that serde puts into a module's data and the names of imports differ.
 *
 * Source: the import lists of each release (`dna_info_1` until 0.1, `ed_25519_..._decrypt` from 0.3); the variants of
 * `Op` (renamed in 0.7) and the fields of `RegisterDelete` (three until 0.2), which serde writes into modules that
 * decode an op.
 */
import type { Generation } from '../boundary/generation.js';

export interface DetectedGeneration {
  readonly generation: Generation;
  /**
   * `nothing`: the module does not show its generation, so the generation is the default; `option`: the user set it;
   * `probe`: two calls of `validate` showed which of the two forms of 0.2 it is (`probe-entry-tag.ts`)
   */
  readonly by: 'imports' | 'data' | 'nothing' | 'option' | 'probe';
}

/** The fields of `WasmError` in 0.7, as serde writes them side by side. */
const NEW_ERROR = 'module_pathlineerror';

/** Serde's error text for an op that has had a single field since Holochain 0.3. */
const OLD_DELETE = 'struct RegisterDelete with 3 elements';

/** Bytes as characters, for a native, linear search that matches every byte. */
function textOf(wasm: Uint8Array): string {
  return new TextDecoder('latin1').decode(wasm);
}

function holdsOldOps(text: string): boolean {
  return text.includes('RegisterCreateLink') || text.includes('RegisterAgentActivity');
}

function holdsNewOps(text: string): boolean {
  return text.includes('CreateRecord') && text.includes('AgentActivity');
}

/** Whether a module's data has the names of the variants of `Op`: its `validate` takes ops, not entries. */
export function takesOps(wasm: Uint8Array): boolean {
  const text = textOf(wasm);
  return holdsOldOps(text) || holdsNewOps(text);
}

const DEFAULT_GENERATION: Generation = '0.6';

/** @param importNames names imported from `env` */
export function detectGeneration(wasm: Uint8Array, importNames: readonly string[]): DetectedGeneration {
  const text = textOf(wasm);
  const isOld = holdsOldOps(text);
  if (!isOld && (holdsNewOps(text) || text.includes(NEW_ERROR))) return { generation: '0.7', by: 'data' };
  const names = new Set(importNames);
  if (names.has('__hc__ed_25519_x_salsa20_poly1305_decrypt_1'))
    return { generation: DEFAULT_GENERATION, by: 'imports' };
  const isHdi = names.has('__hc__x_25519_x_salsa20_poly1305_decrypt_1');
  if (isHdi || names.has('__hc__dna_info_1')) return { generation: '0.2', by: 'imports' };
  if (text.includes(OLD_DELETE)) return { generation: '0.2', by: 'data' };
  if (isOld) return { generation: DEFAULT_GENERATION, by: 'data' };
  return { generation: DEFAULT_GENERATION, by: 'nothing' };
}
