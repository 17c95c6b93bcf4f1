/**
 * `npm run agree:power`: measures the coverage of the tests. First every instruction by its immediates, every pair of
 * neighbours and the triples that a tier fuses, run in both tiers (`spec/systematic`); then the instructions, faults,
 * traps and resources that the generator reaches, and in which module first. Fails if a cell is missing or the tiers
 * differ.
 */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { amount, flag, scriptLine, whole } from '../script-options.js';
import { Cells } from '../systematic/cells.js';
import { compareSequences } from '../systematic/compare-sequences.js';
import { accesses, type Batch, constants, floats, pairs, singles, triples } from '../systematic/sequences.js';
import { generatorPower, type ReachedByName } from './generator-power.js';

const { options } = scriptLine({
  name: 'agree:power',
  about:
    'What the tests reach: every instruction by its immediates and neighbours, then what the generator makes. Exit status 1 if a cell, an instruction, a code or a resource is missing, or the tiers differ.',
  options: {
    minutes: amount('for the systematic sequences; what is not reached is missing', 20),
    modules: whole('how many the generator makes; 0 for none', 20_000),
    seed: whole('of the first of them', 0),
    all: flag('shows the cells of all instructions, not only of those that miss one'),
  },
});

const begin = performance.now();
const seconds = () => Math.round((performance.now() - begin) / 1000);
const TELL_EVERY_MS = 5_000;
let shownMs = begin;

function showProgress(text: () => string): void {
  if (performance.now() - shownMs < TELL_EVERY_MS) return;
  shownMs = performance.now();
  process.stderr.write(`${text()}, ${seconds()} s\n`);
}

/** Every one-byte index, values around two bytes, the limits of types, locals and labels, values around three bytes. */
const INDICES = [...Array.from({ length: 130 }, (_, i) => i), 255, 256, 3_900, 4_000, 16_380, 16_383, 16_384];
const STAGES: readonly (readonly [name: string, batches: () => Iterable<Batch>])[] = [
  ['immediates', () => singles(INDICES)],
  ['constants', constants],
  ['bytes of floats', floats],
  ['addresses and offsets', accesses],
  ['pairs', () => pairs()],
  ['triples', () => triples(4)],
];

/** Returns the missing cells. */
function runSequences(endMs: number): readonly string[] {
  const cells = new Cells();
  let allRuns = 0;
  for (const [name, batches] of STAGES) {
    let sequences = 0;
    let runs = 0;
    let isOver = false;
    for (const batch of batches()) {
      isOver = performance.now() > endMs;
      if (isOver) break;
      const compared = compareSequences(batch.naming, batch.sequences);
      cells.addModule(compared.bytes);
      sequences += batch.sequences.length;
      runs += compared.runs;
      showProgress(() => `${name}: ${sequences} sequences, ${allRuns + runs} runs`);
    }
    allRuns += runs;
    const end = isOver ? 'INCOMPLETE: the time is over' : 'both tiers agree';
    console.log(`${name}: ${sequences} sequences, ${runs} runs, ${end}`);
  }
  const rows = cells.rows();
  const sum = (count: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + count(row), 0);
  for (const { instruction, slot, wanted, met, missing } of rows) {
    if (!options.all && missing.length === 0) continue;
    const left = missing.length === 0 ? '' : `   MISSING: ${missing.join(', ')}`;
    console.log(`  ${instruction.padEnd(24)} ${slot.padEnd(13)} ${String(met).padStart(4)} of ${wanted}${left}`);
  }
  const found = cells.missingPairs();
  console.log(`immediates: ${sum(({ met }) => met)} of ${sum(({ wanted }) => wanted)} cells in ${rows.length} rows`);
  console.log(
    `pairs of neighbours: ${found.wanted - found.missing.length} of ${found.wanted}; ${cells.pairs} with control`,
  );
  console.log(`${allRuns} runs of both tiers in ${cells.modules} modules, ${seconds()} s`);
  const missing = rows.flatMap((row) => row.missing.map((value) => `${row.instruction} ${row.slot} ${value}`));
  return [...missing, ...found.missing];
}

function rarest(reached: ReachedByName, count: number): string {
  const rows = [...reached].sort(([, a], [, b]) => a.count - b.count).slice(0, count);
  return rows.map(([name, row]) => `${name} ${row.count}`).join(', ');
}

function last(reached: ReachedByName): string {
  const [name, row] = [...reached].reduce((left, right) => (left[1].first >= right[1].first ? left : right));
  return `${name}, in module ${row.first}`;
}

/** Returns the missing items. */
async function runGenerator(modules: number): Promise<readonly string[]> {
  const power = await generatorPower(modules, (done) => showProgress(() => `${done} generated modules`), options.seed);
  console.log(`${power.modules} generated modules, ${power.calls} calls, ${seconds()} s`);
  console.log(
    `instructions: ${power.instructions.size} of ${INSTRUCTIONS.length}; the last was ${last(power.instructions)}`,
  );
  console.log(`  in the fewest modules: ${rarest(power.instructions, 6)}`);
  console.log(`ends: ${power.ends.size}; the last was ${last(power.ends)}`);
  console.log(`  the rarest: ${rarest(power.ends, 6)}`);
  for (const [name, { count, first }] of [...power.ends].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${name.padEnd(48)} ${String(count).padStart(7)}   first in module ${first}`);
  }
  return power.missing;
}

const modules = options.modules;
const missing = [
  ...runSequences(begin + options.minutes * 60_000),
  ...(modules > 0 ? await runGenerator(modules) : []),
];
console.log(
  missing.length === 0 ? 'nothing is missing' : `MISSING, ${missing.length}: ${missing.slice(0, 40).join(', ')}`,
);
process.exitCode = missing.length === 0 ? 0 : 1;
