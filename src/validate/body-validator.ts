/**
 * Type-checks bodies and constant expressions, one after another, each in one pass over its bytes: the validation
 * algorithm of the specification's appendix. Operands are in one array of type codes, blocks in parallel arrays of
 * numbers; there is no allocation for an instruction, and no recursion. An operand of type `UNKNOWN` comes from dead
 * code.
 *
 * Offsets of faults: a type fault is at the opcode; a fault of an immediate is at the immediate. Checks that do not
 * depend on the immediates run before they are read, so that the first fault is the one with the smallest offset.
 */
import type { ByteReader } from '../base/byte-reader.js';
import { raise } from '../base/fault.js';
import type { Limits } from '../base/limits.js';
import { raiseIllegalOpcode, readPrefixedOpcode } from '../decode/illegal-opcode.js';
import { EMPTY_BLOCK_TYPE, readBlockType, readHeapType, readValueType, singleType } from '../decode/read-types.js';
import { PREFIX_FC } from '../wasm/instructions.js';
import type { Module } from '../wasm/module.js';
import { Opcode } from '../wasm/opcode.js';
import { isReferenceType, ValueType, valueTypeName } from '../wasm/types.js';
import { Immediate, OPERANDS_MAX, Rule, TYPING } from './typing-table.js';

const UNKNOWN = 0;
const NO_TYPES = new Uint8Array(0);

/** The kind of a frame; the function's own frame and an `else` arm are like a block. */
const enum FrameKind {
  Block,
  Loop,
  If,
}

/** An alignment is less than 32; the bit above it means a memory index, with several memories. */
const ALIGNMENTS = 32;
const MEMORY_INDEX_BIT = 64;

/** Any integer of this many bytes fits 32 bits. */
const FAST_INTEGER_BYTES = 4;
/** The longest instruction of the fast path: opcode, alignment, offset. */
const FAST_INSTRUCTION_BYTES = 2 + FAST_INTEGER_BYTES;

/** Members are only private to the compiler: with private names, cold code takes twice as long. */
export class BodyValidator {
  private readonly module: Module;
  private readonly limits: Limits;
  private readonly reader: ByteReader;
  /** 1 for each function that `ref.func` may name in a body. */
  private readonly declared: Uint8Array;

  private operands = new Uint8Array(256);
  private height = 0;
  /** Types of the parameters and locals of the function. */
  private locals = new Uint8Array(256);
  private localCount = 0;
  private localsSum = 0;

  private frameKinds = new Uint8Array(64);
  /** Block type: a type index, or a negative number as `readBlockType` returns it. */
  private frameTypes = new Int32Array(64);
  private frameBases = new Int32Array(64);
  private frameDead = new Uint8Array(64);
  private frames = 0;
  /** Of the innermost frame: height at its start, and whether the following code is dead. */
  private base = 0;
  private dead = 0;
  /** Results of the function. */
  private results: Uint8Array = NO_TYPES;

  /** In a constant expression: how many globals it may name. */
  private constant = false;
  private constantGlobals = 0;
  /** Offset of the instruction. */
  private at = 0;

  constructor(module: Module, limits: Limits, reader: ByteReader) {
    this.module = module;
    this.limits = limits;
    this.reader = reader;
    this.declared = new Uint8Array(module.functionTypes.length);
  }

  /** Allows `ref.func` of the function in bodies. */
  declareFunction(functionIndex: number): void {
    this.declared[functionIndex] = 1;
  }

  /** Validates the body of a function whose type is known to exist. */
  validateBody(typeIndex: number, start: number, end: number): void {
    const type = this.module.types[typeIndex];
    const reader = this.reader;
    reader.pos = start;
    reader.end = end;
    this.constant = false;
    this.results = type.results;
    this.localCount = 0;
    this.readLocals(type.params);
    this.start(typeIndex);
    this.runBody();
    if (reader.pos !== end) raise('body-size-mismatch', reader.pos, `${end - reader.pos} bytes are left`);
  }

