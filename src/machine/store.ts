/**
 * A store: one gauge, one set of limits and one schedule for all instances linked with each other, and the handles of
 * their references. A handle is a number other than 0; null is 0. Guests cannot observe handles. Specification: store.
 */
import { type Hash, hash as hashInJavaScript } from '../base/hash.js';
import type { Limits } from '../base/limits.js';
import type { Schedule } from '../metering/schedule.js';
import { type FunctionType, functionTypeText } from '../wasm/types.js';
import type { FunctionInstance } from './function-instance.js';
import { Gauge } from './gauge.js';
import { HostCallLog, LINES_KEPT } from './host-call-log.js';

export class Store {
  readonly gauge: Gauge;
  /** Functions by handle - 1. */
  readonly functions: FunctionInstance[] = [];
  /** The host-call log of the running call. */
  log: HostCallLog;
  /** Data that the tier keeps for all instances of this store. */
  tierState: unknown;
  readonly #externals: unknown[] = [];
  readonly #typeIds = new Map<string, number>();
  /** Numbers by type object: functions of a module share theirs, and making a type's text takes longer. */
  readonly #typeIdsKnown = new Map<FunctionType, number>();

  constructor(
    readonly limits: Limits,
    readonly schedule: Schedule,
    /** what the log of host calls is hashed with */
    readonly hash: Hash = hashInJavaScript,
    /** how many lines of the log are kept */
    readonly linesKept = LINES_KEPT,
  ) {
    this.gauge = new Gauge(limits);
    this.log = new HostCallLog(linesKept, hash);
  }

  /**
   * Begins a call with `fuelLimit` units, an empty stack, no outcome and an empty log. The log of the last call is not touched.
   * @param fuelAllowed the part of the limit that may be used until a host function is called
   */
  beginCall(fuelLimit: number, fuelAllowed = fuelLimit): void {
    this.gauge.reset(fuelLimit);
    if (fuelAllowed < fuelLimit) this.gauge.withhold(fuelAllowed);
    this.log = new HostCallLog(this.linesKept, this.hash);
  }

  /** A number that is the same for equal function types, and only for them. */
  typeId(type: FunctionType): number {
    let id = this.#typeIdsKnown.get(type);
    if (id !== undefined) return id;
    const key = functionTypeText(type);
    id = this.#typeIds.get(key);
    if (id === undefined) {
      id = this.#typeIds.size;
      this.#typeIds.set(key, id);
    }
    this.#typeIdsKnown.set(type, id);
    return id;
  }

  /** Gives a function its handle. */
  addFunction(instance: FunctionInstance): number {
    this.functions.push(instance);
    return this.functions.length;
  }

  /** A handle for a host value that a guest has as an externref. */
  addExternal(value: unknown): number {
    this.#externals.push(value);
    return this.#externals.length;
  }

  external(handle: number): unknown {
    return this.#externals[handle - 1];
  }
}
