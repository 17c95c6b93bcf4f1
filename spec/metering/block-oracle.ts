/**
 * A second implementation of SEMANTICS 3 and 4: liveness by a recursive definition over the tree of a body, then
 * blocks, then heights, each in a separate pass. Imports nothing from src/metering but the type of its prices.
 */
import type { Prices } from '../../src/metering/schedule.js';
import { type Body, type Node, type PlainModule, readBody } from './plain-module.js';

export interface StaticBlock {
  readonly offset: number;
  readonly cost: number;
}

export interface BodyReading {
  readonly body: Body;
  readonly blocks: readonly StaticBlock[];
  readonly maxHeight: number;
  readonly frameWords: number;
}

/** The result of the first pass: which instructions are live, which constructs are targeted by a live branch. */
interface Liveness {
  readonly live: Set<Node>;
  readonly targeted: Set<Node>;
  /** Constructs after which control continues. */
  readonly goesOn: Set<Node>;
}

const ENDS_CONTROL = new Set(['br', 'br_table', 'return', 'return_call', 'return_call_indirect', 'unreachable']);
const BRANCHES = new Set(['br', 'br_if', 'br_table']);

export function readFunction(module: PlainModule, definedIndex: number, prices: Prices): BodyReading {
  const body = readBody(module, definedIndex);
  const type = module.types[module.functionTypes[module.importedFunctions + definedIndex]!]!;
  const found: Liveness = { live: new Set(), targeted: new Set(), goesOn: new Set() };
  liveAtEnd(body.nodes, true, [], found);
  const maxHeight = heights(module, body.nodes, 0, found).max;
  return {
    body,
    blocks: blocksOf(module, body, type.results.length, prices, found),
    maxHeight,
    frameWords: type.params.length + body.declaredLocals.length + maxHeight + 12,
  };
}

/**
 * Whether the end of the sequence is live, if its start is. `around` are the enclosing constructs, the innermost last.
 */
function liveAtEnd(nodes: readonly Node[], liveAtStart: boolean, around: readonly Node[], found: Liveness): boolean {
  let live = liveAtStart;
  for (const node of nodes) {
    if (!live) return false;
    found.live.add(node);
    if (BRANCHES.has(node.name)) {
      for (const label of node.immediates) {
        const target = around[around.length - 1 - label];
        if (target !== undefined) found.targeted.add(target);
      }
    }
    if (ENDS_CONTROL.has(node.name)) live = false;
    else if (node.row.immediates === 'block') live = constructGoesOn(node, around, found);
    if (live && node.row.immediates === 'block') found.goesOn.add(node);
  }
  return live;
}

function constructGoesOn(node: Node, around: readonly Node[], found: Liveness): boolean {
  const inside = [...around, node];
  const first = liveAtEnd(node.body, true, inside, found);
  if (node.name === 'loop') return first;
  if (node.name === 'block') return first || found.targeted.has(node);
  const second = node.otherwise === undefined ? true : liveAtEnd(node.otherwise, true, inside, found);
  return first || second || found.targeted.has(node);
}

function blocksOf(module: PlainModule, body: Body, results: number, prices: Prices, found: Liveness): StaticBlock[] {
  const blocks = [{ offset: body.first, cost: prices.functionEntry + prices.zeroedLocal * body.declaredLocals.length }];
  const cutAt = (offset: number) => blocks.push({ offset, cost: 0 });
  const visit = (nodes: readonly Node[], arities: readonly number[]): void => {
    for (const node of nodes.filter((one) => found.live.has(one))) {
      const carried = carriedValues(module, node, arities, results);
      blocks[blocks.length - 1]!.cost += prices.instructions[node.row.cost] + prices.carriedValue * carried;
      const inside = [...arities, node.name === 'loop' ? node.params : node.results];
      if (node.name === 'br_if') cutAt(node.next);
      if (node.name === 'loop' || node.name === 'if') cutAt(node.next);
      visit(node.body, inside);
      if (node.otherwise !== undefined) {
        cutAt(node.elseNext);
        visit(node.otherwise, inside);
      }
      if (node.name === 'if' && found.goesOn.has(node)) cutAt(node.endNext);
      if (node.name === 'block' && found.targeted.has(node)) cutAt(node.endNext);
    }
  };
  visit(body.nodes, [results]);
  return blocks;
}

/**
 * Values that a branch carries to its label, a call to the callee and back, a tail call to the callee, a return to the
 * caller.
 */
function carriedValues(module: PlainModule, node: Node, arities: readonly number[], results: number): number {
  const last = node.immediates[node.immediates.length - 1]!;
  const first = node.immediates[0]!;
  if (BRANCHES.has(node.name)) return arities[arities.length - 1 - last]!;
  if (node.name === 'return') return results;
  const type = module.types[node.name.endsWith('call') ? module.functionTypes[first]! : first];
  if (node.name === 'call' || node.name === 'call_indirect') return type!.params.length + type!.results.length;
  if (node.name === 'return_call' || node.name === 'return_call_indirect') return type!.params.length;
  return 0;
}

/** Operands popped and pushed by an instruction of a live sequence. */
function effectOf(module: PlainModule, node: Node): readonly [number, number] {
  const callee = () => {
    const index = node.immediates[0]!;
    return module.types[node.name === 'call' ? module.functionTypes[index]! : index]!;
  };
  switch (node.name) {
    case 'call':
      return [callee().params.length, callee().results.length];
    case 'call_indirect':
      return [callee().params.length + 1, callee().results.length];
    case 'drop':
    case 'local.set':
    case 'global.set':
    case 'br_if':
      return [1, 0];
    case 'select':
    case 'select_t':
      return [3, 1];
    case 'local.get':
    case 'global.get':
    case 'ref.null':
      return [0, 1];
    case 'local.tee':
    case 'table.get':
    case 'ref.is_null':
      return [1, 1];
    case 'table.set':
      return [2, 0];
    case 'table.grow':
      return [2, 1];
    case 'table.fill':
      return [3, 0];
  }
  const [taken, given] = node.row.type.split('->').map((side) => side.split(' ').filter(Boolean).length);
  if (given === undefined) throw new Error(`no effect is known of ${node.name}`);
  return [taken!, given];
}

function heights(module: PlainModule, nodes: readonly Node[], start: number, found: Liveness): { max: number } {
  let height = start;
  let max = start;
  for (const node of nodes) {
    if (!found.live.has(node) || ENDS_CONTROL.has(node.name)) break;
    if (node.row.immediates === 'block') {
      if (node.name === 'if') height -= 1;
      max = Math.max(max, heights(module, node.body, height, found).max);
      if (node.otherwise !== undefined) max = Math.max(max, heights(module, node.otherwise, height, found).max);
      height += node.results - node.params;
      if (!found.goesOn.has(node)) break;
    } else {
      const [taken, given] = effectOf(module, node);
      height += given - taken;
    }
    max = Math.max(max, height);
  }
  return { max };
}
