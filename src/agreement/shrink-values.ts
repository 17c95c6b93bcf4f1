/**
 * One value fewer: left by a sequence, returned by a block or function, carried by a branch, or passed to a call. Where
 * the value was made, its maker stays for its effects; where it was used, there is a zero. Undefined if the value
 * cannot be removed from among others; then the shrinker skips that cut.
 */
import { type Immediates, INSTRUCTIONS } from '../wasm/instructions.js';
import { MENU } from './instruction-menu.js';
import {
  FUNCTION_LABEL,
  type FunctionDefinition,
  type Node,
  type NodeName,
  node,
  type Program,
  type TypeList,
  zero,
  zeros,
} from './program.js';
import { dropAll } from './repair-program.js';
import { discard, LEAVES } from './shrink-arity.js';

type Nodes = readonly Node[];

const IMMEDIATES: ReadonlyMap<NodeName, Immediates> = new Map(INSTRUCTIONS.map((row) => [row.name, row.immediates]));

/** How many values an instruction itself returns, if the table has it. */
const OWN_RESULTS: ReadonlyMap<NodeName, number> = new Map<NodeName, number>([
  ...MENU.map(({ name, results }) => [name, results.length] as const),
  ['drop', 0],
  ['local.set', 0],
  ['global.set', 0],
]);

export function isBlock({ name }: Node): boolean {
  return IMMEDIATES.get(name) === 'block';
}

function without(types: TypeList, index: number): TypeList {
  return types.filter((_, at) => at !== index);
}

export function resultsOf(nodes: Nodes): TypeList {
  return nodes.flatMap(({ results }) => results);
}

/** The nodes without the value at the index, counted from the bottom. */
export function withoutValue(nodes: Nodes, index: number): Nodes | undefined {
  let left = index;
  for (const [at, one] of nodes.entries()) {
    if (left >= one.results.length) {
      left -= one.results.length;
      continue;
    }
    const less = withoutResult(one, left);
    return less && [...nodes.slice(0, at), ...less, ...nodes.slice(at + 1)];
  }
  return undefined;
}

function withoutResult(one: Node, index: number): Nodes | undefined {
  const { name, results, operands } = one;
  if (results.length === 1) return discard(one);
  if (LEAVES.has(name)) return [{ ...one, results: without(results, index) }];
  if (isBlock(one)) {
    const less = withoutBlockResult(one, index);
    return less && [less];
  }
  const own = OWN_RESULTS.get(name);
  if (own !== undefined && index < results.length - own) {
    const less = withoutValue(operands, index);
    return less && [{ ...one, operands: less, results: without(results, index) }];
  }
  return index === results.length - 1 ? [node('drop', [one], results.slice(0, -1))] : undefined;
}

/** The block itself with one result fewer. The branches to its label carry one value fewer, unless it is a loop. */
export function withoutBlockResult(block: Node, index: number): Node | undefined {
  const label = block.name === 'loop' ? undefined : block.first;
  const arm = (nodes: Nodes): Nodes | undefined => {
    const carried = label === undefined ? nodes : withoutCarriedValue(nodes, label, block.results.length, index);
    return carried && withoutValue(carried, index);
  };
  const body = arm(block.body);
  const otherwise = block.otherwise && arm(block.otherwise);
  if (body === undefined || (block.otherwise !== undefined && otherwise === undefined)) return undefined;
  const results = without(block.results, index);
  return { ...block, results, signature: { params: block.signature.params, results }, body, otherwise };
}

/** The replacement of a block with one result fewer. */
export function blockWithoutResult(block: Node, index: number): Nodes | undefined {
  const less = withoutBlockResult(block, index);
  return less && restored(less, block.results, index);
}

/** The replacement of a block without its last parameter. */
export function withoutLastBlockParam(block: Node): Nodes | undefined {
  const { params, results } = block.signature;
  const last = params.length - 1;
  const operands = withoutValue(block.operands, last);
  const arm = (nodes: Nodes): Nodes | undefined => {
    const carried = block.name === 'loop' ? withoutCarriedValue(nodes, block.first, params.length, last) : nodes;
    return carried?.flatMap((one) => withoutLastParam(one, params));
  };
  const body = arm(block.body);
  const otherwise = block.otherwise && arm(block.otherwise);
  if (operands === undefined || body === undefined) return undefined;
  return [{ ...block, operands, signature: { params: params.slice(0, -1), results }, body, otherwise }];
}

