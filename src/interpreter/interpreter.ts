/**
 * The machine of the register code: one for each store. Guest calls use no host stack; only a host call that re-enters a guest
 * nests. Slots are 32 bits with float views over the same buffer; a value takes two (the low half first), so that NaN bits move as
 * integers. The loop (`loop.ts`) runs what it can without a call; what it cannot do it leaves to the machine, with its registers in
 * the fields below. Source: docs/SEMANTICS.md, sections 2 to 7.
 */
import type { FunctionInstance } from '../machine/function-instance.js';
import { readBits, writeBits } from '../machine/global.js';
import { callHost } from '../machine/host-function.js';
import type { PausableCall } from '../machine/instance.js';
import { type Bits, EXHAUSTED_FUEL, EXHAUSTED_STACK, type Outcome, trapped } from '../machine/outcome.js';
import type { Store } from '../machine/store.js';
import { FRAME_WORDS } from '../metering/meter.js';
import { far } from './far.js';
import type { InterpreterInstance } from './instance.js';
import { runLoop } from './loop.js';
import { Op } from './op.js';
import { LENGTH_OF, OUTER_OF, Outer } from './ops.js';
import { rare } from './rare.js';
import { Status, TRAP_CODES } from './status.js';

/**
 * The loop returns after each slice and is entered again. Optimised code that is entered in the middle of a running loop
 * (on-stack replacement) takes its registers as values of any type; only a fresh call lets V8 keep them as integers.
 * Measured on Node 20: twice the speed. 2^20 units are about half a millisecond.
 */
const SLICE_MAX = 0x10_0000;
/** The slice while the loop is cold: it is trained between two slices. */
const COLD_SLICE_MAX = 0x8000;
/** Positions at the start of every program's code. */
export const AT_EXIT = 0;
export const AT_SWITCH_BACK = 1;
/** Most frames in a backtrace. */
const TRACE_MAX = 64;

/** A pausable call that is in progress or may be resumed. */
interface Kept {
  readonly instance: InterpreterInstance;
  readonly target: FunctionInstance;
  hasStarted: boolean;
  /** How much fuel was lacking for the charge that could not be paid. */
  lacking: number | undefined;
}

/** Where a call stopped: positions in the code of instances, innermost first. */
export interface Stopped {
  readonly instance: InterpreterInstance;
  readonly position: number;
}

export class Interpreter {
  readonly slots: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  /** Return position and frame of every guest call in progress. */
  readonly frames: Int32Array;
  /** Instances to go back to: one for each change of instance in progress. */
  readonly instances: InterpreterInstance[] = [];
  /** Where the last call stopped. */
  stopped: readonly Stopped[] = [];

  /** First slot that no frame uses. */
  private top = 0;
  /** The pausable call; no other begins before it has ended or is dropped. */
  private kept: Kept | undefined;
  /** Fuel that the call does not use before its next pause, including what is kept back. */
  private keptFuel = 0;

  // The registers of the loop where it is left: host calls, changes of instance, the start of an activation.
  /** @internal */
  instance!: InterpreterInstance;
  /** @internal */
  pc = 0;
  /** @internal */
  fp = 0;
  /** @internal */
  rp = 0;
  /** @internal */
  words = 0;
  /** @internal */
  wordsMin = 0;
  /** @internal */
  fuel = 0;

  constructor(readonly store: Store) {
    // Arguments are written before the gauge is checked, once for each activation.
    const { stackWords, hostNesting, params, results } = store.limits;
    const words = stackWords + (params + results) * (hostNesting + 2);
    const buffer = new ArrayBuffer(words * 8);
    this.slots = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
    const depthMax = Math.ceil(store.limits.stackWords / FRAME_WORDS) + store.limits.hostNesting + 4;
    this.frames = new Int32Array(depthMax * 4);
  }

  /** Bytes of its slots and frames. */
  get heldBytes(): number {
    return this.slots.byteLength + this.frames.byteLength;
  }

  /** Calls a function of an instance. The outcome, or the sticky one of the store's gauge. */
  call(instance: InterpreterInstance, target: FunctionInstance, args: readonly Bits[]): Outcome {
    const { gauge } = this.store;
    const { params, results } = target.type;
    const base = this.top;
    const { slots } = this;
    for (let i = 0; i < params.length; i++) writeBits(slots, base + 2 * i, args[i]);
    const [rp, depth, outer] = [this.rp, this.instances.length, this.instance];
    try {
      if (gauge.stop === undefined && this.start(instance, target, base)) while (!this.run());
    } finally {
      this.rp = rp;
      this.instances.length = depth;
      this.top = base;
      this.instance = outer;
    }
    if (gauge.stop !== undefined) return gauge.stop;
    return { kind: 'returned', results: Array.from(results, (type, i) => readBits(slots, base + 2 * i, type)) };
  }

