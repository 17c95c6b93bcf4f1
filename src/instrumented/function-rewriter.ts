/**
 * Rewrites the body of one function: charges, stack words, canonical NaN and what tells traps apart go in, dead code
 * goes out; the rest is copied. One pass, no recursion, linear in the bytes times the greatest arity.
 *
 * Invariants, at every instruction of the rewritten code:
 * - the fuel global is exact and not negative whenever anybody can see it or what the guest has done: before every
 *   instruction that can trap, call, leave the function or change more than locals and operands, and in every loop;
 * - in between, a charge only lowers the fuel local (`#fuelPending`) or waits here to be taken off it (`#fuelOwed`):
 *   what has not been checked yet has done nothing, so it comes to the same;
 * - where control can arrive from elsewhere the fuel local is at hand: neither stale nor owed anything;
 * - a float on the operand stack or in a local whose NaN bits the host chose is marked (`NanState`) and is put right
 *   before anybody can tell, and before control arrives from elsewhere. Most functions make no NaN: each is first
 *   rewritten without a look at its operands, and anew with one (`#tracks`) at the first instruction that makes one.
 *
 * docs/SEMANTICS.md, sections 2 to 5 and 7.
 */
import { ByteReader } from '../base/byte-reader.js';
import type { ByteWriter } from '../base/byte-writer.js';
import type { MeteredModule } from '../metering/meter.js';
import { OPERANDS_MAX, TYPING } from '../validate/typing-table.js';
import { ROW_BY_INDEX } from '../wasm/instructions.js';
import { typeOfFunction } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { readOpcode, skipImmediates } from '../wasm/skip-immediates.js';
import { type FunctionType, ValueType } from '../wasm/types.js';
import {
  DROPPED,
  dataState,
  elementState,
  memoryCopy,
  memoryFill,
  memoryGrow,
  memoryInit,
  tableCopy,
  tableFill,
  tableGrow,
  tableInit,
} from './added-code.js';
import { CodeWriter, EMPTY_BLOCK } from './code-writer.js';
import { FLOAT_CLASSES, FloatClass } from './float-class.js';
import { GaugeGlobal, isFloat, type Layout, SELF, Trapping } from './layout.js';
import { NOT_PASSED, passedInstructions } from './passed.js';

/** Indices of prefixed opcodes in tables by opcode, as `readOpcode` answers them. */
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

const enum FrameKind {
  Function,
  Block,
  Loop,
  Then,
  Else,
}

/** What is known of a float's bits. */
const enum NanState {
  /** They are as they must be. */
  Kept,
  /** If it is a NaN, its bits must become the canonical NaN's. */
  Positive,
  /** ... or those of the canonical NaN with the sign set. */
  Negative,
}

interface Frame {
  kind: FrameKind;
  /** Operand height below the parameters. */
  height: number;
  type: FunctionType;
  /** What follows the `end` is live whatever its end is. */
  reached: boolean;
  /** Whether the fuel local may be pending where a branch arrives, and in the `else` arm. */
  pending: boolean;
  pendingElse: boolean;
  /** Of a loop: offset of its first instruction, and the locals that every turn sets before it reads them. */
  start: number;
  dead: Set<number> | undefined;
}

/** Code of a charge, by where the fuel is and what becomes of it. Between `from` and `into` stands the LEB128 of what is owed. */
interface ChargeCode {
  readonly fromGlobal: Uint8Array;
  readonly fromLocal: Uint8Array;
  readonly intoLocal: Uint8Array;
  /** ... and into the global, with a check. */
  readonly intoBoth: Uint8Array;
  /** Nothing is owed: the global's fuel goes into the local. */
  readonly settle: Uint8Array;
  /** Nothing is owed: what stands there is checked. */
  readonly checkGlobal: Uint8Array;
  readonly checkLocal: Uint8Array;
}

const NO_TYPES = new Uint8Array(0);
const EMPTY_TYPE: FunctionType = { params: NO_TYPES, results: NO_TYPES };
const NONE = -1;

/** What a rewritten function costs the host to compile. */
export interface Weight {
  locals: number;
  height: number;
  controls: number;
  bytes: number;
}

export class FunctionRewriter {
  /** Of the function rewritten last. */
  readonly weight: Weight = { locals: 0, height: 0, controls: 0, bytes: 0 };
  /** A body named a function by `ref.func`. */
  usesReferences = false;
  /** A body sets an element of a table. */
  setsElements = false;

  readonly #metered: MeteredModule;
  readonly #body = new CodeWriter(4096);
  readonly #head = new CodeWriter(256);
  readonly #reader: ByteReader;
  readonly #fuelGlobal: number;
  readonly #wordsGlobal: number;
  /** First byte of the guest's code that is not copied yet. */
  #copied = 0;

  /** What is passed over where fuel is owed, and where it is not. */
  readonly #passedUnchecked: Uint8Array;
  readonly #passedChecked: Uint8Array;
  /** Types and marks of operands are kept, in a function that makes a NaN. */
  #tracks = false;
  #makesNan = false;

  readonly #frames: Frame[] = [];
  #types = new Uint8Array(256);
  #nan = new Uint8Array(256);
  #height = 0;
  /** How many entries of the operand stack are marked. */
  #marked = 0;

  #localTypes = new Uint8Array(256);
  #localNan = new Uint8Array(256);
  /** Offset of the last `local.get` of each local. */
  #lastReads = new Uint32Array(256);
  #localCount = 0;
  readonly #markedLocals: number[] = [];

