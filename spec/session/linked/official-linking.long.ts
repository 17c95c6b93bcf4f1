/** The other scripts of the official suite that link modules, but for those that pass references of the host. */
import { describeScripts } from './official-scripts.js';

describe('the longer scripts of the official suite in linked sessions', () => {
  describeScripts({
    ref_func: 15,
    start: 10,
    memory_grow: 90,
    table_copy: 1700,
    table_init: 700,
    'utf8-import-field': 0,
    'utf8-import-module': 0,
  });
});
