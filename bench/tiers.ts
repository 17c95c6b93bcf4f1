/** The tiers that the bench can time, by name. A new tier is one row. */

import { isDeclined } from '../src/instrumented/declined.js';
import { learnHost } from '../src/instrumented/host.js';
import { instrumentedProgram } from '../src/instrumented/program.js';
import { LoopTraining } from '../src/interpreter/loop-training.js';
import { type InterpreterProgram, interpreterProgram } from '../src/interpreter/program.js';
import type { Program, TierName } from '../src/machine/program.js';
import type { MeteredModule } from '../src/metering/meter.js';

export interface Tier {
  readonly name: TierName;
  /** The program that loading makes. */
  program(metered: MeteredModule): Program;
  /** Does the work that the tier postpones until a function is first called, for every function. */
  compileAll(program: Program): void;
}

/** As in an engine. */
const training = new LoopTraining();

const INTERPRETER: Tier = {
  name: 'interpreter',
  program: (metered) => interpreterProgram(metered, training),
  compileAll: (program) => {
    const { entries } = program as InterpreterProgram;
    for (let index = 0; index < entries.length; index++) (program as InterpreterProgram).entry(index);
  },
};

const host = learnHost();

/** As in the engine: a module that the host is not asked to compile runs in the interpreter. */
const INSTRUMENTED: Tier = {
  name: 'instrumented',
  program: (metered) => {
    if ('unfit' in host) throw new Error(host.unfit);
    const program = instrumentedProgram(metered, host);
    return isDeclined(program) ? INTERPRETER.program(metered) : program;
  },
  // The host compiles the whole module when it is loaded, as far as it does.
  compileAll: (program) => {
    if (program.tier === 'interpreter') INTERPRETER.compileAll(program);
  },
};

export const TIERS: ReadonlyMap<string, Tier> = new Map([INTERPRETER, INSTRUMENTED].map((tier) => [tier.name, tier]));
