/**
 * Random sessions as plain data, made of nothing but what every host of JavaScript has: what each shows, the snapshot that it ends with,
 * and what continues from a snapshot that comes from elsewhere.
 */
import { type GeneratedModule, moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { fromHex, hash, toHex, utf8 } from '../../src/base/hash.js';
import { createEngine, type LoadedModule } from '../../src/index.js';
import { decodeSnapshot, type Session } from '../../src/session/index.js';
import { hostSet } from '../engine/host-set.js';
import { type LinkedGuest, linkedStepsOf, loadedGuest, ranLinkedGuest } from './linked/random-linked.js';
import { Run, stepsOf } from './random-session.js';
import { nextRow, opened, type TIERS } from './session-guest.js';

export interface SessionsJob {
  readonly tier: (typeof TIERS)[number];
  /** The guest of even seeds, in hexadecimal; odd ones have a generated module. */
  readonly guest: string;
  readonly seeds: readonly number[];
  /** Of each seed the modules of a linked session, in place of a session of one module. */
  readonly linked?: readonly LinkedGuest[] | undefined;
  /** Of each seed a snapshot from elsewhere to continue from, in hexadecimal. */
  readonly snapshots?: readonly string[] | undefined;
}

export interface SessionsShown {
  /** Hash over receipts, snapshots and digests of a session; empty for a module that has none. */
  readonly shown: readonly string[];
  /** What each ended with, in hexadecimal. */
  readonly snapshots: readonly string[];
}

export async function sessionsOfJob(job: SessionsJob): Promise<SessionsShown> {
  const { tier, guest, seeds, linked, snapshots } = job;
  const shown: string[] = [];
  const ended: string[] = [];
  for (const [i, seed] of seeds.entries()) {
    const linkedGuest = linked?.[i];
    if (linkedGuest !== undefined) {
      const lines = await linkedLinesOf(linkedGuest, tier, seed, snapshots?.[i]);
      shown.push(toHex(hash(utf8(lines.shown.join('\n')))));
      ended.push(lines.snapshot);
      continue;
    }
    const generated = seed % 2 === 0 ? undefined : moduleOfSeed(seed);
    const imports = generated === undefined ? [nextRow()] : hostSet(1);
    const made = await createEngine({ tier }).load(generated?.bytes ?? fromHex(guest), { imports });
    if (!made.ok) throw new Error(made.fault.code);
    const lines = linesOf(made.module, seed, generated, snapshots?.[i]);
    shown.push(toHex(hash(utf8(lines.shown.join('\n')))));
    ended.push(lines.snapshot);
  }
  return { shown, snapshots: ended };
}

function linesOf(module: LoadedModule, seed: number, generated: GeneratedModule | undefined, from: string | undefined) {
  let session: Session | undefined;
  try {
    session = from === undefined || from === '' ? undefined : openedFrom(module, from);
    const run = new Run(module, undefined, session);
    for (const step of stepsOf(from === undefined ? seed : seed + 1_000_000, generated)) run.take(step);
    const snapshot = toHex(run.session.snapshot().bytes);
    return { shown: [...run.shown, toHex(run.session.stateDigest())], snapshot };
  } catch (error) {
    // A module whose instantiation fails has no session.
    if (!String(error).includes('the session does not open')) throw error;
    return { shown: ['none'], snapshot: '' };
  }
}

async function linkedLinesOf(guest: LinkedGuest, tier: SessionsJob['tier'], seed: number, from: string | undefined) {
  const modules = await loadedGuest(guest, tier);
  const steps = linkedStepsOf(from === undefined ? seed : seed + 1_000_000, guest);
  const run = ranLinkedGuest(modules, steps, from === undefined || from === '' ? {} : { from: fromHex(from) });
  if (run === undefined) return { shown: ['none'], snapshot: '' };
  return { shown: run.shown, snapshot: toHex(run.session.snapshot().bytes) };
}

function openedFrom(module: LoadedModule, hex: string): Session {
  const decoded = decodeSnapshot(fromHex(hex));
  if (!decoded.ok) throw new Error(`a snapshot from elsewhere: ${decoded.fault.code}`);
  return opened(module, { from: decoded.snapshot, digestEvery: 5, fuel: 3_000_000 });
}
