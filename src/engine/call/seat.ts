/**
 * Where calls of one module run, one after another: a store, the imports linked into it, and the instance, which is
 * reset for each call. Invariant: no call can observe what an earlier one left. docs/SEMANTICS.md, section 6.
 */
import type { Limits } from '../../base/limits.js';
import type { ExternValue, GuestInstance } from '../../machine/instance.js';
import type { Program } from '../../machine/program.js';
import { Store } from '../../machine/store.js';
import type { CallRun } from '../imports/call-run.js';
import { externOf, type HostImport, ImportedFunction, isConstant, type RunSlot } from '../imports/host-import.js';
import { KEPT_DEFAULTS, type Kept } from '../imports/kept.js';
import type { Linkage } from '../imports/linkage.js';

export class Seat implements RunSlot {
  readonly store: Store;
  run: CallRun | undefined;
  /** Calls that have begun here: the state of an instance is that of the last one. */
  calls = 0;
  readonly #constants: Uint8Array;
  readonly #imports: readonly ExternValue[];
  #rows: readonly HostImport[];
  #instance: GuestInstance | undefined;

  constructor(
    readonly program: Program,
    limits: Limits,
    linkage: Linkage,
    { hostCallsKept }: Kept = KEPT_DEFAULTS,
  ) {
    this.store = new Store(limits, program.metered.schedule, program.hash, hostCallsKept);
    this.#constants = linkage.constants;
    this.#rows = linkage.rows;
    this.#imports = linkage.rows.map((row) => externOf(row, this.store, this));
  }

  /** Whether a call with these imports can run here. Constants are a part of an instance, functions are not. */
  fits({ constants }: Linkage): boolean {
    return constants.length === this.#constants.length && constants.every((byte, i) => byte === this.#constants[i]);
  }

  /**
   * A new or reset instance for the next call; its instantiation is metered. Undefined if the charge was not covered.
   */
  begin(fuelLimit: number, { rows }: Linkage, run: CallRun, fuelAllowed?: number): GuestInstance | undefined {
    this.calls++;
    this.run = run;
    if (rows !== this.#rows) this.#takeRows(rows);
    this.store.beginCall(fuelLimit, fuelAllowed);
    if (this.#instance !== undefined) return this.program.reinstantiate(this.#instance);
    this.#instance = this.program.instantiate(this.store, this.#imports);
    return this.#instance;
  }

  /** Another call may pass other functions, of the same types. */
  #takeRows(rows: readonly HostImport[]): void {
    this.#rows = rows;
    this.#imports.forEach((value, i) => {
      const host = value.kind === 'function' ? value.function.host : undefined;
      const row = rows[i];
      if (host instanceof ImportedFunction && !isConstant(row)) host.row = row;
    });
  }

  /** The call has ended, and only the state of the instance is kept. */
  end(): void {
    this.run?.close();
    this.run = undefined;
  }

  /** Whether another call can run here. */
  get isReusable(): boolean {
    return this.#instance === undefined || this.#instance.isReusable;
  }

  /** About how many bytes of the host's memory it keeps. */
  get heldBytes(): number {
    return SEAT_BYTES + (this.#instance?.heldBytes ?? 0);
  }
}

/** The objects of a seat and its instance, measured: 5 to 20 kB. */
const SEAT_BYTES = 16_384;
