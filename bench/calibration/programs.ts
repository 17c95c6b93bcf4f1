/**
 * Nanoseconds per unit of real programs: those of the attacks, and the zomes with their host, each by its median
 * validation.
 */
import type { Engine } from '../../src/index.js';
import { type MeasuredTier, programRates } from '../attack/measure.js';
import { median, timed } from '../time.js';
import { type ZomeSubject, zomeSubjects } from '../zome-cases.js';
import { engineOf, hostOf, prepared } from '../zome-runs.js';

const WARM_UP = 20;
const REPEATS = 5;
const PASSES_BEFORE = 3;

export async function realProgramRates(tier: MeasuredTier, rounds: number): Promise<ReadonlyMap<string, number>> {
  const rates = new Map(await programRates(tier, rounds));
  const { subjects } = await zomeSubjects([]);
  const engine = engineOf(tier);
  // All of them before the first is measured: what is new to V8 in one makes all slow until it has compiled it.
  for (let i = 0; i < PASSES_BEFORE; i++) for (const subject of subjects) await zomeRate(subject, engine, 1);
  for (const subject of subjects) rates.set(`${subject.name} (zome)`, await zomeRate(subject, engine, rounds));
  return rates;
}

/** The median case. */
async function zomeRate(subject: ZomeSubject, engine: Engine, rounds: number): Promise<number> {
  const host = await hostOf(subject, engine);
  const cases: number[] = [];
  for (const { input } of subject.cases) {
    const { whole } = prepared(host, input);
    for (let i = 0; i < WARM_UP; i++) whole();
    const measured = Array.from({ length: rounds * REPEATS }, () => {
      let fuel = 0;
      const { ms } = timed(() => {
        fuel = whole().calls.reduce((sum, { receipt }) => sum + receipt.fuel.used, 0);
      });
      return (ms * 1e6) / fuel;
    });
    // A case that ends before a guest call has no fuel.
    const rate = median(measured);
    if (Number.isFinite(rate)) cases.push(rate);
  }
  return median(cases);
}
