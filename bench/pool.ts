/**
 * Section `pool`: the rate of a pool beside that of one thread that makes the same calls directly: validations of real zomes, and entries
 * judged by a small module. One thread, a pool of one and a pool of two take turns, so that what else the machine does meets all of them.
 */
import { readFileSync } from 'node:fs';
import { encodeBytes } from '../src/boundary/codec-bytes.js';
import { createEngine } from '../src/engine/engine.js';
import { openPool, type Pool } from '../src/pool/open-pool.js';
import { runAll } from '../src/pool/run-all.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { op } from '../src/zome/op.js';
import type { Section, SectionOptions, SectionResult, Target } from './section.js';
import { median } from './time.js';
import { type ZomeSubject, zomeSubjects } from './zome-cases.js';

/** Aims: how many times one thread a pool of two is at least. */
const ZOMES_MIN = 1.8;
const CALLS_MIN = 1.6;

/** Makes `count` calls, the same ones in turn. */
type Work = (count: number) => Promise<void>;

interface Contender {
  readonly one: Work;
  readonly pool: (pool: Pool) => Promise<Work>;
}

const GUESTS = new URL('../../vectors/guests/', import.meta.url);
const ENTRIES = ['post-valid-plain', 'post-valid-body-10000-bytes', 'post-invalid-title-empty'];

export const POOL: Section = {
  name: 'pool',
  about: 'a pool of threads beside one thread',
  run: async (options) => {
    const { subjects, notes } = await zomeSubjects(options.folders);
    const real = subjects.filter(({ name }) => /notes|wasm/.test(name) || options.folders.length > 0).slice(-1);
    const made: { readonly row: PoolRow; readonly bound: number }[] = [];
    for (const subject of real)
      made.push({ row: await rowOf(subject.name, await zomesOf(subject), options), bound: ZOMES_MIN });
    made.push({ row: await rowOf('post, entries', await entriesOf(), options), bound: CALLS_MIN });
    return told(made, notes);
  },
};

interface PoolRow {
  readonly name: string;
  readonly one: number;
  readonly poolOfOne: number;
  readonly poolOfTwo: number;
  readonly times: number;
}

function told(
  made: readonly { readonly row: PoolRow; readonly bound: number }[],
  notes: readonly string[],
): SectionResult {
  const rows = made.map(({ row }) => ({
    calls: row.name,
    'one thread, us': row.one,
    'pool of 1, us': row.poolOfOne,
    'pool of 2, us': row.poolOfTwo,
    'pool of 2, times one thread': row.times,
  }));
  // A target is met if it is not above its bound: time of the pool of two over that of one thread.
  const targets = made.map(
    ({ row, bound }): Target => ({
      name: `${row.name}: time of a pool of 2 over one thread (${bound} times as fast)`,
      measured: 1 / row.times,
      bound: 1 / bound,
      unit: '',
    }),
  );
  const note =
    'a job costs a pool some 4 to 8 us beside the call, in all threads together: calls of a few us gain nothing from it';
  return { tables: [{ title: 'Microseconds of a call, by the clock', rows }], targets, notes: [...notes, note] };
}

async function rowOf(name: string, contender: Contender, options: SectionOptions): Promise<PoolRow> {
  const pools = [openPool({ threads: 1 }), openPool({ threads: 2 })] as const;
  const works = [contender.one, await contender.pool(pools[0]), await contender.pool(pools[1])];
  const warmUp = options.quick ? 1_500 : 6_000;
  for (const work of works) await work(warmUp);
  const count = options.quick ? 1_500 : 4_000;
  const times: [number[], number[], number[]] = [[], [], []];
  const ratios: number[] = [];
  for (let round = 0; round < options.rounds * 3; round++) {
    options.progress(`pool: ${name}, round ${round + 1}`);
    for (const [i, work] of works.entries()) {
      const begin = performance.now();
      await work(count);
      times[i]!.push(((performance.now() - begin) * 1_000) / count);
    }
    ratios.push(times[0].at(-1)! / times[2].at(-1)!);
  }
  for (const pool of pools) await pool.close();
  const [one, poolOfOne, poolOfTwo] = times.map(median) as [number, number, number];
  return { name, one, poolOfOne, poolOfTwo, times: median(ratios) };
}

function numbers(count: number): Iterable<number> {
  return Array.from({ length: count }, (_, i) => i);
}

async function allDone(pool: Pool, count: number, run: (i: number) => Promise<unknown>): Promise<void> {
  for await (const ran of runAll(pool, numbers(count), run)) if (!ran.ok) throw ran.error;
}

async function zomesOf({ zomes, dnaInfo, generation, cases }: ZomeSubject): Promise<Contender> {
  const codec = op(generation);
  const ops = cases.flatMap(({ input }) =>
    input.kind === 'op'
      ? [{ bytes: encodeBytes(codec, input.op), source: input.dependencies, document: input.document }]
      : [],
  );
  const made = await createZomeHost({ engine: createEngine(), zomes, dnaInfo, generation });
  if (!made.ok) throw new Error(made.fault.code);
  for (const { module } of made.host.zomes) await module.settled();
  return {
    one: async (count) => {
      for (const i of numbers(count)) {
        const { bytes, source } = ops[i % ops.length]!;
        made.host.validateOp(bytes, { dependencies: source });
      }
    },
    pool: async (pool) => {
      const added = await pool.addZomes({ zomes, dnaInfo, generation });
      if (!added.ok) throw new Error(added.fault.code);
      return (count) =>
        allDone(pool, count, (i) => {
          const { bytes, document } = ops[i % ops.length]!;
          return added.host.validateOp(bytes, document === undefined ? {} : { dependencies: document });
        });
    },
  };
}

async function entriesOf(): Promise<Contender> {
  const file = (path: string) => new Uint8Array(readFileSync(new URL(path, GUESTS)));
  const wasm = file('post/post.wasm');
  const entries = ENTRIES.map((name) => file(`entries/${name}.msgpack`));
  const loaded = await createEngine().load(wasm);
  if (!loaded.ok) throw new Error(loaded.fault.code);
  await loaded.module.settled();
  return {
    one: async (count) => {
      for (const i of numbers(count)) loaded.module.validate(entries[i % entries.length]!);
    },
    pool: async (pool) => {
      const added = await pool.addModule(wasm);
      if (!added.ok) throw new Error(added.fault.code);
      return (count) => allDone(pool, count, (i) => added.module.validate(entries[i % entries.length]!));
    },
  };
}
