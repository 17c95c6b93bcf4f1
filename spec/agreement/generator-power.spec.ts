import { assert } from 'chai';
import { generatorPower } from './generator-power.js';

describe('the generator', () => {
  it('reaches every instruction, trap and resource in 400 modules (`npm run agree:power`: every fault too)', async () => {
    const { missing, ends } = await generatorPower(400);
    assert.deepEqual(
      missing.filter((name) => !/^(malformed|invalid|refused) /.test(name)),
      [],
    );
    assert.isAbove(ends.size, 60);
  }).timeout(120_000);
});
