/**
 * `fuel/*.json`: calls whose outcome, fuel and parts were written by hand, one for each rule of SEMANTICS 3, 4 and 6.
 */
import { basename, join } from 'node:path';
import type { HostImport } from '../../engine/imports/host-import.js';
import type { CallOutcome } from '../../engine/loaded-module.js';
import { printValue } from '../../wasm/value.js';
import { valueArguments } from '../option-values.js';
import { hexField, jsonFiles, numberField, readRows, textField, textsField } from './vector-file.js';
import { VectorModules } from './vector-modules.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

/** The only import of the vectors: it does nothing, at the schedule's price. */
const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'tick', type: { params: [], results: [] }, run: () => [] },
];

export const fuelSuite: VectorSuite = {
  name: 'fuel',
  path: 'fuel',
  run: async (folder) => {
    const report = new SuiteReport(fuelSuite.name);
    const modules = new VectorModules(folder, IMPORTS);
    for (const path of jsonFiles(join(folder, 'fuel'))) {
      for (const row of readRows(path)) {
        const name = textField(row, 'name');
        const module = await modules.ofBytes(name, hexField(row, 'wasm'));
        const args = valueArguments(textsField(row, 'args'));
        const { outcome, receipt } = module.call(textField(row, 'export'), args, { fuel: numberField(row, 'limit') });
        const { instantiate, guest, host } = receipt.fuel.parts;
        const came = [outcomeRow(outcome), receipt.fuel.used, { instantiate, guest, host }, receipt.pages];
        const wanted = [row['outcome'], row['used'], row['parts'], row['pages']];
        report.compare(`${basename(path)} ${name}`, came, wanted);
      }
    }
    return report.result();
  },
};

function outcomeRow(outcome: CallOutcome): object {
  return outcome.kind === 'returned' ? { kind: outcome.kind, values: outcome.values.map(printValue) } : outcome;
}
