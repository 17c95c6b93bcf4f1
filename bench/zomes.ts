/**
 * Section `zomes`: recorded validations of real zomes, replayed by both tiers, by the host's bare `WebAssembly` and by
 * native peers with fuel, each with a new pristine instance per call; and where the time of a validation goes in Assay.
 *
 * All engines do the same work: every engine ends every call with the same bytes, or nothing is timed.
 */
import type { TierName } from '../src/machine/program.js';
import type { NoPeers } from './peer-program.js';
import type { Section, SectionOptions, SectionResult, Table, Target } from './section.js';
import { geometricMean, median } from './time.js';
import { numberedCases, WITHOUT_DEPENDENCIES, type ZomeCase, type ZomeSubject, zomeSubjects } from './zome-cases.js';
import {
  INSTRUMENTED,
  INSTRUMENTED_CALL,
  INTERPRETER,
  INTERPRETER_CALL,
  type Way,
  ZomeChildren,
} from './zome-children.js';
import { memoryOver } from './zome-memory.js';
import type { PartTimes } from './zome-parts.js';
import { type Peers, startPeers } from './zome-peers.js';
import { isSameEnd, type RecordedCall } from './zome-record.js';
import { bareModules, engineOf, hostOf, prepared, receiptsText, recordsOf } from './zome-runs.js';

/** Targets, as ratios. */
const TIMES_WASMTIME_MAX = 1.5;
const TIMES_WASMI_MAX = 1.5;
const TIMES_INTERPRETER_MAX = 1;

const MICROSECONDS = 1e6;

/** The first case of a subject warms up code that all of them use. */
const FIRST_WARM_UPS = 8;

/** Calls of a round whose parts are timed: enough for a median. */
const PART_CALLS_MIN = 15;

/** How long and how often is measured. */
interface Effort {
  readonly warmUpMs: number;
  readonly batchMs: number;
  readonly rounds: number;
}

function effortOf({ quick, rounds }: SectionOptions): Effort {
  return quick ? { warmUpMs: 100, batchMs: 15, rounds } : { warmUpMs: 200, batchMs: 40, rounds: 3 * rounds };
}

export const ZOMES: Section = {
  name: 'zomes',
  about: 'validations of real zomes, and where their time goes',
  run: async (options) => {
    const { subjects, notes } = await zomeSubjects(options.folders);
    if (options.memory) return await memoryOver(subjects[0]!, options);
    const ready: ReadySubject[] = [];
    const numbers = new Map(numberedCases(subjects).map(({ zomeCase }, number) => [zomeCase, number]));
    for (const subject of subjects) ready.push(await readySubject(subject, numbers, options));
    const peers = await startedPeers(ready, options);
    if ('missing' in peers)
      return {
        ...told(ready, await timesOf(ready, undefined, options)),
        notes: [...notes, ...NOTES, `no wasmtime and no wasmi: ${peers.missing}`],
      };
    try {
      return { ...told(ready, await timesOf(ready, peers, options)), notes: [...notes, ...NOTES] };
    } finally {
      await peers.stop();
    }
  },
};

async function startedPeers(
  ready: readonly ReadySubject[],
  { peers, progress }: SectionOptions,
): Promise<Peers | NoPeers> {
  if (!peers) return { missing: 'left out as asked' };
  const cases = ready.flatMap(({ subject, cases }) =>
    cases.map(({ name, records }) => ({ name: `${subject.name}, ${name}`, records })),
  );
  return await startPeers(cases, progress);
}

const NOTES = [
  'a call is replayed: the host answers from the record, so that each engine does the same; in Assay it is the whole of validateOp, with receipt, log and codec',
  '"call" is the same call by callBytes: payload and answers are bytes, as for the peers, with receipt and log',
  'parts are of validations as a node makes them, with the functions of the host; collections of V8 come on top',
];

// Preparation

interface ReadyCase {
  /** As processes know it (`numberedCases`). */
  readonly number: number;
  readonly name: string;
  readonly verdict: string;
  readonly records: readonly RecordedCall[];
}

