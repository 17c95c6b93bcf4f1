/**
 * Random sessions as plain data, using only features that every JavaScript host has: the visible results of each, the
 * snapshot at its end, and the continuation from a snapshot of another runtime.
 */
import { type GeneratedModule, moduleOfSeed } from '../../src/agreement/module-arbitrary.js';
import { fromHex, hash, toHex, utf8 } from '../../src/base/hash.js';
import { createEngine, type LoadedModule } from '../../src/index.js';
import { decodeSnapshot, type Session } from '../../src/session/index.js';
import { hostSet } from '../engine/host-set.js';
import { type LinkedGuest, linkedStepsOf, loadedGuest, ranLinkedGuest } from './linked/random-linked.js';
import { Run, stepsOf } from './random-session.js';
import { nextRow, opened, type TIERS } from './session-guest.js';

/** Sessions of one module or linked program. */
export interface SessionsOfOne {
  /** Seed of the module: even ones have the guest of the specs, odd ones a generated module. */
  readonly module: number;
  /** The modules of linked sessions, in place of sessions of one module. */
  readonly linked?: LinkedGuest | undefined;
  /** Seeds of the steps of each session. */
  readonly seeds: readonly number[];
}

export interface SessionsJob {
  readonly tier: (typeof TIERS)[number];
  /** In hexadecimal. */
  readonly guest: string;
  readonly groups: readonly SessionsOfOne[];
  /** For each session, group after group, a snapshot from another runtime to continue from, in hexadecimal. */
  readonly snapshots?: readonly string[] | undefined;
}

export interface SessionsShown {
  /** Hash over receipts, snapshots and digests of a session; empty for a module that has none. */
  readonly shown: readonly string[];
  /** Snapshot at the end of each, in hexadecimal. */
  readonly snapshots: readonly string[];
}

interface Shown {
  readonly shown: readonly string[];
  readonly snapshot: string;
}

export async function sessionsOfJob({ tier, guest, groups, snapshots }: SessionsJob): Promise<SessionsShown> {
  const shown: string[] = [];
  const ended: string[] = [];
  for (const group of groups) {
    const session = await sessionsOf(group, tier, guest);
    for (const seed of group.seeds) {
      const lines = session(seed, snapshots?.[shown.length]);
      shown.push(toHex(hash(utf8(lines.shown.join('\n')))));
      ended.push(lines.snapshot);
    }
  }
  return { shown, snapshots: ended };
}

/** Runs the sessions of a group: from the seed of the steps, and a snapshot if the session does not start new. */
async function sessionsOf(
  { module: number, linked }: SessionsOfOne,
  tier: SessionsJob['tier'],
  guest: string,
): Promise<(seed: number, from: string | undefined) => Shown> {
  if (linked !== undefined) {
    const modules = await loadedGuest(linked, tier);
    return (seed, from) => linkedLinesOf(linked, modules, seed, from);
  }
  const generated = number % 2 === 0 ? undefined : moduleOfSeed(number);
  const imports = generated === undefined ? [nextRow()] : hostSet(1);
  const made = await createEngine({ tier }).load(generated?.bytes ?? fromHex(guest), { imports });
  if (!made.ok) throw new Error(made.fault.code);
  return (seed, from) => linesOf(made.module, seed, generated, from);
}

function linesOf(
  module: LoadedModule,
  seed: number,
  generated: GeneratedModule | undefined,
  from: string | undefined,
): Shown {
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

function linkedLinesOf(
  guest: LinkedGuest,
  modules: readonly LoadedModule[],
  seed: number,
  from: string | undefined,
): Shown {
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
