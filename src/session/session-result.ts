/** The result of a call of a session. The receipt is made on first access, and describes the end of the call. */
import type { HostCallRecord } from '../machine/host-call-log.js';
import type { Stop } from '../machine/outcome.js';
import type { TierName } from '../machine/program.js';
import type { ChainFacts, SessionFacts, SessionLink } from './session-chain.js';
import type { SessionReceipt } from './session-receipt.js';

/** What a result needs from its session. */
export interface ResultSession<R = SessionReceipt, F extends ChainFacts = SessionFacts> {
  receiptOf(link: SessionLink<R, F>): R;
  resume(link: SessionLink<R, F>, fuel: number): SessionResult<unknown, R, F>;
}

export class SessionResult<Outcome, R = SessionReceipt, F extends ChainFacts = SessionFacts> {
  readonly #session: ResultSession<R, F>;
  readonly #link: SessionLink<R, F>;

  /** @internal Made by the session. */
  constructor(
    readonly outcome: Outcome | Stop,
    /** The tier that ran the call to its end. */
    readonly tier: TierName,
    session: ResultSession<R, F>,
    link: SessionLink<R, F>,
  ) {
    this.#session = session;
    this.#link = link;
  }

  /** Fuel of this call: its limit, what it used, and for which parts. */
  get fuel(): SessionReceipt['fuel'] {
    return this.#link.facts.fuel;
  }

  get receipt(): R {
    return this.#session.receiptOf(this.#link);
  }

  /**
   * The host calls in the order in which they began: the first 10,000 (`hostCallsKept` of the engine). The receipt
   * covers all.
   */
  get hostCalls(): readonly HostCallRecord[] {
    return this.#link.facts.log.kept;
  }

  /** How many host calls there were. */
  get hostCallCount(): number {
    return this.#link.facts.log.count;
  }

  /**
   * Resumes a call that ended because its fuel was used up, as long as the session has not continued: outcome and
   * receipt are those of one call with the sum of both limits. The receipt has the number of the one that it replaces.
   * A host function is called again only if it was in progress then or had read how much fuel was left.
   * @param fuel more units
   * @throws UsageError `not-resumable`; else as a call does
   */
  resume(fuel: number): SessionResult<Outcome, R, F> {
    return this.#session.resume(this.#link, fuel) as SessionResult<Outcome, R, F>;
  }
}