  /**
   * Validates a constant expression of one result.
   * @param globals how many globals it may name, from the first
   */
  validateConstant(result: ValueType, start: number, end: number, globals: number): void {
    this.reader.pos = start;
    this.reader.end = end;
    this.constant = true;
    this.constantGlobals = globals;
    this.results = singleType(result);
    this.localCount = 0;
    this.start(result - 0x80);
    while (this.frames > 0) this.step();
  }

  private readLocals(params: Uint8Array): void {
    const reader = this.reader;
    const limits = this.limits;
    const sumMax = limits.localsSumBase + limits.localsSumPerByte * this.module.bytes.length;
    this.addParams(params);
    let declared = 0;
    if (params.length > limits.locals) {
      raise('limit-locals', reader.pos, `${params.length}, the limit is ${limits.locals}`);
    }
    for (let runs = reader.u32(); runs > 0; runs--) {
      const offset = reader.pos;
      const count = reader.u32();
      declared += count;
      this.localsSum += count;
      if (declared > 0xffff_ffff) raise('too-many-locals', offset);
      if (params.length + declared > limits.locals)
        raise('limit-locals', offset, `${params.length + declared}, the limit is ${limits.locals}`);
      if (this.localsSum > sumMax) raise('limit-locals-sum', offset, `the limit is ${sumMax}`);
      this.addLocals(readValueType(reader), count);
    }
  }

  private addParams(params: Uint8Array): void {
    if (params.length > this.locals.length) this.growLocals(params.length);
    for (let i = 0; i < params.length; i++) this.locals[i] = params[i];
    this.localCount = params.length;
  }

  /** Expands a run of locals: the limits on locals bound its length, and the module's bytes bound the sum. */
  private addLocals(type: ValueType, count: number): void {
    const start = this.localCount;
    const end = start + count;
    if (end > this.locals.length) this.growLocals(end);
    this.locals.fill(type, start, end);
    this.localCount = end;
  }

  private growLocals(count: number): void {
    const grown = new Uint8Array(Math.max(count, this.locals.length * 2));
    grown.set(this.locals);
    this.locals = grown;
  }

  private start(frameType: number): void {
    this.height = 0;
    this.frames = 0;
    this.pushFrame(FrameKind.Block, frameType);
  }

  /**
   * Validates a body. The inner loop is a fast path for the most frequent instructions in their plain valid form: it
   * reports nothing and leaves everything else, including faults, to `step`, which has all the rules. It needs no check
   * for room, because there is room for one operand for each remaining byte (`reserve`).
   */
  private runBody(): void {
    const { reader, localCount, locals } = this;
    const { bytes } = reader;
    const fastEnd = reader.end - FAST_INSTRUCTION_BYTES;
    const { rules, operands: operandTypes, results, alignmentsMax } = TYPING;
    const hasMemory = this.module.memories.length > 0;
    this.reserve(0);
    while (this.frames > 0) {
      const { operands, base } = this;
      let { height } = this;
      let { pos } = reader;
      frequent: while (pos <= fastEnd) {
        const opcode = bytes[pos];
        let next = pos + 1;
        switch (rules[opcode]) {
          case Rule.LocalGet: {
            const index = bytes[next++];
            if (index >= localCount || index >= 0x80) break frequent;
            operands[height++] = locals[index];
            break;
          }
          case Rule.LocalSet: {
            const index = bytes[next++];
            if (index >= localCount || index >= 0x80) break frequent;
            if (height === base || operands[height - 1] !== locals[index]) break frequent;
            height--;
            break;
          }
          case Rule.LocalTee: {
            const index = bytes[next++];
            if (index >= localCount || index >= 0x80) break frequent;
            if (height === base || operands[height - 1] !== locals[index]) break frequent;
            break;
          }
          case Rule.I32Const:
            while (bytes[next++] >= 0x80);
            if (next - pos > FAST_INTEGER_BYTES + 1) break frequent;
            operands[height++] = ValueType.I32;
            break;
          case Rule.Unary:
            if (height === base || operands[height - 1] !== operandTypes[opcode * OPERANDS_MAX]) break frequent;
            operands[height - 1] = results[opcode];
            break;
          case Rule.Binary: {
            const type = operandTypes[opcode * OPERANDS_MAX];
            if (height < base + 2 || operands[height - 1] !== type || operands[height - 2] !== type) break frequent;
            height--;
            operands[height - 1] = results[opcode];
            break;
          }
          case Rule.Load:
            if (height === base || operands[height - 1] !== ValueType.I32 || !hasMemory) break frequent;
            if (bytes[next++] > alignmentsMax[opcode]) break frequent;
            while (bytes[next++] >= 0x80);
            if (next - pos > FAST_INTEGER_BYTES + 2) break frequent;
            operands[height - 1] = results[opcode];
            break;
          case Rule.Store:
            if (height < base + 2 || operands[height - 2] !== ValueType.I32 || !hasMemory) break frequent;
            if (operands[height - 1] !== operandTypes[opcode * OPERANDS_MAX + 1]) break frequent;
            if (bytes[next++] > alignmentsMax[opcode]) break frequent;
            while (bytes[next++] >= 0x80);
            if (next - pos > FAST_INTEGER_BYTES + 2) break frequent;
            height -= 2;
            break;
          default:
            break frequent;
        }
        pos = next;
      }
      reader.pos = pos;
      this.height = height;
      this.step();
    }
  }

