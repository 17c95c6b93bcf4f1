/** `guests/entries/entries.json`: entries for the zomes, and the verdict on each, written by hand. */
import { join } from 'node:path';
import { toHex } from '../../base/hash.js';
import type { Verdict } from '../../boundary/validation.js';
import { readFile, readRows, textField, type VectorRow } from './vector-file.js';
import { VectorModules } from './vector-modules.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

export const ENTRIES = 'guests/entries/entries.json';

export const entrySuite: VectorSuite = {
  name: 'guests: verdicts',
  path: ENTRIES,
  run: async (folder) => {
    const report = new SuiteReport(entrySuite.name);
    const modules = new VectorModules(folder);
    for (const row of readRows(join(folder, ENTRIES))) {
      const module = await modules.ofFile(`guests/${textField(row, 'wasm')}`);
      const { verdict } = module.validate(entryBytes(folder, row));
      report.compare(textField(row, 'name'), verdictRow(verdict), row['expected']);
    }
    return report.result();
  },
};

/** The MessagePack of a row's entry. */
export function entryBytes(folder: string, row: VectorRow): Uint8Array {
  return readFile(join(folder, 'guests/entries', textField(row, 'msgpack')));
}

/** A verdict in the form of `entries.json`. */
export function verdictRow(verdict: Verdict): object {
  switch (verdict.kind) {
    case 'Valid':
      return { verdict: 'Valid' };
    case 'Invalid':
      return { verdict: 'Invalid', reason: verdict.reason };
    case 'UnresolvedDependencies': {
      const { dependencies } = verdict;
      const hashes = dependencies.kind === 'Hashes' ? dependencies.hashes : [dependencies.agent];
      return { verdict: verdict.kind, hashes: hashes.map(toHex) };
    }
    case 'NoVerdict':
      return {
        verdict: 'none',
        error: verdict.cause.kind === 'error' ? verdict.cause.error.error.kind : verdict.cause.kind,
      };
  }
}
