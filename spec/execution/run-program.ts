/** One call on a fresh instance of a tier, reported in the format of the trace oracle: the specs' smallest engine. */
import { LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { FuelParts } from '../../src/machine/gauge.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits } from '../../src/machine/outcome.js';
import { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1, type Schedule } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { typeOfFunction } from '../../src/wasm/module.js';
import { valueTypeName } from '../../src/wasm/types.js';
import { parseValue, printValue, type Value } from '../../src/wasm/value.js';
import type { Outcome } from '../metering/trace-oracle.js';
import type { ProgramFactory } from '../tiers.js';

export interface Run {
  readonly outcome: Outcome;
  readonly used: number;
  readonly parts: Omit<FuelParts, 'boundary'>;
  readonly pages: number;
  readonly store: Store;
  /** Undefined if the instantiation charge was not covered. */
  readonly instance: GuestInstance | undefined;
}

/** The metered module of valid bytes. */
export function metered(bytes: Uint8Array, limits: Limits = LIMITS_1, schedule: Schedule = FUEL_1): MeteredModule {
  const valid = validate(decode(bytes, limits), limits);
  if (!valid.ok) throw new Error(`the module of a spec is ${valid.fault.kind}: ${valid.fault.code}`);
  return meter(valid.value, schedule);
}

/** Runs an export. Every imported function is a host function without results that does nothing. */
export function run(
  program: ProgramFactory,
  module: MeteredModule,
  exportName: string,
  args: readonly string[],
  fuelLimit: number,
  limits: Limits = LIMITS_1,
): Run {
  const store = new Store(limits, module.schedule);
  store.gauge.reset(fuelLimit);
  const linked = linkImports(module.module, (moduleName, name) => {
    const item = module.module.imports.find((one) => one.module === moduleName && one.name === name);
    if (item?.description.kind !== 'function') return undefined;
    const type = module.module.types[item.description.typeIndex];
    const host = { module: moduleName, name, type, run: () => [] };
    return { kind: 'function', function: new FunctionInstance(store, type, undefined, 0, host) };
  });
  if (!linked.ok) throw new Error(`the module of a spec does not link: ${linked.fault.code}`);
  const instance = program(module).instantiate(store, linked.value);
  const outcome = outcomeOf(store, module, instance, exportName, args);
  const { instantiate, guest, host } = store.gauge.parts;
  const pages = instance?.memory?.pages ?? 0;
  return { outcome, used: store.gauge.fuelUsed, parts: { instantiate, guest, host }, pages, store, instance };
}

function outcomeOf(
  store: Store,
  { module }: MeteredModule,
  instance: GuestInstance | undefined,
  exportName: string,
  args: readonly string[],
): Outcome {
  const exported = module.exports.find(({ kind, name }) => kind === 'function' && name === exportName);
  if (exported === undefined) throw new Error(`no exported function ${exportName}`);
  const answer = store.gauge.stop ?? instance!.invoke(exported.index, args.map(bitsOf));
  if (answer.kind === 'returned') {
    const types = typeOfFunction(module, exported.index).results;
    return { kind: 'returned', values: answer.results.map((bits, i) => printBits(valueTypeName(types[i]), bits)) };
  }
  if (answer.kind === 'trapped' || answer.kind === 'exhausted') return answer;
  throw new Error(`no host function of a spec ends a call ${answer.kind}`);
}

export function bitsOf(text: string): Bits {
  const parsed = parseValue(text);
  if (!parsed.ok) throw new Error(parsed.message);
  const { value } = parsed;
  return 'bits' in value ? value.bits : 0;
}

function printBits(type: string, bits: Bits): string {
  if (type === 'funcref' || type === 'externref') return `${type}:${bits === 0 ? 'null' : 'function'}`;
  const unsigned = typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits >>> 0;
  return printValue({ type, bits: unsigned } as Value);
}
