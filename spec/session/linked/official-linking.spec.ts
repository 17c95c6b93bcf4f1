/** The scripts of the official suite that are about linking: each is one linked session. */
import { describeScripts } from './official-scripts.js';

describe('scripts of the official suite in linked sessions', () => {
  describeScripts({ linking: 126, imports: 100 });
});
