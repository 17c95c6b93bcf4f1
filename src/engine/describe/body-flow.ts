/**
 * A walk over a function's body: what its values are computed from, and what decides over the turns of its loops.
 *
 * Locals are followed from write to read. Where ways meet, a local that was written on one of them depends on the conditions that chose
 * the way, and behind a loop on what decides over its turns. A global that every function restores is a local behind the others: at the
 * function's entry it is what a caller gives, and shifted by constants it is still that.
 */
import { typeOfFunction } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { CALLER, GLOBAL, NO_NODE, turnOf } from './flow-graph.js';
import { LocalTrail } from './local-trail.js';
import type { ModuleFlows } from './module-flows.js';
import { passDead } from './pass-dead.js';

const enum Kind {
  Function,
  Block,
  Loop,
  Then,
  Else,
}

/** Conditions that chose a path, and how far out the paths lead: the smallest index in `#frames`. */
interface Gate {
  node: number;
  out: number;
}

/** The value of a local where paths meet. */
interface Meeting {
  readonly node: number;
  /** Number of paths on which it was written. */
  count: number;
  /** Its value on all of these; `NO_NODE` if they differ. */
  same: number;
}

interface Frame {
  kind: Kind;
  /** Operand height below its parameters. */
  readonly base: number;
  readonly params: number;
  /** Where its writes begin in the trail. */
  readonly trail: number;
  /** Of an `if`. */
  readonly condition: number;
  /** Only a trap follows its end. */
  readonly doomed: boolean;
  /** Depth of the loops around its code; of a loop with itself. */
  readonly depth: number;
  /** For a real loop: its index among the body's loops. */
  readonly loop: number;
  /** Conditions of ways that end in a trap left out ... */
  readonly turns: Gate;
  /** ... or not. */
  readonly ways: Gate;
  /** Values at its end, by local. */
  readonly met: Map<number, Meeting>;
  /** Results at its end; parameters at the head of a loop. */
  readonly values: readonly number[];
  /** Number of paths to its end, or back to the head of a loop. */
  arrivals: number;
  /** How many of them are branches. */
  branches: number;
  /** Its parameters at entry. */
  readonly entry: readonly number[];
  /** For a loop: the locals that it writes, and their values at its head. */
  readonly heads: ReadonlyMap<number, number>;
  /** Values of restored globals at its beginning. */
  readonly globals: readonly number[];
}

/** Adds the flows of a function's body to those of the module. */
export function walkBody(flows: ModuleFlows, own: number): void {
  new BodyFlow(flows, own).walk();
}

class BodyFlow {
  readonly #flows: ModuleFlows;
  readonly #own: number;
  readonly #locals: LocalTrail;
  /** Restored globals follow the locals, in the order of `ModuleFlows.restored`. */
  readonly #localCount: number;
  /** A restored global's value at the function's entry and its shift, in both directions. */
  readonly #shifts = new Map<number, { readonly at: number; readonly by: number }>();
  readonly #shifted = new Map<string, number>();
  /** The conditions of the function, if it is recursive in any way. */
  readonly #conditions: number;
  readonly #operands: number[] = [];
  readonly #frames: Frame[] = [];
  /** Number of live frames and loops so far, as `BodyScan` counts them. */
  #order = 0;
  #loops = 0;

  constructor(flows: ModuleFlows, own: number) {
    const { module, reader, graph, values } = flows;
    this.#flows = flows;
    this.#own = own;
    const index = module.importedFunctions + own;
    reader.enter(module.bodyStarts[own], module.bodyEnds[own]);
    const { params } = typeOfFunction(module, index);
    const parameters = flows.parametersOf(index);
    const locals = parameters.slice(0, params.length);
    for (let groups = reader.u32(); groups > 0; groups--) {
      const count = reader.u32();
      const zero = values.zero(reader.u8());
      for (let left = count; left > 0; left--) locals.push(zero);
    }
    this.#localCount = locals.length;
    const restored = parameters.slice(params.length);
    this.#locals = new LocalTrail([...locals, ...restored]);
    for (const [at, node] of restored.entries()) this.#shifts.set(node, { at, by: 0 });
    this.#conditions = flows.isRecursive(own) ? graph.value() : NO_NODE;
    flows.deciders[own] = flows.bodies[own].loops.map(() => NO_NODE);
  }

