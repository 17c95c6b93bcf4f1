/** A node: anything that can make a call and give its receipt. Two correct nodes give the same results. */
import type { Tier } from '../engine/tier.js';
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import type { NodeAnswer } from './node-answer.js';

export interface AgreementNode {
  /** Its name on the command line and in reports: `interpreter`, `jitless`, `process:/opt/bun`. */
  readonly name: string;
  /** The tier that was asked for, if one was: at least one guest must have run in it. */
  readonly tier?: Tier;
  /** The runtime and its version, for reports. */
  describe(): Promise<string>;
  /**
   * Makes the calls and returns them in their order, in whatever order they were made. What the guest or its bytes do is
   * a result; a node that breaks returns `failure`.
   */
  run(module: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]>;
  /** Ends what it started: threads, processes. */
  close(): Promise<void>;
}
