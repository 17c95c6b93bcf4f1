/**
 * Compiles one function of a metered module to register code. The operand stack is resolved here: locals and constants
 * are operands, not instructions; a result goes straight into the local that takes it; a comparison and the branch on
 * it are one instruction; a branch pays for the metering block it leads to. Dead code is not compiled.
 *
 * One pass over the body, no recursion, linear in its bytes times the greatest arity. This file has the state of the
 * pass and what all rules share; `rules.ts` has the rule of each instruction.
 */
import { isWide } from '../../machine/global.js';
import type { BodyMeter, MeteredModule } from '../../metering/meter.js';
import { InstructionReader, NO_TYPES } from '../../wasm/instruction-reader.js';
import { typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import type { FunctionType, ValueType } from '../../wasm/types.js';
import { Op } from '../op.js';
import type { CodeBuffer } from './code-buffer.js';
import { endBlock, startElse } from './control.js';
import { Kind, type Label, pushLabel } from './labels.js';
import { OperandStack } from './operand-stack.js';
import { RULE_BY_INDEX } from './rules.js';

/** Higher costs need an instruction of their own, because the loop charges with 32-bit integers. */
const COST_INLINE_MAX = 0x3fff_ffff;
/** Words of a function's head: frame words, slots to clear (from, to), cost of the first block. */
export const HEAD_WORDS = 4;

/** Called at each instruction, to find the offset of a position later. */
export type PositionSink = (codePosition: number, offset: number) => void;

/** The words of a branch to a metering block. */
export interface Landing {
  readonly target: number;
  readonly cost: number;
}

export class FunctionCompiler {
  readonly stack: OperandStack;
  /** The innermost last. */
  readonly labels: Label[] = [];
  /** Of each local, whether it takes two slots. */
  localWide = new Uint8Array(64);
  frameWords = 0;
  /** Of the function. */
  results: Uint8Array = NO_TYPES;
  private readonly meter: BodyMeter;
  private localCount = 0;
  private nextBlock = 0;

  /** @param constants takes costs and float constants, which instructions name by index */
  constructor(
    readonly metered: MeteredModule,
    readonly code: CodeBuffer,
    readonly constants: (value: number) => number,
    readonly reader = new InstructionReader(metered.module.bytes),
  ) {
    this.meter = metered.bodyMeter();
    this.stack = new OperandStack(code);
  }

  /** Appends the function's code and returns the position of its head. */
  compile(definedIndex: number, positions?: PositionSink): number {
    const { code, meter } = this;
    const { module } = this.metered;
    meter.meterBody(definedIndex);
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    this.reader.enter(module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
    this.readLocals(type);
    this.stack.reset(this.localCount, meter.maxHeight);
    this.nextBlock = 0;
    this.frameWords = meter.frameWords;
    this.results = type.results;
    this.labels.length = 0;
    pushLabel(this, Kind.Function, NO_TYPES, type.results);

    const entry = code.length;
    code.markLanding();
    const cost = this.takeBlock();
    const inlined = cost <= COST_INLINE_MAX;
    code.emit4(this.frameWords, type.params.length << 1, this.localCount << 1, inlined ? cost : 0);
    if (!inlined) this.emitCharge(cost);
    this.body(positions);
    return entry;
  }

  private readLocals(type: FunctionType): void {
    const reader = this.reader;
    this.localCount = 0;
    for (const param of type.params) this.addLocals(1, param);
    for (let runs = reader.u32(); runs > 0; runs--) {
      const count = reader.u32();
      this.addLocals(count, reader.u8());
    }
  }

  private addLocals(count: number, type: ValueType): void {
    const end = this.localCount + count;
    if (end > this.localWide.length) {
      const grown = new Uint8Array(Math.max(end, this.localWide.length * 2));
      grown.set(this.localWide);
      this.localWide = grown;
    }
    this.localWide.fill(isWide(type) ? 1 : 0, this.localCount, end);
    this.localCount = end;
  }

  /** Walks the body; after an instruction that ends live code, continues at the matching `else` or `end`. */
  private body(positions: PositionSink | undefined): void {
    const reader = this.reader;
    while (this.labels.length > 0) {
      positions?.(this.code.length, reader.pos);
      const live = RULE_BY_INDEX[reader.opcode()](this);
      if (!live && this.labels.length > 0) this.skipDead();
    }
  }

  private skipDead(): void {
    const reader = this.reader;
    for (let depth = 0; ; ) {
      const opcode = reader.opcode();
      if (opcode === Opcode.Block || opcode === Opcode.Loop || opcode === Opcode.If) depth++;
      else if (opcode === Opcode.End || opcode === Opcode.Else) {
        if (depth === 0) {
          const live = opcode === Opcode.End ? endBlock(this, false) : startElse(this, false);
          if (live || this.labels.length === 0) return;
          continue;
        }
        if (opcode === Opcode.End) depth--;
        continue;
      }
      skipImmediates(reader, opcode);
    }
  }

  // Metering blocks

  /** The cost of the metering block that starts here. Both walks must divide a body in the same way. */
  private takeBlock(): number {
    const block = this.nextBlock++;
    const { offsets, costs } = this.meter.blocks;
    if (offsets[block] !== this.reader.pos) {
      throw new Error(`metering and compilation cut differently at byte ${this.reader.pos}`);
    }
    return costs[block];
  }

  /** Emits the charge for fall-through; branches pay for themselves and land after it. */
  private emitCharge(cost: number): void {
    if (cost > COST_INLINE_MAX) this.code.emit2(Op.ChargeWide, this.constants(cost));
    else if (cost > 0) this.code.emit2(Op.Charge, cost);
  }

  /**
   * A metering block starts here, reached by fall-through (if `fall`) and by branches. Returns the words for its
   * branches.
   */
  land(fall: boolean): Landing {
    const cost = this.takeBlock();
    if (cost > COST_INLINE_MAX) {
      const target = this.code.length;
      this.emitCharge(cost);
      return { target, cost: 0 };
    }
    if (fall) this.emitCharge(cost);
    this.code.markLanding();
    return { target: this.code.length, cost };
  }

  /** Emits the word `costElse` of a branch: the cost of the metering block after it. */
  emitFallCost(): void {
    const cost = this.takeBlock();
    const inlined = cost <= COST_INLINE_MAX;
    this.code.emit1(inlined ? cost : 0);
    if (!inlined) this.emitCharge(cost);
  }

  // Results

  /** Where a result goes: into the local that the next instruction sets, otherwise into its own slot. */
  destination(wide: boolean): number {
    const stack = this.stack;
    const next = this.reader.nextByte();
    if (next === Opcode.LocalSet || next === Opcode.LocalTee) {
      this.reader.take();
      const local = this.reader.u32();
      stack.settleLocal(local);
      if (next === Opcode.LocalTee) stack.pushLocal(local, wide);
      return local << 1;
    }
    return stack.pushSlot(wide);
  }
}
