/**
 * The loop of the register machine: one interpreter for each store. Guest calls use no host stack; only a host call
 * that re-enters a guest nests. Slots are 32 bits with float views over the same buffer; a value takes two (the low
 * half first), so that NaN bits move as integers.
 *
 * Two loops: the inner one calls nothing at all, so that the optimiser keeps lengths and base pointers of its arrays in
 * registers or on the stack, and every index is a 32-bit integer (`| 0`) that needs no overflow check. What it cannot
 * do it leaves to the outer loop: instructions that it has no case for, accesses it cannot decide, another slice of
 * fuel. The gauge holds a reserve and `fuel` a slice of it below 2^30, so the loop charges on 32-bit integers.
 * Source: docs/SEMANTICS.md, sections 2 to 7.
 */

import type { FunctionInstance } from '../machine/function-instance.js';
import { readBits, writeBits } from '../machine/global.js';
import { callHost } from '../machine/host-function.js';
import { type Bits, EXHAUSTED_FUEL, EXHAUSTED_STACK, type Outcome, trapped } from '../machine/outcome.js';
import type { Store } from '../machine/store.js';
import { FRAME_WORDS } from '../metering/meter.js';
import { far } from './far.js';
import type { InterpreterInstance } from './instance.js';
import { Op } from './op.js';
import { rare } from './rare.js';
import { Status, TRAP_CODES } from './status.js';

/**
 * The loop returns after each slice and is entered anew. Optimised code that is entered in the middle of a running loop
 * (on-stack replacement) takes its registers as values of any type; only a fresh call lets V8 keep them as integers.
 * Measured on Node 20: twice the speed. 2^20 units are about half a millisecond.
 */
const SLICE_MAX = 0x10_0000;
/** Positions at the start of every program's code. */
export const AT_EXIT = 0;
export const AT_SWITCH_BACK = 1;
/** Frames told in a backtrace. */
const TRACE_MAX = 64;

/** Where a call stopped: positions in the code of instances, innermost first. */
export interface Stopped {
  readonly instance: InterpreterInstance;
  readonly position: number;
}

export class Interpreter {
  readonly slots: Int32Array;
  readonly floats: Float32Array;
  readonly doubles: Float64Array;
  /** Return position and frame of every guest call under way. */
  readonly #frames: Int32Array;
  /** Instances to go back to: one for each change of instance under way. */
  readonly #instances: InterpreterInstance[] = [];
  /** Of the last call that stopped. */
  stopped: readonly Stopped[] = [];

  // The state of the loop where it is left: host calls, changes of instance, the start of an activation.
  #instance!: InterpreterInstance;
  #pc = 0;
  #fp = 0;
  #rp = 0;
  /** First slot that no frame uses. */
  #top = 0;
  #words = 0;
  #wordsMin = 0;
  #fuel = 0;

  constructor(readonly store: Store) {
    // Arguments are written before the gauge is asked, once for each activation.
    const { stackWords, hostNesting, params, results } = store.limits;
    const words = stackWords + (params + results) * (hostNesting + 2);
    const buffer = new ArrayBuffer(words * 8);
    this.slots = new Int32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.doubles = new Float64Array(buffer);
    const depthMax = Math.ceil(store.limits.stackWords / FRAME_WORDS) + store.limits.hostNesting + 4;
    this.#frames = new Int32Array(depthMax * 4);
  }

  /** Bytes of its slots and frames. */
  get heldBytes(): number {
    return this.slots.byteLength + this.#frames.byteLength;
  }

