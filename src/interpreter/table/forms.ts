/**
 * Templates of rows: the common parts of operations of one form. `A` and `B` in a body are placeholders for its
 * operands.
 */
import type { InstructionName } from '../../wasm/instructions.js';
import type { Access, Constant, Next, OpRow, Outer } from './row.js';

type View = 'i32' | 'f32' | 'f64';

/** How an expression becomes a value of each view: a float's NaN is the canonical one, written as integer bits. */
export const RESULT: Readonly<Record<View, (expression: string) => string>> = {
  i32: (expression) => `d.i32 = ${expression};`,
  f32: (expression) => `x = ${expression}; if (x === x) d.f32 = x; else d.i32 = 0x7fc0_0000;`,
  f64: (expression) => `x = ${expression}; if (x === x) d.f64 = x; else { d.low = 0; d.high = 0x7ff8_0000; }`,
};

function filled(text: string, a: string, b: string): string {
  return text.replace(/\bA\b/g, a).replace(/\bB\b/g, b);
}

/** An operation of the loop with its own body. */
export function op(name: string, operands: string, loop: string, next: Next = 'next', outer?: Outer): OpRow {
  return { name, operands, loop, next, ...(outer === undefined ? {} : { outer }) };
}

/** An operation outside the loop, with a body in `rare.ts`. */
export function rare(name: string, operands: string, body: string, outer: 'rare' | 'charging' = 'rare'): OpRow {
  return { name, operands, rare: body, outer, next: 'next' };
}

/** The same, for an operation that is all of an instruction. */
export function whole(
  of: InstructionName,
  name: string,
  operands: string,
  body: string,
  outer: 'rare' | 'charging' = 'rare',
): OpRow {
  return { ...rare(name, operands, body, outer), of };
}

/** `d a`: from one value to one value. */
export function unary(name: string, from: View, to: View, expression: string, of?: InstructionName): OpRow {
  return direct(op(name, 'd a', RESULT[to](filled(expression, `a.${from}`, ''))), of);
}

/** The row of an instruction that is exactly this operation, for any operands. */
export function direct(row: OpRow, of: InstructionName | undefined): OpRow {
  return of === undefined ? row : { ...row, of };
}

/** `d a`, outside the loop: the rule of the instruction is only this operation. */
export function rareUnary(of: InstructionName, name: string, from: View, to: View, expression: string): OpRow {
  return { ...rare(name, 'd a', RESULT[to](filled(expression, `a.${from}`, ''))), of };
}

/** The row of an instruction that has a form with a constant: of the same name, or of another instruction. */
export function orConstant(constant: Constant, of: InstructionName, row: OpRow, constantForm?: string): OpRow {
  return { ...row, of, constant, ...(constantForm === undefined ? {} : { constantForm }) };
}

/** An operation that replaces two others. */
export function fused(first: string, second: string, row: OpRow): OpRow {
  return { ...row, fuses: [first, second] };
}

/** `d a b` and, if an operand may be a constant, `d a imm`. */
export function binary(
  of: InstructionName,
  name: string,
  view: View,
  expression: string,
  constantKind: Constant | '',
): readonly OpRow[] {
  const form = (suffix: string, operands: string, right: string): OpRow =>
    op(`${name}${suffix}`, operands, RESULT[view](filled(expression, `a.${view}`, right)));
  const slots = form('', 'd a b', `b.${view}`);
  if (constantKind === '') return [direct(slots, of)];
  // 64-bit constants are in an array beside the code.
  const constant = view === 'f64' ? 'constants[constant.word]' : 'imm.word';
  return [orConstant(constantKind, of, slots), form('Imm', view === 'f64' ? 'd a constant' : 'd a imm', constant)];
}

/** `d a b`, outside the loop. */
export function rareBinary(of: InstructionName, name: string, view: View, expression: string): OpRow {
  return { ...rare(name, 'd a b', RESULT[view](filled(expression, `a.${view}`, `b.${view}`))), of };
}

/** i64 `d a b`, with a body in halves. */
export function wide(name: string, body: string): OpRow {
  return op(name, 'd a b', body);
}

/** i64 `d a imm`; the constant is the sign-extended `imm`. */
export function wideImm(name: string, body: string): OpRow {
  return op(name, 'd a imm', `imm = imm.word; ${body}`);
}

/** A truncation that traps if out of range. */
export function truncation(name: string, from: View, range: string, value: string): OpRow {
  const trapping = `trap(x === x ? 'IntegerOverflow' : 'InvalidConversion');`;
  return op(name, 'd a', `x = a.${from}; if (${range}) d.i32 = ${value}; else ${trapping}`);
}

// Branches: if taken, it pays for the metering block at the target, otherwise for the block after it.

const BRANCH_OPERANDS = 'target cost costElse';

/** The end of an operation that branches on a test. */
function branchOn(test: string): string {
  return `if (${test}) { fuel = (fuel - cost.word) | 0; pc = target.word; }
    else { fuel = (fuel - costElse.word) | 0; pc = (pc + LENGTH) | 0; }`;
}

