/** The golden vectors of fuel, as vectors/fuel/build.mjs writes them. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Outcome, Part } from './trace-oracle.js';

export interface FuelVector {
  readonly name: string;
  /** The sentence of SEMANTICS that it demonstrates. */
  readonly shows: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly limit: number;
  readonly outcome: Outcome;
  /** Without the boundary part. */
  readonly used: number;
  readonly parts: Readonly<Record<Part, number>>;
  readonly pages: number;
  readonly why: string;
  readonly wat: string;
  readonly wasm: string;
}

const folder = new URL('../../../vectors/fuel/', import.meta.url);

export const FUEL_VECTORS: readonly FuelVector[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .flatMap((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as FuelVector[]);
