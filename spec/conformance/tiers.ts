/** The tiers that the suite can run on, by name. */
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { ConformanceEngine } from './engine.js';
import { ProgramEngine } from './program-engine.js';

export const TIERS: ReadonlyMap<string, () => ConformanceEngine> = new Map([
  ['interpreter', () => new ProgramEngine(interpreterProgram)],
]);
