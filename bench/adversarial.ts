/** Section `adversarial`: hostile modules at two sizes; twice the size must take about twice the time. */
import { FunctionInstance } from '../src/machine/function-instance.js';
import type { ExternValue } from '../src/machine/instance.js';
import { linkImports } from '../src/machine/link.js';
import type { Program } from '../src/machine/program.js';
import { Store } from '../src/machine/store.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { HOSTILE_MODULES, type HostileModule } from './hostile-modules.js';
import { meteredModule } from './loading.js';
import type { Section, SectionOptions } from './section.js';
import { NOTHING } from './small-module.js';
import type { Tier } from './tiers.js';
import { interleaved, timed } from './time.js';

/** A ratio of times above this is not linear, even with noise. */
const RATIO_MAX = 3;
/** Minimum time of a measurement of the smaller size: a shorter one is mostly noise. */
const MEASUREMENT_MS = 20;
const WARM_UPS = 4;

export const ADVERSARIAL: Section = {
  name: 'adversarial',
  about: 'hostile modules: time at n and at 2n',
  run: (options) => {
    const rows = HOSTILE_MODULES.map((module) => measured(module, options));
    const ratios = rows.map(({ ratio }) => ratio);
    return {
      tables: [{ title: 'load, compile every function, and run where a run is what costs', rows }],
      targets: [{ name: 'greatest ratio of times', measured: Math.max(...ratios), bound: RATIO_MAX, unit: 'times' }],
      notes: ['declined: too heavy for the host to be asked, so the interpreter has it'],
    };
  },
};

function measured(hostile: HostileModule, { tier, rounds, progress }: SectionOptions) {
  progress(hostile.name);
  const { size } = hostile;
  // No collection is forced in between, because it discards optimised code, and then every load is a cold one.
  const load = (bytes: Uint8Array) => loadAndRun(bytes, hostile, tier);
  const [small, large] = [hostile.build(size), hostile.build(2 * size)];
  const repeats = repeatsOf(() => load(small));
  const isDeclined = load(large).tier !== tier.name;
  const work = (bytes: Uint8Array) => () => {
    const { ms, wallMs, cpuMs } = timed(() => {
      for (let i = 0; i < repeats; i++) load(bytes);
    });
    return { ms: ms / repeats, wallMs: wallMs / repeats, cpuMs: cpuMs / repeats };
  };
  const { single, double } = interleaved(rounds, { single: work(small), double: work(large) });
  const ratio = double / single;
  return {
    module: hostile.name,
    n: size,
    'bytes at 2n': large.length,
    'ms at n': single,
    'ms at 2n': double,
    ratio,
    flag: [ratio > RATIO_MAX ? 'NOT LINEAR' : '', isDeclined ? 'declined' : '']
      .filter((text) => text !== '')
      .join(', '),
  };
}

/** How many runs of a work fill the time of a measurement. The estimate warms up, so that the first run is not cold. */
function repeatsOf(work: () => void): number {
  for (let i = 0; i < WARM_UPS; i++) work();
  return Math.ceil(MEASUREMENT_MS / timed(work).ms);
}

function loadAndRun(bytes: Uint8Array, { limits, isRun }: HostileModule, tier: Tier): Program {
  const program = tier.program(meteredModule(bytes, limits));
  tier.compileAll(program);
  if (isRun === true) run(program, new Store(limits, FUEL_1));
  return program;
}

function run(program: Program, store: Store): void {
  store.gauge.reset(Number.MAX_SAFE_INTEGER);
  const linked = linkImports(program.metered.module, (from, name) => hostNothing(store, `${from}.${name}`));
  if (!linked.ok) throw new Error(linked.fault.code);
  const instance = program.instantiate(store, linked.value)!;
  const item = instance.exported('run');
  if (item?.kind === 'function') instance.invoke(item.function.definedIndex, []);
  if (store.gauge.stop !== undefined) throw new Error(JSON.stringify(store.gauge.stop));
}

/** A host function that does nothing. */
function hostNothing(store: Store, name: string): ExternValue {
  const host = { module: 'env', name, type: NOTHING, run: () => [] };
  return { kind: 'function', function: new FunctionInstance(store, NOTHING, undefined, 0, host) };
}
