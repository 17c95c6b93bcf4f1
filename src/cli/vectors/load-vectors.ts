/**
 * `malformed/load-faults.json`: bytes that are not a valid module, and the kind, code and offset of the fault to
 * report.
 */
import { join } from 'node:path';
import { defineLimits, LIMITS_1, type Limits } from '../../base/limits.js';
import { createEngine } from '../../engine/engine.js';
import { hexField, readRows, textField, type VectorRow } from './vector-file.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

const FILE = 'malformed/load-faults.json';

export const loadSuite: VectorSuite = {
  name: 'load faults',
  path: FILE,
  run: async (folder) => {
    const report = new SuiteReport(loadSuite.name);
    for (const row of readRows(join(folder, FILE))) {
      const loaded = await createEngine({ limits: limitsOf(row) }).load(hexField(row, 'bytes'));
      const fault = loaded.ok ? undefined : loaded.fault;
      const wanted = [row['kind'], row['code'], row['offset']];
      report.compare(textField(row, 'name'), [fault?.kind, fault?.code, fault?.offset], wanted);
    }
    return report.result();
  },
};

/** The default limits, or limits with the values that a row lowers. */
function limitsOf(row: VectorRow): Limits {
  const values = row['limits'];
  return values === undefined ? LIMITS_1 : defineLimits('vector', values as Parameters<typeof defineLimits>[1]);
}
