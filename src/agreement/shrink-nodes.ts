/**
 * Smaller replacements of nodes, the boldest cut first. Each candidate leaves the same types. Lazily enumerated. Every
 * candidate has fewer instructions other than `drop` and constants; or as many of these and less arity, or fewer
 * instructions in total, or smaller constants; so shrinking ends.
 */
import { ValueType } from '../wasm/types.js';
import { type FunctionDefinition, NO_NODES, type Node, node, sameTypes, zeros } from './program.js';
import { discard, LEAVES, withoutBlockParams, withoutBlockResults } from './shrink-arity.js';
import {
  blockWithoutResult,
  directCalls,
  isBlock,
  plainerLeave,
  unwrapped,
  withoutDeadTail,
  withoutLastBlockParam,
  withoutOperation,
} from './shrink-values.js';

/** How many inner nodes are tried as a replacement of a node. */
const HOISTS_MAX = 24;

const CONSTANT_TYPES: Readonly<Record<string, ValueType>> = {
  'i32.const': ValueType.I32,
  'i64.const': ValueType.I64,
  'f32.const': ValueType.F32,
  'f64.const': ValueType.F64,
};

/** Simpler bits, simplest first: a value is only replaced by an earlier one. */
const SIMPLE_FLOATS: Readonly<Record<number, readonly (number | bigint)[]>> = {
  [ValueType.F32]: [0, 0x3f800000, 0x7fc00000, 0x7f800001],
  [ValueType.F64]: [0n, 0x3ff0000000000000n, 0x7ff8000000000000n, 0x7ff0000000000001n],
};

/** @param functions those of the program, which can replace an indirect call by a direct one */
export function* shrinkSequence(
  nodes: readonly Node[],
  functions: readonly FunctionDefinition[],
): Generator<readonly Node[]> {
  yield* withoutStatements(nodes);
  const cut = withoutDeadTail(nodes);
  if (cut !== undefined) yield cut;
  for (let index = 0; index < nodes.length; index++) {
    for (const smaller of shrinkNode(nodes[index], functions)) {
      yield [...nodes.slice(0, index), ...smaller, ...nodes.slice(index + 1)];
    }
  }
}

/** Without runs of nodes that leave nothing; long runs first. */
function* withoutStatements(nodes: readonly Node[]): Generator<readonly Node[]> {
  const statements = nodes.flatMap((one, index) => (one.results.length === 0 && !isDroppedParams(one) ? [index] : []));
  for (let length = statements.length; length > 0; length = length >> 1) {
    for (let start = 0; start < statements.length; start += length) {
      const gone = new Set(statements.slice(start, start + length));
      yield nodes.filter((_, index) => !gone.has(index));
    }
  }
}

/** What `repair` would insert again. */
function isDroppedParams(one: Node): boolean {
  let inner = one;
  while (inner.name === 'drop') inner = inner.operands[0];
  return inner.name === 'param' && inner !== one;
}

function* shrinkNode(one: Node, functions: readonly FunctionDefinition[]): Generator<readonly Node[]> {
  const type = CONSTANT_TYPES[one.name];
  if (type !== undefined) {
    for (const bits of smallerBits(type, one.bits)) yield [{ ...one, bits }];
    return;
  }
  if (one.name === 'ref.null' || one.name === 'param' || isDroppedParams(one)) return;
  yield zeros(one.results);
  if (one.body.length > 0) yield one.body;
  if (one.otherwise !== undefined) yield one.otherwise;
  yield* hoists(one);
  if (one.signature.params.length > 0 && isBlock(one)) yield unwrapped(one);
  yield* plainerLeave(one);
  yield* keptOperands(one);
  yield* directCalls(one, functions);
  yield* smallerArity(one);
  yield* smallerImmediates(one);
  for (const operands of shrinkSequence(one.operands, functions)) yield [{ ...one, operands }];
  for (const body of shrinkSequence(one.body, functions)) yield [{ ...one, body }];
  if (one.otherwise === undefined) return;
  for (const otherwise of shrinkSequence(one.otherwise, functions)) yield [{ ...one, otherwise }];
}

