/** The headlines of the old reports, each with our figure, and the reason if ours is not better. */
import type { EngineRow, PlanFigures, WorkloadFigures } from './measure.js';
import { aheadOfTime, fromSaved, justInTime, type PhaseReport } from './phase-report.js';

export interface Headline {
  /** What was reported. */
  readonly headline: string;
  readonly theirs: string;
  readonly ours: string;
  readonly isAhead: boolean;
  /** Why not, or what the figure means. */
  readonly remark: string;
}

const WASMI_TIMES = 28.6;
const [BOOT_MS, BOOT_AGAIN_MS] = [4.2, 0.005];
const [LARGE_NEW_MS, LARGE_DISK_MS, LARGE_MEMORY_MS] = [2_000, 500, 1];
const GIGABYTES_SECONDS = 1;

export function number(value: number): string {
  if (value === 0) return '0';
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toPrecision(2);
}

function ms(value: number): string {
  return value < 0.1 ? `${number(value * 1000)} us` : `${number(value)} ms`;
}

function workload({ workloads }: PlanFigures, begin: string): WorkloadFigures {
  const found = workloads.find(({ workload: { name } }) => name.startsWith(begin));
  if (found === undefined) throw new Error(`${begin} was not measured`);
  return found;
}

function reportOf({ rows }: WorkloadFigures, engine: string): PhaseReport | undefined {
  const report = rows.find((row: EngineRow) => row.engine === engine)?.report;
  return typeof report === 'object' ? report : undefined;
}

export function headlines(figures: PlanFigures): readonly Headline[] {
  return [
    ...overWasmi(figures),
    ...boots(figures),
    ...largeModule(figures),
    ...boundary(figures),
    ...backends(figures),
  ];
}

function overWasmi(figures: PlanFigures): readonly Headline[] {
  return ['n-body', 'fibonacci'].flatMap((name) => {
    const measured = workload(figures, name);
    const own = reportOf(measured, 'instrumented')!.phases.call;
    return ['wasmi-2019', 'wasmi', 'wasmi+fuel'].flatMap((engine): Headline[] => {
      const theirs = reportOf(measured, engine);
      if (theirs === undefined) return [];
      const times = theirs.phases.call / own;
      const old = reportOf(measured, 'wasmi-2019');
      const isOld = engine === 'wasmi-2019';
      return [
        {
          headline: `running time, ${measured.workload.name}: times as fast as wasmi`,
          theirs: `${WASMI_TIMES} times wasmi`,
          ours: `${number(times)} times ${theirs.engine}`,
          isAhead: times >= WASMI_TIMES,
          remark: isOld
            ? 'wasmi of the time of the report; ours counts fuel, the report did not'
            : old === undefined
              ? 'wasmi of today'
              : `wasmi of today is ${number(old.phases.call / theirs.phases.call)} times as fast as that of the report`,
        },
      ];
    });
  });
}

function boots(figures: PlanFigures): readonly Headline[] {
  const again = reportOf(workload(figures, 'zome of 20 kB'), 'instrumented')!.phases.again!;
  const { memory, next } = figures.small;
  return [
    {
      headline: 'a module of 20 kB booted, module loaded each time',
      theirs: ms(BOOT_MS),
      ours: ms(memory),
      isAhead: memory <= BOOT_MS,
      remark: 'load of bytes that the engine knows, an instance, a call that validates, a receipt',
    },
    {
      headline: 'a module of 20 kB booted again',
      theirs: ms(BOOT_AGAIN_MS),
      ours: ms(again),
      isAhead: again <= BOOT_AGAIN_MS,
      remark:
        'a pristine instance and a call, 1,000 times, no receipt: its pages are zeroed and its data written anew each time',
    },
    {
      headline: 'a module of 20 kB booted again, with a receipt',
      theirs: ms(BOOT_AGAIN_MS),
      ours: ms(next),
      isAhead: next <= BOOT_AGAIN_MS,
      remark: 'the call validates a post of some hundred bytes and is hashed: work that the report had not',
    },
  ];
}

