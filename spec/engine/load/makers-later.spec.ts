/**
 * Loading of the tiers in a browser: the file of the instrumented tier is loaded with the first module that needs it.
 */
import { expect } from 'chai';
import { makerOf as makerNow } from '../../../src/engine/load/makers.js';
import { makerOf } from '../../../src/engine/load/makers-later.js';
import type { ProgramMaker } from '../../../src/engine/load/program-maker.js';
import { loadText } from '../load-text.js';

const made = async (maker: ReturnType<typeof makerNow>): Promise<ProgramMaker> =>
  typeof maker === 'function' ? await maker() : maker;

for (const tier of ['auto', 'instrumented'] as const) {
  it(`the maker of '${tier}' that is loaded later is equivalent to the static one`, async () => {
    const later = makerOf(tier);
    expect(later).to.be.a('function');
    const makers = [await made(later), await made(makerNow(tier))];
    const { metered } = await loadText('(module (func (export "f") (result i32) (i32.const 7)))');
    const tiers = await Promise.all(makers.map(async ({ make }) => (await make(metered, undefined)).current.tier));
    expect(tiers[0]).to.equal(tiers[1]);
    const hashes = makers.map((maker) => [...maker.hash(Uint8Array.of(1, 2))]);
    expect(hashes[0]).to.deep.equal(hashes[1]);
  });
}
