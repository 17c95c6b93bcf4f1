/**
 * A set of imports linked to one module: the row for each import, and the constants as receipts hash them. It is
 * computed once for all calls with the same rows.
 */
import type { Loaded } from '../../base/fault.js';
import type { Limits } from '../../base/limits.js';
import { linkImports } from '../../machine/link.js';
import { Store } from '../../machine/store.js';
import type { MeteredModule } from '../../metering/meter.js';
import { constantBytes } from './constant-bytes.js';
import { checkImports, externOf, type HostImport } from './host-import.js';
import { hostTableOf } from './host-table.js';

export interface Linkage {
  /** The imports that it was made from. */
  readonly imports: readonly HostImport[];
  /** In the order of the module's imports. */
  readonly rows: readonly HostImport[];
  /** The bytes that follow the input in a receipt's hash. */
  readonly constants: Uint8Array;
  /** Hash of the table of all host functions that were passed, imported or not. */
  readonly hosts: Uint8Array;
}

/** @throws UsageError for rows that no module could use */
export function linkageOf(
  { module, schedule }: MeteredModule,
  limits: Limits,
  imports: readonly HostImport[],
): Loaded<Linkage> {
  checkImports(imports);
  const rows = new Map(imports.map((row) => [keyOf(row.module, row.name), row]));
  const store = new Store(limits, schedule);
  const linked = linkImports(module, (from, name) => {
    const row = rows.get(keyOf(from, name));
    return row && externOf(row, store, { run: undefined });
  });
  if (!linked.ok) return linked;
  return {
    ok: true,
    value: {
      imports: [...imports],
      rows: module.imports.map((item) => rows.get(keyOf(item.module, item.name))!),
      constants: constantBytes(module, imports),
      hosts: hostTableOf(imports, schedule.rates.hostCall.base).hash,
    },
  };
}

function keyOf(module: string, name: string): string {
  return JSON.stringify([module, name]);
}

/** Whether a linkage was made from exactly these rows. */
export function isOf(linkage: Linkage, imports: readonly HostImport[]): boolean {
  return linkage.imports.length === imports.length && linkage.imports.every((row, i) => row === imports[i]);
}
