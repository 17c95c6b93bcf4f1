/**
 * `npm run fuzz -- [--seed N] [--minutes M] [--runs N] [--out FILE]`: fuzzes until the time or the runs are over. On a
 * difference it writes the module, the call and the limit and exits with 1.
 */
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type FuzzTotals, fuzz } from './fuzz.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    runs: { type: 'string', default: '100000' },
    out: { type: 'string', default: 'fuzz-difference.json' },
  },
});

const seed = values.seed === undefined ? randomInt(2 ** 32 - 1) : Number(values.seed);
const startedMs = performance.now();
const endMs = startedMs + Number(values.minutes) * 60_000;
let toldMs = startedMs;

function tell({ runs, own, binaryen }: FuzzTotals): void {
  const seconds = (performance.now() - startedMs) / 1000;
  const rate = Math.round(runs / seconds);
  process.stderr.write(
    `${runs} runs, ${rate}/s, modules: ${own} own, ${binaryen} of binaryen, ${seconds.toFixed(0)} s\n`,
  );
}

function isOver(totals: FuzzTotals): boolean {
  const now = performance.now();
  if (now - toldMs > 10_000) {
    toldMs = now;
    tell(totals);
  }
  return now > endMs;
}

process.stderr.write(`seed ${seed}\n`);
const { totals, failure } = await fuzz({ seed, runs: Number(values.runs), isOver });
tell(totals);
for (const [code, count] of totals.refused) process.stderr.write(`${count} modules refused: ${code}\n`);
if (failure === undefined) process.stdout.write(`no difference in ${totals.runs} runs, seed ${seed}\n`);
else {
  const { fuzzCase, difference } = failure;
  const reproduction = {
    seed,
    origin: fuzzCase.origin,
    wasm: Buffer.from(fuzzCase.bytes).toString('hex'),
    ...difference,
  };
  const text = JSON.stringify(reproduction, (_, value) => (typeof value === 'bigint' ? `i64:${value}` : value), 2);
  writeFileSync(values.out, `${text}\n`);
  process.stdout.write(`the tiers differ, seed ${seed}: see ${values.out}\n`);
  process.exitCode = 1;
}
