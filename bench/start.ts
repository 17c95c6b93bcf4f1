/**
 * Section `start`: how long a fresh process takes to load an entry of the built package, or to run a short command
 * line, compared with a process that does nothing. Wall clock from before the process is created until after it has
 * ended; each round runs every row once, in turn, each right after its own empty process.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Section, SectionOptions, Target } from './section.js';
import { median } from './time.js';

/** Processes are short, so each requested round becomes this many. */
const ROUNDS_EACH = 7;

const EMPTY = ['-e', '0'];
const CALL = ['call', 'vectors/guests/wat/answer.wasm', 'answer'];

interface Manifest {
  readonly bin: { readonly assay: string };
  readonly exports: Readonly<Record<string, { readonly default: string }>>;
}

interface Start {
  readonly name: string;
  readonly args: readonly string[];
  /** Milliseconds beyond an empty process. */
  readonly beyondMax?: number;
  /** Milliseconds in total. */
  readonly wholeMax?: number;
}

function starts(): readonly Start[] {
  const { bin, exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const entry = (path: string): readonly string[] => [exports[path]!.default];
  return [
    { name: "import 'assay'", args: entry('.'), beyondMax: 45 },
    { name: "import 'assay/zome'", args: entry('./zome'), beyondMax: 60 },
    { name: "import 'assay/agreement'", args: entry('./agreement') },
    { name: "import 'assay/store'", args: entry('./store') },
    { name: 'assay call, a tiny module', args: [bin.assay, ...CALL], wholeMax: 150 },
    { name: 'assay --version', args: [bin.assay, '--version'] },
    { name: 'assay --help', args: [bin.assay, '--help'] },
    { name: 'the engine as it is compiled, not built', args: ['dist/src/index.js'] },
    { name: 'assay call as it is compiled, not built', args: ['dist/src/cli/main.js', ...CALL] },
  ];
}

function wallMs(args: readonly string[]): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args], { encoding: 'utf8' });
  const ms = performance.now() - begin;
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`);
  return ms;
}

interface Times {
  readonly whole: number[];
  readonly beyond: number[];
}

function measured(rows: readonly Start[], { rounds, progress }: SectionOptions) {
  const empty: number[] = [];
  const times = new Map<Start, Times>(rows.map((row) => [row, { whole: [], beyond: [] }]));
  for (let round = 0; round < rounds * ROUNDS_EACH; round++) {
    progress(`round ${round + 1} of ${rounds * ROUNDS_EACH}`);
    for (const [{ args }, { whole, beyond }] of times) {
      const nothing = wallMs(EMPTY);
      const ms = wallMs(args);
      empty.push(nothing);
      whole.push(ms);
      beyond.push(ms - nothing);
    }
  }
  return { empty, times };
}

function targetsOf({ name, beyondMax, wholeMax }: Start, { whole, beyond }: Times): readonly Target[] {
  return [
    ...(beyondMax === undefined
      ? []
      : [{ name: `${name}, beyond an empty process`, measured: median(beyond), bound: beyondMax, unit: 'ms' }]),
    ...(wholeMax === undefined
      ? []
      : [{ name: `${name}, in all`, measured: median(whole), bound: wholeMax, unit: 'ms' }]),
  ];
}

export const START: Section = {
  name: 'start',
  about: 'a fresh process to the end of an import or of a short command',
  run: (options) => {
    const { empty, times } = measured(starts(), options);
    const rows = [...times].map(([{ name }, { whole, beyond }]) => ({
      what: name,
      'beyond empty ms': median(beyond),
      'whole ms': median(whole),
      'least whole ms': Math.min(...whole),
    }));
    const nothing = {
      what: 'node -e 0',
      'beyond empty ms': 0,
      'whole ms': median(empty),
      'least whole ms': Math.min(...empty),
    };
    return {
      tables: [{ title: 'milliseconds of wall clock, medians', rows: [nothing, ...rows] }],
      targets: [...times].flatMap(([start, found]) => targetsOf(start, found)),
      notes: [
        'beyond empty: the median of the differences from the empty process (node -e 0) right before; whole: process and all. A busy machine lengthens both: `npm run bench start` wants a quiet one',
      ],
    };
  },
};
