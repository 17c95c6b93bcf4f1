/** The same random sessions in other runtimes; each continues from this Node's snapshots, and this Node from theirs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ELSEWHERE, type Elsewhere } from '../agreement/elsewhere.js';
import { type SessionsJob, type SessionsOfOne, type SessionsShown, sessionsOfJob } from './elsewhere-sessions.js';
import { linkedGuestOf } from './linked/linked-guests.js';
import { TIERS } from './session-guest.js';

const WORK = { path: fileURLToPath(new URL('./elsewhere-sessions.js', import.meta.url)), name: 'sessionsOfJob' };

/** Sessions per module, and modules per message, in which their snapshots are exchanged. */
const SEEDS_EACH = 10;
const MODULES_EACH = 4;

export interface ElsewhereOptions {
  readonly guest: string;
  readonly seed: number;
  readonly sessions: number;
  readonly linked: number;
  readonly seconds: number;
  /** Called when a session is done in all of them. */
  readonly step: () => void;
  readonly say: (line: string) => void;
}

/** Reports a check by name with its fault, or undefined. */
type Check = (name: string, wrong: string | undefined) => void;
type Ask = (job: SessionsJob) => Promise<SessionsShown>;
type Kind = 'sessions' | 'linked sessions';

interface Asked {
  readonly name: string;
  readonly ask: Ask;
}

/** Every runtime runs the same sessions, all in parallel; this Node, the reference, runs each once. */
export async function sessionsElsewhere(options: ElsewhereOptions, check: Check): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sessions-'));
  const open: { readonly name: string; readonly elsewhere: Elsewhere<SessionsJob, SessionsShown> }[] = [];
  try {
    for (const [name, opening] of Object.entries(ELSEWHERE)) {
      const elsewhere = await opening<SessionsJob, SessionsShown>(folder, WORK);
      if (typeof elsewhere === 'string') options.say(`${name} is left out: ${elsewhere}`);
      else open.push({ name, elsewhere });
    }
    const runtimes = open.map(({ name, elsewhere }) => ({ name, ask: (job: SessionsJob) => elsewhere.ask(job) }));
    const names = runtimes.map(({ name }) => name).join(', ');
    for (const kind of ['sessions', 'linked sessions'] as const) {
      const done = await compared(runtimes, options, kind, check);
      options.say(`${names}: ${done} ${kind} in both tiers, and as many from snapshots each way`);
    }
  } finally {
    for (const { elsewhere } of open) await elsewhere.close();
    rmSync(folder, { recursive: true });
  }
}

async function compared(
  runtimes: readonly Asked[],
  { guest, seed: first, sessions, linked, seconds, step }: ElsewhereOptions,
  kind: Kind,
  check: Check,
): Promise<number> {
  const until = performance.now() + 1000 * seconds;
  const count = kind === 'sessions' ? sessions : linked;
  let done = 0;
  for (let module = first; done < count && performance.now() < until; module += MODULES_EACH) {
    const groups: SessionsOfOne[] = [];
    for (let i = 0; i < MODULES_EACH && done < count; i++) {
      const size = Math.min(SEEDS_EACH, count - done);
      const seeds = Array.from({ length: size }, (_, number) => first + done + number);
      const of = kind === 'sessions' ? undefined : linkedGuestOf(module + i);
      groups.push({ module: module + i, linked: of, seeds });
      done += size;
    }
    await comparedGroups(runtimes, { guest, groups }, kind, check);
    for (const { seeds } of groups) for (const _ of seeds) step();
  }
  return done;
}

async function comparedGroups(
  runtimes: readonly Asked[],
  of: Pick<SessionsJob, 'guest' | 'groups'>,
  kind: Kind,
  check: Check,
): Promise<void> {
  const here = await sessionsOfJob({ ...of, tier: 'interpreter' });
  const continued = { ...of, snapshots: here.snapshots };
  const theirs = runtimes.flatMap(({ name, ask }) =>
    TIERS.map(async (tier) => {
      const there = await ask({ ...of, tier });
      return { name, tier, there, onThere: await ask({ ...continued, tier }) };
    }),
  );
  const after = await sessionsOfJob({ ...continued, tier: 'interpreter' });
  const afterInstrumented = await sessionsOfJob({ ...continued, tier: 'instrumented' });
  const seeds = of.groups.flatMap((group) => group.seeds);
  for (const { name, tier, there, onThere } of await Promise.all(theirs)) {
    // This Node has already continued from the same snapshots.
    const isSame = there.snapshots.every((snapshot, i) => snapshot === here.snapshots[i]);
    const onHere = isSame
      ? afterInstrumented
      : await sessionsOfJob({ ...of, tier: 'instrumented', snapshots: there.snapshots });
    seeds.forEach((seed, i) => {
      const what = `${name}, ${tier}, ${kind}, seed ${seed}`;
      check(what, there.shown[i] === here.shown[i] ? undefined : 'differs');
      check(what, there.snapshots[i] === here.snapshots[i] ? undefined : 'ends with a different snapshot');
      check(
        what,
        onThere.shown[i] === after.shown[i] ? undefined : 'continues differently from a snapshot of this Node',
      );
      check(
        what,
        onHere.shown[i] === after.shown[i]
          ? undefined
          : 'returned a snapshot from which this Node continues differently',
      );
    });
  }
}
