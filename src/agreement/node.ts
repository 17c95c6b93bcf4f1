/** A node: anything that can make a call and return its receipt. Two correct nodes return the same results. */
import type { Tier } from '../engine/tier.js';
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import type { NodeAnswer } from './node-answer.js';

export interface AgreementNode {
  /** Its name on the command line and in reports: `interpreter`, `jitless`, `process:/opt/bun`. */
  readonly name: string;
  /** The requested tier, if any: at least one guest must have run in it. */
  readonly tier?: Tier;
  /** The runtime and its version, for reports. */
  describe(): Promise<string>;
  /**
   * Makes the calls, in any order, and returns the results in the order of the calls. Everything that the guest or its
   * bytes do is a result; a node that breaks returns `failure`.
   */
  run(module: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]>;
  /** Ends the threads and processes that it started. */
  close(): Promise<void>;
}
