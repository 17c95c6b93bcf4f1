/** Runs the steps of an ABI on a tier of this engine, without a receipt, and on the host's own `WebAssembly`. */
import { LIMITS_1 } from '../../src/base/limits.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import type { Bits } from '../../src/machine/outcome.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { meteredModule } from '../loading.js';
import type { Tier } from '../tiers.js';
import type { Plan, Source, Step } from './abis.js';

/** One instance, or several in sequence. */
interface StepGuest {
  function(name: string): (...args: Bits[]) => Bits | undefined;
  write(at: number, bytes: Uint8Array): void;
  /** A copy. */
  read(at: number, length: number): Uint8Array;
}

export interface StepRun {
  /** One call with everything that the ABI needs for it. */
  run(): void;
  /** The same, with all outputs compared. */
  check(): void;
  /** The bytes of its last read. */
  output(): Uint8Array;
  /** Fuel that the last run used, if it is metered. */
  fuel(): number | undefined;
}

/** Shared by the steps of a plan: slots, and whether outputs are compared. */
interface Frame {
  readonly guest: StepGuest;
  readonly slots: Bits[];
  isChecked: boolean;
  output: Uint8Array;
}

function sourceOf(source: Source, { slots }: Frame): () => Bits {
  if ('number' in source) return () => source.number;
  const { slot, high, low } = source;
  if (slot !== undefined) return () => slots[slot];
  if (high !== undefined) return () => Number((slots[high] as bigint) >> 32n) >>> 0;
  return () => Number((slots[low!] as bigint) & 0xffff_ffffn);
}

/** A step ready to run. Functions are looked up when the instance exists. */
function compiled(step: Step, frame: Frame): () => void {
  const { guest, slots } = frame;
  switch (step.kind) {
    case 'call': {
      const target = guest.function(step.function);
      const { into } = step;
      const [first, second] = step.args.map((source) => sourceOf(source, frame));
      const kept = (result: Bits | undefined) => {
        slots[into] = result ?? 0;
      };
      if (first === undefined) return () => kept(target());
      if (second === undefined) return () => kept(target(first()));
      return () => kept(target(first(), second()));
    }
    case 'write': {
      const at = sourceOf(step.at, frame);
      return () => guest.write(at() as number, step.bytes);
    }
    case 'read': {
      const [at, length] = [sourceOf(step.at, frame), sourceOf(step.length, frame)];
      return () => {
        const read = guest.read(at() as number, length() as number);
        frame.output = read;
        const { expected } = step;
        if (frame.isChecked && expected !== undefined && Buffer.compare(read, expected) !== 0)
          throw new Error('other bytes than expected');
      };
    }
    case 'expect-value':
      return () => {
        if (frame.isChecked && BigInt.asUintN(64, BigInt(slots[step.slot])) !== step.value)
          throw new Error(`${slots[step.slot]} and not ${step.value}`);
      };
  }
}

const NO_BYTES = new Uint8Array(0);

function done(works: readonly (() => void)[]): void {
  for (const work of works) work();
}

/** @param begin replaces the guest's instance; none: the first is kept */
function runOf(guest: StepGuest, { ready, steps }: Plan, begin?: () => void): Omit<StepRun, 'fuel'> {
  const frame: Frame = { guest, slots: [0, 0], isChecked: false, output: NO_BYTES };
  const before = ready.map((step) => compiled(step, frame));
  const works = steps.map((step) => compiled(step, frame));
  if (begin === undefined) done(before);
  const run = () => {
    if (begin !== undefined) {
      begin();
      done(before);
    }
    done(works);
  };
  const check = () => {
    frame.isChecked = true;
    run();
    frame.isChecked = false;
  };
  return { run, check, output: () => frame.output };
}

export type StepEngine = (bytes: Uint8Array<ArrayBuffer>) => (plan: Plan, isKept: boolean) => StepRun;

/**
 * The machine of a tier: fuel is counted, but there is no receipt. Like the engine, it reuses the last instance for a
 * new one if possible.
 */
export function onTier(tier: Tier): StepEngine {
  return (bytes) => {
    const program = tier.program(meteredModule(bytes));
    return (plan, isKept) => {
      const made = () => {
        const store = new Store(LIMITS_1, FUEL_1);
        store.beginCall(Number.MAX_SAFE_INTEGER);
        return program.instantiate(store, [])!;
      };
      let instance = made();
      const begin = () => {
        if (instance.isReusable) {
          instance.store.beginCall(Number.MAX_SAFE_INTEGER);
          instance = program.reinstantiate(instance)!;
        } else instance = made();
      };
      const guest = guestOf(() => instance);
      const { run, check, output } = runOf(guest, plan, isKept ? undefined : begin);
      const metered = (work: () => void) => () => {
        if (isKept) instance.store.gauge.reset(Number.MAX_SAFE_INTEGER);
        work();
      };
      return { run: metered(run), check: metered(check), output, fuel: () => instance.store.gauge.fuelUsed };
    };
  };
}

function guestOf(instance: () => GuestInstance): StepGuest {
  return {
    function: (name) => {
      const item = instance().exported(name);
      if (item?.kind !== 'function') throw new Error(`no function ${name}`);
      const index = item.function.definedIndex;
      return (...args) => {
        const outcome = instance().invoke(index, args);
        if (outcome.kind !== 'returned') throw new Error(`${name}: ${outcome.kind}`);
        return outcome.results[0];
      };
    },
    write: (at, bytes) => instance().memory!.write(at, bytes),
    read: (at, length) => instance().memory!.bytes.slice(at, at + length),
  };
}

type WebFunction = (...args: Bits[]) => Bits | undefined;

export const onWebAssembly: StepEngine = (bytes) => {
  const module = new WebAssembly.Module(bytes);
  return (plan, isKept) => {
    let instance = new WebAssembly.Instance(module);
    let bytesOf = new Uint8Array(0);
    const memory = () => {
      const { buffer } = instance.exports['memory'] as WebAssembly.Memory;
      if (bytesOf.buffer !== buffer) bytesOf = new Uint8Array(buffer);
      return bytesOf;
    };
    const guest: StepGuest = {
      function: (name) => {
        if (isKept) return instance.exports[name] as WebFunction;
        return (...args) => (instance.exports[name] as WebFunction)(...args);
      },
      write: (at, given) => memory().set(given, at),
      read: (at, length) => memory().slice(at, at + length),
    };
    const begin = () => {
      instance = new WebAssembly.Instance(module);
    };
    return { ...runOf(guest, plan, isKept ? undefined : begin), fuel: () => undefined };
  };
};
