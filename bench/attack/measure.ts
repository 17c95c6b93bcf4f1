/** Nanoseconds per unit of fuel: of real programs, and of attacks on the same engine in the same process. */

import { meteredModule, startOnEngine } from '../../spec/programs/on-engine.js';
import { PROGRAMS } from '../../spec/programs/programs.js';
import type { RealProgram } from '../../spec/programs/running.js';
import { TIERS } from '../../spec/tiers.js';
import type { Hash } from '../../src/base/hash.js';
import { createEngine, type Engine, type HostImport, type LoadedModule, type Tier } from '../../src/index.js';
import { hostHash } from '../../src/instrumented/host-hash.js';
import { readRawGuests } from '../raw-guests.js';
import { median, timed } from '../time.js';
import type { AttackGuest } from './attack-guests.js';

export type MeasuredTier = Extract<Tier, 'interpreter' | 'instrumented'>;

const IMPORTS: readonly HostImport[] = [
  { module: 'env', name: 'f', type: { params: ['i32'], results: ['i32'] }, run: (_, [value]) => [value!] },
];

const MS_LEAST = 20;
const FUEL_MOST = 2_000_000_000;
/** Calls before the first measured one. */
const CALLS_BEFORE = 20;
/** Runs of a program before the first measured one: until V8 has compiled what it uses. */
const RUNS_BEFORE = 8;

/** @throws Error for a module that does not load: then the attack is refused, and its row is wrong */
async function loaded(engine: Engine, bytes: Uint8Array, name: string): Promise<LoadedModule> {
  const load = await engine.load(bytes, { imports: IMPORTS });
  if (load.ok) return load.module;
  throw new Error(`${name}: ${load.fault.code} at ${load.fault.offset} ${load.fault.detail ?? ''}`);
}

/** For the real programs in a tier that need no zome host: the raw guests, and programs from npm with their drivers. */
export async function programRates(tier: MeasuredTier, rounds: number): Promise<ReadonlyMap<string, number>> {
  const rates = new Map<string, number>();
  const engine = createEngine({ tier });
  for (const guest of readRawGuests()) {
    const module = await loaded(engine, guest.bytes, guest.name);
    module.call(guest.export, guest.args);
    const measured = Array.from({ length: rounds }, () => {
      let fuel = 0;
      const { ms } = timed(() => {
        fuel = module.call(guest.export, guest.benchArgs, { fuel: 2 ** 50 }).receipt.fuel.used;
      });
      return (ms * 1e6) / fuel;
    });
    rates.set(guest.name, median(measured));
  }
  const hash = tier === 'instrumented' ? hostHash() : undefined;
  for (const real of PROGRAMS) rates.set(real.name, programRate(real, tier, hash, rounds));
  return rates;
}

/**
 * For a program from its instantiation to the end of its driver, with the hash of the tier for host calls, and warm:
 * `load` attacks measure the cold ones.
 */
function programRate(real: RealProgram, tier: MeasuredTier, hash: Hash | undefined, rounds: number): number {
  const program = TIERS.get(tier)!(meteredModule(real.bytes));
  const run = (): number => {
    const began = performance.now();
    const { store, running } = startOnEngine(real, program, { hash });
    real.drive(running);
    const { instantiate, guest, host, boundary } = store.gauge.parts;
    return ((performance.now() - began) * 1e6) / (instantiate + guest + host + boundary);
  };
  for (let i = 0; i < RUNS_BEFORE; i++) run();
  return median(Array.from({ length: rounds }, run));
}

/**
 * Runs a guest for a moment, so that the interpreter's loop knows its operations, as in a process that has run for a
 * while.
 */
export async function meet(
  { name, how }: Pick<AttackGuest, 'name' | 'how'>,
  bytes: Uint8Array,
  tier: MeasuredTier,
): Promise<void> {
  if (how !== 'loop') return;
  const module = await loaded(createEngine({ tier }), bytes, name);
  module.call('run', [], { fuel: 100_000 });
}

/** Nanoseconds per unit of an attack: the median of the rounds. */
export async function attackRate(
  { name, how }: Pick<AttackGuest, 'name' | 'how'>,
  bytes: Uint8Array,
  tier: MeasuredTier,
  rounds: number,
): Promise<number> {
  if (how === 'loads') return loadingRate(name, bytes, tier, rounds);
  const module = await loaded(createEngine({ tier }), bytes, name);
  const work = how === 'loop' ? loopWork(module) : callsWork(module);
  // The additional time of the first calls belongs to the load, which has separate rows.
  if (how === 'calls') work(CALLS_BEFORE);
  let amount = how === 'loop' ? 100_000 : 1;
  // Until the time is long enough for the clock; then the code is warm, too.
  let elapsed = timed(() => work(amount)).ms;
  while (elapsed < MS_LEAST && amount < FUEL_MOST) {
    amount *= elapsed < MS_LEAST / 8 ? 8 : 2;
    elapsed = timed(() => work(amount)).ms;
  }
  const measured = Array.from({ length: rounds }, () => {
    let fuel = 0;
    const { ms } = timed(() => {
      fuel = work(amount);
    });
    return (ms * 1e6) / fuel;
  });
  return median(measured);
}

function loopWork(module: LoadedModule): (fuel: number) => number {
  return (fuel) => module.call('run', [], { fuel }).receipt.fuel.used;
}

function callsWork(module: LoadedModule): (count: number) => number {
  return (count) => {
    let fuel = 0;
    for (let i = 0; i < count; i++) fuel += module.call('run').receipt.fuel.used;
    return fuel;
  };
}

/**
 * A module that was never loaded before, with its first call: the price of loading pays for work that tiers postpone
 * until then.
 */
async function loadingRate(name: string, bytes: Uint8Array, tier: MeasuredTier, rounds: number): Promise<number> {
  const measured: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const began = performance.now();
    const module = await loaded(createEngine({ tier }), bytes, name);
    const { used } = module.call('run').receipt.fuel;
    measured.push(((performance.now() - began) * 1e6) / (module.loadPrice + used));
  }
  return median(measured);
}
