/** The official suite's engine on a tier's programs: one store for each script, fuel without a practical bound. */
import type { LoadFault } from '../../src/base/fault.js';
import type { Limits } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import { linkImports } from '../../src/machine/link.js';
import type { Bits, Stop } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { ValueType } from '../../src/wasm/types.js';
import type { CallAnswer, ConformanceEngine, InstantiateAnswer, NumberTypeName, SuiteValue } from './engine.js';
import { SUITE_LIMITS } from './script-runner.js';

const FUEL = Number.MAX_SAFE_INTEGER;

const NUMBER_NAMES: ReadonlyMap<number, NumberTypeName> = new Map([
  [ValueType.I32, 'i32'],
  [ValueType.I64, 'i64'],
  [ValueType.F32, 'f32'],
  [ValueType.F64, 'f64'],
]);

export class ProgramEngine implements ConformanceEngine {
  readonly #store: Store;

  constructor(
    readonly program: (metered: MeteredModule) => Program,
    readonly limits: Limits = SUITE_LIMITS,
  ) {
    this.#store = new Store(limits, FUEL_1);
  }

  instantiate(bytes: Uint8Array, modules: ReadonlyMap<string, object>): InstantiateAnswer {
    const valid = validate(decode(bytes, this.limits), this.limits);
    if (!valid.ok) return this.#fault(valid.fault);
    const { module } = valid.value;
    const linked = linkImports(module, (name, field) =>
      (modules.get(name) as GuestInstance | undefined)?.exported(field),
    );
    if (!linked.ok) return this.#fault(linked.fault);
    const { gauge } = this.#store;
    gauge.reset(FUEL);
    const instance = this.program(meter(valid.value, FUEL_1)).instantiate(this.#store, linked.value);
    if (gauge.stop !== undefined) return stopAnswer(gauge.stop);
    return { kind: 'instantiated', instance: instance! };
  }

  #fault(fault: LoadFault): InstantiateAnswer {
    return { kind: 'fault', fault };
  }

  invoke(instance: object, field: string, args: readonly SuiteValue[]): CallAnswer {
    const exported = (instance as GuestInstance).exported(field);
    if (exported?.kind !== 'function') throw new Error(`the suite calls '${field}', which is no exported function`);
    const { type } = exported.function;
    this.#store.gauge.reset(FUEL);
    const outcome = this.#call(
      instance as GuestInstance,
      field,
      args.map((value) => this.#toBits(value)),
    );
    if (outcome.kind !== 'returned') return stopAnswer(outcome);
    return { kind: 'returned', values: outcome.results.map((bits, i) => this.#fromBits(type.results[i], bits)) };
  }

  #call(instance: GuestInstance, field: string, args: readonly Bits[]) {
    const item = instance.metered.module.exports.find(({ kind, name }) => kind === 'function' && name === field)!;
    return instance.invoke(item.index, args);
  }

  get(instance: object, field: string): SuiteValue {
    const exported = (instance as GuestInstance).exported(field);
    if (exported?.kind !== 'global') throw new Error(`the suite reads '${field}', which is no exported global`);
    return this.#fromBits(exported.global.type.type, exported.global.bits);
  }

  #toBits(value: SuiteValue): Bits {
    if ('bits' in value) {
      const wide = value.type === 'i64' || value.type === 'f64';
      return wide ? value.bits : Number(BigInt.asIntN(32, value.bits));
    }
    if (value.reference === null) return 0;
    if (value.type === 'funcref') throw new Error('the suite passes no function references');
    return this.#store.addExternal(value.reference);
  }

  #fromBits(type: ValueType, bits: Bits): SuiteValue {
    const name = NUMBER_NAMES.get(type);
    if (name !== undefined) {
      const width = typeof bits === 'bigint' ? 64 : 32;
      return { type: name, bits: BigInt.asUintN(width, BigInt(bits)) };
    }
    if (type === ValueType.FuncRef) return { type: 'funcref', reference: bits === 0 ? null : 'function' };
    return { type: 'externref', reference: bits === 0 ? null : (this.#store.external(bits as number) as number) };
  }
}

function stopAnswer(stop: Stop): Exclude<CallAnswer, { kind: 'returned' }> {
  if (stop.kind === 'trapped' || stop.kind === 'exhausted') return stop;
  throw new Error(`no guest of the suite ends ${stop.kind}`);
}
