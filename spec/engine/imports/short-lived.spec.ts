/**
 * Objects that a call makes live no longer than the call. V8 moves objects that survive its small collections to the
 * old generation, where only a full collection finds them. One object of a call that V8 allocates there at once (a
 * function that is assigned to a property, the hidden class of an object literal with an accessor) keeps all of the
 * call's garbage alive: a tenth of its time.
 */
import { getHeapSpaceStatistics } from 'node:v8';
import { expect } from 'chai';
import { type HostImport, i32 } from '../../../src/index.js';
import type { TierName } from '../../../src/machine/program.js';
import { TIERS } from '../../tiers.js';
import { loadText } from '../load-text.js';

const GUEST = `(module
  (import "env" "host" (func $host (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "back") (param i32) (result i32) (local.get 0))
  (func (export "run") (param i32) (result i32) (call $host (local.get 0))))`;

/** Uses everything that a host function can use. */
const HOST: HostImport = {
  module: 'env',
  name: 'host',
  type: { params: ['i32'], results: ['i32'] },
  run: (call, args) => {
    const { memory } = call;
    memory!.write(64, memory!.read(0, 32));
    call.charge(call.fuelLeft() > 0 ? 1 : 2);
    call.record(new Uint8Array(8), new Uint8Array(8));
    return call.call('back', args);
  },
};

const WARM_UPS = 500;
const CALLS = 4000;
/**
 * V8's own allocations while it compiles are below this; objects that a call leaves behind are more than twice as much.
 */
const OLD_BYTES_PER_CALL_MAX = 400;

function oldBytes(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
}

describe('the garbage of calls', () => {
  for (const tier of TIERS.keys()) {
    it(`stays in the young generation: ${tier}`, async () => {
      const module = await loadText(GUEST, [HOST], { tier: tier as TierName });
      const runs = (count: number) => {
        for (let i = 0; i < count; i++) module.call('run', [i32(i)]);
      };
      runs(WARM_UPS);
      const before = oldBytes();
      runs(CALLS);
      expect((oldBytes() - before) / CALLS).to.be.below(OLD_BYTES_PER_CALL_MAX);
    });
  }
});
