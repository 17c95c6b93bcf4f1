/**
 * Smaller programs that are still valid, the boldest cut first: calls, functions, items of the module, then the bodies
 * node by node, then the rest of the tables, segments and the guard. Lazily enumerated.
 */
import { ValueType } from '../wasm/types.js';
import type { Value } from '../wasm/value.js';
import { type FunctionDefinition, NO_SHIFT, type Node, type Program, type Shift, zero, zeros } from './program.js';
import { repair } from './repair-program.js';
import { withoutFunctionParams, withoutFunctionResults } from './shrink-arity.js';
import { shrinkSequence } from './shrink-nodes.js';
import { withoutFunctionParam, withoutFunctionResult } from './shrink-values.js';

export interface ShrinkOptions {
  /** Keep the guard, which makes every run end without fuel. */
  readonly keepGuard: boolean;
}

export function* shrinkProgram(program: Program, options: ShrinkOptions): Generator<Program> {
  for (const cut of cuts(program, options)) yield repair(cut);
}

type ListName =
  | 'functions'
  | 'calls'
  | 'importedFunctions'
  | 'importedGlobals'
  | 'tables'
  | 'globals'
  | 'data'
  | 'elements';

function* cuts(program: Program, options: ShrinkOptions): Generator<Program> {
  yield* smallerShifts(program);
  yield* withoutItems(program, 'calls', 1);
  yield* withoutItems(program, 'functions', 1);
  yield* withoutCallers(program);
  if (program.start !== undefined) yield { ...program, start: undefined };
  yield* emptiedBodies(program);
  yield* withoutItems(program, 'elements', 0);
  yield* withoutItems(program, 'data', 0);
  yield* withoutItems(program, 'tables', 0);
  yield* withoutItems(program, 'globals', 0);
  yield* withoutItems(program, 'importedFunctions', 0);
  yield* withoutItems(program, 'importedGlobals', 0);
  if (program.memory !== undefined) yield { ...program, memory: undefined };
  if (program.dataCount) yield { ...program, dataCount: false };
  if (program.guard !== undefined && !options.keepGuard) yield { ...program, guard: undefined };
  yield* smallerSignatures(program);
  yield* smallerBodies(program);
  yield* smallerLocals(program);
  yield* smallerCalls(program);
  yield* smallerItems(program);
}

/** Each part of the shift removed, halved, reduced by one. */
function* smallerShifts(program: Program): Generator<Program> {
  const names = Object.keys(program.shift) as (keyof Shift)[];
  const shifted = names.filter((name) => program.shift[name] > 0);
  if (shifted.length > 1) yield { ...program, shift: NO_SHIFT };
  for (const name of shifted) {
    const value = program.shift[name];
    for (const smaller of new Set([0, value >> 1, value - 1])) {
      yield { ...program, shift: { ...program.shift, [name]: smaller } };
    }
  }
}

/** Runs of items removed, long runs first; at least `keep` stay. */
function* withoutItems(program: Program, name: ListName, keep: number): Generator<Program> {
  const items: readonly unknown[] = program[name];
  for (let length = items.length - keep; length > 0; length = length >> 1) {
    for (let start = 0; start + length <= items.length; start += length) {
      yield { ...program, [name]: [...items.slice(0, start), ...items.slice(start + length)] };
    }
    const rest = items.length % length;
    if (rest > 0) yield { ...program, [name]: items.slice(0, items.length - length) };
  }
}

function withFunction(program: Program, index: number, definition: FunctionDefinition): Program {
  return { ...program, functions: program.functions.map((one, at) => (at === index ? definition : one)) };
}

function* emptiedBodies(program: Program): Generator<Program> {
  for (const [index, definition] of program.functions.entries()) {
    const body = zeros(definition.results);
    if (definition.body.length > body.length || definition.body.some((one, at) => one.name !== body[at]?.name)) {
      yield withFunction(program, index, { ...definition, body });
    }
  }
}

function* smallerSignatures(program: Program): Generator<Program> {
  for (const definition of program.functions) {
    if (definition.results.length > 0) yield withoutFunctionResults(program, definition);
    if (definition.params.length > 0) yield withoutFunctionParams(program, definition);
    if (definition.results.length > 1) {
      for (const index of definition.results.keys()) {
        const less = withoutFunctionResult(program, definition, index);
        if (less !== undefined) yield less;
      }
    }
    if (definition.params.length > 1) {
      for (const index of definition.params.keys()) {
        const less = withoutFunctionParam(program, definition, index);
        if (less !== undefined) yield less;
      }
    }
  }
}