  /** Reads one instruction of any kind. */
  private step(): void {
    const { reader } = this;
    const at = reader.pos;
    if (at >= reader.end) raise(this.constant ? 'unexpected-end' : 'end-expected', at);
    this.at = at;
    let opcode = reader.bytes[at];
    reader.pos = at + 1;
    if (opcode === PREFIX_FC) opcode = readPrefixedOpcode(reader, at);
    if (this.constant) this.requireConstant(opcode);
    this.instructionByRule(TYPING.rules[opcode], opcode);
  }

  private requireConstant(opcode: number): void {
    switch (opcode) {
      case Opcode.End:
      case Opcode.I32Const:
      case Opcode.I64Const:
      case Opcode.F32Const:
      case Opcode.F64Const:
      case Opcode.RefNull:
      case Opcode.RefFunc:
      case Opcode.GlobalGet:
      case Opcode.I32Add:
      case Opcode.I32Sub:
      case Opcode.I32Mul:
      case Opcode.I64Add:
      case Opcode.I64Sub:
      case Opcode.I64Mul:
        return;
      default:
        if (TYPING.rules[opcode] === Rule.Illegal) raiseIllegalOpcode(opcode, this.at);
        raise('constant-expression-required', this.at);
    }
  }

  // ---------------------------------------------------------------------------------------------- operands

  /** Pops the operands of a row `operands -> results`. */
  private popOperands(opcode: number): void {
    const count = TYPING.operandCounts[opcode];
    const operands = this.operands;
    const start = this.height - count;
    const first = opcode * OPERANDS_MAX;
    if (start >= this.base) {
      for (let i = 0; i < count; i++) {
        const actual = operands[start + i];
        const expected = TYPING.operands[first + i];
        if (actual !== expected && actual !== UNKNOWN) this.mismatch(expected, actual);
      }
      this.height = start;
    } else for (let i = count - 1; i >= 0; i--) this.pop(TYPING.operands[first + i]);
  }

  private pushResult(opcode: number): void {
    const result = TYPING.results[opcode];
    if (result !== 0) this.push(result);
  }

  private push(type: number): void {
    if (this.height === this.operands.length) this.growOperands(1);
    this.operands[this.height++] = type;
  }

  private pushAll(types: Uint8Array): void {
    const count = types.length;
    this.reserve(count);
    for (let i = 0; i < count; i++) this.operands[this.height++] = types[i];
  }

  /** Makes room for `count` operands and one for each remaining byte. */
  private reserve(count: number): void {
    const needed = count + this.reader.end - this.reader.pos;
    if (this.height + needed > this.operands.length) this.growOperands(needed);
  }

