/** What a function is called in a backtrace: names are for people and decide nothing. */
import { decodeNames } from '../../decode/names.js';
import { importName } from '../../machine/import-name.js';
import type { Module } from '../../wasm/module.js';

/** Names by function index: the name section's, else the import's, else the first export's, else `func[index]`. */
export function functionLabels(module: Module): (functionIndex: number) => string {
  const names = new Map(decodeNames(module).functions);
  let imported = 0;
  for (const item of module.imports) {
    if (item.description.kind !== 'function') continue;
    if (!names.has(imported)) names.set(imported, importName(item));
    imported++;
  }
  for (const { kind, index, name } of module.exports) {
    if (kind === 'function' && !names.has(index)) names.set(index, name);
  }
  return (functionIndex) => names.get(functionIndex) ?? `func[${functionIndex}]`;
}
