/**
 * The three data generations of Holochain's ABI. The Wasm-level ABI is one since Holochain 0.1; what lies in the bytes is not.
 *
 * Source: HOLOCHAIN.md, the table at the top; holochain-serialization changelog 0.0.54 (unit variants), hdi 0.8 (WasmError).
 */
import type { UnitForm } from './codec-enum.js';

/** Named for the last Holochain of each: `0.2` is 0.1 and 0.2, `0.6` is 0.3 to 0.6, `0.7` is 0.7. */
export type Generation = '0.2' | '0.6' | '0.7';

export interface GenerationRow {
  /** how a guest of this generation writes unit variants */
  readonly unitForm: UnitForm;
  /** the field of `WasmError` that says where */
  readonly errorField: 'file' | 'module_path';
}

export const GENERATIONS: Readonly<Record<Generation, GenerationRow>> = {
  '0.2': { unitForm: 'map', errorField: 'file' },
  '0.6': { unitForm: 'string', errorField: 'file' },
  '0.7': { unitForm: 'string', errorField: 'module_path' },
};
