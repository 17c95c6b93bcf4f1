/**
 * The state of a call after a given amount of fuel: the call is made again in the interpreter with that fuel limit and
 * the recorded results of its host functions. A run stops only at charges, so the places are those before each charge,
 * and the end.
 *
 * Invariant: `stateAt(result, state.next)` is the next place, `stateAt(result, state.paid - 1)` the previous one.
 */
import type { Receipt } from '../engine/receipt/receipt.js';
import type { Program } from '../machine/program.js';
import type { MeteredModule } from '../metering/meter.js';
import { InstructionReader } from '../wasm/instruction-reader.js';
import { type Module, typeOfFunction } from '../wasm/module.js';
import { type ValueType, valueTypeName } from '../wasm/types.js';
import { frameNames } from './frame-names.js';
import type { Profiled } from './profile-of.js';
import { StoppingInterpreter } from './stopping-interpreter.js';

/** A value by its bits: two halves of 32, the low one first. References are numbers that mean nothing outside. */
export interface StateValue {
  readonly type: ReturnType<typeof valueTypeName>;
  readonly low: number;
  readonly high: number;
}

export interface StateFrame {
  readonly name: string;
  readonly functionIndex: number;
  /** Offset in the module of the next instruction; for callers, of their call. */
  readonly offset: number;
}

export interface CallState {
  /** Fuel that is paid up to here: the lowest limit that leads to this place. */
  readonly paid: number;
  /** The limit that leads to the next place; undefined at the end of the call. */
  readonly next: number | undefined;
  /**
   * The part of the next charge: `host` before a host function, `boundary` before bytes that cross. Undefined at the
   * end.
   */
  readonly part: keyof Receipt['fuel']['parts'] | undefined;
  /** Innermost first; empty if no function of the guest is running. */
  readonly frames: readonly StateFrame[];
  /** Locals of the innermost frame, parameters first. */
  readonly locals: readonly StateValue[];
  readonly globals: readonly StateValue[];
  /** The memory, and its pages; empty before the first instruction. */
  readonly memory: Uint8Array;
  readonly pages: number;
  /** BLAKE2b-256 of all state, like `Diagnostics.stateDigest`; undefined before the first instruction. */
  readonly digest: Uint8Array | undefined;
  readonly metered: MeteredModule;
}

/**
 * @param fuel from 0 to what the call used; more gives the end of the call
 * @throws HostFailure if the call cannot be made again, because its host functions did more than the engine keeps
 */
export function stateAt({ receipt, diagnostics }: Profiled, fuel: number): CallState {
  let machine: StoppingInterpreter | undefined;
  let reference: Program | undefined;
  const again = diagnostics.runAgain({
    prepare: (store, program) => {
      machine = new StoppingInterpreter(store);
      store.tierState = machine;
      reference = program;
    },
    fuel: Math.min(fuel, receipt.fuel.limit),
  });
  return assemble(again, machine!, reference!.metered);
}

function assemble({ fuel }: Receipt, machine: StoppingInterpreter, metered: MeteredModule): CallState {
  const { gauge } = machine.store;
  const { refused } = gauge;
  const isEnd = refused === undefined || fuel.used < gauge.fuelLimit;
  const instance = machine.only;
  const { module } = metered;
  const state = instance?.state();
  const digest = instance?.stateDigest();
  const paid = isEnd ? fuel.used : fuel.used - refused.left;
  const inGuest = gauge.stop !== undefined && refused?.part !== 'boundary';
  const frames = inGuest ? framesOf(machine, metered, refused?.part === 'host') : [];
  return {
    paid,
    next: isEnd ? undefined : paid + refused.units,
    part: isEnd ? undefined : refused.part,
    frames,
    locals: frames[0] === undefined ? [] : localsOf(module, frames[0].functionIndex, machine.at!.slots),
    globals:
      state === undefined
        ? []
        : module.globals
            .slice(module.importedGlobals)
            .map(({ type }, i) => bitsOf(type, state.globals[2 * i], state.globals[2 * i + 1])),
    memory:
      instance?.memory === undefined ? new Uint8Array(0) : instance.memory.bytes.slice(0, instance.memory.byteLength),
    pages: state?.pages ?? 0,
    digest,
    metered,
  };
}

/** @param inHost whether a host function is charged: then the position is after its call */
function framesOf(machine: StoppingInterpreter, { module }: MeteredModule, inHost: boolean): readonly StateFrame[] {
  if (machine.at === undefined) return [];
  const nameOf = frameNames(module);
  return machine.stopped.map(({ instance, position }, i) => {
    const { definedIndex, offset } = instance.program.locate(i === 0 && inHost ? position - 1 : position);
    const functionIndex = definedIndex + module.importedFunctions;
    // Instructions that became operands of others have no code of their own.
    return {
      name: nameOf(functionIndex),
      functionIndex,
      offset: (i === 0 ? machine.blockOffset : undefined) ?? offset,
    };
  });
}

function localsOf(module: Module, functionIndex: number, slots: Int32Array): readonly StateValue[] {
  const types: ValueType[] = [...typeOfFunction(module, functionIndex).params];
  const own = functionIndex - module.importedFunctions;
  const reader = new InstructionReader(module.bytes, module.bodyStarts[own], module.bodyEnds[own]);
  for (let left = reader.u32(); left > 0; left--) {
    const count = reader.u32();
    const type = reader.u8();
    for (let i = 0; i < count && types.length * 2 < slots.length; i++) types.push(type);
  }
  return types.map((type, i) => bitsOf(type, slots[2 * i] ?? 0, slots[2 * i + 1] ?? 0));
}

function bitsOf(type: ValueType, low: number, high: number): StateValue {
  return { type: valueTypeName(type), low, high };
}
