/**
 * The official suite, if it is checked out beside the project (ASSAY_TESTSUITE, or ../shared/testsuite): all of it on
 * every available tier, otherwise load-only.
 */
import { resolve } from 'node:path';
import { expect } from 'chai';
import { meets, suiteValue } from './script.js';
import { missingSuite, runSuite } from './suite.js';
import { TIERS } from './tiers.js';

const { ASSAY_TESTSUITE = '../shared/testsuite' } = process.env;
const directory = resolve(ASSAY_TESTSUITE);
const missing = missingSuite(directory);

describe('the official suite', () => {
  it('compares values to the bit, and knows one NaN', () => {
    const f32 = (bits: bigint) => ({ type: 'f32', bits }) as const;
    for (const value of ['nan:canonical', 'nan:arithmetic']) {
      expect(meets(f32(0x7fc00000n), { type: 'f32', value })).to.equal(true);
      expect(meets(f32(0xffc00000n), { type: 'f32', value })).to.equal(false);
      expect(meets(f32(0x7fc00001n), { type: 'f32', value })).to.equal(false);
    }
    expect(meets(f32(0x80000000n), { type: 'f32', value: '0' })).to.equal(false);
    expect(meets({ type: 'f64', bits: 0x7ff8000000000000n }, { type: 'f64', value: 'nan:canonical' })).to.equal(true);
    expect(meets({ type: 'funcref', reference: 'function' }, { type: 'funcref' })).to.equal(true);
    expect(meets({ type: 'funcref', reference: null }, { type: 'funcref' })).to.equal(false);
    expect(meets({ type: 'externref', reference: null }, { type: 'refnull' })).to.equal(true);
    expect(suiteValue({ type: 'i64', value: '18446744073709551615' })).to.deep.equal({
      type: 'i64',
      bits: 0xffffffffffffffffn,
    });
  });

  if (missing !== undefined) {
    it(`is not run: ${missing}; give its directory in ASSAY_TESTSUITE`, () => {
      expect(missingSuite(directory)).to.equal(missing);
    });
    return;
  }

  const tiers = TIERS.size > 0 ? [...TIERS] : ([['load-only', undefined]] as const);
  for (const [name, engine] of tiers) {
    it(`passes: ${name}`, () => {
      const result = runSuite({ directory, engine, filter: '' });
      const failures = result.files.flatMap(({ file, failures: all }) =>
        all.map(({ line, command, reason }) => `${file}:${line} ${command}: ${reason}`),
      );
      expect(failures).to.deep.equal([]);
      expect(result.passed).to.be.greaterThan(engine === undefined ? 3_600 : 27_000);
    });
  }
});
