/** What each command line of `recorded.ts` says is what is recorded. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { RECORDED, recordedBlocks } from './recorded.js';

it('command lines say what is recorded (node dist/spec/cli/recorded.js records)', async () => {
  const blocks = await recordedBlocks();
  const recorded = readFileSync(RECORDED, 'utf8')
    .trimEnd()
    .split('\n\n$ ')
    .map((text, at) => (at === 0 ? text : `$ ${text}`));
  for (const [at, block] of blocks.entries()) expect(block).to.equal(recorded[at]);
  expect(blocks).to.have.length(recorded.length);
});
