/**
 * Smaller nodes in the place of nodes, the boldest cut first. Each candidate leaves the types that were there. Lazily
 * enumerated. Every candidate has fewer instructions other than `drop` and constants, or as many of these and less
 * arity, or fewer instructions in all, or smaller constants: so shrinking ends.
 */
import { ValueType } from '../wasm/types.js';
import { type Node, sameTypes, zeros } from './program.js';
import { discard, withoutBlockParams, withoutBlockResults } from './shrink-arity.js';

/** How far down a node is looked for one that can stand in its place. */
const HOISTS_MAX = 24;

const CONSTANT_TYPES: Readonly<Record<string, ValueType>> = {
  'i32.const': ValueType.I32,
  'i64.const': ValueType.I64,
  'f32.const': ValueType.F32,
  'f64.const': ValueType.F64,
};

/** Simpler bits, the simplest first: a value is only replaced by one that stands before it. */
const SIMPLE_FLOATS: Readonly<Record<number, readonly (number | bigint)[]>> = {
  [ValueType.F32]: [0, 0x3f800000, 0x7fc00000, 0x7f800001],
  [ValueType.F64]: [0n, 0x3ff0000000000000n, 0x7ff8000000000000n, 0x7ff0000000000001n],
};

export function* shrinkSequence(nodes: readonly Node[]): Generator<readonly Node[]> {
  yield* withoutStatements(nodes);
  for (let index = 0; index < nodes.length; index++) {
    for (const smaller of shrinkNode(nodes[index]!)) {
      yield [...nodes.slice(0, index), ...smaller, ...nodes.slice(index + 1)];
    }
  }
}

/** Without runs of nodes that leave nothing: long runs first. */
function* withoutStatements(nodes: readonly Node[]): Generator<readonly Node[]> {
  const statements = nodes.flatMap((one, index) => (one.results.length === 0 && !isDroppedParams(one) ? [index] : []));
  for (let length = statements.length; length > 0; length = length >> 1) {
    for (let start = 0; start < statements.length; start += length) {
      const gone = new Set(statements.slice(start, start + length));
      yield nodes.filter((_, index) => !gone.has(index));
    }
  }
}

/** What `repair` would put there again. */
function isDroppedParams(one: Node): boolean {
  let inner = one;
  while (inner.name === 'drop') inner = inner.operands[0]!;
  return inner.name === 'param' && inner !== one;
}

function* shrinkNode(one: Node): Generator<readonly Node[]> {
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
  yield* keptOperands(one);
  yield* smallerArity(one);
  yield* smallerImmediates(one);
  for (const operands of shrinkSequence(one.operands)) yield [{ ...one, operands }];
  for (const body of shrinkSequence(one.body)) yield [{ ...one, body }];
  if (one.otherwise === undefined) return;
  for (const otherwise of shrinkSequence(one.otherwise)) yield [{ ...one, otherwise }];
}

/** A node of the same results from inside, the outermost first. */
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

/** One operand alone, then all of them, for their effects. */
function* keptOperands(one: Node): Generator<readonly Node[]> {
  if (one.name === 'drop') {
    yield* undropped(one);
    return;
  }
  const kept = one.operands.map(discard).filter((nodes) => nodes.length > 0);
  for (const nodes of kept) yield [...nodes, ...zeros(one.results)];
  if (kept.length > 1) yield [...kept.flat(), ...zeros(one.results)];
}

/** A value is not made that is only dropped; statements before it stand on their own. */
function* undropped({ operands, results }: Node): Generator<readonly Node[]> {
  const last = operands[operands.length - 1]!;
  if (last.results.length === 1 && discard(last).length === 0) yield operands.slice(0, -1);
  if (results.length === 0 && operands.length > 1) yield operands.flatMap(discard);
}

function* smallerArity(one: Node): Generator<readonly Node[]> {
  if (one.name !== 'block' && one.name !== 'loop' && one.name !== 'if') return;
  if (one.signature.results.length > 0) yield withoutBlockResults(one);
  const bare = one.signature.params.length > 0 ? withoutBlockParams(one) : undefined;
  if (bare !== undefined) yield bare;
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
