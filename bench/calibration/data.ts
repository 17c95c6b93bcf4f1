/** The measurements of a calibration, stored beside this file, named by the version of Node. */
import { readFileSync } from 'node:fs';
import type { MeasuredTier } from '../attack/measure.js';

export interface Calibration {
  readonly machine: { readonly node: string; readonly v8: string; readonly platform: string; readonly cpu: string };
  readonly rounds: number;
  /** Nanoseconds per unit of real programs under the schedule that was in use, from which the rule derives another. */
  readonly programs: ProgramRates;
  /** The same under the derived schedule, measured again whenever the engine has become faster. */
  readonly programsNow?: ProgramRates;
  /** Of each program, its fuel under the derived schedule for each unit under the one before. */
  readonly fuelRatios?: Readonly<Record<string, number>>;
  /** Nanoseconds of one unit of a probe. */
  readonly probes: readonly Measured[];
}

export type ProgramRates = Readonly<Record<MeasuredTier, Readonly<Record<string, number>>>>;

export interface Measured {
  readonly name: string;
  readonly row: string;
  /** Fuel of the other work of a unit. */
  readonly others: number;
  readonly ns: Readonly<Record<MeasuredTier, number>>;
}

/** The data that the schedule follows. */
export const CALIBRATION_FILE = new URL('../../../bench/calibration/v20.20.2.json', import.meta.url);

export function readCalibration(place: URL = CALIBRATION_FILE): Calibration {
  return JSON.parse(readFileSync(place, 'utf8')) as Calibration;
}
