/**
 * The other scripts of the official suite that link modules or keep state, except those that pass host references or
 * have more modules than a store can hold.
 */
import { describeScripts } from './official-scripts.js';

describe('the longer scripts of the official suite in linked sessions', () => {
  describeScripts({
    bulk: 100,
    call_indirect: 150,
    data: 50,
    endianness: 60,
    func_ptrs: 30,
    memory_copy: 4000,
    memory_fill: 80,
    memory_init: 200,
    memory_trap: 170,
    ref_func: 15,
    stack: 5,
    table_size: 30,
    start: 10,
    memory_grow: 90,
    table_copy: 1700,
    table_init: 700,
    'utf8-import-field': 0,
    'utf8-import-module': 0,
  });
});
