/**
 * The trace oracle: runs a small module instruction by instruction over its tree and takes every charge of SEMANTICS 3,
 * 4 and 6 from the Wasm instructions, in order. It recurses and allocates freely. It imports neither src/metering
 * (except the type of the prices) nor an interpreter.
 */
import type { TrapCode } from '../../src/base/fault.js';
import type { Prices, Rate } from '../../src/metering/schedule.js';
import type { FunctionType } from '../../src/wasm/types.js';
import { type BodyReading, readFunction } from './block-oracle.js';
import { type Node, type PlainModule, readExpression, readModule } from './plain-module.js';
import { NumberTrap, numeric } from './plain-numbers.js';

export type Part = 'instantiate' | 'guest' | 'host';

export interface Charge {
  readonly part: Part;
  /** `block@0x2a`, `memory.fill@0x31`, `instantiate`, `host env.tick`. */
  readonly what: string;
  readonly fuel: number;
}

export type Outcome =
  | { readonly kind: 'returned'; readonly values: readonly string[] }
  | { readonly kind: 'trapped'; readonly code: TrapCode }
  | { readonly kind: 'exhausted'; readonly resource: 'fuel' | 'stack' };

export interface Trace {
  readonly outcome: Outcome;
  /** Without the boundary part, which belongs to the engine, not to the guest. */
  readonly used: number;
  readonly parts: Readonly<Record<Part, number>>;
  /** In order; the last one is reduced to the remaining fuel if it exhausted it. */
  readonly charges: readonly Charge[];
  /** Final size of the first memory. */
  readonly pages: number;
}

export interface TraceLimits {
  readonly stackWords: number;
  readonly hostNesting: number;
  readonly pages: number;
  readonly tableElements: number;
}

const LIMITS: TraceLimits = { stackWords: 16_384, hostNesting: 16, pages: 1_024, tableElements: 1_000_000 };

/** A function reference, or null; numbers are their bits. */
type Value = bigint | { readonly functionIndex: number } | null;

class Stop extends Error {
  constructor(readonly outcome: Outcome) {
    super(outcome.kind);
  }
}

function trap(code: TrapCode): never {
  throw new Stop({ kind: 'trapped', code });
}

/** How control leaves a sequence of instructions, if not at its end. */
type Leave =
  | { readonly kind: 'branch'; readonly label: number }
  | { readonly kind: 'return' }
  | { readonly kind: 'tail'; readonly functionIndex: number; readonly args: Value[] };

interface Frame {
  readonly definedIndex: number;
  readonly locals: Value[];
  readonly stack: Value[];
}

/**
 * Runs an export of a fresh instance. Arguments are `i32:7`, `i64:-1`, `f32:0x3f800000` (floats by bits only), the fuel
 * limit is for instantiation and call together. Imports must be functions without parameters and results: they do
 * nothing and cost the rate `hostCall` for zero bytes.
 */
export function traceCost(
  bytes: Uint8Array,
  exportName: string,
  args: readonly string[],
  prices: Prices,
  fuelLimit: number,
  limits: TraceLimits = LIMITS,
): Trace {
  const machine = new Machine(readModule(bytes), prices, fuelLimit, limits);
  return machine.run(exportName, args);
}

class Machine {
  readonly charges: Charge[] = [];
  #fuelLeft: number;
  #part: Part = 'instantiate';
  #words = 0;
  #nesting = 0;
  #memory = new Uint8Array(0);
  #tables: Value[][] = [];
  #globals: Value[] = [];
  readonly #droppedData = new Set<number>();
  readonly #droppedElements = new Set<number>();
  readonly #readings = new Map<number, BodyReading>();

  constructor(
    readonly module: PlainModule,
    readonly prices: Prices,
    fuelLimit: number,
    readonly limits: TraceLimits,
  ) {
    this.#fuelLeft = fuelLimit;
  }

