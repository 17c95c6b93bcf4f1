/**
 * The guests of vectors/guests/abi: every ABI in every build returns the scores, on the host's `WebAssembly` and in
 * both tiers with the same fuel.
 */
import { expect } from 'chai';
import { ABIS } from '../../bench/abi/abis.js';
import { bytesOf, GUESTS, outputOf } from '../../bench/abi/measure.js';
import { requestsOf } from '../../bench/abi/requests.js';
import { onTier, onWebAssembly } from '../../bench/abi/step-runners.js';
import { TIERS } from '../../bench/tiers.js';

const REQUESTS = requestsOf(16);

describe('guests of the ABIs', () => {
  for (const guest of GUESTS) {
    it(`${guest.language} ${guest.build}`, () => {
      const bytes = bytesOf(guest);
      const programs = Array.from(TIERS.values(), (tier) => onTier(tier)(bytes));
      for (const abi of ABIS) {
        const output = outputOf(bytes, abi, REQUESTS);
        for (const isKept of [true, false]) {
          const plan = abi.plan(REQUESTS, 'hot', output);
          onWebAssembly(bytes)(plan, isKept).check();
          const fuel = programs.map((program) => {
            const run = program(plan, isKept);
            // A second call finds the state left by the first.
            run.check();
            run.check();
            return run.fuel();
          });
          expect(fuel[0], abi.name).to.be.above(0).and.equal(fuel[1]);
        }
      }
    });
  }

  it('a changed output is detected', () => {
    const [bytes, abi] = [bytesOf(GUESTS[0]), ABIS[1]];
    const output = outputOf(bytes, abi, REQUESTS);
    output[16] ^= 1;
    const run = onWebAssembly(bytes)(abi.plan(REQUESTS, 'hot', output), true);
    expect(() => run.check()).to.throw('other bytes');
  });
});