  private growOperands(count: number): void {
    const grown = new Uint8Array(Math.max(this.height + count, this.operands.length * 2));
    grown.set(this.operands);
    this.operands = grown;
  }

  private pop(expected: number): void {
    if (this.height > this.base) {
      const actual = this.operands[--this.height];
      if (actual !== expected && actual !== UNKNOWN) this.mismatch(expected, actual);
    } else if (this.dead === 0) this.mismatch(expected, undefined);
  }

  /** Pops an operand of any type. */
  private popAny(): number {
    if (this.height > this.base) return this.operands[--this.height];
    if (this.dead === 0) raise('type-mismatch', this.at, 'an operand is missing');
    return UNKNOWN;
  }

  private popAll(types: Uint8Array): void {
    for (let i = types.length - 1; i >= 0; i--) this.pop(types[i]);
  }

  /** Checks that the topmost operands have the types, and leaves them there. */
  private checkTop(types: Uint8Array): void {
    let at = this.height;
    for (let i = types.length - 1; i >= 0; i--) {
      if (at === this.base) {
        if (this.dead === 0) this.mismatch(types[i], undefined);
        return;
      }
      const actual = this.operands[--at];
      if (actual !== types[i] && actual !== UNKNOWN) this.mismatch(types[i], actual);
    }
  }

  private mismatch(expected: number, actual: number | undefined): never {
    const found = actual === undefined ? 'nothing' : valueTypeName(actual);
    raise('type-mismatch', this.at, `expected ${valueTypeName(expected)}, found ${found}`);
  }

  // ------------------------------------------------------------------------------------------------ frames

  private pushFrame(kind: FrameKind, type: number): void {
    const index = this.frames++;
    if (index === this.frameTypes.length) this.growFrames();
    this.frameKinds[index] = kind;
    this.frameTypes[index] = type;
    this.frameBases[index] = this.height;
    if (index > 0) this.frameDead[index - 1] = this.dead;
    this.base = this.height;
    this.dead = 0;
  }

  private growFrames(): void {
    const length = this.frameTypes.length * 2;
    const kinds = new Uint8Array(length);
    const types = new Int32Array(length);
    const bases = new Int32Array(length);
    const dead = new Uint8Array(length);
    kinds.set(this.frameKinds);
    types.set(this.frameTypes);
    bases.set(this.frameBases);
    dead.set(this.frameDead);
    this.frameKinds = kinds;
    this.frameTypes = types;
    this.frameBases = bases;
    this.frameDead = dead;
  }

  private popFrame(): void {
    const index = --this.frames;
    if (index === 0) return;
    this.base = this.frameBases[index - 1];
    this.dead = this.frameDead[index - 1];
  }

  private paramsOf(type: number): Uint8Array {
    return type >= 0 ? this.module.types[type].params : NO_TYPES;
  }

  private resultsOf(frame: number): Uint8Array {
    if (frame === 0) return this.results;
    const type = this.frameTypes[frame];
    return type >= 0 ? this.module.types[type].results : singleType(type + 0x80);
  }

  /** Reads a label: returns the types that a branch to it carries. */
  private readLabel(): Uint8Array {
    const offset = this.reader.pos;
    const depth = this.reader.u32();
    if (depth >= this.frames) raise('unknown-label', offset, `${depth}`);
    const frame = this.frames - 1 - depth;
    return this.frameKinds[frame] === FrameKind.Loop ? this.paramsOf(this.frameTypes[frame]) : this.resultsOf(frame);
  }

  private becomeDead(): void {
    this.height = this.base;
    this.dead = 1;
  }

  private openBlock(kind: FrameKind): void {
    if (this.frames > this.limits.nesting) raise('limit-nesting', this.at, `the limit is ${this.limits.nesting}`);
    if (kind === FrameKind.If) this.pop(ValueType.I32);
    const offset = this.reader.pos;
    const type = readBlockType(this.reader);
    if (type >= this.module.types.length) raise('unknown-type', offset, `${type}`);
    const params = this.paramsOf(type);
    this.popAll(params);
    this.pushFrame(kind, type);
    this.pushAll(params);
  }