  run(exportName: string, args: readonly string[]): Trace {
    const outcome = this.#outcome(exportName, args);
    const parts = { instantiate: 0, guest: 0, host: 0 };
    for (const charge of this.charges) parts[charge.part] += charge.fuel;
    const used = parts.instantiate + parts.guest + parts.host;
    return { outcome, used, parts, charges: this.charges, pages: this.#memory.length / 65_536 };
  }

  #outcome(exportName: string, args: readonly string[]): Outcome {
    try {
      this.#instantiate();
      this.#part = 'guest';
      const found = this.module.exports.find((one) => one.kind === 'function' && one.name === exportName);
      if (found === undefined) throw new Error(`no exported function ${exportName}`);
      const results = this.#call(found.index, args.map(parseValue));
      const types = this.#typeOf(found.index).results;
      return { kind: 'returned', values: results.map((value, index) => printValue(types[index]!, value)) };
    } catch (error) {
      if (error instanceof Stop) return error.outcome;
      throw error;
    }
  }

  #charge(part: Part, what: string, fuel: number): void {
    if (fuel <= this.#fuelLeft) {
      this.#fuelLeft -= fuel;
      this.charges.push({ part, what, fuel });
      return;
    }
    this.charges.push({ part, what, fuel: this.#fuelLeft });
    throw new Stop({ kind: 'exhausted', resource: 'fuel' });
  }

  #chargeRate(node: Node, rate: Rate, n: bigint): void {
    this.#charge(this.#part, `${node.name}@0x${node.offset.toString(16)}`, rateOf(rate, n));
  }