  /** Begins a pausable call (`GuestInstance.begin`). Its frames stay until it has ended or is dropped. */
  begin(
    instance: InterpreterInstance,
    target: FunctionInstance,
    args: readonly Bits[],
    inParts: boolean,
  ): PausableCall {
    if (this.rp !== 0) throw new Error('only an outermost call can pause');
    if (inParts) instance.program.warmForPart();
    target.type.params.forEach((_, i) => {
      writeBits(this.slots, 2 * i, args[i]);
    });
    const kept: Kept = { instance, target, hasStarted: false, lacking: undefined };
    this.kept = kept;
    const isOurs = () => this.kept === kept;
    return {
      runFor: (fuel) => {
        if (!isOurs()) throw new Error('a call was resumed after it was dropped');
        return this.goOn(kept, fuel);
      },
      extend: (fuel) => isOurs() && this.extend(kept, fuel),
      drop: () => {
        if (isOurs()) this.drop();
      },
    };
  }

  private goOn(kept: Kept, fuel: number): Outcome | undefined {
    const { gauge } = this.store;
    this.keptFuel = Math.max(0, gauge.fuelLeft + gauge.fuelReserved - fuel);
    const { program } = kept.instance;
    // The first part follows the training at the start of the call.
    if (this.keptFuel > 0 && kept.hasStarted) program.warmForPart();
    try {
      let isOver = gauge.stop !== undefined;
      if (!isOver && !kept.hasStarted) {
        kept.hasStarted = true;
        isOver = !this.start(kept.instance, kept.target, 0);
      } else this.fuel = this.slice();
      while (!isOver) {
        isOver = this.run();
        const left = gauge.fuelLeft + gauge.fuelReserved + this.fuel;
        if (isOver || this.keptFuel === 0 || left > this.keptFuel) continue;
        gauge.fuelLeft += this.fuel;
        this.fuel = 0;
        return undefined;
      }
    } finally {
      this.keptFuel = 0;
    }
    if (kept.lacking !== undefined) return gauge.stop;
    this.drop();
    if (gauge.stop !== undefined) return gauge.stop;
    const { results } = kept.target.type;
    return { kind: 'returned', results: Array.from(results, (type, i) => readBits(this.slots, 2 * i, type)) };
  }

  /** Retries the charge that was not covered; none of the work that it pays for has been done. */
  private extend(kept: Kept, fuel: number): boolean {
    const { gauge } = this.store;
    if (kept.lacking === undefined) return false;
    const left = fuel - kept.lacking;
    gauge.fuelLimit += fuel;
    if (left < 0) {
      kept.lacking = -left;
      return true;
    }
    kept.lacking = undefined;
    gauge.stop = undefined;
    gauge.fuelLeft = left;
    return true;
  }

  private drop(): void {
    this.kept = undefined;
    this.rp = 0;
    this.top = 0;
    this.instances.length = 0;
  }

  /** Begins an activation whose outermost frame returns to the host. False if nothing is left to run. */
  private start(instance: InterpreterInstance, target: FunctionInstance, base: number): boolean {
    const { gauge } = this.store;
    this.instance = instance;
    this.frames[this.rp] = AT_EXIT;
    this.frames[this.rp + 1] = base;
    this.leave(AT_EXIT, base, this.rp + 2, gauge.wordsLeft, gauge.wordsLeftMin, this.slice());
    const entered = this.enter(instance, target, AT_EXIT, base, true);
    if (entered && target.host === undefined) return true;
    gauge.fuelLeft += Math.max(this.fuel, 0);
    if (this.fuel < 0) this.exhaustFuel();
    return false;
  }

  /** Takes the next slice from the fuel that is kept back. */
  private slice(): number {
    const { gauge } = this.store;
    const sliceMax = this.instance.program.isCold ? COLD_SLICE_MAX : SLICE_MAX;
    const kept = Math.max(this.keptFuel - gauge.fuelReserved, 0);
    const slice = Math.min(Math.max(gauge.fuelLeft - kept, 0), sliceMax);
    gauge.fuelLeft -= slice;
    return slice;
  }

  /** Keeps the registers of the loop. @internal */
  leave(pc: number, fp: number, rp: number, words: number, wordsMin: number, fuel: number): void {
    this.pc = pc;
    this.fp = fp;
    this.rp = rp;
    this.words = words;
    this.wordsMin = wordsMin;
    this.fuel = fuel;
  }