interface ReadySubject {
  readonly subject: ZomeSubject;
  readonly cases: readonly ReadyCase[];
}

async function readySubject(
  subject: ZomeSubject,
  numbers: ReadonlyMap<ZomeCase, number>,
  { progress }: SectionOptions,
): Promise<ReadySubject> {
  progress(`${subject.name}: loading`);
  const interpreter = await hostOf(subject, engineOf('interpreter'));
  const instrumented = await hostOf(subject, engineOf('instrumented'));
  const modules = bareModules(subject);
  const cases: ReadyCase[] = [];
  for (const zomeCase of subject.cases) {
    const { name, input } = zomeCase;
    progress(`${subject.name}: recording ${name}`);
    const tiers = [prepared(interpreter, input), prepared(instrumented, input)];
    const made = tiers[0]!.whole();
    const receipts = receiptsText(made);
    for (const again of tiers.flatMap((tier) => [tier.whole(), tier.replay()])) {
      if (receiptsText(again) !== receipts) throw new Error(`${subject.name}, ${name}: a receipt is not the same`);
    }
    if (made.calls.length === 0) continue;
    const records = recordsOf(subject, zomeCase, made, modules);
    if (records.some(({ end }, call) => !isSameEnd(end, made.calls[call]!.outcome)))
      throw new Error(`${subject.name}, ${name}`);
    const ready = { number: numbers.get(zomeCase)!, name, verdict: made.verdict, records };
    if (!name.endsWith(WITHOUT_DEPENDENCIES) || differs(ready, cases.at(-1))) cases.push(ready);
  }
  return { subject, cases };
}

/** Whether the host's results differ from those of the previous case, which has the same op. */
function differs({ records }: ReadyCase, before: ReadyCase | undefined): boolean {
  const answers = (calls: readonly RecordedCall[]) => JSON.stringify(calls.map((call) => call.answers));
  return before === undefined || answers(records) !== answers(before.records);
}

// Times

type CaseTimes = ReadonlyMap<string, number>;

function waysOf(number: number, caseNumber: number, children: ZomeChildren, peers: Peers | undefined) {
  const native =
    peers?.names.map((name, peer): [string, Way] => [name, (times) => peers.time(peer, number, times)]) ?? [];
  return new Map([...children.ways(caseNumber), ...native]);
}

async function timesOf(
  ready: readonly ReadySubject[],
  peers: Peers | undefined,
  options: SectionOptions,
): Promise<ReadonlyMap<ReadyCase, TimedCase>> {
  const usual = effortOf(options);
  const found = new Map<ReadyCase, TimedCase>();
  const children = await ZomeChildren.start(options.folders);
  try {
    for (const { subject, cases } of ready) {
      for (const [i, one] of cases.entries()) {
        const effort = i === 0 ? { ...usual, warmUpMs: FIRST_WARM_UPS * usual.warmUpMs } : usual;
        options.progress(`${subject.name}: ${one.name}`);
        const times = await alternated(waysOf(found.size, one.number, children, peers), effort);
        const parts = (tier: TierName) => {
          const batch = Math.max(PART_CALLS_MIN, batchOf(effort, times.get(tier)!));
          return children.parts(tier, one.number, { ...effort, batch });
        };
        found.set(one, {
          times,
          parts: { interpreter: await parts('interpreter'), instrumented: await parts('instrumented') },
        });
      }
    }
  } finally {
    await children.stop();
  }
  return found;
}

interface TimedCase {
  readonly times: CaseTimes;
  readonly parts: Readonly<Record<TierName, PartTimes>>;
}

/** Each way in turn, round after round, so that a slow period affects all; the median of each. */
async function alternated(ways: ReadonlyMap<string, Way>, effort: Effort): Promise<CaseTimes> {
  const batches = new Map<string, number>();
  for (const [name, way] of ways) batches.set(name, await warmedUp(way, effort));
  const found = new Map<string, number[]>([...ways.keys()].map((name) => [name, []]));
  for (let round = 0; round < effort.rounds; round++) {
    for (const [name, way] of ways) found.get(name)!.push(await way(batches.get(name)!));
  }
  return new Map([...found].map(([name, each]) => [name, median(each)]));
}

