/**
 * The origins of values, as a graph over a whole module: a node for each value that its code computes, an edge from
 * each value that another is computed from. Sources are bits that flow along the edges until nothing changes; there are
 * few, so solving is linear in the edges, whatever the call graph.
 *
 * Invariant: a node without sources has the same value whenever its instruction runs, with any input.
 */

/** Where values come from; each is a bit, by its index. */
export const SOURCES = ['input', 'memory', 'host', 'global', 'memory.size', 'caller', 'turn'] as const;
export type Source = (typeof SOURCES)[number];

/** The arguments of a function that is called from outside. */
export const INPUT = 1;
/** What was read from a memory or a table. */
export const MEMORY = 2;
/** What a host function returned. */
export const HOST = 4;
/** A global that is imported, or exported and mutable, or written with more than one value. */
export const GLOBAL = 8;
export const MEMORY_SIZE = 16;
/** One of several values, depending on which call leads there. */
export const CALLER = 32;
/** The turn of an enclosing loop. */
export const TURN = 64;
/** The turn of a loop, by the depth of the loop: as many bits as there are depths, the last for all that are deeper. */
const TURN_FIRST = TURN;
export const TURN_DEPTHS = 16;
const TURNS = ((1 << TURN_DEPTHS) - 1) * TURN_FIRST;
/** All except turns. */
const PLAIN = TURN_FIRST - 1;
export const EVERYTHING = TURNS | PLAIN;

/** The turn of a loop of this depth. */
export function turnOf(depth: number): number {
  return TURN_FIRST << Math.min(depth, TURN_DEPTHS - 1);
}

/** The sources that decide a loop of this depth: its own turns do not count, those of enclosing loops count as one. */
export function sourcesAround(mask: number, depth: number): number {
  const outer = depth < TURN_DEPTHS ? turnOf(depth) - TURN_FIRST : TURNS;
  return (mask & PLAIN) | ((mask & outer) === 0 ? 0 : TURN_FIRST);
}

export function sourceNames(mask: number): readonly Source[] {
  return SOURCES.filter((_, bit) => (mask >> bit) & 1);
}

const enum Kind {
  Value,
  /** The same bits each time: its edges are left out. */
  Literal,
  /** A parameter, or an argument of calls through a table: there, the turn of a caller counts as which call it is. */
  Parameter,
  /** A result of a function, all of whose loops have ended. */
  Result,
}

/** The node of ignored values: no value has it. */
export const NO_NODE = 0;

export class FlowGraph {
  readonly #kinds: number[] = [Kind.Value];
  readonly #seeds: number[] = [0];
  readonly #from: number[] = [];
  readonly #to: number[] = [];
  /** From one function to another, or through a global. */
  readonly #crossFrom: number[] = [];
  readonly #crossTo: number[] = [];
  readonly #literals = new Map<string, number>();
  /** By parameter: the first value that was passed. */
  readonly #given = new Map<number, number>();

  /** Number of nodes and edges, to which the time of solving is proportional. */
  get size(): number {
    return this.#kinds.length + this.#from.length + this.#crossFrom.length;
  }

  #add(kind: Kind, seed: number): number {
    this.#seeds.push(seed);
    return this.#kinds.push(kind) - 1;
  }

  value(seed = 0): number {
    return this.#add(Kind.Value, seed);
  }

  parameter(): number {
    return this.#add(Kind.Parameter, 0);
  }

  result(): number {
    return this.#add(Kind.Result, 0);
  }

  literal(key: string): number {
    const known = this.#literals.get(key);
    if (known !== undefined) return known;
    const made = this.#add(Kind.Literal, 0);
    this.#literals.set(key, made);
    return made;
  }

  isLiteral(node: number): boolean {
    return this.#kinds[node] === Kind.Literal;
  }

  seed(node: number, sources: number): void {
    this.#seeds[node] |= sources;
  }

  /** Within a function. */
  flow(from: number, to: number): void {
    if (from === NO_NODE || from === to || this.isLiteral(from)) return;
    this.#from.push(from);
    this.#to.push(to);
  }

  flowAcross(from: number, to: number): void {
    if (from === NO_NODE || this.isLiteral(from)) return;
    this.#crossFrom.push(from);
    this.#crossTo.push(to);
  }

  /**
   * Passes a value to a parameter, a global or a result of a table; if there are several, it is unknown which one it
   * has.
   */
  give(value: number, to: number, otherwise: number): void {
    if (value === to) return;
    this.flowAcross(value, to);
    const first = this.#given.get(to);
    if (first === undefined) this.#given.set(to, value);
    else if (first !== value) this.seed(to, otherwise);
  }

  /** The sources of all nodes. */
  solve(): Int32Array {
    const masks = Int32Array.from(this.#seeds);
    const edges = new Edges(this.#kinds.length, [this.#from, this.#crossFrom], [this.#to, this.#crossTo]);
    edges.spread(masks, (mask, to) => {
      const kind = this.#kinds[to];
      if (kind === Kind.Value || (mask & TURNS) === 0) return mask;
      return (mask & ~TURNS) | (kind === Kind.Parameter ? CALLER : 0);
    });
    return masks;
  }

  /**
   * What reaches each node within its function: the `seeds` of nodes, and for other nodes, above `shift` bits, the
   * sources that enter there.
   * @param masks what `solve` returned
   */
  solveWithin(seeds: ReadonlyMap<number, number>, masks: Int32Array, shift: number): Int32Array {
    const within = Int32Array.from(this.#seeds, (seed) => (seed & PLAIN) << shift);
    for (const to of this.#crossTo) within[to] = (masks[to] & PLAIN) << shift;
    for (const [node, seed] of seeds) within[node] = seed;
    new Edges(this.#kinds.length, [this.#from], [this.#to]).spread(within, (mask) => mask);
    return within;
  }
}

/** Edges by the node that they lead from. */
class Edges {
  readonly #starts: Int32Array;
  readonly #targets: Int32Array;

  constructor(nodes: number, froms: readonly (readonly number[])[], tos: readonly (readonly number[])[]) {
    const starts = new Int32Array(nodes + 1);
    for (const from of froms) for (const node of from) starts[node + 1]++;
    for (let node = 0; node < nodes; node++) starts[node + 1] += starts[node];
    const next = starts.slice();
    const targets = new Int32Array(starts[nodes]);
    froms.forEach((from, list) => {
      for (let i = 0; i < from.length; i++) targets[next[from[i]]++] = tos[list][i];
    });
    this.#starts = starts;
    this.#targets = targets;
  }

  /** Each node is visited again when it has more bits than before: at most as often as there are bits. */
  spread(masks: Int32Array, passed: (mask: number, to: number) => number): void {
    const open: number[] = [];
    const isOpen = new Uint8Array(masks.length);
    masks.forEach((mask, node) => {
      if (mask === 0) return;
      isOpen[node] = 1;
      open.push(node);
    });
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      isOpen[node] = 0;
      for (let at = this.#starts[node]; at < this.#starts[node + 1]; at++) {
        const to = this.#targets[at];
        const mask = masks[to] | passed(masks[node], to);
        if (mask === masks[to]) continue;
        masks[to] = mask;
        if (isOpen[to] === 1) continue;
        isOpen[to] = 1;
        open.push(to);
      }
    }
  }
}
