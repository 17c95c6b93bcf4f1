/**
 * A module that is to be linked into a store with others: what satisfies each of its imports. A row of the host takes
 * precedence over an export of an instance. docs/SEMANTICS.md, section 11.
 */
import type { LoadFault } from '../../base/fault.js';
import { utf8 } from '../../base/hash.js';
import { own } from '../../base/own.js';
import { sameBytes } from '../../base/same-bytes.js';
import { TextBytes } from '../../base/text-bytes.js';
import { UsageError } from '../../base/usage-error.js';
import { decodeUtf8 } from '../../base/utf8.js';
import { constantBytes } from '../../engine/imports/constant-bytes.js';
import { checkImports, externOf, type HostImport, isConstant } from '../../engine/imports/host-import.js';
import { hostTableOf } from '../../engine/imports/host-table.js';
import type { LoadedModule, ModuleParts } from '../../engine/loaded-module.js';
import { type ExternType, linkImports } from '../../machine/link.js';
import { Store } from '../../machine/store.js';

/** Instances in one store: each may have a memory as large as the limits allow. */
export const INSTANCES_MAX = 256;

/** A module that is to be linked. */
export interface ModuleLink {
  /** Name of its instance, for imports of later modules and for calls. */
  readonly name: string;
  readonly module: LoadedModule;
  /**
   * Host functions and constants. They take precedence over exports of instances. Default: the imports that the module
   * was loaded with.
   */
  readonly imports?: readonly HostImport[];
  /** For imports whose module name is not the name of an instance: the instance to use for each such name. */
  readonly from?: Readonly<Record<string, string>>;
}

/** @internal @throws UsageError for a module that cannot share a store with the others, regardless of its imports */
export function checkLink(
  { name, module }: ModuleLink,
  links: readonly ResolvedLink[],
  names: ReadonlyMap<string, number>,
): void {
  if (typeof name !== 'string' || decodeUtf8(utf8(name)) !== name) {
    throw new UsageError('bad-link', 'the name of an instance must be a text of whole characters');
  }
  if (names.has(name)) throw new UsageError('bad-link', `an instance '${name}' already exists`);
  if (links.length >= INSTANCES_MAX) {
    throw new UsageError('bad-link', `a store has at most ${INSTANCES_MAX} instances, those that failed included`);
  }
  const [first] = links;
  if (first === undefined) return;
  const [a, b] = [first.parts.called, module.parts.called];
  const isSame = sameBytes(a.limits.hash, b.limits.hash) && sameBytes(a.metered.schedule.hash, b.metered.schedule.hash);
  if (!isSame) {
    throw new UsageError(
      'bad-link',
      `the module of '${name}' was loaded with other limits or another schedule than the first one`,
    );
  }
}

/** Which module cannot be linked, and why. */
export interface LinkFault extends LoadFault {
  /** The name that the instance would have had. */
  readonly instance: string;
}

/** @internal What satisfies an import: a row of the host, or an export of the instance with this number. */
export type ImportSource = { readonly row: HostImport } | { readonly instance: number; readonly name: string };

/** @internal A module with all its imports resolved: it can be instantiated again, in any tier. */
export interface ResolvedLink {
  readonly name: string;
  readonly parts: ModuleParts;
  /** In the order of the imports. */
  readonly sources: readonly ImportSource[];
  /** Hash of the table of the host functions that were passed. */
  readonly hosts: Uint8Array;
  /** Canonical bytes of the constants that are imported. */
  readonly constants: Uint8Array;
}

/** @internal The exports of instances, for modules that are linked later. */
export interface Exporters {
  /** The number of the instance with this name. */
  numberOf(name: string): number | undefined;
  exported(instance: number, name: string): ExternType | undefined;
}

/** @internal */
export type Resolved =
  | { readonly ok: true; readonly link: ResolvedLink }
  | { readonly ok: false; readonly fault: LinkFault };

/** @internal @throws UsageError for rows that no module could use */
export function resolvedLink(link: ModuleLink, exporters: Exporters): Resolved {
  const { name } = link;
  const { parts } = link.module;
  const { metered, limits } = parts.called;
  const { module, schedule } = metered;
  const imports = [...(own(link, 'imports') ?? parts.imports)];
  checkImports(imports);
  const rows = new Map(imports.map((row) => [keyOf(row.module, row.name), row]));
  const from = own(link, 'from') ?? {};
  // Only types matter here: the functions of a store are created when the module is instantiated.
  const store = new Store(limits, schedule);
  const sources: ImportSource[] = [];
  const linked = linkImports<ExternType>(module, (moduleName, itemName) => {
    const row = rows.get(keyOf(moduleName, itemName));
    if (row !== undefined) {
      sources.push({ row });
      return externOf(row, store, { run: undefined });
    }
    const instance = exporters.numberOf(own(from, moduleName) ?? moduleName);
    if (instance === undefined) return undefined;
    sources.push({ instance, name: itemName });
    return exporters.exported(instance, itemName);
  });
  if (!linked.ok) return { ok: false, fault: { ...linked.fault, instance: name } };
  const hosts = hostTableOf(imports, schedule.rates.hostCall.base).hash;
  return { ok: true, link: { name, parts, sources, hosts, constants: constantBytes(module, imports) } };
}

function keyOf(module: string, name: string): string {
  return JSON.stringify([module, name]);
}

/** @internal Whether host functions may be called by it. */
export function importsFunctions({ sources }: ResolvedLink): boolean {
  return sources.some((source) => 'row' in source && !isConstant(source.row));
}

/** @internal What satisfies the imports, in their order: 0 is the host; instances count from 1. */
export function sourceNumbers({ sources }: ResolvedLink): number[] {
  return sources.map((source) => ('row' in source ? 0 : source.instance + 1));
}

/** @internal What receipts cover of the modules of a store, in the order of their instances. */
export function linkBytes(links: readonly ResolvedLink[]): Uint8Array {
  const bytes = new TextBytes();
  bytes.u32(links.length);
  for (const link of links) {
    const { name, parts, sources, hosts, constants } = link;
    bytes.text(name);
    bytes.raw(parts.called.hash);
    bytes.raw(hosts);
    bytes.u32(sources.length);
    for (const source of sourceNumbers(link)) bytes.u32(source);
    bytes.u32(constants.length);
    bytes.raw(constants);
  }
  return bytes.take();
}
