/** `instructions/*.json`: every instruction on its edge cases, with result or trap and the fuel used. */
import { basename, join } from 'node:path';
import type { CallResult } from '../../engine/loaded-module.js';
import { printValue } from '../../wasm/value.js';
import { valueArguments } from '../option-values.js';
import { hexField, jsonFiles, numberField, readRows, textField, textsField, type VectorRow } from './vector-file.js';
import { VectorModules } from './vector-modules.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

export const instructionSuite: VectorSuite = {
  name: 'instructions',
  path: 'instructions',
  run: async (folder) => {
    const report = new SuiteReport(instructionSuite.name);
    const modules = new VectorModules(folder);
    for (const path of jsonFiles(join(folder, 'instructions'))) {
      for (const row of readRows(path)) {
        const name = `${basename(path)} ${textField(row, 'instruction')}`;
        const module = await modules.ofBytes(name, hexField(row, 'wasm'));
        for (const one of row['cases'] as readonly VectorRow[]) {
          const args = textsField(one, 'args');
          const fuel = numberField(row, 'limit');
          const result = module.call(textField(row, 'export'), valueArguments(args), { fuel });
          report.compare(`${name} ${args.join(' ')}`, [...endOf(result), result.receipt.fuel.used], wantedOf(one));
        }
      }
    }
    return report.result();
  },
};

function endOf({ outcome }: CallResult): readonly unknown[] {
  switch (outcome.kind) {
    case 'returned':
      return ['results', outcome.values.map(printValue)];
    case 'trapped':
      return ['trap', outcome.code];
    case 'exhausted':
      return ['exhausted', outcome.resource];
    default:
      return [outcome.kind];
  }
}

function wantedOf({ results, trap, exhausted, fuel }: VectorRow): readonly unknown[] {
  if (results !== undefined) return ['results', results, fuel];
  return trap === undefined ? ['exhausted', exhausted, fuel] : ['trap', trap, fuel];
}
