/**
 * Assembles a program to bytes, by the instruction table. The sections stay separate until the end, so that a mutation
 * can add an item to one or replace it. Trusts the program: the result of `repair` is well formed. Specification:
 * binary format.
 */

import { ByteWriter } from '../base/byte-writer.js';
import { type Immediates, INSTRUCTIONS, PREFIX_FC } from '../wasm/instructions.js';
import { SectionId } from '../wasm/module.js';
import { SECTION_ORDER } from '../wasm/section-order.js';
import { ValueType } from '../wasm/types.js';
import { HOST_MODULE } from './host-functions.js';
import {
  type Constant,
  type ElementItem,
  FUNCTION_LABEL,
  type FunctionDefinition,
  type Local,
  NO_SIGNATURE,
  type Node,
  type NodeName,
  type Program,
  type Shift,
  type Signature,
  type TypeList,
  zeros,
} from './program.js';

/** A section before it is written: its items in order, and their number (none for start and data count). */
export interface SectionDraft {
  readonly id: SectionId;
  count: number | undefined;
  readonly items: ByteWriter;
}

/** Sections in the order of the format; empty ones are not written. */
export type ModuleDraft = readonly SectionDraft[];

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

export function assemble(program: Program): Uint8Array<ArrayBuffer> {
  return writeModule(draftModule(program));
}

export function draftModule(program: Program): ModuleDraft {
  return new Assembler(program).draft();
}

export function writeModule(draft: ModuleDraft): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.bytes(HEADER);
  for (const { id, count, items } of draft) {
    if (items.length === 0 && (count === undefined || count === 0)) continue;
    writer.section(id, (contents) => {
      if (count !== undefined) contents.u32(count);
      contents.bytes(items.finish());
    });
  }
  return writer.finish().slice();
}

export function sectionOf(draft: ModuleDraft, id: SectionId): SectionDraft {
  return draft.find((section) => section.id === id)!;
}

interface Encoding {
  readonly opcode: number;
  readonly immediates: Immediates;
}

const ENCODINGS: ReadonlyMap<NodeName, Encoding> = new Map(INSTRUCTIONS.map((row) => [row.name, row]));

const FUNCTION_FORM = 0x60;
const EMPTY_BLOCK = 0x40;
const END = 0x0b;
/** For blocks that only surround a body: no branch targets them. */
const SHIFT_LABEL = -1;

class Assembler {
  readonly #program: Program;
  readonly #typeIndices = new Map<string, number>();
  readonly #types = new ByteWriter();
  readonly #functions = new Map<number, number>();
  readonly #globals = new Map<number, number>();
  readonly #tables = new Map<number, number>();
  readonly #data = new Map<number, number>();
  readonly #elements = new Map<number, number>();
  /** Functions that a body names by `ref.func`. */
  readonly #referenced = new Set<number>();
  #usesDataCount: boolean;
  readonly #shift: Shift;
  #locals = new Map<number, number>();
  #labels: number[] = [];
  #targets = new Set<number>();
  #results: TypeList = [];

