/** A few of the hostile cases, each in a child with a bounded heap; all of them are `npm run hostile`. */
import { expect } from 'chai';
import { HOSTILE_CASES } from './hostile-cases.js';
import { judgeCase } from './judge-case.js';

describe('hostile cases', () => {
  it('have names of their own', () => {
    expect(new Set(HOSTILE_CASES.map(({ name }) => name)).size).to.equal(HOSTILE_CASES.length);
  });

  for (const { name } of HOSTILE_CASES.filter(({ isShort }) => isShort === true)) {
    it(`end by themselves: ${name}`, async () => {
      const { ok, told } = await judgeCase(name);
      expect(ok, told).to.equal(true);
    });
  }
});
