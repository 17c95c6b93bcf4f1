/**
 * Blocks and functions with fewer parameters and results: carried values are dropped where they were made, and zeros
 * replace them. A branch whose values cannot be separated from its condition becomes zeros itself.
 */
import { ValueType } from '../wasm/types.js';
import {
  FUNCTION_LABEL,
  type FunctionDefinition,
  NO_NODES,
  NO_TYPES,
  type Node,
  type NodeName,
  type Program,
  zeros,
} from './program.js';
import { dropAll } from './repair-program.js';

/** Nothing runs after these, so they may claim no results as well as any. */
export const LEAVES: ReadonlySet<NodeName> = new Set([
  'br',
  'br_table',
  'return',
  'return_call',
  'return_call_indirect',
  'unreachable',
]);

/** The node for its effects only. */
export function discard(one: Node): readonly Node[] {
  const isInert = one.operands.length === 0 && (one.name.endsWith('.const') || one.name === 'ref.null');
  if (isInert) return NO_NODES;
  return LEAVES.has(one.name) ? [{ ...one, results: NO_TYPES }] : [dropAll(one)];
}

function discardAll(nodes: readonly Node[]): readonly Node[] {
  return nodes.flatMap(discard);
}

/** The replacement of a block or `if` without its results; also of a `loop`, whose label keeps its parameters. */
export function withoutBlockResults(block: Node): readonly Node[] {
  const label = block.name === 'loop' ? undefined : block.first;
  const arm = (nodes: readonly Node[]) => discardAll(label === undefined ? nodes : withoutCarried(nodes, [label]));
  const bare: Node = {
    ...block,
    results: NO_TYPES,
    signature: { params: block.signature.params, results: NO_TYPES },
    body: arm(block.body),
    otherwise: block.otherwise && arm(block.otherwise),
  };
  return [bare, ...zeros(block.results)];
}

/**
 * The replacement of a block without its parameters. Undefined if the condition of an `if` is not a separate operand.
 */
export function withoutBlockParams(block: Node): readonly Node[] | undefined {
  const split = splitCondition(block.operands, block.name === 'if');
  if (split === undefined) return undefined;
  const body = block.name === 'loop' ? withoutCarried(block.body, [block.first]) : block.body;
  const signature = { params: NO_TYPES, results: block.signature.results };
  return [...discardAll(split.values), { ...block, operands: split.condition, signature, body }];
}

interface SplitOperands {
  readonly values: readonly Node[];
  readonly condition: readonly Node[];
}

function splitCondition(operands: readonly Node[], hasCondition: boolean): SplitOperands | undefined {
  if (!hasCondition) return { values: operands, condition: NO_NODES };
  const condition = operands[operands.length - 1];
  if (condition === undefined || condition.results.length !== 1 || condition.results[0] !== ValueType.I32) {
    return undefined;
  }
  return { values: operands.slice(0, -1), condition: [condition] };
}

const CONDITIONAL: ReadonlySet<NodeName> = new Set(['br_if', 'br_table']);

/** Branches to the labels no longer carry values. */
function withoutCarried(nodes: readonly Node[], labels: readonly number[]): readonly Node[] {
  return nodes.flatMap((one) => {
    const inner = withInner(one, (within) => withoutCarried(within, labels));
    if (!isBranchTo(inner, labels)) return [inner];
    const split = splitCondition(inner.operands, CONDITIONAL.has(inner.name));
    if (split === undefined || inner.labels.some((label) => !labels.includes(label))) return zeros(inner.results);
    const results = inner.name === 'br_if' ? NO_TYPES : inner.results;
    const bare = { ...inner, operands: split.condition, results };
    return [...discardAll(split.values), bare, ...(inner.name === 'br_if' ? zeros(inner.results) : NO_NODES)];
  });
}

function isBranchTo({ name, first, labels }: Node, targets: readonly number[]): boolean {
  if (name === 'br' || name === 'br_if') return targets.includes(first);
  if (name === 'br_table') return labels.some((label) => targets.includes(label));
  return name === 'return' && targets.includes(FUNCTION_LABEL);
}

function withInner(one: Node, map: (nodes: readonly Node[]) => readonly Node[]): Node {
  if (one.operands.length === 0 && one.body.length === 0 && one.otherwise === undefined) return one;
  return { ...one, operands: map(one.operands), body: map(one.body), otherwise: one.otherwise && map(one.otherwise) };
}

/** Removes the results of a function; tail calls that no longer have the type of their caller become zeros. */
export function withoutFunctionResults(program: Program, definition: FunctionDefinition): Program {
  const { id, results } = definition;
  return mapBodies(program, (nodes, owner) => {
    const called = mapCalls(nodes, id, (call) => {
      if (call.name === 'return_call') return zeros(call.results);
      return [{ ...call, results: NO_TYPES }, ...zeros(results)];
    });
    if (owner.id !== id) return { ...owner, body: called };
    const withoutTails = mapNodes(called, (one) => (one.name.startsWith('return_call') ? zeros(one.results) : [one]));
    return { ...owner, results: NO_TYPES, body: discardAll(withoutCarried(withoutTails, [FUNCTION_LABEL])) };
  });
}

/** The parameters become locals with an initial value of zero. */
export function withoutFunctionParams(program: Program, definition: FunctionDefinition): Program {
  const { id } = definition;
  const mapped = mapBodies(program, (nodes, owner) => {
    const body = mapCalls(nodes, id, (call) => [...discardAll(call.operands), { ...call, operands: NO_NODES }]);
    if (owner.id !== id) return { ...owner, body };
    return { ...owner, params: [], locals: [...owner.params, ...owner.locals], body };
  });
  return {
    ...mapped,
    calls: mapped.calls.map((call) => (call.function === id ? { ...call, args: [] } : call)),
  };
}

function mapBodies(
  program: Program,
  map: (nodes: readonly Node[], owner: FunctionDefinition) => FunctionDefinition,
): Program {
  return { ...program, functions: program.functions.map((definition) => map(definition.body, definition)) };
}

function mapCalls(nodes: readonly Node[], id: number, map: (call: Node) => readonly Node[]): readonly Node[] {
  return mapNodes(nodes, (one) =>
    (one.name === 'call' || one.name === 'return_call') && one.first === id ? map(one) : [one],
  );
}

function mapNodes(nodes: readonly Node[], map: (one: Node) => readonly Node[]): readonly Node[] {
  return nodes.flatMap((one) => map(withInner(one, (within) => mapNodes(within, map))));
}
