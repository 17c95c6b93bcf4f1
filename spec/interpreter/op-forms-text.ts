/**
 * `src/interpreter/op-forms.ts`, written from the rows: the operations of each instruction, by the form of its
 * operands.
 */
import { ROWS } from '../../src/interpreter/table/rows.js';
import { INSTRUCTIONS, type InstructionRow } from '../../src/wasm/instructions.js';
import { operandsOf } from './body-text.js';
import { GENERATED_NOTE } from './generated-note.js';
import { pascalCase } from './pascal-case.js';

const NAMES = new Set(ROWS.map(({ name }) => name));
const named = (name: string): string => {
  if (!NAMES.has(name)) throw new Error(`there is no row ${name}`);
  return `Op.${name}`;
};
const orUndefined = (name: string | undefined): string =>
  name === undefined || !NAMES.has(name) ? 'undefined' : named(name);
/** Operations that combine two others, with the names of both. */
const FUSED = ROWS.flatMap(({ name, fuses }) => {
  if (fuses === undefined) return [];
  const [first, second] = fuses;
  // Both are rows.
  named(first);
  named(second);
  return [{ name, first, second }];
});
const fusionOf = (first: string, second: string): string | undefined =>
  FUSED.find((row) => row.first === first && row.second === second)?.name;

/** A relation by its name in the text format, the same with its operands exchanged, and its negation. */
const RELATIONS = [
  { name: 'eq', form: 'Eq', exchanged: 'Eq', contrary: 'Ne' },
  { name: 'ne', form: 'Ne', exchanged: 'Ne', contrary: 'Eq' },
  ...['S', 'U', ''].flatMap((sign) => {
    const suffix = sign === '' ? '' : `_${sign.toLowerCase()}`;
    return [
      { name: `lt${suffix}`, form: `Lt${sign}`, exchanged: `Gt${sign}`, contrary: `Ge${sign}` },
      { name: `gt${suffix}`, form: `Gt${sign}`, exchanged: `Lt${sign}`, contrary: `Le${sign}` },
      { name: `le${suffix}`, form: `Le${sign}`, exchanged: `Ge${sign}`, contrary: `Gt${sign}` },
      { name: `ge${suffix}`, form: `Ge${sign}`, exchanged: `Le${sign}`, contrary: `Lt${sign}` },
    ];
  }),
];
/** Relations without an operation between slots: their operands are exchanged. */
const isExchanged = (form: string): boolean => form.startsWith('Gt') || form.startsWith('Ge');

function comparisons(): string {
  const lines: string[] = [];
  for (const { name: instruction } of INSTRUCTIONS) {
    const [type, operator] = instruction.split('.') as [string, string];
    const relation = RELATIONS.find(({ name }) => name === operator);
    if (relation === undefined) continue;
    const capital = type.toUpperCase();
    const swap = isExchanged(relation.form);
    const set = `${capital}${swap ? relation.exchanged : relation.form}`;
    const fields = [`set: ${named(set)}`, `swap: ${swap}`];
    if (type === 'f64') {
      // NaN: the negation of a float comparison is another branch, not another relation.
      const isNe = relation.form === 'Ne';
      const branch = isNe ? 'F64Eq' : set;
      const [yes, no] = [`Branch${branch}`, `BranchUnless${branch}`];
      fields.push(`branch: ${named(isNe ? no : yes)}`, `branchNot: ${named(isNe ? yes : no)}`, 'swapNot: false');
    } else if (type !== 'f32') {
      const not = relation.contrary;
      const swapsNot = isExchanged(not);
      const exchangedNot = RELATIONS.find(({ form }) => form === not)!.exchanged;
      fields.push(
        `branch: ${named(`Branch${set}`)}`,
        `branchNot: ${named(`Branch${capital}${swapsNot ? exchangedNot : not}`)}`,
      );
      fields.push(`swapNot: ${swap !== swapsNot}`);
    }
    if (type === 'i32') {
      fields.push(`setImm: ${named(`I32${relation.form}Imm`)}`, `branchImm: ${named(`BranchI32${relation.form}Imm`)}`);
      fields.push(`branchNotImm: ${named(`BranchI32${relation.contrary}Imm`)}`);
    }
    if (type === 'i64' && (relation.form === 'Eq' || relation.form === 'Ne')) {
      const [yes, no] = relation.form === 'Eq' ? ['BranchI64Eqz', 'BranchI64Nez'] : ['BranchI64Nez', 'BranchI64Eqz'];
      fields.push(`branchZero: ${named(yes)}`, `branchNotZero: ${named(no)}`);
    }
    lines.push(`  '${instruction}': { ${fields.join(', ')} },\n`);
  }
  return lines.join('');
}

