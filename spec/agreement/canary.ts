/**
 * Nodes with one small planted fault each, of a kind that real engines have had. The kit must find and shrink each one;
 * otherwise it cannot find anything.
 */

import type { AgreementNode } from '../../src/agreement/node.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { hash } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { decode } from '../../src/decode/decode.js';
import { IdleSeats, IdleSeatsOfModule } from '../../src/engine/call/idle-seats.js';
import type { Engine, EngineOptions, LoadOptions } from '../../src/engine/engine.js';
import { ModulePrograms } from '../../src/engine/load/module-programs.js';
import { LoadedModule } from '../../src/engine/loaded-module.js';
import { interpreterProgram } from '../../src/interpreter/program.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import type { Bits } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import type { Store } from '../../src/machine/store.js';
import { type MeteredModule, meter } from '../../src/metering/meter.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { validate } from '../../src/validate/validate.js';
import { typeOfFunction } from '../../src/wasm/module.js';
import { ValueType } from '../../src/wasm/types.js';
import { oneChargeLess } from './one-charge-too-few.js';

type Spoil = (metered: MeteredModule) => Program;

function canaryNode(name: string, spoil: Spoil): AgreementNode {
  const makeEngine = ({ limits = LIMITS_1, schedule = FUEL_1 }: EngineOptions): Pick<Engine, 'load'> => ({
    load: async (bytes: Uint8Array, { imports = [] }: LoadOptions = {}) => {
      const validated = validate(decode(bytes, limits), limits);
      if (!validated.ok) return validated;
      const programs = new ModulePrograms(spoil(meter(validated.value, schedule)));
      const idle = new IdleSeatsOfModule(new IdleSeats(0));
      return { ok: true, module: new LoadedModule({ programs, hash: hash(bytes), idle }, limits, imports) };
    },
  });
  return engineNode({ name, makeEngine });
}

/** The last block of a module with a charge of more than 1 is charged one unit too little. */
export const oneChargeTooFew = canaryNode('one charge too few', (metered) =>
  interpreterProgram(oneChargeLess(metered)),
);

type Instantiate = (inner: Program, store: Store, imports: readonly ExternValue[]) => GuestInstance | undefined;

function around(metered: MeteredModule, instantiate: Instantiate): Program {
  const inner = interpreterProgram(metered);
  return {
    tier: inner.tier,
    hash: inner.hash,
    metered,
    instantiate: (store, imports) => instantiate(inner, store, imports),
    // Every call gets a new instance; none is ever left idle.
    reinstantiate: (instance) => inner.reinstantiate(instance),
    restore: (store, imports, state) => inner.restore(store, imports, state),
  };
}

const CANONICAL: Readonly<Record<number, readonly [bits: bigint, negative: Bits]>> = {
  [ValueType.F32]: [0x7fc00000n, 0xffc00000 | 0],
  [ValueType.F64]: [0x7ff8000000000000n, 0xfff8000000000000n],
};

/** A canonical NaN leaves the guest with the sign that x86 produces. */
export const wrongNanSign = canaryNode('wrong NaN sign', (metered) =>
  around(metered, (inner, store, imports) => {
    const instance = inner.instantiate(store, imports);
    if (instance === undefined) return undefined;
    const invoke = (functionIndex: number, args: readonly Bits[]) => {
      const outcome = instance.invoke(functionIndex, args);
      if (outcome.kind !== 'returned') return outcome;
      const types = typeOfFunction(metered.module, functionIndex).results;
      const results = outcome.results.map((bits, at) => {
        const nan = CANONICAL[types[at]!];
        const width = types[at] === ValueType.F32 ? 32 : 64;
        return nan !== undefined && BigInt.asUintN(width, BigInt(bits)) === nan[0] ? nan[1] : bits;
      });
      return { ...outcome, results };
    };
    return {
      store,
      metered,
      get memory() {
        return instance.memory;
      },
      exported: (name) => instance.exported(name),
      invoke,
      stopTrace: () => instance.stopTrace(),
      isReusable: false,
      heldBytes: instance.heldBytes,
      state: () => instance.state(),
      takeState: (state) => instance.takeState(state),
      tableLength: (table) => instance.tableLength(table),
      tableElement: (table, at) => instance.tableElement(table, at),
      setTableElement: (table, at, element) => instance.setTableElement(table, at, element),
      canGrowTable: (table, delta) => instance.canGrowTable(table, delta),
      growTable: (table, delta, element) => instance.growTable(table, delta, element),
      functionAt: (index) => instance.functionAt(index),
      globalBits: (index) => instance.globalBits(index),
      setGlobalBits: (index, bits) => instance.setGlobalBits(index, bits),
      tableHandle: (table, at) => instance.tableHandle(table, at),
      setTableHandle: (table, at, handle) => instance.setTableHandle(table, at, handle),
      droppedSegments: (kind) => instance.droppedSegments(kind),
      stateDigest: () => instance.stateDigest(),
    };
  }),
);

/** The first exported mutable i32 global keeps the value from the previous call. */
export const staleGlobal = canaryNode('stale global', (metered) => {
  const name = metered.module.exports.find(({ kind, index }) => {
    if (kind !== 'global') return false;
    const { mutable, type } = metered.module.globals[index]!;
    return mutable && type === ValueType.I32;
  })?.name;
  let before: GuestInstance | undefined;
  return around(metered, (inner, store, imports) => {
    const instance = inner.instantiate(store, imports);
    if (name !== undefined && instance !== undefined) {
      const left = before?.exported(name);
      const fresh = instance.exported(name);
      if (left?.kind === 'global' && fresh?.kind === 'global') fresh.global.bits = left.global.bits;
      before = instance;
    }
    return instance;
  });
});
