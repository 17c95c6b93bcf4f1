/**
 * Host functions for the guests of the pool specs: one that adds, and three that harm their thread, which must not harm
 * the pool. `when` is a number passed by the call; only some values do harm.
 */
import type { HostFunctionImport } from '../../src/engine/imports/host-import.js';
import { i32 } from '../../src/wasm/value.js';

export const HARMLESS = 0;
export const ENDS_THREAD = 1;
export const NEVER_ENDS = 2;
export const EATS_MEMORY = 3;
export const THROWS = 4;

function harm(what: number): void {
  if (what === ENDS_THREAD) process.exit(3);
  if (what === NEVER_ENDS) for (;;);
  if (what === EATS_MEMORY) {
    const eaten: unknown[] = [];
    for (;;) eaten.push(new Array(1_000).fill(eaten.length));
  }
  if (what === THROWS) throw new Error('the database is gone');
}

const act: HostFunctionImport = {
  module: 'host',
  name: 'act',
  type: { params: ['i32', 'i32'], results: ['i32'] },
  cost: 10,
  run: (_, [what, x]) => {
    harm((what as { bits: number }).bits);
    return [i32((x as { bits: number }).bits + 1)];
  },
};

export const imports = [act];
