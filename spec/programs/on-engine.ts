/** A program on a tier of the engine, through a store and a `GuestInstance`. */
import type { Hash } from '../../src/base/hash.js';
import { LIMITS_1, type Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import type { FuelParts } from '../../src/machine/gauge.js';
import type { HostFunction } from '../../src/machine/host-function.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import type { Import } from '../../src/wasm/module.js';
import type { ProgramFactory } from '../tiers.js';
import { hostCallText, type Integer, type RealProgram, type Running, sha256, type Trace } from './running.js';

export interface EngineTrace extends Trace {
  readonly fuel: FuelParts;
  /** Lines in the store's own log of host calls. */
  readonly logged: number;
}

export function meteredModule(bytes: Uint8Array, limits: Limits = LIMITS_1): MeteredModule {
  const loaded = validate(decode(bytes, limits), limits);
  if (!loaded.ok) throw new Error(`${loaded.fault.code} at ${loaded.fault.offset}`);
  return meter(loaded.value, FUEL_1);
}

/** A program that was instantiated and not yet driven. */
interface Started {
  readonly store: Store;
  readonly running: EngineRunning;
}

interface StartOptions {
  /** What the store's log of host calls is hashed with. */
  readonly hash?: Hash | undefined;
  /** Is given a line for each host call. */
  readonly noted?: (line: string) => void;
}

/** The whole run is one call of the store: one gauge for the instantiation and everything that the driver calls. */
export function startOnEngine(real: RealProgram, program: Program, { hash, noted }: StartOptions = {}): Started {
  const { module } = program.metered;
  const store = new Store(LIMITS_1, FUEL_1, hash);
  store.gauge.reset(Number.MAX_SAFE_INTEGER);
  const given = real.imports();
  let running: EngineRunning | undefined;
  const hostFunction = (item: Import): ExternValue => {
    if (item.description.kind !== 'function') throw new Error(`${item.name} is no function`);
    const name = `${item.module}.${item.name}`;
    const type = module.types[item.description.typeIndex]!;
    const host: HostFunction = {
      module: item.module,
      name: item.name,
      type,
      run: (_context, args) => {
        const integers = args.map(asSigned);
        const result = given[name]!(running!, integers);
        noted?.(hostCallText(name, integers, result));
        return result === undefined ? [] : [result];
      },
    };
    return { kind: 'function', function: new FunctionInstance(store, type, undefined, 0, host) };
  };
  const linked = linkImports(module, (from, name) =>
    hostFunction(module.imports.find((item) => item.module === from && item.name === name)!),
  );
  if (!linked.ok) throw new Error(`${linked.fault.code} at ${linked.fault.offset}`);
  const instance = program.instantiate(store, linked.value);
  if (instance === undefined) throw new Error('the instantiation was not covered');
  running = new EngineRunning(instance);
  return { store, running };
}

export function runOnEngine(real: RealProgram, factory: ProgramFactory): EngineTrace {
  const hostCalls: string[] = [];
  const program = factory(meteredModule(real.bytes));
  const { store, running } = startOnEngine(real, program, { noted: (line) => hostCalls.push(line) });
  const reported = real.drive(running);
  return {
    reported,
    hostCalls,
    pages: running.instance.memory!.pages,
    memoryHash: sha256(running.memory()),
    fuel: store.gauge.parts,
    logged: store.log.count,
  };
}

function asSigned(bits: Bits): Integer {
  return typeof bits === 'number' ? bits | 0 : BigInt.asIntN(64, bits);
}

class EngineRunning implements Running {
  constructor(readonly instance: GuestInstance) {}

  call(name: string, args: readonly Integer[]): readonly Integer[] {
    const item = this.instance.exported(name);
    if (item?.kind !== 'function') throw new Error(`${name} is no exported function`);
    const { definedIndex } = item.function;
    const index = definedIndex + this.instance.metered.module.importedFunctions;
    const outcome = this.instance.invoke(index, args);
    if (outcome.kind !== 'returned') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
    return outcome.results.map(asSigned);
  }

  global(name: string): Integer {
    const item = this.instance.exported(name);
    if (item?.kind !== 'global') throw new Error(`${name} is no exported global`);
    return asSigned(item.global.bits);
  }

  memory(): Uint8Array {
    const memory = this.instance.memory!;
    return memory.bytes.subarray(0, memory.byteLength);
  }

  read(at: number, lengthBytes: number): Uint8Array {
    return this.memory().slice(at, at + lengthBytes);
  }

  write(at: number, bytes: Uint8Array): void {
    this.memory().set(bytes, at);
  }
}
