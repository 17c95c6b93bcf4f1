/**
 * `receipts/*.json`: calls and their complete receipts: canonical bytes, hash and JSON. A change that alters one of
 * them must rename the schedule, the limits or the profile.
 */
import { basename, join } from 'node:path';
import { toHex } from '../../base/hash.js';
import type { LoadedModule } from '../../engine/loaded-module.js';
import type { Receipt } from '../../engine/receipt/receipt.js';
import { decodeReceipt, encodeReceipt } from '../../engine/receipt/receipt-bytes.js';
import { receiptJson } from '../../engine/receipt/receipt-json.js';
import { valueArguments } from '../option-values.js';
import {
  hexField,
  jsonFiles,
  numberField,
  readFile,
  readRows,
  textField,
  textsField,
  type VectorRow,
} from './vector-file.js';
import { VectorModules } from './vector-modules.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

export const receiptSuite: VectorSuite = {
  name: 'receipts',
  path: 'receipts',
  run: async (folder) => {
    const report = new SuiteReport(receiptSuite.name);
    const modules = new VectorModules(folder);
    for (const path of jsonFiles(join(folder, 'receipts'))) {
      for (const row of readRows(path)) {
        const module = await modules.ofFile(textField(row, 'wasm'));
        const { receipt, stateDigest } = runRow(folder, module, row);
        const came = [
          receiptJson(receipt),
          toHex(encodeReceipt(receipt)),
          decodedOf(hexField(row, 'bytes')),
          stateDigest,
        ];
        const wanted = [row['receipt'], row['bytes'], row['receipt'], row['stateDigest']];
        report.compare(`${basename(path)} ${textField(row, 'name')}`, came, wanted);
      }
    }
    return report.result();
  },
};

/** Larger memories are not hashed: 64 MiB takes longer than all other vectors together. */
const DIGEST_PAGES_MAX = 64;

export interface RowResult {
  readonly receipt: Receipt;
  /** In hexadecimal; null for a large memory. */
  readonly stateDigest: string | null;
}

/** Makes the call of a row: values for an export, or an entry for `validate`. */
export function runRow(folder: string, module: LoadedModule, row: VectorRow): RowResult {
  const fuel = numberField(row, 'fuel');
  const result =
    row['entry'] === undefined
      ? module.call(textField(row, 'export'), valueArguments(textsField(row, 'args')), { fuel })
      : module.validate(readFile(join(folder, textField(row, 'entry'))), {
          fuel,
          exportName: textField(row, 'export'),
        });
  const { receipt, diagnostics } = result;
  return { receipt, stateDigest: receipt.pages > DIGEST_PAGES_MAX ? null : toHex(diagnostics.stateDigest()) };
}

/** The JSON of golden bytes, or the fault in them. */
function decodedOf(bytes: Uint8Array): object {
  const decoded = decodeReceipt(bytes);
  return decoded.ok ? receiptJson(decoded.receipt) : decoded.fault;
}
