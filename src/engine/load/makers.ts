/**
 * The makers of the instrumented tier, loaded with the engine. For browsers, `bundle.js` replaces this file with
 * `makers-later.ts`.
 */
import { autoMaker, instrumentedMaker } from './instrumented-makers.js';
import type { ProgramMaker } from './program-maker.js';

/** @throws UsageError if the tier is not available on this host */
export function makerOf(tier: 'auto' | 'instrumented'): ProgramMaker | (() => Promise<ProgramMaker>) {
  return tier === 'auto' ? autoMaker() : instrumentedMaker();
}
