/** The price list of the host functions of zomes, as receipts bind it. docs/HOLOCHAIN.md, "Host functions". */
import { type HostTable, hostTableOf } from '../engine/imports/host-table.js';
import type { HostFunctionRow } from './host-function.js';
import { HOST_FUNCTIONS } from './host-functions.js';
import { boundRow, importsOf } from './zome-call.js';

/**
 * The table of a host of zomes. Its prices are the same in every generation.
 * @param own functions of a user's own, which make it another table
 */
export function zomeHostTable(own: readonly HostFunctionRow[] = []): HostTable {
  // Every row names its base.
  return hostTableOf(importsOf([...HOST_FUNCTIONS, ...own].map((row) => boundRow(row, '0.6'))), 0);
}
