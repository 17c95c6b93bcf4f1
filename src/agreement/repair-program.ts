/**
 * Makes a reduced program well formed again: a reference to a removed item becomes the default of its type, or is
 * removed. Returns the same objects if nothing changes. Types never need repair, because every cut keeps the results of
 * a node and ids keep their types.
 */
import { type Immediates, INSTRUCTIONS } from '../wasm/instructions.js';
import {
  type Constant,
  type DataItem,
  type ElementItem,
  FUNCTION_LABEL,
  type FunctionDefinition,
  type GlobalItem,
  NO_NODES,
  NO_TYPES,
  type Node,
  type NodeName,
  node,
  type Program,
  sameTypes,
  type TypeList,
  zero,
  zeros,
} from './program.js';

export function repair(program: Program): Program {
  return new Repair(program).program();
}

type Ids = ReadonlySet<number>;

const IMMEDIATES: ReadonlyMap<NodeName, Immediates> = new Map(INSTRUCTIONS.map((row) => [row.name, row.immediates]));

class Repair {
  readonly #program: Program;
  readonly #functions: Ids;
  readonly #globals: Ids;
  readonly #tables: Ids;
  readonly #data: Ids;
  readonly #elements: Ids;
  #locals: Ids = new Set();
  readonly #labels: number[] = [];
  /** Whether the parameters of the current block have been used. */
  #paramsTaken = false;

  constructor(program: Program) {
    this.#program = program;
    this.#functions = idsOf([...program.importedFunctions, ...program.functions]);
    this.#globals = idsOf([...program.importedGlobals, ...program.globals]);
    this.#tables = idsOf(program.tables);
    this.#data = idsOf(program.data);
    this.#elements = idsOf(program.elements);
  }

  program(): Program {
    const program = this.#program;
    const exported = idsOf(program.functions.filter((definition) => definition.exported));
    const { start } = program;
    return {
      ...program,
      globals: this.#globalItems(),
      data: program.data.map((item) => this.#dataItem(item)),
      elements: program.elements.map((item) => this.#elementItem(item)),
      functions: program.functions.map((definition) => this.#function(definition)),
      start: start !== undefined && this.#functions.has(start) ? start : undefined,
      calls: program.calls.filter((call) => exported.has(call.function)),
    };
  }

  /** An initialiser may only name earlier globals. */
  #globalItems(): readonly GlobalItem[] {
    const known = idsOf(this.#program.importedGlobals);
    return this.#program.globals.map((item) => {
      const init = this.#constant(item.init, known);
      known.add(item.id);
      return init === item.init ? item : { ...item, init };
    });
  }

  #constant(expression: Constant, globals: Ids): Constant {
    const { name, first, operands, results } = expression;
    const isThere = name === 'global.get' ? globals.has(first) : name !== 'ref.func' || this.#functions.has(first);
    if (!isThere) return zero(results[0]);
    const repaired = mapSame(operands, (operand) => this.#constant(operand, globals));
    return repaired === operands ? expression : { ...expression, operands: repaired };
  }

  #dataItem(item: DataItem): DataItem {
    if (item.offset === undefined) return item;
    const offset = this.#program.memory === undefined ? undefined : this.#constant(item.offset, this.#globals);
    return offset === item.offset ? item : { ...item, offset };
  }

