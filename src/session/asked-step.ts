/** A step of a session that runs guests, as it was asked for: all that is needed to run it, and to run it again. */
import type { PausableCall } from '../machine/instance.js';
import type { Outcome } from '../machine/outcome.js';
import type { Crossing } from './session-chain.js';
import type { RunTerms } from './step-machine.js';

/** What does not depend on how values cross. */
export interface CallTerms extends RunTerms {
  readonly wantsDigest: boolean;
  /** Changes of the host since the receipt before; undefined for none. */
  readonly changes: Uint8Array | undefined;
}

/** `M` is the machine that it runs on, `S` what receipts call it, `T` its result there, and `O` its result for the host. */
export interface AskedStep<M, S, T, O> {
  readonly step: S;
  readonly terms: CallTerms;
  /** Name of the instance; empty where there is only one. */
  readonly instance: string;
  readonly exportName: string;
  /** Bytes that it was given beside values. */
  readonly payloadBytes: number;
  readonly crossing: Crossing;
  /** Undefined where the gauge holds the outcome. */
  run(machine: M): T | undefined;
  /** Begins what can pause; undefined for what only runs. @param inParts whether it will */
  begin(machine: M, inParts: boolean): PausableCall | undefined;
  /** What a step that was begun gives, when it has run. */
  end(machine: M, outcome: Outcome): T | undefined;
  outcomeOf(answer: T): O;
  /** The same on other terms. */
  on(terms: Partial<CallTerms>): AskedStep<M, S, T, O>;
}