  /** Calls a function of an instance. The outcome, or the sticky one of the store's gauge. */
  call(instance: InterpreterInstance, target: FunctionInstance, args: readonly Bits[]): Outcome {
    const { gauge } = this.store;
    const { params, results } = target.type;
    const base = this.#top;
    const { slots } = this;
    for (let i = 0; i < params.length; i++) writeBits(slots, base + 2 * i, args[i]);
    const [rp, depth, outer] = [this.#rp, this.#instances.length, this.#instance];
    try {
      if (gauge.stop === undefined && this.#start(instance, target, base)) while (!this.#run());
    } finally {
      this.#rp = rp;
      this.#instances.length = depth;
      this.#top = base;
      this.#instance = outer;
    }
    if (gauge.stop !== undefined) return gauge.stop;
    return { kind: 'returned', results: Array.from(results, (type, i) => readBits(slots, base + 2 * i, type)) };
  }

  /** Begins an activation whose outermost frame returns to the host. False if nothing is left to run. */
  #start(instance: InterpreterInstance, target: FunctionInstance, base: number): boolean {
    const { gauge } = this.store;
    this.#instance = instance;
    this.#frames[this.#rp] = AT_EXIT;
    this.#frames[this.#rp + 1] = base;
    this.#leave(base, this.#rp + 2, gauge.wordsLeft, gauge.wordsLeftMin, this.#slice());
    const entered = this.#enter(instance, target, AT_EXIT, base, true);
    if (entered && target.host === undefined) return true;
    gauge.fuelLeft += Math.max(this.#fuel, 0);
    if (this.#fuel < 0) this.#exhaustFuel();
    return false;
  }

  /** Takes the next slice off the gauge's reserve. */
  #slice(): number {
    const { gauge } = this.store;
    const slice = Math.min(gauge.fuelLeft, SLICE_MAX);
    gauge.fuelLeft -= slice;
    return slice;
  }

  /** Keeps the loop's registers where the instructions out of the inner loop find them. */
  #leave(fp: number, rp: number, words: number, wordsMin: number, fuel: number): void {
    this.#fp = fp;
    this.#rp = rp;
    this.#words = words;
    this.#wordsMin = wordsMin;
    this.#fuel = fuel;
  }

  /**
   * Calls a function of any kind: the host's, another instance's, one that is yet to be compiled. `base` is the frame
   * of the callee. False if the call is over; the gauge then has the outcome.
   */
  #enter(from: InterpreterInstance, target: FunctionInstance, returnTo: number, base: number, tail: boolean): boolean {
    if (target.host !== undefined) return this.#enterHost(from, target, returnTo, base, tail);
    const frames = this.#frames;
    const owner = target.owner as InterpreterInstance;
    if (!tail) {
      frames[this.#rp] = returnTo;
      frames[this.#rp + 1] = this.#fp;
      this.#rp += 2;
    }
    // A frame whose return changes the instance anyway, or leaves the activation, needs no second change.
    const returnsHere = frames[this.#rp - 2] !== AT_EXIT && frames[this.#rp - 2] !== AT_SWITCH_BACK;
    if (owner !== from && returnsHere) {
      this.#instances.push(from);
      frames[this.#rp] = AT_SWITCH_BACK;
      frames[this.#rp + 1] = base;
      this.#rp += 2;
    }
    // Its memory may have grown since it last ran.
    owner.refresh();
    const { program } = owner;
    const entry = program.entry(target.definedIndex);
    const { words } = program.code;
    this.#instance = owner;
    this.#fp = base;
    this.#words -= words[entry];
    this.#pc = entry + 4;
    if (this.#words < 0) {
      this.store.gauge.stopWith(EXHAUSTED_STACK);
      return false;
    }
    this.#wordsMin = Math.min(this.#wordsMin, this.#words);
    this.slots.fill(0, base + words[entry + 1], base + words[entry + 2]);
    this.#fuel -= words[entry + 3];
    return true;
  }

  /** A host call: registers go to the gauge and come back, since the host may re-enter the guest. */
  #enterHost(
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
    gauge.fuelLeft += this.#fuel;
    gauge.wordsLeft = this.#words;
    gauge.wordsLeftMin = this.#wordsMin;
    const [fp, rp, top] = [this.#fp, this.#rp, this.#top];
    this.#top = base + 2 * Math.max(params.length, results.length);
    const answer = callHost(this.store, from, target.host!, args);
    this.#top = top;
    this.#instance = from;
    this.#leave(fp, rp, gauge.wordsLeft, gauge.wordsLeftMin, 0);
    if (answer === undefined) return false;
    for (let i = 0; i < results.length; i++) writeBits(slots, base + 2 * i, answer[i]);
    from.refresh();
    this.#fuel = this.#slice();
    this.#pc = returnTo;
    if (tail) this.#return();
    return true;
  }

  /** What the `Return` instructions do, for a host function in tail position: its results stand in the frame. */
  #return(): void {
    this.#rp -= 2;
    this.#pc = this.#frames[this.#rp];
    this.#fp = this.#frames[this.#rp + 1];
  }

  /** Goes back to the instance whose call changed it. */
  #switchBack(): void {
    this.#instance = this.#instances.pop()!;
    this.#instance.refresh();
    this.#return();
  }

  #exhaustFuel(): void {
    const { gauge } = this.store;
    gauge.fuelLeft = 0;
    gauge.stopWith(EXHAUSTED_FUEL);
  }

  /** Keeps where the call stopped: this position, then the frames outwards. */
  #trace(position: number): void {
    const frames = this.#frames;
    let instance = this.#instance;
    let depth = this.#instances.length;
    const stopped: Stopped[] = [{ instance, position }];
    for (let rp = this.#rp - 2; rp >= 0 && stopped.length < TRACE_MAX; rp -= 2) {
      if (frames[rp] === AT_SWITCH_BACK) instance = this.#instances[--depth];
      // A return position is behind its call.
      else if (frames[rp] > AT_SWITCH_BACK) stopped.push({ instance, position: frames[rp] - 1 });
      else break;
    }
    this.stopped = stopped;
  }

  /** Calls that the inner loop leaves: copies the arguments of a tail call, then enters. */
  #call(instance: InterpreterInstance, pc: number, op: Op): Status {
    const { words } = instance.program.code;
    const { slots } = this;
    const tail = op === Op.ReturnCall || op === Op.ReturnCallFunction || op === Op.ReturnCallIndirect;
    const indirect = op === Op.CallIndirect || op === Op.ReturnCallIndirect;
    const own = op === Op.CallFirst || op === Op.ReturnCall;
    const target = indirect
      ? this.store.functions[instance.tables[words[pc + 2]].elements[slots[this.#fp + words[pc + 1]]] - 1]
      : instance.functionAt(words[pc + 1] + (own ? instance.metered.module.importedFunctions : 0));
    // The words behind the callee: for a call its frame, for a tail call where the arguments are and what to leave.
    const rest = pc + (indirect ? 4 : 2);
    if (!tail)
      return this.#enter(instance, target, rest + 1, this.#fp + words[rest], false) ? Status.Returned : Status.Stopped;
    const from = this.#fp + words[rest];
    slots.copyWithin(this.#fp, from, from + words[rest + 1]);
    this.#words += words[rest + 2];
    return this.#enter(instance, target, pc, this.#fp, true) ? Status.Returned : Status.Stopped;
  }

  /** An instruction that the inner loop left; moves on by itself. */
  #slow(instance: InterpreterInstance, pc: number): Status {
    const { gauge } = this.store;
    const { words } = instance.program.code;
    const op: Op = words[pc];
    switch (op) {
      case Op.SwitchBack:
        this.#switchBack();
        return Status.Returned;
      case Op.CallFirst: {
        const entry = instance.program.entry(words[pc + 1]);
        // The buffer may be another one now.
        const code = instance.program.code.words;
        code[pc] = Op.Call;
        code[pc + 1] = entry;
        this.#pc = pc;
        return Status.Returned;
      }
      case Op.CallFunction:
      case Op.CallIndirect:
      case Op.ReturnCall:
      case Op.ReturnCallFunction:
      case Op.ReturnCallIndirect:
        return this.#call(instance, pc, op);
      case Op.ChargeWide:
        gauge.fuelLeft += this.#fuel;
        this.#fuel = 0;
        if (!gauge.chargeInstructions(instance.program.constants[words[pc + 1]])) return Status.Stopped;
        this.#fuel = this.#slice();
        this.#pc = pc + 2;
        return Status.Returned;
      case Op.MemoryGrow:
      case Op.MemoryCopy:
      case Op.MemoryFill:
      case Op.MemoryInit:
      case Op.TableGrow:
      case Op.TableFill:
      case Op.TableCopy:
      case Op.TableInit: {
        // These charge by their data.
        gauge.fuelLeft += this.#fuel;
        const advance = rare(this, instance, this.#fp, pc);
        this.#fuel = this.#slice();
        return this.#advance(pc, advance);
      }
      case Op.I64DivS:
      case Op.I64DivU:
      case Op.I64RemS:
      case Op.I64RemU:
        return this.#advance(pc, rare(this, instance, this.#fp, pc));
      default:
        if (op >= Op.SwitchBack) return this.#advance(pc, rare(this, instance, this.#fp, pc));
        if (!far(instance, this.slots, this.#fp, pc)) return Status.OutOfBoundsMemory;
        return this.#advance(pc, op >= Op.I32LoadIndexed ? 5 : 4);
    }
  }

  #advance(pc: number, advance: number): Status {
    if (advance < 0) return -advance;
    this.#pc = pc + advance;
    return Status.Returned;
  }

  /** Runs until the activation ends (true) or its slice of fuel does (false). */
  #run(): boolean {
    const { gauge } = this.store;
    let status: Status = Status.Returned;
    let pc = this.#pc | 0;
    let fp = this.#fp | 0;
    let rp = this.#rp | 0;
    let words = this.#words | 0;
    let wordsMin = this.#wordsMin | 0;
    let fuel = this.#fuel | 0;

    run: for (;;) {
      if (fuel < 0) {
        if (gauge.fuelLeft + fuel < 0) {
          status = Status.ExhaustedFuel;
          break;
        }
        gauge.fuelLeft += fuel;
        this.#pc = pc;
        this.#leave(fp, rp, words, wordsMin, this.#slice());
        return false;
      }
      const { slots, floats, doubles } = this;
      const frames = this.#frames;
      const { functions } = this.store;
      const instance = this.#instance;
      const { globals, view, memory8, memory32 } = instance;
      const { constants, entries } = instance.program;
      const code = instance.program.code.words;
      const memoryEnd = instance.memoryEnd | 0;
      // Two dispatches in a row: the second has the plain instructions only, which follow each other most often. Each
      // has its own indirect jump to predict, and half the plain instructions skip the loop's interrupt check.
      // The whole function must stay below the 60 KiB of bytecode that V8 optimises.
      // With this access every later one in the loop knows what kind of array the code is.
      if (code[AT_EXIT] !== Op.Exit) throw new Error('no code at the exit');
      inner: for (;;) {
        // biome-ignore lint/suspicious/noConfusingLabels: what leaves the block goes on at the second dispatch
        first: {
          switch (code[pc]) {
            // Control
            case Op.Exit:
              break run;
            case Op.Charge:
              fuel = (fuel - code[(pc + 1) | 0]) | 0;
              pc = (pc + 2) | 0;
              break;
            case Op.Jump:
              fuel = (fuel - code[(pc + 2) | 0]) | 0;
              pc = code[(pc + 1) | 0];
              break;
            case Op.BranchTable:
              {
                const choice = slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0;
                const count = code[(pc + 2) | 0];
                const at = (pc + 3 + 2 * Math.min(choice, count)) | 0;
                fuel = (fuel - code[at + 1]) | 0;
                pc = code[at];
              }
              break;
            case Op.BranchIf:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] !== 0) {
                fuel = (fuel - code[(pc + 3) | 0]) | 0;
                pc = code[(pc + 2) | 0];
              } else {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = (pc + 5) | 0;
              }
              break;
            case Op.BranchUnless:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] === 0) {
                fuel = (fuel - code[(pc + 3) | 0]) | 0;
                pc = code[(pc + 2) | 0];
              } else {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = (pc + 5) | 0;
              }
              break;
            case Op.BranchI32Eq:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] === slots[(fp + code[(pc + 2) | 0]) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32Ne:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] !== slots[(fp + code[(pc + 2) | 0]) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LtS:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] < slots[(fp + code[(pc + 2) | 0]) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LtU:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 < slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LeS:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] <= slots[(fp + code[(pc + 2) | 0]) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LeU:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 <= slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32EqImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] === code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32NeImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] !== code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LtSImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] < code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LtUImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 < code[(pc + 2) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32GtSImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] > code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32GtUImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 > code[(pc + 2) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LeSImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] <= code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32LeUImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 <= code[(pc + 2) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32GeSImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >= code[(pc + 2) | 0]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI32GeUImm:
              if (slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0 >= code[(pc + 2) | 0] >>> 0) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchI64Eq:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (slots[aAt] === slots[bAt] && slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64Ne:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (slots[aAt] !== slots[bAt] || slots[(aAt + 1) | 0] !== slots[(bAt + 1) | 0]) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64LtS:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] < slots[(bAt + 1) | 0]
                ) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64LtU:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] >>> 0 < slots[(bAt + 1) | 0] >>> 0
                ) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64LeS:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] < slots[(bAt + 1) | 0]
                ) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64LeU:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                const bAt = (fp + code[(pc + 2) | 0]) | 0;
                if (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] >>> 0 < slots[(bAt + 1) | 0] >>> 0
                ) {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = code[(pc + 3) | 0];
                } else {
                  fuel = (fuel - code[(pc + 5) | 0]) | 0;
                  pc = (pc + 6) | 0;
                }
              }
              break;
            case Op.BranchI64Eqz:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                if ((slots[aAt] | slots[(aAt + 1) | 0]) === 0) {
                  fuel = (fuel - code[(pc + 3) | 0]) | 0;
                  pc = code[(pc + 2) | 0];
                } else {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = (pc + 5) | 0;
                }
              }
              break;
            case Op.BranchI64Nez:
              {
                const aAt = (fp + code[(pc + 1) | 0]) | 0;
                if ((slots[aAt] | slots[(aAt + 1) | 0]) !== 0) {
                  fuel = (fuel - code[(pc + 3) | 0]) | 0;
                  pc = code[(pc + 2) | 0];
                } else {
                  fuel = (fuel - code[(pc + 4) | 0]) | 0;
                  pc = (pc + 5) | 0;
                }
              }
              break;
            case Op.BranchF64Eq:
              if (doubles[(fp + code[(pc + 1) | 0]) >> 1] === doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchUnlessF64Eq:
              if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] === doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchF64Lt:
              if (doubles[(fp + code[(pc + 1) | 0]) >> 1] < doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchUnlessF64Lt:
              if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] < doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchF64Le:
              if (doubles[(fp + code[(pc + 1) | 0]) >> 1] <= doubles[(fp + code[(pc + 2) | 0]) >> 1]) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.BranchUnlessF64Le:
              if (!(doubles[(fp + code[(pc + 1) | 0]) >> 1] <= doubles[(fp + code[(pc + 2) | 0]) >> 1])) {
                fuel = (fuel - code[(pc + 4) | 0]) | 0;
                pc = code[(pc + 3) | 0];
              } else {
                fuel = (fuel - code[(pc + 5) | 0]) | 0;
                pc = (pc + 6) | 0;
              }
              break;
            case Op.I32AddBranchLtU:
              {
                const sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
                if (sum >>> 0 < slots[(fp + code[(pc + 4) | 0]) | 0] >>> 0) {
                  fuel = (fuel - code[(pc + 6) | 0]) | 0;
                  pc = code[(pc + 5) | 0];
                } else {
                  fuel = (fuel - code[(pc + 7) | 0]) | 0;
                  pc = (pc + 8) | 0;
                }
              }
              break;
            case Op.I32AddImmBranchNe:
              {
                const sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
                if (sum !== slots[(fp + code[(pc + 4) | 0]) | 0]) {
                  fuel = (fuel - code[(pc + 6) | 0]) | 0;
                  pc = code[(pc + 5) | 0];
                } else {
                  fuel = (fuel - code[(pc + 7) | 0]) | 0;
                  pc = (pc + 8) | 0;
                }
              }
              break;
            case Op.I32AddImmBranchNeImm:
              {
                const sum = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = sum;
                if (sum !== code[(pc + 4) | 0]) {
                  fuel = (fuel - code[(pc + 6) | 0]) | 0;
                  pc = code[(pc + 5) | 0];
                } else {
                  fuel = (fuel - code[(pc + 7) | 0]) | 0;
                  pc = (pc + 8) | 0;
                }
              }
              break;
            // Calls
            case Op.Call:
              {
                const entry = code[(pc + 1) | 0];
                frames[rp] = pc + 3;
                frames[(rp + 1) | 0] = fp;
                rp = (rp + 2) | 0;
                fp = (fp + code[(pc + 2) | 0]) | 0;
                words = (words - code[entry]) | 0;
                if (words < 0) {
                  status = Status.ExhaustedStack;
                  break run;
                }
                if (words < wordsMin) wordsMin = words;
                for (let i = fp + code[(entry + 1) | 0], end = fp + code[(entry + 2) | 0]; i < end; i++) slots[i] = 0;
                fuel = (fuel - code[(entry + 3) | 0]) | 0;
                pc = (entry + 4) | 0;
              }
              break;
            case Op.CallIndirect:
              {
                const table = instance.tables[code[(pc + 2) | 0]];
                const element = slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0;
                if (element >= table.length) {
                  status = Status.UndefinedElement;
                  break run;
                }
                const handle = table.elements[element];
                if (handle === 0) {
                  status = Status.UninitializedElement;
                  break run;
                }
                const target = functions[handle - 1];
                if (target.typeId !== instance.typeIds[code[(pc + 3) | 0]]) {
                  status = Status.IndirectCallTypeMismatch;
                  break run;
                }
                if (target.owner !== instance) break inner;
                const entry = entries[target.definedIndex];
                if (entry === 0) break inner;
                frames[rp] = (pc + 5) | 0;
                frames[(rp + 1) | 0] = fp;
                rp = (rp + 2) | 0;
                fp = (fp + code[(pc + 4) | 0]) | 0;
                words = (words - code[entry]) | 0;
                if (words < 0) {
                  status = Status.ExhaustedStack;
                  break run;
                }
                if (words < wordsMin) wordsMin = words;
                for (let i = fp + code[(entry + 1) | 0], end = fp + code[(entry + 2) | 0]; i < end; i++) slots[i] = 0;
                fuel = (fuel - code[(entry + 3) | 0]) | 0;
                pc = (entry + 4) | 0;
              }
              break;
            case Op.ReturnCall:
              {
                const entry = entries[code[(pc + 1) | 0]];
                if (entry === 0) break inner;
                for (let i = 0, from = fp + code[(pc + 2) | 0], n = code[(pc + 3) | 0]; i < n; i++)
                  slots[fp + i] = slots[from + i];
                words = (words + code[(pc + 4) | 0]) | 0;
                words = (words - code[entry]) | 0;
                if (words < 0) {
                  status = Status.ExhaustedStack;
                  break run;
                }
                if (words < wordsMin) wordsMin = words;
                for (let i = fp + code[(entry + 1) | 0], end = fp + code[(entry + 2) | 0]; i < end; i++) slots[i] = 0;
                fuel = (fuel - code[(entry + 3) | 0]) | 0;
                pc = (entry + 4) | 0;
              }
              break;
            case Op.ReturnCallIndirect:
              {
                const table = instance.tables[code[(pc + 2) | 0]];
                const element = slots[(fp + code[(pc + 1) | 0]) | 0] >>> 0;
                if (element >= table.length) {
                  status = Status.UndefinedElement;
                  break run;
                }
                const handle = table.elements[element];
                if (handle === 0) {
                  status = Status.UninitializedElement;
                  break run;
                }
                const target = functions[handle - 1];
                if (target.typeId !== instance.typeIds[code[(pc + 3) | 0]]) {
                  status = Status.IndirectCallTypeMismatch;
                  break run;
                }
                if (target.owner !== instance) break inner;
                const entry = entries[target.definedIndex];
                if (entry === 0) break inner;
                for (let i = 0, from = fp + code[(pc + 4) | 0], n = code[(pc + 5) | 0]; i < n; i++)
                  slots[fp + i] = slots[from + i];
                words = (words + code[(pc + 6) | 0]) | 0;
                words = (words - code[entry]) | 0;
                if (words < 0) {
                  status = Status.ExhaustedStack;
                  break run;
                }
                if (words < wordsMin) wordsMin = words;
                for (let i = fp + code[(entry + 1) | 0], end = fp + code[(entry + 2) | 0]; i < end; i++) slots[i] = 0;
                fuel = (fuel - code[(entry + 3) | 0]) | 0;
                pc = (entry + 4) | 0;
              }
              break;
            case Op.Return:
              words = (words + code[(pc + 1) | 0]) | 0;
              rp = (rp - 2) | 0;
              pc = frames[rp];
              fp = frames[(rp + 1) | 0];
              break first;
            case Op.Return32:
              words = (words + code[(pc + 2) | 0]) | 0;
              slots[fp] = slots[(fp + code[(pc + 1) | 0]) | 0];
              rp = (rp - 2) | 0;
              pc = frames[rp];
              fp = frames[(rp + 1) | 0];
              break first;
            case Op.Return64:
              words = (words + code[(pc + 2) | 0]) | 0;
              {
                const at = (fp + code[(pc + 1) | 0]) | 0;
                slots[fp] = slots[at];
                slots[fp + 1] = slots[(at + 1) | 0];
              }
              rp = (rp - 2) | 0;
              pc = frames[rp];
              fp = frames[(rp + 1) | 0];
              break first;
            case Op.ReturnMany:
              words = (words + code[(pc + 3) | 0]) | 0;
              for (let i = 0, from = fp + code[(pc + 1) | 0], n = code[(pc + 2) | 0]; i < n; i++)
                slots[fp + i] = slots[from + i];
              rp = (rp - 2) | 0;
              pc = frames[rp];
              fp = frames[(rp + 1) | 0];
              break first;
            case Op.Unreachable:
              status = Status.Unreachable;
              break run;
            // Moves
            case Op.Const32:
              slots[(fp + code[(pc + 1) | 0]) | 0] = code[(pc + 2) | 0];
              pc = (pc + 3) | 0;
              break first;
            case Op.Const64:
              {
                const at = (fp + code[(pc + 1) | 0]) | 0;
                slots[at] = code[(pc + 2) | 0];
                slots[(at + 1) | 0] = code[(pc + 3) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.Move32:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
              pc = (pc + 3) | 0;
              break first;
            case Op.Move32Pair:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
              slots[(fp + code[(pc + 3) | 0]) | 0] = slots[(fp + code[(pc + 4) | 0]) | 0];
              pc = (pc + 5) | 0;
              break first;
            case Op.Move64:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const from = (fp + code[(pc + 2) | 0]) | 0;
                slots[to] = slots[from];
                slots[(to + 1) | 0] = slots[(from + 1) | 0];
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.Select32:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 4) | 0]) | 0] !== 0
                  ? slots[(fp + code[(pc + 2) | 0]) | 0]
                  : slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 5) | 0;
              break first;
            case Op.Select64:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const from =
                  fp + (slots[(fp + code[(pc + 4) | 0]) | 0] !== 0 ? code[(pc + 2) | 0] : code[(pc + 3) | 0]);
                const low = slots[from];
                slots[(to + 1) | 0] = slots[(from + 1) | 0];
                slots[to] = low;
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.GlobalGet32:
              slots[(fp + code[(pc + 1) | 0]) | 0] = globals[code[(pc + 2) | 0]];
              pc = (pc + 3) | 0;
              break first;
            case Op.GlobalGet64:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const from = code[(pc + 2) | 0];
                slots[to] = globals[from];
                slots[(to + 1) | 0] = globals[from + 1];
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.GlobalSet32:
              globals[code[(pc + 1) | 0]] = slots[(fp + code[(pc + 2) | 0]) | 0];
              pc = (pc + 3) | 0;
              break first;
            case Op.GlobalSet64:
              {
                const to = code[(pc + 1) | 0];
                const from = (fp + code[(pc + 2) | 0]) | 0;
                globals[to] = slots[from];
                globals[to + 1] = slots[(from + 1) | 0];
              }
              pc = (pc + 3) | 0;
              break first;
            // i32
            case Op.I32Add:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Sub:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] - slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Mul:
              slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(
                slots[(fp + code[(pc + 2) | 0]) | 0],
                slots[(fp + code[(pc + 3) | 0]) | 0],
              );
              pc = (pc + 4) | 0;
              break first;
            case Op.I32And:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] & slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Or:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] | slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Xor:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] ^ slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Shl:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] << slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32ShrS:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >> slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32ShrU:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> slots[(fp + code[(pc + 3) | 0]) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Rotl:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                (slots[(fp + code[(pc + 2) | 0]) | 0] << slots[(fp + code[(pc + 3) | 0]) | 0]) |
                (slots[(fp + code[(pc + 2) | 0]) | 0] >>> -slots[(fp + code[(pc + 3) | 0]) | 0]);
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Rotr:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                (slots[(fp + code[(pc + 2) | 0]) | 0] >>> slots[(fp + code[(pc + 3) | 0]) | 0]) |
                (slots[(fp + code[(pc + 2) | 0]) | 0] << -slots[(fp + code[(pc + 3) | 0]) | 0]);
              pc = (pc + 4) | 0;
              break first;
            case Op.I32AddImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32MulImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(
                slots[(fp + code[(pc + 2) | 0]) | 0],
                code[(pc + 3) | 0],
              );
              pc = (pc + 4) | 0;
              break first;
            case Op.I32AndImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32OrImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] | code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32XorImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32ShlImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32ShrSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >> code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32ShrUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> code[(pc + 3) | 0];
              pc = (pc + 4) | 0;
              break first;
            case Op.I32RotlImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                (slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0]) |
                (slots[(fp + code[(pc + 2) | 0]) | 0] >>> -code[(pc + 3) | 0]);
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Add3:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] +
                slots[(fp + code[(pc + 3) | 0]) | 0] +
                slots[(fp + code[(pc + 4) | 0]) | 0];
              pc = (pc + 5) | 0;
              break first;
            case Op.I32XorRotl:
              {
                const b = slots[(fp + code[(pc + 3) | 0]) | 0];
                const n = code[(pc + 4) | 0];
                slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ ((b << n) | (b >>> -n));
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32RotlXorRotl:
              {
                const a = slots[(fp + code[(pc + 2) | 0]) | 0];
                const m = code[(pc + 3) | 0];
                const b = slots[(fp + code[(pc + 4) | 0]) | 0];
                const n = code[(pc + 5) | 0];
                slots[(fp + code[(pc + 1) | 0]) | 0] = ((a << m) | (a >>> -m)) ^ ((b << n) | (b >>> -n));
              }
              pc = (pc + 6) | 0;
              break first;
            case Op.I32XorShrU:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] ^ (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
              pc = (pc + 5) | 0;
              break first;
            case Op.I32OrShl:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
              pc = (pc + 5) | 0;
              break first;
            case Op.I32OrShrU:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
              pc = (pc + 5) | 0;
              break first;
            case Op.I32AddShl:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] + (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
              pc = (pc + 5) | 0;
              break first;
            case Op.I32DivS:
              {
                const a = slots[(fp + code[(pc + 2) | 0]) | 0];
                const b = slots[(fp + code[(pc + 3) | 0]) | 0];
                if (b === 0) {
                  status = Status.DivideByZero;
                  break run;
                }
                if (b === -1 && a === -0x8000_0000) {
                  status = Status.IntegerOverflow;
                  break run;
                }
                slots[(fp + code[(pc + 1) | 0]) | 0] = (a / b) | 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32DivU:
              {
                const b = slots[(fp + code[(pc + 3) | 0]) | 0];
                if (b === 0) {
                  status = Status.DivideByZero;
                  break run;
                }
                slots[(fp + code[(pc + 1) | 0]) | 0] = ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) / (b >>> 0)) | 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32RemS:
              {
                const b = slots[(fp + code[(pc + 3) | 0]) | 0];
                if (b === 0) {
                  status = Status.DivideByZero;
                  break run;
                }
                slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] % b) | 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32RemU:
              {
                const b = slots[(fp + code[(pc + 3) | 0]) | 0];
                if (b === 0) {
                  status = Status.DivideByZero;
                  break run;
                }
                slots[(fp + code[(pc + 1) | 0]) | 0] = ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) % (b >>> 0)) | 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32DivSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] / code[(pc + 3) | 0]) | 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32DivUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) / (code[(pc + 3) | 0] >>> 0)) | 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32RemSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] % code[(pc + 3) | 0]) | 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32RemUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                ((slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0) % (code[(pc + 3) | 0] >>> 0)) | 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Eqz:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === 0 ? 1 : 0;
              pc = (pc + 3) | 0;
              break first;
            case Op.I32Clz:
              slots[(fp + code[(pc + 1) | 0]) | 0] = Math.clz32(slots[(fp + code[(pc + 2) | 0]) | 0]);
              pc = (pc + 3) | 0;
              break first;
            case Op.I32Extend8:
              slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] << 24) >> 24;
              pc = (pc + 3) | 0;
              break first;
            case Op.I32Extend16:
              slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[(fp + code[(pc + 2) | 0]) | 0] << 16) >> 16;
              pc = (pc + 3) | 0;
              break first;
            case Op.I32Eq:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] === slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Ne:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] !== slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LtS:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] < slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LtU:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < slots[(fp + code[(pc + 3) | 0]) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LeS:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] <= slots[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LeU:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 <= slots[(fp + code[(pc + 3) | 0]) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32EqImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] === code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32NeImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] !== code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LtSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] < code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LtUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < code[(pc + 3) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32GtSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] > code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32GtUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 > code[(pc + 3) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LeSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] <= code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LeUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 <= code[(pc + 3) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32GeSImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >= code[(pc + 3) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.I32GeUImm:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 >= code[(pc + 3) | 0] >>> 0 ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            // i64
            case Op.I64Add:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const aLow = slots[aAt];
                const low = (aLow + slots[bAt]) | 0;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] + slots[(bAt + 1) | 0] + (low >>> 0 < aLow >>> 0 ? 1 : 0);
                slots[to] = low;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Sub:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const aLow = slots[aAt];
                const bLow = slots[bAt];
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] - slots[(bAt + 1) | 0] - (aLow >>> 0 < bLow >>> 0 ? 1 : 0);
                slots[to] = aLow - bLow;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Mul:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const bLow = slots[bAt];
                const bHigh = slots[(bAt + 1) | 0];
                const aLow = slots[aAt];
                const aHigh = slots[(aAt + 1) | 0];
                const a0 = aLow & 0xffff;
                const a1 = aLow >>> 16;
                const b0 = bLow & 0xffff;
                const b1 = bLow >>> 16;
                const p00 = Math.imul(a0, b0);
                const p01 = Math.imul(a0, b1);
                const p10 = Math.imul(a1, b0);
                const middle = (p10 + (p00 >>> 16)) | 0;
                const carried = ((middle & 0xffff) + p01) | 0;
                slots[to] = (carried << 16) | (p00 & 0xffff);
                slots[(to + 1) | 0] =
                  (Math.imul(a1, b1) +
                    (middle >>> 16) +
                    (carried >>> 16) +
                    Math.imul(aLow, bHigh) +
                    Math.imul(aHigh, bLow)) |
                  0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64DivS:
            case Op.I64DivU:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const b = slots[bAt];
                if (b === 0 || (slots[(aAt + 1) | 0] | slots[(bAt + 1) | 0]) !== 0) break inner;
                slots[to] = ((slots[aAt] >>> 0) / (b >>> 0)) >>> 0;
                slots[(to + 1) | 0] = 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64RemS:
            case Op.I64RemU:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const b = slots[bAt];
                if (b === 0 || (slots[(aAt + 1) | 0] | slots[(bAt + 1) | 0]) !== 0) break inner;
                slots[to] = ((slots[aAt] >>> 0) % (b >>> 0)) >>> 0;
                slots[(to + 1) | 0] = 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64And:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[to] = slots[aAt] & slots[bAt];
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] & slots[(bAt + 1) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Or:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[to] = slots[aAt] | slots[bAt];
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] | slots[(bAt + 1) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Xor:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[to] = slots[aAt] ^ slots[bAt];
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] ^ slots[(bAt + 1) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Shl:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const n = slots[bAt] & 63;
                const low = slots[aAt];
                if ((n & 32) !== 0) {
                  slots[(to + 1) | 0] = low << n;
                  slots[to] = 0;
                } else {
                  // Bits that cross are shifted by 1 and by 31 - n: by 32 in all when n is 0, which one shift cannot do.
                  slots[(to + 1) | 0] = (slots[(aAt + 1) | 0] << n) | ((low >>> 1) >>> (31 - n));
                  slots[to] = low << n;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ShrS:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const n = slots[bAt] & 63;
                const high = slots[(aAt + 1) | 0];
                if ((n & 32) !== 0) {
                  slots[to] = high >> n;
                  slots[(to + 1) | 0] = high >> 31;
                } else {
                  slots[to] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
                  slots[(to + 1) | 0] = high >> n;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ShrU:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const n = slots[bAt] & 63;
                const high = slots[(aAt + 1) | 0];
                if ((n & 32) !== 0) {
                  slots[to] = high >>> n;
                  slots[(to + 1) | 0] = 0;
                } else {
                  slots[to] = (slots[aAt] >>> n) | ((high << 1) << (31 - n));
                  slots[(to + 1) | 0] = high >>> n;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Rotl:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const n = slots[bAt] & 63;
                const swap = (n & 32) !== 0;
                const low = swap ? slots[(aAt + 1) | 0] : slots[aAt];
                const high = swap ? slots[aAt] : slots[(aAt + 1) | 0];
                slots[to] = (low << n) | ((high >>> 1) >>> (31 - n));
                slots[(to + 1) | 0] = (high << n) | ((low >>> 1) >>> (31 - n));
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Rotr:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                const n = -slots[bAt] & 63;
                const swap = (n & 32) !== 0;
                const low = swap ? slots[(aAt + 1) | 0] : slots[aAt];
                const high = swap ? slots[aAt] : slots[(aAt + 1) | 0];
                slots[to] = (low << n) | ((high >>> 1) >>> (31 - n));
                slots[(to + 1) | 0] = (high << n) | ((low >>> 1) >>> (31 - n));
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64AddImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const aLow = slots[aAt];
                const low = (aLow + imm) | 0;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] + (imm >> 31) + (low >>> 0 < aLow >>> 0 ? 1 : 0);
                slots[to] = low;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64AndImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                slots[to] = slots[aAt] & imm;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] & (imm >> 31);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64OrImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                slots[to] = slots[aAt] | imm;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] | (imm >> 31);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64XorImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                slots[to] = slots[aAt] ^ imm;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] ^ (imm >> 31);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64MulImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const bLow = imm;
                const bHigh = imm >> 31;
                const aLow = slots[aAt];
                const aHigh = slots[(aAt + 1) | 0];
                const a0 = aLow & 0xffff;
                const a1 = aLow >>> 16;
                const b0 = bLow & 0xffff;
                const b1 = bLow >>> 16;
                const p00 = Math.imul(a0, b0);
                const p01 = Math.imul(a0, b1);
                const p10 = Math.imul(a1, b0);
                const middle = (p10 + (p00 >>> 16)) | 0;
                const carried = ((middle & 0xffff) + p01) | 0;
                slots[to] = (carried << 16) | (p00 & 0xffff);
                slots[(to + 1) | 0] =
                  (Math.imul(a1, b1) +
                    (middle >>> 16) +
                    (carried >>> 16) +
                    Math.imul(aLow, bHigh) +
                    Math.imul(aHigh, bLow)) |
                  0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ShlImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const low = slots[aAt];
                if (imm >= 32) {
                  slots[(to + 1) | 0] = low << imm;
                  slots[to] = 0;
                } else {
                  slots[(to + 1) | 0] = (slots[(aAt + 1) | 0] << imm) | ((low >>> 1) >>> (31 - imm));
                  slots[to] = low << imm;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ShrSImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const high = slots[(aAt + 1) | 0];
                if (imm >= 32) {
                  slots[to] = high >> imm;
                  slots[(to + 1) | 0] = high >> 31;
                } else {
                  slots[to] = (slots[aAt] >>> imm) | ((high << 1) << (31 - imm));
                  slots[(to + 1) | 0] = high >> imm;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ShrUImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const high = slots[(aAt + 1) | 0];
                if (imm >= 32) {
                  slots[to] = high >>> imm;
                  slots[(to + 1) | 0] = 0;
                } else {
                  slots[to] = (slots[aAt] >>> imm) | ((high << 1) << (31 - imm));
                  slots[(to + 1) | 0] = high >>> imm;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64RotlImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const imm = code[(pc + 3) | 0];
                const n = imm;
                const swap = (n & 32) !== 0;
                const low = swap ? slots[(aAt + 1) | 0] : slots[aAt];
                const high = swap ? slots[aAt] : slots[(aAt + 1) | 0];
                slots[to] = (low << n) | ((high >>> 1) >>> (31 - n));
                slots[(to + 1) | 0] = (high << n) | ((low >>> 1) >>> (31 - n));
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Eqz:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (slots[aAt] | slots[(aAt + 1) | 0]) === 0 ? 1 : 0;
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I64Eq:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] =
                  slots[aAt] === slots[bAt] && slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0] ? 1 : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Ne:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] =
                  slots[aAt] !== slots[bAt] || slots[(aAt + 1) | 0] !== slots[(bAt + 1) | 0] ? 1 : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64LtS:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] < slots[(bAt + 1) | 0]
                )
                  ? 1
                  : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64LtU:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 < slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] >>> 0 < slots[(bAt + 1) | 0] >>> 0
                )
                  ? 1
                  : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64LeS:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] < slots[(bAt + 1) | 0]
                )
                  ? 1
                  : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64LeU:
              {
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                const bAt = (fp + code[(pc + 3) | 0]) | 0;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (
                  slots[(aAt + 1) | 0] === slots[(bAt + 1) | 0]
                    ? slots[aAt] >>> 0 <= slots[bAt] >>> 0
                    : slots[(aAt + 1) | 0] >>> 0 < slots[(bAt + 1) | 0] >>> 0
                )
                  ? 1
                  : 0;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64ExtendI32S:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const low = slots[(fp + code[(pc + 2) | 0]) | 0];
                slots[to] = low;
                slots[(to + 1) | 0] = low >> 31;
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I64ExtendI32U:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                slots[to] = slots[(fp + code[(pc + 2) | 0]) | 0];
                slots[(to + 1) | 0] = 0;
              }
              pc = (pc + 3) | 0;
              break first;
            // f32 and f64: every NaN result is the canonical one, written as integer bits
            case Op.F64Add:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Sub:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Mul:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Div:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64AddImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + constants[code[(pc + 3) | 0]];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64SubImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - constants[code[(pc + 3) | 0]];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64MulImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * constants[code[(pc + 3) | 0]];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64DivImm:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / constants[code[(pc + 3) | 0]];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F64MulAdd:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x =
                  doubles[(fp + code[(pc + 4) | 0]) >> 1] +
                  doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.F64MulSub:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x =
                  doubles[(fp + code[(pc + 4) | 0]) >> 1] -
                  doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.F64Sqrt:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = Math.sqrt(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.F64Abs:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] & 0x7fff_ffff;
                slots[to] = slots[aAt];
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.F64Neg:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const aAt = (fp + code[(pc + 2) | 0]) | 0;
                slots[(to + 1) | 0] = slots[(aAt + 1) | 0] ^ -0x8000_0000;
                slots[to] = slots[aAt];
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.F64Eq:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                doubles[(fp + code[(pc + 2) | 0]) >> 1] === doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Lt:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                doubles[(fp + code[(pc + 2) | 0]) >> 1] < doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Le:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                doubles[(fp + code[(pc + 2) | 0]) >> 1] <= doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F64Ne:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                doubles[(fp + code[(pc + 2) | 0]) >> 1] !== doubles[(fp + code[(pc + 3) | 0]) >> 1] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Add:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = floats[(fp + code[(pc + 2) | 0]) | 0] + floats[(fp + code[(pc + 3) | 0]) | 0];
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Sub:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = floats[(fp + code[(pc + 2) | 0]) | 0] - floats[(fp + code[(pc + 3) | 0]) | 0];
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Mul:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = floats[(fp + code[(pc + 2) | 0]) | 0] * floats[(fp + code[(pc + 3) | 0]) | 0];
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Div:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = floats[(fp + code[(pc + 2) | 0]) | 0] / floats[(fp + code[(pc + 3) | 0]) | 0];
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Sqrt:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = Math.sqrt(floats[(fp + code[(pc + 2) | 0]) | 0]);
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.F32Abs:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & 0x7fff_ffff;
              pc = (pc + 3) | 0;
              break first;
            case Op.F32Neg:
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ -0x8000_0000;
              pc = (pc + 3) | 0;
              break first;
            case Op.F32Eq:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                floats[(fp + code[(pc + 2) | 0]) | 0] === floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Lt:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                floats[(fp + code[(pc + 2) | 0]) | 0] < floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Le:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                floats[(fp + code[(pc + 2) | 0]) | 0] <= floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F32Ne:
              slots[(fp + code[(pc + 1) | 0]) | 0] =
                floats[(fp + code[(pc + 2) | 0]) | 0] !== floats[(fp + code[(pc + 3) | 0]) | 0] ? 1 : 0;
              pc = (pc + 4) | 0;
              break first;
            case Op.F64ConvertI32S:
              doubles[(fp + code[(pc + 1) | 0]) >> 1] = slots[(fp + code[(pc + 2) | 0]) | 0];
              pc = (pc + 3) | 0;
              break first;
            case Op.F64ConvertI32U:
              doubles[(fp + code[(pc + 1) | 0]) >> 1] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0;
              pc = (pc + 3) | 0;
              break first;
            case Op.F32ConvertI32S:
              floats[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
              pc = (pc + 3) | 0;
              break first;
            case Op.F32ConvertI32U:
              floats[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0;
              pc = (pc + 3) | 0;
              break first;
            case Op.F64PromoteF32:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = floats[(fp + code[(pc + 2) | 0]) | 0];
                if (x === x) doubles[to >> 1] = x;
                else {
                  slots[to] = 0;
                  slots[(to + 1) | 0] = 0x7ff8_0000;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.F32DemoteF64:
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                const x = Math.fround(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
                if (x === x) floats[to] = x;
                else slots[to] = 0x7fc0_0000;
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32TruncF64S:
              {
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1];
                if (x > -2147483649 && x < 2147483648) slots[(fp + code[(pc + 1) | 0]) | 0] = x | 0;
                else {
                  status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
                  break run;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32TruncF64U:
              {
                const x = doubles[(fp + code[(pc + 2) | 0]) >> 1];
                if (x > -1 && x < 4294967296) slots[(fp + code[(pc + 1) | 0]) | 0] = x >>> 0;
                else {
                  status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
                  break run;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32TruncF32S:
              {
                const x = floats[(fp + code[(pc + 2) | 0]) | 0];
                if (x > -2147483649 && x < 2147483648) slots[(fp + code[(pc + 1) | 0]) | 0] = x | 0;
                else {
                  status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
                  break run;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32TruncF32U:
              {
                const x = floats[(fp + code[(pc + 2) | 0]) | 0];
                if (x > -1 && x < 4294967296) slots[(fp + code[(pc + 1) | 0]) | 0] = x >>> 0;
                else {
                  status = x === x ? Status.IntegerOverflow : Status.InvalidConversion;
                  break run;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            // Memory: the address check is on 32-bit integers; what it cannot decide goes to `far`, which also traps
            case Op.I32Load:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Load8S:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = (memory8[at] << 24) >> 24;
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Load8U:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Load16S:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 2) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt16(at, true);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Load16U:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 2) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getUint16(at, true);
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Load:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 8) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = view.getInt32(at, true);
                  slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Load32S:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  const low = view.getInt32(at, true);
                  slots[to] = low;
                  slots[(to + 1) | 0] = low >> 31;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Load8U:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = memory8[at];
                  slots[(to + 1) | 0] = 0;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Load16U:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 2) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = view.getUint16(at, true);
                  slots[(to + 1) | 0] = 0;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Load32U:
              {
                const base = slots[(fp + code[(pc + 2) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = view.getInt32(at, true);
                  slots[(to + 1) | 0] = 0;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Store:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                {
                  const value = slots[(fp + code[(pc + 2) | 0]) | 0];
                  if ((at & 3) === 0) memory32[at >> 2] = value;
                  else {
                    memory8[at] = value;
                    memory8[(at + 1) | 0] = value >> 8;
                    memory8[(at + 2) | 0] = value >> 16;
                    memory8[(at + 3) | 0] = value >> 24;
                  }
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Store8:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                memory8[at] = slots[(fp + code[(pc + 2) | 0]) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Store16:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 2) break inner;
                {
                  const value = slots[(fp + code[(pc + 2) | 0]) | 0];
                  memory8[at] = value;
                  memory8[(at + 1) | 0] = value >> 8;
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I64Store:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 8) break inner;
                {
                  const from = (fp + code[(pc + 2) | 0]) | 0;
                  const low = slots[from];
                  const high = slots[(from + 1) | 0];
                  if ((at & 3) === 0) {
                    memory32[at >> 2] = low;
                    memory32[((at >> 2) + 1) | 0] = high;
                  } else {
                    memory8[at] = low;
                    memory8[(at + 1) | 0] = low >> 8;
                    memory8[(at + 2) | 0] = low >> 16;
                    memory8[(at + 3) | 0] = low >> 24;
                    memory8[(at + 4) | 0] = high;
                    memory8[(at + 5) | 0] = high >> 8;
                    memory8[(at + 6) | 0] = high >> 16;
                    memory8[(at + 7) | 0] = high >> 24;
                  }
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32StoreImm:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                {
                  const value = code[(pc + 2) | 0];
                  if ((at & 3) === 0) memory32[at >> 2] = value;
                  else {
                    memory8[at] = value;
                    memory8[(at + 1) | 0] = value >> 8;
                    memory8[(at + 2) | 0] = value >> 16;
                    memory8[(at + 3) | 0] = value >> 24;
                  }
                }
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32Store8Imm:
              {
                const base = slots[(fp + code[(pc + 1) | 0]) | 0];
                const at = (base + code[(pc + 3) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                memory8[at] = code[(pc + 2) | 0];
              }
              pc = (pc + 4) | 0;
              break first;
            case Op.I32LoadIndexed:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32Load8UIndexed:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I64LoadIndexed:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 8) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = view.getInt32(at, true);
                  slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
                }
              }
              pc = (pc + 5) | 0;
              break first;
            // Out of the loop: see rare.ts
            case Op.I32LoadSum:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32Load8USum:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I64LoadSum:
              {
                const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 8) break inner;
                {
                  const to = (fp + code[(pc + 1) | 0]) | 0;
                  slots[to] = view.getInt32(at, true);
                  slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
                }
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32StoreSum:
              {
                const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 4) break inner;
                {
                  const value = slots[(fp + code[(pc + 3) | 0]) | 0];
                  if ((at & 3) === 0) memory32[at >> 2] = value;
                  else {
                    memory8[at] = value;
                    memory8[(at + 1) | 0] = value >> 8;
                    memory8[(at + 2) | 0] = value >> 16;
                    memory8[(at + 3) | 0] = value >> 24;
                  }
                }
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32Store8Sum:
              {
                const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                memory8[at] = slots[(fp + code[(pc + 3) | 0]) | 0];
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32Store8ImmSum:
              {
                const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 1) break inner;
                memory8[at] = code[(pc + 3) | 0];
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I64StoreSum:
              {
                const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
                const at = (base + code[(pc + 4) | 0]) | 0;
                if ((base | at) < 0 || at > memoryEnd - 8) break inner;
                {
                  const from = (fp + code[(pc + 3) | 0]) | 0;
                  const low = slots[from];
                  const high = slots[(from + 1) | 0];
                  if ((at & 3) === 0) {
                    memory32[at >> 2] = low;
                    memory32[((at >> 2) + 1) | 0] = high;
                  } else {
                    memory8[at] = low;
                    memory8[(at + 1) | 0] = low >> 8;
                    memory8[(at + 2) | 0] = low >> 16;
                    memory8[(at + 3) | 0] = low >> 24;
                    memory8[(at + 4) | 0] = high;
                    memory8[(at + 5) | 0] = high >> 8;
                    memory8[(at + 6) | 0] = high >> 16;
                    memory8[(at + 7) | 0] = high >> 24;
                  }
                }
              }
              pc = (pc + 5) | 0;
              break first;
            case Op.I32LoadAbs:
              {
                const at = code[(pc + 2) | 0];
                if (at > memoryEnd - 4) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32Load8UAbs:
              {
                const at = code[(pc + 2) | 0];
                if (at > memoryEnd - 1) break inner;
                slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I64LoadAbs:
              {
                const at = code[(pc + 2) | 0];
                if (at > memoryEnd - 8) break inner;
                const to = (fp + code[(pc + 1) | 0]) | 0;
                slots[to] = view.getInt32(at, true);
                slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I32StoreAbs:
              {
                const at = code[(pc + 1) | 0];
                if (at > memoryEnd - 4) break inner;
                const value = slots[(fp + code[(pc + 2) | 0]) | 0];
                if ((at & 3) === 0) memory32[at >> 2] = value;
                else {
                  memory8[at] = value;
                  memory8[(at + 1) | 0] = value >> 8;
                  memory8[(at + 2) | 0] = value >> 16;
                  memory8[(at + 3) | 0] = value >> 24;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            case Op.I64StoreAbs:
              {
                const at = code[(pc + 1) | 0];
                if (at > memoryEnd - 8) break inner;
                const from = (fp + code[(pc + 2) | 0]) | 0;
                const low = slots[from];
                const high = slots[(from + 1) | 0];
                if ((at & 3) === 0) {
                  memory32[at >> 2] = low;
                  memory32[((at >> 2) + 1) | 0] = high;
                } else {
                  memory8[at] = low;
                  memory8[(at + 1) | 0] = low >> 8;
                  memory8[(at + 2) | 0] = low >> 16;
                  memory8[(at + 3) | 0] = low >> 24;
                  memory8[(at + 4) | 0] = high;
                  memory8[(at + 5) | 0] = high >> 8;
                  memory8[(at + 6) | 0] = high >> 16;
                  memory8[(at + 7) | 0] = high >> 24;
                }
              }
              pc = (pc + 3) | 0;
              break first;
            default:
              break inner;
          }
          if (fuel < 0) continue run;
          continue;
        }

        switch (code[pc]) {
          case Op.Const32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = code[(pc + 2) | 0];
            pc = (pc + 3) | 0;
            break;
          case Op.Const64:
            {
              const at = (fp + code[(pc + 1) | 0]) | 0;
              slots[at] = code[(pc + 2) | 0];
              slots[(at + 1) | 0] = code[(pc + 3) | 0];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.Move32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break;
          case Op.Move32Pair:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0];
            slots[(fp + code[(pc + 3) | 0]) | 0] = slots[(fp + code[(pc + 4) | 0]) | 0];
            pc = (pc + 5) | 0;
            break;
          case Op.Move64:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const from = (fp + code[(pc + 2) | 0]) | 0;
              slots[to] = slots[from];
              slots[(to + 1) | 0] = slots[(from + 1) | 0];
            }
            pc = (pc + 3) | 0;
            break;
          case Op.Select32:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 4) | 0]) | 0] !== 0
                ? slots[(fp + code[(pc + 2) | 0]) | 0]
                : slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 5) | 0;
            break;
          case Op.GlobalGet32:
            slots[(fp + code[(pc + 1) | 0]) | 0] = globals[code[(pc + 2) | 0]];
            pc = (pc + 3) | 0;
            break;
          case Op.GlobalSet32:
            globals[code[(pc + 1) | 0]] = slots[(fp + code[(pc + 2) | 0]) | 0];
            pc = (pc + 3) | 0;
            break;
          case Op.I32Add:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32Sub:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] - slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32Mul:
            slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(
              slots[(fp + code[(pc + 2) | 0]) | 0],
              slots[(fp + code[(pc + 3) | 0]) | 0],
            );
            pc = (pc + 4) | 0;
            break;
          case Op.I32And:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] & slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32Or:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32Xor:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] ^ slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32Shl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] << slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32ShrS:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >> slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32ShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> slots[(fp + code[(pc + 3) | 0]) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32AddImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32MulImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = Math.imul(slots[(fp + code[(pc + 2) | 0]) | 0], code[(pc + 3) | 0]);
            pc = (pc + 4) | 0;
            break;
          case Op.I32AndImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] & code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32OrImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] | code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32XorImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32ShlImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32ShrSImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >> code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32ShrUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] >>> code[(pc + 3) | 0];
            pc = (pc + 4) | 0;
            break;
          case Op.I32RotlImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              (slots[(fp + code[(pc + 2) | 0]) | 0] << code[(pc + 3) | 0]) |
              (slots[(fp + code[(pc + 2) | 0]) | 0] >>> -code[(pc + 3) | 0]);
            pc = (pc + 4) | 0;
            break;
          case Op.I32Add3:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] +
              slots[(fp + code[(pc + 3) | 0]) | 0] +
              slots[(fp + code[(pc + 4) | 0]) | 0];
            pc = (pc + 5) | 0;
            break;
          case Op.I32XorRotl:
            {
              const b = slots[(fp + code[(pc + 3) | 0]) | 0];
              const n = code[(pc + 4) | 0];
              slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] ^ ((b << n) | (b >>> -n));
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32XorShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] ^ (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break;
          case Op.I32OrShl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break;
          case Op.I32OrShrU:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] | (slots[(fp + code[(pc + 3) | 0]) | 0] >>> code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break;
          case Op.I32AddShl:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] + (slots[(fp + code[(pc + 3) | 0]) | 0] << code[(pc + 4) | 0]);
            pc = (pc + 5) | 0;
            break;
          case Op.I32Eqz:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === 0 ? 1 : 0;
            pc = (pc + 3) | 0;
            break;
          case Op.I32EqImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] = slots[(fp + code[(pc + 2) | 0]) | 0] === code[(pc + 3) | 0] ? 1 : 0;
            pc = (pc + 4) | 0;
            break;
          case Op.I32LtUImm:
            slots[(fp + code[(pc + 1) | 0]) | 0] =
              slots[(fp + code[(pc + 2) | 0]) | 0] >>> 0 < code[(pc + 3) | 0] >>> 0 ? 1 : 0;
            pc = (pc + 4) | 0;
            break;
          case Op.I64Add:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const bAt = (fp + code[(pc + 3) | 0]) | 0;
              const aLow = slots[aAt];
              const low = (aLow + slots[bAt]) | 0;
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] + slots[(bAt + 1) | 0] + (low >>> 0 < aLow >>> 0 ? 1 : 0);
              slots[to] = low;
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64Sub:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const bAt = (fp + code[(pc + 3) | 0]) | 0;
              const aLow = slots[aAt];
              const bLow = slots[bAt];
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] - slots[(bAt + 1) | 0] - (aLow >>> 0 < bLow >>> 0 ? 1 : 0);
              slots[to] = aLow - bLow;
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64And:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const bAt = (fp + code[(pc + 3) | 0]) | 0;
              slots[to] = slots[aAt] & slots[bAt];
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] & slots[(bAt + 1) | 0];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64Xor:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const bAt = (fp + code[(pc + 3) | 0]) | 0;
              slots[to] = slots[aAt] ^ slots[bAt];
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] ^ slots[(bAt + 1) | 0];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64AddImm:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const imm = code[(pc + 3) | 0];
              const aLow = slots[aAt];
              const low = (aLow + imm) | 0;
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] + (imm >> 31) + (low >>> 0 < aLow >>> 0 ? 1 : 0);
              slots[to] = low;
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64AndImm:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const imm = code[(pc + 3) | 0];
              slots[to] = slots[aAt] & imm;
              slots[(to + 1) | 0] = slots[(aAt + 1) | 0] & (imm >> 31);
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64ShlImm:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const imm = code[(pc + 3) | 0];
              const low = slots[aAt];
              if (imm >= 32) {
                slots[(to + 1) | 0] = low << imm;
                slots[to] = 0;
              } else {
                slots[(to + 1) | 0] = (slots[(aAt + 1) | 0] << imm) | ((low >>> 1) >>> (31 - imm));
                slots[to] = low << imm;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64ShrUImm:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const aAt = (fp + code[(pc + 2) | 0]) | 0;
              const imm = code[(pc + 3) | 0];
              const high = slots[(aAt + 1) | 0];
              if (imm >= 32) {
                slots[to] = high >>> imm;
                slots[(to + 1) | 0] = 0;
              } else {
                slots[to] = (slots[aAt] >>> imm) | ((high << 1) << (31 - imm));
                slots[(to + 1) | 0] = high >>> imm;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64ExtendI32U:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              slots[to] = slots[(fp + code[(pc + 2) | 0]) | 0];
              slots[(to + 1) | 0] = 0;
            }
            pc = (pc + 3) | 0;
            break;
          case Op.F64Add:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] + doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.F64Sub:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] - doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.F64Mul:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.F64Div:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] / doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.F64MulImm:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = doubles[(fp + code[(pc + 2) | 0]) >> 1] * constants[code[(pc + 3) | 0]];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.F64MulAdd:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x =
                doubles[(fp + code[(pc + 4) | 0]) >> 1] +
                doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 5) | 0;
            break;
          case Op.F64MulSub:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x =
                doubles[(fp + code[(pc + 4) | 0]) >> 1] -
                doubles[(fp + code[(pc + 2) | 0]) >> 1] * doubles[(fp + code[(pc + 3) | 0]) >> 1];
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 5) | 0;
            break;
          case Op.F64Sqrt:
            {
              const to = (fp + code[(pc + 1) | 0]) | 0;
              const x = Math.sqrt(doubles[(fp + code[(pc + 2) | 0]) >> 1]);
              if (x === x) doubles[to >> 1] = x;
              else {
                slots[to] = 0;
                slots[(to + 1) | 0] = 0x7ff8_0000;
              }
            }
            pc = (pc + 3) | 0;
            break;
          case Op.I32Load:
            {
              const base = slots[(fp + code[(pc + 2) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32Load8U:
            {
              const base = slots[(fp + code[(pc + 2) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64Load:
            {
              const base = slots[(fp + code[(pc + 2) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 8) break inner;
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                slots[to] = view.getInt32(at, true);
                slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32Store:
            {
              const base = slots[(fp + code[(pc + 1) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              {
                const value = slots[(fp + code[(pc + 2) | 0]) | 0];
                if ((at & 3) === 0) memory32[at >> 2] = value;
                else {
                  memory8[at] = value;
                  memory8[(at + 1) | 0] = value >> 8;
                  memory8[(at + 2) | 0] = value >> 16;
                  memory8[(at + 3) | 0] = value >> 24;
                }
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32Store8:
            {
              const base = slots[(fp + code[(pc + 1) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              memory8[at] = slots[(fp + code[(pc + 2) | 0]) | 0];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I64Store:
            {
              const base = slots[(fp + code[(pc + 1) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 8) break inner;
              {
                const from = (fp + code[(pc + 2) | 0]) | 0;
                const low = slots[from];
                const high = slots[(from + 1) | 0];
                if ((at & 3) === 0) {
                  memory32[at >> 2] = low;
                  memory32[((at >> 2) + 1) | 0] = high;
                } else {
                  memory8[at] = low;
                  memory8[(at + 1) | 0] = low >> 8;
                  memory8[(at + 2) | 0] = low >> 16;
                  memory8[(at + 3) | 0] = low >> 24;
                  memory8[(at + 4) | 0] = high;
                  memory8[(at + 5) | 0] = high >> 8;
                  memory8[(at + 6) | 0] = high >> 16;
                  memory8[(at + 7) | 0] = high >> 24;
                }
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32StoreImm:
            {
              const base = slots[(fp + code[(pc + 1) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              {
                const value = code[(pc + 2) | 0];
                if ((at & 3) === 0) memory32[at >> 2] = value;
                else {
                  memory8[at] = value;
                  memory8[(at + 1) | 0] = value >> 8;
                  memory8[(at + 2) | 0] = value >> 16;
                  memory8[(at + 3) | 0] = value >> 24;
                }
              }
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32Store8Imm:
            {
              const base = slots[(fp + code[(pc + 1) | 0]) | 0];
              const at = (base + code[(pc + 3) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              memory8[at] = code[(pc + 2) | 0];
            }
            pc = (pc + 4) | 0;
            break;
          case Op.I32LoadIndexed:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32Load8UIndexed:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I64LoadIndexed:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + slots[(fp + code[(pc + 3) | 0]) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 8) break inner;
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                slots[to] = view.getInt32(at, true);
                slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
              }
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32LoadSum:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = view.getInt32(at, true);
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32Load8USum:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              slots[(fp + code[(pc + 1) | 0]) | 0] = memory8[at];
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I64LoadSum:
            {
              const base = (slots[(fp + code[(pc + 2) | 0]) | 0] + code[(pc + 3) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 8) break inner;
              {
                const to = (fp + code[(pc + 1) | 0]) | 0;
                slots[to] = view.getInt32(at, true);
                slots[(to + 1) | 0] = view.getInt32((at + 4) | 0, true);
              }
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32StoreSum:
            {
              const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 4) break inner;
              {
                const value = slots[(fp + code[(pc + 3) | 0]) | 0];
                if ((at & 3) === 0) memory32[at >> 2] = value;
                else {
                  memory8[at] = value;
                  memory8[(at + 1) | 0] = value >> 8;
                  memory8[(at + 2) | 0] = value >> 16;
                  memory8[(at + 3) | 0] = value >> 24;
                }
              }
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32Store8Sum:
            {
              const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              memory8[at] = slots[(fp + code[(pc + 3) | 0]) | 0];
            }
            pc = (pc + 5) | 0;
            break;
          case Op.I32Store8ImmSum:
            {
              const base = (slots[(fp + code[(pc + 1) | 0]) | 0] + code[(pc + 2) | 0]) | 0;
              const at = (base + code[(pc + 4) | 0]) | 0;
              if ((base | at) < 0 || at > memoryEnd - 1) break inner;
              memory8[at] = code[(pc + 3) | 0];
            }
            pc = (pc + 5) | 0;
            break;
          default:
            continue;
        }
      }
      this.#leave(fp, rp, words, wordsMin, fuel);
      status = this.#slow(instance, pc);
      words = this.#words | 0;
      wordsMin = this.#wordsMin | 0;
      fuel = this.#fuel | 0;
      if (status !== Status.Returned) break;
      pc = this.#pc | 0;
      fp = this.#fp | 0;
      rp = this.#rp | 0;
    }

    gauge.wordsLeft = words;
    gauge.wordsLeftMin = wordsMin;
    if (status === Status.ExhaustedFuel) this.#exhaustFuel();
    else gauge.fuelLeft += Math.max(fuel, 0);
    if (status === Status.Returned) return true;
    if (status === Status.ExhaustedStack) gauge.stopWith(EXHAUSTED_STACK);
    else if (status >= Status.Unreachable) gauge.stopWith(trapped(TRAP_CODES[status - Status.Unreachable]));
    this.#rp = rp;
    this.#trace(pc);
    return true;
  }
}
