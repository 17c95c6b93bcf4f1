/** Writes fuel.json again, after a change of prices or of a package: part of `npm run vectors:write`. */
import { writeFileSync } from 'node:fs';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { GOLDEN_FILE, goldenRun, SCHEDULE } from './golden.js';
import { runOnEngine } from './on-engine.js';
import { PROGRAMS } from './programs.js';

export function recordPrograms(): void {
  const runs = PROGRAMS.map((program) => goldenRun(program.name, runOnEngine(program, interpreterProgram)));
  writeFileSync(GOLDEN_FILE, `${JSON.stringify({ schedule: SCHEDULE, runs }, undefined, 2)}\n`);
}
