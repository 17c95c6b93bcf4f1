/**
 * Large numbers of sessions, of one module and linked: random ones are the same in both tiers, forks equal their
 * originals, calls continued with more fuel equal single calls; guests that never end share a thread; other runtimes
 * give the same results, and continue from each other's snapshots. The status is 1 if anything differs.
 *
 *   npm run sessions -- --sessions 20000 --seed 7
 */
import { moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { RandomChoice, SeededSource } from '../../src/agreement/random-choice.js';
import { toHex } from '../../src/base/hash.js';
import { consoleOf } from '../../src/cli/console.js';
import { ProgressLine } from '../../src/cli/progress-line.js';
import { createEngine, type HostImport, i32, type LoadedModule } from '../../src/index.js';
import { encodeSessionReceipt, type Session, type SessionReceipt, type SlicedCall } from '../../src/session/index.js';
import { hostSet } from '../engine/host-set.js';
import { bytesOfText } from '../engine/load-text.js';
import { amount, scriptLine, whole } from '../script-options.js';
import { linkedGuestOf } from './linked/linked-guests.js';
import { type LinkedStep, linkedStepsOf, loadedGuest, ranLinkedGuest } from './linked/random-linked.js';
import { Run, type Step, stepsOf } from './random-session.js';
import { GUEST, nextRow, opened, TIERS } from './session-guest.js';

const { options } = scriptLine({
  name: 'sessions',
  about: 'Compares random sessions between tiers, with their forks, and with calls that were given their fuel at once.',
  options: {
    seed: whole('of the first session', 1),
    sessions: whole('random sessions', 20_000),
    linked: whole('random linked sessions', 2_000),
    units: whole('random units at which long calls are cut, in each tier; 0: no call is cut', 10_000),
    guests: whole('guests that share a thread', 1_000),
    rounds: whole('slices of each guest', 10),
    elsewhere: whole(
      'sessions in each of Bun, Deno, the newest Node, Chromium and Firefox, and a tenth as many linked ones',
      0,
    ),
    time: amount('seconds until no more random sessions and units are tried', 3_600),
  },
});

const console_ = consoleOf(process.stdout, process.stderr, process.env);
const until = performance.now() + options.time * 1000;
let passed = 0;
let failed = 0;

function check(name: string, work: () => string | undefined): void {
  let wrong: string | undefined;
  try {
    wrong = work();
  } catch (error) {
    wrong = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  if (wrong === undefined) passed += 1;
  else {
    failed += 1;
    console_.out(`${name}: ${wrong}`);
  }
}

async function loaded(
  bytes: Uint8Array,
  tier: (typeof TIERS)[number],
  imports: readonly HostImport[],
): Promise<LoadedModule> {
  const made = await createEngine({ tier }).load(bytes, { imports });
  if (!made.ok) throw new Error(made.fault.code);
  return made.module;
}

// Random sessions

/** Sessions per module, because loading it takes longer than they do. */
const SESSIONS_EACH = 20;
const ends = new Set<string>();
const counts = new Map<string, number>();

function runOf(module: LoadedModule, steps: readonly Step[], limits?: readonly number[]): Run {
  const run = new Run(module, limits);
  for (const step of steps) run.take(step);
  run.shown.push(toHex(run.session.stateDigest()));
  return run;
}

function differ(a: readonly string[], b: readonly string[], what: string): string | undefined {
  const at = a.findIndex((each, i) => each !== b[i]);
  if (at < 0 && a.length === b.length) return undefined;
  return `${what} differ at ${at < 0 ? Math.min(a.length, b.length) : at}:\n${a[at]}\n${b[at]}`;
}

function compared(modules: readonly LoadedModule[], steps: readonly Step[]): string | undefined {
  const [first, ...others] = modules.map((module) => runOf(module, steps));
  for (const end of first!.ends) ends.add(end);
  for (const [kind, count] of first!.counts) counts.set(kind, (counts.get(kind) ?? 0) + count);
  for (const other of others) {
    const wrong =
      differ(first!.shown, other.shown, 'the tiers') ?? differ(first!.notices, other.notices, 'the notices');
    if (wrong !== undefined) return wrong;
  }
  // Forks continue like their originals, and calls in parts equal whole calls.
  const without = runOf(
    modules[0]!,
    steps.filter(({ kind }) => kind !== 'fork'),
    first!.limits,
  );
  return differ(first!.shown, without.shown, 'forks and parts');
}

async function randomSessions(): Promise<void> {
  const progress = new ProgressLine(console_, options.sessions, 'sessions');
  const guest = bytesOfText(GUEST);
  let done = 0;
  for (let seed = options.seed; done < options.sessions && performance.now() < until; seed++) {
    const generated = seed % 2 === 0 ? undefined : moduleOfSeed(seed);
    const imports = generated === undefined ? [nextRow()] : hostSet(1);
    const modules = await Promise.all(TIERS.map((tier) => loaded(generated?.bytes ?? guest, tier, imports)));
    const count = Math.min(SESSIONS_EACH, options.sessions - done);
    // A module whose instantiation fails has no session.
    if (generated !== undefined && modules.some((module) => !opens(module))) continue;
    for (let i = 0; i < count; i++) {
      check(`session ${seed}.${i}`, () => compared(modules, stepsOf(seed * 1000 + i, generated)));
      progress.step();
    }
    done += count;
  }
  progress.end();
  const listed = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
  console_.out(`${done} random sessions in both tiers: ${listed}`);
  console_.out(`their receipts ended in ${[...ends].sort().join(', ')}`);
}

// Random linked sessions

/** Sessions per program. */
const LINKED_EACH = 5;

async function randomLinked(): Promise<void> {
  const progress = new ProgressLine(console_, options.linked, 'linked sessions');
  const done = new Map<string, number>();
  let sessions = 0;
  for (let seed = options.seed; sessions < options.linked && performance.now() < until; seed++) {
    const guest = linkedGuestOf(seed);
    const modules = await Promise.all(TIERS.map((tier) => loadedGuest(guest, tier)));
    for (let i = 0; i < LINKED_EACH && sessions < options.linked; i++, sessions++) {
      check(`linked session ${seed}.${i}`, () => comparedLinked(modules, linkedStepsOf(seed * 1000 + i, guest), done));
      progress.step();
    }
  }
  progress.end();
  const listed = [...done].map(([kind, count]) => `${count} ${kind}`).join(', ');
  console_.out(`${sessions} random linked sessions in both tiers: ${listed}`);
}

/** Notices come at the same state in both tiers; forks, parts and resumed calls are not visible. */
function comparedLinked(
  [interpreted, instrumented]: readonly (readonly LoadedModule[])[],
  steps: readonly LinkedStep[],
  done: Map<string, number>,
): string | undefined {
  const [first, other] = [ranLinkedGuest(interpreted!, steps), ranLinkedGuest(instrumented!, steps)];
  if (first === undefined || other === undefined) return first === other ? undefined : 'opens in one tier';
  for (const [kind, count] of first.counts) done.set(kind, (done.get(kind) ?? 0) + count);
  const whole = ranLinkedGuest(
    instrumented!,
    steps.filter(({ kind }) => kind !== 'fork'),
    { limits: first.limits },
  );
  return (
    differ(first.shown, other.shown, 'the tiers') ??
    differ(first.notices, other.notices, 'the notices') ??
    differ(first.shown, whole!.shown, 'forks and parts')
  );
}

function opens(module: LoadedModule): boolean {
  try {
    opened(module);
    return true;
  } catch {
    return false;
  }
}

// Calls that are cut

function shownAfter(session: Session, receipt: SessionReceipt): string {
  return `${toHex(encodeSessionReceipt(receipt))} ${toHex(session.stateDigest())} ${session.fuelUsed}`;
}

/** Cuts a call after this much fuel, and lets it continue. */
function cutAt(
  base: Session,
  name: string,
  arg: number,
  fuel: number,
  first: number,
  wanted: string,
): string | undefined {
  const session = base.fork();
  const cut = session.call(name, [i32(arg)], { fuel: first });
  if (cut.outcome.kind !== 'exhausted') return `ended with ${first}`;
  const result = cut.resume(fuel - first);
  return shownAfter(session, result.receipt) === wanted ? undefined : 'is not the single call';
}

/** Number of units tried at either end of a call with a large charge. */
const UNITS_EACH = 500;

const SMALL = [
  ['add', 3],
  ['grow', 2],
  ['apply', 0],
  ['place', 1],
  ['growTable', 3],
  ['text', 70],
  ['trap', 4],
  ['ask', 5],
  ['deep', 9],
  ['spin', 7],
] as const;
const LONG = [
  ['spin', 3_000],
  ['deep', 900],
] as const;

async function cuts(): Promise<void> {
  for (const tier of TIERS) {
    const module = await loaded(bytesOfText(GUEST), tier, [nextRow()]);
    const base = opened(module);
    base.call('add', [i32(5)]);
    const single = (name: string, arg: number, fuel: number) => {
      const session = base.fork();
      const args = name === 'apply' ? [i32(arg), i32(4)] : [i32(arg)];
      const { receipt } = session.call(name, args, { fuel });
      return { wanted: shownAfter(session, receipt), used: receipt.fuel.used };
    };
    let units = 0;
    for (const [name, arg] of SMALL) {
      if (name === 'apply') continue;
      const { wanted, used } = single(name, arg, 100_000);
      for (let first = 0; first < used; first++, units++) {
        // Growth is one charge: a cut in its middle is like any other.
        if (first === UNITS_EACH && used > 2 * UNITS_EACH) first = used - UNITS_EACH;
        check(`${tier}, ${name} cut at ${first}`, () => cutAt(base, name, arg, 100_000, first, wanted));
      }
    }
    console_.out(`${tier}: small calls cut at each of ${units} units`);
    const choice = new RandomChoice(new SeededSource(options.seed));
    const progress = new ProgressLine(console_, options.units, 'units');
    const singles = LONG.map(([name, arg]) => ({ name, arg, ...single(name, arg, 1_000_000) }));
    let done = 0;
    for (; done < options.units && performance.now() < until; done++) {
      const { name, arg, wanted, used } = singles[done % singles.length]!;
      const first = choice.below(used);
      check(`${tier}, ${name} cut at ${first}`, () => cutAt(base, name, arg, 1_000_000, first, wanted));
      progress.step();
    }
    progress.end();
    console_.out(
      `${tier}: long calls of ${singles.map(({ used }) => used).join(' and ')} fuel cut at ${done} random units`,
    );
  }
}

// Guests that never end

const SLICE = 100_000;
/**
 * Slices until V8 has compiled the interpreter's loop, in another thread; before that, a slice takes fifty times as
 * long.
 */
const COLD_SLICES = 200;
/** Each of these is split over this many turns of the event loop. */
const COLD_PARTS = 10;

function endless(module: LoadedModule): SlicedCall {
  return opened(module).begin('spin', [i32(-1)], { fuel: Number.MAX_SAFE_INTEGER });
}

/** Runs the first slices of a process in parts, and returns how long these took, in milliseconds. */
async function coldParts(module: LoadedModule): Promise<readonly number[]> {
  const call = endless(module);
  const partsMs: number[] = [];
  for (let i = 0; i < COLD_PARTS * COLD_SLICES; i++) {
    const startMs = performance.now();
    call.runFor(SLICE / COLD_PARTS);
    partsMs.push(performance.now() - startMs);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return partsMs;
}

/** Some parts are late because of the machine, so the times above the share are ignored. */
function checkTurns(what: string, timesMs: readonly number[], checked: number): (share: number) => string {
  const sorted = timesMs.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!.toFixed(2);
  check(what, () => (Number(at(checked)) <= 20 ? undefined : `a slice took ${at(checked)} ms`));
  return at;
}

async function shared(): Promise<void> {
  const module = await loaded(bytesOfText(GUEST), 'interpreter', [nextRow()]);
  const cold = checkTurns('turns while the loop is cold', await coldParts(module), 0.99);
  console_.out(
    `the first ${COLD_SLICES} slices, in ${COLD_PARTS} parts each while V8 compiles the interpreter: ` +
      `a part takes ${cold(0.5)} ms (median), ${cold(0.99)} ms (99 %), ${cold(1)} ms (longest)`,
  );
  const calls = Array.from({ length: options.guests }, () => endless(module));
  const turnsMs: number[] = [];
  let spread = 0;
  for (let round = 0; round < options.rounds; round++) {
    for (const call of calls) {
      const startMs = performance.now();
      call.runFor(SLICE);
      turnsMs.push(performance.now() - startMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const used = calls.map(({ fuelUsed }) => fuelUsed);
    spread = Math.max(spread, Math.max(...used) / Math.min(...used) - 1);
  }
  const at = checkTurns('turns of the event loop', turnsMs, 0.999);
  console_.out(
    `${calls.length} guests, ${turnsMs.length} slices of ${SLICE} fuel: at most ${(100 * spread).toFixed(3)} % ahead; ` +
      `a slice takes ${at(0.5)} ms (median), ${at(0.999)} ms (99.9 %), ${at(1)} ms (longest)`,
  );
  check('guests that share a thread', () => (spread <= 0.02 ? undefined : `one is ${100 * spread} % ahead`));
}

await randomSessions();
await randomLinked();
if (options.units > 0) await cuts();
if (options.guests > 0) await shared();
if (options.elsewhere > 0) {
  const { sessionsElsewhere } = await import('./run-elsewhere.js');
  const { seed, elsewhere: sessions, time: seconds } = options;
  const linked = Math.ceil(sessions / 10);
  const progress = new ProgressLine(console_, sessions + linked, 'sessions in other runtimes');
  await sessionsElsewhere(
    {
      guest: toHex(bytesOfText(GUEST)),
      seed,
      sessions,
      linked,
      seconds,
      step: () => progress.step(),
      say: (line) => console_.out(line),
    },
    (name, wrong) => check(name, () => wrong),
  );
  progress.end();
}
console_.out(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