  /**
   * Calls a function of any kind: of the host, of another instance, or one that is not yet compiled. `base` is the
   * frame of the callee. False if the call has ended; the gauge then has the outcome.
   */
  protected enter(
    from: InterpreterInstance,
    target: FunctionInstance,
    returnTo: number,
    base: number,
    tail: boolean,
  ): boolean {
    if (target.host !== undefined) return this.enterHost(from, target, returnTo, base, tail);
    const frames = this.frames;
    const owner = target.owner as InterpreterInstance;
    if (!tail) {
      frames[this.rp] = returnTo;
      frames[this.rp + 1] = this.fp;
      this.rp += 2;
    }
    // A frame whose return changes the instance anyway, or leaves the activation, needs no second change.
    const returnsHere = frames[this.rp - 2] !== AT_EXIT && frames[this.rp - 2] !== AT_SWITCH_BACK;
    if (owner !== from && returnsHere) {
      this.instances.push(from);
      frames[this.rp] = AT_SWITCH_BACK;
      frames[this.rp + 1] = base;
      this.rp += 2;
    }
    // Its memory may have grown since it last ran.
    owner.refresh();
    const { program } = owner;
    const entry = program.entry(target.definedIndex);
    const { words } = program.code;
    this.instance = owner;
    this.fp = base;
    this.words -= words[entry];
    this.pc = entry + 4;
    if (this.words < 0) {
      this.store.gauge.stopWith(EXHAUSTED_STACK);
      return false;
    }
    this.wordsMin = Math.min(this.wordsMin, this.words);
    this.slots.fill(0, base + words[entry + 1], base + words[entry + 2]);
    this.fuel -= words[entry + 3];
    return true;
  }

  /** A host call: registers are saved in the gauge and restored, because the host may re-enter the guest. */
  protected enterHost(
    from: InterpreterInstance,
    target: FunctionInstance,
    returnTo: number,
    base: number,
    tail: boolean,
  ): boolean {
    const { gauge } = this.store;
    const { slots } = this;
    const { params, results } = target.type;
    const args = Array.from(params, (type, i) => readBits(slots, base + 2 * i, type));
    gauge.fuelLeft += this.fuel;
    gauge.wordsLeft = this.words;
    gauge.wordsLeftMin = this.wordsMin;
    const [fp, rp, top] = [this.fp, this.rp, this.top];
    this.top = base + 2 * Math.max(params.length, results.length);
    // A guest that the host calls back does not pause: host frames cannot be kept.
    const { keptFuel } = this;
    this.keptFuel = 0;
    const answer = callHost(this.store, from, target.host!, args);
    this.keptFuel = keptFuel;
    this.top = top;
    this.instance = from;
    this.leave(returnTo, fp, rp, gauge.wordsLeft, gauge.wordsLeftMin, 0);
    if (answer === undefined) return false;
    for (let i = 0; i < results.length; i++) writeBits(slots, base + 2 * i, answer[i]);
    from.refresh();
    this.fuel = this.slice();
    if (tail) this.return();
    return true;
  }

  /** Does what the `Return` instructions do, for a host function in tail position: its results are in the frame. */
  protected return(): void {
    this.rp -= 2;
    this.pc = this.frames[this.rp];
    this.fp = this.frames[this.rp + 1];
  }

  /** Returns to the instance of the caller. */
  private switchBack(): void {
    this.instance = this.instances.pop()!;
    this.instance.refresh();
    this.return();
  }

  protected exhaustFuel(): void {
    const { gauge } = this.store;
    gauge.fuelLeft = 0;
    gauge.stopWith(EXHAUSTED_FUEL);
  }

  /** Records where the call stopped: this position, then the frames outwards. */
  protected trace(position: number): void {
    const frames = this.frames;
    let instance = this.instance;
    let depth = this.instances.length;
    const stopped: Stopped[] = [{ instance, position }];
    for (let rp = this.rp - 2; rp >= 0 && stopped.length < TRACE_MAX; rp -= 2) {
      if (frames[rp] === AT_SWITCH_BACK) instance = this.instances[--depth];
      // A return position is after its call.
      else if (frames[rp] > AT_SWITCH_BACK) stopped.push({ instance, position: frames[rp] - 1 });
      else break;
    }
    this.stopped = stopped;
  }

