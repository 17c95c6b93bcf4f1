/** Profiles of calls of the vectors' guests, from both tiers. `npm run profiles` makes all of them. */
import { expect } from 'chai';
import { Profiler } from '../../src/profile/profile-of.js';
import { checkProfile } from './check-profile.js';
import { vectorCalls } from './vector-calls.js';

/** One in this many is tested here. */
const EVERY = 7;

describe('profiles of the guests of the vectors', function () {
  this.timeout(30_000);
  const profiler = new Profiler();

  it(`sum to the receipt and are equal in both tiers: one in ${EVERY}`, async () => {
    const calls = vectorCalls().filter((_, i) => i % EVERY === 0);
    expect(calls.length).to.be.greaterThan(10);
    for (const { name, run } of calls) {
      const texts: string[] = [];
      for (const tier of ['interpreter', 'auto'] as const) {
        const result = await run(tier);
        const profile = profiler.profileOf(result, { blocks: false });
        checkProfile(profile, result.receipt);
        texts.push(JSON.stringify(profile));
      }
      expect(texts[0], name).to.equal(texts[1]);
    }
  });
});
