/** The expected fuel and results of each run of a real program: the rows of fuel.json, written by `record.ts`. */
import { readFileSync } from 'node:fs';
import { FUEL_1 } from '../../src/metering/schedule.js';
import type { EngineTrace } from './on-engine.js';

export interface GoldenRun {
  readonly program: string;
  readonly fuel: number;
  readonly instantiate: number;
  readonly guest: number;
  readonly host: number;
  readonly hostCalls: number;
  readonly pages: number;
  readonly memory: string;
}

export interface Golden {
  /** The schedule for the fuel, and its hash. */
  readonly schedule: string;
  readonly runs: readonly GoldenRun[];
}

/** The same file for compiled code and source. */
export const GOLDEN_FILE = new URL('../../../spec/programs/fuel.json', import.meta.url);

export function readGolden(): Golden {
  return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Golden;
}

export function goldenRun(program: string, trace: EngineTrace): GoldenRun {
  const { instantiate, guest, host, boundary } = trace.fuel;
  return {
    program,
    fuel: instantiate + guest + host + boundary,
    instantiate,
    guest,
    host,
    hostCalls: trace.hostCalls.length,
    pages: trace.pages,
    memory: trace.memoryHash,
  };
}

export const SCHEDULE = FUEL_1.id;
