/**
 * ValidModule -> MeteredModule: a module under a schedule, and the walk that finds the liveness, the metering blocks
 * with their static charges and the frame words of a body. A tier walks a body when it compiles it. Both tiers use this
 * walk, so they cannot divide a body differently. docs/SEMANTICS.md, sections 3, 4 and 6.
 *
 * The list of blocks of a body has one entry for each live cut, in order of offset, also where the charge is 0. A consumer that
 * walks a body in step with the list meets an entry at the offset of
 *
 * - the first instruction after the local declarations (it may be the final `end`);
 * - the first instruction in a live `loop`, in the `then` arm of a live `if`, and after the `else` of a live `if`
 *   (a missing `else` has no entry: its arm is empty);
 * - what follows the `end` of a live `if`, unless it is dead: both arms are there, the end of neither is live and no live
 *   branch targets the `if`;
 * - what follows the `end` of a live `block` that a live branch targets (else no cut, live or dead);
 * - what follows a live `br_if`.
 *
 * What follows the `end` of a `loop` is no cut, and what follows the `end` of the body is none either. Offsets ascend
 * strictly; an entry's instruction may be a delimiter, whose own cost is 0. A block is the live instructions from its
 * offset up to the next entry.
 *
 * Linear in the bytes, no recursion: live code is walked once with an operand height counted from the instruction table
 * (live code is never stack-polymorphic), dead code is passed over once.
 */
