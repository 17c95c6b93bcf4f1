/** The messages for each shape of `every-wire-place.ts` match the recorded ones. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { everyWirePlaceLines, RECORDED } from './every-wire-place.js';

it('shapes with each field changed have the recorded faults (node dist/spec/zome/every-wire-place.js records)', () => {
  const lines = everyWirePlaceLines();
  const recorded = readFileSync(RECORDED, 'utf8').trimEnd().split('\n');
  for (const [at, line] of lines.entries()) expect(line).to.equal(recorded[at]);
  expect(lines).to.have.length(recorded.length).and.length.above(100);
});
