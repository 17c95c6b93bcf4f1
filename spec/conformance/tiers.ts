/** The tiers that the official suite can run on, by name. */
import { TIERS as PROGRAMS } from '../tiers.js';
import type { ConformanceEngine } from './engine.js';
import { ProgramEngine } from './program-engine.js';

export const TIERS: ReadonlyMap<string, () => ConformanceEngine> = new Map(
  Array.from(PROGRAMS, ([name, program]) => [name, () => new ProgramEngine(program)] as const),
);