export function branch(name: string, operands: string, test: string, before = ''): OpRow {
  return op(name, `${operands} ${BRANCH_OPERANDS}`, `${before} ${branchOn(test)}`.trim(), 'jump');
}

/** A comparison as a value and as a branch. */
function comparison(name: string, operands: string, test: string, before = ''): readonly OpRow[] {
  return [
    branch(`Branch${name}`, operands, test, before),
    op(name, `d ${operands}`, `${before} d.i32 = ${test} ? 1 : 0;`.trim()),
  ];
}

/**
 * A comparison of i32, with a form for a constant on the right. `slots` leaves out forms that result from swapped
 * operands.
 */
export function compareI32(name: string, test: string, slots: 'slots' | '' = 'slots'): readonly OpRow[] {
  const constant = comparison(`${name}Imm`, 'a imm', filled(test, 'a.i32', 'imm.word'));
  return slots === '' ? constant : [...comparison(name, 'a b', filled(test, 'a.i32', 'b.i32')), ...constant];
}

/** A comparison of i64 by halves. */
export function compareI64(name: string, test: string): readonly OpRow[] {
  return comparison(name, 'a b', test);
}

/** A comparison of f64: its negation is a separate branch, because every comparison with a NaN is false. */
export function compareF64(name: string, test: string, contrary: 'contrary' | '' = 'contrary'): readonly OpRow[] {
  const filledTest = filled(test, 'a.f64', 'b.f64');
  const value = op(name, 'd a b', `d.i32 = ${filledTest} ? 1 : 0;`);
  if (contrary === '') return [value];
  return [value, branch(`Branch${name}`, 'a b', filledTest), branch(`BranchUnless${name}`, 'a b', `!(${filledTest})`)];
}

// Memory accesses. The check is on 32-bit integers; cases that it cannot decide go to `far`, which also traps.

type AddressForm = '' | 'Indexed' | 'Sum' | 'Abs';
/** The addition that becomes part of an access. */
const ADDITION: Readonly<Partial<Record<AddressForm, string>>> = { Indexed: 'I32Add', Sum: 'I32AddImm' };

/** For each form of an address: its operands, and the base to which the offset is added. */
const ADDRESS: Readonly<Record<Exclude<AddressForm, 'Abs'>, { readonly operands: string; readonly base: string }>> = {
  '': { operands: 'a', base: 'a.i32' },
  Indexed: { operands: 'a b', base: '(a.i32 + b.i32) | 0' },
  Sum: { operands: 'a imm', base: '(a.i32 + imm.word) | 0' },
};

function checked(form: AddressForm, bytes: number): string {
  // A constant address is known to be near, so if the loop leaves, it is out of bounds.
  if (form === 'Abs') return `at = address.word; if (at > memoryEnd - ${bytes}) leave;`;
  return `base = ${ADDRESS[form].base}; at = (base + offset.word) | 0; if ((base | at) < 0 || at > memoryEnd - ${bytes}) leave;`;
}

/** @param name without the form of the address */
function accessRow(name: string, form: AddressForm, operands: string, body: string, access: Access): OpRow {
  const loop = `${checked(form, access.bytes)} ${body}`;
  const row: OpRow = { name: `${name}${form}`, operands, loop, outer: 'far', next: 'next', access };
  const addition = ADDITION[form];
  return addition === undefined ? row : fused(addition, name, row);
}

interface LoadForm {
  readonly bytes: Access['bytes'];
  readonly signed?: boolean;
  readonly wide?: boolean;
  /** Uses `at`. */
  readonly body: string;
  readonly forms?: readonly AddressForm[];
}

/** A load in the forms of its address. */
export function load(
  name: string,
  { bytes, signed = true, wide: isWide = false, body, forms = [''] }: LoadForm,
): readonly OpRow[] {
  const access: Access = { bytes, kind: 'load', signed, wide: isWide };
  return forms.map((form) => {
    const operands = form === 'Abs' ? 'd address' : `d ${ADDRESS[form].operands} offset`;
    return accessRow(name, form, operands, body, access);
  });
}

interface StoreForm {
  readonly bytes: Access['bytes'];
  readonly wide?: boolean;
  readonly body: string;
  /** With `Imm`, the value is a constant. */
  readonly forms?: readonly (AddressForm | 'Imm' | 'ImmSum')[];
}

/** A store in the forms of its address and value; `V` in its body is a placeholder for the value. */
export function store(name: string, { bytes, wide: isWide = false, body, forms = [''] }: StoreForm): readonly OpRow[] {
  const access: Access = { bytes, kind: 'store', signed: false, wide: isWide };
  return forms.map((form) => {
    const immediate = form.startsWith('Imm');
    const address = form.replace('Imm', '') as 'Sum' | 'Abs' | '';
    const value = immediate ? 'value' : 'b';
    const operands = address === 'Abs' ? `address ${value}` : `${ADDRESS[address].operands} ${value} offset`;
    const text = body.replace(/\bV\b/g, immediate ? 'value.word' : 'b.i32');
    return accessRow(`${name}${immediate ? 'Imm' : ''}`, address, operands, text, access);
  });
}
