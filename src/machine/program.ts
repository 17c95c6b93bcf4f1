/** What a tier makes of a metered module, and how it becomes an instance. */
import type { Hash } from '../base/hash.js';
import type { MeteredModule } from '../metering/meter.js';
import type { ExternValue, GuestInstance } from './instance.js';
import type { InstanceState } from './state-digest.js';
import type { Store } from './store.js';

export type TierName = 'interpreter' | 'instrumented';

/** Why a tier does not take a module: the host's alone, so that it shows in no receipt. */
export type DeclineReason = 'host-unfit' | 'too-heavy' | 'host-refused';

/** Work on a program that makes later calls cheaper and shows in nothing else. It is done a piece at a time. */
export interface Upkeep {
  /** Whether there is any. */
  readonly isDue: boolean;
  /** Does some of it, as much as so many bytes of the module are worth; true if there is no more. */
  step(bytes: number): boolean;
}

export interface Program {
  readonly tier: TierName;
  readonly upkeep?: Upkeep;
  readonly metered: MeteredModule;
  /** BLAKE2b-256 as this tier computes it: the digest is the same, the time is not. */
  readonly hash: Hash;
  /**
   * Makes an instance under the store's gauge: the static charge first, then tables, memory and globals, then segments
   * in order, then the start function. Returns undefined if the charge was not covered. A trap or exhaustion is in
   * the gauge; the instance is then only good for its state. `imports` have been linked (`linkImports`).
   * @param made is shown the instance before anything runs in it
   */
  instantiate(
    store: Store,
    imports: readonly ExternValue[],
    made?: (instance: GuestInstance) => void,
  ): GuestInstance | undefined;
  /**
   * Makes an instance of this program that `isReusable` as new, under its store's gauge and with its imports: all that can
   * be seen is then as `instantiate` would have it. Returns undefined if the charge was not covered; the instance is then
   * as it was.
   */
  reinstantiate(instance: GuestInstance): GuestInstance | undefined;
  /**
   * Makes an instance in this state, which is one of the module's (`session/state-fault.ts` checks what comes from outside).
   * Nothing is charged and nothing runs.
   */
  restore(store: Store, imports: readonly ExternValue[], state: InstanceState): GuestInstance;
}