/** Runs until it is warm; returns how many runs fill a batch. */
async function warmedUp(way: Way, effort: Effort): Promise<number> {
  let us = await way(1);
  for (let spentMs = us / 1000; spentMs < effort.warmUpMs; ) {
    const times = batchOf(effort, us);
    us = await way(times);
    spentMs += (us * times) / 1000;
  }
  return batchOf(effort, us);
}

function batchOf({ batchMs }: Effort, us: number): number {
  return Math.max(1, Math.ceil((batchMs * 1000) / us));
}

// Results

function told(
  ready: readonly ReadySubject[],
  times: ReadonlyMap<ReadyCase, TimedCase>,
): Pick<SectionResult, 'tables' | 'targets'> {
  const tables: Table[] = [];
  const targets: Target[] = [];
  for (const { subject, cases } of ready) {
    const title = `${subject.name}, generation ${subject.generation}`;
    tables.push({
      title: `${title}: microseconds of a validation`,
      rows: cases.map((one) => timesRow(one, times.get(one)!)),
    });
    for (const tier of [INTERPRETER, INSTRUMENTED] as const) {
      tables.push({
        title: `${title}: where they go, ${tier}`,
        rows: cases.map((one) => ({ op: one.name, ...times.get(one)!.parts[tier] })),
      });
    }
    targets.push(
      ...targetsOf(
        subject.name,
        cases.map((one) => times.get(one)!.times),
      ),
    );
  }
  return { tables, targets };
}

function ratio(times: CaseTimes, over: string, under: string): number | undefined {
  const [a, b] = [times.get(over), named(times, under)];
  return a === undefined || b === undefined ? undefined : a / b;
}

/** A peer's name ends with its version. */
function named(times: CaseTimes, start: string): number | undefined {
  for (const [name, us] of times) if (name === start || name.startsWith(`${start} `)) return us;
  return undefined;
}

const WASMTIME = 'wasmtime';
const WASMI = 'wasmi';

function timesRow({ name, verdict, records }: ReadyCase, { times }: TimedCase) {
  return {
    op: name,
    verdict,
    'host calls': records.reduce((sum, { answers }) => sum + answers.length, 0),
    ...Object.fromEntries(times),
    [`${INSTRUMENTED} a second`]: Math.round(MICROSECONDS / times.get(INSTRUMENTED)!),
    'instrumented / wasmtime': ratio(times, INSTRUMENTED, WASMTIME),
    'its call / wasmtime': ratio(times, INSTRUMENTED_CALL, WASMTIME),
    'interpreter / wasmi': ratio(times, INTERPRETER, WASMI),
    'its call / wasmi': ratio(times, INTERPRETER_CALL, WASMI),
    'instrumented / interpreter': ratio(times, INSTRUMENTED, INTERPRETER),
  };
}

const AIMS = [
  [INSTRUMENTED, WASMTIME, TIMES_WASMTIME_MAX],
  [INSTRUMENTED_CALL, WASMTIME, TIMES_WASMTIME_MAX],
  [INTERPRETER, WASMI, TIMES_WASMI_MAX],
  [INTERPRETER_CALL, WASMI, TIMES_WASMI_MAX],
  [INSTRUMENTED, INTERPRETER, TIMES_INTERPRETER_MAX],
] as const;

function targetsOf(subject: string, cases: readonly CaseTimes[]): readonly Target[] {
  return AIMS.flatMap(([over, under, bound]) => {
    const ratios = cases.map((times) => ratio(times, over, under));
    if (ratios.length === 0 || ratios.some((one) => one === undefined)) return [];
    const name = `${subject}, ${over} / ${under}`;
    return [
      { name: `${name}, geometric mean`, measured: geometricMean(ratios as number[]), bound, unit: 'times' },
      { name: `${name}, worst`, measured: Math.max(...(ratios as number[])), bound, unit: 'times' },
    ];
  });
}