/** Parameters occur in the first operand of the first node, recursively, and nowhere else. */
function withoutLastParam(one: Node, params: TypeList): Nodes {
  if (one.name === 'param') return [{ ...one, results: params.slice(0, -1) }, zero(params.at(-1)!)];
  if (one.operands.length === 0) return [one];
  return [{ ...one, operands: one.operands.flatMap((operand) => withoutLastParam(operand, params)) }];
}

/** A node reduced by one of its `results`, and zeros: together they leave the original types. */
function restored(less: Node, results: TypeList, index: number): Nodes {
  if (LEAVES.has(less.name)) return [{ ...less, results }];
  return index === results.length - 1 ? [less, zero(results[index])] : [dropAll(less), ...zeros(results)];
}

const CONDITIONAL: ReadonlySet<NodeName> = new Set(['br_if', 'br_table']);

/** Branches to a label, or out of the function, carry one of `arity` values fewer. */
function withoutCarriedValue(nodes: Nodes, label: number, arity: number, index: number): Nodes | undefined {
  return flatMapAll(nodes, (one) => {
    const inner = mapInner(one, (within) => withoutCarriedValue(within, label, arity, index));
    if (inner === undefined || !isBranchTo(inner, label)) return inner && [inner];
    if (inner.labels.some((target) => target !== label)) return undefined;
    const values = resultsOf(inner.operands).length - (CONDITIONAL.has(inner.name) ? 1 : 0);
    const operands = values === arity ? withoutValue(inner.operands, index) : undefined;
    if (operands === undefined) return undefined;
    if (inner.name !== 'br_if') return [{ ...inner, operands }];
    return restored({ ...inner, operands, results: without(inner.results, index) }, inner.results, index);
  });
}

function isBranchTo({ name, first, labels }: Node, label: number): boolean {
  if (name === 'br' || name === 'br_if') return first === label;
  return name === 'br_table' ? labels.includes(label) : name === 'return' && label === FUNCTION_LABEL;
}

function mapInner(one: Node, map: (nodes: Nodes) => Nodes | undefined): Node | undefined {
  if (one.operands.length === 0 && one.body.length === 0 && one.otherwise === undefined) return one;
  const operands = map(one.operands);
  const body = map(one.body);
  const otherwise = one.otherwise && map(one.otherwise);
  if (operands === undefined || body === undefined) return undefined;
  if (one.otherwise !== undefined && otherwise === undefined) return undefined;
  return { ...one, operands, body, otherwise };
}

function flatMapAll(nodes: Nodes, map: (one: Node) => Nodes | undefined): Nodes | undefined {
  const all: Node[] = [];
  for (const one of nodes) {
    const mapped = map(one);
    if (mapped === undefined) return undefined;
    all.push(...mapped);
  }
  return all;
}

/** Removes one result of a function; its tail calls, which no longer match, become zeros. */
export function withoutFunctionResult(
  program: Program,
  { id, results }: FunctionDefinition,
  index: number,
): Program | undefined {
  return mapBodies(program, (body, owner) => {
    const called = mapEach(body, (one) => {
      if (!isCallOf(one, id)) return [one];
      if (one.name === 'return_call') return zeros(one.results);
      return restored({ ...one, results: without(results, index) }, results, index);
    });
    if (owner.id !== id) return called && { ...owner, body: called };
    const own = called && mapEach(called, (one) => (one.name.startsWith('return_call') ? zeros(one.results) : [one]));
    const carried = own && withoutCarriedValue(own, FUNCTION_LABEL, results.length, index);
    const left = carried && withoutValue(carried, index);
    return left && { ...owner, results: without(results, index), body: left };
  });
}

