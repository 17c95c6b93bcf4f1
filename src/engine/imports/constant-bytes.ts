/**
 * The constants that a module imports, as they follow the arguments or the payload in the input of a receipt: for each
 * imported global, in the order of the imports, module and name as texts, then the value's canonical bytes.
 * docs/SEMANTICS.md, section 8.
 */

import { TextBytes } from '../../base/text-bytes.js';
import { valueBytes } from '../../machine/value-bytes.js';
import type { Module } from '../../wasm/module.js';
import { type HostImport, isConstant } from './host-import.js';
import { bitsOfValue, valueTypeCode } from './typed-values.js';

/** Empty if the module imports no global. */
export function constantBytes(module: Module, imports: readonly HostImport[]): Uint8Array {
  const bytes = new TextBytes();
  if (module.importedGlobals === 0) return bytes.take();
  const constants = new Map(
    imports.flatMap((row) => (isConstant(row) ? [[JSON.stringify([row.module, row.name]), row] as const] : [])),
  );
  for (const item of module.imports) {
    if (item.description.kind !== 'global') continue;
    const constant = constants.get(JSON.stringify([item.module, item.name]));
    // Another instance's: in a store with several.
    if (constant === undefined) continue;
    const { value } = constant;
    bytes.text(item.module);
    bytes.text(item.name);
    bytes.raw(valueBytes(Uint8Array.of(valueTypeCode(value.type)), [bitsOfValue(value)]));
  }
  return bytes.take();
}
