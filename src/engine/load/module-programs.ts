/**
 * The programs of one module, and which of them runs the next call. With tier `auto` a module begins in the
 * interpreter, because the rewritten one takes longer to make than most calls to run; receipts do not depend on it.
 *
 * Invariant: while the instrumented program is being made, the interpreter is not used for more fuel than it takes time to
 * make it; if no other work can run, or in one long call, it is made in between.
 */

import { type Declined, isDeclined } from '../../instrumented/declined.js';
import { isUnfit } from '../../instrumented/unfit.js';
import type { LoopTraining } from '../../interpreter/loop-training.js';
import { interpreterProgram } from '../../interpreter/program.js';
import type { Program, TierName } from '../../machine/program.js';
import type { MeteredModule } from '../../metering/meter.js';
import { ExportTypes } from '../call/byte-guest.js';
import type { Compilation } from './compilation.js';
import { UpkeepRun } from './upkeep-run.js';
import type { WarmUp } from './warm-up.js';
import { isFailed, type WarmUpEnd } from './warm-up-end.js';

/** Fuel that the interpreter uses in about the time that it takes to rewrite and compile a module, for each of its bytes. */
const FUEL_PER_BYTE = 20;
const FUEL_LEAST = 1_000_000;

/** The host takes 0.2 to 1 ms for an instance, and 1 to 40 us for each import and export. */
const INSTANCE_FUEL = 500_000;
const INSTANCE_FUEL_EACH = 5_000;
/** How much consecutive calls may waste on instances: nearly the fuel of four. */
const WASTED_FUEL_MAX = 1_800_000;

export class ModulePrograms {
  readonly metered: MeteredModule;
  /** Computed once for all loads of the module. */
  readonly exportTypes: ExportTypes;
  #current: Program;
  #reference: Program | undefined;
  #warmUp: WarmUp | undefined;
  #compilation: Compilation = { state: 'none' };
  #fuelAllowed = Infinity;
  readonly #upkeep = new UpkeepRun();
  /** How much less fuel consecutive calls used than their instances are worth, which no other call can use. */
  #wastedFuel = 0;
  /**
   * Calls run in the interpreter, whose instances can always be used again, until one is long enough for an instance of
   * the host.
   */
  #isResting = false;

  /**
   * @param program runs the calls until another one is ready
   * @param training of the engine's interpreter
   */
  constructor(
    program: Program,
    private readonly training?: LoopTraining,
  ) {
    this.metered = program.metered;
    this.exportTypes = new ExportTypes(program.metered.module);
    this.#current = program;
    if (program.tier === 'interpreter') this.#reference = program;
  }

  /** A module in the interpreter whose instrumented program is being made. */
  static warming(
    metered: MeteredModule,
    training: LoopTraining,
    begin: (onEnd: (end: WarmUpEnd) => void) => WarmUp,
  ): ModulePrograms {
    const programs = new ModulePrograms(interpreterProgram(metered, training), training);
    programs.#compilation = { state: 'pending' };
    programs.#fuelAllowed = FUEL_LEAST + FUEL_PER_BYTE * metered.module.bytes.length;
    programs.#warmUp = begin((end) => programs.#take(end));
    return programs;
  }

  /** A module that stays in the interpreter. */
  static declined(metered: MeteredModule, training: LoopTraining, declined: Declined): ModulePrograms {
    const programs = new ModulePrograms(interpreterProgram(metered, training), training);
    programs.#take(declined);
    return programs;
  }

  #take(end: WarmUpEnd): void {
    this.#warmUp = undefined;
    this.#fuelAllowed = Infinity;
    if (isUnfit(end)) this.#compilation = { state: 'none' };
    else if (isFailed(end)) this.#compilation = { state: 'failed', error: end.failed };
    else if (isDeclined(end)) {
      this.#compilation = { state: 'declined', reason: end.declined, detail: end.detail };
    } else {
      this.#compilation = { state: 'done' };
      this.#current = end;
    }
  }

  /** Runs the next call. */
  get current(): Program {
    return this.#isResting ? this.reference() : this.#current;
  }

  get tier(): TierName {
    return this.current.tier;
  }

  /** Set once it is made, regardless of which program runs the next call. */
  get instrumented(): Program | undefined {
    return this.#current.tier === 'instrumented' ? this.#current : undefined;
  }

  get compilation(): Compilation {
    return this.#compilation;
  }

  /** The interpreter's program, which is always available. */
  reference(): Program {
    this.#reference ??= interpreterProgram(this.metered, this.training);
    return this.#reference;
  }

  /** The host failed in the middle of a call: discards what the interpreter was compiling. */
  renew(): void {
    this.#reference = undefined;
    if (this.#current.tier === 'interpreter') this.#current = this.reference();
  }

  /** Fuel that calls may still use in the current program until it is time for another; infinite if there will be none. */
  get fuelAllowed(): number {
    return this.#fuelAllowed;
  }

  /** A call has used fuel in the current program. */
  use(fuel: number): void {
    this.#fuelAllowed = Math.max(0, this.#fuelAllowed - fuel);
  }

  /**
   * A call of a program has ended and released its instance: there may be work to do for the next one.
   * @param isReusable whether the next call can use the instance
   */
  afterCall(program: Program, fuelUsed: number, isReusable: boolean): void {
    this.#upkeep.afterCall(program);
    if (program.tier === 'interpreter') this.#isResting &&= fuelUsed < this.#instanceFuel;
    // An instance that cannot be used again only because its guarded form is not ready yet.
    else if (program.upkeep?.isDue !== true) {
      const wasted = isReusable ? 0 : Math.max(0, this.#instanceFuel - fuelUsed);
      this.#wastedFuel = wasted === 0 ? 0 : this.#wastedFuel + wasted;
      this.#isResting = this.#wastedFuel > WASTED_FUEL_MAX;
    }
  }

  /** Fuel that the interpreter uses in about the time that the host takes to make an instance. */
  get #instanceFuel(): number {
    const { imports, exports } = this.metered.module;
    return INSTANCE_FUEL + INSTANCE_FUEL_EACH * (imports.length + exports.length);
  }

  /** Finishes the pending program at once. If the host compiles only in the background, calls continue as before. */
  hurry(): void {
    this.#warmUp?.finishNow();
    this.#fuelAllowed = Infinity;
  }

  /** Resolves when the tier that runs the calls no longer changes. */
  async settled(): Promise<void> {
    await this.#warmUp?.ended();
  }
}
