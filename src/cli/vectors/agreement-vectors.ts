/**
 * `agreement/*.json`: a module and calls, and the complete results that every node must return: receipts, breaches,
 * modules that cannot be linked. Also the replay files of past disagreements.
 */
import { basename, join } from 'node:path';
import { moduleOfJson } from '../../agreement/agreement-call.js';
import { compareAnswers } from '../../agreement/compare-answers.js';
import { engineNode } from '../../agreement/node-engine.js';
import type { Replay } from '../../agreement/replay.js';
import { jsonFiles, readFile } from './vector-file.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

/** What a vector and a replay file have in common. */
export type AgreementVector = Pick<Replay, 'module' | 'calls' | 'expected'> & { readonly name?: string };

export const agreementSuite: VectorSuite = {
  name: 'agreement',
  path: 'agreement',
  run: async (folder) => {
    const report = new SuiteReport(agreementSuite.name);
    const node = engineNode();
    for (const path of jsonFiles(join(folder, 'agreement'))) {
      for (const vector of vectorsOf(path)) {
        const answers = await node.run(moduleOfJson(vector.module), vector.calls);
        for (const [at, answer] of answers.entries()) {
          const difference = compareAnswers(vector.expected[at] ?? { kind: 'none' }, answer);
          report.compare(`${basename(path)} ${vector.name ?? ''} call ${at + 1}`, difference ?? null, null);
        }
      }
    }
    return report.result();
  },
};

function vectorsOf(path: string): readonly AgreementVector[] {
  const value = JSON.parse(readFile(path).toString('utf8')) as AgreementVector | readonly AgreementVector[];
  return Array.isArray(value) ? (value as readonly AgreementVector[]) : [value as AgreementVector];
}