  /** Checks that exactly the results of the innermost frame are on the stack. */
  private checkFrameResults(): void {
    if (this.height === this.base && this.frameTypes[this.frames - 1] === EMPTY_BLOCK_TYPE) return;
    this.popAll(this.resultsOf(this.frames - 1));
    if (this.height !== this.base)
      raise('type-mismatch', this.at, `${this.height - this.base} operands too many at the end of a block`);
  }

  private else(): void {
    const frame = this.frames - 1;
    if (this.frameKinds[frame] !== FrameKind.If) raise('illegal-opcode', this.at, 'else without if');
    this.checkFrameResults();
    this.frameKinds[frame] = FrameKind.Block;
    this.dead = 0;
    this.pushAll(this.paramsOf(this.frameTypes[frame]));
  }

  private end(): void {
    const frame = this.frames - 1;
    this.checkFrameResults();
    const results = this.resultsOf(frame);
    if (this.frameKinds[frame] === FrameKind.If) {
      const params = this.paramsOf(this.frameTypes[frame]);
      if (!equalTypes(params, results))
        raise('type-mismatch', this.at, 'an if without else has other results than parameters');
    }
    this.popFrame();
    if (results.length > 0) this.pushAll(results);
  }

  // --------------------------------------------------------------------------------------------- immediates

  private readFunctionIndex(): number {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    if (index >= this.module.functionTypes.length) raise('unknown-function', offset, `${index}`);
    return index;
  }

  private readTableIndex(): number {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    if (index >= this.module.tables.length) raise('unknown-table', offset, `${index}`);
    return index;
  }

  private readTableType(): ValueType {
    return this.module.tables[this.readTableIndex()].type;
  }

  private readGlobalIndex(): number {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    const count = this.constant ? this.constantGlobals : this.module.globals.length;
    if (index >= count) raise('unknown-global', offset, `${index}`);
    if (this.constant && this.module.globals[index].mutable)
      raise('constant-expression-required', offset, `global ${index} is mutable`);
    return index;
  }

  private readLocalType(): number {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    if (index >= this.localCount) raise('unknown-local', offset, `${index}`);
    return this.locals[index];
  }

  private readDataIndex(): void {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    if (index >= (this.module.dataCount ?? 0)) raise('unknown-data-segment', offset, `${index}`);
  }

  private readElementIndex(): number {
    const offset = this.reader.pos;
    const index = this.reader.u32();
    if (index >= this.module.elements.length) raise('unknown-element-segment', offset, `${index}`);
    return index;
  }

  /** The byte that 2.0 reserves for the index of a memory. */
  private readMemoryIndex(): void {
    const offset = this.reader.pos;
    const byte = this.reader.u8();
    if (byte >= 0x80) raise('zero-byte-expected', offset);
    if (byte !== 0) raise('proposal-multi-memory', offset);
  }

  private readMemarg(opcode: number): void {
    const offset = this.reader.pos;
    const alignment = this.reader.u32();
    if (alignment > TYPING.alignmentsMax[opcode]) this.badAlignment(alignment, offset);
    this.reader.u32();
  }

  private badAlignment(alignment: number, offset: number): never {
    if (alignment >= MEMORY_INDEX_BIT && alignment < MEMORY_INDEX_BIT + ALIGNMENTS)
      raise('proposal-multi-memory', offset);
    if (alignment >= ALIGNMENTS) raise('bad-memarg-flags', offset, `0x${alignment.toString(16)}`);
    raise('alignment-too-large', offset, `2^${alignment}`);
  }

  private requireMemory(): void {
    if (this.module.memories.length === 0) raise('unknown-memory', this.at, '0');
  }

  private instructionWithImmediates(opcode: number): void {
    const kind: Immediate = TYPING.immediates[opcode];
    if ((kind === Immediate.DataMemory || kind === Immediate.Data) && this.module.dataCount === undefined)
      raise('data-count-required', this.at);
    this.popOperands(opcode);
    this.readImmediates(kind, opcode);
    this.pushResult(opcode);
  }

