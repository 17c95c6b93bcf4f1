/**
 * Generates one function body, well typed by construction: every maker returns a node that leaves exactly the requested
 * types. Weights favour instructions on which nodes could disagree: traps, floats and NaN, `memory.grow`, recursion,
 * `br_table`, indirect calls. A counted loop ends by itself, any other by the guard.
 */
import { ValueType } from '../wasm/types.js';
import { EFFECTS, LOADS, type MenuRow, NAMING_VALUES, OPERATORS, STORES } from './instruction-menu.js';
import type { Callable, ModuleShape } from './module-shape.js';
import {
  constant,
  FUNCTION_LABEL,
  type Local,
  NO_NODES,
  NO_TYPES,
  type Node,
  type NodeName,
  node,
  one,
  type Signature,
  sameTypes,
  type TableItem,
  type TypeList,
  zero,
} from './program.js';
import { type RandomChoice, runningSums } from './random-choice.js';

const { I32, I64, F32, F64, FuncRef } = {
  I32: ValueType.I32,
  I64: ValueType.I64,
  F32: ValueType.F32,
  F64: ValueType.F64,
  FuncRef: ValueType.FuncRef,
} as const;

const NUMBERS: TypeList = [I32, I64, F32, F64];
const DEPTH_MAX = 9;
const LOCALS_MAX = 24;

interface Label {
  readonly id: number;
  readonly types: TypeList;
}

/** Makes nodes that leave one value of the type; it may emit statements before them. Undefined: not possible here. */
type ValueMaker = (type: ValueType, depth: number, out: Node[]) => Node | undefined;
type StatementMaker = (depth: number, out: Node[]) => Node | undefined;

export interface BodyRequest {
  readonly params: readonly Local[];
  readonly locals: readonly Local[];
  readonly results: TypeList;
  /** About how many instructions. */
  readonly size: number;
}

export interface GeneratedBody {
  readonly locals: readonly Local[];
  readonly body: readonly Node[];
}

export class BodyGenerator {
  readonly #choice: RandomChoice;
  readonly #shape: ModuleShape;
  #left = 0;
  #all: Local[] = [];
  /** Locals that any instruction may set; loop counters are not included. */
  #settable: Local[] = [];
  #declared: Local[] = [];
  #labels: Label[] = [];
  #nextLabel = 1;
  #results: TypeList = NO_TYPES;

  readonly #numberMakers: readonly (readonly [number, ValueMaker])[];
  readonly #referenceMakers: readonly (readonly [number, ValueMaker])[];
  readonly #statementMakers: readonly (readonly [number, StatementMaker])[];
  readonly #numberSums: readonly number[];
  readonly #referenceSums: readonly number[];
  readonly #statementSums: readonly number[];

