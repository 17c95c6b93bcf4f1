/** The notebook of `vectors/zome/notebook`: a whole happ with the real hdi and hdk, in two generations. */
import { readFileSync } from 'node:fs';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import type { Engine } from '../../src/engine/engine.js';
import { type DnaBundle, dnasOf, readBundle } from '../../src/zome/bundle.js';
import { createHapp, type HappOptions } from '../../src/zome/create-happ.js';
import type { Happ } from '../../src/zome/happ.js';
import type { HappCall } from '../../src/zome/happ-call.js';

export const GENERATIONS = ['0.6', '0.7'] as const;
export type NotebookGeneration = (typeof GENERATIONS)[number];

export const TIME = 1_700_000_000_000_000n;

export function notebookPath(generation: NotebookGeneration): string {
  return `vectors/zome/notebook/notebook-${generation}.happ`;
}

const dnas = new Map<NotebookGeneration, DnaBundle>();

export async function notebookDna(generation: NotebookGeneration): Promise<DnaBundle> {
  const known = dnas.get(generation);
  if (known !== undefined) return known;
  const read = await readBundle(readFileSync(notebookPath(generation)));
  if (!read.ok) throw new Error(read.fault.code);
  const { dna } = dnasOf(read.bundle)[0]!;
  dnas.set(generation, dna);
  return dna;
}

export async function happOf(options: Pick<HappOptions, 'engine' | 'dna'> & Partial<HappOptions>): Promise<Happ> {
  const made = await createHapp({
    agent: { seed: new Uint8Array(32).fill(7) },
    time: TIME,
    randomSeed: Uint8Array.of(1),
    ...options,
  });
  if (made.ok) return made.happ;
  throw new Error(made.reason === 'load' ? `${made.zome}: ${made.fault.code} ${made.fault.detail}` : made.reason);
}

/** A notebook for one engine: its modules are loaded once. */
export async function notebookOf(engine: Engine, generation: NotebookGeneration, options: Partial<HappOptions> = {}) {
  return happOf({ engine, dna: await notebookDna(generation), ...options });
}

/** The result of a call, which must be `ok`. */
export function answered({ outcome }: HappCall): MessagePackValue {
  if (outcome.kind === 'ok') return outcome.value;
  throw new Error(`${outcome.kind}: ${outcome.text}`);
}

/** A value inside a value, by map keys and array indices. */
export function at(value: MessagePackValue | undefined, ...path: readonly (string | number)[]): MessagePackValue {
  let found: unknown = value;
  for (const key of path) {
    found = found instanceof Map ? (found.get(key) as unknown) : (found as Readonly<Record<string, unknown>>)[key];
  }
  if (found === undefined) throw new Error(`there is nothing at ${path.join('.')}`);
  return found as MessagePackValue;
}

/** Hash of the action of a record that a zome function returned. */
export function actionHashIn(record: MessagePackValue): Uint8Array {
  return at(record, 'signed_action', 'hashed', 'hash') as Uint8Array;
}
