/** Random linked programs give what the host's own WebAssembly gives, in both tiers with the same receipts, forks included. */
import { compareWithHost } from './compare-with-host.js';

describe('random linked programs', () => {
  compareWithHost(8);
});