/** An inner node with the same results, the outermost first. */
function* hoists(one: Node): Generator<readonly Node[]> {
  let layer: readonly Node[] = [one];
  for (let left = HOISTS_MAX; left > 0 && layer.length > 0; ) {
    layer = layer.flatMap(({ operands, body, otherwise }) => [...operands, ...body, ...(otherwise ?? [])]);
    for (const inner of layer) {
      if (inner.name === 'param' || !sameTypes(inner.results, one.results) || left === 0) continue;
      left--;
      yield [inner];
    }
  }
}

/** Each operand alone, then all of them, for their effects. */
function* keptOperands(one: Node): Generator<readonly Node[]> {
  if (one.name === 'drop') {
    yield* undropped(one);
    return;
  }
  const below = withoutOperation(one);
  if (below !== undefined) yield below;
  const kept = one.operands.map(discard).filter((nodes) => nodes.length > 0);
  for (const nodes of kept) yield [...nodes, ...zeros(one.results)];
  if (kept.length > 1) yield [...kept.flat(), ...zeros(one.results)];
}

/** A value that is only dropped is not made; statements before it are independent. */
function* undropped({ operands, results }: Node): Generator<readonly Node[]> {
  const last = operands[operands.length - 1];
  const alone = discard(last);
  if (last.results.length === 1 && alone.length === 0) yield operands.slice(0, -1);
  // Nothing runs after a branch, so it need not claim the value.
  if (LEAVES.has(last.name)) yield [...operands.slice(0, -1), { ...last, results: last.results.slice(0, -1) }];
  if (results.length === 0 && operands.length > 1) yield operands.flatMap(discard);
}

/** Without all results and all parameters, then without one of them. */
function* smallerArity(block: Node): Generator<readonly Node[]> {
  if (!isBlock(block)) return;
  const { params, results } = block.signature;
  const one = withElse(block);
  if (results.length > 0) yield withoutBlockResults(one);
  const bare = params.length > 0 ? withoutBlockParams(one) : undefined;
  if (bare !== undefined) yield bare;
  if (results.length > 1) yield* present(results.map((_, index) => () => blockWithoutResult(one, index)));
  if (params.length > 1) yield* present([() => withoutLastBlockParam(one)]);
}

/** An `if` without `else` returns its parameters, which is no longer valid if one of the two is reduced. */
function withElse(block: Node): Node {
  const { params } = block.signature;
  if (block.name !== 'if' || block.otherwise !== undefined || params.length === 0) return block;
  return { ...block, otherwise: [node('param', NO_NODES, params)] };
}

function* present<T>(makers: readonly (() => T | undefined)[]): Generator<T> {
  for (const make of makers) {
    const made = make();
    if (made !== undefined) yield made;
  }
}

function* smallerImmediates(one: Node): Generator<readonly Node[]> {
  if (one.labels.length > 1) {
    yield [{ ...one, labels: one.labels.slice(-1) }];
    yield [{ ...one, labels: one.labels.slice(1) }];
  }
  if (one.name.includes('.load') || one.name.includes('.store')) {
    if (one.first > 0) yield [{ ...one, first: 0 }];
    if (one.second > 0) yield [{ ...one, second: 0 }];
  }
}

function* smallerBits(type: ValueType, bits: number | bigint): Generator<number | bigint> {
  const floats = SIMPLE_FLOATS[type];
  if (floats !== undefined) {
    const rank = floats.indexOf(bits);
    yield* rank < 0 ? floats : floats.slice(0, rank);
    return;
  }
  const isWide = typeof bits === 'bigint';
  const value = BigInt(bits);
  const smaller = new Set([0n, 1n, value >> 16n, value >> 1n, value - 1n]);
  for (const candidate of smaller) {
    if (candidate >= 0n && candidate < value) yield isWide ? candidate : Number(candidate);
  }
}
