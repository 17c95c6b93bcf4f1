/** The price list of zome host functions, which receipts cover. docs/HOLOCHAIN.md, "Host functions". */
import { type HostTable, hostTableOf } from '../engine/imports/host-table.js';
import type { HostFunctionRow } from './host-function.js';
import { HOST_FUNCTIONS } from './host-functions.js';
import { boundRow, importsOf } from './zome-call.js';

/**
 * The table of a zome host. Its prices are the same in every generation.
 * @param own the user's own functions, which make it another table
 */
export function zomeHostTable(own: readonly HostFunctionRow[] = []): HostTable {
  // Every row has a base.
  return hostTableOf(importsOf([...HOST_FUNCTIONS, ...own].map((row) => boundRow(row, '0.6'))), 0);
}