function largeModule({ large, notes }: PlanFigures): readonly Headline[] {
  const rows = [
    ['new', LARGE_NEW_MS, large?.fresh, 'bytes to the first result, `auto`'],
    ['from disk', LARGE_DISK_MS, large?.disk, 'the same with the module in a disk cache'],
    [
      'from memory',
      LARGE_MEMORY_MS,
      large?.memory,
      'bytes that are loaded again are compared with those in memory, 39 MB; the start function sets 10,000 globals anew',
    ],
    [
      'loaded, called again',
      LARGE_MEMORY_MS,
      large?.next,
      'who keeps the loaded module compares nothing; a pristine instance, the start function, a receipt',
    ],
  ] as const;
  return rows.map(([what, theirs, ours, remark]) => ({
    headline: `a module of 39 MB, ${what}`,
    theirs: ms(theirs),
    ours: ours === undefined ? 'not measured' : ms(ours),
    isAhead: ours !== undefined && ours <= theirs,
    remark: ours === undefined ? (notes.find((note) => note.includes('39 MB')) ?? 'left out') : remark,
  }));
}

function boundary({ into, out }: PlanFigures): readonly Headline[] {
  return (
    [
      ['into', into],
      ['out of', out],
    ] as const
  ).map(([way, { gigabytesPerSecond, bytes, callUs }]) => ({
    headline: `gigabytes ${way} a guest`,
    theirs: 'a gigabyte in seconds',
    ours: `a gigabyte in ${number(1 / gigabytesPerSecond)} s`,
    isAhead: 1 / gigabytesPerSecond <= GIGABYTES_SECONDS,
    remark: `${bytes / 1e6} MB a call, the boundary alone; the whole call with hashes and receipt takes ${number(callUs / 1e6)} s`,
  }));
}

/** The phases of wasmer's compilers, measured here; lucet no longer exists, so its successor wasmtime has its rows. */
function backends(figures: PlanFigures): readonly Headline[] {
  const measured = workload(figures, 'zome of 20 kB');
  const own = reportOf(measured, 'instrumented')!;
  const totals = [
    [
      'bytes to a result (a+b+c+d)',
      justInTime,
      'our own code is JavaScript that has just started: the cold price of section `boot`',
    ],
    [
      "bytes to what is saved (a+b+b')",
      aheadOfTime,
      'our own code is JavaScript that has just started: the cold price of section `boot`',
    ],
    [
      "saved to a result (c'+c+d)",
      fromSaved,
      'Node cannot save machine code: what is saved is the rewritten module, and V8 compiles it again',
    ],
  ] as const;
  const rivals = ['wasmer-singlepass', 'wasmer-cranelift', 'wasmtime+fuel'];
  return rivals.flatMap((engine) => {
    const theirs = reportOf(measured, engine);
    if (theirs === undefined) {
      return [
        {
          headline: `phases of ${engine}`,
          theirs: 'not measured',
          ours: '',
          isAhead: false,
          remark: figures.notes.find((note) => note.startsWith(engine.slice(0, 6))) ?? 'left out',
        },
      ];
    }
    const rows = totals.map(([what, total, why]): Headline => {
      const [left, right] = [total(theirs), total(own)];
      return {
        headline: `${theirs.engine}, ${measured.workload.name}: ${what}`,
        theirs: left === undefined ? 'none' : ms(left),
        ours: right === undefined ? 'none' : ms(right),
        isAhead: left !== undefined && right !== undefined && right <= left,
        remark: left !== undefined && right !== undefined && right > left ? why : '',
      };
    });
    const [left, right] = [theirs.phases.savedBytes!, own.phases.savedBytes!];
    return [
      ...rows,
      {
        headline: `${theirs.engine}, ${measured.workload.name}: bytes saved`,
        theirs: `${number(left / 1000)} kB`,
        ours: `${number(right / 1000)} kB`,
        isAhead: right <= left,
        remark: '',
      },
    ];
  });
}
