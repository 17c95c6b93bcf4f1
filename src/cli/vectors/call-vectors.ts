/** `guests/wat/calls.json` and `guests/raw/guests.json`: calls whose outcome and results were written by hand. */
import { join } from 'node:path';
import type { LoadedModule } from '../../engine/loaded-module.js';
import { printValue } from '../../wasm/value.js';
import { valueArguments } from '../option-values.js';
import { readRows, textField, textsField, type VectorRow } from './vector-file.js';
import { VectorModules } from './vector-modules.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

/** Enough for every vector that returns, and soon exhausted by those that never do. */
const FUEL = 50_000_000;

export const WAT_CALLS = 'guests/wat/calls.json';
export const RAW_GUESTS = 'guests/raw/guests.json';

export const callSuite: VectorSuite = {
  name: 'guests: outcomes',
  path: WAT_CALLS,
  run: async (folder) => {
    const report = new SuiteReport(callSuite.name);
    const modules = new VectorModules(folder);
    for (const [base, rows] of [
      ['guests/wat', readRows(join(folder, WAT_CALLS))],
      ['guests/raw', readRows(join(folder, RAW_GUESTS))],
    ] as const) {
      for (const row of rows) {
        const module = await modules.ofFile(`${base}/${textField(row, 'file')}`);
        report.compare(callName(row), outcomeOf(module, row), wantedOf(row));
      }
    }
    return report.result();
  },
};

/** `divide.wasm divide(i32:7, i32:0)`. */
export function callName(row: VectorRow): string {
  return `${textField(row, 'file')} ${textField(row, 'export')}(${textsField(row, 'args').join(', ')})`;
}

function outcomeOf(module: LoadedModule, row: VectorRow): object {
  const args = valueArguments(textsField(row, 'args'));
  const { outcome } = module.call(textField(row, 'export'), args, { fuel: FUEL });
  switch (outcome.kind) {
    case 'returned':
      return { outcome: outcome.kind, detail: outcome.values.map(printValue) };
    case 'trapped':
    case 'breached':
      return { outcome: outcome.kind, detail: outcome.code };
    case 'exhausted':
      return { outcome: outcome.kind, detail: outcome.resource };
    case 'short-circuited':
      return { outcome: outcome.kind, detail: '' };
  }
}

function wantedOf(row: VectorRow): object {
  return { outcome: row['outcome'] ?? 'returned', detail: row['results'] ?? row['code'] ?? row['resource'] };
}