  private readImmediates(kind: Immediate, opcode: number): void {
    const reader = this.reader;
    switch (kind) {
      case Immediate.Memarg:
        this.requireMemory();
        this.readMemarg(opcode);
        return;
      case Immediate.I32:
        reader.s32();
        return;
      case Immediate.I64:
        reader.s64();
        return;
      case Immediate.F32:
        reader.skip(4);
        return;
      case Immediate.F64:
        reader.skip(8);
        return;
      case Immediate.Memory:
        this.requireMemory();
        this.readMemoryIndex();
        return;
      case Immediate.MemoryMemory:
        this.requireMemory();
        this.readMemoryIndex();
        this.readMemoryIndex();
        return;
      case Immediate.DataMemory:
        this.requireMemory();
        this.readDataIndex();
        this.readMemoryIndex();
        return;
      case Immediate.Data:
        this.readDataIndex();
        return;
      case Immediate.Table:
        this.readTableIndex();
        return;
      case Immediate.Element:
        this.readElementIndex();
        return;
      case Immediate.ElementTable:
        this.readTableInit();
        return;
      case Immediate.TableTable:
        this.readTableCopy();
        return;
      case Immediate.Function:
        this.readReferencedFunction();
        return;
    }
  }

  private readTableInit(): void {
    const segment = this.module.elements[this.readElementIndex()];
    const offset = this.reader.pos;
    if (this.readTableType() !== segment.type) raise('type-mismatch', offset, 'segment and table differ');
  }

  private readTableCopy(): void {
    const target = this.readTableType();
    const offset = this.reader.pos;
    if (this.readTableType() !== target) raise('type-mismatch', offset, 'the tables differ');
  }

  private readReferencedFunction(): void {
    const offset = this.reader.pos;
    const index = this.readFunctionIndex();
    if (this.constant) this.declared[index] = 1;
    else if (this.declared[index] === 0) raise('undeclared-function-reference', offset, `${index}`);
  }

  // -------------------------------------------------------------------------------------------------- rules

  private instructionByRule(rule: Rule, opcode: number): void {
    switch (rule) {
      case Rule.Unary:
      case Rule.Binary:
      case Rule.Plain:
        this.popOperands(opcode);
        this.pushResult(opcode);
        return;
      case Rule.Load:
      case Rule.Store:
      case Rule.I32Const:
      case Rule.WithImmediates:
        this.instructionWithImmediates(opcode);
        return;
      case Rule.LocalGet:
        this.push(this.readLocalType());
        return;
      case Rule.LocalSet:
        this.pop(this.readLocalType());
        return;
      case Rule.LocalTee: {
        const type = this.readLocalType();
        this.pop(type);
        this.push(type);
        return;
      }
      case Rule.End:
        this.end();
        return;
      case Rule.Block:
        this.openBlock(FrameKind.Block);
        return;
      case Rule.Loop:
        this.openBlock(FrameKind.Loop);
        return;
      case Rule.If:
        this.openBlock(FrameKind.If);
        return;
      case Rule.Else:
        this.else();
        return;
      case Rule.BrIf: {
        this.pop(ValueType.I32);
        const types = this.readLabel();
        if (types.length > 0) {
          this.popAll(types);
          this.pushAll(types);
        }
        return;
      }
      case Rule.Br:
        this.checkTop(this.readLabel());
        this.becomeDead();
        return;
      case Rule.BrTable:
        this.brTable();
        return;
      case Rule.Return:
        this.checkTop(this.results);
        this.becomeDead();
        return;
      case Rule.Unreachable:
        this.becomeDead();
        return;
      case Rule.Call: {
        const type = this.module.types[this.module.functionTypes[this.readFunctionIndex()]];
        this.popAll(type.params);
        this.pushAll(type.results);
        return;
      }
      case Rule.CallIndirect:
        this.pushAll(this.callIndirect());
        return;
      case Rule.ReturnCall: {
        const type = this.module.types[this.module.functionTypes[this.readFunctionIndex()]];
        this.popAll(type.params);
        this.returnResultsOf(type.results);
        return;
      }
      case Rule.ReturnCallIndirect:
        this.returnResultsOf(this.callIndirect());
        return;
      case Rule.Drop:
        this.popAny();
        return;
      case Rule.Select:
        this.select();
        return;
      case Rule.SelectT:
        this.selectTyped();
        return;
      case Rule.GlobalGet:
        this.push(this.module.globals[this.readGlobalIndex()].type);
        return;
      case Rule.GlobalSet:
        this.globalSet();
        return;
      case Rule.TableGet:
        this.pop(ValueType.I32);
        this.push(this.readTableType());
        return;
      case Rule.TableSet:
        this.pop(this.readTableType());
        this.pop(ValueType.I32);
        return;
      case Rule.TableGrow:
        this.pop(ValueType.I32);
        this.pop(this.readTableType());
        this.push(ValueType.I32);
        return;
      case Rule.TableFill:
        this.pop(ValueType.I32);
        this.pop(this.readTableType());
        this.pop(ValueType.I32);
        return;
      case Rule.RefNull:
        this.push(readHeapType(this.reader));
        return;
      case Rule.RefIsNull: {
        const type = this.popAny();
        if (type !== UNKNOWN && !isReferenceType(type)) raise('type-mismatch', this.at, 'expected a reference');
        this.push(ValueType.I32);
        return;
      }
      default:
        raiseIllegalOpcode(opcode, this.at);
    }
  }

