/**
 * Profiles of generated modules. The oracle is the trace of charges: it runs the module instruction by instruction and
 * knows the offset of each charge, so the profile's figures for each metering block and for each charge by data can be
 * compared.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { anyModule, type GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import { createEngine } from '../../src/engine/engine.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import type { Profile } from '../../src/profile/profile.js';
import { Profiler, profileOf } from '../../src/profile/profile-of.js';
import { printValue } from '../../src/wasm/value.js';
import { traceCost } from '../metering/trace-oracle.js';

const FUEL_LIMIT = 20_000;
const RUNS = 40;
const OPTIONS = { hostNeeds: [], importedGlobals: false, bodySizeMax: 50, calls: 2 } as const;

const engine = createEngine({ tier: 'interpreter' });
const kept = new Profiler();
const seen = { calls: 0, deep: 0, exhausted: 0, folded: 0, blocks: 0 };

type Paid = Readonly<Record<string, number>>;

/** Fuel by offset, according to the trace. */
function paidInTrace(
  generated: GeneratedModule,
  name: string,
  args: readonly string[],
  limit: number,
): Paid | undefined {
  const paid: Record<string, number> = {};
  try {
    for (const { what, fuel } of traceCost(generated.bytes, name, args, FUEL_1, limit).charges) {
      const offset = /@0x([0-9a-f]+)$/.exec(what)?.[1];
      if (offset !== undefined && fuel > 0) paid[offset] = (paid[offset] ?? 0) + fuel;
    }
  } catch (error) {
    // The oracle recurses with the guest.
    if (!(error instanceof RangeError)) throw error;
    return undefined;
  }
  return paid;
}

function paidInProfile({ blocks }: Profile): Paid {
  const paid: Record<string, number> = {};
  for (const { offset, fuel } of blocks) paid[offset.toString(16)] = (paid[offset.toString(16)] ?? 0) + fuel;
  return paid;
}

function sumOf(values: Iterable<number>): number {
  return [...values].reduce((sum, value) => sum + value, 0);
}

function checkSums({ nodes, frames, fuel, blocks }: Profile): void {
  expect(sumOf(nodes.map(({ self }) => self))).to.equal(fuel.used);
  const guest = nodes.filter(({ frame }) => frames[frame]!.kind === 'guest');
  expect(sumOf(blocks.map((block) => block.fuel))).to.equal(sumOf(guest.map(({ self }) => self)));
  nodes.forEach(({ parent, frame }, i) => {
    expect(parent).to.be.lessThan(i);
    // Folded: no function occurs twice on a path.
    for (let above = parent; above >= 0; above = nodes[above]!.parent) expect(nodes[above]!.frame).not.to.equal(frame);
  });
}

async function check(generated: GeneratedModule): Promise<void> {
  const loaded = await engine.load(generated.bytes);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  for (const call of generated.calls) {
    const full = loaded.module.call(call.export, call.args, { fuel: FUEL_LIMIT });
    const { used } = full.receipt.fuel;
    for (const fuel of new Set([FUEL_LIMIT, used - 1, used >> 1])) {
      const result = loaded.module.call(call.export, call.args, { fuel: Math.max(fuel, 0) });
      const profile = profileOf(result);
      checkSums(profile);
      // The same with a profiler that has profiled others before.
      expect(kept.profileOf(result)).to.deep.equal(profile);
      seen.calls++;
      if (result.outcome.kind === 'exhausted') seen.exhausted++;
      if (profile.nodes.some(({ recursions }) => recursions > 0)) seen.folded++;
      seen.blocks += profile.blocks.length;
      const paid = paidInTrace(generated, call.export, call.args.map(printValue), Math.max(fuel, 0));
      if (paid === undefined) seen.deep++;
      else expect(paidInProfile(profile)).to.deep.equal(paid);
    }
  }
}

describe('profiles of generated modules', () => {
  it('agree with the trace of charges for each block and each charge by data', async () => {
    await fc.assert(fc.asyncProperty(anyModule(OPTIONS), check), { numRuns: RUNS });
    expect(seen.calls).to.be.greaterThan(RUNS);
    for (const [what, count] of Object.entries(seen)) if (what !== 'deep') expect(count, what).to.be.greaterThan(0);
  }).timeout(60_000);
});
