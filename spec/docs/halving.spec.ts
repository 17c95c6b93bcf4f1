/**
 * The walkthrough of docs/PROFILING.md from a zome to one that uses less than half of the fuel: its figures are those
 * of both modules.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { grouped } from '../../src/cli/layout.js';
import { validateOpFile } from '../../src/cli/validate-op.js';

const FOLDER = 'vectors/zome/notes';

describe('halving the fuel of a zome', () => {
  it('agrees with the figures of the page', async () => {
    const page = readFileSync('docs/PROFILING.md', 'utf8');
    const used: number[] = [];
    for (const name of ['before', 'after']) {
      const { validation } = await validateOpFile(`${FOLDER}/${name}.dna`, { op: `${FOLDER}/post.json` });
      expect(validation.verdict.kind).to.equal('Valid');
      const { fuel } = validation.calls[0]!.receipt;
      used.push(fuel.used);
      for (const units of [fuel.used, fuel.parts.instantiate, fuel.parts.guest])
        expect(page).to.include(grouped(units));
    }
    expect(used[1]).to.be.below(used[0]! / 2);
    expect(page).to.include(`-${grouped(used[0]! - used[1]!)}`);
  });
});
