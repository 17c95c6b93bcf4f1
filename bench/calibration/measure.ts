/**
 * Nanoseconds per unit of a probe, in a tier: the time of a guest that does it, minus that of one that does not; median
 * of the rounds.
 */
import { bytesOfText } from '../../spec/engine/load-text.js';
import { createEngine, type HostImport, type LoadedModule } from '../../src/index.js';
import type { MeasuredTier } from '../attack/measure.js';
import { median, timed } from '../time.js';
import type { Probe } from './probes.js';

const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'f', type: { params: ['i32'], results: ['i32'] }, run: (_, [value]) => [value!] },
];
const FUEL = 2 ** 50;
/**
 * For one measurement; the code has run as long before the first. JavaScript around a guest takes longer to be
 * compiled.
 */
const MS_LEAST = { guest: 10, host: 60 };
/** Minimum rounds of a loop for it to exceed the call around it, and a clock's tick. */
const ROUNDS_LEAST = 20_000;
const ROUNDS_MOST = 2 ** 30;
/** The first of these calls may have made an instance that cannot be reused. */
const CALLS_BEFORE = 40;

async function loaded(text: string, tier: MeasuredTier): Promise<LoadedModule> {
  const load = await createEngine({ tier }).load(bytesOfText(text), { imports: IMPORTS });
  if (load.ok) return load.module;
  throw new Error(`${load.fault.code} at ${load.fault.offset} ${load.fault.detail ?? ''} in ${text.slice(0, 200)}`);
}

type Work = (amount: number) => void;

async function workOf(how: 'loop' | 'calls', text: string, tier: MeasuredTier): Promise<Work> {
  const module = await loaded(text, tier);
  if (how === 'loop') {
    return (amount) => {
      const { outcome } = module.call('run', [{ type: 'i32', bits: amount }], { fuel: FUEL });
      if (outcome.kind !== 'returned') throw new Error(`a probe ended in ${JSON.stringify(outcome)}`);
    };
  }
  for (let i = 0; i < CALLS_BEFORE; i++) module.call('run', [], { fuel: FUEL });
  return (amount) => {
    for (let i = 0; i < amount; i++) module.call('run', [], { fuel: FUEL });
  };
}

/** How much of a work takes a measurable time. */
function amountOf(work: Work, { how, row, units }: Probe): number {
  const msLeast = how === 'calls' || row === 'rates.hostCall.base' ? MS_LEAST.host : MS_LEAST.guest;
  let amount = how === 'calls' ? 1 : row === 'rates.hostCall.base' ? 100 : Math.ceil(ROUNDS_LEAST / units);
  let { ms } = timed(() => work(amount));
  while (ms < msLeast && amount < ROUNDS_MOST) {
    amount *= ms < msLeast / 8 ? 8 : 2;
    ({ ms } = timed(() => work(amount)));
  }
  return amount;
}

/**
 * Runs a guest for a moment. V8 discards the interpreter's compiled loop when it meets a new operation; so that no
 * probe pays for another's, each has run before the first is measured.
 */
export async function meet(probe: Probe, tier: MeasuredTier): Promise<void> {
  const module = await loaded(probe.text(probe.times), tier);
  if (probe.how === 'loop') module.call('run', [{ type: 'i32', bits: 10 }], { fuel: FUEL });
  else module.call('run', [], { fuel: FUEL });
}

/** If the subtracted time was longer, the result is below 0: then the work is not measurable. */
export async function nanosecondsOf(probe: Probe, tier: MeasuredTier, rounds: number): Promise<number> {
  if (probe.how === 'loads') return loadingOf(probe, tier, rounds);
  const whole = await workOf(probe.how, probe.text(probe.times), tier);
  const without = probe.text(0);
  const bare = without === '' ? () => {} : await workOf(probe.how, without, tier);
  const amount = amountOf(whole, probe);
  if (without !== '') bare(amount);
  const wholes: number[] = [];
  const bares: number[] = [];
  for (let i = 0; i < rounds; i++) {
    wholes.push(timed(() => whole(amount)).ms);
    bares.push(without === '' ? 0 : timed(() => bare(amount)).ms);
  }
  return ((median(wholes) - median(bares)) * 1e6) / (amount * probe.times * probe.units);
}

async function loadingOf(probe: Probe, tier: MeasuredTier, rounds: number): Promise<number> {
  const bytes = bytesOfText(probe.text(probe.times));
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const engine = createEngine({ tier });
    const began = performance.now();
    const load = await engine.load(bytes, { imports: IMPORTS });
    if (!load.ok) throw new Error(`${probe.name}: ${load.fault.code}`);
    load.module.call('run', [], { fuel: FUEL });
    times.push(performance.now() - began);
  }
  return (median(times) * 1e6) / bytes.length;
}
