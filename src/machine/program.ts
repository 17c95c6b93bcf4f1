/** What a tier makes of a metered module, and how it becomes an instance. */
import type { Hash } from '../base/hash.js';
import type { MeteredModule } from '../metering/meter.js';
import type { ExternValue, GuestInstance } from './instance.js';
import type { InstanceState } from './state-digest.js';
import type { Store } from './store.js';

export type TierName = 'interpreter' | 'instrumented';

/** Why a tier declines a module: it concerns only the host, so it is in no receipt. */
export type DeclineReason = 'host-unfit' | 'too-heavy' | 'host-refused';

/** Work on a program that makes later calls cheaper and is otherwise not observable. It is done a piece at a time. */
export interface Upkeep {
  /** Whether there is work to do. */
  readonly isDue: boolean;
  /** Does a part of the work, for this many bytes of the module; returns true if there is no more. */
  step(bytes: number): boolean;
}

export interface Program {
  readonly tier: TierName;
  readonly upkeep?: Upkeep;
  readonly metered: MeteredModule;
  /** BLAKE2b-256 as this tier computes it: the digest is the same, only the time differs. */
  readonly hash: Hash;
  /**
   * Makes an instance under the store's gauge: the static charge first, then tables, memory and globals, then segments
   * in order, then the start function. Returns undefined if the charge was not covered. A trap or exhaustion is in the
   * gauge; then only the state of the instance can be used. `imports` have been linked (`linkImports`).
   * @param made receives the instance before anything runs in it
   */
  instantiate(
    store: Store,
    imports: readonly ExternValue[],
    made?: (instance: GuestInstance) => void,
  ): GuestInstance | undefined;
  /**
   * Resets an instance of this program that `isReusable`, under its store's gauge and with its imports: everything
   * observable is then as after `instantiate`. Returns undefined if the charge was not covered; the instance is then
   * unchanged.
   */
  reinstantiate(instance: GuestInstance): GuestInstance | undefined;
  /**
   * Makes an instance in this state, which must be possible for the module (`session/state-fault.ts` checks states from
   * outside). Nothing is charged and nothing runs.
   */
  restore(store: Store, imports: readonly ExternValue[], state: InstanceState): GuestInstance;
}
