/**
 * Random linked programs return the same as in the host's own WebAssembly, in both tiers with the same receipts,
 * including forks.
 */
import { compareWithHost } from './compare-with-host.js';

describe('random linked programs', () => {
  compareWithHost(8);
});
