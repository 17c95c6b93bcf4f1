/** When the loop is trained (`training.ts`). */

/** Fuel that an engine's calls use in the loop before it is trained: V8 compiles it after about twice that. */
const COLD_FUEL = 0x2_0000;

/** When an engine trains the loop: a program that makes one short call ends before. */
export class LoopTraining {
  private fuelBefore = COLD_FUEL;

  get isAhead(): boolean {
    return this.fuelBefore > 0;
  }

  /** Calls have used so much more fuel; true if that was the last before the training. */
  comesAfter(fuel: number): boolean {
    const wasAhead = this.isAhead;
    this.fuelBefore -= fuel;
    return wasAhead && !this.isAhead;
  }
}
