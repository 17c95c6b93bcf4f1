/** `src/interpreter/op-forms.ts`, written from the rows: which operations an instruction has, by the form of its operands. */
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

/** A relation by its name in the text format: the same with its operands exchanged, and its contrary. */
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
/** Relations that have no operation between slots: their operands are exchanged. */
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
      // NaN: the contrary of a float comparison is another branch, not another relation.
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
    lines.push(`  '${instruction}': { ${fields.join(', ')} },\n`);
  }
  return lines.join('');
}

function formsOf(suffix: string): string {
  return ROWS.filter(({ name, access }) => access !== undefined && NAMES.has(`${name}${suffix}`))
    .map(({ name }) => `  [Op.${name}, ${named(`${name}${suffix}`)}],\n`)
    .join('');
}

/** Rows of the instructions that access memory. Values move as bits, so a float is loaded and stored as an integer. */
const ACCESSES = (INSTRUCTIONS as readonly InstructionRow[]).flatMap(({ name, type, bytes }) =>
  bytes === undefined ? [] : [{ name, isStore: type.endsWith('->'), wide: type.endsWith('64'), bytes }],
);

function loads(): string {
  return ACCESSES.filter(({ isStore }) => !isStore)
    .map(({ name, wide }) => `  '${name}': { op: ${named(pascalCase(name).replace(/^F/, 'I'))}, wide: ${wide} },\n`)
    .join('');
}

/** A store writes the low bytes of its value, whatever the type. */
function stores(): string {
  return ACCESSES.filter(({ isStore }) => isStore)
    .map(({ name, bytes }) => {
      const op = bytes === 8 ? 'I64Store' : bytes === 4 ? 'I32Store' : `I32Store${8 * bytes}`;
      return `  '${name}': { op: ${named(op)}, immOp: ${NAMES.has(`${op}Imm`) ? named(`${op}Imm`) : 'undefined'} },\n`;
    })
    .join('');
}

/** How an instruction that is one operation is compiled: what of the operation's words is result, operand, immediate. */
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

/** Instructions with a form for a constant, and which operand may be one. */
function constantForms(): string {
  return ROWS.flatMap(({ name, of, constant }) =>
    constant === undefined
      ? []
      : [`  '${of}': { op: Op.${name}, immOp: ${named(`${name}Imm`)}, constant: '${constant}' },\n`],
  ).join('');
}

export function opFormsText(): string {
  return `/**
 * Which operations an instruction has, by the form of its operands.
 *
 * ${GENERATED_NOTE}
 */
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

// biome-ignore format: one instruction, one line
export const COMPARISONS = {
${comparisons()}} as const satisfies Readonly<Record<string, ComparisonValue | Comparison | ImmediateComparison>>;

export const LOADS = {
${loads()}} as const;

/** With the form for a constant value, if there is one. */
export const STORES = {
${stores()}} as const;

/** Loads and stores whose address is the sum of a slot and a constant. */
export const SUM_FORMS: ReadonlyMap<Op, Op> = new Map([
${formsOf('Sum')}]);

/** Loads and stores at a constant address. */
export const FIXED_FORMS: ReadonlyMap<Op, Op> = new Map([
${formsOf('Abs')}]);

/** Loads whose address is the sum of two slots. */
export const INDEXED_FORMS: ReadonlyMap<Op, Op> = new Map([
${formsOf('Indexed')}]);

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

/** An operator that may take a constant from the code. */
export interface ConstantForm {
  readonly op: Op;
  readonly immOp: Op;
  readonly constant: Constant;
}

// biome-ignore format: one instruction, one line
export const CONSTANT_FORMS = {
${constantForms()}} as const satisfies Readonly<Record<string, ConstantForm>>;

// biome-ignore format: one instruction, one line
export const OPERATIONS = {
${operations()}} as const satisfies Readonly<Record<string, Operation>>;
`;
}
