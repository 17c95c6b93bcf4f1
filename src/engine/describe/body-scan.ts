/**
 * What is in a body that a listing does not say: whom it calls, its loops, what a turn of each costs, and what decides over them.
 *
 * Values are followed by where they come from, within one function. A local has the sources of all that is ever written to it, and of
 * the conditions under which it is written. So a loop that is said to depend on nothing but constants does; one that is said to
 * depend on something may not.
 *
 * A body is walked until nothing changes, at most `PASSES_MAX` times: beyond that everything is taken to depend on everything. Each
 * walk is linear in the body.
 */
import type { MeteredModule } from '../../metering/meter.js';
import { staticPrices } from '../../metering/schedule.js';
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { OPCODE_INDEX_COUNT, ROW_BY_INDEX } from '../../wasm/instructions.js';
import { type Module, typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';

/** Where values come from; each is a bit, by its place. */
export const SOURCES = ['parameter', 'memory', 'call', 'host', 'global'] as const;
export type Source = (typeof SOURCES)[number];

const PARAMETER = 1;
const MEMORY = 2;
const CALL = 4;
const HOST = 8;
const GLOBAL = 16;
const EVERYTHING = 31;

const PASSES_MAX = 8;
const NEVER = 0x7fff_ffff;

export interface LoopFacts {
  /** Of the instruction `loop` in the module. */
  readonly offset: number;
  /** 0 for a loop that is in no other. */
  readonly depth: number;
  /** Static charge of the instructions in it, each once, without those of the loops in it. */
  readonly turnCost: number;
  /** Calls in it, without those of the loops in it. */
  readonly calls: number;
  /** What its conditions are computed from, with those of the loops in it; empty: constants only. */
  readonly decidedBy: readonly Source[];
  /** It has no condition: only a trap, or the end of the fuel, ends it. */
  readonly endless: boolean;
}

export interface BodyFacts {
  /** Function indices, and from how many places each is called. */
  readonly calls: ReadonlyMap<number, number>;
  /** Indices of types, and how many calls through a table there are of each. */
  readonly indirectCalls: ReadonlyMap<number, number>;
  /** Functions that `ref.func` names. */
  readonly references: ReadonlySet<number>;
  readonly loops: readonly LoopFacts[];
  /** Static charge of all live instructions, without the function's entry. */
  readonly cost: number;
}

const enum Kind {
  Function,
  Block,
  Loop,
  Then,
  Else,
}

interface Frame {
  kind: Kind;
  /** Operand height below its parameters. */
  readonly base: number;
  readonly params: number;
  readonly results: number;
  /** Sources of what branches carry to its end. */
  carried: number;
  reached: boolean;
  /** The loop around or at it, by its place in `#loops`; -1 for none. */
  readonly loop: number;
}

interface OpenLoop {
  readonly offset: number;
  readonly parent: number;
  readonly depth: number;
  cost: number;
  calls: number;
  sources: number;
  conditions: number;
  /** A live branch goes back to it; else it is a block. */
  again: boolean;
}

interface Shape {
  readonly pops: number;
  readonly pushes: number;
  /** The source of what it pushes, beside its operands. */
  readonly adds: number;
}

/** Of the rules by which the table types an instruction that needs no case of its own. */
const RULES: Readonly<Record<string, readonly [pops: number, pushes: number]>> = {
  drop: [1, 0],
  select: [3, 1],
  select_t: [3, 1],
  'table.get': [1, 1],
  'table.set': [2, 0],
  'table.grow': [2, 1],
  'table.fill': [3, 0],
  'ref.null': [0, 1],
  'ref.is_null': [1, 1],
};

const SHAPES: readonly Shape[] = Array.from({ length: OPCODE_INDEX_COUNT }, (_, index) => {
  const row = ROW_BY_INDEX[index];
  if (row === undefined) return { pops: 0, pushes: 0, adds: 0 };
  const [operands = '', results = ''] = row.type.split('->');
  const counted = (types: string) => types.split(' ').filter((type) => type !== '').length;
  const [pops, pushes] = RULES[row.type] ?? (row.type.includes('->') ? [counted(operands), counted(results)] : [0, 0]);
  const reads = row.immediates === 'memarg' || /^(?:memory|table)\./.test(row.name);
  return { pops, pushes, adds: reads ? MEMORY : 0 };
});

export class BodyScan {
  readonly #module: Module;
  readonly #metered: MeteredModule;
  readonly #prices: Float64Array;
  readonly #reader: InstructionReader;
  /** Sources of locals that were written to; of a parameter also what it came with. */
  #locals = new Map<number, number>();
  #parameters = 0;
  /** Of the loops by their order, as the walk before found them. */
  #known: number[] = [];
  #changed = false;
  /** Sources of the operands. */
  readonly #operands: number[] = [];
  readonly #frames: Frame[] = [];
  #loops: OpenLoop[] = [];
  /** By source: the outermost frame all of which it decides over, whether it is run and by which way. */
  readonly #decides = new Int32Array(SOURCES.length).fill(NEVER);
  #calls = new Map<number, number>();
  #indirectCalls = new Map<number, number>();
  #references = new Set<number>();
  #cost = 0;

  constructor(metered: MeteredModule) {
    this.#metered = metered;
    this.#module = metered.module;
    this.#prices = staticPrices(metered.schedule);
    this.#reader = new InstructionReader(metered.module.bytes);
  }

  /** Scans an own function, by its index among the own functions. */
  scan(definedIndex: number): BodyFacts {
    this.#locals = new Map();
    this.#known = [];
    let passes = 0;
    do {
      this.#changed = false;
      this.#walkBody(definedIndex);
      passes++;
    } while (this.#changed && this.#loops.length > 0 && passes < PASSES_MAX);
    const unknown = this.#changed && passes === PASSES_MAX;
    return {
      calls: this.#calls,
      indirectCalls: this.#indirectCalls,
      references: this.#references,
      cost: this.#cost,
      loops: this.#loops
        .filter(({ again }) => again)
        .map(({ offset, depth, cost, calls, sources, conditions }) => ({
          offset,
          depth,
          turnCost: cost,
          calls,
          decidedBy: SOURCES.filter((_, bit) => ((unknown ? EVERYTHING : sources) >> bit) & 1),
          endless: conditions === 0,
        })),
    };
  }

  #walkBody(definedIndex: number): void {
    const module = this.#module;
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    const reader = this.#reader;
    reader.enter(module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]);
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      reader.skip(1);
    }
    this.#parameters = type.params.length;
    this.#operands.length = 0;
    this.#loops = [];
    this.#calls = new Map();
    this.#indirectCalls = new Map();
    this.#references = new Set();
    this.#cost = 0;
    this.#decides.fill(NEVER);
    this.#push({ kind: Kind.Function, base: 0, params: 0, results: type.results.length, loop: -1 });
    while (this.#frames.length > 0) this.#instruction();
  }

  #push(frame: Omit<Frame, 'carried' | 'reached'>): void {
    this.#frames.push({ ...frame, carried: 0, reached: false });
  }

  #top(): Frame {
    return this.#frames[this.#frames.length - 1];
  }

  #pay(cost: number): void {
    this.#cost += cost;
    const { loop } = this.#top();
    if (loop >= 0) this.#loops[loop].cost += cost;
  }

  #carry(values: number): void {
    this.#pay(this.#metered.schedule.carriedValue * values);
  }

  #instruction(): void {
    const reader = this.#reader;
    const offset = reader.pos;
    const index = reader.opcode();
    this.#pay(this.#prices[index]);
    switch (index) {
      case Opcode.Unreachable:
        this.#passDead();
        break;
      case Opcode.Block:
        this.#enter(Kind.Block, offset);
        break;
      case Opcode.Loop:
        this.#enter(Kind.Loop, offset);
        break;
      case Opcode.If: {
        const condition = this.#pop(1);
        this.#enter(Kind.Then, offset);
        this.#decide(condition, this.#frames.length - 1);
        break;
      }
      case Opcode.Else:
        this.#else(true);
        break;
      case Opcode.End:
        this.#end(true);
        break;
      case Opcode.Br:
        this.#branch(reader.u32(), this.#control());
        this.#passDead();
        break;
      case Opcode.BrIf: {
        const condition = this.#pop(1);
        this.#note(condition);
        this.#branch(reader.u32(), condition | this.#control());
        break;
      }
      case Opcode.BrTable:
        this.#branchTable();
        break;
      case Opcode.Return:
        this.#carry(this.#frames[0].results);
        this.#decideWithin(this.#control(), 0);
        this.#passDead();
        break;
      case Opcode.Call:
        this.#call(reader.u32());
        break;
      case Opcode.ReturnCall:
        this.#tailCall(this.#calls, reader.u32(), (callee) => this.#module.functionTypes[callee]);
        break;
      case Opcode.CallIndirect: {
        const typeIndex = reader.u32();
        reader.u32();
        this.#pop(1);
        this.#called(this.#indirectCalls, typeIndex);
        this.#applied(typeIndex, CALL);
        break;
      }
      case Opcode.ReturnCallIndirect: {
        const typeIndex = reader.u32();
        reader.u32();
        this.#tailCall(this.#indirectCalls, typeIndex, (own) => own);
        break;
      }
      default:
        this.#plain(index);
    }
  }

  #plain(index: number): void {
    const reader = this.#reader;
    switch (index) {
      case Opcode.LocalGet:
        this.#operands.push(this.#sourcesOf(reader.u32()));
        return;
      case Opcode.LocalSet:
        this.#write(reader.u32(), this.#pop(1));
        return;
      case Opcode.LocalTee:
        this.#write(reader.u32(), this.#operands[this.#operands.length - 1]);
        return;
      case Opcode.GlobalGet: {
        const global = reader.u32();
        const isConstant = global >= this.#module.importedGlobals && !this.#module.globals[global].mutable;
        this.#operands.push(isConstant ? 0 : GLOBAL);
        return;
      }
      case Opcode.GlobalSet:
        reader.u32();
        this.#pop(1);
        return;
      case Opcode.RefFunc:
        this.#references.add(reader.u32());
        this.#operands.push(0);
        return;
      default: {
        skipImmediates(reader, index);
        const { pops, pushes, adds } = SHAPES[index];
        const sources = this.#pop(pops) | adds;
        for (let left = pushes; left > 0; left--) this.#operands.push(sources);
      }
    }
  }

  #sourcesOf(local: number): number {
    return (this.#locals.get(local) ?? 0) | (local < this.#parameters ? PARAMETER : 0);
  }

  #write(local: number, sources: number): void {
    const before = this.#locals.get(local) ?? 0;
    const after = before | sources | this.#control();
    if (after === before) return;
    this.#locals.set(local, after);
    this.#changed = true;
  }

  /** The sources of so many operands together, which are taken off. */
  #pop(count: number): number {
    let sources = 0;
    for (let left = count; left > 0; left--) sources |= this.#operands.pop()!;
    return sources;
  }

  /** The sources of so many operands together. */
  #last(count: number): number {
    let sources = 0;
    for (let i = 1; i <= count; i++) sources |= this.#operands[this.#operands.length - i];
    return sources;
  }

  /** What decides whether the instruction is run, once the function is. */
  #control(): number {
    const depth = this.#frames.length;
    let sources = 0;
    for (let bit = 0; bit < SOURCES.length; bit++) if (this.#decides[bit] < depth) sources |= 1 << bit;
    return sources;
  }

  /** Sources decide over the frame at `outermost` and those in it. */
  #decideWithin(sources: number, outermost: number): void {
    for (let bit = 0; bit < SOURCES.length; bit++) {
      if ((sources >> bit) & 1 && outermost < this.#decides[bit]) this.#decides[bit] = outermost;
    }
  }

  /** Notes a condition for the loop that it is in. */
  #note(condition: number): void {
    const { loop } = this.#top();
    if (loop < 0) return;
    this.#loops[loop].conditions++;
    this.#loops[loop].sources |= condition;
  }

  #decide(condition: number, frame: number): void {
    this.#note(condition);
    this.#decideWithin(condition, frame);
  }

  #enter(kind: Kind, offset: number): void {
    const type = this.#reader.blockType(this.#module.types);
    const { loop: parent } = this.#top();
    const base = this.#operands.length - type.params.length;
    let loop = parent;
    if (kind === Kind.Loop) {
      loop = this.#loops.length;
      const depth = parent < 0 ? 0 : this.#loops[parent].depth + 1;
      this.#loops.push({ offset, parent, depth, cost: 0, calls: 0, sources: 0, conditions: 0, again: false });
      this.#operands.fill(EVERYTHING, base);
    }
    this.#push({ kind, base, params: type.params.length, results: type.results.length, loop });
    if (kind === Kind.Loop) this.#decideWithin(this.#known[loop] ?? 0, this.#frames.length - 1);
  }

  #branch(label: number, condition: number): void {
    this.#carry(this.#branchTo(label, condition));
  }

  /** Marks the target of a live branch; returns the number of values that the branch carries. */
  #branchTo(label: number, condition: number): number {
    const at = this.#frames.length - 1 - label;
    const target = this.#frames[at];
    this.#decideWithin(condition, at);
    if (target.kind === Kind.Loop) {
      this.#loops[target.loop].again = true;
      return target.params;
    }
    target.reached = true;
    target.carried |= condition | this.#last(target.results);
    return target.results;
  }

  #branchTable(): void {
    const reader = this.#reader;
    const index = this.#pop(1);
    this.#note(index);
    const condition = index | this.#control();
    for (let left = reader.u32(); left > 0; left--) this.#branchTo(reader.u32(), condition);
    this.#branch(reader.u32(), condition);
    this.#passDead();
  }

  #called(calls: Map<number, number>, callee: number): void {
    calls.set(callee, (calls.get(callee) ?? 0) + 1);
    const { loop } = this.#top();
    if (loop >= 0) this.#loops[loop].calls++;
  }

  #call(callee: number): void {
    this.#called(this.#calls, callee);
    this.#applied(this.#module.functionTypes[callee], callee < this.#module.importedFunctions ? HOST : CALL);
  }

  #applied(typeIndex: number, source: number): void {
    const { params, results } = this.#module.types[typeIndex];
    this.#carry(params.length + results.length);
    this.#pop(params.length);
    for (let left = results.length; left > 0; left--) this.#operands.push(source);
  }

  #tailCall(calls: Map<number, number>, callee: number, typeOf: (callee: number) => number): void {
    this.#called(calls, callee);
    this.#carry(this.#module.types[typeOf(callee)].params.length);
    this.#decideWithin(this.#control(), 0);
    this.#passDead();
  }

  #else(live: boolean): void {
    const frame = this.#top();
    if (live) {
      frame.reached = true;
      frame.carried |= this.#last(frame.results);
    }
    frame.kind = Kind.Else;
    this.#operands.length = frame.base;
    for (let left = frame.params; left > 0; left--) this.#operands.push(EVERYTHING);
  }

  /** As `BodyMeter` does: whether it continues live. */
  #end(live: boolean): boolean {
    const control = this.#control();
    const { kind, base, results, carried, reached, loop } = this.#frames.pop()!;
    if (kind === Kind.Loop) this.#close(loop);
    let sources = kind === Kind.Then ? EVERYTHING : carried | control;
    if (live) sources |= this.#last(results);
    this.#operands.length = base;
    for (let left = results; left > 0; left--) this.#operands.push(sources);
    for (let bit = 0; bit < SOURCES.length; bit++) {
      if (this.#decides[bit] >= this.#frames.length) this.#decides[bit] = NEVER;
    }
    if (kind === Kind.Then) return true;
    return kind === Kind.Function || kind === Kind.Loop ? live : live || reached;
  }

  /** What decides over a loop decides over the one around it, and in the next walk over all that is in it. */
  #close(at: number): void {
    const { sources, conditions, parent } = this.#loops[at];
    if (parent >= 0) {
      this.#loops[parent].sources |= sources;
      this.#loops[parent].conditions += conditions;
    }
    if ((this.#known[at] ?? 0) === sources) return;
    this.#known[at] = sources;
    this.#changed = true;
  }

  /** As `BodyMeter` does: over the matching `else` or `end`, and on as long as what follows an `end` is dead too. */
  #passDead(): void {
    const reader = this.#reader;
    let depth = 0;
    while (this.#frames.length > 0) {
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
