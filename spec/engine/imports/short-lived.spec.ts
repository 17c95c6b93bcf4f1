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
import { WITHOUT_COVERAGE } from '../../without-coverage.js';

const PROGRAM = fileURLToPath(new URL('./old-bytes.js', import.meta.url));
/** A small young generation, so that each round has several of V8's small collections. */
const ARGS = ['--max-semi-space-size=1', PROGRAM];
/** Objects that a call leaves behind are some 2,000; otherwise up to 100 are measured. */
const OLD_BYTES_PER_CALL_MAX = 400;

describe('the garbage of calls', () => {
  for (const tier of TIERS.keys()) {
    it(`is young: ${tier}`, () => {
      const printed = execFileSync(process.execPath, [...ARGS, tier], { encoding: 'utf8', env: WITHOUT_COVERAGE });
      expect(Number(printed)).to.be.below(OLD_BYTES_PER_CALL_MAX);
    });
  }
});
