/** The stages of loading, separately, so that each can be timed. */
import { hash } from '../src/base/hash.js';
import { LIMITS_1, type Limits } from '../src/base/limits.js';
import { decode } from '../src/decode/decode.js';
import { IdleSeats, IdleSeatsOfModule } from '../src/engine/call/idle-seats.js';
import { ModulePrograms } from '../src/engine/load/module-programs.js';
import { LoadedModule } from '../src/engine/loaded-module.js';
import type { Program } from '../src/machine/program.js';
import { type MeteredModule, meter } from '../src/metering/meter.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { validate } from '../src/validate/validate.js';
import type { Tier } from './tiers.js';
import { timed } from './time.js';

export function meteredModule(bytes: Uint8Array, limits: Limits = LIMITS_1): MeteredModule {
  const loaded = validate(decode(bytes, limits), limits);
  if (!loaded.ok) throw new Error(`${loaded.fault.code} at ${loaded.fault.offset}: ${loaded.fault.detail ?? ''}`);
  return meter(loaded.value, FUEL_1);
}

const IDLE_BYTES = 64 * 1024 * 1024;

/** The engine's module object for a loaded program. */
export function loadedModule(program: Program, bytes: Uint8Array): LoadedModule {
  const idle = new IdleSeatsOfModule(new IdleSeats(IDLE_BYTES));
  return new LoadedModule({ programs: new ModulePrograms(program), hash: hash(bytes), idle }, LIMITS_1, []);
}

/** Milliseconds of each stage. */
export interface StageTimes {
  readonly decode: number;
  readonly validate: number;
  /** The work of metering and the tier when a module is loaded ... */
  readonly program: number;
  /** ... and the work postponed until a function is called, for all functions. */
  readonly compileAll: number;
}

export const STAGES = ['decode', 'validate', 'program', 'compileAll'] as const satisfies (keyof StageTimes)[];

/** Loads a module stage by stage. `afterLoading` is called when it could be instantiated, before `compileAll`. */
export function timedStages(bytes: Uint8Array, limits: Limits, tier: Tier, afterLoading = () => {}): StageTimes {
  let decoded: ReturnType<typeof decode> | undefined;
  let valid: ReturnType<typeof validate> | undefined;
  let program: Program | undefined;
  const decodeMs = timed(() => {
    decoded = decode(bytes, limits);
  }).ms;
  const validateMs = timed(() => {
    valid = validate(decoded!, limits);
  }).ms;
  if (valid?.ok !== true) throw new Error(JSON.stringify(valid));
  const value = valid.value;
  const programMs = timed(() => {
    program = tier.program(meter(value, FUEL_1));
  }).ms;
  afterLoading();
  const compileAllMs = timed(() => tier.compileAll(program!)).ms;
  return { decode: decodeMs, validate: validateMs, program: programMs, compileAll: compileAllMs };
}

/** Everything except the postponed work. */
export function loadMs({ decode, validate, program }: StageTimes): number {
  return decode + validate + program;
}
