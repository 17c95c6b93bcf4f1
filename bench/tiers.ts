/** The tiers that the bench can time, by name. A new tier is one row. */
import { TIERS as SUITE_TIERS } from '../spec/tiers.js';
import { type InterpreterProgram, interpreterProgram } from '../src/interpreter/program.js';
import type { Program, TierName } from '../src/machine/program.js';
import type { MeteredModule } from '../src/metering/meter.js';

export interface Tier {
  readonly name: TierName;
  /** What loading makes. */
  program(metered: MeteredModule): Program;
  /** Does the work that the tier puts off until a function is first called, for every function. */
  compileAll(program: Program): void;
}

const INTERPRETER: Tier = {
  name: 'interpreter',
  program: interpreterProgram,
  compileAll: (program) => {
    const { entries } = program as InterpreterProgram;
    for (let index = 0; index < entries.length; index++) (program as InterpreterProgram).entry(index);
  },
};

const INSTRUMENTED: Tier = {
  name: 'instrumented',
  program: SUITE_TIERS.get('instrumented')!,
  // The host compiles the whole module when it is loaded, as far as it does.
  compileAll: () => {},
};

export const TIERS: ReadonlyMap<string, Tier> = new Map([INTERPRETER, INSTRUMENTED].map((tier) => [tier.name, tier]));
