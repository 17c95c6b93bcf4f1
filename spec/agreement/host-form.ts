/**
 * Rewrites a program so that a host's bare WebAssembly follows the same rules: every float instruction that can return
 * a NaN is followed by inline canonicalisation, floats cross the module boundary as integers with the same bits,
 * globals that hold floats are read by functions, and the start function is an export that the runner calls.
 */
import { functionExportName, signatureOf } from '../../src/agreement/assemble.js';
import { HOST_GLOBALS, type HostGlobalName } from '../../src/agreement/host-functions.js';
import {
  constant,
  type FunctionDefinition,
  type Local,
  NO_NODES,
  NO_SHIFT,
  type Node,
  type NodeName,
  node,
  one,
  type Program,
  type Signature,
  type TypeList,
} from '../../src/agreement/program.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { ValueType } from '../../src/wasm/types.js';

export interface HostForm {
  readonly program: Program;
  /** Export that takes and returns bits, by the name of the original export. */
  readonly exports: ReadonlyMap<string, string>;
  readonly start: string | undefined;
  /** Exports that return the bits of a global, by its id. */
  readonly globals: ReadonlyMap<number, string>;
}

const { I32, I64, F32, F64 } = {
  I32: ValueType.I32,
  I64: ValueType.I64,
  F32: ValueType.F32,
  F64: ValueType.F64,
} as const;

/** From the specification's list, not by cost: arithmetic and conversions between floats. */
const GIVES_NAN: ReadonlySet<NodeName> = new Set(
  INSTRUCTIONS.filter(({ name, type }) => {
    if (/\.(neg|abs|copysign)$/.test(name) || !/-> f\d\d$/.test(type)) return false;
    return /^f\d\d/.test(type) && !name.includes('reinterpret');
  }).map(({ name }) => name),
);

const CANONICAL_NAN: Readonly<Record<number, number | bigint>> = { [F32]: 0x7fc00000, [F64]: 0x7ff8000000000000n };

export function toHostForm(program: Program): HostForm {
  const used = [...program.functions, ...program.importedFunctions].map(({ id }) => id);
  let next = Math.max(...used) + 1;
  const exports = new Map<string, string>();
  const globals = new Map<number, string>();
  const functions: FunctionDefinition[] = program.functions
    .map(canonicalised)
    .map((definition) => ({ ...definition, exported: false }));
  const importedFunctions = program.importedFunctions.map((imported) => {
    const id = next++;
    functions.push(importWrapper(imported.id, id, imported.signature));
    return { ...imported, id, signature: bitSignature(imported.signature) };
  });
  const wrap = (id: number, signature: Signature) => {
    const wrapper = next++;
    functions.push(exportWrapper(wrapper, id, signature));
    return functionExportName(wrapper);
  };
  for (const definition of program.functions) {
    if (definition.exported)
      exports.set(functionExportName(definition.id), wrap(definition.id, signatureOf(definition)));
  }
  for (const { id, type } of program.globals) {
    if (type !== F32 && type !== F64) continue;
    const reader = next++;
    functions.push(globalReader(reader, id, type));
    globals.set(id, functionExportName(reader));
  }
  const start = program.start === undefined ? undefined : wrap(program.start, { params: [], results: [] });
  return {
    program: { ...program, functions, importedFunctions, start: undefined, calls: [] },
    exports,
    start,
    globals,
  };
}

/**
 * Bits of the imported globals, as constants of a module that exports them; JavaScript would lose the bits of a NaN.
 */
export function globalsProgram(): Program {
  const globals = (Object.keys(HOST_GLOBALS) as HostGlobalName[]).map((name, id) => {
    const { type, bits } = HOST_GLOBALS[name];
    const unsigned = typeof bits === 'bigint' ? BigInt.asUintN(64, bits) : bits >>> 0;
    return { id, type, mutable: false, init: constant(type, unsigned) };
  });
  return {
    importedFunctions: [],
    importedGlobals: [],
    functions: [],
    memory: undefined,
    tables: [],
    globals,
    data: [],
    elements: [],
    start: undefined,
    guard: undefined,
    dataCount: false,
    shift: NO_SHIFT,
    calls: [],
  };
}

