/**
 * Decides when the loop is trained (`training.ts`): all at once in a call that runs to its end, a round at a time in
 * calls that run in parts.
 */

/** Fuel that an engine's calls use in the loop before it is trained: V8 compiles it after about twice that. */
const COLD_FUEL = 0x2_0000;
/** A training that is in progress. */
export interface Trainer {
  /** Runs one round, which takes a millisecond or two; false if that was the last. */
  round(): boolean;
}

/** Decides when an engine trains the loop: a program that makes one short call ends before that. */
export class LoopTraining {
  private fuelBefore = COLD_FUEL;
  private trainer: Trainer | undefined;
  private isDone = false;

  get isAhead(): boolean {
    return !this.isDone;
  }

  /**
   * A call that runs to its end has used more fuel: after enough of it the loop is trained, or a training in progress
   * is finished.
   */
  used(fuel: number, make: () => Trainer): void {
    if (this.isDone) return;
    this.fuelBefore -= fuel;
    while (this.fuelBefore <= 0 && !this.isDone) this.round(make);
  }

  /**
   * A call in parts begins, or one of its later parts. Such calls are long, so the training begins with them. The first
   * round makes V8 parse the loop, which otherwise would make the first part the longest.
   */
  part(make: () => Trainer): void {
    if (!this.isDone) this.round(make);
  }

  private round(make: () => Trainer): void {
    this.trainer ??= make();
    this.isDone = !this.trainer.round();
    if (this.isDone) this.trainer = undefined;
  }
}
