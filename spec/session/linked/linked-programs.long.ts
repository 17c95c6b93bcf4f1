/** Many random linked programs, as in the short spec. */
import { compareWithHost } from './compare-with-host.js';

describe('many random linked programs', () => {
  compareWithHost(1_000);
});
