/** The tiers that every suite which executes takes as its parameter, by name. */
import { interpreterProgram } from '../src/interpreter/program.js';
import type { Program } from '../src/machine/program.js';
import type { MeteredModule } from '../src/metering/meter.js';

export type ProgramFactory = (metered: MeteredModule) => Program;

export const TIERS: ReadonlyMap<string, ProgramFactory> = new Map([['interpreter', interpreterProgram]]);
