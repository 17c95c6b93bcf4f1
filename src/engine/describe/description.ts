/**
 * What a module is, for `inspect` and for tools: its listing and its static costs, computed from the module alone, and the
 * hash of the host functions it was loaded with.
 */
import { toHex } from '../../base/hash.js';
import { decodeNames } from '../../decode/names.js';
import type { MeteredModule } from '../../metering/meter.js';
import { type ExternKind, type ImportDescription, type Module, typeOfFunction } from '../../wasm/module.js';
import { functionTypeText, type GlobalType, type SizeLimits, type TableType, valueTypeName } from '../../wasm/types.js';
import type { HostImport } from '../imports/host-import.js';
import { hostTableOf } from '../imports/host-table.js';
import { featuresUsed } from './features-used.js';
import { functionLabels } from './function-labels.js';

export interface ExternDescription {
  readonly kind: ExternKind;
  readonly name: string;
  /** `(i32, i32) -> (i64)` for a function; `i32`, `mut i64`; `funcref 1..2`; `1..16 pages`. */
  readonly type: string;
}

export interface ImportListing extends ExternDescription {
  readonly module: string;
}

export interface FunctionListing {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly bodyBytes: number;
  /** Sum of the static charges of the function's metering blocks, in fuel. */
  readonly staticCost: number;
  /** Stack words of one frame. */
  readonly frameWords: number;
}

export interface ModuleDescription {
  readonly name: string | undefined;
  readonly bytes: number;
  readonly imports: readonly ImportListing[];
  readonly exports: readonly ExternDescription[];
  /** Types of all memories and tables, the imported ones first. */
  readonly memories: readonly string[];
  readonly tables: readonly string[];
  readonly globals: number;
  readonly dataSegments: number;
  readonly elementSegments: number;
  readonly hasStart: boolean;
  readonly features: readonly string[];
  /** The module's own functions. */
  readonly functions: readonly FunctionListing[];
  /** Hash of the table of the host functions that it was loaded with, in hexadecimal, as receipts have it. */
  readonly hostTable: string;
  /** Fuel taken whole before each call. */
  readonly instantiationCharge: number;
  /** Fuel that loading is quoted at; in no receipt. */
  readonly loadPrice: number;
}

export function describeModule(metered: MeteredModule, imports: readonly HostImport[]): ModuleDescription {
  const { module } = metered;
  return {
    name: decodeNames(module).module,
    bytes: module.bytes.length,
    imports: importListings(module),
    exports: exportListings(module),
    memories: module.memories.map(memoryText),
    tables: module.tables.map(tableText),
    globals: module.globals.length,
    dataSegments: module.data.length,
    elementSegments: module.elements.length,
    hasStart: module.start !== undefined,
    features: featuresUsed(module),
    functions: functionListings(metered),
    hostTable: toHex(hostTableOf(imports, metered.schedule.rates.hostCall.base).hash),
    instantiationCharge: metered.instantiationCharge,
    loadPrice: metered.loadPrice,
  };
}

export function importListings(module: Module): readonly ImportListing[] {
  return module.imports.map((item) => ({
    kind: item.description.kind,
    module: item.module,
    name: item.name,
    type: importType(module, item.description),
  }));
}

export function exportListings(module: Module): readonly ExternDescription[] {
  return module.exports.map(({ kind, name, index }) => ({ kind, name, type: externType(module, kind, index) }));
}

function functionListings(metered: MeteredModule): readonly FunctionListing[] {
  const { module } = metered;
  const label = functionLabels(module);
  const meter = metered.bodyMeter();
  return Array.from(module.bodyStarts, (start, own) => {
    const index = module.importedFunctions + own;
    meter.meterBody(own);
    return {
      index,
      name: label(index),
      type: functionTypeText(typeOfFunction(module, index)),
      bodyBytes: module.bodyEnds[own] - start,
      staticCost: meter.staticCost(),
      frameWords: meter.frameWords,
    };
  });
}

function externType(module: Module, kind: ExternKind, index: number): string {
  switch (kind) {
    case 'function':
      return functionTypeText(typeOfFunction(module, index));
    case 'table':
      return tableText(module.tables[index]);
    case 'memory':
      return memoryText(module.memories[index]);
    case 'global':
      return globalText(module.globals[index]);
  }
}

function importType(module: Module, description: ImportDescription): string {
  switch (description.kind) {
    case 'function':
      return functionTypeText(module.types[description.typeIndex]);
    case 'table':
      return tableText(description.type);
    case 'memory':
      return memoryText(description.type);
    case 'global':
      return globalText(description.type);
  }
}

function globalText({ type, mutable }: GlobalType): string {
  return mutable ? `mut ${valueTypeName(type)}` : valueTypeName(type);
}

function rangeText({ min, max }: SizeLimits): string {
  return max === undefined ? `${min}..` : `${min}..${max}`;
}

function memoryText(type: SizeLimits): string {
  return `${rangeText(type)} pages`;
}

function tableText(type: TableType): string {
  return `${valueTypeName(type.type)} ${rangeText(type)}`;
}