function canonicalised(definition: FunctionDefinition): FunctionDefinition {
  const locals: Local[] = [...definition.locals];
  const ids = [...definition.params, ...definition.locals].map(({ id }) => id);
  let next = Math.max(-1, ...ids) + 1;
  const spares = new Map<ValueType, number>();
  const spare = (type: ValueType) => {
    const known = spares.get(type);
    if (known !== undefined) return known;
    const id = next++;
    locals.push({ id, type });
    spares.set(type, id);
    return id;
  };
  const map = (nodes: readonly Node[]): readonly Node[] => nodes.map((item) => canonical(item, map, spare));
  return { ...definition, body: map(definition.body), locals };
}

/** Replaces `x` with `select(x, nan, x == x)`. */
function canonical(
  item: Node,
  map: (nodes: readonly Node[]) => readonly Node[],
  spare: (type: ValueType) => number,
): Node {
  const inner = {
    ...item,
    operands: map(item.operands),
    body: map(item.body),
    otherwise: item.otherwise && map(item.otherwise),
  };
  if (!GIVES_NAN.has(item.name)) return inner;
  const type = item.results[item.results.length - 1]!;
  const id = spare(type);
  const get = node('local.get', NO_NODES, one(type), id);
  const isNumber = node(type === F32 ? 'f32.eq' : 'f64.eq', [get, get], one(I32));
  const kept = node('local.tee', [inner], item.results, id);
  return node('select', [kept, constant(type, CANONICAL_NAN[type]!), isNumber], item.results);
}

function bitType(type: ValueType): ValueType {
  return type === F32 ? I32 : type === F64 ? I64 : type;
}

function bitSignature({ params, results }: Signature): Signature {
  return { params: params.map(bitType), results: results.map(bitType) };
}

function reinterpreted(value: Node, from: ValueType, to: ValueType): Node {
  if (from === to) return value;
  const name: NodeName =
    to === I32
      ? 'i32.reinterpret_f32'
      : to === I64
        ? 'i64.reinterpret_f64'
        : to === F32
          ? 'f32.reinterpret_i32'
          : 'f64.reinterpret_i64';
  return node(name, [value], one(to));
}

/** Calls `callee` with the parameters in one form and returns its results in another. */
function wrapper(id: number, callee: number, from: Signature, to: Signature): FunctionDefinition {
  const params = from.params.map((type, index) => ({ id: index, type }));
  const held = to.results.map((type, index) => ({ id: params.length + index, type }));
  const args = params.map((param, index) =>
    reinterpreted(node('local.get', NO_NODES, one(param.type), param.id), param.type, to.params[index]!),
  );
  let rest: Node = node('call', args, to.results, callee);
  for (const local of [...held].reverse()) rest = node('local.set', [rest], rest.results.slice(0, -1), local.id);
  const results = held.map((local, index) =>
    reinterpreted(node('local.get', NO_NODES, one(local.type), local.id), local.type, from.results[index]!),
  );
  return { id, params, locals: held, results: from.results, body: [rest, ...results], exported: true, unguarded: true };
}

function exportWrapper(id: number, callee: number, signature: Signature): FunctionDefinition {
  return wrapper(id, callee, bitSignature(signature), signature);
}

function importWrapper(id: number, callee: number, signature: Signature): FunctionDefinition {
  return { ...wrapper(id, callee, signature, bitSignature(signature)), exported: false };
}

function globalReader(id: number, global: number, type: ValueType): FunctionDefinition {
  const results: TypeList = one(bitType(type));
  const value = reinterpreted(node('global.get', NO_NODES, one(type), global), type, bitType(type));
  return { id, params: [], locals: [], results, body: [value], exported: true, unguarded: true };
}
