import { assert } from 'chai';
import fc from 'fast-check';
import { faultyModule } from '../../src/agreement/faulty-module-arbitrary.js';
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { type FaultyModule, MUTATIONS } from '../../src/agreement/mutate-module.js';
import { describeFault, FAULTS } from '../../src/base/fault.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { validate } from '../../src/validate/validate.js';
import { isForHost } from './host-features.js';

const MODULES = 25;

describe('mutations', () => {
  for (const mutation of MUTATIONS) {
    it(`${mutation.name}: ${mutation.code}`, () => {
      let applied = 0;
      for (let seed = 0; seed < MODULES; seed++) {
        const generated = moduleOfSeed(seed);
        const faulty = mutation.apply(generated.program);
        if (faulty === undefined) continue;
        applied++;
        const limits = faulty.limits ?? LIMITS_1;
        const loaded = validate(decode(faulty.bytes, limits), limits);
        if (loaded.ok) assert.fail(`seed ${seed} loads`);
        assert.equal(loaded.fault.code, mutation.code, `seed ${seed}: ${describeFault(loaded.fault)}`);
        const isOfLanguage = FAULTS[mutation.code].kind !== 'refused';
        // The host has fewer limits and more proposals; it also refuses what the language forbids.
        if (isOfLanguage && isForHost(generated.features)) assert.isFalse(WebAssembly.validate(faulty.bytes));
      }
      assert.isAbove(applied, 0);
    });
  }

  it('are an arbitrary, for any code or for one', () => {
    const check = ({ bytes, limits = LIMITS_1, expected }: FaultyModule) => {
      const loaded = validate(decode(bytes, limits), limits);
      return !loaded.ok && loaded.fault.code === expected;
    };
    fc.assert(fc.property(faultyModule(), check), { numRuns: 200 });
    fc.assert(fc.property(faultyModule('unknown-label'), check), { numRuns: 20 });
  });

  it('produce every code of a load fault', () => {
    const reached = new Set<string>(MUTATIONS.map(({ code }) => code));
    const codes = Object.entries(FAULTS).filter(([, { kind }]) => ['malformed', 'invalid', 'refused'].includes(kind));
    assert.deepEqual(
      codes.map(([code]) => code).filter((code) => !reached.has(code)),
      [],
    );
  });
});
