/**
 * The cost of an execution equals the cost that the trace oracle computes from the Wasm instructions, on every fuel
 * vector and on random control flow, at full fuel and at smaller limits. docs/SEMANTICS.md, sections 3, 4 and 6.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { defineLimits } from '../../src/base/limits.js';
import { FUEL_1_PRICES } from '../../src/metering/schedule.js';
import { controlModule } from '../metering/control-arbitrary.js';
import { FUEL_VECTORS } from '../metering/fuel-vectors.js';
import { traceCost } from '../metering/trace-oracle.js';
import { type ProgramFactory, TIERS } from '../tiers.js';
import { metered, type Run, run } from './run-program.js';

/** The oracle recurses on the host's stack, so random recursion gets a small one. */
const SMALL_STACK = defineLimits('spec-small-stack', { stackWords: 2_048 });

for (const [tier, program] of TIERS) {
  describe(`fuel, ${tier}`, () => {
    for (const vector of FUEL_VECTORS) {
      it(`${vector.name}: ${vector.shows}`, () => {
        const wasm = Uint8Array.from(Buffer.from(vector.wasm, 'hex'));
        const { outcome, used, parts, pages } = vector;
        const ran = run(program, metered(wasm), vector.export, vector.args, vector.limit);
        expect(summary(ran), vector.why).to.deep.equal({ outcome, used, parts, pages });
      });
    }

    it('random control flow costs what the oracle computes, at full fuel and at every smaller kind of limit', () => {
      fc.assert(
        fc.property(
          controlModule,
          fc.array(fc.integer(), { minLength: 2, maxLength: 2 }),
          fc.nat(),
          (module, ints, cut) => {
            for (const { name, params } of module.exports) {
              const args = ints.slice(0, params).map((value) => `i32:${value}`);
              compare(program, module.bytes, name, args, cut);
            }
          },
        ),
        { numRuns: 150 },
      );
    });
  });
}

function summary({ outcome, used, parts, pages }: Run) {
  return { outcome, used, parts, pages };
}

/** At a limit that may or may not suffice, at the used amount, one less, and a limit in between. */
function compare(program: ProgramFactory, bytes: Uint8Array, name: string, args: readonly string[], cut: number): void {
  const module = metered(bytes, SMALL_STACK);
  const first = 3_000;
  const { used } = run(program, module, name, args, first, SMALL_STACK);
  for (const limit of new Set([first, used, used - 1, cut % (used + 1)])) {
    const { outcome, used, parts, pages } = traceCost(bytes, name, args, FUEL_1_PRICES, limit, SMALL_STACK);
    expect(
      summary(run(program, module, name, args, limit, SMALL_STACK)),
      `${name}(${args}) with fuel ${limit}`,
    ).to.deep.equal({
      outcome,
      used,
      parts,
      pages,
    });
  }
}