  /** Types of added locals; the first has index `#localCount`. */
  readonly #added: number[] = [];
  #fuelLocal = NONE;
  #wordsLocal = NONE;
  readonly #scratch = new Map<number, number[]>();
  readonly #nanLocals = new Map<number, number>();

  /** The fuel global is newer than the local. */
  #fuelStale = true;
  /** The fuel local is lower than the global and has not been checked. */
  #fuelPending = false;
  /** Fuel that is charged but not taken off the local yet. */
  #fuelOwed = 0;
  /** The code of charges by index of the fuel local, and of this function's once it has one. */
  readonly #chargeCodes = new Map<number, ChargeCode>();
  #chargeCode: ChargeCode | undefined;
  readonly #blockOffsets: MeteredModule['blockOffsets'];
  readonly #blockCosts: MeteredModule['blockCosts'];
  #calls = false;
  #nextBlock = 0;
  #frameWords = 0;
  #results: Uint8Array = NO_TYPES;

  constructor(readonly layout: Layout) {
    this.#metered = layout.metered;
    this.#blockOffsets = layout.metered.blockOffsets;
    this.#blockCosts = layout.metered.blockCosts;
    this.#reader = new ByteReader(layout.metered.module.bytes);
    this.#fuelGlobal = layout.gauge(GaugeGlobal.Fuel);
    this.#wordsGlobal = layout.gauge(GaugeGlobal.Words);
    const keepsGlobals = layout.globals.every((place, i) => place === i);
    this.#passedUnchecked = passedInstructions(false, keepsGlobals);
    this.#passedChecked = passedInstructions(true, keepsGlobals);
  }

  /** Appends the rewritten body with its size. */
  rewrite(definedIndex: number, out: ByteWriter): void {
    this.#tracks = false;
    this.#makesNan = false;
    this.#rewriteBody(definedIndex, out);
    if (!this.#makesNan) return;
    this.#tracks = true;
    this.#makesNan = false;
    this.#rewriteBody(definedIndex, out);
  }

  #rewriteBody(definedIndex: number, out: ByteWriter): void {
    const { module, maxHeights, frameWords, firstBlock } = this.#metered;
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    const reader = this.#reader;
    reader.pos = module.bodyStarts[definedIndex];
    reader.end = module.bodyEnds[definedIndex];
    this.#start(type, maxHeights[definedIndex]);
    const groupsAt = this.#readLocals(type);
    const groupsEnd = reader.pos;
    this.#nextBlock = firstBlock[definedIndex];
    this.#frameWords = frameWords[definedIndex];
    this.#fuelOwed = this.#takeBlock();
    this.#copied = reader.pos;
    this.#walk();
    if (this.#makesNan) return;
    this.#copyTo(reader.pos);
    this.#finish(definedIndex, groupsAt, groupsEnd, out);
  }

  #start(type: FunctionType, maxHeight: number): void {
    if (this.#types.length < maxHeight + 1) {
      this.#types = new Uint8Array(maxHeight * 2);
      this.#nan = new Uint8Array(maxHeight * 2);
    }
    this.#body.clear();
    this.#head.clear();
    this.#height = 0;
    this.#marked = 0;
    this.#added.length = 0;
    this.#fuelLocal = NONE;
    this.#wordsLocal = NONE;
    this.#chargeCode = undefined;
    this.#scratch.clear();
    this.#nanLocals.clear();
    this.#markedLocals.length = 0;
    this.#fuelStale = true;
    this.#fuelPending = false;
    this.#calls = false;
    this.#results = type.results;
    this.#frames.length = 0;
    this.weight.controls = 0;
    this.#pushFrame(FrameKind.Function, { params: NO_TYPES, results: type.results });
  }