  constructor(program: Program) {
    this.#program = program;
    this.#usesDataCount = program.dataCount;
    const { importedFunctions, importedGlobals, functions, globals, tables, data, elements } = program;
    this.#shift = program.shift;
    const { shift } = program;
    number(importedFunctions, this.#functions, 0);
    number(functions, this.#functions, importedFunctions.length + shift.functions);
    number(importedGlobals, this.#globals, 0);
    number(globals, this.#globals, importedGlobals.length + shift.globals);
    number(tables, this.#tables, shift.tables);
    number(data, this.#data, shift.data);
    number(elements, this.#elements, shift.elements);
    for (let left = shift.types; left > 0; left--) this.#types.bytes([FUNCTION_FORM, 0, 0]);
  }

  draft(): ModuleDraft {
    const program = this.#program;
    const sections = new Map<SectionId, SectionDraft>();
    const add = (id: SectionId, count: number | undefined, items = new ByteWriter()) =>
      sections.set(id, { id, count, items });
    add(SectionId.Import, program.importedFunctions.length + program.importedGlobals.length, this.#imports());
    const functions = new ByteWriter();
    const { shift } = this.#program;
    for (let left = shift.functions; left > 0; left--) functions.u32(this.#typeIndex(NO_SIGNATURE));
    for (const definition of program.functions) functions.u32(this.#typeIndex(signatureOf(definition)));
    const functionCount = shift.functions + program.functions.length;
    add(SectionId.Function, functionCount, functions);
    add(SectionId.Table, shift.tables + program.tables.length, this.#tableSection());
    add(SectionId.Memory, program.memory === undefined ? 0 : 1, this.#memorySection());
    const globalCount = shift.globals + program.globals.length + (program.guard === undefined ? 0 : 1);
    add(SectionId.Global, globalCount, this.#globalSection());
    const code = new ByteWriter();
    for (let left = shift.functions; left > 0; left--) code.bytes([2, 0, END]);
    for (const definition of program.functions) this.#code(code, definition);
    add(SectionId.Code, functionCount, code);
    this.#exports(add);
    add(SectionId.Start, undefined, this.#start());
    this.#elementSection(add);
    const dataCount = new ByteWriter();
    if (this.#usesDataCount) dataCount.u32(shift.data + program.data.length);
    add(SectionId.DataCount, undefined, dataCount);
    add(SectionId.Data, shift.data + program.data.length, this.#dataSection());
    add(SectionId.Type, shift.types + this.#typeIndices.size, this.#types);
    return SECTION_ORDER.map((id) => sections.get(id)!);
  }

  #typeIndex({ params, results }: Signature): number {
    const key = `${params.join()}:${results.join()}`;
    const known = this.#typeIndices.get(key);
    if (known !== undefined) return known;
    const index = this.#shift.types + this.#typeIndices.size;
    this.#typeIndices.set(key, index);
    this.#types.u8(FUNCTION_FORM);
    this.#types.u32(params.length);
    this.#types.bytes(params);
    this.#types.u32(results.length);
    this.#types.bytes(results);
    return index;
  }

  #imports(): ByteWriter {
    const writer = new ByteWriter();
    for (const { name, signature } of this.#program.importedFunctions) {
      writer.name(HOST_MODULE);
      writer.name(name);
      writer.u8(0);
      writer.u32(this.#typeIndex(signature));
    }
    for (const { name, type } of this.#program.importedGlobals) {
      writer.name(HOST_MODULE);
      writer.name(name);
      writer.u8(3);
      writer.u8(type);
      writer.u8(0);
    }
    return writer;
  }

  #tableSection(): ByteWriter {
    const writer = new ByteWriter();
    for (let left = this.#shift.tables; left > 0; left--) writer.bytes([ValueType.FuncRef, 0, 0]);
    for (const { type, min, max } of this.#program.tables) {
      writer.u8(type);
      writeLimits(writer, min, max);
    }
    return writer;
  }

  #memorySection(): ByteWriter {
    const writer = new ByteWriter();
    const memory = this.#program.memory;
    if (memory !== undefined) writeLimits(writer, memory.pagesMin, memory.pagesMax);
    return writer;
  }

  #globalSection(): ByteWriter {
    const writer = new ByteWriter();
    for (let left = this.#shift.globals; left > 0; left--) writer.bytes([ValueType.I32, 0, 0x41, 0, END]);
    for (const { type, mutable, init } of this.#program.globals) {
      writer.u8(type);
      writer.u8(mutable ? 1 : 0);
      this.#constant(writer, init);
    }
    const guard = this.#program.guard;
    if (guard !== undefined) {
      writer.bytes([ValueType.I32, 1, 0x41]);
      writer.s32(guard.budget);
      writer.u8(0x0b);
    }
    return writer;
  }

  #exports(add: (id: SectionId, count: number, items: ByteWriter) => void): void {
    const { functions, memory, tables, globals } = this.#program;
    const writer = new ByteWriter();
    let count = 0;
    const write = (name: string, kind: number, index: number) => {
      writer.name(name);
      writer.u8(kind);
      writer.u32(index);
      count++;
    };
    for (const { id, exported } of functions) {
      if (!exported) continue;
      write(functionExportName(id), 0, this.#functions.get(id)!);
      this.#referenced.delete(id);
    }
    for (const { id } of tables) write(`t${id}`, 1, this.#tables.get(id)!);
    if (memory !== undefined) write('memory', 2, 0);
    for (const { id } of globals) write(`g${id}`, 3, this.#globals.get(id)!);
    add(SectionId.Export, count, writer);
  }

  #start(): ByteWriter {
    const writer = new ByteWriter();
    const start = this.#program.start;
    if (start !== undefined) writer.u32(this.#functions.get(start)!);
    return writer;
  }

  /** The segments, then one that declares the functions that `ref.func` needs declared. */
  #elementSection(add: (id: SectionId, count: number, items: ByteWriter) => void): void {
    const writer = new ByteWriter();
    const { elements } = this.#program;
    // Passive and empty.
    for (let left = this.#shift.elements; left > 0; left--) writer.bytes([1, 0, 0]);
    for (const segment of elements) {
      this.#element(writer, segment);
      for (const item of segment.items) if (item !== undefined) this.#referenced.delete(item);
    }
    const undeclared = [...this.#referenced];
    if (undeclared.length > 0) {
      writer.bytes([3, 0]);
      writer.u32(undeclared.length);
      for (const id of undeclared) writer.u32(this.#functions.get(id)!);
    }
    add(SectionId.Element, this.#shift.elements + elements.length + (undeclared.length > 0 ? 1 : 0), writer);
  }

  #element(writer: ByteWriter, segment: ElementItem): void {
    const { mode, type, items } = segment;
    const asExpressions = segment.asExpressions || type === ValueType.ExternRef || items.includes(undefined);
    const table = mode === 'active' ? this.#tables.get(segment.table)! : 0;
    const explicit = mode === 'active' && (table !== 0 || type === ValueType.ExternRef);
    const modeFlag = mode === 'active' ? (explicit ? 2 : 0) : mode === 'passive' ? 1 : 3;
    writer.u32(modeFlag | (asExpressions ? 4 : 0));
    if (explicit) writer.u32(table);
    if (mode === 'active') this.#constant(writer, segment.offset!);
    if (modeFlag !== 0) writer.u8(asExpressions ? type : 0);
    writer.u32(items.length);
    for (const item of items) {
      if (!asExpressions) writer.u32(this.#functions.get(item!)!);
      else {
        writer.u8(item === undefined ? 0xd0 : 0xd2);
        if (item === undefined) writer.u8(type);
        else writer.u32(this.#functions.get(item)!);
        writer.u8(0x0b);
      }
    }
  }

  #dataSection(): ByteWriter {
    const writer = new ByteWriter();
    for (let left = this.#shift.data; left > 0; left--) writer.bytes([1, 0]);
    for (const { offset, bytes } of this.#program.data) {
      writer.u32(offset === undefined ? 1 : 0);
      if (offset !== undefined) this.#constant(writer, offset);
      writer.u32(bytes.length);
      writer.bytes(bytes);
    }
    return writer;
  }

  #constant(writer: ByteWriter, expression: Constant): void {
    this.#node(writer, expression);
    writer.u8(0x0b);
  }

  #code(section: ByteWriter, definition: FunctionDefinition): void {
    const writer = new ByteWriter();
    const { params, locals, results, body } = definition;
    this.#locals = new Map();
    const { shift } = this.#program;
    number(params, this.#locals, 0);
    number(locals, this.#locals, params.length + shift.locals);
    writeLocals(writer, locals, shift.locals);
    const facts = { targets: new Set<number>(), calls: false };
    gatherFacts(body, facts);
    this.#targets = facts.targets;
    this.#results = results;
    this.#labels = [FUNCTION_LABEL];
    if (facts.calls && !definition.unguarded) this.#guard(writer);
    this.#shifted(writer, results, () => this.#nodes(writer, body));
    writer.u8(END);
    section.u32(writer.length);
    section.bytes(writer.finish());
  }

  /** A body with operands below it, inside blocks. */
  #shifted(writer: ByteWriter, results: TypeList, writeBody: () => void): void {
    const { operands, labels } = this.#shift;
    for (let i = 0; i < operands; i++) writer.bytes([0x41, i % 64]);
    for (let left = labels; left > 0; left--) {
      writer.u8(0x02);
      this.#blockType(writer, { params: [], results });
      this.#labels.push(SHIFT_LABEL);
    }
    writeBody();
    for (let left = labels; left > 0; left--) writer.u8(END);
    this.#labels.length -= labels;
    // A return discards the operands below.
    if (operands > 0) writer.u8(0x0f);
  }

  #u32(writer: ByteWriter, value: number): void {
    writeLong(writer, BigInt(value), 5, this.#shift.longIntegers);
  }

  /** Decrements the budget; at 0 the function returns. Does not touch the operands below. */
  #guard(writer: ByteWriter): void {
    const guard = this.#program.guard;
    if (guard === undefined) return;
    const index = this.#shift.globals + this.#globals.size;
    writer.u8(0x23);
    writer.u32(index);
    writer.bytes([0x45, 0x04, EMPTY_BLOCK]);
    if (guard.atZero === 'trap') writer.u8(0x00);
    else {
      this.#nodes(writer, zeros(this.#results));
      writer.u8(0x0f);
    }
    writer.bytes([0x0b, 0x23]);
    writer.u32(index);
    writer.bytes([0x41, 1, 0x6b, 0x24]);
    writer.u32(index);
  }

  #nodes(writer: ByteWriter, nodes: readonly Node[]): void {
    for (const node of nodes) this.#node(writer, node);
  }

  #node(writer: ByteWriter, node: Node): void {
    for (const operand of node.operands) this.#node(writer, operand);
    if (node.name === 'param') return;
    const { opcode, immediates } = ENCODINGS.get(node.name)!;
    const nextIsPrefixed = opcode >= 0xfc00;
    if (nextIsPrefixed) {
      writer.u8(PREFIX_FC);
      this.#u32(writer, opcode - 0xfc00);
    } else writer.u8(opcode);
    if (immediates === 'block') this.#block(writer, node);
    else if (immediates !== 'none') this.#immediates(writer, immediates, node);
  }

  #block(writer: ByteWriter, node: Node): void {
    this.#blockType(writer, node.signature);
    this.#labels.push(node.first);
    if (node.name === 'loop' && this.#targets.has(node.first)) this.#guard(writer);
    this.#nodes(writer, node.body);
    if (node.otherwise !== undefined) {
      writer.u8(0x05);
      this.#nodes(writer, node.otherwise);
    }
    writer.u8(0x0b);
    this.#labels.pop();
  }

  #blockType(writer: ByteWriter, signature: Signature): void {
    const { params, results } = signature;
    if (params.length === 0 && results.length <= 1) writer.u8(results[0] ?? EMPTY_BLOCK);
    else writeSigned(writer, BigInt(this.#typeIndex(signature)), 5, this.#shift.longIntegers);
  }

  #depthOf(label: number): number {
    return this.#labels.length - 1 - this.#labels.lastIndexOf(label);
  }

  #immediates(writer: ByteWriter, immediates: Immediates, node: Node): void {
    const { first, second, results, bits } = node;
    switch (immediates) {
      case 'label':
        this.#u32(writer, this.#depthOf(first));
        break;
      case 'labels':
        this.#u32(writer, node.labels.length - 1 + this.#shift.targets);
        for (const label of [...Array<number>(this.#shift.targets).fill(node.labels[0]), ...node.labels]) {
          this.#u32(writer, this.#depthOf(label));
        }
        break;
      case 'function':
        if (node.name === 'ref.func') this.#referenced.add(first);
        this.#u32(writer, this.#functions.get(first)!);
        break;
      case 'type table':
        this.#u32(writer, this.#typeIndex(node.signature));
        this.#u32(writer, this.#tables.get(first)!);
        break;
      case 'types':
        writer.bytes([1, results[results.length - 1]]);
        break;
      case 'local':
        this.#u32(writer, this.#locals.get(first)!);
        break;
      case 'global':
        this.#u32(writer, this.#globals.get(first)!);
        break;
      case 'table':
        this.#u32(writer, this.#tables.get(first)!);
        break;
      case 'memarg':
        this.#u32(writer, second);
        this.#u32(writer, first === 0 ? this.#shift.offset : first);
        break;
      case 'memory':
        writer.u8(0);
        break;
      case 'i32':
        writeSigned(writer, BigInt.asIntN(32, BigInt(bits)), 5, this.#shift.longIntegers);
        break;
      case 'i64':
        writeSigned(writer, BigInt.asIntN(64, BigInt(bits)), 10, this.#shift.longIntegers);
        break;
      case 'f32':
        writer.fixed32(Number(bits));
        break;
      case 'f64':
        writer.fixed64(BigInt(bits));
        break;
      case 'heap type':
        writer.u8(results[results.length - 1]);
        break;
      case 'data memory':
        this.#usesDataCount = true;
        this.#u32(writer, this.#data.get(first)!);
        writer.u8(0);
        break;
      case 'data':
        this.#usesDataCount = true;
        this.#u32(writer, this.#data.get(first)!);
        break;
      case 'memory memory':
        writer.bytes([0, 0]);
        break;
      case 'element table':
        this.#u32(writer, this.#elements.get(first)!);
        this.#u32(writer, this.#tables.get(second)!);
        break;
      case 'element':
        this.#u32(writer, this.#elements.get(first)!);
        break;
      case 'table table':
        this.#u32(writer, this.#tables.get(first)!);
        this.#u32(writer, this.#tables.get(second)!);
        break;
      case 'block':
      case 'none':
        break;
    }
  }
}

export function functionExportName(id: number): string {
  return `f${id}`;
}

export function signatureOf({ params, results }: FunctionDefinition): Signature {
  return { params: params.map(({ type }) => type), results };
}

function number(items: readonly { readonly id: number }[], indices: Map<number, number>, from: number): void {
  items.forEach(({ id }, at) => {
    indices.set(id, from + at);
  });
}

/** Groups of seven bits, lowest first: as many as the value needs and some more, up to `bytesMax`. */
function writeGroups(writer: ByteWriter, value: bigint, needed: number, bytesMax: number, more: number): void {
  const count = Math.min(bytesMax, needed + more);
  for (let i = 0; i < count; i++) {
    const group = Number((value >> BigInt(7 * i)) & 0x7fn);
    writer.u8(i === count - 1 ? group : group | 0x80);
  }
}

function writeLong(writer: ByteWriter, value: bigint, bytesMax: number, more: number): void {
  let needed = 1;
  while (value >> BigInt(7 * needed) !== 0n) needed++;
  writeGroups(writer, value, needed, bytesMax, more);
}

/** The highest bit of the last group is the sign. */
function writeSigned(writer: ByteWriter, value: bigint, bytesMax: number, more: number): void {
  let needed = 1;
  while (BigInt.asIntN(7 * needed, value) !== value) needed++;
  writeGroups(writer, value, needed, bytesMax, more);
}

function writeLimits(writer: ByteWriter, min: number, max: number | undefined): void {
  writer.u8(max === undefined ? 0 : 1);
  writer.u32(min);
  if (max !== undefined) writer.u32(max);
}

/** A run of locals of one type becomes one declaration. */
function writeLocals(writer: ByteWriter, locals: readonly Local[], before: number): void {
  const runs: { type: ValueType; count: number }[] = before > 0 ? [{ type: ValueType.I32, count: before }] : [];
  for (const { type } of locals) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last.type === type) last.count++;
    else runs.push({ type, count: 1 });
  }
  writer.u32(runs.length);
  for (const { type, count } of runs) {
    writer.u32(count);
    writer.u8(type);
  }
}

interface BodyFacts {
  readonly targets: Set<number>;
  calls: boolean;
}

const CALLS: ReadonlySet<NodeName> = new Set(['call', 'call_indirect', 'return_call', 'return_call_indirect']);

function gatherFacts(nodes: readonly Node[], facts: BodyFacts): void {
  for (const node of nodes) {
    if (node.name === 'br' || node.name === 'br_if') facts.targets.add(node.first);
    else if (node.name === 'br_table') for (const label of node.labels) facts.targets.add(label);
    else if (CALLS.has(node.name)) facts.calls = true;
    gatherFacts(node.operands, facts);
    gatherFacts(node.body, facts);
    if (node.otherwise !== undefined) gatherFacts(node.otherwise, facts);
  }
}

/** Which extensions of the 2.0 language a program uses. */
export function usedFeatures(program: Program): ReadonlySet<'tail-call' | 'extended-constant'> {
  const features = new Set<'tail-call' | 'extended-constant'>();
  const imported = new Set(program.importedGlobals.map(({ id }) => id));
  const constants = [
    ...program.globals.map(({ init }) => init),
    ...[...program.data, ...program.elements].flatMap(({ offset }) => offset ?? []),
  ];
  if (constants.some((expression) => isExtendedConstant(expression, imported))) features.add('extended-constant');
  if (program.functions.some(({ body }) => hasTailCall(body))) features.add('tail-call');
  return features;
}

/** Whether an expression needs the extended-constant rule: it has more than one instruction, or names an own global. */
function isExtendedConstant(expression: Constant, importedGlobals: ReadonlySet<number>): boolean {
  if (expression.operands.length > 0) return true;
  return expression.name === 'global.get' && !importedGlobals.has(expression.first);
}

function hasTailCall(nodes: readonly Node[]): boolean {
  return nodes.some(
    ({ name, operands, body, otherwise }) =>
      name.startsWith('return_call') ||
      hasTailCall(operands) ||
      hasTailCall(body) ||
      (otherwise !== undefined && hasTailCall(otherwise)),
  );
}
