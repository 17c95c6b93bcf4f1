/**
 * `npm run agree:all`: the golden receipts and random runs in every runtime that can be had, each against the
 * interpreter of the Node that runs this. Prints the matrix; `--write` puts it into docs/AGREEMENT.md.
 *
 *     --runs N (calls for each row, default 2000)  --seed N  --only TEXT  --folder DIR (for npm; default temporary)
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { anyCase } from '../../src/agreement/agreement-case.js';
import { assertAgreement, DisagreementError } from '../../src/agreement/assert-agreement.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { closeNodes } from '../../src/agreement/node-spec.js';
import { checkGoldenReceipts } from './golden-receipts.js';
import { findRuntimes, type Runtime } from './runtimes.js';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    folder: { type: 'string' },
    replays: { type: 'string' },
    write: { type: 'boolean', default: false },
  },
});

interface Row {
  readonly name: string;
  readonly runtime: string;
  /** Golden receipts met, of how many. */
  readonly golden: string;
  readonly calls: number;
  readonly seconds: number;
  readonly result: string;
}

/** Cases asked at once; a failure shows the seed of its part. */
const CASES = 20;

async function randomRuns(node: AgreementNode, wanted: number, seed: number): Promise<number> {
  const reference = engineNode({ tier: 'interpreter' });
  let calls = 0;
  for (let part = 0; calls < wanted; part++) {
    const tally = await assertAgreement([reference, node], anyCase(), {
      runs: CASES,
      seed: seed + part,
      ...(options.replays === undefined ? {} : { replayFolder: options.replays }),
    });
    calls += tally.calls;
  }
  return calls;
}

async function rowOf(runtime: Runtime): Promise<Row> {
  const { name } = runtime;
  if ('skipped' in runtime) {
    return { name, runtime: '', golden: '', calls: 0, seconds: 0, result: `skipped: ${runtime.skipped}` };
  }
  const begin = performance.now();
  const seconds = () => Math.round((performance.now() - begin) / 1000);
  const nodes = runtime.nodes();
  let described = '';
  let golden = '';
  try {
    described = await nodes[0]!.describe();
    const unfit = /interpreter only \((.*)\)/.exec(described)?.[1];
    if (unfit !== undefined && name.endsWith('instrumented')) {
      return { name, runtime: described, golden, calls: 0, seconds: seconds(), result: `skipped: ${unfit}` };
    }
    golden = await checkGoldenReceipts(nodes[0]!);
    const calls = await randomRuns(nodes[0]!, Number(options.runs), Number(options.seed));
    return { name, runtime: described, golden, calls, seconds: seconds(), result: 'agrees' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const result = error instanceof DisagreementError ? `DISAGREES\n${error.message}` : `BROKEN: ${error.message}`;
    return { name, runtime: described, golden, calls: 0, seconds: seconds(), result };
  } finally {
    await closeNodes(nodes);
  }
}

const HEAD =
  '| node | runtime | golden receipts | random calls | seconds | result |\n| --- | --- | ---: | ---: | ---: | --- |';

function rowText({ name, runtime, golden, calls, seconds, result }: Row): string {
  const [first = ''] = result.split('\n', 1);
  return `| ${name} | ${runtime} | ${golden} | ${calls} | ${seconds} | ${first} |`;
}

const MARK = /(<!-- matrix -->\n).*?(\n<!-- end -->)/s;

function writePage(rows: readonly Row[]): void {
  const path = 'docs/AGREEMENT.md';
  const text = readFileSync(path, 'utf8');
  const table = [HEAD, ...rows.map(rowText)].join('\n');
  writeFileSync(
    path,
    text.replace(MARK, (_, head: string, end: string) => `${head}${table}${end}`),
  );
}

const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'assay-runtimes-'));
const rows: Row[] = [];
try {
  console.log(HEAD);
  for (const runtime of findRuntimes(folder)) {
    if (!runtime.name.toLowerCase().includes(options.only.toLowerCase())) continue;
    const row = await rowOf(runtime);
    rows.push(row);
    console.log(rowText(row));
    if (row.result.includes('\n')) console.log(row.result);
  }
} finally {
  if (options.folder === undefined) rmSync(folder, { recursive: true });
}
if (options.write) writePage(rows);
const wrong = rows.filter(({ result }) => !result.startsWith('agrees') && !result.startsWith('skipped'));
console.log(`${rows.length} nodes, ${wrong.length} of them disagree or broke`);
process.exitCode = wrong.length === 0 ? 0 : 1;
