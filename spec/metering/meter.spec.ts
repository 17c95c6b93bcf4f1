/**
 * Blocks, charges and frame words compared with the oracle's. SEMANTICS 3, 4 and 6. Whole programs: `meter.long.ts`.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { cutsLikeTheOracle, DISTINCT, meterBytes } from './blocks-of-oracle.js';
import { controlModule } from './control-arbitrary.js';
import { FUEL_VECTORS } from './fuel-vectors.js';
import { traceCost } from './trace-oracle.js';

describe('meter', () => {
  for (const vector of FUEL_VECTORS.filter((one) => one.name.endsWith('/1'))) {
    it(`has the blocks of the oracle: vector ${vector.name}`, () =>
      cutsLikeTheOracle(Uint8Array.from(Buffer.from(vector.wasm, 'hex'))));
  }

  it('has the blocks of the oracle: generated nested control', () => {
    fc.assert(
      fc.property(controlModule, ({ bytes }) => cutsLikeTheOracle(bytes)),
      { numRuns: 300 },
    );
  });

  it('has the instantiation charge of the oracle', () => {
    for (const vector of FUEL_VECTORS) {
      const bytes = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
      const charge = meterBytes(bytes, DISTINCT).instantiationCharge;
      const [first] = traceCost(bytes, vector.export, vector.args, DISTINCT, charge + 1).charges;
      expect(first, vector.name).to.deep.equal({ part: 'instantiate', what: 'instantiate', fuel: charge });
    }
  });

  it('quotes loading by the bytes alone', () => {
    const vector = FUEL_VECTORS[0]!;
    const bytes = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
    expect(meterBytes(bytes, FUEL_1).loadPrice).to.equal(10_000 + 32 * bytes.length);
  });
});
