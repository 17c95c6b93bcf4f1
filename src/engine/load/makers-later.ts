/** The makers of the instrumented tier, loaded when a module is: `makers.ts` for browsers. */
import { withBuiltins } from '../../builtins/builtins.js';
import { HostFailure } from '../../machine/outcome.js';
import type { makerOf as makerNow } from './makers.js';

export const makerOf: typeof makerNow = (tier) => async () => {
  const { autoMaker, instrumentedMaker } = await loaded();
  return withBuiltins(() => (tier === 'auto' ? autoMaker() : instrumentedMaker()));
};

async function loaded(): Promise<typeof import('./instrumented-makers.js')> {
  try {
    return await import('./instrumented-makers.js');
  } catch (cause) {
    throw new HostFailure('the file of the instrumented tier could not be loaded', { cause });
  }
}