  /** Reads the declarations; answers where their groups start. */
  #readLocals(type: FunctionType): number {
    const reader = this.#reader;
    this.#localCount = 0;
    for (const param of type.params) this.#declare(1, param);
    const groups = reader.u32();
    const start = reader.pos;
    for (let left = groups; left > 0; left--) {
      const count = reader.u32();
      this.#declare(count, reader.u8());
    }
    return start;
  }

  #declare(count: number, type: number): void {
    const end = this.#localCount + count;
    if (end > this.#localTypes.length) {
      const grown = new Uint8Array(Math.max(end, this.#localTypes.length * 2));
      grown.set(this.#localTypes);
      this.#localTypes = grown;
      this.#localNan = new Uint8Array(grown.length);
      this.#lastReads = new Uint32Array(grown.length);
    }
    this.#localTypes.fill(type, this.#localCount, end);
    this.#localNan.fill(NanState.Kept, this.#localCount, end);
    this.#lastReads.fill(0, this.#localCount, end);
    this.#localCount = end;
  }

  // Output

  /** Copies the guest's code up to an offset. */
  #copyTo(end: number): void {
    if (end > this.#copied) this.#body.range(this.#reader.bytes, this.#copied, end);
    this.#copied = end;
  }

  /** Copies up to the instruction at `start`, which is replaced. */
  #replaceFrom(start: number): void {
    this.#copyTo(start);
    this.#copied = this.#reader.pos;
  }

  #addLocal(type: number): number {
    return this.#localCount + this.#added.push(type) - 1;
  }

  #fuel(): number {
    if (this.#fuelLocal === NONE) this.#fuelLocal = this.#addLocal(ValueType.I64);
    return this.#fuelLocal;
  }

  #words(): number {
    if (this.#wordsLocal === NONE) this.#wordsLocal = this.#addLocal(ValueType.I32);
    return this.#wordsLocal;
  }

  /** The n-th scratch local of a type. */
  #scratchLocal(type: number, n: number): number {
    let locals = this.#scratch.get(type);
    if (locals === undefined) {
      locals = [];
      this.#scratch.set(type, locals);
    }
    while (locals.length <= n) locals.push(this.#addLocal(type));
    return locals[n];
  }

  /** A local that holds the canonical NaN of a type. */
  #nanLocal(type: number): number {
    const known = this.#nanLocals.get(type);
    if (known !== undefined) return known;
    const local = this.#addLocal(type);
    this.#nanLocals.set(type, local);
    return local;
  }

  /** Writes the declarations, the entry, the body and the exit, with the size before them. */
  #finish(definedIndex: number, groupsAt: number, groupsEnd: number, out: ByteWriter): void {
    const head = this.#head;
    const body = this.#body;
    const frame = this.#calls;
    this.#writeEntry();
    if (frame) {
      // The guest's own `end` closes the block: a branch to the function's label and a `return` leave through here.
      body.localGet(this.#words());
      body.i32Const(this.#frameWords);
      body.op(Opcode.I32Add);
      body.globalSet(this.#wordsGlobal);
      body.u8(Opcode.End);
    }
    const locals = new CodeWriter(64);
    const start = this.#metered.module.bodyStarts[definedIndex];
    this.#reader.pos = start;
    locals.u32(this.#reader.u32() + this.#added.length);
    locals.range(this.#reader.bytes, groupsAt, groupsEnd);
    for (const type of this.#added) {
      locals.u8(1);
      locals.u8(type);
    }
    const size = locals.length + head.length + body.length;
    out.u32(size);
    out.bytes(locals.finish());
    out.bytes(head.finish());
    out.bytes(body.finish());
    this.weight.locals = this.#localCount + this.#added.length;
    this.weight.height = this.#metered.maxHeights[definedIndex];
    this.weight.bytes = size;
  }

  #writeEntry(): void {
    const head = this.#head;
    if (this.#calls) {
      const words = this.#words();
      head.globalGet(this.#wordsGlobal);
      head.i32Const(this.#frameWords);
      head.op(Opcode.I32Sub);
      head.localTee(words);
      head.globalSet(this.#wordsGlobal);
      head.localGet(words);
      head.i32Const(0);
      head.op(Opcode.I32LtS);
      head.trapIf();
    } else {
      // No callee and no host function can see the words, so they are only compared.
      head.globalGet(this.#wordsGlobal);
      head.i32Const(this.#frameWords);
      head.op(Opcode.I32LtS);
      head.u8(Opcode.If);
      head.u8(EMPTY_BLOCK);
      head.setGlobal(this.#wordsGlobal, -1);
      head.u8(Opcode.Unreachable);
      head.u8(Opcode.End);
    }
    for (const [type, local] of this.#nanLocals) {
      writeNan(head, type, NanState.Positive);
      head.localSet(local);
    }
    if (this.#calls) {
      head.u8(Opcode.Block);
      this.#writeResultType(head);
    }
  }

  #writeResultType(writer: CodeWriter): void {
    const results = this.#results;
    if (results.length === 0) writer.u8(EMPTY_BLOCK);
    else if (results.length === 1) writer.u8(results[0]);
    else writer.s32(this.layout.typeIndex(NO_TYPES, results));
  }

  // Fuel

  /** The cost of the metering block that starts here. Both walks cut alike, or there is a bug. */
  #takeBlock(): number {
    const at = this.#nextBlock++;
    if (this.#blockOffsets[at] !== this.#reader.pos) {
      throw new Error(`metering and rewriting cut differently at byte ${this.#reader.pos}`);
    }
    return this.#blockCosts[at];
  }

  /** A metering block starts at the reader's position. */
  #cut(): void {
    this.weight.controls++;
    this.#fuelOwed += this.#takeBlock();
    if (this.#fuelOwed > OWED_MAX) this.#checkFuel(this.#reader.pos);
  }

  /** Brings the fuel local up to date before control goes where it may arrive from elsewhere. */
  #settleFuel(at: number): void {
    const owed = this.#fuelOwed;
    if (!this.#fuelStale && owed === 0) return;
    this.#copyTo(at);
    this.#chargeCode ??= this.#codeOfCharge();
    const code = this.#chargeCode;
    if (owed === 0) this.#body.bytes(code.settle);
    else {
      this.#body.around(this.#fuelStale ? code.fromGlobal : code.fromLocal, owed, code.intoLocal);
      this.#fuelPending = true;
      this.#fuelOwed = 0;
    }
    this.#fuelStale = false;
  }

  /** Makes the fuel global exact and sees that it is covered, before the instruction at `at`. */
  #checkFuel(at: number): void {
    const owed = this.#fuelOwed;
    if (owed === 0 && !this.#fuelPending) return;
    this.#copyTo(at);
    this.#chargeCode ??= this.#codeOfCharge();
    const code = this.#chargeCode;
    if (owed === 0) this.#body.bytes(this.#fuelStale ? code.checkGlobal : code.checkLocal);
    else this.#body.around(this.#fuelStale ? code.fromGlobal : code.fromLocal, owed, code.intoBoth);
    this.#fuelOwed = 0;
    this.#fuelStale = false;
    this.#fuelPending = false;
  }

  #codeOfCharge(): ChargeCode {
    const local = this.#fuel();
    const known = this.#chargeCodes.get(local);
    if (known !== undefined) return known;
    const write = (parts: (body: CodeWriter) => void): Uint8Array => {
      const body = new CodeWriter(32);
      parts(body);
      return body.finish();
    };
    const code: ChargeCode = {
      fromGlobal: write((body) => {
        body.globalGet(this.#fuelGlobal);
        body.u8(Opcode.I64Const);
      }),
      fromLocal: write((body) => {
        body.localGet(local);
        body.u8(Opcode.I64Const);
      }),
      intoLocal: write((body) => {
        body.op(Opcode.I64Sub);
        body.localSet(local);
      }),
      intoBoth: write((body) => {
        body.op(Opcode.I64Sub);
        body.localTee(local);
        this.#writeCheck(body, local);
      }),
      settle: write((body) => {
        body.globalGet(this.#fuelGlobal);
        body.localSet(local);
      }),
      checkGlobal: write((body) => {
        body.globalGet(this.#fuelGlobal);
        body.localTee(local);
        this.#writeCheck(body, local);
      }),
      checkLocal: write((body) => {
        body.localGet(local);
        this.#writeCheck(body, local);
      }),
    };
    this.#chargeCodes.set(local, code);
    return code;
  }

  /** Puts the fuel left into the global, too, and traps if it is negative. */
  #writeCheck(body: CodeWriter, local: number): void {
    body.globalSet(this.#fuelGlobal);
    body.localGet(local);
    body.i64Const(0);
    body.op(Opcode.I64LtS);
    body.trapIf();
  }

  // Operand stack

  #push(type: number, nan: NanState): void {
    if (!this.#tracks) return;
    const at = this.#height++;
    this.#types[at] = type;
    this.#nan[at] = nan;
    if (nan !== NanState.Kept) this.#marked++;
  }

  #pushAll(types: Uint8Array): void {
    if (!this.#tracks) return;
    for (let i = 0; i < types.length; i++) this.#push(types[i], NanState.Kept);
  }

  /** Pops an entry; its place can still be read. */
  #pop(): void {
    if (!this.#tracks) return;
    const at = --this.#height;
    if (this.#nan[at] !== NanState.Kept) this.#marked--;
  }

  #popTo(height: number): void {
    if (!this.#tracks) return;
    while (this.#height > height) this.#pop();
  }

  // NaN

  /** Puts the bits right of the value on top, which is marked. */
  #canonicalise(type: number, state: NanState): void {
    const body = this.#body;
    const scratch = this.#scratchLocal(type, 0);
    body.localTee(scratch);
    if (state === NanState.Positive) body.localGet(this.#nanLocal(type));
    else writeNan(body, type, state);
    body.localGet(scratch);
    body.localGet(scratch);
    body.op(type === ValueType.F32 ? Opcode.F32Eq : Opcode.F64Eq);
    body.op(Opcode.Select);
  }

  /**
   * Puts right the bits of the entries from `low` to `high`, exclusive, before the instruction at `at`. What stands
   * above the deepest marked one waits in scratch locals.
   */
  #settle(low: number, high: number, at: number): void {
    if (this.#marked === 0) return;
    let deepest = low;
    while (deepest < high && this.#nan[deepest] === NanState.Kept) deepest++;
    if (deepest >= high) return;
    this.#copyTo(at);
    const top = this.#height - 1;
    // Scratch local 0 of a type is the one that canonicalising uses.
    const uses = new Map<number, number>();
    const waiting: number[] = [];
    for (let entry = top; entry > deepest; entry--) {
      const type = this.#types[entry];
      const n = (uses.get(type) ?? 0) + 1;
      uses.set(type, n);
      const local = this.#scratchLocal(type, n);
      if (entry < high) this.#settleTop(entry);
      this.#body.localSet(local);
      waiting.push(local);
    }
    this.#settleTop(deepest);
    for (let i = waiting.length - 1; i >= 0; i--) this.#body.localGet(waiting[i]);
  }

  /** Puts right the entry that the code has on top. */
  #settleTop(entry: number): void {
    const state = this.#nan[entry];
    if (state === NanState.Kept) return;
    this.#canonicalise(this.#types[entry], state);
    this.#nan[entry] = NanState.Kept;
    this.#marked--;
  }

  /** Puts right the locals before control goes where it may arrive from elsewhere, but for those that are `dead` there. */
  #settleLocals(at: number, dead?: ReadonlySet<number>): void {
    const marked = this.#markedLocals;
    if (marked.length === 0) return;
    let kept = 0;
    for (const local of marked) {
      const state = this.#localNan[local];
      if (state === NanState.Kept) continue;
      if (dead?.has(local)) {
        marked[kept++] = local;
        continue;
      }
      this.#copyTo(at);
      this.#body.localGet(local);
      this.#canonicalise(this.#localTypes[local], state);
      this.#body.localSet(local);
      this.#localNan[local] = NanState.Kept;
    }
    marked.length = kept;
  }

  /**
   * Notes the loops in which this write comes before every read of the local, on every way from the loop's start: no
   * branch so far leads past it out of the blocks between. Such a local is dead where the loop starts its next turn.
   */
  #noteWrite(local: number): void {
    const lastRead = this.#lastReads[local];
    const frames = this.#frames;
    const lowest = Math.max(0, frames.length - FRAMES_SEARCHED);
    for (let i = frames.length - 1; i >= lowest; i--) {
      const frame = frames[i];
      if (frame.kind === FrameKind.Loop) {
        if (frame.start <= lastRead) return;
        frame.dead ??= new Set();
        frame.dead.add(local);
      } else if (frame.kind !== FrameKind.Block || frame.reached) return;
    }
  }

  /** Control goes to the frame's label with `count` values that stand below `above` others. */
  #leave(frame: Frame, count: number, above: number, at: number): void {
    if (this.#tracks) {
      const high = this.#height - above;
      this.#settle(high - count, high, at);
      this.#settleLocals(at, frame.dead);
    }
    this.#settleFuel(at);
    if (this.#fuelPending) frame.pending = true;
  }

  /** Control leaves the function with its results, below `above` other entries. */
  #leaveFunction(above: number, at: number): void {
    const high = this.#height - above;
    this.#settle(high - this.#results.length, high, at);
    this.#checkFuel(at);
  }

  // Control

  #pushFrame(kind: FrameKind, type: FunctionType): void {
    this.#frames.push({
      kind,
      height: this.#height - type.params.length,
      type,
      reached: false,
      pending: false,
      pendingElse: this.#fuelPending,
      start: this.#reader.pos,
      dead: undefined,
    });
  }

  #blockType(): FunctionType {
    const reader = this.#reader;
    const first = reader.bytes[reader.pos];
    if ((first & 0xc0) === 0x40) {
      reader.pos++;
      return first === EMPTY_BLOCK ? EMPTY_TYPE : RESULT_TYPES[first];
    }
    return this.#metered.module.types[reader.s33()];
  }

  #label(depth: number): Frame {
    return this.#frames[this.#frames.length - 1 - depth];
  }

  /** A live branch to a label, taken or not, with `above` entries over the values it carries. */
  #branchTo(frame: Frame, above: number, at: number): void {
    if (frame.kind === FrameKind.Function) {
      this.#leaveFunction(above, at);
      return;
    }
    this.#leave(frame, carried(frame).length, above, at);
    if (frame.kind !== FrameKind.Loop) frame.reached = true;
  }

  #walk(): void {
    const reader = this.#reader;
    while (this.#frames.length > 0 && !this.#makesNan) {
      if (!this.#tracks) this.#pass();
      const at = reader.pos;
      this.#instruction(readOpcode(reader), at);
    }
  }

  /** Passes over instructions that are copied as they are, up to the next that is not; the body's last `end` is none. */
  #pass(): void {
    const reader = this.#reader;
    const { bytes } = reader;
    let passed = this.#fuelOwed === 0 && !this.#fuelPending ? this.#passedChecked : this.#passedUnchecked;
    let { pos } = reader;
    for (;;) {
      const opcode = bytes[pos];
      const integers = passed[opcode];
      if (integers === NOT_PASSED) {
        if (this.#passedChecked[opcode] === NOT_PASSED) break;
        passed = this.#passedChecked;
        this.#checkFuel(pos);
        continue;
      }
      pos++;
      for (let left = integers; left > 0; left--) while (bytes[pos++] >= 0x80);
    }
    reader.pos = pos;
  }

  /** Leaves out dead code up to the `else` or `end` of the construct, and on while what follows an `end` is dead. */
  #skipDead(): void {
    const reader = this.#reader;
    this.#copyTo(reader.pos);
    for (let depth = 0; this.#frames.length > 0; ) {
      const at = reader.pos;
      const opcode = readOpcode(reader);
      if (opcode === Opcode.Block || opcode === Opcode.Loop || opcode === Opcode.If) depth++;
      else if (opcode === Opcode.End && depth > 0) depth--;
      else if (depth === 0 && (opcode === Opcode.Else || opcode === Opcode.End)) {
        this.#copied = at;
        if (opcode === Opcode.Else) {
          this.#else(false, at);
          return;
        }
        if (this.#end(false, at)) return;
        this.#copyTo(reader.pos);
        continue;
      }
      skipImmediates(reader, opcode);
    }
  }

  #block(at: number): void {
    const type = this.#blockType();
    this.#settle(this.#height - type.params.length, this.#height, at);
    this.#pushFrame(FrameKind.Block, type);
  }

  #loop(at: number): void {
    const type = this.#blockType();
    this.#pushFrame(FrameKind.Loop, type);
    this.#leave(this.#label(0), type.params.length, 0, at);
    // A loop is checked each time, or a guest could run in it for nothing.
    this.#fuelPending = true;
    this.#cut();
    this.#checkFuel(this.#reader.pos);
  }

  #if(at: number): void {
    const type = this.#blockType();
    const high = this.#height - 1;
    this.#settle(high - type.params.length, high, at);
    this.#settleLocals(at);
    this.#settleFuel(at);
    this.#pop();
    this.#pushFrame(FrameKind.Then, type);
    this.#cut();
  }

  #else(live: boolean, at: number): void {
    const frame = this.#label(0);
    if (live) {
      this.#leave(frame, frame.type.results.length, 0, at);
      frame.reached = true;
    }
    this.#forgetLocals();
    frame.kind = FrameKind.Else;
    this.#popTo(frame.height);
    this.#pushAll(frame.type.params);
    this.#fuelStale = false;
    this.#fuelOwed = 0;
    this.#fuelPending = frame.pendingElse;
    this.#cut();
  }

  /** Dead code may have left marks; every live way here has put its locals right. */
  #forgetLocals(): void {
    for (const local of this.#markedLocals) this.#localNan[local] = NanState.Kept;
    this.#markedLocals.length = 0;
  }

  #end(live: boolean, at: number): boolean {
    const frame = this.#label(0);
    if (frame.kind === FrameKind.Function) {
      if (live) this.#leaveFunction(0, at);
      this.#frames.pop();
      return false;
    }
    const conditional = frame.kind === FrameKind.Then;
    if (live) {
      if (frame.kind === FrameKind.Loop || (frame.kind === FrameKind.Block && !frame.reached)) {
        // Nothing arrives here from elsewhere: marks of locals may stay, those of results are put right all the same.
        this.#settle(this.#height - frame.type.results.length, this.#height, at);
      } else this.#leave(frame, frame.type.results.length, 0, at);
    } else this.#forgetLocals();
    this.#frames.pop();
    this.#popTo(frame.height);
    this.#pushAll(frame.type.results);
    const goesOn = live || (frame.kind !== FrameKind.Loop && (frame.reached || conditional));
    if (!live) {
      this.#fuelStale = false;
      this.#fuelOwed = 0;
    }
    if (frame.kind !== FrameKind.Loop && (frame.reached || !live || conditional)) {
      this.#fuelPending = frame.pending || (conditional && frame.pendingElse);
    }
    if (!goesOn) {
      this.#copyTo(this.#reader.pos);
      // Validation takes what follows for live: it is left out, so nothing may be asked of the operand stack.
      this.#body.u8(Opcode.Unreachable);
      return false;
    }
    const cuts = frame.kind !== FrameKind.Loop && (frame.kind !== FrameKind.Block || frame.reached);
    if (cuts) this.#cut();
    return true;
  }

  #brTable(at: number): void {
    const reader = this.#reader;
    let frame = this.#frames[0];
    let outside = false;
    const targets: Frame[] = [];
    for (let left = reader.u32(); left >= 0; left--) {
      frame = this.#label(reader.u32());
      if (frame.kind !== FrameKind.Loop) frame.reached = true;
      if (frame.kind === FrameKind.Function) outside = true;
      else targets.push(frame);
    }
    const count = carried(frame).length;
    const high = this.#height - 1;
    this.#settle(high - count, high, at);
    if (outside) this.#checkFuel(at);
    if (targets.length === 0) return;
    this.#settleLocals(at);
    this.#settleFuel(at);
    if (this.#fuelPending) for (const target of targets) target.pending = true;
  }

  // Calls

  #giveWordsBack(): void {
    this.#body.localGet(this.#words());
    this.#body.i32Const(this.#frameWords);
    this.#body.op(Opcode.I32Add);
    this.#body.globalSet(this.#wordsGlobal);
  }

  /** The arguments of a call are taken, below `above` other entries, and its results given. */
  #callTyped(type: FunctionType, above: number, at: number): void {
    const high = this.#height - above;
    this.#settle(high - type.params.length, high, at);
    this.#checkFuel(at);
    this.#calls = true;
    this.#popTo(high - type.params.length);
    this.#pushAll(type.results);
    this.#fuelStale = true;
  }

  #call(opcode: Opcode.Call | Opcode.ReturnCall, at: number): void {
    const { module } = this.#metered;
    const index = this.#reader.u32();
    this.#callTyped(typeOfFunction(module, index), 0, at);
    const target = this.layout.functionIndex(index);
    if (opcode === Opcode.ReturnCall) {
      this.#replaceFrom(at);
      this.#giveWordsBack();
      this.#body.op1(opcode, target);
    } else if (target !== index) {
      this.#replaceFrom(at);
      this.#body.op1(opcode, target);
    }
  }

  #callIndirect(opcode: Opcode.CallIndirect | Opcode.ReturnCallIndirect, at: number): void {
    const { module } = this.#metered;
    const typeIndex = this.#reader.u32();
    const table = this.#reader.u32();
    this.#callTyped(module.types[typeIndex], 1, at);
    this.#replaceFrom(at);
    const body = this.#body;
    const element = this.#scratchLocal(ValueType.I32, 0);
    body.localTee(element);
    body.globalSet(this.layout.gauge(GaugeGlobal.Element));
    body.i32Const(table);
    if (this.layout.shared) {
      body.globalGet(this.layout.state(SELF));
      body.op(Opcode.I32Add);
    }
    body.globalSet(this.layout.gauge(GaugeGlobal.Table));
    if (opcode === Opcode.ReturnCallIndirect) this.#giveWordsBack();
    body.localGet(element);
    body.op1(opcode, typeIndex);
    body.u32(table);
  }

  /** An instruction becomes a call of an added function. */
  #callAdded(index: number, at: number): void {
    this.#checkFuel(at);
    this.#replaceFrom(at);
    this.#body.call(index);
    this.#fuelStale = true;
  }

  /** Pops `operands` entries and pushes the result, if there is one. */
  #takes(operands: number, result?: ValueType): void {
    this.#popTo(this.#height - operands);
    if (result !== undefined) this.#push(result, NanState.Kept);
  }

  // Variables

  #localSet(keeps: boolean): void {
    const local = this.#reader.u32();
    const at = this.#height - 1;
    const state = this.#nan[at];
    if (isFloat(this.#localTypes[local])) this.#noteWrite(local);
    if (state !== NanState.Kept && this.#localNan[local] === NanState.Kept) this.#markedLocals.push(local);
    this.#localNan[local] = state;
    if (!keeps) this.#pop();
  }

  #select(at: number): void {
    const low = this.#height - 3;
    const same = this.#nan[low] === this.#nan[low + 1];
    if (!same) this.#settle(low, low + 2, at);
    const state: NanState = this.#nan[low];
    const type = this.#types[low];
    this.#popTo(low);
    this.#push(type, state);
  }

  /** An access to a table traps for one reason, which no message of the host must be asked for. */
  #tableAccess(opcode: Opcode.TableGet | Opcode.TableSet, at: number): void {
    const table = this.#reader.u32();
    this.#checkFuel(at);
    this.#replaceFrom(at);
    const body = this.#body;
    const trapping = this.layout.gauge(GaugeGlobal.Trapping);
    body.setGlobal(trapping, Trapping.TableAccess);
    body.op1(opcode, table);
    body.setGlobal(trapping, Trapping.No);
    if (opcode === Opcode.TableGet) this.#takes(1, this.#metered.module.tables[table].type);
    else {
      this.#takes(2);
      this.setsElements = true;
    }
  }

  /** Rewrites one live instruction, and leaves out what is dead behind it. */
  #instruction(opcode: number, at: number): void {
    const reader = this.#reader;
    const { module } = this.#metered;
    const layout = this.layout;
    switch (opcode) {
      case Opcode.Unreachable:
        this.#checkFuel(at);
        this.#skipDead();
        return;
      case Opcode.Nop:
        return;
      case Opcode.Block:
        this.#block(at);
        return;
      case Opcode.Loop:
        this.#loop(at);
        return;
      case Opcode.If:
        this.#if(at);
        return;
      case Opcode.Else:
        this.#else(true, at);
        return;
      case Opcode.End:
        if (!this.#end(true, at)) this.#skipDead();
        return;
      case Opcode.Br:
        this.#branchTo(this.#label(reader.u32()), 0, at);
        this.#skipDead();
        return;
      case Opcode.BrIf:
        this.#branchTo(this.#label(reader.u32()), 1, at);
        this.#pop();
        this.#cut();
        return;
      case Opcode.BrTable:
        this.#brTable(at);
        this.#skipDead();
        return;
      case Opcode.Return:
        this.#leaveFunction(0, at);
        this.#replaceFrom(at);
        this.#body.op1(Opcode.Br, this.#frames.length - 1);
        this.#skipDead();
        return;
      case Opcode.Call:
        this.#call(Opcode.Call, at);
        return;
      case Opcode.CallIndirect:
        this.#callIndirect(Opcode.CallIndirect, at);
        return;
      case Opcode.ReturnCall:
        this.#call(Opcode.ReturnCall, at);
        this.#skipDead();
        return;
      case Opcode.ReturnCallIndirect:
        this.#callIndirect(Opcode.ReturnCallIndirect, at);
        this.#skipDead();
        return;
      case Opcode.Drop:
        this.#pop();
        return;
      case Opcode.SelectT:
        skipImmediates(reader, opcode);
        this.#select(at);
        return;
      case Opcode.Select:
        this.#select(at);
        return;
      case Opcode.LocalGet: {
        const local = reader.u32();
        this.#lastReads[local] = at;
        this.#push(this.#localTypes[local], this.#localNan[local]);
        return;
      }
      case Opcode.LocalSet:
        this.#localSet(false);
        return;
      case Opcode.LocalTee:
        this.#localSet(true);
        return;
      case Opcode.GlobalGet: {
        const index = reader.u32();
        this.#push(module.globals[index].type, NanState.Kept);
        this.#global(Opcode.GlobalGet, index, at);
        return;
      }
      case Opcode.GlobalSet: {
        const index = reader.u32();
        this.#settle(this.#height - 1, this.#height, at);
        this.#checkFuel(at);
        this.#pop();
        this.#global(Opcode.GlobalSet, index, at);
        return;
      }
      case Opcode.TableGet:
        this.#tableAccess(Opcode.TableGet, at);
        return;
      case Opcode.TableSet:
        this.#tableAccess(Opcode.TableSet, at);
        return;
      case Prefixed.TableSize:
        reader.u32();
        this.#push(ValueType.I32, NanState.Kept);
        return;
      case Prefixed.TableGrow: {
        const table = reader.u32();
        this.#callAdded(tableGrow(layout, table), at);
        this.#takes(2, ValueType.I32);
        return;
      }
      case Prefixed.TableFill:
        this.#callAdded(tableFill(layout, reader.u32()), at);
        this.#takes(3);
        return;
      case Prefixed.TableCopy: {
        const destination = reader.u32();
        this.#callAdded(tableCopy(layout, destination, reader.u32()), at);
        this.#takes(3);
        return;
      }
      case Prefixed.TableInit: {
        const segment = reader.u32();
        this.#callAdded(tableInit(layout, segment, reader.u32()), at);
        this.#takes(3);
        return;
      }
      case Prefixed.ElemDrop: {
        const segment = reader.u32();
        this.#checkFuel(at);
        this.#replaceFrom(at);
        this.#body.setGlobal(elementState(layout, segment), DROPPED);
        return;
      }
      case Prefixed.DataDrop: {
        const segment = reader.u32();
        this.#checkFuel(at);
        this.#replaceFrom(at);
        this.#body.setGlobal(dataState(layout, segment), DROPPED);
        return;
      }
      case Prefixed.MemoryInit: {
        const segment = reader.u32();
        reader.u8();
        this.#callAdded(memoryInit(layout, segment), at);
        this.#takes(3);
        return;
      }
      case Prefixed.MemoryCopy:
        reader.pos += 2;
        this.#callAdded(memoryCopy(layout), at);
        this.#takes(3);
        return;
      case Prefixed.MemoryFill:
        reader.pos++;
        this.#callAdded(memoryFill(layout), at);
        this.#takes(3);
        return;
      case Opcode.MemoryGrow:
        reader.pos++;
        this.#callAdded(memoryGrow(layout), at);
        return;
      case Opcode.RefNull:
        this.#push(reader.u8(), NanState.Kept);
        return;
      case Opcode.RefIsNull:
        this.#takes(1, ValueType.I32);
        return;
      case Opcode.RefFunc: {
        const index = reader.u32();
        const target = layout.functionIndex(index);
        this.usesReferences = true;
        if (target !== index) {
          this.#replaceFrom(at);
          this.#body.op1(Opcode.RefFunc, target);
        }
        this.#push(ValueType.FuncRef, NanState.Kept);
        return;
      }
      default:
        this.#plain(opcode, at);
        return;
    }
  }

  #global(opcode: Opcode.GlobalGet | Opcode.GlobalSet, index: number, at: number): void {
    const place = this.layout.globals[index];
    if (place === index) return;
    this.#replaceFrom(at);
    this.#body.op1(opcode, place);
  }

  /** An instruction that the table types by operands and result, copied as it is. */
  #plain(opcode: number, at: number): void {
    if (MAY_TRAP[opcode] === 1) this.#checkFuel(at);
    if (!this.#tracks) {
      this.#untracked(opcode, at);
      return;
    }
    const operands = TYPING.operandCounts[opcode];
    let state = NanState.Kept;
    switch (FLOAT_CLASSES[opcode] as FloatClass) {
      case FloatClass.Generates:
        state = NanState.Positive;
        break;
      case FloatClass.Observes:
        this.#settle(this.#height - operands, this.#height, at);
        break;
      case FloatClass.Negates: {
        const operand: NanState = this.#nan[this.#height - 1];
        if (operand !== NanState.Kept) state = operand === NanState.Positive ? NanState.Negative : NanState.Positive;
        break;
      }
      case FloatClass.ClearsSign:
        if (this.#nan[this.#height - 1] !== NanState.Kept) state = NanState.Positive;
        break;
      case FloatClass.Truncates:
        this.#keepOperand(TYPING.operands[opcode * OPERANDS_MAX], at);
        break;
      default:
        break;
    }
    skipImmediates(this.#reader, opcode);
    for (let i = 0; i < operands; i++) this.#pop();
    const result = TYPING.results[opcode];
    if (result !== 0) this.#push(result, state);
  }

  /** No bits but the guest's own are about, so that none can have to be put right. */
  #untracked(opcode: number, at: number): void {
    const kind: FloatClass = FLOAT_CLASSES[opcode];
    if (kind === FloatClass.Generates) this.#makesNan = true;
    else if (kind === FloatClass.Truncates) this.#keepOperand(TYPING.operands[opcode * OPERANDS_MAX], at);
    skipImmediates(this.#reader, opcode);
  }

  /** Keeps the operand of a `trunc`, so that NaN and overflow can be told apart if it traps. */
  #keepOperand(type: number, at: number): void {
    this.#copyTo(at);
    const body = this.#body;
    const scratch = this.#scratchLocal(type, 0);
    body.localTee(scratch);
    if (type === ValueType.F32) body.op(Opcode.F64PromoteF32);
    body.globalSet(this.layout.gauge(GaugeGlobal.Operand));
    body.localGet(scratch);
  }
}

/** How far out a write is looked at, so that the work stays linear. */
const FRAMES_SEARCHED = 8;

/** More than this is taken off at once, so that sums stay exact. */
const OWED_MAX = 2 ** 51;

/** 1 for what can trap, by opcode index: stores are among it. */
const MAY_TRAP: Uint8Array = Uint8Array.from(ROW_BY_INDEX, (row) => (row?.traps === undefined ? 0 : 1));

const RESULT_TYPES: readonly FunctionType[] = (() => {
  const types: FunctionType[] = [];
  for (let code = 0x40; code < 0x80; code++) types[code] = { params: NO_TYPES, results: Uint8Array.of(code) };
  return types;
})();

function carried(frame: Frame): Uint8Array {
  return frame.kind === FrameKind.Loop ? frame.type.params : frame.type.results;
}

function writeNan(writer: CodeWriter, type: number, state: NanState): void {
  const sign = state === NanState.Negative ? 0x8000_0000 : 0;
  if (type === ValueType.F32) {
    writer.op(Opcode.F32Const);
    writer.fixed32(0x7fc0_0000 | sign);
  } else {
    writer.op(Opcode.F64Const);
    writer.fixed32(0);
    writer.fixed32(0x7ff8_0000 | sign);
  }
}
