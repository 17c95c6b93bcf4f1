/**
 * The machine of the register code that keeps where a call stopped: the innermost frame's locals, and the charge that was not covered.
 * It runs as `Interpreter` does. A call stops at one place; what host code does behind it runs nothing.
 */

import type { InterpreterInstance } from '../interpreter/instance.js';
import { Interpreter } from '../interpreter/interpreter.js';
import type { FunctionInstance } from '../machine/function-instance.js';
import type { Bits, Outcome } from '../machine/outcome.js';

/** Where a call stopped. */
export interface StoppedAt {
  readonly instance: InterpreterInstance;
  /** In the code of the instance's program. */
  readonly position: number;
  /** Slots of the frame and what is above it, from the frame's first local; two for each value. */
  readonly slots: Int32Array;
}

/** Slots that are kept: the locals of any function that a person looks at. */
const SLOTS_MAX = 4_096;

export class StoppingInterpreter extends Interpreter {
  /** The instance of the call, once it has run. */
  only: InterpreterInstance | undefined;
  at: StoppedAt | undefined;
  /** Offset in the module of the block that could not be paid. */
  blockOffset: number | undefined;

  override call(instance: InterpreterInstance, target: FunctionInstance, args: readonly Bits[]): Outcome {
    this.only ??= instance;
    return super.call(instance, target, args);
  }

  /** The loop and the entry of a function charge a metering block: the one whose first instruction is at `pc`. */
  protected override exhaustFuel(): void {
    const { gauge } = this.store;
    const lacking = -(gauge.fuelLeft + this.fuel);
    const { program } = this.instance;
    const { definedIndex, offset } = program.locate(this.pc);
    const meter = program.metered.bodyMeter();
    meter.meterBody(definedIndex);
    const { offsets, costs, count } = meter.blocks;
    // Blocks that cost nothing may be at the same position.
    let block = count - 1;
    while (block > 0 && (offsets[block] > offset || costs[block] < lacking)) block--;
    const units = costs[block];
    this.blockOffset ??= offsets[block];
    gauge.refused ??= { part: gauge.instructionPart, units, left: units - lacking };
    super.exhaustFuel();
  }

  protected override trace(position: number): void {
    const { instance, fp, slots } = this;
    this.at ??= { instance, position, slots: slots.slice(fp, fp + SLOTS_MAX) };
    super.trace(position);
  }
}
