/**
 * Facts of a body that a listing does not show: which functions it calls from which loops, and its loops, with the cost
 * of a turn of each. `loop-sources.ts` uses this to find what decides their number of turns.
 *
 * Linear in the body, except for the locals that nested loops write: their number is bounded by `LOCALS_PER_BYTE`.
 */
import type { MeteredModule } from '../../metering/meter.js';
import { staticPrices } from '../../metering/schedule.js';
import { InstructionReader } from '../../wasm/instruction-reader.js';
import { type Module, typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { passDead } from './pass-dead.js';

/**
 * Most locals written in loops, for each byte of the body, each counted for every enclosing loop; beyond that they are
 * left out.
 */
const LOCALS_PER_BYTE = 64;

/** No loop: the code of the function outside of all loops. */
export const NO_LOOP = -1;

export interface LoopScan {
  /** Of the instruction `loop` in the module, and after its `end`. */
  readonly offset: number;
  readonly end: number;
  /** The enclosing loop, as an index in `BodyFacts.loops`. */
  readonly parent: number;
  /** 0 for an outermost loop. */
  readonly depth: number;
  /** Static charge of its instructions, each once, without those of inner loops. */
  readonly turnCost: number;
  /** Number of its calls, without those of inner loops. */
  readonly calls: number;
  /** Whether a live branch goes back to it; otherwise it is a block. */
  readonly again: boolean;
  /** Whether only a trap or exhausted fuel can end it. */
  readonly endless: boolean;
  /** Locals that are written in it and in its inner loops. */
  readonly written: ReadonlySet<number>;
}

/** How often something is called, and from which loops. */
export interface CallSites {
  places: number;
  /** Innermost loops, as indices in `BodyFacts.loops`, or `NO_LOOP`; without those that are followed only by a trap. */
  readonly loops: Set<number>;
}

export interface BodyFacts {
  /** By function index. */
  readonly calls: ReadonlyMap<number, CallSites>;
  /** Calls through a table, by the index of the type. */
  readonly indirectCalls: ReadonlyMap<number, CallSites>;
  /** Functions that `ref.func` names. */
  readonly references: ReadonlySet<number>;
  /** Each live `loop`, in the order of the body. */
  readonly loops: readonly LoopScan[];
  /** Live blocks, loops and ifs, by their order in the body, whose end is followed only by a trap. */
  readonly doomed: ReadonlySet<number>;
  /** Whether `written` of its loops is complete. */
  readonly hasWritten: boolean;
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
  readonly params: number;
  readonly results: number;
  /** Whether a live branch leads to its end. */
  reached: boolean;
  /** The loop around or at it, as an index in `#loops`. */
  readonly loop: number;
  /** Its index among the live frames of the body. */
  readonly order: number;
}

interface OpenLoop {
  readonly offset: number;
  end: number;
  readonly parent: number;
  readonly depth: number;
  turnCost: number;
  calls: number;
  again: boolean;
  endless: boolean;
  /** The depth of the outermost loop to which a path from it leads back; -1 for a path out of all loops. */
  leadsTo: number;
  readonly written: Set<number>;
}

export class BodyScan {
  readonly #module: Module;
  readonly #metered: MeteredModule;
  readonly #prices: Float64Array;
  readonly #reader: InstructionReader;
  readonly #frames: Frame[] = [];
  /** Number of live frames so far. */
  #order = 0;
  #loops: OpenLoop[] = [];
  #calls = new Map<number, CallSites>();
  #indirectCalls = new Map<number, CallSites>();
  #references = new Set<number>();
  #doomed = new Set<number>();
  /** Frames after whose end no code could lead elsewhere, and calls with their loops. */
  #ended: number[] = [];
  #called: { readonly sites: CallSites; readonly loop: number }[] = [];
  /** How many locals of loops may still be recorded. */
  #localsLeft = 0;
  #cost = 0;

  constructor(metered: MeteredModule) {
    this.#metered = metered;
    this.#module = metered.module;
    this.#prices = staticPrices(metered.schedule);
    this.#reader = new InstructionReader(metered.module.bytes);
  }

  /** Scans an own function, by its index among the own functions. */
  scan(definedIndex: number): BodyFacts {
    const module = this.#module;
    const type = typeOfFunction(module, module.importedFunctions + definedIndex);
    const reader = this.#reader;
    const [start, end] = [module.bodyStarts[definedIndex], module.bodyEnds[definedIndex]];
    reader.enter(start, end);
    for (let groups = reader.u32(); groups > 0; groups--) {
      reader.u32();
      reader.skip(1);
    }
    this.#order = 0;
    this.#loops = [];
    this.#calls = new Map();
    this.#indirectCalls = new Map();
    this.#references = new Set();
    this.#doomed = new Set();
    this.#ended = [];
    this.#localsLeft = LOCALS_PER_BYTE * (end - start);
    this.#cost = 0;
    this.#push(Kind.Function, 0, type.results.length, NO_LOOP);
    while (this.#frames.length > 0) this.#instruction();
    this.#fork();
    return {
      calls: this.#calls,
      indirectCalls: this.#indirectCalls,
      references: this.#references,
      loops: this.#loops,
      doomed: this.#doomed,
      hasWritten: this.#localsLeft >= 0,
      cost: this.#cost,
    };
  }

  #push(kind: Kind, params: number, results: number, loop: number): void {
    this.#frames.push({ kind, params, results, reached: false, loop, order: this.#order++ });
  }

  #top(): Frame {
    return this.#frames[this.#frames.length - 1];
  }

  #pay(cost: number): void {
    this.#cost += cost;
    const { loop } = this.#top();
    if (loop >= 0) this.#loops[loop].turnCost += cost;
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
        for (const order of this.#ended) this.#doomed.add(order);
        this.#called = [];
        this.#fork();
        this.#passDead();
        break;
      case Opcode.Block:
        this.#enter(Kind.Block, offset);
        break;
      case Opcode.Loop:
        this.#enter(Kind.Loop, offset);
        break;
      case Opcode.If:
        this.#fork();
        this.#enter(Kind.Then, offset);
        break;
      case Opcode.Else:
        this.#else(true);
        break;
      case Opcode.End:
        this.#end(true);
        break;
      case Opcode.Br:
        this.#branch(reader.u32());
        this.#passDead();
        break;
      case Opcode.BrIf:
        this.#branch(reader.u32());
        break;
      case Opcode.BrTable:
        for (let left = reader.u32(); left > 0; left--) this.#branchTo(reader.u32());
        this.#branch(reader.u32());
        this.#passDead();
        break;
      case Opcode.Return:
        this.#carry(this.#frames[0].results);
        this.#leave();
        break;
      case Opcode.Call: {
        const callee = reader.u32();
        this.#noteCall(this.#calls, callee);
        this.#applied(this.#module.functionTypes[callee]);
        break;
      }
      case Opcode.ReturnCall: {
        const callee = reader.u32();
        this.#tailCall(this.#calls, callee, this.#module.functionTypes[callee]);
        break;
      }
      case Opcode.CallIndirect: {
        const typeIndex = reader.u32();
        reader.u32();
        this.#noteCall(this.#indirectCalls, typeIndex);
        this.#applied(typeIndex);
        break;
      }
      case Opcode.ReturnCallIndirect: {
        const typeIndex = reader.u32();
        reader.u32();
        this.#tailCall(this.#indirectCalls, typeIndex, typeIndex);
        break;
      }
      case Opcode.RefFunc:
        this.#references.add(reader.u32());
        break;
      case Opcode.LocalSet:
      case Opcode.LocalTee:
        this.#write(reader.u32());
        break;
      default:
        skipImmediates(reader, index);
    }
  }

  #write(local: number): void {
    const { loop } = this.#top();
    if (loop >= 0) this.#note(loop, local);
  }

  #note(loop: number, local: number): void {
    const { written } = this.#loops[loop];
    if (written.has(local) || this.#localsLeft < 0) return;
    this.#localsLeft--;
    written.add(local);
  }

  #enter(kind: Kind, offset: number): void {
    const type = this.#reader.blockType(this.#module.types);
    const { loop: parent } = this.#top();
    let loop = parent;
    if (kind === Kind.Loop) {
      loop = this.#loops.length;
      const depth = parent < 0 ? 0 : this.#loops[parent].depth + 1;
      const figures = { depth, turnCost: 0, calls: 0, again: false, endless: true, leadsTo: depth };
      this.#loops.push({ offset, end: offset, parent, ...figures, written: new Set() });
    }
    this.#push(kind, type.params.length, type.results.length, loop);
  }

  #branch(label: number): void {
    this.#carry(this.#branchTo(label));
  }

  /** Marks the target of a live branch; returns the number of values that the branch carries. */
  #branchTo(label: number): number {
    const target = this.#frames[this.#frames.length - 1 - label];
    this.#fork();
    this.#leads(target.loop);
    if (target.kind === Kind.Loop) {
      this.#loops[target.loop].again = true;
      return target.params;
    }
    target.reached = true;
    return target.results;
  }

  /** A path leads from here into a loop, or out of all. */
  #leads(to: number): void {
    const { loop } = this.#top();
    if (loop < 0) return;
    const depth = to < 0 ? -1 : this.#loops[to].depth;
    this.#loops[loop].leadsTo = Math.min(this.#loops[loop].leadsTo, depth);
  }

  #leave(): void {
    this.#fork();
    this.#leads(NO_LOOP);
    this.#passDead();
  }

  #noteCall(calls: Map<number, CallSites>, callee: number): void {
    const { loop } = this.#top();
    if (loop >= 0) this.#loops[loop].calls++;
    const sites = calls.get(callee) ?? { places: 0, loops: new Set() };
    calls.set(callee, sites);
    sites.places++;
    this.#called.push({ sites, loop });
  }

  /** More than one path continues from here, or one that is not straight on. */
  #fork(): void {
    this.#ended = [];
    for (const { sites, loop } of this.#called) sites.loops.add(loop);
    this.#called = [];
  }

  #applied(typeIndex: number): void {
    const { params, results } = this.#module.types[typeIndex];
    this.#carry(params.length + results.length);
  }

  #tailCall(calls: Map<number, CallSites>, callee: number, typeIndex: number): void {
    this.#noteCall(calls, callee);
    this.#carry(this.#module.types[typeIndex].params.length);
    this.#leave();
  }

  #else(live: boolean): void {
    const frame = this.#top();
    this.#fork();
    if (live) frame.reached = true;
    frame.kind = Kind.Else;
  }

  /** Returns whether it continues live, as `BodyMeter` does. */
  #end(live: boolean): boolean {
    const { kind, reached, loop, order } = this.#frames.pop()!;
    if (kind === Kind.Loop) this.#close(loop, live);
    if (live || reached || kind === Kind.Then) this.#ended.push(order);
    if (kind === Kind.Then) return true;
    return kind === Kind.Function || kind === Kind.Loop ? live : live || reached;
  }

  /** The enclosing loop also writes what a loop writes, and its paths also lead where those of the loop lead. */
  #close(at: number, live: boolean): void {
    const loop = this.#loops[at];
    loop.end = this.#reader.pos;
    loop.endless = !live && loop.leadsTo === loop.depth;
    if (loop.parent < 0) return;
    const outer = this.#loops[loop.parent];
    outer.leadsTo = Math.min(outer.leadsTo, loop.leadsTo);
    for (const local of loop.written) this.#note(loop.parent, local);
  }

  #passDead(): void {
    passDead(this.#reader, {
      isInBody: () => this.#frames.length > 0,
      deadElse: () => this.#else(false),
      deadEnd: () => this.#end(false),
    });
  }
}
