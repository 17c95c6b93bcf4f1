/**
 * The tables of docs/CACHING.md and its plots, generated from runs: `npm run simulate -- --docs` writes them, `--check`
 * compares them with a run. A table's place in the page is between `<!-- run NAME -->` and `<!-- end -->`.
 */
import { readFileSync } from 'node:fs';
import { plotOf } from './plot.js';
import { POLICIES } from './policies.js';
import { panelsOf, type Report, reportOf } from './report.js';
import { PolicyGuests } from './simulation.js';
import { syntheticTrace } from './synthetic-trace.js';
import type { Trace } from './trace.js';
import { readTrace } from './trace-file.js';

const PAGE = 'docs/CACHING.md';
const SEED = 1;
const SHARES = ['2%', '5%', '10%', '20%', '40%'];

const law = (text: string) => () => syntheticTrace(`${text},objects=3000,requests=30000,size=4000`, SEED);
const recorded = (name: string) => () => ({
  ...readTrace(`bench/caching/recorded/${name}.csv`, Number.MAX_SAFE_INTEGER),
  name: `recorded: ${name}`,
});

/** By the name of a run. */
const RUNS: ReadonlyMap<string, () => Trace> = new Map([
  ['zipf', law('zipf:alpha=0.9')],
  ['scan', law('scan:alpha=0.9,share=0.3,length=500')],
  ['shift', law('shift:alpha=0.9,length=3000,step=300')],
  ['phases', law('phases:alpha=0.9,length=2000')],
  ['memo', recorded('memo')],
  ['village', recorded('village')],
  ['programs', recorded('programs')],
]);

function tableOf({ facts, rows }: Report): string {
  const sizes = [...new Set(rows.map(({ bytes }) => bytes))];
  const cell = (share: number) => (100 * share).toFixed(1);
  const head = [
    'policy',
    ...SHARES.map((share) => `hits ${share}`),
    ...SHARES.map((share) => `saved ${share}`),
    'fuel',
  ];
  const body = POLICIES.map(({ name }) => {
    const own = sizes.map((size) => rows.find(({ policy, bytes }) => policy === name && bytes === size)!);
    const fuel = own.reduce((sum, row) => sum + row.fuel, 0) / (facts.requests * own.length);
    return [
      name,
      ...own.map(({ hits }) => cell(hits / facts.requests)),
      ...own.map(({ missPrice }) => cell(1 - missPrice / facts.price)),
      fuel.toFixed(0),
    ];
  });
  const lines = [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...body].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  return lines.join('\n');
}

/** The generated files, by path. */
export async function docsOfRuns(took: () => void = () => undefined): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  const guests = new PolicyGuests('instrumented');
  let page = readFileSync(PAGE, 'utf8');
  for (const [name, trace] of RUNS) {
    const report = await reportOf(trace(), guests, { policies: POLICIES, sizes: SHARES, definition: 'own' });
    const begin = `<!-- run ${name} -->`;
    const from = page.indexOf(begin);
    const to = page.indexOf('<!-- end -->', from);
    if (from < 0 || to < 0) throw new Error(`${PAGE} has no place for the run '${name}'`);
    page = `${page.slice(0, from)}${begin}\n\n${tableOf(report)}\n\n${page.slice(to)}`;
    files.set(`docs/caching-${name}.svg`, plotOf(`Misses by size of the cache: ${report.trace}`, panelsOf(report)));
    took();
  }
  return files.set(PAGE, page);
}

export const DOCS_RUNS = RUNS.size;