  walk(): void {
    const { module } = this.#flows;
    const { results } = typeOfFunction(module, module.importedFunctions + this.#own);
    this.#open(Kind.Function, { params: 0, results: results.length });
    while (this.#frames.length > 0) this.#instruction();
  }

  #open(kind: Kind, type: { readonly params: number; readonly results: number }, condition = NO_NODE): void {
    const graph = this.#flows.graph;
    const { params, results } = type;
    const order = this.#order++;
    const outer = this.#frames.at(-1);
    const base = this.#operands.length - params;
    const entry = this.#operands.slice(base);
    const { loops, doomed } = this.#flows.bodies[this.#own];
    const number = kind === Kind.Loop ? this.#loops++ : -1;
    const loop = number >= 0 && loops[number].again ? number : -1;
    const depth = loop < 0 ? (outer?.depth ?? 0) : (outer?.depth ?? 0) + 1;
    const heads = new Map<number, number>();
    const values: number[] = [];
    if (loop >= 0) {
      const turn = turnOf(depth - 1);
      for (let i = base; i < base + params; i++) {
        const head = graph.value(turn);
        graph.flow(this.#operands[i], head);
        this.#operands[i] = head;
        values.push(head);
      }
    } else for (let left = kind === Kind.Loop ? 0 : results; left > 0; left--) values.push(graph.value());
    const trail = this.#locals.end;
    const out = this.#frames.length;
    this.#frames.push({
      kind,
      base,
      params,
      trail,
      condition,
      doomed: doomed.has(order),
      depth,
      loop,
      turns: { node: NO_NODE, out },
      ways: { node: NO_NODE, out },
      met: new Map(),
      values,
      arrivals: 0,
      branches: 0,
      entry,
      heads,
      globals: this.#locals.from(this.#localCount),
    });
    if (loop < 0) return;
    for (const local of loops[loop].written) {
      const head = graph.value(turnOf(depth - 1));
      graph.flow(this.#locals.get(local), head);
      heads.set(local, head);
      this.#write(local, head);
    }
    this.#flows.work(heads.size);
  }

  #write(local: number, node: number): void {
    this.#locals.write(local, node, this.#frames[this.#frames.length - 1].trail);
  }