import type { ValidModule } from '../validate/validate.js';
import { InstructionReader } from '../wasm/instruction-reader.js';
import { type Module, typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { integerImmediates, skipImmediates } from '../wasm/skip-immediates.js';
import { BlockList } from './block-list.js';
import { HEIGHT_CHANGE } from './height-change.js';
import { instantiationCharge } from './instantiation-charge.js';
import { FrameKind, LiveFrames } from './live-frames.js';
import { dynamicCharge, type Schedule, staticPrices } from './schedule.js';

export interface MeteredModule {
  readonly valid: ValidModule;
  readonly module: Module;
  readonly schedule: Schedule;
  /** Fuel that is charged in full before anything is allocated. */
  readonly instantiationCharge: number;
  /** Price of loading in fuel; it is in no receipt. */
  readonly loadPrice: number;
  /** A walk over bodies, for one user: its results for a body are overwritten by the next. */
  bodyMeter(): BodyMeter;
}

/** How many words a frame takes in addition to its locals and operands. */
export const FRAME_WORDS = 12;

/** Meters a module under a schedule; cannot fail. The time does not depend on the bodies. */
export function meter(valid: ValidModule, schedule: Schedule): MeteredModule {
  const { module } = valid;
  return {
    valid,
    module,
    schedule,
    instantiationCharge: instantiationCharge(module, schedule),
    loadPrice: dynamicCharge(schedule.load, module.bytes.length),
    bodyMeter: () => new BodyMeter(module, schedule),
  };
}

/** Live instructions that cut, branch, call or end: `walk` has a case for each. */
const CONTROL: ReadonlySet<number> = new Set([
  Opcode.Unreachable,
  Opcode.Block,
  Opcode.Loop,
  Opcode.If,
  Opcode.Else,
  Opcode.End,
  Opcode.Br,
  Opcode.BrIf,
  Opcode.BrTable,
  Opcode.Return,
  Opcode.Call,
  Opcode.CallIndirect,
  Opcode.ReturnCall,
  Opcode.ReturnCallIndirect,
]);

const NOT_PLAIN = 0xff;

/**
 * By opcode of one byte: how many LEB128 integers follow, for instructions other than control that have no other
 * immediates. Nearly all code consists of these, and a loop over nothing else is soon optimised.
 */
const PLAIN_INTEGERS: Uint8Array = (() => {
  const integers = new Uint8Array(256).fill(NOT_PLAIN);
  for (let opcode = 0; opcode < 256; opcode++) {
    const count = integerImmediates(opcode);
    if (count !== undefined && !CONTROL.has(opcode)) integers[opcode] = count;
  }
  return integers;
})();

/** Walks one body after the other. The results are in its fields until it walks the next. */
export class BodyMeter {
  /** The live metering blocks in order of offset. The cost of the first includes the entry. */
  readonly blocks = new BlockList(256);
  /** Greatest operand height after a live instruction, in words. */
  maxHeight = 0;
  declaredLocals = 0;
  /** Parameters + declared locals + greatest height + 12. */
  frameWords = 0;
  readonly #module: Module;
  readonly #schedule: Schedule;
  readonly #prices: Float64Array;
  readonly #reader: InstructionReader;
  readonly #frames = new LiveFrames();
  #height = 0;
  /** Offset of the open block, and its charge so far. */
  #blockOffset = 0;
  #cost = 0;
  /** Parameters and results of the block type last read. */
  #params = 0;
  #results = 0;

  /** Made by `MeteredModule.bodyMeter`. */
  constructor(module: Module, schedule: Schedule, reader = new InstructionReader(module.bytes)) {
    this.#module = module;
    this.#schedule = schedule;
    this.#prices = staticPrices(schedule);
    this.#reader = reader;
  }

  /** Meters an own function, by its index among the own functions. */
  meterBody(definedIndex: number): void {
    const module = this.#module;
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    this.#reader.enter(module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
    this.declaredLocals = this.#readLocals();
    this.#height = 0;
    this.maxHeight = 0;
    this.blocks.clear();
    this.#blockOffset = this.#reader.pos;
    this.#cost = this.#schedule.functionEntry + this.#schedule.zeroedLocal * this.declaredLocals;
    this.#frames.push(FrameKind.Function, 0, 0, type.results.length);
    this.#walk();
    this.blocks.push(this.#blockOffset, this.#cost);
    this.frameWords = type.params.length + this.declaredLocals + this.maxHeight + FRAME_WORDS;
  }

  /** Sum of the static charges of the body's blocks. */
  staticCost(): number {
    const { count, costs } = this.blocks;
    let sum = 0;
    for (let block = 0; block < count; block++) sum += costs[block];
    return sum;
  }

  #readLocals(): number {
    const reader = this.#reader;
    let sum = 0;
    for (let groups = reader.u32(); groups > 0; groups--) {
      sum += reader.u32();
      reader.skip(1);
    }
    return sum;
  }

  #walk(): void {
    const reader = this.#reader;
    const frames = this.#frames;
    const prices = this.#prices;
    while (frames.depth > 0) {
      this.#passPlain();
      const index = reader.opcode();
      this.#cost += prices[index];
      switch (index) {
        case Opcode.Unreachable:
          this.#passDead();
          break;
        case Opcode.Block:
          this.#enter(FrameKind.Block);
          break;
        case Opcode.Loop:
          this.#enter(FrameKind.Loop);
          this.#cut();
          break;
        case Opcode.If:
          this.#height--;
          this.#enter(FrameKind.Then);
          this.#cut();
          break;
        case Opcode.Else:
          this.#else(true);
          break;
        case Opcode.End:
          this.#end(true);
          break;
        case Opcode.Br:
          this.#carry(frames.branchTo(reader.u32()));
          this.#passDead();
          break;
        case Opcode.BrIf:
          this.#height--;
          this.#carry(frames.branchTo(reader.u32()));
          this.#cut();
          break;
        case Opcode.BrTable:
          for (let left = reader.u32(); left > 0; left--) frames.branchTo(reader.u32());
          this.#carry(frames.branchTo(reader.u32()));
          this.#passDead();
          break;
        case Opcode.Return:
          this.#carry(frames.results[0]);
          this.#passDead();
          break;
        case Opcode.Call:
          this.#call(this.#module.functionTypes[reader.u32()]);
          break;
        case Opcode.CallIndirect:
          this.#height--;
          this.#call(reader.u32());
          reader.u32();
          break;
        case Opcode.ReturnCall:
          this.#carry(this.#module.types[this.#module.functionTypes[reader.u32()]].params.length);
          this.#passDead();
          break;
        case Opcode.ReturnCallIndirect:
          this.#carry(this.#module.types[reader.u32()].params.length);
          reader.u32();
          this.#passDead();
          break;
        default:
          skipImmediates(reader, index);
          this.#height += HEIGHT_CHANGE[index];
          if (this.#height > this.maxHeight) this.maxHeight = this.#height;
      }
    }
  }

  /** Meters plain instructions up to the next other one; the body's last `end` is not plain. */
  #passPlain(): void {
    const reader = this.#reader;
    const prices = this.#prices;
    const { bytes } = reader;
    let { pos } = reader;
    let cost = this.#cost;
    let height = this.#height;
    let maxHeight = this.maxHeight;
    for (;;) {
      const opcode = bytes[pos];
      const integers = PLAIN_INTEGERS[opcode];
      if (integers === NOT_PLAIN) break;
      pos++;
      for (let left = integers; left > 0; left--) while (bytes[pos++] >= 0x80);
      cost += prices[opcode];
      height += HEIGHT_CHANGE[opcode];
      if (height > maxHeight) maxHeight = height;
    }
    reader.pos = pos;
    this.#cost = cost;
    this.#height = height;
    this.maxHeight = maxHeight;
  }

  #carry(values: number): void {
    this.#cost += this.#schedule.carriedValue * values;
  }

  /** Closes the open block and opens the next at the reader's position. */
  #cut(): void {
    this.blocks.push(this.#blockOffset, this.#cost);
    this.#blockOffset = this.#reader.pos;
    this.#cost = 0;
  }

  /**
   * The results are paid here, because reaching the callee's `end` is free: otherwise a chain of calls could move
   * values for nothing.
   */
  #call(typeIndex: number): void {
    const type = this.#module.types[typeIndex];
    this.#carry(type.params.length + type.results.length);
    this.#height += type.results.length - type.params.length;
    if (this.#height > this.maxHeight) this.maxHeight = this.#height;
  }

  #enter(kind: FrameKind): void {
    this.#readBlockType();
    this.#frames.push(kind, this.#height - this.#params, this.#params, this.#results);
  }

  #readBlockType(): void {
    const { params, results } = this.#reader.blockType(this.#module.types);
    this.#params = params.length;
    this.#results = results.length;
  }

  /** After the `else` of a live `if`, whose first arm's end is live or not. */
  #else(live: boolean): void {
    const frames = this.#frames;
    const at = frames.depth - 1;
    if (live) frames.reached[at] = 1;
    frames.kinds[at] = FrameKind.Else;
    this.#height = frames.heights[at] + frames.params[at];
    this.#cut();
  }

  /** After the `end` of a live construct, where control falls to that `end` or not; returns whether it continues live. */
  #end(live: boolean): boolean {
    const frames = this.#frames;
    const at = --frames.depth;
    this.#height = frames.heights[at] + frames.results[at];
    const reached = frames.reached[at] === 1;
    switch (frames.kinds[at]) {
      case FrameKind.Function:
      case FrameKind.Loop:
        return live;
      case FrameKind.Block:
        if (reached) this.#cut();
        return live || reached;
      case FrameKind.Then:
        this.#cut();
        return true;
      default:
        if (live || reached) this.#cut();
        return live || reached;
    }
  }

  /**
   * Skips dead code, up to the matching `else` or `end`, and further as long as the code after an `end` is also dead.
   */
  #passDead(): void {
    const reader = this.#reader;
    let depth = 0;
    while (this.#frames.depth > 0) {
      const index = reader.opcode();
      if (index === Opcode.Block || index === Opcode.Loop || index === Opcode.If) depth++;
      else if (index === Opcode.End && depth > 0) depth--;
      else if (index === Opcode.Else && depth === 0) {
        this.#else(false);
        return;
      } else if (index === Opcode.End && this.#end(false)) return;
      skipImmediates(reader, index);
    }
  }
}
