/** Runs an export of a module in a tier, in a new store, and returns everything on which two tiers must agree. */
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { isDeclined } from '../../src/instrumented/declined.js';
import { type Host, learnHost } from '../../src/instrumented/host.js';
import { type InstrumentedProgram, instrumentedProgram } from '../../src/instrumented/program.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import type { Bits, Outcome } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1, type Schedule } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { type FunctionType, valueTypeName } from '../../src/wasm/types.js';

export function loadModule(bytes: Uint8Array, schedule: Schedule = FUEL_1, limits: Limits = LIMITS_1): MeteredModule {
  const valid = validate(decode(bytes, limits), limits);
  if (!valid.ok) throw new Error(`${valid.fault.code} at ${valid.fault.offset}`);
  return meter(valid.value, schedule);
}

/** Found out once, because it is the same for every module. */
let known: Host | undefined;

export function fitHost(): Host {
  if (known !== undefined) return known;
  const host = learnHost();
  if ('unfit' in host) throw new Error(host.unfit);
  known = host;
  return host;
}

export function instrument(metered: MeteredModule): InstrumentedProgram {
  const program = instrumentedProgram(metered, fitHost());
  if (isDeclined(program)) throw new Error(`declined, ${program.declined}: ${program.detail}`);
  return program;
}

/** `i32:7`, `i64:-1`, `f32:0x3f800000`: the bits of an argument. */
export function parseBits(text: string): Bits {
  const [type, digits] = text.split(':') as [string, string];
  const bits = BigInt(digits);
  return type === 'i64' || type === 'f64' ? BigInt.asUintN(64, bits) : Number(BigInt.asIntN(32, bits));
}

export function printBits(type: number, bits: Bits): string {
  const name = valueTypeName(type);
  if (name === 'funcref' || name === 'externref') return `${name}:${bits === 0 ? 'null' : 'reference'}`;
  const width = typeof bits === 'bigint' ? 64 : 32;
  return `${name}:0x${BigInt.asUintN(width, BigInt(bits))
    .toString(16)
    .padStart(width / 4, '0')}`;
}

/** All imports as host functions that return zeros. */
export function idleImports(store: Store, metered: MeteredModule): ExternValue[] {
  const { module } = metered;
  return module.imports.map(({ module: from, name, description }) => {
    if (description.kind !== 'function') throw new Error(`${from}.${name} is no function`);
    const type = module.types[description.typeIndex]!;
    const run = () => zeros(type);
    return {
      kind: 'function',
      function: new FunctionInstance(store, type, undefined, -1, { module: from, name, type, run }),
    };
  });
}

function zeros({ results }: FunctionType): Bits[] {
  return Array.from(results, (type) => (type === 0x7e || type === 0x7c ? 0n : 0));
}

/** Larger memories take too long to hash at every limit. */
const DIGEST_PAGES_MAX = 32;

export interface RunResult {
  readonly outcome: Outcome['kind'] | string;
  readonly values: readonly string[];
  readonly used: number;
  readonly parts: { readonly instantiate: number; readonly guest: number; readonly host: number };
  readonly pages: number;
  /** Hex; empty if there is no instance, it was not requested or the memory is large. */
  readonly digest: string;
}

export function runExport(
  program: Program,
  exportName: string,
  args: readonly Bits[],
  fuelLimit: number,
  { limits = LIMITS_1, digest = false }: { readonly limits?: Limits; readonly digest?: boolean } = {},
): RunResult {
  const store = new Store(limits, program.metered.schedule);
  store.gauge.reset(fuelLimit);
  const instance = program.instantiate(store, idleImports(store, program.metered));
  return finishRun(store, instance, exportName, args, digest);
}

/** Calls the export unless the instantiation ended the call. */
export function finishRun(
  store: Store,
  instance: GuestInstance | undefined,
  exportName: string,
  args: readonly Bits[],
  digest: boolean,
): RunResult {
  const { gauge } = store;
  let values: string[] = [];
  if (instance !== undefined && gauge.stop === undefined) {
    const item = instance.metered.module.exports.find(({ name, kind }) => name === exportName && kind === 'function');
    if (item === undefined) throw new Error(`no export ${exportName}`);
    const outcome = instance.invoke(item.index, args);
    const { module } = instance.metered;
    const types = module.types[module.functionTypes[item.index]!]!.results;
    if (outcome.kind === 'returned') values = outcome.results.map((bits, i) => printBits(types[i]!, bits));
  }
  const { instantiate, guest, host } = gauge.parts;
  const stop = gauge.stop;
  const pages = instance?.memory?.pages ?? 0;
  const detail = stop?.kind === 'trapped' ? stop.code : stop?.kind === 'exhausted' ? stop.resource : '';
  return {
    outcome: stop === undefined ? 'returned' : `${stop.kind} ${detail}`,
    values,
    used: gauge.fuelUsed,
    parts: { instantiate, guest, host },
    pages,
    digest: instance === undefined || !digest || pages > DIGEST_PAGES_MAX ? '' : toHex(instance.stateDigest()),
  };
}
