/**
 * Whom calls through tables may reach, from the module alone: every function of the type that an element segment puts into a table or
 * a reference names.
 */
import { InstructionReader } from '../../wasm/instruction-reader.js';
import type { Module } from '../../wasm/module.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { type FunctionType, functionTypeText, ValueType } from '../../wasm/types.js';
import type { BodyFacts } from './body-scan.js';

export interface TableUse {
  /** Functions that an element segment puts into a table, or may. */
  readonly inTable: ReadonlySet<number>;
  /** Functions that the initialiser of a global names. */
  readonly inGlobals: ReadonlySet<number>;
  /** Of a call through a table by the index of its type: types that are equal have the same number. */
  typeNumber(typeIndex: number): number;
  /** By the number of a type. */
  readonly types: readonly FunctionType[];
  readonly candidates: readonly (readonly number[])[];
  /** A table may have functions that are not the module's. */
  readonly isOpen: boolean;
  /** Functions that may be called from outside by way of a table or a reference. */
  readonly openFunctions: ReadonlySet<number>;
}

export function tableUse(module: Module, bodies: readonly Pick<BodyFacts, 'references'>[]): TableUse {
  const inTable = tableFunctions(module);
  const inGlobals = globalReferences(module);
  const referred = new Set(inGlobals);
  for (const { references } of bodies) for (const index of references) referred.add(index);
  const isOpen = hasOpenTable(module);
  const numbers = new Map<string, number>();
  const types: FunctionType[] = [];
  const byTypeIndex = module.types.map((type) => {
    const text = functionTypeText(type);
    const known = numbers.get(text) ?? types.push(type) - 1;
    numbers.set(text, known);
    return known;
  });
  const candidates: number[][] = types.map(() => []);
  for (const index of new Set([...inTable, ...referred]))
    candidates[byTypeIndex[module.functionTypes[index]]].push(index);
  return {
    inTable,
    inGlobals,
    typeNumber: (typeIndex) => byTypeIndex[typeIndex],
    types,
    candidates,
    isOpen,
    openFunctions: isOpen ? new Set([...inTable, ...referred]) : referred,
  };
}

/** Functions that an element segment puts into a table, or may: by index or in an expression. */
function tableFunctions(module: Module): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { mode, functions, expressions } of module.elements) {
    if (mode === 'declarative') continue;
    for (const index of functions ?? []) found.add(index);
    for (const start of expressions ?? []) addReferences(module, start, found);
  }
  return found;
}

function globalReferences(module: Module): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { init } of module.globalDefinitions) addReferences(module, init.start, found);
  return found;
}

function addReferences(module: Module, start: number, found: Set<number>): void {
  const reader = new InstructionReader(module.bytes, start);
  for (let opcode = reader.opcode(); opcode !== Opcode.End; opcode = reader.opcode()) {
    if (opcode === Opcode.RefFunc) found.add(reader.u32());
    else skipImmediates(reader, opcode);
  }
}

/** Whether a function that is not the module's can get into a table: by the table itself, or as a value. */
function hasOpenTable(module: Module): boolean {
  const isReference = (type: number): boolean => type === ValueType.FuncRef;
  return (
    module.importedTables > 0 ||
    module.exports.some(({ kind }) => kind === 'table') ||
    module.types.some(({ params, results }) => params.some(isReference) || results.some(isReference)) ||
    module.globals.some(({ type }, index) => index < module.importedGlobals && isReference(type))
  );
}
