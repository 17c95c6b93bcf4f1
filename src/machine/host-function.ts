/**
 * A function that the host gives to a guest, and the one way to call it in both tiers. A host function returns results
 * or stops the call; what it throws is a host failure. Source: docs/SEMANTICS.md, sections 3, 4, 7 and 8.
 */
import type { FunctionType } from '../wasm/types.js';
import { importName } from './import-name.js';
import type { GuestInstance } from './instance.js';
import { type Bits, EXHAUSTED_STACK, HostFailure, type Stop } from './outcome.js';
import type { Store } from './store.js';
import { valueBytes } from './value-bytes.js';

/** What a host function sees of its call. */
export interface HostContext {
  readonly store: Store;
  /** The instance that calls. */
  readonly caller: GuestInstance;
  /** Fuel left, after the guest's prepaid block and this call's own base charge. */
  fuelLeft(): number;
  /** Charges fuel to the host's part. False: the fuel is used up, and the function should return at once. */
  charge(units: number): boolean;
}

export interface HostFunction {
  /** Both names of the import, as they are in the log. */
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
  /** Fuel charged before it runs, at least 1. The schedule's base for host calls if absent. */
  readonly baseFuel?: number | undefined;
  /**
   * Runs the function. It returns the results in the order of its type, or a `Stop` that ends the whole call.
   * A function that speaks a byte protocol writes its own line of the log and says so with `logsItself`.
   */
  run(context: HostContext, args: readonly Bits[]): readonly Bits[] | Stop;
  readonly logsItself?: boolean;
}

export function isStop(answer: readonly Bits[] | Stop): answer is Stop {
  return !Array.isArray(answer);
}

/**
 * Calls a host function under the store's gauge: stack and nesting first, then its charge, then the function, then its
 * line of the log. Returns undefined if the call is over; the gauge then holds the outcome.
 */
export function callHost(
  store: Store,
  caller: GuestInstance,
  target: HostFunction,
  args: readonly Bits[],
): readonly Bits[] | undefined {
  const { gauge, log } = store;
  if (gauge.fuelWithheld > 0) gauge.release();
  // Lines that wait for an open call are as deep as the stack may be: they cannot be hashed before that call ends.
  if (log.waiting >= store.limits.stackWords) {
    gauge.stopWith(EXHAUSTED_STACK);
    return undefined;
  }
  if (!gauge.enterHost()) return undefined;
  const baseFuel = target.baseFuel ?? store.schedule.rates.hostCall.base;
  if (!gauge.charge('host', baseFuel)) return undefined;
  const context: HostContext = {
    store,
    caller,
    fuelLeft: () => gauge.fuelLeft + gauge.fuelReserved,
    charge: (units) => gauge.charge('host', units),
  };
  const answer = target.run(context, args);
  if (isStop(answer)) gauge.stopWith(answer);
  else checkResults(target, answer);
  if (target.logsItself !== true) {
    const output = isStop(answer) ? NO_BYTES : valueBytes(target.type.results, answer);
    log.end(log.begin(), {
      module: target.module,
      name: target.name,
      inputHash: store.hash(valueBytes(target.type.params, args)),
      outputHash: store.hash(output),
    });
  }
  gauge.leaveHost();
  return gauge.stop === undefined ? (answer as readonly Bits[]) : undefined;
}

const NO_BYTES = new Uint8Array(0);

function checkResults(target: HostFunction, results: readonly Bits[]): void {
  const types = target.type.results;
  if (results.length !== types.length) {
    throw new HostFailure(
      `host function ${importName(target)} returned ${results.length} results, its type has ${types.length}`,
    );
  }
  for (let i = 0; i < types.length; i++) {
    const wanted = types[i] === 0x7e || types[i] === 0x7c ? 'bigint' : 'number';
    if (typeof results[i] !== wanted) {
      throw new HostFailure(
        `host function ${importName(target)} returned a ${typeof results[i]} as result ${i}, not a ${wanted}`,
      );
    }
  }
}