/** Rows of the instructions that access memory. Values move as bits, so a float is loaded and stored as an integer. */
const ACCESSES = (INSTRUCTIONS as readonly InstructionRow[]).flatMap(({ name, type, bytes }) =>
  bytes === undefined ? [] : [{ name, isStore: type.endsWith('->'), wide: type.endsWith('64'), bytes }],
);

/** The forms of an access by its address. */
function addressForms(op: string): string {
  return `op: ${named(op)}, sum: ${orUndefined(fusionOf('I32AddImm', op))}, fixed: ${orUndefined(`${op}Abs`)}`;
}

const LOADS = ACCESSES.filter(({ isStore }) => !isStore).map(({ name, wide }) => ({
  name,
  wide,
  op: pascalCase(name).replace(/^F/, 'I'),
}));

function loads(): string {
  return LOADS.map(({ name, op, wide }) => `  '${name}': { ${addressForms(op)}, wide: ${wide} },\n`).join('');
}

function indexedLoads(): string {
  return LOADS.flatMap(({ name, op, wide }) => {
    const indexed = fusionOf('I32Add', op);
    return indexed === undefined ? [] : [`  [Opcode.${pascalCase(name)}, { op: ${named(indexed)}, wide: ${wide} }],\n`];
  }).join('');
}

/** A store writes the low bytes of its value, whatever the type. */
function stores(): string {
  return ACCESSES.filter(({ isStore }) => isStore)
    .map(({ name, bytes }) => {
      const op = bytes === 8 ? 'I64Store' : bytes === 4 ? 'I32Store' : `I32Store${8 * bytes}`;
      const imm = NAMES.has(`${op}Imm`) ? `{ ${addressForms(`${op}Imm`)} }` : 'undefined';
      return `  '${name}': { ${addressForms(op)}, imm: ${imm} },\n`;
    })
    .join('');
}

/**
 * How an instruction that maps to one operation is compiled: which of the operation's words are result, operand,
 * immediate.
 */
function operations(): string {
  return ROWS.flatMap((row) => {
    if (row.of === undefined || row.constant !== undefined) return [];
    const instruction = (INSTRUCTIONS as readonly InstructionRow[]).find(({ name }) => name === row.of);
    if (instruction === undefined)
      throw new Error(
        `${row.name} is the operation of '${row.of}', which is no instruction: add its row to src/wasm/instructions.ts`,
      );
    const immediates = instruction.immediates.split(' ').filter((kind) => kind !== 'none');
    const memories = immediates.filter((kind) => kind === 'memory').length;
    const words = immediates.length - memories;
    const names = operandsOf(row);
    const result = !names.includes('d') ? 'none' : instruction.type.endsWith('64') ? 'wide' : 'narrow';
    const operands = names.length - words - (result === 'none' ? 0 : 1);
    return [
      `  '${row.of}': { op: Op.${row.name}, result: '${result}', operands: ${operands}, words: ${words}, memories: ${memories} },\n`,
    ];
  }).join('');
}

/**
 * Operators with a constant that may later be fused into one operation. A branch includes the code emitted before it.
 */
const WAITING = FUSED.filter(({ first, second }) => first.endsWith('Imm') && !second.startsWith('Branch'));

/** Instructions with a form for a constant, and which of their operands may be the constant. */
function constantForms(): string {
  return ROWS.flatMap(({ name, of, constant, constantForm = `${name}Imm` }) => {
    if (of === undefined || constant === undefined) return [];
    const forms = [`op: Op.${name}`, `immOp: ${named(constantForm)}`, `constant: '${constant}'`];
    const takesIn = WAITING.filter(({ second }) => second === name).map((row) => `[Op.${row.first}]: Op.${row.name}`);
    if (takesIn.length > 0) forms.push(`takesIn: { ${takesIn.join(', ')} }`);
    const waits = WAITING.some(({ first }) => first === constantForm);
    return [`  '${of}': { ${forms.join(', ')}, waits: ${waits}, wide: ${!of.startsWith('i32')} },\n`];
  }).join('');
}

