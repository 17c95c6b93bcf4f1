/** The output of each command line of `recorded.ts` matches the recorded output. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { blockOf, LINES, RECORDED } from './recorded.js';

describe('command lines print what is recorded (node dist/spec/cli/recorded.js records)', () => {
  const recorded = readFileSync(RECORDED, 'utf8')
    .trimEnd()
    .split('\n\n$ ')
    .map((text, at) => (at === 0 ? text : `$ ${text}`));

  it('has one block for each', () => {
    expect(recorded).to.have.length(LINES.length);
  });
  for (const [at, line] of LINES.entries())
    it(`assay ${line}`, async () => {
      expect(await blockOf(line)).to.equal(recorded[at]);
    });
});