  #collect(gate: Gate, condition: number): void {
    if (condition === NO_NODE) return;
    if (gate.node === NO_NODE) gate.node = this.#flows.graph.value();
    this.#flows.graph.flow(condition, gate.node);
  }

  /** A live branch from here, on a condition or without one. */
  #branch(label: number, condition: number): void {
    const place = this.#frames.length - 1 - label;
    const target = this.#frames[place];
    const from = this.#frames[this.#frames.length - 1];
    for (const gate of target.doomed && target.kind !== Kind.Loop ? [from.ways] : [from.ways, from.turns]) {
      this.#collect(gate, condition);
      gate.out = Math.min(gate.out, place);
    }
    if (this.#conditions !== NO_NODE) this.#flows.graph.flow(condition, this.#conditions);
    target.branches++;
    this.#arrive(target);
  }

  /** Passes the values of locals and operands to the end of a frame, or to the head of a loop. */
  #arrive(target: Frame): void {
    const graph = this.#flows.graph;
    target.arrivals++;
    const { values, met, heads } = target;
    const height = this.#operands.length - values.length;
    for (let i = 0; i < values.length; i++) graph.flow(this.#operands[height + i], values[i]);
    this.#flows.work(values.length);
    if (target.kind === Kind.Loop || target.kind === Kind.Function) this.#checkRestored(target);
    if (target.kind === Kind.Loop) {
      this.#flows.work(heads.size);
      if (!this.#flows.isTooMuch()) for (const [local, head] of heads) graph.flow(this.#locals.get(local), head);
      return;
    }
    if (target.kind === Kind.Function) return;
    this.#flows.work(this.#locals.writesSince(target.trail));
    if (this.#flows.isTooMuch()) return;
    for (const local of this.#locals.writtenSince(target.trail)) {
      const value = this.#locals.get(local);
      const known = met.get(local) ?? { node: graph.value(), count: 0, same: value };
      met.set(local, known);
      known.count++;
      if (known.same !== value) known.same = NO_NODE;
      graph.flow(value, known.node);
    }
  }

  /** Checks that a turn or a function leaves restored globals as they were at its beginning. */
  #checkRestored({ globals }: Frame): void {
    globals.forEach((node, at) => {
      if (this.#locals.get(this.#localCount + at) !== node) this.#flows.changed.add(this.#flows.restored[at]);
    });
  }

  #instruction(): void {
    const reader = this.#flows.reader;
    const index = reader.opcode();
    switch (index) {
      case Opcode.Unreachable:
        this.#passDead();
        break;
      case Opcode.Block:
      case Opcode.Loop: {
        const type = this.#blockType();
        this.#open(index === Opcode.Loop ? Kind.Loop : Kind.Block, type);
        break;
      }
      case Opcode.If: {
        const condition = this.#operands.pop()!;
        if (this.#conditions !== NO_NODE) this.#flows.graph.flow(condition, this.#conditions);
        this.#open(Kind.Then, this.#blockType(), condition);
        break;
      }
      case Opcode.Else:
        this.#else(true);
        break;
      case Opcode.End:
        this.#end(true);
        break;
      case Opcode.Br:
        this.#branch(reader.u32(), NO_NODE);
        this.#passDead();
        break;
      case Opcode.BrIf: {
        const condition = this.#operands.pop()!;
        this.#branch(reader.u32(), condition);
        break;
      }
      case Opcode.BrTable: {
        const condition = this.#operands.pop()!;
        const labels = new Set<number>();
        for (let left = reader.u32() + 1; left > 0; left--) labels.add(reader.u32());
        for (const label of labels) this.#branch(label, condition);
        this.#passDead();
        break;
      }
      case Opcode.Return:
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      case Opcode.Call:
        this.#call(reader.u32());
        break;
      case Opcode.ReturnCall:
        this.#call(reader.u32());
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      case Opcode.CallIndirect:
        this.#callTable();
        break;
      case Opcode.ReturnCallIndirect:
        this.#callTable();
        this.#branch(this.#frames.length - 1, NO_NODE);
        this.#passDead();
        break;
      default:
        this.#plain(index);
    }
  }

  #blockType(): { readonly params: number; readonly results: number } {
    const { params, results } = this.#flows.reader.blockType(this.#flows.module.types);
    return { params: params.length, results: results.length };
  }

  #plain(index: number): void {
    const reader = this.#flows.reader;
    switch (index) {
      case Opcode.LocalGet:
        this.#operands.push(this.#locals.get(reader.u32()));
        return;
      case Opcode.LocalSet:
        this.#write(reader.u32(), this.#operands.pop()!);
        return;
      case Opcode.LocalTee:
        this.#write(reader.u32(), this.#operands[this.#operands.length - 1]);
        return;
      case Opcode.GlobalGet: {
        const global = reader.u32();
        const at = this.#flows.restored.indexOf(global);
        this.#operands.push(at < 0 ? this.#flows.globals[global] : this.#locals.get(this.#localCount + at));
        return;
      }
      case Opcode.GlobalSet:
        this.#setGlobal(reader.u32(), this.#operands.pop()!);
        return;
      case Opcode.I32Add:
      case Opcode.I32Sub:
        if (!this.#shift(index === Opcode.I32Add ? 1 : -1)) this.#flows.values.computed(index, this.#operands);
        return;
      default: {
        const literal = this.#flows.values.literal(index);
        if (literal !== undefined) this.#operands.push(literal);
        else this.#flows.values.computed(index, this.#operands);
      }
    }
  }

  #setGlobal(global: number, value: number): void {
    const at = this.#flows.restored.indexOf(global);
    if (at < 0) this.#flows.graph.give(value, this.#flows.globals[global], GLOBAL);
    else {
      if (this.#shifts.get(value)?.at !== at) this.#flows.changed.add(global);
      this.#write(this.#localCount + at, value);
    }
  }

  /** A restored global and a constant: the same sum is the same node. */
  #shift(sign: number): boolean {
    const operands = this.#operands;
    const shift = this.#shifts.get(operands[operands.length - 2]);
    const integer = this.#flows.values.integerOf(operands[operands.length - 1]);
    if (shift === undefined || integer === undefined) return false;
    const { at } = shift;
    const by = (shift.by + sign * integer) | 0;
    const key = `${at} ${by}`;
    const entry = this.#frames[0].globals[at];
    const known = by === 0 ? entry : this.#shifted.get(key);
    const node = known ?? this.#flows.graph.value();
    if (known === undefined) {
      this.#flows.graph.flow(entry, node);
      this.#shifted.set(key, node);
      this.#shifts.set(node, { at, by });
    }
    operands.length -= 2;
    operands.push(node);
    return true;
  }

  #call(callee: number): void {
    const own = callee - this.#flows.module.importedFunctions;
    const { params } = typeOfFunction(this.#flows.module, callee);
    this.#give(this.#flows.parametersOf(callee), params.length, own >= 0 && this.#flows.isCycle(this.#own, own));
    this.#take(this.#flows.resultsOf(callee), NO_NODE);
  }

  #callTable(): void {
    const reader = this.#flows.reader;
    const type = this.#flows.tables.typeNumber(reader.u32());
    reader.u32();
    const callee = this.#operands.pop()!;
    const { params } = this.#flows.tables.types[type];
    this.#give(
      this.#flows.tableParametersOf(type),
      params.length,
      this.#flows.isCycle(this.#own, this.#flows.bodies.length + type),
    );
    this.#take(this.#flows.tableResultsOf(type), callee);
  }

  /** The conditions decide how deep a recursion is, so also what is passed from level to level. */
  #give(parameters: readonly number[], count: number, isCycle: boolean): void {
    const base = this.#operands.length - count;
    parameters.forEach((parameter, i) => {
      const value = i < count ? this.#operands[base + i] : this.#locals.get(this.#localCount + i - count);
      this.#flows.graph.give(value, parameter, CALLER);
      if (isCycle && !this.#flows.graph.isLiteral(value)) this.#flows.graph.flowAcross(this.#conditions, parameter);
    });
    this.#operands.length = base;
  }

  #take(results: readonly number[], callee: number): void {
    for (const result of results) {
      const node = this.#flows.graph.value();
      this.#flows.graph.flowAcross(result, node);
      this.#flows.graph.flow(callee, node);
      this.#operands.push(node);
    }
  }

  #else(live: boolean): void {
    const frame = this.#frames[this.#frames.length - 1];
    if (live) this.#arrive(frame);
    this.#locals.undo(frame.trail);
    frame.kind = Kind.Else;
    // Its parameters are unchanged: operands are never changed in place.
    this.#operands.length = frame.base;
    this.#operands.push(...frame.entry);
  }

  /** Returns whether it continues live. */
  #end(live: boolean): boolean {
    const frame = this.#frames[this.#frames.length - 1];
    if (frame.kind === Kind.Function) return this.#endFunction(frame, live);
    if (frame.loop >= 0) return this.#endLoop(frame, live);
    const hasImplicitWay = frame.kind === Kind.Then;
    if (frame.branches === 0 && frame.arrivals + (live ? 1 : 0) + (hasImplicitWay ? 1 : 0) < 2) {
      return this.#endAlone(frame, live, hasImplicitWay);
    }
    if (live) this.#arrive(frame);
    this.#locals.undo(frame.trail);
    this.#close(frame);
    const { met, values, entry, base, condition } = frame;
    const arrivals = frame.arrivals + (hasImplicitWay ? 1 : 0);
    const gate = frame.doomed ? frame.ways.node : frame.turns.node;
    if (hasImplicitWay) for (let i = 0; i < entry.length; i++) this.#flows.graph.flow(entry[i], values[i]);
    for (const [local, { node, count, same }] of met) {
      const entered = this.#locals.get(local);
      // On all paths it is the same as before the frame.
      if (same === entered) continue;
      if (local >= this.#localCount) this.#flows.changed.add(this.#flows.restored[local - this.#localCount]);
      if (count < arrivals) this.#flows.graph.flow(this.#locals.get(local), node);
      this.#flows.graph.flow(gate, node);
      this.#flows.graph.flow(condition, node);
      this.#write(local, node);
    }
    this.#operands.length = base;
    for (const node of values) {
      this.#flows.graph.flow(gate, node);
      this.#flows.graph.flow(condition, node);
      this.#operands.push(node);
    }
    return true;
  }

  /** At most one path leads to the end, and no branch, so no condition chose between values of locals. */
  #endAlone(frame: Frame, live: boolean, hasImplicitWay: boolean): boolean {
    if (!live) this.#locals.undo(frame.trail);
    this.#close(frame);
    if (live) return true;
    this.#operands.length = frame.base;
    if (hasImplicitWay) this.#operands.push(...frame.entry);
    else {
      // The arm of an `if` whose `else` does not reach here.
      for (const [local, { node }] of frame.met) this.#write(local, node);
      if (frame.arrivals > 0) this.#operands.push(...frame.values);
    }
    return hasImplicitWay || frame.arrivals > 0;
  }

  #endFunction(frame: Frame, live: boolean): boolean {
    if (live) this.#arrive(frame);
    const results = this.#flows.resultsOf(this.#flows.module.importedFunctions + this.#own);
    frame.values.forEach((node, i) => {
      this.#flows.graph.flow(frame.turns.node, node);
      this.#flows.graph.flowAcross(node, results[i]);
    });
    this.#frames.pop();
    return live;
  }

  /** The results of a loop depend on its number of turns. */
  #endLoop(frame: Frame, live: boolean): boolean {
    const { heads, values, turns, base, loop } = frame;
    const graph = this.#flows.graph;
    if (frame.arrivals > 1) for (const head of [...heads.values(), ...values]) graph.flow(turns.node, head);
    this.#flows.deciders[this.#own][loop] = turns.node;
    this.#close(frame);
    if (!live) return false;
    const after = (node: number): number => {
      const behind = graph.value();
      graph.flow(node, behind);
      graph.flow(turns.node, behind);
      return behind;
    };
    for (const local of heads.keys()) this.#write(local, after(this.#locals.get(local)));
    for (let i = base; i < this.#operands.length; i++) this.#operands[i] = after(this.#operands[i]);
    return true;
  }

  /** A path out of a frame also skips a part of the enclosing frame, so its conditions also decide there. */
  #close(frame: Frame): void {
    this.#frames.pop();
    const place = this.#frames.length;
    const outer = this.#frames[place - 1];
    for (const gate of ['turns', 'ways'] as const) {
      const { node, out } = frame[gate];
      if (out >= place) continue;
      this.#collect(outer[gate], node);
      this.#collect(outer[gate], frame.condition);
      outer[gate].out = Math.min(outer[gate].out, out);
    }
  }

  #passDead(): void {
    passDead(this.#flows.reader, {
      isInBody: () => this.#frames.length > 0,
      deadElse: () => this.#else(false),
      deadEnd: () => this.#end(false),
    });
  }
}