  #elementItem(item: ElementItem): ElementItem {
    const items = mapSame(item.items, (id) => (id !== undefined && this.#functions.has(id) ? id : undefined));
    if (item.mode !== 'active') return items === item.items ? item : { ...item, items };
    if (!this.#tables.has(item.table)) return { ...item, items, mode: 'passive', offset: undefined };
    return { ...item, items, offset: this.#constant(item.offset!, this.#globals) };
  }

  #function(definition: FunctionDefinition): FunctionDefinition {
    this.#locals = idsOf([...definition.params, ...definition.locals]);
    this.#labels.push(FUNCTION_LABEL);
    const body = this.#body(definition.body, NO_TYPES);
    this.#labels.pop();
    return body === definition.body ? definition : { ...definition, body };
  }

  /** A body begins with its parameters on the stack; if no node uses them they are dropped. */
  #body(nodes: readonly Node[], params: TypeList): readonly Node[] {
    const outer = this.#paramsTaken;
    this.#paramsTaken = params.length === 0;
    const repaired = this.#sequence(nodes, params);
    const isTaken = this.#paramsTaken;
    this.#paramsTaken = outer;
    return isTaken ? repaired : [dropAll(node('param', NO_NODES, params)), ...repaired];
  }

  /** `params` are on the stack before the first node. */
  #sequence(nodes: readonly Node[], params: TypeList): readonly Node[] {
    return flatMapSame(nodes, (one, index) => this.#node(one, index === 0 ? params : NO_TYPES));
  }

  #node(one: Node, params: TypeList): Node | readonly Node[] {
    if (one.name === 'param') {
      if (params.length === 0 || !sameTypes(params, one.results)) return zeros(one.results);
      this.#paramsTaken = true;
      return one;
    }
    if (!this.#isNamed(one)) return zeros(one.results);
    const operands = this.#sequence(one.operands, params);
    if (one.signature.params.length === 0 && one.body.length === 0 && one.otherwise === undefined) {
      return operands === one.operands ? one : { ...one, operands };
    }
    if (IMMEDIATES.get(one.name) !== 'block') return operands === one.operands ? one : { ...one, operands };
    this.#labels.push(one.first);
    const body = this.#body(one.body, one.signature.params);
    const otherwise = one.otherwise && this.#body(one.otherwise, one.signature.params);
    this.#labels.pop();
    if (operands === one.operands && body === one.body && otherwise === one.otherwise) return one;
    return { ...one, operands, body, otherwise };
  }

  /** Whether everything that the immediates name exists. */
  #isNamed({ name, first, second, labels }: Node): boolean {
    const hasMemory = this.#program.memory !== undefined;
    switch (IMMEDIATES.get(name)) {
      case 'label':
        return this.#labels.includes(first);
      case 'labels':
        return labels.every((label) => this.#labels.includes(label));
      case 'function':
        return this.#functions.has(first);
      case 'type table':
      case 'table':
        return this.#tables.has(first);
      case 'local':
        return this.#locals.has(first);
      case 'global':
        return this.#globals.has(first);
      case 'memarg':
      case 'memory':
      case 'memory memory':
        return hasMemory;
      case 'data memory':
        return hasMemory && this.#data.has(first);
      case 'data':
        return this.#data.has(first);
      case 'element table':
        return this.#elements.has(first) && this.#tables.has(second);
      case 'element':
        return this.#elements.has(first);
      case 'table table':
        return this.#tables.has(first) && this.#tables.has(second);
      default:
        return true;
    }
  }
}

function idsOf(items: readonly { readonly id: number }[]): Set<number> {
  return new Set(items.map(({ id }) => id));
}

export function dropAll(value: Node): Node {
  let rest = value;
  while (rest.results.length > 0) rest = node('drop', [rest], rest.results.slice(0, -1));
  return rest;
}

/** Maps; returns the same list if no item changed. */
function mapSame<T>(items: readonly T[], map: (item: T) => T): readonly T[] {
  const mapped = items.map(map);
  return mapped.every((item, index) => item === items[index]) ? items : mapped;
}

function flatMapSame(
  nodes: readonly Node[],
  map: (one: Node, index: number) => Node | readonly Node[],
): readonly Node[] {
  let isSame = true;
  const mapped: Node[] = [];
  nodes.forEach((one, index) => {
    const to = map(one, index);
    if (to === one) mapped.push(one);
    else {
      isSame = false;
      if (Array.isArray(to)) mapped.push(...(to as readonly Node[]));
      else mapped.push(to as Node);
    }
  });
  return isSame ? nodes : mapped;
}
