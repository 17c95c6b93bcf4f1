/**
 * The tree of calls of a run, in arrays that the loop writes and that are others when it has grown: which function was called from which stack, how often, and what was paid
 * there. Its size is bounded, so that no guest makes it larger than a bound.
 *
 * Recursion is folded: a call of what is on the stack already continues in the node that it has there, so no path has a function twice
 * and sums over a function count nothing twice. What does not fit goes to the node `OTHER`, with all that it calls.
 */

/** Nodes of a tree, folded calls included. */
export const NODES_MAX = 65_536;
/** Nodes that there is room for at first. */
const NODES_FIRST = 1_024;
/** Different functions called from one node. */
export const CALLEES_MAX = 256;

/** No node: the end of a chain of callees. */
const NONE = 0;
export const ROOT = 1;
export const OTHER = 2;

/** What nodes are of that are no functions of the module: see `heads`. */
export const HEAD_OF_ROOT = -0x8000_0000;
export const HEAD_OF_OTHER = -0x7fff_ffff;
export const HEAD_OF_INSTANTIATION = -0x7fff_fffe;
/** The first host function; the next ones are below it. */
export const HEAD_OF_FIRST_HOST = -1;

export class CallTree {
  /** What a node is of: the position of a function's head in the code, or one of the numbers above. */
  heads = new Int32Array(NODES_FIRST);
  parents = new Int32Array(NODES_FIRST);
  /** The callee of a node that was new last, and the one before a callee. */
  firsts = new Int32Array(NODES_FIRST);
  nexts = new Int32Array(NODES_FIRST);
  /** Where a callee continues: itself, or the node above it that it is folded into. */
  targets = new Int32Array(NODES_FIRST);
  fuels = new Float64Array(NODES_FIRST);
  calls = new Float64Array(NODES_FIRST);
  /** The least stack words left when the node was entered. */
  leasts = new Int32Array(NODES_FIRST);
  /** Pages by which the memory grew in the node itself. */
  pages = new Int32Array(NODES_FIRST);
  #callees = new Uint16Array(NODES_FIRST);
  /** Nodes in use, the unused 0 included. */
  count = 0;

  constructor() {
    this.clear();
  }

  /** As it was new, in the room that it has. */
  clear(): void {
    for (const array of [this.firsts, this.nexts, this.fuels, this.calls, this.pages, this.#callees])
      array.fill(0, 0, this.count);
    this.count = 0;
    this.#put(HEAD_OF_ROOT, NONE);
    this.#put(HEAD_OF_ROOT, NONE);
    this.#put(HEAD_OF_OTHER, ROOT);
  }

  /** Room for twice as many: the arrays are others then. */
  #grow(): void {
    this.heads = grown(this.heads);
    this.parents = grown(this.parents);
    this.firsts = grown(this.firsts);
    this.nexts = grown(this.nexts);
    this.targets = grown(this.targets);
    this.fuels = grown(this.fuels);
    this.calls = grown(this.calls);
    this.leasts = grown(this.leasts);
    this.pages = grown(this.pages);
    this.#callees = grown(this.#callees);
  }

  #put(head: number, parent: number): number {
    if (this.count === this.heads.length) this.#grow();
    const node = this.count++;
    this.leasts[node] = 0x7fff_ffff;
    this.heads[node] = head;
    this.parents[node] = parent;
    this.targets[node] = node;
    return node;
  }

  /** Notes a call from a node of what has this head; returns the node that it continues in. */
  enter(caller: number, head: number, wordsLeft: number): number {
    let callee = this.firsts[caller];
    while (callee !== NONE && this.heads[callee] !== head) callee = this.nexts[callee];
    if (callee === NONE) callee = this.#add(caller, head);
    this.calls[callee] = this.calls[callee] + 1;
    const node = this.targets[callee];
    if (wordsLeft < this.leasts[node]) this.leasts[node] = wordsLeft;
    return node;
  }

  #add(caller: number, head: number): number {
    if (caller === OTHER || this.count === NODES_MAX || this.#callees[caller] === CALLEES_MAX) return OTHER;
    const callee = this.#put(head, caller);
    this.#callees[caller] = this.#callees[caller] + 1;
    this.nexts[callee] = this.firsts[caller];
    this.firsts[caller] = callee;
    for (let above = caller; above !== NONE; above = this.parents[above]) {
      if (this.heads[above] === head) this.targets[callee] = above;
    }
    return callee;
  }
}

function grown<A extends Int32Array | Float64Array | Uint16Array>(array: A): A {
  const larger = new (array.constructor as new (length: number) => A)(array.length * 2);
  larger.set(array);
  return larger;
}