function countedForms(): string {
  return FUSED.filter(({ second }) => second.startsWith('Branch'))
    .map(({ name, first, second }) => `  { sum: ${named(first)}, test: ${named(second)}, counted: ${named(name)} },\n`)
    .join('');
}

export function opFormsText(): string {
  return `/**
 * Which operations an instruction has, by the form of its operands.
 *
 * ${GENERATED_NOTE}
 */
import { Opcode } from '../wasm/opcode.js';
import { Op } from './op.js';
import type { Constant } from './table/row.js';

/** A comparison as a value. \`gt\` and \`ge\` are \`lt\` and \`le\` with their operands exchanged. */
export interface ComparisonValue {
  readonly set: Op;
  /** Exchanges the operands of \`set\` and \`branch\`. */
  readonly swap: boolean;
}

/** A comparison as a value, as a branch, as the branch on the contrary. */
export interface Comparison extends ComparisonValue {
  readonly branch: Op;
  readonly branchNot: Op;
  /** Exchanges the operands of \`branchNot\` once more. */
  readonly swapNot: boolean;
}

/** With a constant on the right, which need not be exchanged. */
export interface ImmediateComparison extends Comparison {
  readonly setImm: Op;
  readonly branchImm: Op;
  readonly branchNotImm: Op;
}

/** An (in)equality of i64, with a branch on one with zero. */
export interface EqualityI64 extends Comparison {
  readonly branchZero: Op;
  readonly branchNotZero: Op;
}

// biome-ignore format: one instruction, one line
export const COMPARISONS = {
${comparisons()}} as const satisfies Readonly<
  Record<string, ComparisonValue | Comparison | ImmediateComparison | EqualityI64>
>;

/** Additions that count in a loop, each with the test of the sum that takes it in. */
export const COUNTED_FORMS = [
${countedForms()}] as const;

/** A load or store by its address: in a slot, the sum of a slot and a constant, a constant. */
export interface AddressForms {
  readonly op: Op;
  readonly sum: Op | undefined;
  readonly fixed: Op | undefined;
}

export interface Load extends AddressForms {
  readonly wide: boolean;
}

export interface Store extends AddressForms {
  /** Of a constant value. */
  readonly imm: AddressForms | undefined;
}

// biome-ignore format: one instruction, one line
export const LOADS = {
${loads()}} as const satisfies Readonly<Record<string, Load>>;

/** Loads whose address is the sum of two slots. */
export const INDEXED_LOADS: ReadonlyMap<Opcode, { readonly op: Op; readonly wide: boolean }> = new Map([
${indexedLoads()}]);

// biome-ignore format: one instruction, one line
export const STORES = {
${stores()}} as const satisfies Readonly<Record<string, Store>>;

/** An instruction that is one operation. */
export interface Operation {
  readonly op: Op;
  /** Whether it takes two slots. */
  readonly result: 'none' | 'narrow' | 'wide';
  /** From the stack. */
  readonly operands: number;
  /** Immediates that are words of the operation, then those that name a memory and are none. */
  readonly words: number;
  readonly memories: number;
}

/** The operation that an operator is with one that waits for it, by the one that waits. */
export type TakenIn = Readonly<Record<number, Op | undefined>>;

/** An operator that may take a constant from the code. */
export interface ConstantForm {
  readonly op: Op;
  readonly immOp: Op;
  readonly constant: Constant;
  readonly takesIn?: TakenIn;
  /** With a constant it waits for an operation that takes it in. */
  readonly waits: boolean;
  readonly wide: boolean;
}

// biome-ignore format: one instruction, one line
export const CONSTANT_FORMS = {
${constantForms()}} as const satisfies Readonly<Record<string, ConstantForm>>;

// biome-ignore format: one instruction, one line
export const OPERATIONS = {
${operations()}} as const satisfies Readonly<Record<string, Operation>>;
`;
}
