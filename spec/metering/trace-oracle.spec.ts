/** The oracle against the vectors, whose outcome and fuel are written by hand. SEMANTICS 3, 4 and 6. */
import { expect } from 'chai';
import { FUEL_1_PRICES } from '../../src/metering/schedule.js';
import { FUEL_VECTORS } from './fuel-vectors.js';
import { traceCost } from './trace-oracle.js';

describe('trace oracle', () => {
  for (const vector of FUEL_VECTORS) {
    it(`${vector.name}: ${vector.shows}`, () => {
      const wasm = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
      const trace = traceCost(wasm, vector.export, vector.args, FUEL_1_PRICES, vector.limit);
      const { outcome, used, parts, pages } = vector;
      const charged = trace.charges.reduce((sum, charge) => sum + charge.fuel, 0);
      expect({ outcome: trace.outcome, used: trace.used, parts: trace.parts, pages: trace.pages, charged }, vector.why)
        // The sum of the charges equals the fuel used.
        .to.deep.equal({ outcome, used, parts, pages, charged: used });
    });
  }
});