  constructor(choice: RandomChoice, shape: ModuleShape) {
    this.#choice = choice;
    this.#shape = shape;
    const control: readonly (readonly [number, ValueMaker])[] = [
      [4, (type, depth, out) => this.#block('block', one(type), depth, out)],
      [4, (type, depth, out) => this.#block('loop', one(type), depth, out)],
      [5, (type, depth, out) => this.#block('if', one(type), depth, out)],
      [6, (type, depth) => this.#call(type, depth)],
      [6, (type, depth) => this.#callIndirect(type, depth)],
      [4, (type, depth) => this.#branchIfValue(type, depth)],
      [2, (type, depth) => this.#leave(one(type), depth)],
      [3, (type, depth) => this.#selectTyped(type, depth)],
      [5, (type, depth) => this.#tee(type, depth)],
      [9, (type) => this.#localGet(type)],
      [4, (type) => this.#globalGet(type)],
      [4, (type, depth) => this.#naming(type, depth)],
    ];
    this.#numberMakers = [
      ...control,
      [8, (type) => this.#constant(type)],
      [44, (type, depth) => this.#operator(this.#choice.pick(OPERATORS.get(type)!), depth)],
      [10, (type, depth) => this.#load(type, depth)],
      [4, (type, depth) => this.#select(type, depth)],
      [2, (type, depth) => this.#isNull(type, depth)],
      [1, (type, depth) => this.#tableGrow(type, depth)],
    ];
    this.#referenceMakers = [...control, [12, zero], [20, (type, depth) => this.#tableGet(type, depth)]];
    this.#statementMakers = [
      [16, (depth) => this.#setLocal(depth)],
      [9, (depth) => this.#setGlobal(depth)],
      [14, (depth) => this.#store(depth)],
      [6, (depth) => this.#drop(depth)],
      [9, (depth) => this.#effect(depth)],
      [5, (depth) => this.#tableSet(depth)],
      [3, (depth) => this.#tableFill(depth)],
      [5, (depth, out) => this.#block('block', NO_TYPES, depth, out)],
      [8, (depth, out) => this.#block('loop', NO_TYPES, depth, out)],
      [9, (depth, out) => this.#block('if', NO_TYPES, depth, out)],
      [7, (depth) => this.#branchIf(depth)],
      [6, (depth) => this.#callStatement(depth)],
      [5, (depth) => this.#callIndirectStatement(depth)],
      [2, (depth) => this.#leave(NO_TYPES, depth)],
    ];
    this.#numberSums = runningSums(this.#numberMakers.map(([weight]) => weight));
    this.#referenceSums = runningSums(this.#referenceMakers.map(([weight]) => weight));
    this.#statementSums = runningSums(this.#statementMakers.map(([weight]) => weight));
  }

  generate({ params, locals, results, size }: BodyRequest): GeneratedBody {
    this.#left = size;
    this.#all = [...params, ...locals];
    this.#settable = [...this.#all];
    this.#declared = [...locals];
    this.#labels = [{ id: FUNCTION_LABEL, types: results }];
    this.#nextLabel = FUNCTION_LABEL + 1;
    this.#results = results;
    const body: Node[] = [];
    do this.#statement(body, 0);
    while (this.#left > size / 3);
    this.#sequence(body, results, 0);
    return { locals: this.#declared, body };
  }

  // Sequences

  /** Nodes that leave these types, with occasional statements between them. */
  #sequence(out: Node[], types: TypeList, depth: number): void {
    if (types.length > 1 && this.#left > 0 && this.#choice.chance(30)) {
      const several = this.#several(types, depth, out);
      if (several !== undefined) {
        out.push(several);
        return;
      }
    }
    for (const type of types) {
      if (this.#left > 0 && this.#choice.chance(5)) this.#statement(out, depth + 1);
      this.#value(out, type, depth + 1);
    }
  }

  #nodes(types: TypeList, depth: number): Node[] {
    const out: Node[] = [];
    this.#sequence(out, types, depth);
    return out;
  }

  #several(types: TypeList, depth: number, out: Node[]): Node | undefined {
    switch (this.#choice.below(6)) {
      case 0:
        return this.#block('block', types, depth, out);
      case 1:
        return this.#block('if', types, depth, out);
      case 2:
        return this.#block('loop', types, depth, out);
      case 3:
        return this.#leave(types, depth);
      default: {
        const callee = this.#choice.pickOrNone(
          this.#shape.callables.filter(({ signature }) => sameTypes(signature.results, types)),
        );
        return callee === undefined ? undefined : this.#callOf(callee, depth);
      }
    }
  }

  #value(out: Node[], type: ValueType, depth: number): void {
    if (this.#left <= 0 || depth >= DEPTH_MAX) {
      out.push(this.#leaf(type));
      return;
    }
    const isNumber = NUMBERS.includes(type);
    const [makers, sums] = isNumber
      ? [this.#numberMakers, this.#numberSums]
      : [this.#referenceMakers, this.#referenceSums];
    for (let tries = 0; tries < 4; tries++) {
      const made = makers[this.#choice.weighted(sums)][1](type, depth, out);
      if (made !== undefined) {
        this.#left--;
        out.push(made);
        return;
      }
    }
    out.push(this.#leaf(type));
  }

  #statement(out: Node[], depth: number): void {
    this.#left--;
    if (depth >= DEPTH_MAX) return;
    for (let tries = 0; tries < 4; tries++) {
      const made = this.#statementMakers[this.#choice.weighted(this.#statementSums)][1](depth, out);
      if (made !== undefined) {
        out.push(made);
        return;
      }
    }
  }

  #leaf(type: ValueType): Node {
    return (this.#choice.chance(50) ? this.#localGet(type) : undefined) ?? this.#constant(type);
  }

  #constant(type: ValueType): Node {
    return NUMBERS.includes(type) ? constant(type, this.#choice.bitsOf(type)) : zero(type);
  }

  // Variables

  #localOf(type: ValueType): Local {
    const known = this.#settable.filter((local) => local.type === type);
    if (known.length > 0 && (this.#all.length >= LOCALS_MAX || this.#choice.chance(85)))
      return this.#choice.pick(known);
    return this.#newLocal(type, true);
  }

  #newLocal(type: ValueType, settable: boolean): Local {
    const local = { id: this.#all.length, type };
    this.#all.push(local);
    this.#declared.push(local);
    if (settable) this.#settable.push(local);
    return local;
  }

  #localGet(type: ValueType): Node | undefined {
    const local = this.#choice.pickOrNone(this.#all.filter((one) => one.type === type));
    return local && node('local.get', NO_NODES, one(type), local.id);
  }

  #tee(type: ValueType, depth: number): Node {
    return node('local.tee', this.#nodes(one(type), depth), one(type), this.#localOf(type).id);
  }

  #globalGet(type: ValueType): Node | undefined {
    const global = this.#choice.pickOrNone(this.#shape.globals.filter((one) => one.type === type));
    return global && node('global.get', NO_NODES, one(type), global.id);
  }

  #setLocal(depth: number): Node {
    const local = this.#choice.chance(80) ? this.#choice.pickOrNone(this.#settable) : undefined;
    const { id, type } = local ?? this.#localOf(this.#choice.pick(NUMBERS));
    return node('local.set', this.#nodes(one(type), depth), NO_TYPES, id);
  }

  #setGlobal(depth: number): Node | undefined {
    const global = this.#choice.pickOrNone(this.#shape.globals.filter(({ mutable }) => mutable));
    return global && node('global.set', this.#nodes(one(global.type), depth), NO_TYPES, global.id);
  }

  // Operators

  #operator(row: MenuRow, depth: number): Node {
    return node(row.name, this.#operands(row, depth), row.results);
  }

  /** Operands with which most trapping instructions do not trap: a run that traps at once shows little. */
  #operands(row: MenuRow, depth: number): Node[] {
    const operands = row.operands;
    if (!row.traps || this.#choice.chance(20)) return this.#nodes(operands, depth);
    const last = operands[operands.length - 1];
    if (operands.length === 2) return [...this.#nodes(one(operands[0]), depth), this.#divisor(last)];
    return [this.#convertible(last, depth)];
  }

  #divisor(type: ValueType): Node {
    const bits = 1 + this.#choice.below(9);
    return constant(type, type === I64 ? BigInt(bits) : bits);
  }

  /** A float that converts to any integer type. */
  #convertible(type: ValueType, depth: number): Node {
    const name: NodeName = type === F32 ? 'f32.convert_i32_u' : 'f64.convert_i32_u';
    const small = node('i32.and', [...this.#nodes(one(I32), depth + 1), this.#i32(0x7fffff)], one(I32));
    return node(name, [small], one(type));
  }

  #select(type: ValueType, depth: number): Node {
    return node('select', this.#nodes([type, type, I32], depth), one(type));
  }

  #selectTyped(type: ValueType, depth: number): Node {
    return node('select_t', this.#nodes([type, type, I32], depth), one(type));
  }

  #isNull(type: ValueType, depth: number): Node | undefined {
    if (type !== I32) return undefined;
    const operand = this.#choice.chance(60) ? FuncRef : ValueType.ExternRef;
    return node('ref.is_null', this.#nodes(one(operand), depth), one(I32));
  }

  #drop(depth: number): Node {
    const type = this.#choice.chance(90) ? this.#choice.pick(NUMBERS) : FuncRef;
    return node('drop', this.#nodes(one(type), depth), NO_TYPES);
  }

  // Memory

  #i32(value: number): Node {
    return constant(I32, value >>> 0);
  }

  #address(depth: number, accessBytes: number): Node[] {
    const length = (this.#shape.memory?.pagesMin ?? 0) * 65_536;
    const kind = this.#choice.below(100);
    if (kind < 45) return [this.#i32(this.#choice.below(64))];
    if (kind < 60 && length > 0) return [this.#i32(length - accessBytes - this.#choice.below(4))];
    if (kind < 94) {
      const mask = this.#choice.pick([0x3f, 0xff, 0xfff8, 0x7fff]);
      return [node('i32.and', [...this.#nodes(one(I32), depth), this.#i32(mask)], one(I32))];
    }
    return this.#nodes(one(I32), depth);
  }

  #memargOffset(): number {
    const length = (this.#shape.memory?.pagesMin ?? 0) * 65_536;
    const kind = this.#choice.below(100);
    if (kind < 70) return 0;
    if (kind < 90) return this.#choice.below(40);
    if (kind < 95) return Math.max(0, length - this.#choice.below(70));
    return this.#choice.pick([0xffffffff, 0xfffffff8, 0x80000000, 0x7fffffff, 65_536, 65_535]);
  }

  #access(row: MenuRow, operands: readonly Node[]): Node {
    const alignment = this.#choice.below(32 - Math.clz32(row.accessBytes));
    return node(row.name, operands, row.results, this.#memargOffset(), alignment);
  }

  #load(type: ValueType, depth: number): Node | undefined {
    if (this.#shape.memory === undefined) return undefined;
    const row = this.#choice.pick(LOADS.get(type)!);
    return this.#access(row, this.#address(depth, row.accessBytes));
  }

  #store(depth: number): Node | undefined {
    if (this.#shape.memory === undefined) return undefined;
    const row = this.#choice.pick(STORES);
    const operands = this.#address(depth, row.accessBytes);
    this.#sequence(operands, one(row.operands[1]), depth);
    return this.#access(row, operands);
  }

  // Instructions that name an item of the module

  #naming(type: ValueType, depth: number): Node | undefined {
    const row = this.#choice.pickOrNone(NAMING_VALUES.get(type)!);
    return row && this.#named(row, depth);
  }

  #effect(depth: number): Node | undefined {
    return this.#named(this.#choice.pick(EFFECTS), depth);
  }

  #named(row: MenuRow, depth: number): Node | undefined {
    const named = this.#nameItems(row);
    if (named === undefined) return undefined;
    const operands = row.operands.flatMap((type) => this.#smallOperand(type, depth, 3));
    return node(row.name, operands, row.results, named[0], named[1]);
  }

  #nameItems({ immediates }: MenuRow): readonly [number, number] | undefined {
    const { memory, data, elements, tables, callables } = this.#shape;
    const id = (items: readonly { readonly id: number }[]) => this.#choice.pickOrNone(items)?.id;
    const single = (first: number | undefined) => (first === undefined ? undefined : ([first, 0] as const));
    const pair = (first: number, second: number | undefined) =>
      second === undefined ? undefined : ([first, second] as const);
    switch (immediates) {
      case 'none':
        return [0, 0];
      case 'memory':
      case 'memory memory':
        return memory && [0, 0];
      case 'data memory':
        return memory && single(id(this.#mostlyPassive(data, ({ offset }) => offset === undefined)));
      case 'data':
        return single(id(data));
      case 'function':
        return single(id(callables));
      case 'table':
        return single(id(tables));
      case 'element':
        return single(id(elements));
      case 'element table': {
        const segment = this.#choice.pickOrNone(this.#mostlyPassive(elements, ({ mode }) => mode === 'passive'));
        return segment && pair(segment.id, id(tables.filter(({ type }) => type === segment.type)));
      }
      case 'table table': {
        const table = this.#choice.pickOrNone(tables);
        return table && pair(table.id, id(tables.filter(({ type }) => type === table.type)));
      }
      default:
        throw new Error(`the generator cannot choose the immediates '${immediates}'`);
    }
  }

  /** Active segments are dropped before any body runs. */
  #mostlyPassive<T>(segments: readonly T[], isPassive: (segment: T) => boolean): readonly T[] {
    const passive = segments.filter(isPassive);
    return passive.length > 0 && this.#choice.chance(80) ? passive : segments;
  }

  /** An operand of a bulk operation or of `memory.grow`: usually a constant below `bound`. */
  #smallOperand(type: ValueType, depth: number, bound: number): readonly Node[] {
    if (type !== I32) return this.#nodes(one(type), depth);
    const kind = this.#choice.below(100);
    if (kind < 82) return [this.#i32(this.#choice.below(bound))];
    if (kind < 87) return [this.#i32(this.#choice.below(64))];
    if (kind < 95) {
      return [node('i32.and', [...this.#nodes(one(I32), depth), this.#i32(7)], one(I32))];
    }
    return this.#nodes(one(I32), depth);
  }

  #tableIndex({ min }: TableItem, depth: number): readonly Node[] {
    return this.#smallOperand(I32, depth, Math.max(min, 1));
  }

  #tableGet(type: ValueType, depth: number): Node | undefined {
    const table = this.#choice.pickOrNone(this.#shape.tables.filter((one) => one.type === type));
    return table && node('table.get', this.#tableIndex(table, depth), one(type), table.id);
  }

  #tableSet(depth: number): Node | undefined {
    const table = this.#choice.pickOrNone(this.#shape.tables);
    if (table === undefined) return undefined;
    return node(
      'table.set',
      [...this.#tableIndex(table, depth), ...this.#nodes(one(table.type), depth)],
      NO_TYPES,
      table.id,
    );
  }

  #tableFill(depth: number): Node | undefined {
    const table = this.#choice.pickOrNone(this.#shape.tables);
    if (table === undefined) return undefined;
    const value = this.#nodes(one(table.type), depth);
    const operands = [...this.#tableIndex(table, depth), ...value, ...this.#smallOperand(I32, depth, 2)];
    return node('table.fill', operands, NO_TYPES, table.id);
  }

  #tableGrow(type: ValueType, depth: number): Node | undefined {
    const table = this.#choice.pickOrNone(this.#shape.tables);
    if (type !== I32 || table === undefined) return undefined;
    const operands = [...this.#nodes(one(table.type), depth), ...this.#smallOperand(I32, depth, 4)];
    return node('table.grow', operands, one(I32), table.id);
  }

  // Blocks

  #block(name: 'block' | 'loop' | 'if', results: TypeList, depth: number, out: Node[]): Node {
    const params = this.#choice.chance(80)
      ? NO_TYPES
      : this.#choice.pick([one(I32), one(F64), [I32, I64], [F32, I32, F32]]);
    const operands = this.#nodes(name === 'if' ? [...params, I32] : params, depth);
    const label: Label = { id: this.#nextLabel++, types: name === 'loop' ? params : results };
    const block = { ...node(name, operands, results, label.id), signature: { params, results } };
    this.#labels.push(label);
    const isCounted = name === 'loop' && this.#choice.chance(65);
    const body = isCounted ? this.#countedBody(label, block.signature, depth, out) : this.#body(block.signature, depth);
    const needsElse = name === 'if' && !(sameTypes(params, results) && this.#choice.chance(60));
    const otherwise = needsElse ? this.#body(block.signature, depth) : undefined;
    this.#labels.pop();
    return { ...block, body, otherwise };
  }

  #body({ params, results }: Signature, depth: number): Node[] {
    const out: Node[] = [];
    const rest = this.#takeParams(out, params, results, depth);
    if (this.#choice.chance(60)) this.#statement(out, depth + 1);
    while (this.#left > 0 && this.#choice.chance(35)) this.#statement(out, depth + 1);
    this.#sequence(out, rest, depth + 1);
    return out;
  }

  /** Repeats a fixed number of times, with a counter that nothing else sets. */
  #countedBody(label: Label, { params, results }: Signature, depth: number, before: Node[]): Node[] {
    const counter = this.#newLocal(I32, false);
    before.push(node('local.set', [this.#i32(this.#choice.between(1, 6))], NO_TYPES, counter.id));
    const out: Node[] = [];
    this.#takeParams(out, params, NO_TYPES, depth);
    this.#statement(out, depth + 1);
    while (this.#left > 0 && this.#choice.chance(50)) this.#statement(out, depth + 1);
    const less = node('i32.sub', [node('local.get', NO_NODES, one(I32), counter.id), this.#i32(1)], one(I32));
    const condition = node('local.tee', [less], one(I32), counter.id);
    const carried = this.#nodes(params, depth + 1);
    out.push(dropTo(node('br_if', [...carried, condition], params, label.id), 0));
    this.#sequence(out, results, depth + 1);
    return out;
  }

  /** Uses the parameters of a block in one of several ways; returns the results that must still be made. */
  #takeParams(out: Node[], params: TypeList, results: TypeList, depth: number): TypeList {
    if (params.length === 0) return results;
    let taken = node('param', NO_NODES, params);
    if (results.length >= params.length && this.#choice.chance(50)) {
      if (sameTypes(results.slice(0, params.length), params)) {
        out.push(taken);
        return results.slice(params.length);
      }
    }
    while (taken.results.length > 0) taken = this.#takeTop(taken, depth);
    out.push(taken);
    return results;
  }

  #takeTop(taken: Node, depth: number): Node {
    const types = taken.results;
    const top = types[types.length - 1];
    const below = types.slice(0, -1);
    const kind = this.#choice.below(5);
    if (kind === 0) return node('drop', [taken], below);
    if (kind === 1 && NUMBERS.includes(top)) {
      const rows = OPERATORS.get(this.#choice.pick(NUMBERS))!;
      const row = this.#choice.pickOrNone(rows.filter(({ operands, traps }) => !traps && operands[0] === top));
      const rest = row?.operands.slice(1) ?? NO_TYPES;
      if (row !== undefined && depth < DEPTH_MAX) {
        const operands = [taken, ...this.#nodes(rest, depth + 1)];
        return this.#takeTop(node(row.name, operands, [...below, ...row.results]), depth + 1);
      }
    }
    return node('local.set', [taken], below, this.#localOf(top).id);
  }

  // Branches and calls

  #branchIfValue(type: ValueType, depth: number): Node | undefined {
    const label = this.#choice.pickOrNone(this.#labels.filter(({ types }) => types[0] === type));
    return label && dropTo(this.#branchIfTo(label, depth), 1);
  }

  #branchIf(depth: number): Node {
    return dropTo(this.#branchIfTo(this.#choice.pick(this.#labels), depth), 0);
  }

  #branchIfTo({ id, types }: Label, depth: number): Node {
    return node('br_if', this.#nodes([...types, I32], depth), types, id);
  }

  /** An instruction after which nothing runs; it claims the results. */
  #leave(results: TypeList, depth: number): Node | undefined {
    switch (this.#choice.below(8)) {
      case 0:
      case 1: {
        const { id, types } = this.#choice.pick(this.#labels);
        return node('br', this.#nodes(types, depth), results, id);
      }
      case 2:
      case 3:
      case 4:
        return this.#branchTable(results, depth);
      case 5:
        return node('return', this.#nodes(this.#results, depth), results);
      case 6:
        return this.#tailCall(results, depth);
      default:
        return this.#choice.chance(75) ? undefined : node('unreachable', NO_NODES, results);
    }
  }

  #branchTable(results: TypeList, depth: number): Node {
    const { types } = this.#choice.pick(this.#labels);
    const targets = this.#labels.filter((label) => sameTypes(label.types, types));
    const count = this.#choice.between(1, 6);
    const labels = Array.from({ length: count }, () => this.#choice.pick(targets).id);
    const operands = [...this.#nodes(types, depth), ...this.#smallOperand(I32, depth, 4)];
    return { ...node('br_table', operands, results), labels };
  }

  #tailCall(results: TypeList, depth: number): Node | undefined {
    if (!this.#shape.tailCalls) return undefined;
    const callees = this.#shape.callables.filter(({ signature }) => sameTypes(signature.results, this.#results));
    if (this.#choice.chance(50)) {
      const callee = this.#choice.pickOrNone(callees);
      return callee && node('return_call', this.#nodes(callee.signature.params, depth), results, callee.id);
    }
    const indirect = this.#indirect(callees, { params: NO_TYPES, results: this.#results }, depth);
    return indirect && { ...indirect, name: 'return_call_indirect', results };
  }

  #callOf({ id, signature }: Callable, depth: number): Node {
    return node('call', this.#nodes(signature.params, depth), signature.results, id);
  }

  #call(type: ValueType, depth: number): Node | undefined {
    const callee = this.#choice.pickOrNone(
      this.#shape.callables.filter(({ signature }) => signature.results[0] === type),
    );
    return callee && dropTo(this.#callOf(callee, depth), 1);
  }

  #callStatement(depth: number): Node {
    return dropTo(this.#callOf(this.#choice.pick(this.#shape.callables), depth), 0);
  }

  #callIndirect(type: ValueType, depth: number): Node | undefined {
    const callees = this.#shape.callables.filter(({ signature }) => signature.results[0] === type);
    const indirect = this.#indirect(callees, { params: NO_TYPES, results: one(type) }, depth);
    return indirect && dropTo(indirect, 1);
  }

  #callIndirectStatement(depth: number): Node | undefined {
    const indirect = this.#indirect(this.#shape.callables, { params: one(I32), results: NO_TYPES }, depth);
    return indirect && dropTo(indirect, 0);
  }

  /** Usually through a slot with one of the callees; otherwise any index, or a type that no callee has. */
  #indirect(callees: readonly Callable[], other: Signature, depth: number): Node | undefined {
    const table = this.#choice.pickOrNone(this.#shape.tables.filter(({ type }) => type === FuncRef));
    if (table === undefined) return undefined;
    const slots = this.#shape.slots.get(table.id)!;
    const reachable = [...slots].filter(([, id]) => callees.some((callee) => callee.id === id));
    // Without a suitable slot the call always traps, so this is rare.
    if (reachable.length === 0 && this.#choice.chance(85)) return undefined;
    const slot = this.#choice.chance(92) ? this.#choice.pickOrNone(reachable) : undefined;
    const callee =
      slot === undefined ? this.#choice.pickOrNone(callees) : callees.find((candidate) => candidate.id === slot[1]);
    const signature = callee !== undefined && this.#choice.chance(97) ? callee.signature : other;
    const operands = this.#nodes(signature.params, depth);
    if (slot !== undefined) operands.push(this.#i32(slot[0]));
    else operands.push(...this.#tableIndex(table, depth));
    return { ...node('call_indirect', operands, signature.results, table.id), signature };
  }
}

/** Drops all but the first `keep` results. */
function dropTo(value: Node, keep: number): Node {
  let kept = value;
  while (kept.results.length > keep) kept = node('drop', [kept], kept.results.slice(0, -1));
  return kept;
}
