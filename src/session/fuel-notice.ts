/**
 * A notice to the host that a share of a call's fuel is all that is left. It comes at the first charge that the rest does not cover, before
 * what that pays for, so at one and the same unit in every tier; the receipt does not show it. docs/SEMANTICS.md, section 10.
 */
import { UsageError } from '../base/usage-error.js';
import { HostFailure } from '../machine/outcome.js';

export interface FuelNotice {
  /** Of the call's fuel limit: above 0, below 1. */
  readonly share: number;
  /**
   * Called at most once, before the call ends; the call continues when it returns. If it throws, that is a host failure.
   * @param left units that the share is: the next charge takes of them
   */
  notify(left: number): void;
}

/** The notice of one call. */
export class CallNotice {
  readonly #notify: FuelNotice['notify'];
  #isGiven = false;

  private constructor(
    /** Fuel that is kept back for it. */
    readonly units: number,
    notify: FuelNotice['notify'],
  ) {
    this.#notify = notify;
  }

  /**
   * @param limit of the call
   * @throws UsageError for an invalid share
   */
  static of(notice: FuelNotice | undefined, limit: number): CallNotice | undefined {
    if (notice === undefined) return undefined;
    const { share } = notice;
    if (!(share > 0 && share < 1)) {
      throw new UsageError('bad-bound', `the share of onFuelBelow must be above 0 and below 1, not ${share}`);
    }
    if (typeof notice.notify !== 'function') throw new UsageError('bad-bound', 'onFuelBelow has no function notify');
    // A call without fuel has no share of it.
    if (limit === 0) return undefined;
    return new CallNotice(Math.max(1, Math.floor(limit * share)), (left) => notice.notify(left));
  }

  /** Once: a call may run again from its start. @throws HostFailure if it throws */
  give(): void {
    if (this.#isGiven) return;
    this.#isGiven = true;
    try {
      this.#notify(this.units);
    } catch (cause) {
      if (cause instanceof HostFailure) throw cause;
      throw new HostFailure(`onFuelBelow threw: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}
