/**
 * The same module and the same call in both tiers: outcome, values, fuel, parts, pages and the digest of the whole
 * state must be equal, at full fuel and at many smaller limits. For short runs every limit is tried: the digest shows
 * where the run stopped.
 */
import { deepEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { Bits } from '../../src/machine/outcome.js';
import { instrument, loadModule, parseBits, runExport } from './run-export.js';

const EVERY_LIMIT_UP_TO = 120;
const SAMPLES = 24;

/**
 * Limits to try for a run that used this much fuel: all if there are few, otherwise a sample at irregular intervals.
 */
function limitsUpTo(used: number, floor: number): number[] {
  const span = used - floor;
  if (span <= EVERY_LIMIT_UP_TO) return Array.from({ length: span + 2 }, (_, i) => floor - 1 + i);
  return Array.from({ length: SAMPLES }, (_, i) => floor + Math.floor(span * ((i * 0.618_033_988_749_895) % 1)));
}

function agree(bytes: Uint8Array, exportName: string, args: readonly Bits[], limit: number, name: string): void {
  const metered = loadModule(bytes);
  const tiers = [interpreterProgram(metered), instrument(metered)] as const;
  const run = (fuel: number) => tiers.map((tier) => runExport(tier, exportName, args, fuel, { digest: true }));
  const [reference, instrumented] = run(limit);
  deepEqual(instrumented, reference, `${name} at ${limit}`);
  for (const fuel of limitsUpTo(reference!.used, metered.instantiationCharge)) {
    const [expected, actual] = run(fuel);
    deepEqual(actual, expected, `${name} at ${fuel}`);
  }
}

interface Guest {
  readonly name: string;
  readonly file: string;
  readonly export: string;
  readonly args: readonly string[];
}

describe('instrumented agreement with the interpreter', () => {
  const guests = JSON.parse(readFileSync('vectors/guests/raw/guests.json', 'utf8')) as Guest[];
  for (const guest of guests) {
    it(`guest ${guest.name}`, () => {
      const bytes = readFileSync(`vectors/guests/raw/${guest.file}`);
      agree(bytes, guest.export, guest.args.map(parseBits), Number.MAX_SAFE_INTEGER, guest.name);
    });
  }

  const calls = JSON.parse(readFileSync('vectors/guests/wat/calls.json', 'utf8')) as Guest[];
  it(`${calls.length} calls of small guests`, () => {
    for (const call of calls) {
      const bytes = readFileSync(`vectors/guests/wat/${call.file}`);
      agree(bytes, call.export, call.args.map(parseBits), 100_000, `${call.file} ${call.export}`);
    }
  });

  for (const file of readdirSync('vectors/fuel').filter((name) => name.endsWith('.json'))) {
    const vectors = JSON.parse(readFileSync(`vectors/fuel/${file}`, 'utf8')) as (Guest & {
      readonly wasm: string;
      readonly limit: number;
      readonly used: number;
    })[];
    it(`vectors of fuel in ${file}`, () => {
      for (const vector of vectors) {
        const bytes = Buffer.from(vector.wasm, 'hex');
        agree(bytes, vector.export, vector.args.map(parseBits), Math.min(vector.limit, 5_000_000), vector.name);
      }
    });
  }
});
