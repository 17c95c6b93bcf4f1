/**
 * The prices of the functions that a host gives, as one table with a hash. The hash is in every receipt, so nodes with other
 * prices do not look alike, even in a call that pays none of them. docs/SEMANTICS.md, section 8.
 *
 * Invariant: the hash depends on names and prices alone: not on the order of the rows, what the functions do, or which of
 * them a module imports.
 */
import { hash, utf8 } from '../../base/hash.js';
import { own } from '../../base/own.js';
import { TextBytes } from '../../base/text-bytes.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { type HostImport, isConstant } from './host-import.js';

/** The first text of what is hashed. */
export const HOST_TABLE_FORMAT = 'assay-hosts-1';

/** Fuel, integers from 0 to 10^6. */
export interface HostPrice {
  readonly module: string;
  readonly name: string;
  /** Charged before the function runs. */
  readonly base: number;
  /** What it charges by data, for each unit, by the name of the rate. Sorted; rates of 0 are left out. */
  readonly rates: readonly (readonly [name: string, fuel: number])[];
}

export interface HostTable {
  /** Sorted by module, then by name, as UTF-8 bytes. */
  readonly rows: readonly HostPrice[];
  /** BLAKE2b-256 of the table's bytes. */
  readonly hash: Uint8Array;
}

/**
 * The table of what a host gives a module. Constants have no price and are not in it.
 * @param base of functions that name no cost: the schedule's base of a host call
 */
export function hostTableOf(imports: readonly HostImport[], base: number): HostTable {
  return withBuiltins(() => tableOf(imports, base));
}

function tableOf(imports: readonly HostImport[], base: number): HostTable {
  const rows: HostPrice[] = [];
  for (const row of imports) {
    if (isConstant(row)) continue;
    const { module, name } = row;
    const named = Object.entries(own(row, 'rates') ?? {}).filter(([, fuel]) => fuel !== 0);
    rows.push({ module, name, base: own(row, 'cost') ?? base, rates: named.sort(([a], [b]) => byBytes(a, b)) });
  }
  rows.sort((a, b) => byBytes(a.module, b.module) || byBytes(a.name, b.name));
  return { rows, hash: hash(tableBytes(rows)) };
}

function tableBytes(rows: readonly HostPrice[]): Uint8Array {
  const bytes = new TextBytes();
  bytes.text(HOST_TABLE_FORMAT);
  for (const { module, name, base, rates } of rows) {
    bytes.text(module);
    bytes.text(name);
    bytes.u53(base);
    bytes.u32(rates.length);
    for (const [rate, fuel] of rates) {
      bytes.text(rate);
      bytes.u53(fuel);
    }
  }
  return bytes.take();
}

/** The order of UTF-8 bytes, which is that of code points and not that of JavaScript's strings. */
function byBytes(left: string, right: string): number {
  const [a, b] = [utf8(left), utf8(right)];
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
