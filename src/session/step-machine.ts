/**
 * Where the steps of a session run: a store with what is instantiated in it, in one tier. Another tier can take its state over.
 * docs/SEMANTICS.md, section 10.
 */
import type { CallRun } from '../engine/imports/call-run.js';
import type { RunSlot } from '../engine/imports/host-import.js';
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { GuestInstance } from '../machine/instance.js';
import type { TierName } from '../machine/program.js';
import type { Store } from '../machine/store.js';
import type { CallNotice } from './fuel-notice.js';

/** Under what guests run. */
export interface RunTerms {
  readonly fuel: number;
  /** None where no module imports a function of the host. */
  readonly transcript: HostTranscript | undefined;
  readonly context: unknown;
  /** For a host that wants to know when little fuel is left. */
  readonly notice?: CallNotice | undefined;
}

/** Instances by their numbers. */
export interface Instances {
  instance(number: number): GuestInstance;
}

/** A state that is not taken yet: to know its size costs less. */
export interface StateToDigest {
  /** That the digest is taken over. */
  readonly bytes: number;
  digest(): Uint8Array;
}

/**
 * A machine as it was, in a tier.
 * @throws RerunNeeded if the host cannot
 */
export type Origin<M> = (tier: TierName) => M;

export abstract class StepMachine<M> implements RunSlot, Instances {
  run: CallRun | undefined;

  protected constructor(
    readonly tier: TierName,
    readonly store: Store,
  ) {}

  /** Pages of all memories. */
  abstract readonly pages: number;
  abstract readonly memoryBytes: number;
  abstract instance(number: number): GuestInstance;
  /** Whether it is in the programs that a tier has now. */
  abstract isIn(tier: TierName): boolean;
  /** Another one in the state of this. @throws RerunNeeded if the host cannot */
  abstract restored(tier: TierName): M;
  /** Its state now, which is copied. */
  abstract kept(): Origin<M>;
  abstract toDigest(): StateToDigest;
  protected abstract runOf(transcript: HostTranscript, context: unknown): CallRun;

  /** Runs guests as one call: under a gauge of its own, with a log of its own. */
  under<T>(terms: RunTerms, work: () => T): T {
    this.begin(terms);
    try {
      return work();
    } finally {
      this.end();
    }
  }

  begin(terms: RunTerms): void {
    const { notice } = terms;
    this.store.beginCall(terms.fuel);
    if (notice !== undefined) this.store.gauge.reserve(notice.units, () => notice.give());
    this.goOn(terms);
  }

  /** Another part of the call that was begun. */
  goOn({ transcript, context }: RunTerms): void {
    if (transcript !== undefined) this.run = this.runOf(transcript, context);
  }

  /** What host functions have kept of the call serves no more. */
  end(): void {
    this.run?.close();
    this.run = undefined;
  }
}
