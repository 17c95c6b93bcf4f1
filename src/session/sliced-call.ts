/**
 * A call that runs a part at a time, so that many guests share a thread. A part ends at the first charge beyond its
 * fuel; the excess is subtracted from the next part. Parts do not affect receipts. docs/SEMANTICS.md, section 10.
 */
import { UsageError } from '../base/usage-error.js';
import { type CallOutcome, checkFuel } from '../engine/loaded-module.js';
import type { ChainFacts, SessionFacts } from './session-chain.js';
import type { SessionReceipt } from './session-receipt.js';
import type { SessionResult } from './session-result.js';

export class SlicedCall<R = SessionReceipt, F extends ChainFacts = SessionFacts> {
  readonly #fuelLeft: () => number;
  readonly #runFor: (fuel: number) => SessionResult<CallOutcome, R, F> | undefined;
  #result: SessionResult<CallOutcome, R, F> | undefined;
  #granted = 0;
  #isRunning = false;
  readonly #limit: number;

  /** @internal Made by the session. */
  constructor(fuelLeft: () => number, runFor: (fuel: number) => SessionResult<CallOutcome, R, F> | undefined) {
    this.#fuelLeft = fuelLeft;
    this.#runFor = runFor;
    this.#limit = fuelLeft();
  }

  /** Set once the call has ended. */
  get result(): SessionResult<CallOutcome, R, F> | undefined {
    return this.#result;
  }

  /** Fuel of the call's limit that is left. */
  get fuelLeft(): number {
    return this.#result === undefined ? this.#fuelLeft() : this.#result.fuel.limit - this.#result.fuel.used;
  }

  /** Fuel that the call has used. */
  get fuelUsed(): number {
    return this.#limit - this.fuelLeft;
  }

  /**
   * Continues until the call ends, then returns its result, or until it has used the fuel of all parts so far: then
   * returns undefined. If a host function calls the guest back, that nested call runs to its end.
   * @throws UsageError if the call or its session has already ended, or a host function of the call calls this
   * @throws HostFailure as a call does
   */
  runFor(fuel: number): SessionResult<CallOutcome, R, F> | undefined {
    checkFuel(fuel);
    if (this.#result !== undefined) throw new UsageError('session-over', 'the call has ended; read its result');
    if (this.#isRunning) throw new UsageError('session-busy', 'a part of the call is running');
    this.#granted = Math.min(this.#granted + fuel, Number.MAX_SAFE_INTEGER);
    const units = this.#granted - this.fuelUsed;
    if (units <= 0) return undefined;
    this.#isRunning = true;
    try {
      this.#result = this.#runFor(units);
      return this.#result;
    } finally {
      this.#isRunning = false;
    }
  }
}
