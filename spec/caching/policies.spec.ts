// The policies' guests, their models and their input, at small scale; `npm run simulate -- --check` covers large scale
// and libCacheSim.
import { expect } from 'chai';
import fc from 'fast-check';
import { POLICIES } from '../../bench/caching/policies.js';
import { PolicyGuests, simulate } from '../../bench/caching/simulation.js';
import { LawFault, syntheticTrace } from '../../bench/caching/synthetic-trace.js';
import { factsOf, loadPrice, traceOf } from '../../bench/caching/trace.js';
import { CHECKED_LAWS, checkedSizings, checkedTrace, definitionsOf, modelled } from './check.js';
import { MODELS } from './models.js';

const tiers = ['interpreter', 'instrumented'] as const;

const requests = fc.array(fc.record({ object: fc.nat(12), price: fc.integer({ min: 1, max: 1000 }) }), {
  minLength: 150,
  maxLength: 300,
});
const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 13, maxLength: 13 });

describe('caching policies', () => {
  for (const tier of tiers) {
    describe(tier, () => {
      const guests = new PolicyGuests(tier);
      for (const policy of POLICIES) {
        for (const definition of definitionsOf(policy)) {
          it(`${policy.name} (${definition}) decides as its model does`, async () => {
            await fc.assert(
              fc.asyncProperty(requests, sizes, fc.integer({ min: 100, max: 250 }), async (asked, bytesOf, bytes) => {
                const listed = asked.map(({ object, price }) => ({
                  // Ids beyond 2^53, whose low halves are equal.
                  id: (BigInt(object) << 40n) + 2n ** 63n,
                  size: bytesOf[object],
                  price,
                }));
                const trace = traceOf('arbitrary', '', listed);
                const sizing = { bytes, meanBytes: 30, definition };
                const { hits, hitBytes, missPrice } = await simulate(guests, policy, trace, sizing);
                expect({ requests: asked.length, hits, hitBytes, missPrice }).to.deep.equal(
                  modelled(policy.name, trace, sizing),
                );
              }),
              { numRuns: tier === 'interpreter' ? 4 : 12 },
            );
          });
        }
      }
    });
  }

  it('every policy decides differently from the others', async () => {
    const guests = new PolicyGuests('instrumented');
    const trace = checkedTrace(
      CHECKED_LAWS.indexOf('shift:objects=500,alpha=0.9,length=1000,step=50,size=250'),
      3,
      4000,
    );
    const sizing = { ...checkedSizings(trace)[1], definition: 'own' as const };
    const results = await Promise.all(POLICIES.map((policy) => simulate(guests, policy, trace, sizing)));
    expect(new Set(results.map(({ hits, hitBytes }) => `${hits} ${hitBytes}`)).size).to.equal(POLICIES.length);
    // So that no model could be mistaken for another.
    const modelsToo = Object.keys(MODELS).map((name) => modelled(name, trace, sizing).hits);
    expect(modelsToo).to.deep.equal(results.map(({ hits }) => hits));
  });

  it('LRU never hits in a loop that is larger than the cache, and always in a smaller one', async () => {
    const guests = new PolicyGuests('instrumented');
    const lru = POLICIES.find(({ name }) => name === 'lru')!;
    const trace = syntheticTrace('loop:objects=200,sizes=fixed,size=10,requests=2000', 1);
    const sizing = { meanBytes: 10, definition: 'own' as const };
    expect((await simulate(guests, lru, trace, { ...sizing, bytes: 1990 })).hits).to.equal(0);
    expect((await simulate(guests, lru, trace, { ...sizing, bytes: 2000 })).hits).to.equal(1800);
  });
});

describe('synthetic traces', () => {
  it('are the same for the same seed', () => {
    for (const law of CHECKED_LAWS) {
      const [a, b] = [5, 5].map((seed) => syntheticTrace(`${law},requests=500`, seed));
      expect(a).to.deep.equal(b);
      expect(factsOf(a).requests).to.equal(500);
    }
    expect(syntheticTrace('zipf', 1).ids).not.to.deep.equal(syntheticTrace('zipf', 2).ids);
  });

  it('request rank r in proportion to 1 / r^alpha under Zipf', () => {
    const { ids } = syntheticTrace('zipf:objects=50,alpha=0.8,requests=60000', 7);
    const counts = new Array<number>(50).fill(0);
    for (const id of ids) counts[Number(id) - 1] += 1;
    const sum = counts.reduce((total, _, i) => total + 1 / (i + 1) ** 0.8, 0);
    counts.forEach((count, i) => {
      const expected = 60_000 / (i + 1) ** 0.8 / sum;
      // Five standard deviations.
      expect(Math.abs(count - expected), `rank ${i + 1}`).to.be.below(5 * Math.sqrt(expected));
    });
  });

  it('have the configured share of objects requested once', () => {
    const { ids } = syntheticTrace('once:objects=10,share=0.25,requests=20000,sizes=fixed', 3);
    expect(ids.filter((id) => id > 10n).length / ids.length).to.be.closeTo(0.25, 0.02);
    const scans = syntheticTrace('scan:objects=10,share=0.25,length=20,requests=40000,sizes=fixed', 3).ids;
    expect(scans.filter((id) => id > 10n).length / scans.length).to.be.closeTo(0.25, 0.03);
  });

  it('have one size for each object, by its distribution, at the price of loading', () => {
    const {
      ids,
      sizes: given,
      prices,
    } = syntheticTrace('uniform:objects=4000,sizes=lognormal,size=1000,spread=1,requests=40000', 2);
    const bySize = new Map([...ids].map((id, i) => [id, given[i]]));
    ids.forEach((id, i) => {
      expect(given[i]).to.equal(bySize.get(id));
    });
    const sorted = [...bySize.values()].sort((a, b) => a - b);
    expect(sorted[sorted.length >> 1]).to.be.within(900, 1100);
    expect(prices[0]).to.equal(loadPrice(given[0]));
  });

  it('are refused with the reason', () => {
    for (const [law, message] of [
      ['zopf', "'zopf' is no law"],
      ['zipf:alpa=1', "'alpa=1' is none of"],
      ['zipf:alpha=much', "'alpha=much' is none of"],
      ['zipf:objects=0', 'objects must be a whole number from 1'],
      ['zipf:sizes=large', 'sizes=large is no law of sizes'],
    ] as const) {
      expect(() => syntheticTrace(law, 1)).to.throw(LawFault, message);
    }
  });
});
