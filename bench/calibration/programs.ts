/**
 * Nanoseconds per unit of real programs: those of the attacks, and the zomes with their host, each by its median
 * validation.
 */
import { type MeasuredTier, programRates } from '../attack/measure.js';
import { median, timed } from '../time.js';
import { zomeSubjects } from '../zome-cases.js';
import { engineOf, hostOf, prepared } from '../zome-runs.js';

const WARM_UP = 20;
const REPEATS = 5;

export async function realProgramRates(tier: MeasuredTier, rounds: number): Promise<ReadonlyMap<string, number>> {
  const rates = new Map(await programRates(tier, rounds));
  const { subjects } = await zomeSubjects([]);
  const engine = engineOf(tier);
  for (const subject of subjects) {
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
    rates.set(`${subject.name} (zome)`, median(cases));
  }
  return rates;
}
