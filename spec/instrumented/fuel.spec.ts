/**
 * The instrumented tier against the fuel vectors and against the trace oracle, which shares no code with it, at every
 * fuel limit from nothing to enough.
 */

import { deepEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { FUEL_1_PRICES } from '../../src/metering/schedule.js';
import { type Outcome, traceCost } from '../metering/trace-oracle.js';
import { instrument, loadModule, parseBits, type RunResult, runExport } from './run-export.js';

interface Vector {
  readonly name: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly limit: number;
  readonly outcome: Outcome;
  readonly used: number;
  readonly parts: RunResult['parts'];
  readonly pages: number;
  readonly wasm: string;
}

const FOLDER = 'vectors/fuel';
/** Limits tried for a short run. A long run gets fewer, because the oracle is slow. */
const LIMITS_TRIED = 80;
const LIMITS_TRIED_LONG = 8;
const LONG_FUEL = 5_000;

function comparable(outcome: Outcome, rest: { used: number; parts: RunResult['parts']; pages: number }) {
  const { used, parts, pages } = rest;
  if (outcome.kind === 'returned') return { outcome: 'returned', values: outcome.values, used, parts, pages };
  const detail = outcome.kind === 'trapped' ? outcome.code : outcome.resource;
  return { outcome: `${outcome.kind} ${detail}`, values: [], used, parts, pages };
}

function triedOf({ parts }: Vector): number {
  return parts.guest > LONG_FUEL ? LIMITS_TRIED_LONG : LIMITS_TRIED;
}

function withoutDigest({ digest: _, ...rest }: RunResult) {
  return rest;
}

describe('instrumented fuel', () => {
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    const vectors = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Vector[];

    it(`${file}: outcome, fuel and parts of ${vectors.length} vectors`, () => {
      for (const vector of vectors) {
        const program = instrument(loadModule(Buffer.from(vector.wasm, 'hex')));
        const result = runExport(program, vector.export, vector.args.map(parseBits), vector.limit);
        deepEqual(withoutDigest(result), comparable(vector.outcome, vector), vector.name);
      }
    });

    it(`${file}: the same at smaller fuel limits as the trace oracle`, () => {
      for (const vector of vectors) {
        const bytes = Buffer.from(vector.wasm, 'hex');
        const program = instrument(loadModule(bytes));
        const step = Math.max(1, Math.floor((vector.used - vector.parts.instantiate) / triedOf(vector)));
        for (let limit = vector.parts.instantiate - 1; limit <= vector.used; limit += step) {
          const result = runExport(program, vector.export, vector.args.map(parseBits), limit);
          const trace = traceCost(bytes, vector.export, vector.args, FUEL_1_PRICES, limit);
          deepEqual(withoutDigest(result), comparable(trace.outcome, trace), `${vector.name} at ${limit}`);
        }
      }
    });
  }
});
