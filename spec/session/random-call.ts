/** A random call of a session, one module or linked: all its fuel at once or the rest by `resume`, in parts, with a notice. */
import { toHex } from '../../src/base/hash.js';
import type { CallOutcome } from '../../src/index.js';
import type { SessionCallOptions } from '../../src/session/index.js';

export interface CallInParts {
  readonly fuel: number;
  /** Fuel that the call gets at first; the rest comes by `resume`. */
  readonly first: number;
  readonly digest: boolean;
  /** For a call that runs in parts; 0 for one that does not. */
  readonly slice: number;
  /** Share of the fuel at which the host is notified; 0 for none. */
  readonly notice: number;
}

interface Result<R> {
  readonly outcome: CallOutcome;
  readonly receipt: R;
  readonly fuel: { readonly limit: number };
  resume(fuel: number): Result<R>;
}

/** Calls one export of a session with given arguments. */
export interface Callable<R> {
  call(options: SessionCallOptions): Result<R>;
  begin(options: SessionCallOptions): { runFor(fuel: number): Result<R> | undefined };
  stateDigest(): Uint8Array;
}

/** The visible results of calls, beside their receipts. */
export class CallsShown {
  /** The state that the host finds at a notice. */
  readonly notices: string[] = [];
  /** Total fuel given to each call. */
  readonly limits: number[] = [];
  /** Number of steps of each kind that had an effect. */
  readonly counts = new Map<string, number>();
  readonly #whole: number[] | undefined;

  /** @param limits fuel of calls that get all of it at once and run at once, where another run got it in parts */
  constructor(limits?: readonly number[]) {
    this.#whole = limits && [...limits];
  }

  did(kind: string): void {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  /** Makes the call and returns its receipt. */
  receiptOf<R>({ fuel, first, digest, slice, notice: share }: CallInParts, of: Callable<R>): R {
    this.did('call');
    if (this.#whole !== undefined) return of.call({ fuel: this.#whole.shift()!, digest }).receipt;
    const notify = (left: number) => {
      this.notices.push(`${left} ${toHex(of.stateDigest())}`);
      this.did('notice');
    };
    const options = { fuel: first, digest, ...(share === 0 ? {} : { onFuelBelow: { share, notify } }) };
    let result = slice === 0 ? of.call(options) : undefined;
    if (result === undefined) {
      const call = of.begin(options);
      do result = call.runFor(slice);
      while (result === undefined);
      this.did('sliced');
    }
    const isOut = result.outcome.kind === 'exhausted' && result.outcome.resource === 'fuel';
    if (isOut && first < fuel) {
      result = result.resume(fuel - first);
      this.did('resumed');
    }
    this.limits.push(result.fuel.limit);
    return result.receipt;
  }
}
