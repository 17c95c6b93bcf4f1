/**
 * The most fuel that a call can use, whatever its arguments: the most expensive way through the function, the functions that it calls
 * and the start function. There is one where nothing repeats and each instruction has a price of its own; else the first reason found why
 * there is none. A call that traps has used no more: what a metering block costs is paid where it begins, and the way goes through all of it.
 *
 * Two walks of each function that is reached, linear in their bytes. A call through a table may reach every function of its type that a
 * segment or `ref.func` names; these are one node of the graph, however many calls lead to it.
 */
import type { MeteredModule } from '../../metering/meter.js';
import { staticPrices } from '../../metering/schedule.js';
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { ROW_BY_INDEX } from '../../wasm/instructions.js';
import { typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { FUEL_LIMIT_MAX } from '../receipt/receipt.js';
import { passDead } from './pass-dead.js';
import { type TableUse, tableUse } from './table-use.js';

/** Why a function has no bound: a price by length, and what a host function asks, are known when it runs. */
export type UnboundedBy = 'loop' | 'recursion' | 'price by length' | 'host function';

export type FuelBound =
  | { readonly ok: true; readonly fuel: number }
  | {
      readonly ok: false;
      readonly by: UnboundedBy;
      /** The function that it is in, by its index. */
      readonly functionIndex: number;
      /** Of the instruction in the module. */
      readonly offset: number;
    };

type Refusal = Extract<FuelBound, { ok: false }>;

const enum Kind {
  Function,
  Block,
  Loop,
  Then,
  Else,
}

interface Frame {
  kind: Kind;
  /** The most expensive way to its end so far; -1 for none. */
  best: number;
  /** Of `if`: what it cost to come to it. */
  readonly entry: number;
  readonly params: number;
  readonly results: number;
}

/** A function by its index, or those that a call through a table may reach: -1 - the number of their type (`TableUse`). */
type Node = number;

interface Body {
  readonly cost: number;
  readonly callees: ReadonlySet<Node>;
}

/** Instructions with a price by length: those that move, fill or grow. */
const LENGTH_PRICED = /^(?:memory|table)\.(?:grow|copy|fill|init)$/;

/**
 * @param functionIndex of the function that is called
 * @returns fuel of the whole call, the instantiation included, at most 2^53 - 1
 */
export function fuelBound(metered: MeteredModule, functionIndex: number): FuelBound {
  const { module, instantiationCharge } = metered;
  const costs = new Map<Node, number>();
  const walk = new Walk(metered, costs);
  const roots = module.start === undefined ? [functionIndex] : [module.start.functionIndex, functionIndex];
  let fuel = instantiationCharge;
  for (const root of roots) {
    const refusal = bound(walk, root, costs);
    if (refusal !== undefined) return refusal;
    fuel += costs.get(root)!;
  }
  return { ok: true, fuel: Math.min(fuel, FUEL_LIMIT_MAX) };
}

/** The costs of a function and of all that it calls, those that are called first. */
function bound(walk: Walk, root: Node, costs: Map<Node, number>): Refusal | undefined {
  const open = new Set<Node>();
  const waiting = [root];
  while (waiting.length > 0) {
    const at = waiting[waiting.length - 1];
    if (costs.has(at)) {
      waiting.pop();
      continue;
    }
    const body = at < 0 ? walk.table(at) : walk.body(at);
    if (body === undefined) return walk.refusal;
    if (open.has(at)) {
      // All that it calls has a cost now, so the second walk has them all.
      costs.set(at, body.cost);
      open.delete(at);
      continue;
    }
    open.add(at);
    for (const callee of body.callees) {
      if (open.has(callee)) return walk.recursion(callee < 0 ? at : callee);
      if (!costs.has(callee)) waiting.push(callee);
    }
  }
  return undefined;
}

class Walk {
  refusal: Refusal | undefined;
  readonly #metered: MeteredModule;
  readonly #costs: ReadonlyMap<Node, number>;
  readonly #prices: Float64Array;
  readonly #reader: InstructionReader;
  readonly #frames: Frame[] = [];
  #tables: TableUse | undefined;
  readonly #hostTypes = new Map<number, boolean>();
  #functionIndex = 0;
  #callees = new Set<Node>();
  /** The most expensive way to here. */
  #cost = 0;

  constructor(metered: MeteredModule, costs: ReadonlyMap<Node, number>) {
    this.#metered = metered;
    this.#costs = costs;
    this.#prices = staticPrices(metered.schedule);
    this.#reader = new InstructionReader(metered.module.bytes);
  }

  recursion(functionIndex: number): Refusal {
    const { module } = this.#metered;
    const offset = module.bodyStarts[functionIndex - module.importedFunctions];
    return { ok: false, by: 'recursion', functionIndex, offset };
  }

  /** What a call through a table may reach: as much as the most expensive of them. */
  table(node: Node): Body {
    const callees = new Set(this.#tableUse().candidates[-1 - node]);
    let cost = 0;
    for (const callee of callees) cost = Math.max(cost, this.#costs.get(callee) ?? 0);
    return { cost, callees };
  }

  /** Whom a function calls and what it costs, of which calls are right once those have costs. Undefined: it has no bound. */
  body(functionIndex: number): Body | undefined {
    const { module, schedule } = this.#metered;
    const own = functionIndex - module.importedFunctions;
    this.#functionIndex = functionIndex;
    this.#callees = new Set();
    this.#frames.length = 0;
    if (own < 0) return this.#refuse('host function', 0);
    const reader = this.#reader;
    reader.enter(module.bodyStarts[own], module.bodyEnds[own]);
    const locals = readLocals(reader);
    this.#cost = schedule.functionEntry + schedule.zeroedLocal * locals;
    const { results } = typeOfFunction(module, functionIndex);
    this.#frames.push({ kind: Kind.Function, best: -1, entry: 0, params: 0, results: results.length });
    while (this.#frames.length > 0) if (!this.#instruction()) return undefined;
    return { cost: this.#cost, callees: this.#callees };
  }

  #refuse(by: UnboundedBy, offset: number): undefined {
    this.refusal = { ok: false, by, functionIndex: this.#functionIndex, offset };
    return undefined;
  }

  /** False if it has no bound. */
  #instruction(): boolean {
    const reader = this.#reader;
    const { module } = this.#metered;
    const offset = reader.pos;
    const index = reader.opcode();
    this.#cost += this.#prices[index];
    switch (index) {
      case Opcode.Block:
        this.#enter(Kind.Block);
        break;
      case Opcode.Loop:
        this.#enter(Kind.Loop);
        break;
      case Opcode.If:
        this.#enter(Kind.Then);
        break;
      case Opcode.Else:
        this.#else(true);
        break;
      case Opcode.End:
        this.#end(true);
        break;
      case Opcode.Unreachable:
        this.#leave();
        break;
      case Opcode.Br:
        if (!this.#branch([reader.u32()], offset)) return false;
        this.#passDead();
        break;
      case Opcode.BrIf:
        return this.#branch([reader.u32()], offset);
      case Opcode.BrTable:
        if (
          !this.#branch(
            Array.from({ length: reader.u32() + 1 }, () => reader.u32()),
            offset,
          )
        )
          return false;
        this.#passDead();
        break;
      case Opcode.Return:
        this.#carry(this.#frames[0].results);
        this.#leave();
        break;
      case Opcode.Call:
      case Opcode.ReturnCall: {
        const callee = reader.u32();
        if (callee < module.importedFunctions) return this.#refuse('host function', offset) ?? false;
        this.#call(module.functionTypes[callee], callee, index === Opcode.ReturnCall);
        break;
      }
      case Opcode.CallIndirect:
      case Opcode.ReturnCallIndirect: {
        const typeIndex = reader.u32();
        const type = this.#tableUse().typeNumber(typeIndex);
        if (reader.u32() < module.importedTables || this.#reachesHost(type)) {
          return this.#refuse('host function', offset) ?? false;
        }
        this.#call(typeIndex, -1 - type, index === Opcode.ReturnCallIndirect);
        break;
      }
      default:
        if (LENGTH_PRICED.test(ROW_BY_INDEX[index]!.name)) return this.#refuse('price by length', offset) ?? false;
        skipImmediates(reader, index);
    }
    return true;
  }

  #carry(values: number): void {
    this.#cost += this.#metered.schedule.carriedValue * values;
  }

  #enter(kind: Kind): void {
    const { params, results } = this.#reader.blockType(this.#metered.module.types);
    this.#frames.push({ kind, best: -1, entry: this.#cost, params: params.length, results: results.length });
  }

  /** To labels that carry the same number of values. False if one leads back. */
  #branch(labels: readonly number[], offset: number): boolean {
    const targets = labels.map((label) => this.#frames[this.#frames.length - 1 - label]);
    if (targets.some(({ kind }) => kind === Kind.Loop)) return this.#refuse('loop', offset) ?? false;
    this.#carry(targets[0].results);
    for (const target of targets) target.best = Math.max(target.best, this.#cost);
    return true;
  }

  #call(typeIndex: number, callee: Node, isTail: boolean): void {
    const { params, results } = this.#metered.module.types[typeIndex];
    this.#carry(isTail ? params.length : params.length + results.length);
    this.#callees.add(callee);
    this.#cost += this.#costs.get(callee) ?? 0;
    if (isTail) this.#leave();
  }

  /** The function ends here. */
  #leave(): void {
    const [whole] = this.#frames;
    whole.best = Math.max(whole.best, this.#cost);
    this.#passDead();
  }

  #else(live: boolean): void {
    const frame = this.#frames[this.#frames.length - 1];
    if (live) frame.best = Math.max(frame.best, this.#cost);
    frame.kind = Kind.Else;
    this.#cost = frame.entry;
  }

  /** Whether it continues live. */
  #end(live: boolean): boolean {
    const { kind, best, entry } = this.#frames.pop()!;
    let most = live ? Math.max(best, this.#cost) : best;
    if (kind === Kind.Then) most = Math.max(most, entry);
    this.#cost = most;
    return most >= 0;
  }

  #passDead(): void {
    passDead(this.#reader, {
      isInBody: () => this.#frames.length > 0,
      deadElse: () => this.#else(false),
      deadEnd: () => this.#end(false),
    });
  }

  #tableUse(): TableUse {
    this.#tables ??= tableUse(this.#metered.module, [{ references: this.#references() }]);
    return this.#tables;
  }

  /** Whether a call through a table of this type may call a host function. */
  #reachesHost(type: number): boolean {
    const { importedFunctions } = this.#metered.module;
    const known = this.#hostTypes.get(type);
    if (known !== undefined) return known;
    const reaches = this.#tableUse().candidates[type].some((callee) => callee < importedFunctions);
    this.#hostTypes.set(type, reaches);
    return reaches;
  }

  /** Functions that `ref.func` names in a body. */
  #references(): ReadonlySet<number> {
    const { module } = this.#metered;
    const found = new Set<number>();
    const reader = new InstructionReader(module.bytes);
    module.bodyStarts.forEach((start, own) => {
      const end = module.bodyEnds[own];
      reader.enter(start, end);
      readLocals(reader);
      while (reader.pos < end) {
        const index = reader.opcode();
        if (index === Opcode.RefFunc) found.add(reader.u32());
        else skipImmediates(reader, index);
      }
    });
    return found;
  }
}

/** How many locals a body declares. */
function readLocals(reader: InstructionReader): number {
  let locals = 0;
  for (let groups = reader.u32(); groups > 0; groups--) {
    locals += reader.u32();
    reader.skip(1);
  }
  return locals;
}
