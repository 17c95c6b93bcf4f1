/**
 * Section `sessions`: the time of a call in a session compared with the same call of the host's own instance, and of
 * opening from a snapshot compared with a copy of its pages.
 */
import wabtModule from 'wabt';
import { createEngine, i32, type LoadedModule } from '../src/index.js';
import type { TierName } from '../src/machine/program.js';
import { openSession, type SessionOptions } from '../src/session/index.js';
import type { Section, SectionOptions, SectionResult } from './section.js';
import { TIERS } from './tiers.js';
import { interleaved, timed } from './time.js';

const TEXT = `(module (memory 20)
  (global $calls (mut i32) (i32.const 0))
  (func (export "fill") (memory.fill (i32.const 0) (i32.const 7) (i32.const 1310720)))
  (func (export "add") (param i32 i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.add (local.get 0) (local.get 1))))`;
const SNAPSHOT_BYTES = 20 * 65_536;
const ADDED_US_MAX = 1.5;
const OPENING_MAX = 1.3;
const ARGS = [i32(1), i32(2)];

function opened(module: LoadedModule, options: SessionOptions = {}) {
  const opening = openSession(module, options);
  if (!opening.ok) throw new Error('the session does not open');
  return opening.session;
}

/** In both tiers, whichever was requested: each is compared with the other. */
async function run({ rounds, quick }: SectionOptions): Promise<SectionResult> {
  const wabt = await wabtModule();
  const bytes = new Uint8Array(wabt.parseWat('sessions.wat', TEXT, { bulk_memory: true }).toBinary({}).buffer);
  const found = [];
  // The tiers share the engine's code, which V8 compiles for the first of them, so the tier with the bounds is first.
  for (const tier of [...TIERS.keys()].reverse() as TierName[]) {
    const loaded = await createEngine({ tier }).load(bytes);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const calls = callTimes(loaded.module, bytes, rounds, quick ? 2_000 : 20_000);
    found.push({ tier, calls, opening: openingTimes(loaded.module, rounds, quick ? 200 : 2_000) });
  }
  return {
    tables: [
      {
        title: 'a call `add(1, 2)` in a session, us',
        rows: found.map(({ tier, calls }) => ({
          tier,
          'bare WebAssembly': calls.bare,
          'in a batch, its receipt not made yet': calls.batch,
          'in a batch, with its receipt': calls.receipt,
          'by itself, with its receipt': calls.alone,
        })),
      },
      {
        title: 'a session opened from a snapshot of 20 pages that are not zero, and closed, us',
        rows: found.map(({ tier, opening }) => ({
          tier,
          'copy of the pages over others': opening.over,
          'copy of the pages into new memory': opening.anew,
          'open and close': opening.opened,
        })),
      },
    ],
    targets: found
      .filter(({ tier }) => tier === 'instrumented')
      .flatMap(({ tier, calls, opening }) => [
        {
          name: `a call in a session beyond the bare call, ${tier}`,
          measured: calls.batch - calls.bare,
          bound: ADDED_US_MAX,
          unit: 'us',
        },
        {
          name: `opening from a snapshot of 20 pages against a copy over others, ${tier}`,
          measured: opening.opened / opening.over,
          bound: OPENING_MAX,
          unit: 'times',
        },
      ]),
    notes: [
      'A call by itself looks whether built-ins were overwritten. A receipt is three hashes of BLAKE2b; it is made when it is asked for, or 256 wait.',
    ],
  };
}

function callTimes(module: LoadedModule, bytes: Uint8Array<ArrayBuffer>, rounds: number, count: number) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const bare = exports['add'] as (a: number, b: number) => number;
  const session = opened(module);
  /** Few enough that no receipts are made in between. */
  const few = 200;
  const repeated = (work: () => void) =>
    timed(() => {
      for (let i = 0; i < count; i++) work();
    });
  const batch = () => {
    // Pending receipts are made between the parts, outside the measured time.
    let ms = 0;
    let [wallMs, cpuMs] = [0, 0];
    for (let done = 0; done < count; done += few) {
      void session.call('add', ARGS).receipt;
      const part = timed(() =>
        session.batch(() => {
          for (let i = 0; i < few; i++) session.call('add', ARGS);
        }),
      );
      ms += part.ms;
      wallMs += part.wallMs;
      cpuMs += part.cpuMs;
    }
    return { ms, wallMs, cpuMs };
  };
  const found = interleaved(Math.max(rounds, 7), {
    bare: () => repeated(() => bare(1, 2)),
    batch,
    receipt: () => timed(() => session.batch(() => repeated(() => session.call('add', ARGS).receipt))),
    alone: () => repeated(() => session.call('add', ARGS).receipt),
  });
  const us = (ms: number) => (ms * 1000) / count;
  return { bare: us(found.bare), batch: us(found.batch), receipt: us(found.receipt), alone: us(found.alone) };
}

function openingTimes(module: LoadedModule, rounds: number, count: number) {
  const first = opened(module);
  first.call('fill');
  const from = first.snapshot();
  // Facts about a snapshot are computed once.
  void opened(module, { from }).opening;
  const pages = new Uint8Array(SNAPSHOT_BYTES).fill(7);
  const other = new Uint8Array(SNAPSHOT_BYTES).fill(8);
  const repeated = (work: () => void) => () =>
    timed(() => {
      for (let i = 0; i < count; i++) work();
    });
  const found = interleaved(Math.max(rounds, 7), {
    over: repeated(() => other.set(pages)),
    opened: repeated(() => opened(module, { from }).close()),
  });
  // Separate from the others, because it leaves much garbage.
  const { anew } = interleaved(Math.max(rounds, 7), { anew: repeated(() => void pages.slice()) });
  const us = (ms: number) => (ms * 1000) / count;
  return { over: us(found.over), anew: us(anew), opened: us(found.opened) };
}

export const SESSIONS: Section = { name: 'sessions', about: 'calls in sessions, and sessions from snapshots', run };
