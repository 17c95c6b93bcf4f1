/**
 * Section `pool`: the rate of a pool and of one thread that makes the same calls directly: validations of real zomes,
 * and entries validated by a small module. One thread, two threads without a pool (what the machine can do), a pool of
 * one and a pool of two take turns, so that other load on the machine affects all of them.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { openPool } from '../src/pool/open-pool.js';
import { type Contender, contendersOf, type Work } from './pool-contenders.js';
import type { Section, SectionOptions, SectionResult, Target } from './section.js';
import { median } from './time.js';

/** Targets: the minimum speed of a pool of two, as a multiple of one thread. */
const ZOMES_MIN = 1.8;
const CALLS_MIN = 1.6;

export const POOL: Section = {
  name: 'pool',
  about: 'a pool of threads beside one thread',
  run: async (options) => {
    const { zomes, entries, notes } = await contendersOf(options.folders);
    const made: { readonly row: PoolRow; readonly bound: number }[] = [];
    for (const zome of zomes) made.push({ row: await rowOf(zome, options), bound: ZOMES_MIN });
    made.push({ row: await rowOf(entries, options), bound: CALLS_MIN });
    return told(made, notes);
  },
};

interface PoolRow {
  readonly name: string;
  readonly one: number;
  readonly twoThreads: number;
  readonly poolOfOne: number;
  readonly poolOfTwo: number;
  /** The speed of two threads without a pool, and of a pool of two, as multiples of one thread. */
  readonly machine: number;
  readonly times: number;
}

function told(
  made: readonly { readonly row: PoolRow; readonly bound: number }[],
  notes: readonly string[],
): SectionResult {
  const rows = made.map(({ row }) => ({
    calls: row.name,
    'one thread, us': row.one,
    'two threads, us': row.twoThreads,
    'pool of 1, us': row.poolOfOne,
    'pool of 2, us': row.poolOfTwo,
    'two threads, times one': row.machine,
    'pool of 2, times one thread': row.times,
    'pool of 2, times two threads': row.times / row.machine,
  }));
  // A target is met if it is not above its bound: time of the pool of two divided by that of one thread.
  const targets = made.map(
    ({ row, bound }): Target => ({
      name: `${row.name}: time of a pool of 2 over one thread (${bound} times as fast)`,
      measured: 1 / row.times,
      bound: 1 / bound,
      unit: '',
    }),
  );
  const note =
    'beside the call a job costs all threads 4 to 8 us, of a zome 10 to 50: calls of a few us gain nothing from a pool';
  return { tables: [{ title: 'Microseconds of a call, by the clock', rows }], targets, notes: [...notes, note] };
}

async function rowOf(contender: Contender, options: SectionOptions): Promise<PoolRow> {
  const { name } = contender;
  const pools = [openPool({ threads: 1 }), openPool({ threads: 2 })] as const;
  const threads = await twoThreads(name, options);
  const works = [contender.one, threads.work, await contender.pool(pools[0]), await contender.pool(pools[1])];
  const warmUp = options.quick ? 1_500 : 6_000;
  for (const work of works) await work(warmUp);
  const count = options.quick ? 1_500 : 4_000;
  const times: number[][] = works.map(() => []);
  for (let round = 0; round < options.rounds * 3; round++) {
    options.progress(`pool: ${name}, round ${round + 1}`);
    for (const [i, work] of works.entries()) {
      const begin = performance.now();
      await work(count);
      times[i]!.push(((performance.now() - begin) * 1_000) / count);
    }
  }
  for (const pool of pools) await pool.close();
  await threads.end();
  const timesOne = (way: number) => median(times[0]!.map((us, round) => us / times[way]![round]!));
  const [one, two, poolOfOne, poolOfTwo] = times.map(median) as [number, number, number, number];
  return { name, one, twoThreads: two, poolOfOne, poolOfTwo, machine: timesOne(1), times: timesOne(3) };
}

/** Each of two threads makes half of the calls and reports when it is done. */
async function twoThreads(
  name: string,
  { folders }: SectionOptions,
): Promise<{ readonly work: Work; end(): Promise<void> }> {
  const file = new URL('pool-thread.js', import.meta.url);
  const threads = [0, 1].map(() => new Worker(file, { workerData: { name, folders } }));
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  return {
    work: async (count) => {
      await Promise.all(
        threads.map(async (thread) => {
          thread.postMessage(count / 2);
          await once(thread, 'message');
        }),
      );
    },
    end: async () => {
      for (const thread of threads) await thread.terminate();
    },
  };
}