  #typeOf(functionIndex: number): FunctionType {
    return this.module.types[this.module.functionTypes[functionIndex]!]!;
  }

  #instantiate(): void {
    const { module } = this;
    this.#charge('instantiate', 'instantiate', this.#instantiationSum());
    this.#memory = new Uint8Array(65_536 * (module.memories[0]?.min ?? 0));
    this.#tables = module.tables.map((table) => new Array<Value>(table.min).fill(null));
    for (const { init } of module.globalDefinitions) this.#globals.push(this.#constant(init.start));
    module.elements.forEach((segment, index) => {
      if (segment.offsetExpression !== undefined) {
        const offset = this.#constant(segment.offsetExpression.start) as bigint;
        this.#tableInit(segment.tableIndex, index, offset, 0n, BigInt(segment.length));
      }
      if (segment.mode !== 'passive') this.#droppedElements.add(index);
    });
    module.data.forEach((segment, index) => {
      if (segment.offsetExpression === undefined) return;
      const offset = this.#constant(segment.offsetExpression.start) as bigint;
      this.#memoryInit(index, offset, 0n, BigInt(segment.bytes.end - segment.bytes.start));
      this.#droppedData.add(index);
    });
    if (module.start !== undefined) this.#call(module.start.functionIndex, []);
  }

  #instantiationSum(): number {
    const { module } = this;
    const prices = this.prices.instantiate;
    const size = (range: { start: number; end: number }) => BigInt(range.end - range.start);
    const active = <T extends { offsetExpression: { start: number; end: number } | undefined }>(
      segments: readonly T[],
    ) => segments.filter((segment) => segment.offsetExpression !== undefined);
    const sums = [
      prices.base,
      ...module.memories.map((memory) => rateOf(this.prices.rates.memoryGrow, BigInt(memory.min))),
      ...module.tables.map((table) => rateOf(prices.table, BigInt(table.min))),
      ...module.globalDefinitions.map((global) => rateOf(prices.global, size(global.init))),
      ...active(module.data).map((data) => rateOf(prices.activeData, size(data.bytes))),
      ...active(module.elements).map((element) => rateOf(prices.activeElement, BigInt(element.length))),
      ...active([...module.data, ...module.elements]).map((segment) =>
        rateOf(prices.offsetExpression, size(segment.offsetExpression!)),
      ),
      rateOf(
        prices.passive,
        BigInt([...module.data, ...module.elements].filter(({ mode }) => mode !== 'active').length),
      ),
      rateOf(prices.import, BigInt(module.imports.length)),
      rateOf(prices.export, BigInt(module.exports.length)),
    ];
    return sums.reduce((left, right) => left + right, 0);
  }

  #constant(start: number): Value {
    const frame: Frame = { definedIndex: -1, locals: [], stack: [] };
    for (const node of readExpression(this.module, start)) this.#plain(frame, node);
    return frame.stack.pop()!;
  }

  #reading(definedIndex: number): BodyReading {
    let reading = this.#readings.get(definedIndex);
    if (reading === undefined) {
      reading = readFunction(this.module, definedIndex, this.prices);
      this.#readings.set(definedIndex, reading);
    }
    return reading;
  }

  /** Stack check, first block, body; a tail call first removes its caller's frame. */
  #call(functionIndex: number, args: Value[]): Value[] {
    let [callee, values] = [functionIndex, args];
    for (;;) {
      if (callee < this.module.importedFunctions) return this.#callHost(callee);
      const definedIndex = callee - this.module.importedFunctions;
      const { body, frameWords } = this.#reading(definedIndex);
      this.#takeWords(frameWords);
      const zeros = body.declaredLocals.map((type): Value => (type < 0x7c ? null : 0n));
      const frame: Frame = { definedIndex, locals: [...values, ...zeros], stack: [] };
      this.#enterBlock(frame, body.first);
      const leave = this.#sequence(frame, body.nodes);
      this.#words -= frameWords;
      if (leave?.kind !== 'tail') return frame.stack.slice(frame.stack.length - this.#typeOf(callee).results.length);
      [callee, values] = [leave.functionIndex, leave.args];
    }
  }

  #takeWords(words: number): void {
    if (this.#words + words > this.limits.stackWords) throw new Stop({ kind: 'exhausted', resource: 'stack' });
    this.#words += words;
  }

  #callHost(functionIndex: number): Value[] {
    const row = this.module.imports.filter((one) => one.description.kind === 'function')[functionIndex]!;
    if (this.#nesting + 1 > this.limits.hostNesting) throw new Stop({ kind: 'exhausted', resource: 'stack' });
    this.#takeWords(32);
    this.#nesting++;
    this.#charge('host', `host ${row.module}.${row.name}`, rateOf(this.prices.rates.hostCall, 0n));
    this.#nesting--;
    this.#words -= 32;
    return [];
  }

  /** Charges the block that begins at this offset, if one does. */
  #enterBlock(frame: Frame, offset: number): void {
    const block = this.#reading(frame.definedIndex).blocks.find((one) => one.offset === offset);
    if (block !== undefined) this.#charge(this.#part, `block@0x${offset.toString(16)}`, block.cost);
  }

  #sequence(frame: Frame, nodes: readonly Node[]): Leave | undefined {
    for (const node of nodes) {
      const leave = this.#step(frame, node);
      if (leave !== undefined) return leave;
    }
    return undefined;
  }

  #step(frame: Frame, node: Node): Leave | undefined {
    const stack = frame.stack;
    const [first = 0] = node.immediates;
    switch (node.name) {
      case 'unreachable':
        return trap('unreachable');
      case 'block':
        return this.#construct(frame, node, node.body, stack.length - node.params);
      case 'loop':
        return this.#loop(frame, node, stack.length - node.params);
      case 'if': {
        const taken = stack.pop() !== 0n;
        const height = stack.length - node.params;
        if (taken) this.#enterBlock(frame, node.next);
        else if (node.otherwise !== undefined) this.#enterBlock(frame, node.elseNext);
        return this.#construct(frame, node, taken ? node.body : (node.otherwise ?? []), height);
      }
      case 'br':
        return { kind: 'branch', label: first };
      case 'br_if':
        if (stack.pop() !== 0n) return { kind: 'branch', label: first };
        this.#enterBlock(frame, node.next);
        return undefined;
      case 'br_table': {
        const index = Number(stack.pop());
        const last = node.immediates.length - 1;
        return { kind: 'branch', label: node.immediates[Math.min(index, last)]! };
      }
      case 'return':
        return { kind: 'return' };
      case 'call':
        stack.push(...this.#call(first, this.#takeArgs(frame, this.#typeOf(first))));
        return undefined;
      case 'call_indirect': {
        const callee = this.#indirect(frame, node);
        stack.push(...this.#call(callee, this.#takeArgs(frame, this.#typeOf(callee))));
        return undefined;
      }
      case 'return_call':
        return { kind: 'tail', functionIndex: first, args: this.#takeArgs(frame, this.#typeOf(first)) };
      case 'return_call_indirect': {
        const functionIndex = this.#indirect(frame, node);
        return { kind: 'tail', functionIndex, args: this.#takeArgs(frame, this.#typeOf(functionIndex)) };
      }
      default:
        this.#plain(frame, node);
        return undefined;
    }
  }

  /** A block or an arm: a branch to its label ends it, with the block's results on top. */
  #construct(frame: Frame, node: Node, nodes: readonly Node[], height: number): Leave | undefined {
    const leave = this.#sequence(frame, nodes);
    if (leave !== undefined) {
      if (leave.kind !== 'branch') return leave;
      if (leave.label > 0) return { kind: 'branch', label: leave.label - 1 };
      keepTop(frame.stack, height, node.results);
    }
    this.#enterBlock(frame, node.endNext);
    return undefined;
  }

  #loop(frame: Frame, node: Node, height: number): Leave | undefined {
    for (;;) {
      this.#enterBlock(frame, node.next);
      const leave = this.#sequence(frame, node.body);
      if (leave?.kind !== 'branch') return leave;
      if (leave.label > 0) return { kind: 'branch', label: leave.label - 1 };
      keepTop(frame.stack, height, node.params);
    }
  }

  #takeArgs(frame: Frame, type: FunctionType): Value[] {
    return frame.stack.splice(frame.stack.length - type.params.length);
  }

  #indirect(frame: Frame, node: Node): number {
    const table = this.#tables[node.immediates[1]!]!;
    const index = Number(frame.stack.pop());
    if (index >= table.length) trap('undefined-element');
    const reference = table[index] as { functionIndex: number } | null;
    if (reference === null) return trap('uninitialized-element');
    const wanted = this.module.types[node.immediates[0]!]!;
    const actual = this.#typeOf(reference.functionIndex);
    const text = (type: FunctionType) => `${type.params.join()}:${type.results.join()}`;
    if (text(wanted) !== text(actual)) trap('indirect-call-type-mismatch');
    return reference.functionIndex;
  }

  #plain(frame: Frame, node: Node): void {
    const { stack, locals } = frame;
    const [first = 0, second = 0] = node.immediates;
    const number = () => stack.pop() as bigint;
    switch (node.name) {
      case 'nop':
        return;
      case 'drop':
        stack.pop();
        return;
      case 'select':
      case 'select_t': {
        const condition = stack.pop();
        const other = stack.pop()!;
        if (condition === 0n) stack[stack.length - 1] = other;
        return;
      }
      case 'local.get':
        stack.push(locals[first]!);
        return;
      case 'local.set':
        locals[first] = stack.pop()!;
        return;
      case 'local.tee':
        locals[first] = stack[stack.length - 1]!;
        return;
      case 'global.get':
        stack.push(this.#globals[first]!);
        return;
      case 'global.set':
        this.#globals[first] = stack.pop()!;
        return;
      case 'i32.const':
      case 'i64.const':
      case 'f32.const':
      case 'f64.const':
        stack.push(node.bits);
        return;
      case 'ref.null':
        stack.push(null);
        return;
      case 'ref.is_null':
        stack.push(stack.pop() === null ? 1n : 0n);
        return;
      case 'ref.func':
        stack.push({ functionIndex: first });
        return;
      case 'memory.size':
        stack.push(BigInt(this.#memory.length / 65_536));
        return;
      case 'memory.grow':
        stack.push(this.#memoryGrow(node, number()));
        return;
      case 'memory.fill': {
        const [size, value, at] = [number(), number(), number()];
        this.#chargeRate(node, this.prices.rates.memoryFill, size);
        this.#bounds(at, size);
        this.#memory.fill(Number(value & 255n), Number(at), Number(at + size));
        return;
      }
      case 'memory.copy': {
        const [size, from, to] = [number(), number(), number()];
        this.#chargeRate(node, this.prices.rates.memoryCopy, size);
        this.#bounds(from, size);
        this.#bounds(to, size);
        this.#memory.copyWithin(Number(to), Number(from), Number(from + size));
        return;
      }
      case 'memory.init': {
        const [size, from, to] = [number(), number(), number()];
        this.#chargeRate(node, this.prices.rates.memoryInit, size);
        this.#memoryInit(first, to, from, size);
        return;
      }
      case 'data.drop':
        this.#droppedData.add(first);
        return;
      case 'elem.drop':
        this.#droppedElements.add(first);
        return;
      case 'table.get': {
        const index = number();
        if (index >= this.#tables[first]!.length) trap('out-of-bounds-table-access');
        stack.push(this.#tables[first]![Number(index)]!);
        return;
      }
      case 'table.set': {
        const value = stack.pop()!;
        const index = number();
        if (index >= this.#tables[first]!.length) trap('out-of-bounds-table-access');
        this.#tables[first]![Number(index)] = value;
        return;
      }
      case 'table.size':
        stack.push(BigInt(this.#tables[first]!.length));
        return;
      case 'table.grow': {
        const delta = number();
        stack.push(this.#tableGrow(node, first, delta, stack.pop()!));
        return;
      }
      case 'table.fill': {
        const size = number();
        const value = stack.pop()!;
        const at = number();
        this.#chargeRate(node, this.prices.rates.tableFill, size);
        if (at + size > this.#tables[first]!.length) trap('out-of-bounds-table-access');
        this.#tables[first]!.fill(value, Number(at), Number(at + size));
        return;
      }
      case 'table.copy': {
        const [size, from, to] = [number(), number(), number()];
        this.#chargeRate(node, this.prices.rates.tableCopy, size);
        const [target, source] = [this.#tables[first]!, this.#tables[second]!];
        if (from + size > source.length || to + size > target.length) trap('out-of-bounds-table-access');
        target.splice(Number(to), Number(size), ...source.slice(Number(from), Number(from + size)));
        return;
      }
      case 'table.init': {
        const [size, from, to] = [number(), number(), number()];
        this.#chargeRate(node, this.prices.rates.tableInit, size);
        this.#tableInit(second, first, to, from, size);
        return;
      }
    }
    if (node.row.immediates === 'memarg') this.#access(stack, node);
    else this.#numeric(stack, node);
  }

  #numeric(stack: Value[], node: Node): void {
    const count = node.row.type.split('->')[0]!.split(' ').filter(Boolean).length;
    const operands = stack.splice(stack.length - count) as bigint[];
    try {
      stack.push(numeric(node.name, operands));
    } catch (error) {
      if (error instanceof NumberTrap) trap(error.code);
      throw error;
    }
  }

  #bounds(at: bigint, size: bigint): void {
    if (at + size > BigInt(this.#memory.length)) trap('out-of-bounds-memory-access');
  }

  #access(stack: Value[], node: Node): void {
    const [, type, verb, width, sign] = /^([if]\d\d)\.(load|store)(\d*)_?([su]?)$/.exec(node.name)!;
    const typeBits = type!.endsWith('32') ? 32 : 64;
    const bits = width === '' ? typeBits : Number(width);
    const stored = verb === 'store' ? (stack.pop() as bigint) : 0n;
    const at = (stack.pop() as bigint) + BigInt(node.immediates[1]!);
    this.#bounds(at, BigInt(bits / 8));
    if (verb === 'store') {
      for (let byte = 0; byte < bits / 8; byte++) {
        this.#memory[Number(at) + byte] = Number((stored >> BigInt(8 * byte)) & 255n);
      }
      return;
    }
    let value = 0n;
    for (let byte = bits / 8 - 1; byte >= 0; byte--) value = (value << 8n) | BigInt(this.#memory[Number(at) + byte]!);
    stack.push(sign === 's' ? BigInt.asUintN(typeBits, BigInt.asIntN(bits, value)) : value);
  }

  /** The growth rule is applied first; only growth that happens is charged. */
  #memoryGrow(node: Node, delta: bigint): bigint {
    const pages = BigInt(this.#memory.length / 65_536);
    const max = BigInt(Math.min(this.module.memories[0]!.max ?? 65_536, this.limits.pages));
    if (pages + delta > max) return 0xffffffffn;
    this.#chargeRate(node, this.prices.rates.memoryGrow, delta);
    const grown = new Uint8Array(this.#memory.length + 65_536 * Number(delta));
    grown.set(this.#memory);
    this.#memory = grown;
    return pages;
  }

  #tableGrow(node: Node, tableIndex: number, delta: bigint, value: Value): bigint {
    const table = this.#tables[tableIndex]!;
    const all = this.#tables.reduce((sum, one) => sum + one.length, 0);
    const max = BigInt(this.module.tables[tableIndex]!.max ?? 0xffffffff);
    const size = BigInt(table.length);
    if (size + delta > max || BigInt(all) + delta > this.limits.tableElements) return 0xffffffffn;
    this.#chargeRate(node, this.prices.rates.tableGrow, delta);
    for (let index = 0n; index < delta; index++) table.push(value);
    return size;
  }

  #memoryInit(dataIndex: number, to: bigint, from: bigint, size: bigint): void {
    const range = this.module.data[dataIndex]!.bytes;
    const bytes = this.#droppedData.has(dataIndex)
      ? new Uint8Array(0)
      : this.module.bytes.slice(range.start, range.end);
    if (from + size > bytes.length) trap('out-of-bounds-memory-access');
    this.#bounds(to, size);
    this.#memory.set(bytes.subarray(Number(from), Number(from + size)), Number(to));
  }

  #tableInit(tableIndex: number, elementIndex: number, to: bigint, from: bigint, size: bigint): void {
    const segment = this.module.elements[elementIndex]!;
    const dropped = this.#droppedElements.has(elementIndex);
    const table = this.#tables[tableIndex]!;
    if (from + size > (dropped ? 0 : segment.length) || to + size > table.length) trap('out-of-bounds-table-access');
    for (let index = Number(from); index < Number(from + size); index++) {
      table[Number(to - from) + index] =
        segment.functions === undefined
          ? this.#constant(segment.expressions![index]!)
          : { functionIndex: segment.functions[index]! };
    }
  }
}

/** base + ceil(n * a / b), in exact integers. */
function rateOf(rate: Rate, n: bigint): number {
  const [base, a, b] = [BigInt(rate.base), BigInt(rate.a), BigInt(rate.b)];
  return Number(base + (n * a + b - 1n) / b);
}

function keepTop(stack: Value[], height: number, count: number): void {
  const kept = stack.splice(stack.length - count);
  stack.length = height;
  stack.push(...kept);
}

function parseValue(text: string): Value {
  const [type, value] = text.split(':') as [string, string];
  if (type === 'funcref' || type === 'externref') return null;
  return BigInt.asUintN(type.endsWith('32') ? 32 : 64, BigInt(value));
}

function printValue(type: number, value: Value): string {
  const name = { 127: 'i32', 126: 'i64', 125: 'f32', 124: 'f64', 112: 'funcref', 111: 'externref' }[type]!;
  if (typeof value !== 'bigint') return `${name}:${value === null ? 'null' : 'function'}`;
  return `${name}:0x${value.toString(16).padStart(name.endsWith('32') ? 8 : 16, '0')}`;
}
