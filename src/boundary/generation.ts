/**
 * The data generations of Holochain's ABI. The Wasm-level ABI is one since Holochain 0.1; what lies in the bytes is not.
 *
 * Source: HOLOCHAIN.md, the table at the top; holochain-serialization changelog 0.0.54 (unit variants), hdi 0.8 (WasmError);
 * serde 1.0.181 (the tag of an adjacently tagged enum is a unit variant from there on, and was a string before).
 */
import type { UnitForm } from './codec-enum.js';

/**
 * Named for the last Holochain of each: `0.2` is 0.1 and 0.2, `0.6` is 0.3 to 0.6, `0.7` is 0.7. `0.2-map` is 0.1 and 0.2
 * built with serde 1.0.181 or later: there the tag of an `Entry` is a map too, `{"App": nil}`.
 */
export type Generation = '0.2' | '0.2-map' | '0.6' | '0.7';

export interface GenerationRow {
  /** the generation whose ops and actions these are */
  readonly shape: '0.2' | '0.6' | '0.7';
  /** how a guest of this generation writes unit variants */
  readonly unitForm: UnitForm;
  /** how it writes and takes the tag of an `Entry`, which is in the hash of an entry */
  readonly entryTagForm: UnitForm;
  /** the field of `WasmError` that says where */
  readonly errorField: 'file' | 'module_path';
}

export const GENERATIONS: Readonly<Record<Generation, GenerationRow>> = {
  '0.2': { shape: '0.2', unitForm: 'map', entryTagForm: 'string', errorField: 'file' },
  '0.2-map': { shape: '0.2', unitForm: 'map', entryTagForm: 'map', errorField: 'file' },
  '0.6': { shape: '0.6', unitForm: 'string', entryTagForm: 'string', errorField: 'file' },
  '0.7': { shape: '0.7', unitForm: 'string', entryTagForm: 'string', errorField: 'module_path' },
};
