/** A requested step of a session that runs guests: everything that is needed to run it, and to run it again. */
import type { PausableCall } from '../machine/instance.js';
import type { Outcome } from '../machine/outcome.js';
import type { Crossing } from './session-chain.js';
import type { RunTerms } from './step-machine.js';

/** The part that does not depend on the kind of values. */
export interface CallTerms extends RunTerms {
  readonly wantsDigest: boolean;
  /** Changes by the host since the previous receipt; undefined for none. */
  readonly changes: Uint8Array | undefined;
}

/**
 * `M` is the machine on which it runs, `S` its name in receipts, `T` its result on the machine, and `O` its result for
 * the host.
 */
export interface AskedStep<M, S, T, O> {
  readonly step: S;
  readonly terms: CallTerms;
  /** Name of the instance; empty where there is only one. */
  readonly instance: string;
  readonly exportName: string;
  /** Number of payload bytes, besides values. */
  readonly payloadBytes: number;
  readonly crossing: Crossing;
  /** Undefined if the gauge has the outcome. */
  run(machine: M): T | undefined;
  /** Begins a step that can pause; undefined if it cannot. @param inParts whether it will pause */
  begin(machine: M, inParts: boolean): PausableCall | undefined;
  /** The result of a step that was begun, after it has run. */
  end(machine: M, outcome: Outcome): T | undefined;
  outcomeOf(answer: T): O;
  /** The same step with other terms. */
  on(terms: Partial<CallTerms>): AskedStep<M, S, T, O>;
}
