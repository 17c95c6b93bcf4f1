/** Section `load`: how long bytes take to become callable, cold in a fresh process and warm. */
import { loadFresh } from './fresh-load.js';
import { loadMs, STAGES, type StageTimes } from './loading.js';
import { codeModule, MEGABYTE, realModules, type SampleModule } from './sample-modules.js';
import type { Cell, Section, SectionOptions } from './section.js';
import { median } from './time.js';

const SIZES_MB = [1, 2, 4, 8, 16, 32];

/** The bound for a module of 1 MB. */
const LOAD_MS_MAX = 150;
/** Milliseconds per megabyte may grow by this factor from the smallest size to the largest. */
const LINEAR_MAX = 1.5;

const WARM_ROUNDS = 3;
/** From this size on, a load takes long enough that one process is sufficient. */
const ONE_PROCESS_MB = 8;

export const LOAD: Section = {
  name: 'load',
  about: 'decode, validate, compile',
  run: (options) => {
    const real = realModules().map((module) => measured(module, options));
    const sized = SIZES_MB.map((size) =>
      measured(codeModule(size * MEGABYTE), size < ONE_PROCESS_MB ? options : { ...options, rounds: 1 }),
    );
    const all = [...real, ...sized];
    const perMegabyte = (one: Measured) => loadMs(one.warm) / (one.bytes / MEGABYTE);
    const perMegabyteCompiled = (one: Measured) => one.warm.compileAll / (one.bytes / MEGABYTE);
    const worst = (rate: (one: Measured) => number) => Math.max(...sized.map((one) => rate(one) / rate(sized[0]!)));
    return {
      tables: [
        { title: 'cold, in a fresh process: milliseconds', rows: all.map((one) => row(one, one.cold)) },
        { title: 'warm: milliseconds', rows: all.map((one) => row(one, one.warm)) },
      ],
      targets: [
        ...[real[0]!, sized[0]!].flatMap((one) => [
          target(`cold load of ${one.name}`, loadMs(one.cold), LOAD_MS_MAX, 'ms'),
          target(
            `cold load of ${one.name}, every function compiled`,
            loadMs(one.cold) + one.cold.compileAll,
            LOAD_MS_MAX,
            'ms',
          ),
        ]),
        target('warm load per MB, worst size beside 1 MB', worst(perMegabyte), LINEAR_MAX, 'times'),
        target('warm compilation per MB, worst size beside 1 MB', worst(perMegabyteCompiled), LINEAR_MAX, 'times'),
      ],
      notes: [],
    };
  },
};

function target(name: string, measuredValue: number, bound: number, unit: string) {
  return { name, measured: measuredValue, bound, unit };
}

interface Measured {
  readonly name: string;
  readonly bytes: number;
  readonly cold: StageTimes;
  readonly warm: StageTimes;
}

function measured({ name, bytes }: SampleModule, { tier, rounds, progress }: SectionOptions): Measured {
  progress(name);
  const reports = loadFresh(bytes, tier, rounds, WARM_ROUNDS);
  return {
    name,
    bytes: bytes.length,
    cold: medianStages(reports.map(({ cold }) => cold)),
    warm: medianStages(reports.flatMap(({ warm }) => warm)),
  };
}

function medianStages(times: readonly StageTimes[]): StageTimes {
  const entries = STAGES.map((stage) => [stage, median(times.map((one) => one[stage]))] as const);
  return Object.fromEntries(entries) as unknown as StageTimes;
}

function row({ name, bytes }: Measured, times: StageTimes): Readonly<Record<string, Cell>> {
  const all = loadMs(times) + times.compileAll;
  return {
    module: name,
    bytes,
    decode: times.decode,
    validate: times.validate,
    program: times.program,
    load: loadMs(times),
    'compile all': times.compileAll,
    'load + all': all,
    'load / MB': loadMs(times) / (bytes / MEGABYTE),
    'all / MB': all / (bytes / MEGABYTE),
  };
}