  private brTable(): void {
    this.pop(ValueType.I32);
    const reader = this.reader;
    const offset = reader.pos;
    const count = reader.u32();
    if (count > this.limits.brTable) raise('limit-br-table', offset, `${count}, the limit is ${this.limits.brTable}`);
    let previous: Uint8Array | undefined;
    for (let i = 0; i <= count; i++) {
      const at = reader.pos;
      const types = this.readLabel();
      if (types === previous) continue;
      if (previous !== undefined && previous.length !== types.length)
        raise('type-mismatch', at, 'the labels carry different numbers of values');
      this.checkTop(types);
      previous = types;
    }
    this.becomeDead();
  }

  /** Pops the operands of `call_indirect`; returns the results of its type. */
  private callIndirect(): Uint8Array {
    this.pop(ValueType.I32);
    const typeOffset = this.reader.pos;
    const typeIndex = this.reader.u32();
    const type = this.module.types[typeIndex];
    if (type === undefined) raise('unknown-type', typeOffset, `${typeIndex}`);
    this.popAll(type.params);
    const tableOffset = this.reader.pos;
    if (this.readTableType() !== ValueType.FuncRef) raise('type-mismatch', tableOffset, 'the table is not of funcref');
    return type.results;
  }

  private returnResultsOf(results: Uint8Array): void {
    if (!equalTypes(results, this.results)) raise('type-mismatch', this.at, 'the callee returns other types');
    this.becomeDead();
  }

  private select(): void {
    this.pop(ValueType.I32);
    const second = this.popAny();
    const first = this.popAny();
    if (isReferenceType(first) || isReferenceType(second))
      raise('type-mismatch', this.at, 'select of references needs a type');
    if (first !== second && first !== UNKNOWN && second !== UNKNOWN) this.mismatch(first, second);
    this.push(first === UNKNOWN ? second : first);
  }

  private selectTyped(): void {
    this.pop(ValueType.I32);
    const offset = this.reader.pos;
    const count = this.reader.u32();
    if (count !== 1) raise('select-arity', offset, `${count}`);
    const type = readValueType(this.reader);
    this.pop(type);
    this.pop(type);
    this.push(type);
  }

  private globalSet(): void {
    const offset = this.reader.pos;
    const global = this.module.globals[this.readGlobalIndex()];
    if (!global.mutable) raise('immutable-global', offset);
    this.pop(global.type);
  }
}

function equalTypes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
