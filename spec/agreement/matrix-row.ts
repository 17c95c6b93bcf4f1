/** A row of the matrix: runs the golden receipts and the whole corpus on one node and compares call by call. */
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { anyCase } from '../../src/agreement/agreement-case.js';
import { assertAgreement, DisagreementError } from '../../src/agreement/assert-agreement.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import { explainDisagreement, replayLines } from '../../src/agreement/explain-disagreement.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { CORPUS_CASES, type CorpusCase, readCorpus } from './corpus.js';
import { checkGoldenReceipts } from './golden-receipts.js';

export interface Row {
  readonly name: string;
  readonly runtime: string;
  /** Golden receipts matched, and their number. */
  readonly golden: string;
  readonly calls: number;
  readonly seconds: number;
  /** `agrees`, `skipped: ...`, or the differences, in lines. */
  readonly result: string;
}

export interface RowOptions {
  readonly corpus: string;
  readonly minutesMax: number;
  readonly replayFolder?: string;
  /** Check that comes before the runs. Default: the golden receipts. */
  readonly checkGolden?: (node: AgreementNode) => Promise<string>;
  readonly onProgress?: (calls: number) => void;
}

/** Requests that are sent to a node before it has answered, so that a channel's latency does not count. */
const IN_FLIGHT = 8;

export async function askRow(name: string, node: AgreementNode, options: RowOptions): Promise<Row> {
  const begin = performance.now();
  const row = { name, runtime: '', golden: '', calls: 0, seconds: 0, result: 'agrees' };
  try {
    row.runtime = await node.describe();
    const unfit = /interpreter only \((.*)\)/.exec(row.runtime)?.[1];
    if (unfit !== undefined && name.endsWith('instrumented')) return { ...row, result: `skipped: ${unfit}` };
    row.golden = await (options.checkGolden ?? checkGoldenReceipts)(node);
    const asked = await askCorpus(node, options, begin + options.minutesMax * 60_000);
    row.calls = asked.calls;
    if (asked.differing !== undefined) {
      row.result = `DISAGREES\n${await explained(node, asked.differing, options.replayFolder)}`;
    } else if (asked.isOutOfTime) row.result = `agrees as far as it came in ${options.minutesMax} minutes`;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    row.result = `BROKEN: ${error.message}`;
  }
  return { ...row, seconds: Math.round((performance.now() - begin) / 1000) };
}

interface Asked {
  calls: number;
  differing: CorpusCase | undefined;
  isOutOfTime: boolean;
}

async function askCorpus(
  node: AgreementNode,
  { corpus, onProgress }: RowOptions,
  endMilliseconds: number,
): Promise<Asked> {
  const asked: Asked = { calls: 0, differing: undefined, isOutOfTime: false };
  const cases = readCorpus(corpus);
  const worker = async () => {
    while (asked.differing === undefined && !asked.isOutOfTime) {
      const { value: one, done } = await cases.next();
      if (done === true) return;
      if (performance.now() > endMilliseconds) {
        asked.isOutOfTime = true;
        return;
      }
      const answers = await node.run(moduleOfJson(one.module), one.calls);
      if (one.expected.some((wanted, at) => compareAnswers(wanted, answers[at]!) !== undefined)) {
        asked.differing ??= one;
        return;
      }
      asked.calls += one.calls.length;
      onProgress?.(asked.calls);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return asked;
}

/** The case shrunk by fast-check, or unchanged if the nodes now agree on it. */
async function explained(
  node: AgreementNode,
  { module, calls, expected, seed, path }: CorpusCase,
  replayFolder: string | undefined,
): Promise<string> {
  const reference = engineNode({ tier: 'interpreter' });
  const folder = replayFolder === undefined ? {} : { replayFolder };
  try {
    await assertAgreement([reference, node], anyCase(CORPUS_CASES), { seed, path, ...folder });
  } catch (error) {
    if (error instanceof DisagreementError) return error.message;
    throw error;
  }
  const answers = await node.run(moduleOfJson(module), calls);
  for (const [call, wanted] of expected.entries()) {
    const difference = compareAnswers(wanted, answers[call]!);
    if (difference === undefined) continue;
    const disagreement = { left: reference, right: node, call, difference };
    return replayLines(await explainDisagreement(disagreement, moduleOfJson(module), calls)).join('\n');
  }
  return `they agree when they are asked again: seed ${seed}, path ${path}`;
}
