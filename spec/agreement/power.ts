/**
 * `npm run agree:power`: what the generator reaches in 20,000 modules, and in which module for the first
 * time. Fails if an instruction, a code or a resource is missing.
 */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { scriptLine, whole } from '../script-options.js';
import { generatorPower, type ReachedByName } from './generator-power.js';

const { options } = scriptLine({
  name: 'agree:power',
  about:
    'What the generator reaches, and in which module for the first time. Exit status 1 if an instruction, a code or a resource is missing.',
  options: { modules: whole('how many', 20_000, 1) },
});

const begin = performance.now();
const seconds = () => Math.round((performance.now() - begin) / 1000);
const power = await generatorPower(options.modules, (done) => {
  if (done > 0 && done % 2_000 === 0) process.stderr.write(`${done} modules, ${seconds()} s\n`);
});

function rarest(reached: ReachedByName, count: number): string {
  const rows = [...reached].sort(([, a], [, b]) => a.count - b.count).slice(0, count);
  return rows.map(([name, row]) => `${name} ${row.count}`).join(', ');
}

function last(reached: ReachedByName): string {
  const [name, row] = [...reached].reduce((left, right) => (left[1].first >= right[1].first ? left : right));
  return `${name}, in module ${row.first}`;
}

console.log(`${power.modules} modules, ${power.calls} calls, ${seconds()} s`);
console.log(
  `instructions: ${power.instructions.size} of ${INSTRUCTIONS.length}; the last was ${last(power.instructions)}`,
);
console.log(`  in the fewest modules: ${rarest(power.instructions, 6)}`);
console.log(`ends: ${power.ends.size}; the last was ${last(power.ends)}`);
console.log(`  the rarest: ${rarest(power.ends, 6)}`);
for (const [name, { count, first }] of [...power.ends].sort(([a], [b]) => (a < b ? -1 : 1))) {
  console.log(`  ${name.padEnd(48)} ${String(count).padStart(7)}   first in module ${first}`);
}
console.log(power.missing.length === 0 ? 'nothing is missing' : `MISSING: ${power.missing.join(', ')}`);
process.exitCode = power.missing.length === 0 ? 0 : 1;
