/**
 * Rewrites the body of one function: charges, stack words, canonical NaN and the causes of traps go in, dead code
 * goes out; the rest is copied. One pass, no recursion, linear in the bytes times the greatest arity.
 *
 * Instructions that are copied unchanged are passed over in a loop of their own (`#pass`), which keeps no more than
 * the operand height; for every other there is an action. Fuel is kept as `FuelCharges` says. A float on the operand
 * stack or in a local whose NaN bits the host chose is marked and is made canonical before it can be observed, and before
 * control arrives from elsewhere.
 *
 * docs/SEMANTICS.md, sections 2 to 5 and 7.
 */
import type { ByteWriter } from '../base/byte-writer.js';
import { FrameKind } from '../metering/live-frames.js';
import type { BodyMeter, MeteredModule } from '../metering/meter.js';
import { OPERANDS_MAX, TYPING } from '../validate/typing-table.js';
import { EMPTY_BLOCK, InstructionReader, NO_LOCAL, NO_TYPES } from '../wasm/instruction-reader.js';
import { OPCODE_INDEX_COUNT, PREFIX_FC, PREFIXED_BASE, ROW_BY_INDEX } from '../wasm/instructions.js';
import { typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { skipImmediates } from '../wasm/skip-immediates.js';
import { type FunctionType, ValueType } from '../wasm/types.js';
import {
  DROPPED,
  memoryCopy,
  memoryFill,
  memoryGrow,
  memoryInit,
  tableCopy,
  tableFill,
  tableGrow,
  tableInit,
} from './added-code.js';
import { AddedLocals } from './added-locals.js';
import { CodeWriter } from './code-writer.js';
import { Edits } from './edits.js';
import { FLOAT_CLASSES, FloatClass } from './float-class.js';
import { FrameCode } from './frame-code.js';
import { FuelCharges } from './fuel-charges.js';
import { checkAccess, pushPages } from './guarded-access.js';
import { GaugeGlobal, isFloat, type Layout, SELF, type SegmentKind, Trapping } from './layout.js';
import { LocalMarks } from './local-marks.js';
import { NanState, writeNan } from './nan-code.js';
import { NotedLocals } from './noted-locals.js';
import { type Frame, OpenFrames } from './open-frames.js';
import { OperandMarks } from './operand-marks.js';
import {
  HEIGHT_BIAS,
  INTEGERS_BITS,
  INTEGERS_MASK,
  isStore,
  NOT_PASSED,
  type Passed,
  passedInstructions,
} from './passed.js';
import { noteStore } from './store-notes.js';

/** Indices of prefixed opcodes in tables by opcode, as `InstructionReader` returns them. */
const enum Prefixed {
  MemoryInit = 0x108,
  DataDrop = 0x109,
  MemoryCopy = 0x10a,
  MemoryFill = 0x10b,
  TableInit = 0x10c,
  ElemDrop = 0x10d,
  TableCopy = 0x10e,
  TableGrow = 0x10f,
  TableSize = 0x110,
  TableFill = 0x111,
}

/** What a rewritten function costs the host to compile. */
export interface Weight {
  locals: number;
  height: number;
  controls: number;
  bytes: number;
}

/** A larger offset of a store may be the address of an array, with the operand as an index. */
const NEAR_BYTES_MAX = 65_535;

/** Rewrites the live instruction at `at`, whose opcode was just read, and omits dead code after it. */
type Action = (rewriter: FunctionRewriter, at: number, opcode: number) => void;

export class FunctionRewriter {
  /** Weight of the function that was rewritten last. */
  readonly weight: Weight = { locals: 0, height: 0, controls: 0, bytes: 0 };
  /** Whether a body uses a reference to a function: from `ref.func` or from a table. */
  usesReferences = false;
  /** Whether a body sets an element of a table. */
  setsElements = false;

  readonly #metered: MeteredModule;
  readonly #reader: InstructionReader;
  readonly #written = new CodeWriter(4096);
  readonly #edits: Edits;
  readonly #added: AddedLocals;
  readonly #fuel: FuelCharges;
  readonly #operands: OperandMarks;
  readonly #locals: LocalMarks;
  readonly #frames = new OpenFrames();
  readonly #frameCode: FrameCode;
  readonly #passed: Passed;
  /** ... where stores are noted. */
  readonly #passedWithNotes: Passed;
  /** ... in a function that has locals of floats. */
  readonly #passedWithFloats: Passed;
  /** Whether stores are noted. */
  readonly #notes: boolean;
  readonly #noted = new NotedLocals();
  /** The instructions that pushed the entries of the operand stack, by height with the entry, as far as they were passed over. */
  #origins = new Uint32Array(256);
  /** Where the instructions begin that were passed over last. */
  #passedFrom = 0;

  readonly #types: readonly FunctionType[];
  readonly #functionTypes: Uint32Array;
  readonly #meter: BodyMeter;
  #nextBlock = 0;
  #frameWords = 0;
  #calls = false;
  #results: Uint8Array = NO_TYPES;

  constructor(
    readonly layout: Layout,
    reader = new InstructionReader(layout.metered.module.bytes),
    edits = new Edits(),
  ) {
    const { metered } = layout;
    this.#metered = metered;
    this.#reader = reader;
    this.#edits = edits;
    this.#added = new AddedLocals();
    this.#fuel = new FuelCharges(this.#edits, this.#added, layout.gauge(GaugeGlobal.Fuel));
    this.#operands = new OperandMarks(this.#edits, this.#added);
    this.#locals = new LocalMarks(this.#edits, this.#added);
    this.#frameCode = new FrameCode(layout.gauge(GaugeGlobal.Words));
    this.#notes = layout.notedBelow > 0;
    const not = {
      globals: layout.globals.some((place, i) => place !== i),
      globalWrites: this.#notes,
      accesses: layout.form === 'guarded',
      stores: this.#notes,
    };
    this.#passed = passedInstructions(not, 'all');
    this.#passedWithNotes = passedInstructions(not, 'reads');
    this.#passedWithFloats = passedInstructions(not, 'none');
    this.#types = metered.module.types;
    this.#functionTypes = metered.module.functionTypes;
    this.#meter = metered.bodyMeter();
  }

  /** Appends the rewritten body with its size. */
  rewrite(definedIndex: number, out: ByteWriter): void {
    const { module } = this.#metered;
    const meter = this.#meter;
    meter.meterBody(definedIndex);
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    const reader = this.#reader;
    const start = module.bodyStarts[definedIndex];
    reader.enter(start, module.bodyEnds[definedIndex]);
    this.weight.controls = 0;
    this.#calls = false;
    this.#results = type.results;
    this.#frameWords = meter.frameWords;
    this.#nextBlock = 0;
    this.#declareLocals(type.params);
    const codeStart = reader.pos;
    this.#added.start(this.#locals.count);
    this.#operands.start(meter.maxHeight);
    this.#noted.start(this.#locals.count);
    if (this.#origins.length <= meter.maxHeight) this.#origins = new Uint32Array(meter.maxHeight * 2);
    this.#edits.clear();
    this.#fuel.start(this.#takeBlock(codeStart));
    this.#pushFrame(FrameKind.Function, { params: NO_TYPES, results: type.results });
    this.#walk();
    this.#write(start, codeStart, reader.pos);
    this.weight.locals = this.#locals.count + this.#added.types.length;
    this.weight.height = meter.maxHeight;
    this.weight.bytes = this.#written.length;
    out.u32(this.#written.length);
    out.bytes(this.#written.finish());
  }

  #declareLocals(params: Uint8Array): void {
    const reader = this.#reader;
    const locals = this.#locals;
    locals.start();
    for (let i = 0; i < params.length; i++) locals.declare(1, params[i]);
    for (let left = reader.u32(); left > 0; left--) {
      const count = reader.u32();
      locals.declare(count, reader.u8());
    }
  }

  /** Writes the function whose declarations start at `start` and whose code is from `codeStart` to `end`. */
  #write(start: number, codeStart: number, end: number): void {
    const writer = this.#written;
    const { bytes } = this.#reader;
    // All added locals are requested before the locals are declared.
    const words = this.#calls ? this.#added.words : 0;
    writer.clear();
    this.#writeLocals(start, codeStart);
    if (this.#calls) this.#frameCode.take(writer, this.#frameWords, words);
    else this.#frameCode.compare(writer, this.#frameWords);
    if (this.#added.nans.size > 0) this.#writeNans();
    if (!this.#calls) {
      this.#edits.write(writer, bytes, codeStart, end, this.#fuel.code);
      return;
    }
    // The guest's own `end` closes a block: a branch to the function's label and a `return` leave through its end.
    writer.u8(Opcode.Block);
    this.#writeResultType();
    this.#edits.write(writer, bytes, codeStart, end, this.#fuel.code);
    this.#frameCode.giveBack(writer, this.#frameWords, words);
    writer.u8(Opcode.End);
  }

  #writeNans(): void {
    for (const [type, local] of this.#added.nans) {
      writeNan(this.#written, type, NanState.Positive);
      this.#written.localSet(local);
    }
  }

  #writeLocals(start: number, codeStart: number): void {
    const reader = this.#reader;
    const writer = this.#written;
    const { types } = this.#added;
    reader.enter(start, codeStart);
    writer.u32(reader.u32() + types.length);
    writer.range(reader.bytes, reader.pos, codeStart);
    for (let i = 0; i < types.length; i++) {
      writer.u8(1);
      writer.u8(types[i]);
    }
  }

  #writeResultType(): void {
    const results = this.#results;
    if (results.length === 0) this.#written.u8(EMPTY_BLOCK);
    else if (results.length === 1) this.#written.u8(results[0]);
    else this.#written.s32(this.layout.typeIndex(NO_TYPES, results));
  }

  #giveWordsBack(code: CodeWriter): void {
    this.#frameCode.giveBack(code, this.#frameWords, this.#added.words);
  }

  /** Code that replaces the instruction at `at`, which was just read. */
  #replace(at: number): CodeWriter {
    return this.#edits.replace(at, this.#reader.pos);
  }

  // Metering blocks

  /** A metering block starts at `at`; returns its cost. Both walks must divide a body in the same way. */
  #takeBlock(at: number): number {
    const block = this.#nextBlock++;
    const { offsets, costs } = this.#meter.blocks;
    if (offsets[block] !== at) throw new Error(`metering and rewriting cut differently at byte ${at}`);
    return costs[block];
  }

  /** A metering block starts at the reader's position. */
  #cut(): void {
    const at = this.#reader.pos;
    this.weight.controls++;
    this.#fuel.owe(this.#takeBlock(at), at);
  }

  // Walking

  /**
   * Processes one instruction after the other. As long as no operand is marked, it skips those that are copied
   * unchanged, in this loop and with local variables, because nearly all code consists of these. The body's last `end`
   * is not one of them.
   */
  #walk(): void {
    const reader = this.#reader;
    const operands = this.#operands;
    const frames = this.#frames;
    const fuel = this.#fuel;
    const actions = FunctionRewriter.#actions;
    const { bytes } = reader;
    const origins = this.#origins;
    const { checked, unchecked } = this.#passedHere();
    while (frames.depth > 0) {
      let { pos } = reader;
      this.#passedFrom = pos;
      if (operands.marked === 0) {
        let { height } = operands;
        let passed = fuel.owed === 0 && !fuel.pending ? checked : unchecked;
        for (;;) {
          const opcode = bytes[pos];
          let entry = passed[opcode];
          if (entry === NOT_PASSED) {
            if (checked[opcode] !== NOT_PASSED) {
              passed = checked;
              fuel.check(pos);
            } else if (!this.#isPlainLocal(opcode, pos)) break;
            entry = this.#passed.checked[opcode];
          }
          height += (entry >> INTEGERS_BITS) - HEIGHT_BIAS;
          origins[height] = pos++;
          for (let left = entry & INTEGERS_MASK; left > 0; left--) while (bytes[pos++] >= 0x80);
        }
        operands.height = height;
      }
      reader.pos = pos;
      const opcode = reader.opcodeByte();
      actions[opcode](this, pos, opcode);
    }
  }

  #passedHere(): Passed {
    if (this.#locals.hasFloats) return this.#passedWithFloats;
    return this.#notes ? this.#passedWithNotes : this.#passed;
  }

  /** Whether the instruction at `at` reads or writes a local that is not a float: those are skipped in any function. */
  #isPlainLocal(opcode: number, at: number): boolean {
    if (opcode < Opcode.LocalGet || opcode > Opcode.LocalTee) return false;
    const reader = this.#reader;
    reader.reread(at);
    const local = reader.u32();
    if (opcode !== Opcode.LocalGet) this.#noted.write(local, at);
    return !isFloat(this.#locals.type(local));
  }

  /**
   * Omits dead code up to the `else` or `end` of the construct, and further as long as the code after an `end` is dead.
   */
  #skipDead(): void {
    const reader = this.#reader;
    let start = reader.pos;
    for (let depth = 0; this.#frames.depth > 0; ) {
      const at = reader.pos;
      const opcode = reader.nextByte();
      if (depth === 0 && (opcode === Opcode.End || opcode === Opcode.Else)) {
        if (at > start) this.#edits.leaveOut(start, at);
        reader.take();
        if (opcode === Opcode.Else) {
          this.#else(false, at);
          return;
        }
        if (this.#end(false, at)) return;
        start = reader.pos;
        continue;
      }
      if (opcode === Opcode.Block || opcode === Opcode.Loop || opcode === Opcode.If) depth++;
      else if (opcode === Opcode.End) depth--;
      skipImmediates(reader, reader.opcode());
    }
  }

  // Control

  #pushFrame(kind: FrameKind, type: FunctionType): Frame {
    return this.#frames.push(kind, type, this.#operands.height - type.params.length, this.#reader.pos);
  }

  #blockType(): FunctionType {
    return this.#reader.blockType(this.#types);
  }

  /** Control goes to the frame's label with `count` values below `above` others. */
  #leave(frame: Frame, count: number, above: number, at: number): void {
    const fuel = this.#fuel;
    this.#operands.settle(count, above, at);
    this.#locals.settle(at, frame.dead);
    fuel.settle(at);
    if (fuel.pending) frame.pending = true;
  }

  /** Control leaves the function with its results, below `above` other entries. */
  #leaveFunction(above: number, at: number): void {
    this.#operands.settle(this.#results.length, above, at);
    this.#fuel.check(at);
  }

  /** A live branch to a label, taken or not, with `above` entries over the values it carries. */
  #branch(above: number, at: number): void {
    const frame = this.#frames.label(this.#reader.u32());
    if (frame.kind === FrameKind.Function) {
      this.#leaveFunction(above, at);
      return;
    }
    this.#leave(frame, frame.carried, above, at);
    if (frame.kind !== FrameKind.Loop) frame.reached = true;
  }

  #block(at: number): void {
    const type = this.#blockType();
    this.#operands.settle(type.params.length, 0, at);
    this.#pushFrame(FrameKind.Block, type);
  }

  #loop(at: number): void {
    const type = this.#blockType();
    const frame = this.#pushFrame(FrameKind.Loop, type);
    this.#noted.leave(0);
    this.#leave(frame, type.params.length, 0, at);
    // A loop is checked each time; otherwise a guest could run in it without paying.
    this.#fuel.pending = true;
    this.#cut();
    this.#fuel.check(this.#reader.pos);
  }

  #if(at: number): void {
    const operands = this.#operands;
    const fuel = this.#fuel;
    const type = this.#blockType();
    operands.settle(type.params.length, 1, at);
    this.#locals.settle(at);
    fuel.settle(at);
    operands.pop(1);
    const frame = this.#pushFrame(FrameKind.Then, type);
    frame.pendingElse = fuel.pending;
    this.#cut();
  }

  #else(live: boolean, at: number): void {
    const frame = this.#frames.label(0);
    if (live) {
      this.#leave(frame, frame.type.results.length, 0, at);
      frame.reached = true;
    }
    this.#locals.forget();
    this.#noted.leave(this.#frames.depth);
    frame.kind = FrameKind.Else;
    this.#operands.popTo(frame.height);
    this.#operands.pushAll(frame.type.params);
    this.#fuel.arrive(frame.pendingElse);
    this.#cut();
  }

  /** Returns whether what follows is live. */
  #end(live: boolean, at: number): boolean {
    const operands = this.#operands;
    const frame = this.#frames.label(0);
    const { kind, reached, type } = frame;
    if (kind === FrameKind.Function) {
      if (live) this.#leaveFunction(0, at);
      this.#frames.depth--;
      return false;
    }
    const arrives = kind === FrameKind.Then || (kind !== FrameKind.Loop && reached);
    // If no other path arrives, marks of locals may stay; those of results are still made canonical.
    if (!live) this.#locals.forget();
    else if (arrives || kind === FrameKind.Else) this.#leave(frame, type.results.length, 0, at);
    else operands.settle(type.results.length, 0, at);
    this.#noted.leave(this.#frames.depth);
    this.#frames.depth--;
    operands.popTo(frame.height);
    operands.pushAll(type.results);
    if (!live && !arrives) {
      // Validation treats the following code as live. It is omitted, so nothing may use the operand stack.
      this.#edits.insert(this.#reader.pos).u8(Opcode.Unreachable);
      return false;
    }
    if (arrives) this.#fuel.arrive(frame.pending || (kind === FrameKind.Then && frame.pendingElse));
    if (arrives || kind === FrameKind.Else) this.#cut();
    return true;
  }

  #brTable(at: number): void {
    const reader = this.#reader;
    let outside = false;
    const targets: Frame[] = [];
    let frame = this.#frames.label(0);
    for (let left = reader.u32(); left >= 0; left--) {
      frame = this.#frames.label(reader.u32());
      if (frame.kind !== FrameKind.Loop) frame.reached = true;
      if (frame.kind === FrameKind.Function) outside = true;
      else targets.push(frame);
    }
    this.#operands.settle(frame.carried, 1, at);
    if (outside) this.#fuel.check(at);
    if (targets.length === 0) return;
    this.#locals.settle(at);
    this.#fuel.settle(at);
    if (this.#fuel.pending) for (const target of targets) target.pending = true;
  }

  #return(at: number): void {
    this.#leaveFunction(0, at);
    this.#replace(at).op1(Opcode.Br, this.#frames.depth - 1);
  }

  // Calls

  /** Pops the arguments of a call, below `above` other entries, and pushes its results. */
  #callTyped({ params, results }: FunctionType, above: number, at: number): void {
    const operands = this.#operands;
    const fuel = this.#fuel;
    operands.settle(params.length, above, at);
    fuel.check(at);
    fuel.stale = true;
    this.#calls = true;
    operands.pop(params.length + above);
    operands.pushAll(results);
  }

  #call(at: number): void {
    const index = this.#reader.u32();
    this.#callTyped(this.#types[this.#functionTypes[index]], 0, at);
    const target = this.layout.functionIndex(index);
    if (target !== index) this.#replace(at).call(target);
  }

  #returnCall(at: number): void {
    const index = this.#reader.u32();
    this.#callTyped(this.#types[this.#functionTypes[index]], 0, at);
    const code = this.#replace(at);
    this.#giveWordsBack(code);
    code.op1(Opcode.ReturnCall, this.layout.functionIndex(index));
  }

  #callIndirect(opcode: Opcode.CallIndirect | Opcode.ReturnCallIndirect, at: number): void {
    const { layout } = this;
    const typeIndex = this.#reader.u32();
    const table = this.#reader.u32();
    this.#callTyped(this.#types[typeIndex], 1, at);
    const code = this.#replace(at);
    const element = this.#added.scratch(ValueType.I32, 0);
    code.localTee(element);
    code.globalSet(layout.gauge(GaugeGlobal.Element));
    code.i32Const(table);
    if (layout.form === 'shared') {
      code.globalGet(layout.state(SELF));
      code.op(Opcode.I32Add);
    }
    code.globalSet(layout.gauge(GaugeGlobal.Table));
    if (opcode === Opcode.ReturnCallIndirect) this.#giveWordsBack(code);
    code.localGet(element);
    code.op1(opcode, typeIndex);
    code.u32(table);
  }

  /** An instruction becomes a call of an added function. */
  #callAdded(index: number, at: number): void {
    this.#fuel.check(at);
    this.#replace(at).call(index);
    this.#fuel.stale = true;
  }

  /** Such an instruction pops three operands and pushes nothing. */
  #callBulk(index: number, at: number): void {
    this.#callAdded(index, at);
    this.#operands.pop(3);
  }

  // Variables

  #localGet(at: number): void {
    const local = this.#reader.u32();
    this.#operands.push(this.#locals.type(local), this.#locals.read(local, at));
  }

  /** `local.set` and `local.tee`. */
  #localWrite(at: number): void {
    const local = this.#reader.u32();
    this.#locals.write(local, this.#operands.state(0), this.#frames);
    this.#noted.write(local, at);
  }

  #globalGet(at: number): void {
    const index = this.#reader.u32();
    this.#operands.push(this.#metered.module.globals[index].type, NanState.Kept);
    this.#global(Opcode.GlobalGet, index, at);
  }

  #globalSet(at: number): void {
    const index = this.#reader.u32();
    this.#operands.settle(1, 0, at);
    this.#fuel.check(at);
    if (this.#notes) this.#noteFrame(index, at);
    this.#operands.pop(1);
    this.#global(Opcode.GlobalSet, index, at);
  }

  /**
   * Notes the local that is about to become the stack pointer (the first global in compiled code), because many stores
   * are relative to it.
   */
  #noteFrame(global: number, at: number): void {
    if (global !== this.#metered.module.importedGlobals) return;
    const local = this.#localAt(0);
    if (local !== NO_LOCAL && this.#locals.type(local) === ValueType.I32) this.#noteLocal(local, at);
  }

  /** Notes the value that a local has at `at`. */
  #noteLocal(local: number, at: number): void {
    noteStore(this.#edits.insert(at), this.layout, local);
    this.#noted.add(local, this.#frames.depth);
  }

  /** The local whose value is the entry `depth` below the top; `NO_LOCAL` if unknown. */
  #localAt(depth: number): number {
    const origin = this.#origins[this.#operands.height - depth];
    return origin < this.#passedFrom ? NO_LOCAL : this.#reader.localBefore(origin);
  }

  #global(opcode: Opcode.GlobalGet | Opcode.GlobalSet, index: number, at: number): void {
    const place = this.layout.globals[index];
    if (place !== index) this.#replace(at).op1(opcode, place);
  }

  #select(at: number): void {
    const operands = this.#operands;
    if (operands.state(2) !== operands.state(1)) operands.settle(2, 1, at);
    const state = operands.state(2);
    const type = operands.type(2);
    operands.pop(3);
    operands.push(type, state);
  }

  // Tables, segments and references

  /** An access to a table traps for only one reason, so the host's message is not needed. */
  #tableAccess(opcode: Opcode.TableGet | Opcode.TableSet, table: number, at: number): void {
    this.#fuel.check(at);
    const code = this.#replace(at);
    const trapping = this.layout.gauge(GaugeGlobal.Trapping);
    code.setGlobal(trapping, Trapping.TableAccess);
    code.op1(opcode, table);
    code.setGlobal(trapping, Trapping.No);
  }

  #tableGet(at: number): void {
    const table = this.#reader.u32();
    this.usesReferences = true;
    this.#tableAccess(Opcode.TableGet, table, at);
    this.#operands.pop(1);
    this.#operands.push(this.#metered.module.tables[table].type, NanState.Kept);
  }

  #tableSet(at: number): void {
    this.#tableAccess(Opcode.TableSet, this.#reader.u32(), at);
    this.#operands.pop(2);
    this.setsElements = true;
  }

  #tableGrow(at: number): void {
    this.#callAdded(tableGrow(this.layout, this.#reader.u32()), at);
    this.#operands.pop(2);
    this.#operands.push(ValueType.I32, NanState.Kept);
  }

  #tableCopy(at: number): void {
    const destination = this.#reader.u32();
    this.#callBulk(tableCopy(this.layout, destination, this.#reader.u32()), at);
  }

  #tableInit(at: number): void {
    const segment = this.#reader.u32();
    this.#callBulk(tableInit(this.layout, segment, this.#reader.u32()), at);
  }

  #memoryInit(at: number): void {
    const segment = this.#reader.u32();
    this.#reader.skip(1);
    this.#callBulk(memoryInit(this.layout, segment), at);
  }

  #dropSegment(kind: SegmentKind, at: number): void {
    const segment = this.#reader.u32();
    this.#fuel.check(at);
    this.#replace(at).setGlobal(this.layout.segmentState(kind, segment), DROPPED);
  }

  // Memory

  /** A load or store; in the guarded form after its own check. A store is noted. */
  #access(opcode: number, at: number): void {
    const reader = this.#reader;
    reader.u32();
    const offset = reader.u32();
    reader.reread(at);
    const isNoted = this.#notes && isStore(opcode) && !this.#isNotedBase(offset, at);
    this.#plain(opcode, at);
    const { layout } = this;
    const isGuarded = layout.form === 'guarded';
    if (!isGuarded && !isNoted) return;
    const code = this.#replace(at);
    const address = this.#added.scratch(ValueType.I32, 0);
    const value = this.#valueOfStore(opcode);
    if (value !== undefined) code.localSet(value);
    code.localSet(address);
    if (isGuarded) {
      code.localGet(address);
      checkAccess(code, layout, offset + 2 ** TYPING.alignmentsMax[opcode]);
    }
    if (isNoted) noteStore(code, layout, address, offset);
    code.localGet(address);
    if (value !== undefined) code.localGet(value);
    code.range(reader.bytes, at, reader.pos);
  }

  /**
   * Whether the store at `at` is to an address at or above the value of a local that has been noted, or is noted now.
   */
  #isNotedBase(offset: number, at: number): boolean {
    const origin = this.#origins[this.#operands.height - 1];
    const local = this.#localAt(1);
    if (local === NO_LOCAL) return false;
    if (this.#noted.has(local)) return true;
    if (offset > NEAR_BYTES_MAX || this.#noted.isWrittenAfter(local, origin)) return false;
    this.#noteLocal(local, at);
    return true;
  }

  /** A local for the value that a store takes; undefined for a load. */
  #valueOfStore(opcode: number): number | undefined {
    if (TYPING.results[opcode] !== 0) return undefined;
    const type = TYPING.operands[opcode * OPERANDS_MAX + 1];
    return this.#added.scratch(type, type === ValueType.I32 ? 1 : 0);
  }

  #memorySize(opcode: number, at: number): void {
    this.#plain(opcode, at);
    if (this.layout.form === 'guarded') pushPages(this.#replace(at), this.layout);
  }

  #refFunc(at: number): void {
    const index = this.#reader.u32();
    const target = this.layout.functionIndex(index);
    this.usesReferences = true;
    if (target !== index) this.#replace(at).op1(Opcode.RefFunc, target);
    this.#operands.push(ValueType.FuncRef, NanState.Kept);
  }

  // The rest

  /** An instruction that the table types by operands and result, copied as it is. */
  #plain(opcode: number, at: number): void {
    if (MAY_TRAP[opcode] === 1) this.#fuel.check(at);
    const operands = this.#operands;
    const count = TYPING.operandCounts[opcode];
    let state = NanState.Kept;
    switch (FLOAT_CLASSES[opcode] as FloatClass) {
      case FloatClass.Generates:
        state = NanState.Positive;
        break;
      case FloatClass.Observes:
        operands.settle(count, 0, at);
        break;
      case FloatClass.Negates: {
        const operand = operands.state(0);
        if (operand !== NanState.Kept) state = operand === NanState.Positive ? NanState.Negative : NanState.Positive;
        break;
      }
      case FloatClass.ClearsSign:
        if (operands.state(0) !== NanState.Kept) state = NanState.Positive;
        break;
      case FloatClass.Truncates:
        this.#keepOperand(TYPING.operands[opcode * OPERANDS_MAX], at);
        break;
      default:
        break;
    }
    skipImmediates(this.#reader, opcode);
    operands.pop(count);
    const result = TYPING.results[opcode];
    if (result !== 0) operands.push(result, state);
  }

  /** Keeps the operand of a `trunc`, so that NaN and overflow can be distinguished if it traps. */
  #keepOperand(type: number, at: number): void {
    const code = this.#edits.insert(at);
    const scratch = this.#added.scratch(type, 0);
    code.localTee(scratch);
    if (type === ValueType.F32) code.op(Opcode.F64PromoteF32);
    code.globalSet(this.layout.gauge(GaugeGlobal.Operand));
    code.localGet(scratch);
  }

  /** By opcode index. A table and not a `switch`, so that the host compiles each action alone when it is used often. */
  static readonly #actions: readonly Action[] = (() => {
    const actions = Array.from(
      { length: OPCODE_INDEX_COUNT },
      (_, index): Action =>
        ROW_BY_INDEX[index]?.immediates === 'memarg'
          ? (body, at, opcode) => body.#access(opcode, at)
          : (body, at, opcode) => body.#plain(opcode, at),
    );
    actions[Opcode.MemorySize] = (body, at, opcode) => body.#memorySize(opcode, at);
    actions[Opcode.Unreachable] = (body, at) => {
      body.#fuel.check(at);
      body.#skipDead();
    };
    actions[Opcode.Block] = (body, at) => body.#block(at);
    actions[Opcode.Loop] = (body, at) => body.#loop(at);
    actions[Opcode.If] = (body, at) => body.#if(at);
    actions[Opcode.Else] = (body, at) => body.#else(true, at);
    actions[Opcode.End] = (body, at) => {
      if (!body.#end(true, at)) body.#skipDead();
    };
    actions[Opcode.Br] = (body, at) => {
      body.#branch(0, at);
      body.#skipDead();
    };
    actions[Opcode.BrIf] = (body, at) => {
      body.#branch(1, at);
      body.#operands.pop(1);
      body.#cut();
    };
    actions[Opcode.BrTable] = (body, at) => {
      body.#brTable(at);
      body.#skipDead();
    };
    actions[Opcode.Return] = (body, at) => {
      body.#return(at);
      body.#skipDead();
    };
    actions[Opcode.Call] = (body, at) => body.#call(at);
    actions[Opcode.CallIndirect] = (body, at) => body.#callIndirect(Opcode.CallIndirect, at);
    actions[Opcode.ReturnCall] = (body, at) => {
      body.#returnCall(at);
      body.#skipDead();
    };
    actions[Opcode.ReturnCallIndirect] = (body, at) => {
      body.#callIndirect(Opcode.ReturnCallIndirect, at);
      body.#skipDead();
    };
    actions[Opcode.Drop] = (body) => body.#operands.pop(1);
    actions[Opcode.Select] = (body, at) => body.#select(at);
    actions[Opcode.SelectT] = (body, at) => {
      skipImmediates(body.#reader, Opcode.SelectT);
      body.#select(at);
    };
    actions[Opcode.LocalGet] = (body, at) => body.#localGet(at);
    actions[Opcode.LocalSet] = (body, at) => {
      body.#localWrite(at);
      body.#operands.pop(1);
    };
    actions[Opcode.LocalTee] = (body, at) => body.#localWrite(at);
    actions[Opcode.GlobalGet] = (body, at) => body.#globalGet(at);
    actions[Opcode.GlobalSet] = (body, at) => body.#globalSet(at);
    actions[Opcode.TableGet] = (body, at) => body.#tableGet(at);
    actions[Opcode.TableSet] = (body, at) => body.#tableSet(at);
    actions[Opcode.MemoryGrow] = (body, at) => {
      body.#reader.skip(1);
      body.#callAdded(memoryGrow(body.layout), at);
    };
    actions[Opcode.RefNull] = (body) => {
      body.#operands.push(body.#reader.u8(), NanState.Kept);
    };
    actions[Opcode.RefIsNull] = (body) => {
      body.#operands.pop(1);
      body.#operands.push(ValueType.I32, NanState.Kept);
    };
    actions[Opcode.RefFunc] = (body, at) => body.#refFunc(at);
    actions[PREFIX_FC] = (body, at) => {
      const opcode = PREFIXED_BASE + body.#reader.u32();
      actions[opcode](body, at, opcode);
    };
    actions[Prefixed.MemoryInit] = (body, at) => body.#memoryInit(at);
    actions[Prefixed.DataDrop] = (body, at) => body.#dropSegment('data', at);
    actions[Prefixed.MemoryCopy] = (body, at) => {
      body.#reader.skip(2);
      body.#callBulk(memoryCopy(body.layout), at);
    };
    actions[Prefixed.MemoryFill] = (body, at) => {
      body.#reader.skip(1);
      body.#callBulk(memoryFill(body.layout), at);
    };
    actions[Prefixed.TableInit] = (body, at) => body.#tableInit(at);
    actions[Prefixed.ElemDrop] = (body, at) => body.#dropSegment('element', at);
    actions[Prefixed.TableCopy] = (body, at) => body.#tableCopy(at);
    actions[Prefixed.TableGrow] = (body, at) => body.#tableGrow(at);
    actions[Prefixed.TableSize] = (body) => {
      body.#reader.u32();
      body.#operands.push(ValueType.I32, NanState.Kept);
    };
    actions[Prefixed.TableFill] = (body, at) => body.#callBulk(tableFill(body.layout, body.#reader.u32()), at);
    return actions;
  })();
}

/** 1 for instructions that can trap, including stores, by opcode index. */
const MAY_TRAP: Uint8Array = Uint8Array.from(ROW_BY_INDEX, (row) => (row?.traps === undefined ? 0 : 1));
