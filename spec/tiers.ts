/** The tiers by name. Every suite that executes code takes them as its parameter. */

import { isDeclined } from '../src/instrumented/declined.js';
import { learnHost } from '../src/instrumented/host.js';
import { instrumentedProgram } from '../src/instrumented/program.js';
import { interpreterProgram } from '../src/interpreter/program.js';
import type { Program } from '../src/machine/program.js';
import type { MeteredModule } from '../src/metering/meter.js';

export type ProgramFactory = (metered: MeteredModule) => Program;

const host = learnHost();

/** Must not decline any module of the suites; otherwise they fail. */
function instrumented(metered: MeteredModule): Program {
  if ('unfit' in host) throw new Error(host.unfit);
  const program = instrumentedProgram(metered, host);
  if (isDeclined(program)) throw new Error(`declined, ${program.declined}: ${program.detail}`);
  return program;
}

export const TIERS: ReadonlyMap<string, ProgramFactory> = new Map([
  ['interpreter', interpreterProgram],
  ['instrumented', instrumented],
]);
