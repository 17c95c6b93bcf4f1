/**
 * Objects that a call makes live no longer than the call. V8 moves objects that survive its small collections to the
 * old generation, where only a full collection finds them. One object of a call that V8 allocates there at once (a
 * function that is assigned to a property, the hidden class of an object literal with an accessor) keeps all of the
 * call's garbage alive: a tenth of its time.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { TIERS } from '../../tiers.js';

const PROGRAM = fileURLToPath(new URL('./old-bytes.js', import.meta.url));
/**
 * V8's own allocations while it compiles are below this; objects that a call leaves behind are more than twice as much.
 */
const OLD_BYTES_PER_CALL_MAX = 400;

describe('the garbage of calls', () => {
  for (const tier of TIERS.keys()) {
    it(`is young: ${tier}`, () => {
      const bytesPerCall = Number(execFileSync(process.execPath, [PROGRAM, tier], { encoding: 'utf8' }));
      expect(bytesPerCall).to.be.below(OLD_BYTES_PER_CALL_MAX);
    });
  }
});
