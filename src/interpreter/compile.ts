/**
 * Compiles one function of a metered module to register code. The operand stack is resolved here: locals and constants
 * are operands, not instructions; a result goes straight into the local that takes it; a comparison and the branch on
 * it are one instruction; a branch pays for the metering block it leads to. Dead code is not compiled.
 *
 * One pass over the body, no recursion, linear in its bytes times the greatest arity.
 */
import { isWide } from '../machine/global.js';
import type { BodyMeter, MeteredModule } from '../metering/meter.js';
import { InstructionReader, NO_TYPES } from '../wasm/instruction-reader.js';
import { INSTRUCTIONS } from '../wasm/instructions.js';
import { typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { skipImmediates } from '../wasm/skip-immediates.js';
import type { FunctionType, ValueType } from '../wasm/types.js';
import type { CodeBuffer } from './code-buffer.js';
import { Op } from './op.js';
import {
  type Comparison,
  type ComparisonValue,
  FIXED_FORMS,
  type ImmediateComparison,
  INDEXED_FORMS,
  LOADS,
  type Operation,
  SUM_FORMS,
} from './op-forms.js';
import { Entry, OperandStack } from './operand-stack.js';
import { RULE_BY_INDEX } from './rules.js';

/** Costs from here on take an instruction of their own, since the loop charges on 32-bit integers. */
const COST_INLINE_MAX = 0x3fff_ffff;
/** Greatest offset of an access in a form that takes it as a positive 32-bit integer. */
const OFFSET_MAX = 0x7fff_ffff;
/** Words of a function's head: frame words, slots to clear (from, to), cost of the first block. */
export const HEAD_WORDS = 4;
/** An addition, a test of its sum, and both in one. */
const COUNTED_FORMS = [
  { sum: Op.I32Add, test: Op.BranchI32LtU, counted: Op.I32AddBranchLtU },
  { sum: Op.I32AddImm, test: Op.BranchI32Ne, counted: Op.I32AddImmBranchNe },
  { sum: Op.I32AddImm, test: Op.BranchI32NeImm, counted: Op.I32AddImmBranchNeImm },
] as const;
const NO_FIXUP = -1;
/** Constant addresses up to here are near: no access at one leaves 32 bits. */
const FIXED_ADDRESS_MAX = 0x7fff_fff0;
/** The operation that loads from the sum of two slots, by the opcode of the load. */
const INDEXED_LOADS: readonly { readonly op: Op; readonly wide: boolean }[] = (() => {
  const loads: { readonly op: Op; readonly wide: boolean }[] = [];
  for (const { name, opcode } of INSTRUCTIONS) {
    if (!(name in LOADS)) continue;
    const { op, wide } = LOADS[name as keyof typeof LOADS];
    const indexed = INDEXED_FORMS.get(op);
    if (indexed !== undefined) loads[opcode] = { op: indexed, wide };
  }
  return loads;
})();

const enum Kind {
  Function,
  Block,
  Loop,
  If,
  Else,
}

/** A control frame at compile time. */
interface Label {
  kind: Kind;
  /** Operand height below the parameters. */
  base: number;
  params: Uint8Array;
  results: Uint8Array;
  /** A live branch goes to the end. */
  targeted: boolean;
  /** The end of the `then` arm is live. */
  thenLive: boolean;
  /** Chain of code positions whose two words (target, cost) the end fills. */
  fixups: number;
  /** Of an `if`: position of the words that lead to the else arm. */
  elseFixup: number;
  /** Of a loop. */
  target: number;
  cost: number;
}

/** A condition that a branch tests: an opcode family with its operands. */
interface Condition {
  /** Opcode that branches if it holds, and if it does not. */
  yes: Op;
  no: Op;
  a: number;
  /** Undefined for a test of one operand. */
  b: number | undefined;
}

/** Called at each instruction, to find the offset of a position later. */
export type PositionSink = (codePosition: number, offset: number) => void;

export class FunctionCompiler {
  private readonly code: CodeBuffer;
  private readonly meter: BodyMeter;
  private readonly stack: OperandStack;
  private readonly labels: Label[] = [];
  private readonly reader: InstructionReader;
  private localWide = new Uint8Array(64);
  private localCount = 0;
  private nextBlock = 0;
  private frameWords = 0;
  private results: Uint8Array = NO_TYPES;

  /** @param wideCosts takes costs and float constants, which instructions name by index */
  constructor(
    readonly metered: MeteredModule,
    code: CodeBuffer,
    readonly constants: (value: number) => number,
    reader = new InstructionReader(metered.module.bytes),
  ) {
    this.code = code;
    this.meter = metered.bodyMeter();
    this.stack = new OperandStack(code);
    this.reader = reader;
  }

  /** Appends the function's code and returns the position of its head. */
  compile(definedIndex: number, positions?: PositionSink): number {
    const { module } = this.metered;
    const { meter } = this;
    meter.meterBody(definedIndex);
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    const code = this.code;
    this.reader.enter(module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
    this.readLocals(type);
    this.stack.reset(this.localCount, meter.maxHeight);
    this.nextBlock = 0;
    this.frameWords = meter.frameWords;
    this.results = type.results;
    this.labels.length = 0;
    this.pushLabel(Kind.Function, NO_TYPES, type.results);

    const entry = code.length;
    code.markLanding();
    const cost = this.takeBlock();
    const inlined = cost <= COST_INLINE_MAX;
    code.emit4(this.frameWords, type.params.length << 1, this.localCount << 1, inlined ? cost : 0);
    if (!inlined) code.emit2(Op.ChargeWide, this.constants(cost));
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
          const live = opcode === Opcode.End ? this.end(false) : this.else(false);
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

  /** The cost of the metering block that starts here. Both walks cut alike, or there is a bug. */
  private takeBlock(): number {
    const block = this.nextBlock++;
    const { offsets, costs } = this.meter.blocks;
    if (offsets[block] !== this.reader.pos) {
      throw new Error(`metering and compilation cut differently at byte ${this.reader.pos}`);
    }
    return costs[block];
  }

  /** Emits the charge for code that is fallen into; branches pay for themselves and land behind it. */
  private emitCharge(cost: number): void {
    if (cost > COST_INLINE_MAX) this.code.emit2(Op.ChargeWide, this.constants(cost));
    else if (cost > 0) this.code.emit2(Op.Charge, cost);
  }

  // Labels

  private pushLabel(kind: Kind, params: Uint8Array, results: Uint8Array): Label {
    const label: Label = {
      kind,
      base: this.stack.height - params.length,
      params,
      results,
      targeted: false,
      thenLive: false,
      fixups: NO_FIXUP,
      elseFixup: NO_FIXUP,
      target: 0,
      cost: 0,
    };
    this.labels.push(label);
    return label;
  }

  private blockType(): FunctionType {
    return this.reader.blockType(this.metered.module.types);
  }

  /** Emits the words (target, cost) of a branch to a label. */
  private emitTarget(label: Label): void {
    if (label.kind === Kind.Loop) {
      this.code.emit2(label.target, label.cost);
      return;
    }
    const at = this.code.length;
    this.code.emit2(label.fixups, 0);
    label.fixups = at;
  }

  /** Fills the words of all branches that wait for this place. */
  private resolve(fixups: number, target: number, cost: number): void {
    const { words } = this.code;
    for (let at = fixups; at !== NO_FIXUP; ) {
      const next = words[at];
      words[at] = target;
      words[at + 1] = cost;
      at = next;
    }
  }

  /** A metering block starts here, fallen into (if `fall`) and branched to. Returns the words for its branches. */
  private land(fall: boolean): { target: number; cost: number } {
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

  /** Types that a branch to the label carries. */
  private carried(label: Label): Uint8Array {
    return label.kind === Kind.Loop ? label.params : label.results;
  }

  /** Whether the carried values are where the label wants them. */
  private inPlace(label: Label): boolean {
    const stack = this.stack;
    const count = this.carried(label).length;
    if (count === 0) return true;
    if (stack.height - count !== label.base) return false;
    for (let at = label.base; at < stack.height; at++) if (stack.kinds[at] !== Entry.Slot) return false;
    return true;
  }

  /** Copies the top values to a label's slots. Upwards in order is safe: a source never lies below its slot. */
  private carry(label: Label, count: number): void {
    const stack = this.stack;
    const from = stack.height - count;
    for (let i = 0; i < count; i++) stack.copyTo(stack.slotAt(label.base + i), from + i);
  }

  private labelAt(depth: number): Label {
    return this.labels[this.labels.length - 1 - depth];
  }

  /** An unconditional branch; a branch to the function's own label is a return. */
  private branch(label: Label): void {
    if (label.kind === Kind.Function) {
      this.return();
      return;
    }
    this.carry(label, this.carried(label).length);
    if (label.kind !== Kind.Loop) label.targeted = true;
    this.code.emit1(Op.Jump);
    this.emitTarget(label);
  }

  br(): boolean {
    this.branch(this.labelAt(this.reader.u32()));
    return false;
  }

  unreachable(): boolean {
    this.code.emit1(Op.Unreachable);
    return false;
  }

  return(): boolean {
    const { stack, count } = { stack: this.stack, count: this.results.length };
    const from = stack.height - count;
    if (count === 0) this.code.emit2(Op.Return, this.frameWords);
    else if (count === 1) {
      const slot = this.readable(from);
      this.code.emit3(stack.wide[from] ? Op.Return64 : Op.Return32, slot, this.frameWords);
    } else {
      for (let i = 0; i < count; i++) stack.copyTo(stack.slotAt(from + i), from + i);
      this.code.emit4(Op.ReturnMany, stack.slotAt(from), count << 1, this.frameWords);
    }
    return false;
  }

  /** A slot to read the entry from, without popping it. */
  private readable(at: number): number {
    const stack = this.stack;
    if (stack.kinds[at] === Entry.Local) return stack.low[at] << 1;
    stack.copyTo(stack.slotAt(at), at);
    return stack.slotAt(at);
  }

  // Control instructions. Each returns whether what follows is live.

  block(): boolean {
    const type = this.blockType();
    this.stack.settleAll();
    this.pushLabel(Kind.Block, type.params, type.results);
    return true;
  }

  loop(): boolean {
    const type = this.blockType();
    this.stack.settleAll();
    const label = this.pushLabel(Kind.Loop, type.params, type.results);
    const { target, cost } = this.land(true);
    label.target = target;
    label.cost = cost;
    return true;
  }

  compileIf(condition: Condition): boolean {
    const type = this.blockType();
    this.stack.settleAll();
    const label = this.pushLabel(Kind.If, type.params, type.results);
    this.emitTest(condition.no, condition);
    label.elseFixup = this.code.length;
    this.code.emit2(NO_FIXUP, 0);
    this.emitFallCost();
    return true;
  }

  /** Emits the opcode and operands of a test. */
  private emitTest(op: Op, { a, b }: Condition): void {
    if (b === undefined) this.code.emit2(op, a);
    else this.code.emit3(op, a, b);
  }

  /** The test at the end of a counted loop takes in the addition that counts. */
  private emitCountedTest(condition: Condition): void {
    const { code } = this;
    const { yes, a, b } = condition;
    for (const { sum, test, counted } of COUNTED_FORMS) {
      const at = test === yes ? code.lastFusible(sum, 4) : -1;
      if (at < 0 || code.words[at + 1] !== a) continue;
      code.length = at;
      code.emit5(counted, a, code.words[at + 2], code.words[at + 3], b!);
      return;
    }
    this.emitTest(yes, condition);
  }

  /** The word `costElse` of a branch: the metering block behind it. */
  private emitFallCost(): void {
    const cost = this.takeBlock();
    if (cost <= COST_INLINE_MAX) {
      this.code.emit1(cost);
      return;
    }
    this.code.emit1(0);
    this.emitCharge(cost);
  }

  else(live: boolean): boolean {
    const label = this.labelAt(0);
    label.thenLive = live;
    if (live) {
      this.carry(label, label.results.length);
      this.code.emit1(Op.Jump);
      this.emitTarget(label);
    }
    label.kind = Kind.Else;
    const { target, cost } = this.land(false);
    this.resolve(label.elseFixup, target, cost);
    label.elseFixup = NO_FIXUP;
    this.reenter(label, label.params);
    return true;
  }

  /** The operand stack as it is at the start of an arm or behind an end: the given types in their slots. */
  private reenter(label: Label, types: Uint8Array): void {
    const stack = this.stack;
    stack.truncate(label.base);
    for (const type of types) stack.pushSlot(isWide(type));
  }

  end(live: boolean): boolean {
    const label = this.labels[this.labels.length - 1];
    if (label.kind === Kind.Function) {
      if (live) this.return();
      this.labels.pop();
      return false;
    }
    if (live) this.carry(label, label.results.length);
    this.labels.pop();
    const conditional = label.kind === Kind.If;
    const reached = live || label.thenLive || conditional || label.targeted;
    if (label.kind === Kind.Loop) {
      if (live) this.reenter(label, label.results);
      return live;
    }
    if (!reached) return false;
    const cut = label.kind !== Kind.Block || label.targeted;
    if (cut) {
      const { target, cost } = this.land(live);
      this.resolve(label.fixups, target, cost);
      if (conditional) this.resolve(label.elseFixup, target, cost);
    }
    this.reenter(label, label.results);
    return true;
  }

  brIf(condition: Condition): boolean {
    const label = this.labelAt(this.reader.u32());
    if (label.kind !== Kind.Function && this.inPlace(label)) {
      if (label.kind !== Kind.Loop) label.targeted = true;
      this.emitCountedTest(condition);
      this.emitTarget(label);
      this.emitFallCost();
      return true;
    }
    // Over the moves: the taken path pays its cost at the jump, the other one at this test.
    this.emitTest(condition.no, condition);
    const over = this.code.length;
    this.code.emit3(NO_FIXUP, 0, 0);
    this.branch(label);
    const { target, cost } = this.land(false);
    this.resolve(over, target, cost);
    return true;
  }

  brTable(): boolean {
    const reader = this.reader;
    const stack = this.stack;
    const code = this.code;
    const index = stack.popOperand();
    const count = reader.u32();
    code.emit3(Op.BranchTable, index, count);
    /** For labels that need moves: by depth, the chain of words that lead to its stub. */
    const stubs = new Map<number, number>();
    for (let i = 0; i <= count; i++) {
      const depth = reader.u32();
      const label = this.labelAt(depth);
      if (label.kind !== Kind.Function && this.inPlace(label)) {
        if (label.kind !== Kind.Loop) label.targeted = true;
        this.emitTarget(label);
        continue;
      }
      const at = code.length;
      code.emit2(stubs.get(depth) ?? NO_FIXUP, 0);
      stubs.set(depth, at);
    }
    for (const [depth, fixups] of stubs) {
      this.resolve(fixups, code.length, 0);
      code.markLanding();
      this.branch(this.labelAt(depth));
    }
    return false;
  }

  // Calls

  /** Puts the arguments into their slots and pops them; returns the callee's frame, relative to this one. */
  private arguments(type: FunctionType): number {
    const stack = this.stack;
    const from = stack.height - type.params.length;
    for (let at = from; at < stack.height; at++) stack.copyTo(stack.slotAt(at), at);
    stack.truncate(from);
    return stack.slotAt(from);
  }

  private pushResults(type: FunctionType): boolean {
    for (const result of type.results) this.stack.pushSlot(isWide(result));
    return true;
  }

  call(): boolean {
    const { module } = this.metered;
    const index = this.reader.u32();
    const type = typeOfFunction(module, index);
    const base = this.arguments(type);
    if (index < module.importedFunctions) this.code.emit3(Op.CallFunction, index, base);
    else this.code.emit3(Op.CallFirst, index - module.importedFunctions, base);
    return this.pushResults(type);
  }

  callIndirect(): boolean {
    const typeIndex = this.reader.u32();
    const table = this.reader.u32();
    const type = this.metered.module.types[typeIndex];
    const element = this.stack.popOperand();
    const base = this.arguments(type);
    this.code.emit5(Op.CallIndirect, element, table, typeIndex, base);
    return this.pushResults(type);
  }

  returnCall(): boolean {
    const { module } = this.metered;
    const index = this.reader.u32();
    const type = typeOfFunction(module, index);
    const source = this.arguments(type);
    const imported = index < module.importedFunctions;
    this.code.emit2(
      imported ? Op.ReturnCallFunction : Op.ReturnCall,
      imported ? index : index - module.importedFunctions,
    );
    this.code.emit3(source, type.params.length << 1, this.frameWords);
    return false;
  }

  returnCallIndirect(): boolean {
    const typeIndex = this.reader.u32();
    const table = this.reader.u32();
    const type = this.metered.module.types[typeIndex];
    const element = this.stack.popOperand();
    const source = this.arguments(type);
    this.code.emit4(Op.ReturnCallIndirect, element, table, typeIndex);
    this.code.emit3(source, type.params.length << 1, this.frameWords);
    return false;
  }

  // Results

  /** Where a result goes: into the local that the next instruction sets, else into its own slot. */
  private destination(wide: boolean): number {
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

  localGet(): boolean {
    const local = this.reader.u32();
    this.stack.pushLocal(local, this.localWide[local]);
    return true;
  }

  localSet(tee: boolean): boolean {
    const stack = this.stack;
    const local = this.reader.u32();
    const at = stack.pop();
    const same = stack.kinds[at] === Entry.Local && stack.low[at] === local;
    if (!same) {
      stack.settleLocal(local);
      stack.copyTo(local << 1, at);
    }
    if (tee) stack.pushLocal(local, this.localWide[local]);
    return true;
  }

  /** `op d a` */
  unary(op: Op, wide: boolean): boolean {
    const a = this.stack.popOperand();
    this.code.emit3(op, this.destination(wide), a);
    return true;
  }

  /** `op d a b` */
  binary(op: Op, wide: boolean): boolean {
    const b = this.stack.popOperand();
    const a = this.stack.popOperand();
    this.code.emit4(op, this.destination(wide), a, b);
    return true;
  }

  /** A binary operator with a form for a constant on the right; `commutes` lets one on the left change places. */
  binaryI32(op: Op, immOp: Op, commutes: boolean): boolean {
    const stack = this.stack;
    let right = stack.height - 1;
    let left = right - 1;
    if (commutes && stack.isConst(left) && !stack.isConst(right)) [left, right] = [right, left];
    if (!stack.isConst(right)) return this.binary(op, false);
    const imm = stack.low[right];
    return this.binaryImm(immOp, left, imm, false);
  }

  /** Whether an operator of a local and a constant may wait: the next instruction does not set a local with it. */
  private defers(op: Op, operandAt: number): boolean {
    if (op !== Op.I32AddImm && op !== Op.I32ShlImm && op !== Op.I32ShrUImm && op !== Op.I32RotlImm) return false;
    const kind = this.stack.kinds[operandAt];
    // A value above the result's height would be overwritten before it is read.
    const stays = kind === Entry.Local || (kind === Entry.Slot && operandAt === this.stack.height - 2);
    if (!stays) return false;
    const next = this.reader.nextByte();
    return next !== Opcode.LocalSet && next !== Opcode.LocalTee;
  }

  /** `op d a b imm`: a commutative operator that takes in a deferred one on either side; false if it takes none. */
  absorb(rotl: Op | undefined, shl: Op | undefined, shrU: Op | undefined): boolean {
    const stack = this.stack;
    const top = stack.height - 1;
    const formOf = (at: number): Op | undefined => {
      if (stack.kinds[at] !== Entry.Deferred) return undefined;
      const op: Op = stack.ops[at];
      return op === Op.I32RotlImm ? rotl : op === Op.I32ShlImm ? shl : op === Op.I32ShrUImm ? shrU : undefined;
    };
    const right = formOf(top);
    const at = right === undefined ? top - 1 : top;
    const form = right ?? formOf(at);
    if (form === undefined) return false;
    const local = stack.low[at] << 1;
    const imm = stack.imms[at];
    if (form === Op.I32XorRotl && at === top && stack.isDeferred(top - 1, Op.I32RotlImm)) {
      const [second, first] = [stack.pop(), stack.pop()];
      const [a, m, b, n] = [stack.low[first] << 1, stack.imms[first], stack.low[second] << 1, stack.imms[second]];
      this.code.emit6(Op.I32RotlXorRotl, this.destination(false), a, m, b, n);
      return true;
    }
    let other: number;
    if (at === top) {
      stack.pop();
      other = stack.popOperand();
    } else {
      other = stack.popOperand();
      stack.pop();
    }
    this.code.emit5(form, this.destination(false), other, local, imm);
    return true;
  }

  /** Pops both operands of a binary operator, one of which is the constant `imm`. */
  private binaryImm(immOp: Op, operandAt: number, imm: number, wide: boolean): boolean {
    if (this.defers(immOp, operandAt)) {
      const { stack } = this;
      const local = stack.kinds[operandAt] === Entry.Local ? stack.low[operandAt] : undefined;
      stack.pop();
      stack.pop();
      if (local === undefined) stack.pushDeferredInPlace(immOp, imm);
      else stack.pushDeferred(immOp, local, imm);
      return true;
    }
    const a = this.readable(operandAt);
    this.stack.pop();
    this.stack.pop();
    const d = this.destination(wide);
    this.code.markFusible();
    this.code.emit4(immOp, d, a, imm);
    return true;
  }

  /** Whether the entry is a 64-bit constant that is a sign-extended 32-bit one. */
  private isSmallConst(at: number): boolean {
    const stack = this.stack;
    return stack.isConst(at) && stack.high[at] === stack.low[at] >> 31;
  }

  binaryI64(op: Op, immOp: Op): boolean {
    const stack = this.stack;
    let right = stack.height - 1;
    let left = right - 1;
    if (this.isSmallConst(left) && !this.isSmallConst(right)) [left, right] = [right, left];
    if (!this.isSmallConst(right)) return this.binary(op, true);
    return this.binaryImm(immOp, left, stack.low[right], true);
  }

  subtractI32(): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (!stack.isConst(right)) return this.binary(Op.I32Sub, false);
    return this.binaryImm(Op.I32AddImm, right - 1, -stack.low[right] | 0, false);
  }

  subtractI64(): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (!this.isSmallConst(right) || stack.low[right] === -0x8000_0000) return this.binary(Op.I64Sub, true);
    return this.binaryImm(Op.I64AddImm, right - 1, -stack.low[right] | 0, true);
  }

  /** A rotation to the right by a constant is one to the left. */
  rotateI32(op: Op, sign: 1 | -1): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (!stack.isConst(right)) return this.binary(op, false);
    return this.binaryImm(Op.I32RotlImm, right - 1, (sign * stack.low[right]) & 31, false);
  }

  shiftI64(op: Op, immOp: Op, sign: 1 | -1): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (!stack.isConst(right)) return this.binary(op, true);
    return this.binaryImm(immOp, right - 1, (sign * stack.low[right]) & 63, true);
  }

  /** Division by a constant that can neither trap nor overflow. */
  divideI32(op: Op, immOp: Op): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    const safe = stack.isConst(right) && stack.low[right] !== 0 && stack.low[right] !== -1;
    if (!safe) return this.binary(op, false);
    return this.binaryImm(immOp, right - 1, stack.low[right], false);
  }

  /** A double operator with a form for a constant, which is no NaN, on the right. */
  binaryF64(op: Op, immOp: Op): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (!stack.isConst(right)) return this.binary(op, true);
    const value = doubleOf(stack.low[right], stack.high[right]);
    if (value !== value) return this.binary(op, true);
    return this.binaryImm(immOp, right - 1, this.constants(value), true);
  }

  /** A product that is only added to, or subtracted from, what is below it is one instruction of two roundings. */
  multiplyF64(): boolean {
    const stack = this.stack;
    const next = this.reader.nextByte();
    const product = stack.height - 2;
    const fuses = (next === Opcode.F64Add || next === Opcode.F64Sub) && product > this.labelAt(0).base;
    if (!fuses || stack.isConst(product + 1) || stack.isConst(product)) return this.binaryF64(Op.F64Mul, Op.F64MulImm);
    this.reader.take();
    const b = stack.popOperand();
    const a = stack.popOperand();
    const c = stack.popOperand();
    this.code.emit5(next === Opcode.F64Add ? Op.F64MulAdd : Op.F64MulSub, this.destination(true), a, b, c);
    return true;
  }

  // Comparisons and the branches on them

  /** Hands a condition to the branch that follows, or makes a value of it. */
  private test(condition: Condition, value: () => void): boolean {
    const next = this.reader.nextByte();
    if (next === Opcode.BrIf) {
      this.reader.take();
      return this.brIf(condition);
    }
    if (next === Opcode.If) {
      this.reader.take();
      return this.compileIf(condition);
    }
    value();
    return true;
  }

  /** The test of an i32 on the stack that no comparison has made. */
  truth(): Condition {
    return { yes: Op.BranchIf, no: Op.BranchUnless, a: this.stack.popOperand(), b: undefined };
  }

  eqzI32(): boolean {
    const a = this.stack.popOperand();
    return this.test({ yes: Op.BranchUnless, no: Op.BranchIf, a, b: undefined }, () =>
      this.code.emit3(Op.I32Eqz, this.destination(false), a),
    );
  }

  eqzI64(): boolean {
    const a = this.stack.popOperand();
    return this.test({ yes: Op.BranchI64Eqz, no: Op.BranchI64Nez, a, b: undefined }, () =>
      this.code.emit3(Op.I64Eqz, this.destination(false), a),
    );
  }

  /** An i32 comparison. @param row the forms of the operator */
  compareI32(row: ImmediateComparison): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    if (stack.isConst(right)) {
      const b = stack.low[right];
      stack.pop();
      const a = stack.popOperand();
      return this.test({ yes: row.branchImm, no: row.branchNotImm, a, b }, () =>
        this.code.emit4(row.setImm, this.destination(false), a, b),
      );
    }
    return this.compare(row);
  }

  /** An (in)equality of i64; a branch on one with zero has a test of its own. */
  compareI64(row: Comparison, yes: Op, no: Op): boolean {
    const stack = this.stack;
    const right = stack.height - 1;
    const next = this.reader.nextByte();
    const branches = next === Opcode.BrIf || next === Opcode.If;
    if (!branches || !stack.isConst(right) || (stack.low[right] | stack.high[right]) !== 0) return this.compare(row);
    stack.pop();
    return this.test({ yes, no, a: stack.popOperand(), b: undefined }, unreachable);
  }

  /** A comparison of two slots; `swap` exchanges them. */
  compare(row: Comparison): boolean {
    const second = this.stack.popOperand();
    const first = this.stack.popOperand();
    const a = row.swap ? second : first;
    const b = row.swap ? first : second;
    const noA = row.swapNot ? b : a;
    if (row.swapNot) {
      // The negation wants its operands the other way round: only one of both tests is ever emitted.
      const next = this.reader.nextByte();
      if (next === Opcode.If || (next === Opcode.BrIf && this.wantsNegation())) {
        return this.test({ yes: row.branch, no: row.branchNot, a: noA, b: a }, unreachable);
      }
    }
    return this.test({ yes: row.branch, no: row.branchNot, a, b }, () =>
      this.code.emit4(row.set, this.destination(false), a, b),
    );
  }

  /** A comparison of f32: a branch on one is rare enough to test its value. */
  compareF32({ set, swap }: ComparisonValue): boolean {
    const b = this.stack.popOperand();
    const a = this.stack.popOperand();
    this.code.emit4(set, this.destination(false), swap ? b : a, swap ? a : b);
    return true;
  }

  /** Whether the `br_if` that follows will test the negation, because its values must be moved. */
  private wantsNegation(): boolean {
    const label = this.labelAt(this.reader.nextLabel());
    return label.kind === Kind.Function || !this.inPlace(label);
  }

  // Memory

  load(op: Op, wide: boolean): boolean {
    const offset = this.memoryOffset();
    const address = this.stack.height - 1;
    const fixed = this.fixedAddress(op, address, offset);
    if (fixed !== undefined) {
      this.stack.pop();
      this.code.emit3(fixed.op, this.destination(wide), fixed.address);
      return true;
    }
    const sumOp = offset < 0 ? undefined : SUM_FORMS.get(op);
    if (sumOp !== undefined && this.stack.isDeferred(address, Op.I32AddImm)) {
      this.stack.pop();
      const local = this.stack.low[address] << 1;
      const imm = this.stack.imms[address];
      this.code.emit5(sumOp, this.destination(wide), local, imm, offset);
      return true;
    }
    const a = this.stack.popOperand();
    const d = this.destination(wide);
    if (offset < 0) this.code.emit5(Op.MemoryAccessFar, op, d, a, offset);
    else this.code.emit4(op, d, a, offset);
    return true;
  }

  /** The form of an access at a constant address, if there is one and it is near. */
  private fixedAddress(op: Op, at: number, offset: number): { readonly op: Op; readonly address: number } | undefined {
    const { stack } = this;
    const form = FIXED_FORMS.get(op);
    if (form === undefined || !stack.isConst(at) || offset < 0) return undefined;
    const address = (stack.low[at] >>> 0) + offset;
    return address <= FIXED_ADDRESS_MAX ? { op: form, address } : undefined;
  }

  /** The offset of a memarg as 32 bits; negative from 2^31 on. */
  private memoryOffset(): number {
    this.reader.u32();
    return this.reader.u32() | 0;
  }

  store(op: Op): boolean {
    return this.storeAt(op, this.memoryOffset());
  }

  private storeAt(op: Op, offset: number): boolean {
    const address = this.stack.height - 2;
    const sumOp = offset < 0 ? undefined : SUM_FORMS.get(op);
    const fixed = this.fixedAddress(op, address, offset);
    const b = this.stack.popOperand();
    if (fixed !== undefined) {
      this.stack.pop();
      this.code.emit3(fixed.op, fixed.address, b);
      return true;
    }
    if (sumOp !== undefined && this.stack.isDeferred(address, Op.I32AddImm)) {
      this.stack.pop();
      this.code.emit5(sumOp, this.stack.low[address] << 1, this.stack.imms[address], b, offset);
      return true;
    }
    const a = this.stack.popOperand();
    if (offset < 0) this.code.emit5(Op.MemoryAccessFar, op, a, b, offset);
    else this.code.emit4(op, a, b, offset);
    return true;
  }

  /** A store of 32 bits or fewer, with a form for a constant value. */
  storeI32(op: Op, immOp: Op): boolean {
    const stack = this.stack;
    const value = stack.height - 1;
    const offset = this.memoryOffset();
    if (!stack.isConst(value) || offset < 0) return this.storeAt(op, offset);
    const imm = stack.low[value];
    const address = value - 1;
    const sumOp = SUM_FORMS.get(immOp);
    stack.pop();
    if (sumOp !== undefined && stack.isDeferred(address, Op.I32AddImm)) {
      stack.pop();
      this.code.emit5(sumOp, stack.low[address] << 1, stack.imms[address], imm, offset);
      return true;
    }
    this.code.emit4(immOp, stack.popOperand(), imm, offset);
    return true;
  }

  /** An addition whose sum is only an address becomes part of the load. */
  addI32(): boolean {
    const stack = this.stack;
    if (this.absorb(undefined, Op.I32AddShl, undefined)) return true;
    const indexed = INDEXED_LOADS[this.reader.nextByte()];
    const right = stack.height - 1;
    if (stack.isConst(right) || stack.isConst(right - 1)) return this.binaryI32(Op.I32Add, Op.I32AddImm, true);
    if (indexed === undefined || this.reader.nextMemoryOffset() > OFFSET_MAX) return this.sumI32();
    this.reader.take();
    const offset = this.memoryOffset();
    const b = stack.popOperand();
    const a = stack.popOperand();
    const d = this.destination(indexed.wide);
    this.code.emit5(indexed.op, d, a, b, offset);
    return true;
  }

  /** The sum of two slots, or of three: one more goes into a sum that was made just before, for this alone. */
  private sumI32(): boolean {
    const { stack, code } = this;
    const b = stack.popOperand();
    const a = stack.popOperand();
    const at = code.lastFusible(Op.I32Add, 4);
    const made = at < 0 ? -1 : code.words[at + 1];
    const left = stack.height;
    const takesLeft = made === a && stack.kinds[left] === Entry.Slot;
    if (takesLeft || (made === b && stack.kinds[left + 1] === Entry.Slot)) {
      const [x, y] = [code.words[at + 2], code.words[at + 3]];
      code.length = at;
      code.emit5(Op.I32Add3, this.destination(false), x, y, takesLeft ? b : a);
      return true;
    }
    const d = this.destination(false);
    code.markFusible();
    code.emit4(Op.I32Add, d, a, b);
    return true;
  }

  // Globals, references, bulk

  globalGet(): boolean {
    const { module } = this.metered;
    const index = this.reader.u32();
    const wide = isWide(module.globals[index].type);
    const own = index - module.importedGlobals;
    if (own < 0) this.code.emit3(Op.GlobalGetImported, this.destination(wide), index);
    else this.code.emit3(wide ? Op.GlobalGet64 : Op.GlobalGet32, this.destination(wide), own << 1);
    return true;
  }

  globalSet(): boolean {
    const { module } = this.metered;
    const index = this.reader.u32();
    const wide = isWide(module.globals[index].type);
    const own = index - module.importedGlobals;
    const a = this.stack.popOperand();
    if (own < 0) this.code.emit3(Op.GlobalSetImported, index, a);
    else this.code.emit3(wide ? Op.GlobalSet64 : Op.GlobalSet32, own << 1, a);
    return true;
  }

  select(): boolean {
    const stack = this.stack;
    const condition = stack.popOperand();
    const wide = stack.wide[stack.height - 1] === 1;
    const b = stack.popOperand();
    const a = stack.popOperand();
    this.code.emit5(wide ? Op.Select64 : Op.Select32, this.destination(wide), a, b, condition);
    return true;
  }

  /** An instruction that is one operation: its result, its operands, then its immediates. */
  operation({ op, result, operands, words, memories }: Operation): boolean {
    const { reader, stack, code } = this;
    // Read first: `destination` looks at the next instruction, and an immediate may equal its opcode.
    const immediates = Array.from({ length: words }, () => reader.u32());
    reader.skip(memories);
    const slots = Array.from({ length: operands }, () => stack.popOperand()).reverse();
    if (result !== 'none') slots.unshift(this.destination(result === 'wide'));
    code.emit1(op);
    for (const word of [...slots, ...immediates]) code.emit1(word);
    return true;
  }

  drop(): boolean {
    this.stack.pop();
    return true;
  }

  /** A conversion that changes nothing but the type: the low half, or the same bits. */
  retype(wide: boolean): boolean {
    const stack = this.stack;
    const at = stack.height - 1;
    if (stack.kinds[at] === Entry.Const && !wide) stack.high[at] = stack.low[at] >> 31;
    stack.wide[at] = wide ? 1 : 0;
    return true;
  }

  constI32(): boolean {
    const low = this.reader.s32();
    this.stack.pushConst(false, low, low >> 31);
    return true;
  }

  constI64(): boolean {
    const low = this.reader.s64();
    this.stack.pushConst(true, low, this.reader.high);
    return true;
  }

  constF32(): boolean {
    const low = this.reader.fixed32();
    this.stack.pushConst(false, low, low >> 31);
    return true;
  }

  constF64(): boolean {
    const low = this.reader.fixed32();
    this.stack.pushConst(true, low, this.reader.fixed32());
    return true;
  }

  refNull(): boolean {
    this.reader.u8();
    this.stack.pushConst(false, 0, 0);
    return true;
  }

  selectT(): boolean {
    skipImmediates(this.reader, Opcode.SelectT);
    return this.select();
  }
}

/** The value that the two halves of an f64 constant stand for. */
function doubleOf(low: number, high: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setInt32(0, low, true);
  view.setInt32(4, high, true);
  return view.getFloat64(0, true);
}

function unreachable(): never {
  throw new Error('a fused test without a branch');
}
