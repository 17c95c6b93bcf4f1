/** Runs one call of a generated module in the interpreter, on a fresh store and instance. */
import { HOST_GLOBALS, type HostGlobalName, hostFunction } from '../../src/agreement/host-functions.js';
import type { GeneratedCall } from '../../src/agreement/module-arbitrary.js';
import { describeFault } from '../../src/base/fault.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import { Global, writeBits } from '../../src/machine/global.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits, Outcome } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import type { Import } from '../../src/wasm/module.js';
import type { Value } from '../../src/wasm/value.js';

export interface Run {
  readonly outcome: Outcome;
  readonly store: Store;
  readonly instance: GuestInstance | undefined;
}

/** The metered module of valid bytes; throws for invalid ones. */
export function meteredModule(bytes: Uint8Array): MeteredModule {
  const loaded = validate(decode(bytes, LIMITS_1), LIMITS_1);
  if (!loaded.ok) throw new Error(describeFault(loaded.fault));
  return meter(loaded.value, FUEL_1);
}

export function programOf(bytes: Uint8Array): Program {
  return interpreterProgram(meteredModule(bytes));
}

export function argumentBits(args: readonly Value[]): Bits[] {
  return args.map((arg) => ('bits' in arg ? arg.bits : 0));
}

function externOf(store: Store, { name, description }: Import): ExternValue | undefined {
  if (description.kind === 'function') {
    const host = hostFunction(name);
    return { kind: 'function', function: new FunctionInstance(store, host.type, undefined, -1, host) };
  }
  const { type, bits } = HOST_GLOBALS[name as HostGlobalName];
  const cells = new Int32Array(2);
  writeBits(cells, 0, bits);
  return { kind: 'global', global: new Global({ type, mutable: false }, cells) };
}

export function runCall(program: Program, call: GeneratedCall, fuelLimit: number): Run {
  const { module } = program.metered;
  const store = new Store(LIMITS_1, FUEL_1);
  store.gauge.reset(fuelLimit);
  const imports = linkImports(module, (_, name) => externOf(store, module.imports.find((item) => item.name === name)!));
  if (!imports.ok) throw new Error(describeFault(imports.fault));
  const instance = program.instantiate(store, imports.value);
  if (instance === undefined || store.gauge.stop !== undefined) {
    return { outcome: store.gauge.stop!, store, instance };
  }
  const index = module.exports.find(({ name, kind }) => kind === 'function' && name === call.export)!.index;
  const outcome = instance.invoke(index, argumentBits(call.args));
  return { outcome, store, instance };
}
