/** A few of the hostile cases, each in a child with a bounded heap; `npm run hostile` runs all of them. */
import { expect } from 'chai';
import { HOSTILE_CASES } from './hostile-cases.js';
import { judgeCase } from './judge-case.js';
import { NOT_MET } from './not-met.js';

describe('hostile cases', () => {
  it('have distinct names', () => {
    expect(new Set(HOSTILE_CASES.map(({ name }) => name)).size).to.equal(HOSTILE_CASES.length);
  });

  it('are excluded only by existing names', () => {
    expect(HOSTILE_CASES.map(({ name }) => name)).to.include.members(Object.keys(NOT_MET));
  });

  for (const { name } of HOSTILE_CASES.filter(({ isShort }) => isShort === true)) {
    it(`end by themselves: ${name}`, async () => {
      const { ok, message } = await judgeCase(name);
      expect(ok, message).to.equal(true);
    });
  }
});
