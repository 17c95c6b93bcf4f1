/** The messages for each op of `every-op-byte.ts` match the recorded ones. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { everyOpByteLines, RECORDED } from './every-op-byte.js';

it('ops with each byte changed have the recorded faults (node dist/spec/zome/every-op-byte.js records)', () => {
  const lines = everyOpByteLines();
  const recorded = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
  for (const [at, line] of lines.entries()) expect(line).to.equal(recorded[at]);
  expect(lines).to.have.length(recorded.length).and.length.above(300);
});
