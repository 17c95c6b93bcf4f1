/** Matches what the host gives with what a module imports. Specification: external typing, import matching. */
import { type Loaded, loadFault } from '../base/fault.js';
import type { Import, ImportDescription, Module } from '../wasm/module.js';
import { functionTypeText, valueTypeName } from '../wasm/types.js';
import type { FunctionInstance } from './function-instance.js';
import type { Global } from './global.js';
import { importName } from './import-name.js';
import type { Memory } from './memory.js';
import type { Table } from './table.js';

/** What is looked at in a value that is given for an import. */
export type ExternType =
  | { readonly kind: 'function'; readonly function: Pick<FunctionInstance, 'type'> }
  | { readonly kind: 'table'; readonly table: Pick<Table, 'type' | 'length'> }
  | { readonly kind: 'memory'; readonly memory: Pick<Memory, 'pages' | 'declaredMax'> }
  | { readonly kind: 'global'; readonly global: Pick<Global, 'type'> };

/** The host's item of a two-level name, or undefined. */
export type ImportLookup<V extends ExternType> = (module: string, name: string) => V | undefined;

/** The values for the imports, in their order, or the fault `unlinkable` at the first that has none or a wrong one. */
export function linkImports<V extends ExternType>(module: Module, lookup: ImportLookup<V>): Loaded<V[]> {
  const values: V[] = [];
  for (const item of module.imports) {
    const value = lookup(item.module, item.name);
    const detail = importName(item);
    if (value === undefined) return { ok: false, fault: loadFault('unknown-import', item.offset, detail) };
    const mismatch = mismatchOf(module, item, value);
    if (mismatch !== undefined) {
      return { ok: false, fault: loadFault('incompatible-import', item.offset, `${detail}: ${mismatch}`) };
    }
    values.push(value);
  }
  return { ok: true, value: values };
}

/** Why a value does not match, or undefined if it does. */
function mismatchOf(module: Module, { description }: Import, value: ExternType): string | undefined {
  if (description.kind !== value.kind)
    return `the module imports a ${description.kind}, the host provides a ${value.kind}`;
  switch (value.kind) {
    case 'function': {
      const { typeIndex } = description as Extract<ImportDescription, { kind: 'function' }>;
      const wanted = functionTypeText(module.types[typeIndex]);
      const given = functionTypeText(value.function.type);
      return wanted === given ? undefined : `the module imports ${wanted}, the host provides ${given}`;
    }
    case 'table': {
      const { type } = description as Extract<ImportDescription, { kind: 'table' }>;
      const { table } = value;
      if (type.type !== table.type.type) return `the module requires a table of ${valueTypeName(type.type)}`;
      return sizeMismatch(type.min, type.max, table.length, table.type.max, 'elements');
    }
    case 'memory': {
      const { type } = description as Extract<ImportDescription, { kind: 'memory' }>;
      return sizeMismatch(type.min, type.max, value.memory.pages, value.memory.declaredMax, 'pages');
    }
    case 'global': {
      const { type } = description as Extract<ImportDescription, { kind: 'global' }>;
      const given = value.global.type;
      if (type.type === given.type && type.mutable === given.mutable) return undefined;
      return `the module requires ${type.mutable ? 'a mutable' : 'an immutable'} ${valueTypeName(type.type)}`;
    }
  }
}

function sizeMismatch(
  min: number,
  max: number | undefined,
  size: number,
  sizeMax: number | undefined,
  unit: string,
): string | undefined {
  if (size < min) return `the module requires at least ${min} ${unit}, the host provides ${size}`;
  if (max !== undefined && (sizeMax === undefined || sizeMax > max)) {
    return `the module requires at most ${max} ${unit}, the host's maximum is ${sizeMax ?? 'none'}`;
  }
  return undefined;
}