  /** Calls for which the loop exits: copies the arguments of a tail call, then enters. */
  private callLeft(instance: InterpreterInstance, pc: number, op: Op): Status {
    const { words } = instance.program.code;
    const { slots } = this;
    const indirect = op === Op.CallIndirect || op === Op.ReturnCallIndirect;
    const target = indirect
      ? this.store.functions[instance.tables[words[pc + 2]].elements[slots[this.fp + words[pc + 1]]] - 1]
      : instance.functionAt(words[pc + 1] + (op === Op.ReturnCall ? instance.metered.module.importedFunctions : 0));
    // The last words: for a call its frame; for a tail call the place of the arguments, their slots, and the words to
    // release.
    const end = pc + LENGTH_OF[op];
    if (op === Op.CallFunction || op === Op.CallIndirect)
      return this.enter(instance, target, end, this.fp + words[end - 1], false) ? Status.Returned : Status.Stopped;
    const from = this.fp + words[end - 3];
    slots.copyWithin(this.fp, from, from + words[end - 2]);
    this.words += words[end - 1];
    return this.enter(instance, target, pc, this.fp, true) ? Status.Returned : Status.Stopped;
  }

  /** Runs the operation at `pc`, for which the loop exited. @internal */
  slow(): Status {
    const { instance, pc } = this;
    const op: Op = instance.program.code.words[pc];
    switch (OUTER_OF[op]) {
      case Outer.Far:
        if (!far(instance, this.slots, this.fp, pc)) return Status.OutOfBoundsMemory;
        this.pc = pc + LENGTH_OF[op];
        return Status.Returned;
      case Outer.Call:
        return this.callLeft(instance, pc, op);
      case Outer.Charging: {
        const { gauge } = this.store;
        gauge.fuelLeft += this.fuel;
        const advance = rare(this, instance, this.fp, pc);
        this.fuel = this.slice();
        return this.advance(pc, advance);
      }
      case Outer.Rare:
        return this.advance(pc, rare(this, instance, this.fp, pc));
      default:
        return this.machineOperation(instance, pc, op);
    }
  }

  /** Operations on the machine itself. */
  private machineOperation(instance: InterpreterInstance, pc: number, op: Op): Status {
    const { program } = instance;
    const { words } = program.code;
    switch (op) {
      case Op.SwitchBack:
        this.switchBack();
        return Status.Returned;
      case Op.CallFirst: {
        const entry = program.entry(words[pc + 1]);
        // The buffer may have been replaced.
        const code = program.code.words;
        code[pc] = Op.Call;
        code[pc + 1] = entry;
        return Status.Returned;
      }
      case Op.ChargeWide: {
        const { gauge } = this.store;
        gauge.fuelLeft += this.fuel;
        this.fuel = 0;
        if (!gauge.chargeInstructions(program.constants[words[pc + 1]])) return Status.Stopped;
        this.fuel = this.slice();
        this.pc = pc + LENGTH_OF[op];
        return Status.Returned;
      }
      default:
        throw new Error(`no case for internal opcode ${op}`);
    }
  }

  private advance(pc: number, advance: number): Status {
    if (advance < 0) return -advance;
    this.pc = pc + advance;
    return Status.Returned;
  }

  /** The loop, until the activation ends or its slice of fuel does. */
  protected runSlice(): Status {
    return runLoop(this);
  }

  /** Runs until the activation ends (true) or its slice of fuel does (false). */
  private run(): boolean {
    const { gauge } = this.store;
    const { program } = this.instance;
    const { fuel } = this;
    const status = this.runSlice();
    if (program.isCold && this.keptFuel === 0) program.warm(fuel - this.fuel);
    if (status === Status.SliceUsed && gauge.fuelLeft + this.fuel < 0) gauge.takeReserve();
    if (status === Status.SliceUsed && gauge.fuelLeft + this.fuel >= 0) {
      gauge.fuelLeft += this.fuel;
      this.fuel = this.slice();
      return false;
    }
    gauge.wordsLeft = this.words;
    gauge.wordsLeftMin = this.wordsMin;
    if (status === Status.SliceUsed) {
      // Only the outermost activation can be resumed: any other has frames of the host around it.
      const isOutermost = gauge.nestingLeft === this.store.limits.hostNesting;
      if (this.kept !== undefined && isOutermost) this.kept.lacking = -(gauge.fuelLeft + this.fuel);
      this.exhaustFuel();
    } else gauge.fuelLeft += Math.max(this.fuel, 0);
    if (status === Status.Returned) return true;
    const trap = TRAP_CODES[status];
    if (status === Status.ExhaustedStack) gauge.stopWith(EXHAUSTED_STACK);
    else if (trap !== undefined) gauge.stopWith(trapped(trap));
    this.trace(this.pc);
    return true;
  }
}
