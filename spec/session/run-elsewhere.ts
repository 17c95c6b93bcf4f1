/** The same random sessions in other runtimes; each continues from snapshots of this Node, and this Node from theirs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ELSEWHERE } from '../agreement/elsewhere.js';
import { type SessionsJob, type SessionsShown, sessionsOfJob } from './elsewhere-sessions.js';
import { linkedGuestOf } from './linked/linked-guests.js';
import { TIERS } from './session-guest.js';

const WORK = { path: fileURLToPath(new URL('./elsewhere-sessions.js', import.meta.url)), name: 'sessionsOfJob' };

/** Seeds of one message: their snapshots cross in it. */
const SEEDS_EACH = 20;

export interface ElsewhereOptions {
  readonly guest: string;
  readonly seed: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly say: (line: string) => void;
}

/** Checks a name with what is wrong, or undefined. */
type Check = (name: string, wrong: string | undefined) => void;

export async function sessionsElsewhere(options: ElsewhereOptions, check: Check): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sessions-'));
  try {
    for (const [name, open] of Object.entries(ELSEWHERE)) {
      const elsewhere = await open<SessionsJob, SessionsShown>(folder, WORK);
      if (typeof elsewhere === 'string') {
        options.say(`${name} is left out: ${elsewhere}`);
        continue;
      }
      try {
        for (const kind of ['sessions', 'linked sessions'] as const) {
          const done = await compared(name, (job) => elsewhere.ask(job), options, kind, check);
          options.say(`${name}: ${done} ${kind} in both tiers, and as many from snapshots each way`);
        }
      } finally {
        await elsewhere.close();
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compared(
  name: string,
  ask: (job: SessionsJob) => Promise<SessionsShown>,
  { guest, seed: first, sessions, seconds }: ElsewhereOptions,
  kind: 'sessions' | 'linked sessions',
  check: Check,
): Promise<number> {
  const until = performance.now() + 1000 * seconds;
  let done = 0;
  for (; done < sessions && performance.now() < until; ) {
    const count = Math.min(SEEDS_EACH, sessions - done);
    const seeds = Array.from({ length: count }, (_, i) => first + done + i);
    const of = { guest, seeds, linked: kind === 'sessions' ? undefined : seeds.map(linkedGuestOf) };
    const here = await sessionsOfJob({ ...of, tier: 'interpreter' });
    const after = await sessionsOfJob({ ...of, tier: 'interpreter', snapshots: here.snapshots });
    for (const tier of TIERS) {
      const there = await ask({ ...of, tier });
      const onThere = await ask({ ...of, tier, snapshots: here.snapshots });
      const onHere = await sessionsOfJob({ ...of, tier: 'instrumented', snapshots: there.snapshots });
      seeds.forEach((seed, i) => {
        const what = `${name}, ${tier}, ${kind}, seed ${seed}`;
        check(what, there.shown[i] === here.shown[i] ? undefined : 'shows something else');
        check(what, there.snapshots[i] === here.snapshots[i] ? undefined : 'ends with another snapshot');
        check(
          what,
          onThere.shown[i] === after.shown[i] ? undefined : 'continues otherwise from a snapshot of this Node',
        );
        check(
          what,
          onHere.shown[i] === after.shown[i] ? undefined : 'gave a snapshot from which this Node continues otherwise',
        );
      });
    }
    done += count;
  }
  return done;
}
