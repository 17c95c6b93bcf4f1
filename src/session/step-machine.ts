/**
 * Where the steps of a session run: a store with its instances, in one tier. Another tier can take over its state.
 * docs/SEMANTICS.md, section 10.
 */
import type { CallRun } from '../engine/imports/call-run.js';
import type { RunSlot } from '../engine/imports/host-import.js';
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { GuestInstance } from '../machine/instance.js';
import type { TierName } from '../machine/program.js';
import type { Store } from '../machine/store.js';
import type { CallNotice } from './fuel-notice.js';

/** The conditions under which guests run. */
export interface RunTerms {
  readonly fuel: number;
  /** Undefined if no module imports a host function. */
  readonly transcript: HostTranscript | undefined;
  readonly context: unknown;
  /** Notifies the host when little fuel is left. */
  readonly notice?: CallNotice | undefined;
}

/** Instances by their numbers. */
export interface Instances {
  instance(number: number): GuestInstance;
}

/** A state that is not yet copied, because its size alone costs less. */
export interface StateToDigest {
  /** How many bytes the digest covers. */
  readonly bytes: number;
  digest(): Uint8Array;
}

/**
 * Recreates a machine in an earlier state, in a tier.
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
  /** Whether it uses the programs that a tier has now. */
  abstract isIn(tier: TierName): boolean;
  /** Another machine in the state of this one. @throws RerunNeeded if the host cannot */
  abstract restored(tier: TierName): M;
  /** A copy of its current state. */
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

  /** Runs another part of the call that was begun. */
  goOn({ transcript, context }: RunTerms): void {
    if (transcript !== undefined) this.run = this.runOf(transcript, context);
  }

  /** References that host functions kept to the call no longer work. */
  end(): void {
    this.run?.close();
    this.run = undefined;
  }
}
