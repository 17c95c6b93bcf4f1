/**
 * The works that section `pool` times: validations of a real zome, and entries validated by a small module, in one
 * thread and in a pool.
 */
import { readFileSync } from 'node:fs';
import { encodeBytes } from '../src/boundary/codec-bytes.js';
import { createEngine } from '../src/engine/engine.js';
import type { Pool } from '../src/pool/open-pool.js';
import { runAll } from '../src/pool/run-all.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { op } from '../src/zome/op.js';
import { type ZomeSubject, zomeSubjects } from './zome-cases.js';

/** Makes `count` calls, cycling through the same ones. */
export type Work = (count: number) => Promise<void>;

export interface Contender {
  readonly name: string;
  readonly one: Work;
  readonly pool: (pool: Pool) => Promise<Work>;
}

const GUESTS = new URL('../../vectors/guests/', import.meta.url);
const ENTRIES = ['post-valid-plain', 'post-valid-body-10000-bytes', 'post-invalid-title-empty'];

/** The newest of the `notes` zomes, if the folders have one, and the small module. */
export async function contendersOf(
  folders: readonly string[],
): Promise<{ readonly zomes: readonly Contender[]; readonly entries: Contender; readonly notes: readonly string[] }> {
  const { subjects, notes } = await zomeSubjects(folders);
  const real = subjects.filter(({ name }) => name.startsWith('notes')).slice(-1);
  return { zomes: await Promise.all(real.map(zomesOf)), entries: await entriesOf(), notes };
}

function numbers(count: number): Iterable<number> {
  return Array.from({ length: count }, (_, i) => i);
}

async function allDone(pool: Pool, count: number, run: (i: number) => Promise<unknown>): Promise<void> {
  for await (const ran of runAll(pool, numbers(count), run)) if (!ran.ok) throw ran.error;
}

async function zomesOf({ name, zomes, dnaInfo, generation, cases }: ZomeSubject): Promise<Contender> {
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
    name,
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
    name: 'post, entries',
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