/** The parameter becomes a local with an initial value of zero. */
export function withoutFunctionParam(program: Program, { id }: FunctionDefinition, index: number): Program | undefined {
  const mapped = mapBodies(program, (nodes, owner) => {
    const body = mapEach(nodes, (one) => {
      if (!isCallOf(one, id)) return [one];
      const operands = withoutValue(one.operands, index);
      return operands === undefined ? zeros(one.results) : [{ ...one, operands }];
    });
    if (body === undefined || owner.id !== id) return body && { ...owner, body };
    const params = owner.params.filter((_, at) => at !== index);
    return { ...owner, params, locals: [owner.params[index], ...owner.locals], body };
  });
  return (
    mapped && {
      ...mapped,
      calls: mapped.calls.map((call) =>
        call.function === id ? { ...call, args: call.args.filter((_, at) => at !== index) } : call,
      ),
    }
  );
}

function isCallOf({ name, first }: Node, id: number): boolean {
  return (name === 'call' || name === 'return_call') && first === id;
}

function mapEach(nodes: Nodes, map: (one: Node) => Nodes | undefined): Nodes | undefined {
  return flatMapAll(nodes, (one) => {
    const inner = mapInner(one, (within) => mapEach(within, map));
    return inner && map(inner);
  });
}

function mapBodies(
  program: Program,
  map: (body: Nodes, owner: FunctionDefinition) => FunctionDefinition | undefined,
): Program | undefined {
  const functions: FunctionDefinition[] = [];
  for (const owner of program.functions) {
    const mapped = map(owner.body, owner);
    if (mapped === undefined) return undefined;
    functions.push(mapped);
  }
  return { ...program, functions };
}

/**
 * The values that a node leaves below its own results, without the node: its lower operands, and zeros for its own
 * results.
 */
export function withoutOperation(one: Node): Nodes | undefined {
  const { operands, results } = one;
  let count = 0;
  let kept = 0;
  while (kept < operands.length && startsWith(results, count, operands[kept].results)) {
    count += operands[kept].results.length;
    kept++;
  }
  return count === 0 ? undefined : [...operands.slice(0, kept), ...zeros(results.slice(count))];
}

function startsWith(types: TypeList, from: number, part: TypeList): boolean {
  return from + part.length <= types.length && part.every((type, at) => types[from + at] === type);
}

/** A sequence that ends at the first node after which nothing runs. */
export function withoutDeadTail(nodes: Nodes): Nodes | undefined {
  const at = nodes.findIndex(({ name }) => LEAVES.has(name));
  if (at < 0 || at === nodes.length - 1) return undefined;
  const leave = nodes[at];
  return [...nodes.slice(0, at), { ...leave, results: resultsOf(nodes.slice(at)) }];
}

/** The body of a block or loop instead of it, with the operands where it used its parameters. */
export function unwrapped(block: Node): Nodes {
  const operands = block.name === 'if' ? block.operands.slice(0, -1) : block.operands;
  return block.body.flatMap((one) => withOperands(one, operands));
}

function withOperands(one: Node, operands: Nodes): Nodes {
  if (one.name === 'param') return operands;
  if (one.operands.length === 0) return [one];
  return [{ ...one, operands: one.operands.flatMap((inner) => withOperands(inner, operands)) }];
}

/** A branch without a choice, and its carried values without the branch. */
export function* plainerLeave(one: Node): Generator<Nodes> {
  if (!LEAVES.has(one.name)) return;
  const isTable = one.name === 'br_table';
  const carried = isTable ? one.operands.slice(0, -1) : one.operands;
  const types = resultsOf(carried);
  if (types.length === one.results.length && startsWith(one.results, 0, types)) yield carried;
  if (isTable) yield [{ ...node('br', carried, one.results, one.labels.at(-1)!) }];
}

/** A direct call instead of an indirect one. */
export function* directCalls(one: Node, functions: readonly FunctionDefinition[]): Generator<Nodes> {
  if (one.name !== 'call_indirect') return;
  const key = (params: TypeList, results: TypeList) => `${params.join()}:${results.join()}`;
  const wanted = key(one.signature.params, one.signature.results);
  for (const { id, params, results } of functions) {
    const types = params.map(({ type }) => type);
    if (key(types, results) !== wanted) continue;
    yield [{ ...node('call', one.operands.slice(0, -1), one.results, id) }];
  }
}