/** Removes an exported function, and exports one that it calls instead. */
function* withoutCallers(program: Program): Generator<Program> {
  for (const caller of program.functions) {
    const isCalled = program.calls.some((call) => call.function === caller.id);
    if (!isCalled || program.functions.length === 1) continue;
    const called = new Set<number>();
    gatherCalled(caller.body, called);
    for (const { id, params, results } of program.functions) {
      if (id === caller.id || !called.has(id) || !results.every(isNumber)) continue;
      yield {
        ...program,
        functions: program.functions
          .filter((one) => one !== caller)
          .map((one) => (one.id === id ? { ...one, exported: true } : one)),
        calls: program.calls.map((call) =>
          call.function === caller.id ? { function: id, args: params.map(({ type }) => zeroValue(type)) } : call,
        ),
      };
    }
  }
}

function gatherCalled(nodes: readonly Node[], called: Set<number>): void {
  for (const one of nodes) {
    if (one.name === 'call' || one.name === 'return_call') called.add(one.first);
    gatherCalled(one.operands, called);
    gatherCalled(one.body, called);
    if (one.otherwise !== undefined) gatherCalled(one.otherwise, called);
  }
}

/** Values of other types cannot be passed to or from the host. */
function isNumber(type: ValueType): boolean {
  return type !== ValueType.FuncRef && type !== ValueType.ExternRef;
}

function zeroValue(type: ValueType): Value {
  switch (type) {
    case ValueType.I32:
      return { type: 'i32', bits: 0 };
    case ValueType.F32:
      return { type: 'f32', bits: 0 };
    case ValueType.I64:
      return { type: 'i64', bits: 0n };
    case ValueType.F64:
      return { type: 'f64', bits: 0n };
    case ValueType.FuncRef:
      return { type: 'funcref', ref: null };
    case ValueType.ExternRef:
      return { type: 'externref', ref: null };
  }
}

function* smallerBodies(program: Program): Generator<Program> {
  for (const [index, definition] of program.functions.entries()) {
    for (const body of shrinkSequence(definition.body, program.functions)) {
      yield withFunction(program, index, { ...definition, body });
    }
  }
}

/** Without unused locals. */
function* smallerLocals(program: Program): Generator<Program> {
  for (const [index, definition] of program.functions.entries()) {
    const named = new Set<number>();
    gatherLocals(definition.body, named);
    const locals = definition.locals.filter(({ id }) => named.has(id));
    if (locals.length < definition.locals.length) yield withFunction(program, index, { ...definition, locals });
  }
}

function gatherLocals(nodes: readonly Node[], named: Set<number>): void {
  for (const one of nodes) {
    if (one.name === 'local.get' || one.name === 'local.set' || one.name === 'local.tee') named.add(one.first);
    gatherLocals(one.operands, named);
    gatherLocals(one.body, named);
    if (one.otherwise !== undefined) gatherLocals(one.otherwise, named);
  }
}

function* smallerCalls(program: Program): Generator<Program> {
  for (const [index, call] of program.calls.entries()) {
    for (const [position, arg] of call.args.entries()) {
      if (!('bits' in arg) || BigInt(arg.bits) === 0n) continue;
      const zeroed = { ...arg, bits: typeof arg.bits === 'bigint' ? 0n : 0 } as Value;
      const args = call.args.map((one, at) => (at === position ? zeroed : one));
      yield { ...program, calls: program.calls.map((one, at) => (at === index ? { ...call, args } : one)) };
    }
  }
}

/** Smaller memories, tables, segments and initialisers. */
function* smallerItems(program: Program): Generator<Program> {
  const { memory, guard } = program;
  if (memory !== undefined && memory.pagesMin > 0) yield { ...program, memory: { ...memory, pagesMin: 0 } };
  if (guard !== undefined && guard.budget > 0) {
    for (const budget of new Set([0, guard.budget >> 1, guard.budget - 1]))
      yield { ...program, guard: { ...guard, budget } };
  }
  for (const [index, table] of program.tables.entries()) {
    if (table.min > 0) yield replaced(program, 'tables', index, { ...table, min: 0 });
  }
  for (const [index, global] of program.globals.entries()) {
    const simple = zero(global.type);
    if (global.init.name !== simple.name || BigInt(global.init.bits) !== 0n) {
      yield replaced(program, 'globals', index, { ...global, init: simple });
    }
  }
  for (const [index, segment] of program.data.entries()) {
    if (segment.bytes.length > 0) yield replaced(program, 'data', index, { ...segment, bytes: [] });
    if (segment.bytes.length > 1) {
      yield replaced(program, 'data', index, { ...segment, bytes: segment.bytes.slice(0, segment.bytes.length >> 1) });
    }
  }
  for (const [index, segment] of program.elements.entries()) {
    if (segment.items.length === 0) continue;
    yield replaced(program, 'elements', index, { ...segment, items: [] });
    yield replaced(program, 'elements', index, { ...segment, items: segment.items.slice(0, -1) });
  }
}

function replaced<N extends ListName>(program: Program, name: N, index: number, item: Program[N][number]): Program {
  const items: readonly unknown[] = program[name];
  return { ...program, [name]: items.map((one, at) => (at === index ? item : one)) };
}
