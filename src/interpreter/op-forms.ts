/**
 * Which operations an instruction has, by the form of its operands.
 *
 * Generated from `interpreter/table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.
 */
import { Opcode } from '../wasm/opcode.js';
import { Op } from './op.js';
import type { Constant } from './table/row.js';

/** A comparison as a value. `gt` and `ge` are `lt` and `le` with their operands exchanged. */
export interface ComparisonValue {
  readonly set: Op;
  /** Exchanges the operands of `set` and `branch`. */
  readonly swap: boolean;
}

/** A comparison as a value, as a branch, as the branch on the contrary. */
export interface Comparison extends ComparisonValue {
  readonly branch: Op;
  readonly branchNot: Op;
  /** Exchanges the operands of `branchNot` once more. */
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
  'i32.eq': { set: Op.I32Eq, swap: false, branch: Op.BranchI32Eq, branchNot: Op.BranchI32Ne, swapNot: false, setImm: Op.I32EqImm, branchImm: Op.BranchI32EqImm, branchNotImm: Op.BranchI32NeImm },
  'i32.ne': { set: Op.I32Ne, swap: false, branch: Op.BranchI32Ne, branchNot: Op.BranchI32Eq, swapNot: false, setImm: Op.I32NeImm, branchImm: Op.BranchI32NeImm, branchNotImm: Op.BranchI32EqImm },
  'i32.lt_s': { set: Op.I32LtS, swap: false, branch: Op.BranchI32LtS, branchNot: Op.BranchI32LeS, swapNot: true, setImm: Op.I32LtSImm, branchImm: Op.BranchI32LtSImm, branchNotImm: Op.BranchI32GeSImm },
  'i32.lt_u': { set: Op.I32LtU, swap: false, branch: Op.BranchI32LtU, branchNot: Op.BranchI32LeU, swapNot: true, setImm: Op.I32LtUImm, branchImm: Op.BranchI32LtUImm, branchNotImm: Op.BranchI32GeUImm },
  'i32.gt_s': { set: Op.I32LtS, swap: true, branch: Op.BranchI32LtS, branchNot: Op.BranchI32LeS, swapNot: true, setImm: Op.I32GtSImm, branchImm: Op.BranchI32GtSImm, branchNotImm: Op.BranchI32LeSImm },
  'i32.gt_u': { set: Op.I32LtU, swap: true, branch: Op.BranchI32LtU, branchNot: Op.BranchI32LeU, swapNot: true, setImm: Op.I32GtUImm, branchImm: Op.BranchI32GtUImm, branchNotImm: Op.BranchI32LeUImm },
  'i32.le_s': { set: Op.I32LeS, swap: false, branch: Op.BranchI32LeS, branchNot: Op.BranchI32LtS, swapNot: true, setImm: Op.I32LeSImm, branchImm: Op.BranchI32LeSImm, branchNotImm: Op.BranchI32GtSImm },
  'i32.le_u': { set: Op.I32LeU, swap: false, branch: Op.BranchI32LeU, branchNot: Op.BranchI32LtU, swapNot: true, setImm: Op.I32LeUImm, branchImm: Op.BranchI32LeUImm, branchNotImm: Op.BranchI32GtUImm },
  'i32.ge_s': { set: Op.I32LeS, swap: true, branch: Op.BranchI32LeS, branchNot: Op.BranchI32LtS, swapNot: true, setImm: Op.I32GeSImm, branchImm: Op.BranchI32GeSImm, branchNotImm: Op.BranchI32LtSImm },
  'i32.ge_u': { set: Op.I32LeU, swap: true, branch: Op.BranchI32LeU, branchNot: Op.BranchI32LtU, swapNot: true, setImm: Op.I32GeUImm, branchImm: Op.BranchI32GeUImm, branchNotImm: Op.BranchI32LtUImm },
  'i64.eq': { set: Op.I64Eq, swap: false, branch: Op.BranchI64Eq, branchNot: Op.BranchI64Ne, swapNot: false, branchZero: Op.BranchI64Eqz, branchNotZero: Op.BranchI64Nez },
  'i64.ne': { set: Op.I64Ne, swap: false, branch: Op.BranchI64Ne, branchNot: Op.BranchI64Eq, swapNot: false, branchZero: Op.BranchI64Nez, branchNotZero: Op.BranchI64Eqz },
  'i64.lt_s': { set: Op.I64LtS, swap: false, branch: Op.BranchI64LtS, branchNot: Op.BranchI64LeS, swapNot: true },
  'i64.lt_u': { set: Op.I64LtU, swap: false, branch: Op.BranchI64LtU, branchNot: Op.BranchI64LeU, swapNot: true },
  'i64.gt_s': { set: Op.I64LtS, swap: true, branch: Op.BranchI64LtS, branchNot: Op.BranchI64LeS, swapNot: true },
  'i64.gt_u': { set: Op.I64LtU, swap: true, branch: Op.BranchI64LtU, branchNot: Op.BranchI64LeU, swapNot: true },
  'i64.le_s': { set: Op.I64LeS, swap: false, branch: Op.BranchI64LeS, branchNot: Op.BranchI64LtS, swapNot: true },
  'i64.le_u': { set: Op.I64LeU, swap: false, branch: Op.BranchI64LeU, branchNot: Op.BranchI64LtU, swapNot: true },
  'i64.ge_s': { set: Op.I64LeS, swap: true, branch: Op.BranchI64LeS, branchNot: Op.BranchI64LtS, swapNot: true },
  'i64.ge_u': { set: Op.I64LeU, swap: true, branch: Op.BranchI64LeU, branchNot: Op.BranchI64LtU, swapNot: true },
  'f32.eq': { set: Op.F32Eq, swap: false },
  'f32.ne': { set: Op.F32Ne, swap: false },
  'f32.lt': { set: Op.F32Lt, swap: false },
  'f32.gt': { set: Op.F32Lt, swap: true },
  'f32.le': { set: Op.F32Le, swap: false },
  'f32.ge': { set: Op.F32Le, swap: true },
  'f64.eq': { set: Op.F64Eq, swap: false, branch: Op.BranchF64Eq, branchNot: Op.BranchUnlessF64Eq, swapNot: false },
  'f64.ne': { set: Op.F64Ne, swap: false, branch: Op.BranchUnlessF64Eq, branchNot: Op.BranchF64Eq, swapNot: false },
  'f64.lt': { set: Op.F64Lt, swap: false, branch: Op.BranchF64Lt, branchNot: Op.BranchUnlessF64Lt, swapNot: false },
  'f64.gt': { set: Op.F64Lt, swap: true, branch: Op.BranchF64Lt, branchNot: Op.BranchUnlessF64Lt, swapNot: false },
  'f64.le': { set: Op.F64Le, swap: false, branch: Op.BranchF64Le, branchNot: Op.BranchUnlessF64Le, swapNot: false },
  'f64.ge': { set: Op.F64Le, swap: true, branch: Op.BranchF64Le, branchNot: Op.BranchUnlessF64Le, swapNot: false },
} as const satisfies Readonly<
  Record<string, ComparisonValue | Comparison | ImmediateComparison | EqualityI64>
>;

/** Additions that count in a loop, each with the test of the sum that takes it in. */
export const COUNTED_FORMS = [
  { sum: Op.I32Add, test: Op.BranchI32LtU, counted: Op.I32AddBranchLtU },
  { sum: Op.I32AddImm, test: Op.BranchI32Ne, counted: Op.I32AddImmBranchNe },
  { sum: Op.I32AddImm, test: Op.BranchI32NeImm, counted: Op.I32AddImmBranchNeImm },
] as const;

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
  'i32.load': { op: Op.I32Load, sum: Op.I32LoadSum, fixed: Op.I32LoadAbs, wide: false },
  'i64.load': { op: Op.I64Load, sum: Op.I64LoadSum, fixed: Op.I64LoadAbs, wide: true },
  'f32.load': { op: Op.I32Load, sum: Op.I32LoadSum, fixed: Op.I32LoadAbs, wide: false },
  'f64.load': { op: Op.I64Load, sum: Op.I64LoadSum, fixed: Op.I64LoadAbs, wide: true },
  'i32.load8_s': { op: Op.I32Load8S, sum: undefined, fixed: undefined, wide: false },
  'i32.load8_u': { op: Op.I32Load8U, sum: Op.I32Load8USum, fixed: Op.I32Load8UAbs, wide: false },
  'i32.load16_s': { op: Op.I32Load16S, sum: undefined, fixed: undefined, wide: false },
  'i32.load16_u': { op: Op.I32Load16U, sum: undefined, fixed: undefined, wide: false },
  'i64.load8_s': { op: Op.I64Load8S, sum: undefined, fixed: undefined, wide: true },
  'i64.load8_u': { op: Op.I64Load8U, sum: undefined, fixed: undefined, wide: true },
  'i64.load16_s': { op: Op.I64Load16S, sum: undefined, fixed: undefined, wide: true },
  'i64.load16_u': { op: Op.I64Load16U, sum: undefined, fixed: undefined, wide: true },
  'i64.load32_s': { op: Op.I64Load32S, sum: undefined, fixed: undefined, wide: true },
  'i64.load32_u': { op: Op.I64Load32U, sum: undefined, fixed: undefined, wide: true },
} as const satisfies Readonly<Record<string, Load>>;

/** Loads whose address is the sum of two slots. */
export const INDEXED_LOADS: ReadonlyMap<Opcode, { readonly op: Op; readonly wide: boolean }> = new Map([
  [Opcode.I32Load, { op: Op.I32LoadIndexed, wide: false }],
  [Opcode.I64Load, { op: Op.I64LoadIndexed, wide: true }],
  [Opcode.F32Load, { op: Op.I32LoadIndexed, wide: false }],
  [Opcode.F64Load, { op: Op.I64LoadIndexed, wide: true }],
  [Opcode.I32Load8U, { op: Op.I32Load8UIndexed, wide: false }],
]);

// biome-ignore format: one instruction, one line
export const STORES = {
  'i32.store': { op: Op.I32Store, sum: Op.I32StoreSum, fixed: Op.I32StoreAbs, imm: { op: Op.I32StoreImm, sum: undefined, fixed: undefined } },
  'i64.store': { op: Op.I64Store, sum: Op.I64StoreSum, fixed: Op.I64StoreAbs, imm: undefined },
  'f32.store': { op: Op.I32Store, sum: Op.I32StoreSum, fixed: Op.I32StoreAbs, imm: { op: Op.I32StoreImm, sum: undefined, fixed: undefined } },
  'f64.store': { op: Op.I64Store, sum: Op.I64StoreSum, fixed: Op.I64StoreAbs, imm: undefined },
  'i32.store8': { op: Op.I32Store8, sum: Op.I32Store8Sum, fixed: undefined, imm: { op: Op.I32Store8Imm, sum: Op.I32Store8ImmSum, fixed: undefined } },
  'i32.store16': { op: Op.I32Store16, sum: undefined, fixed: undefined, imm: undefined },
  'i64.store8': { op: Op.I32Store8, sum: Op.I32Store8Sum, fixed: undefined, imm: { op: Op.I32Store8Imm, sum: Op.I32Store8ImmSum, fixed: undefined } },
  'i64.store16': { op: Op.I32Store16, sum: undefined, fixed: undefined, imm: undefined },
  'i64.store32': { op: Op.I32Store, sum: Op.I32StoreSum, fixed: Op.I32StoreAbs, imm: { op: Op.I32StoreImm, sum: undefined, fixed: undefined } },
} as const satisfies Readonly<Record<string, Store>>;

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
  'i32.add': { op: Op.I32Add, immOp: Op.I32AddImm, constant: 'either', takesIn: { [Op.I32ShlImm]: Op.I32AddShl }, waits: true, wide: false },
  'i32.sub': { op: Op.I32Sub, immOp: Op.I32AddImm, constant: 'negated', waits: true, wide: false },
  'i32.mul': { op: Op.I32Mul, immOp: Op.I32MulImm, constant: 'either', waits: false, wide: false },
  'i32.and': { op: Op.I32And, immOp: Op.I32AndImm, constant: 'either', waits: false, wide: false },
  'i32.or': { op: Op.I32Or, immOp: Op.I32OrImm, constant: 'either', takesIn: { [Op.I32ShlImm]: Op.I32OrShl, [Op.I32ShrUImm]: Op.I32OrShrU }, waits: false, wide: false },
  'i32.xor': { op: Op.I32Xor, immOp: Op.I32XorImm, constant: 'either', takesIn: { [Op.I32RotlImm]: Op.I32XorRotl, [Op.I32ShrUImm]: Op.I32XorShrU }, waits: false, wide: false },
  'i32.shl': { op: Op.I32Shl, immOp: Op.I32ShlImm, constant: 'right', waits: true, wide: false },
  'i32.shr_s': { op: Op.I32ShrS, immOp: Op.I32ShrSImm, constant: 'right', waits: false, wide: false },
  'i32.shr_u': { op: Op.I32ShrU, immOp: Op.I32ShrUImm, constant: 'right', waits: true, wide: false },
  'i32.rotl': { op: Op.I32Rotl, immOp: Op.I32RotlImm, constant: 'rotation', waits: true, wide: false },
  'i32.rotr': { op: Op.I32Rotr, immOp: Op.I32RotlImm, constant: 'rotation back', waits: true, wide: false },
  'i32.div_s': { op: Op.I32DivS, immOp: Op.I32DivSImm, constant: 'divisor', waits: false, wide: false },
  'i32.div_u': { op: Op.I32DivU, immOp: Op.I32DivUImm, constant: 'divisor', waits: false, wide: false },
  'i32.rem_s': { op: Op.I32RemS, immOp: Op.I32RemSImm, constant: 'divisor', waits: false, wide: false },
  'i32.rem_u': { op: Op.I32RemU, immOp: Op.I32RemUImm, constant: 'divisor', waits: false, wide: false },
  'i64.add': { op: Op.I64Add, immOp: Op.I64AddImm, constant: 'small', waits: false, wide: true },
  'i64.sub': { op: Op.I64Sub, immOp: Op.I64AddImm, constant: 'small negated', waits: false, wide: true },
  'i64.mul': { op: Op.I64Mul, immOp: Op.I64MulImm, constant: 'small', waits: false, wide: true },
  'i64.and': { op: Op.I64And, immOp: Op.I64AndImm, constant: 'small', waits: false, wide: true },
  'i64.or': { op: Op.I64Or, immOp: Op.I64OrImm, constant: 'small', waits: false, wide: true },
  'i64.xor': { op: Op.I64Xor, immOp: Op.I64XorImm, constant: 'small', waits: false, wide: true },
  'i64.shl': { op: Op.I64Shl, immOp: Op.I64ShlImm, constant: 'count', waits: false, wide: true },
  'i64.shr_s': { op: Op.I64ShrS, immOp: Op.I64ShrSImm, constant: 'count', waits: false, wide: true },
  'i64.shr_u': { op: Op.I64ShrU, immOp: Op.I64ShrUImm, constant: 'count', waits: false, wide: true },
  'i64.rotl': { op: Op.I64Rotl, immOp: Op.I64RotlImm, constant: 'count', waits: false, wide: true },
  'i64.rotr': { op: Op.I64Rotr, immOp: Op.I64RotlImm, constant: 'count back', waits: false, wide: true },
  'f64.add': { op: Op.F64Add, immOp: Op.F64AddImm, constant: 'float', waits: false, wide: true },
  'f64.sub': { op: Op.F64Sub, immOp: Op.F64SubImm, constant: 'float', waits: false, wide: true },
  'f64.mul': { op: Op.F64Mul, immOp: Op.F64MulImm, constant: 'float', waits: false, wide: true },
  'f64.div': { op: Op.F64Div, immOp: Op.F64DivImm, constant: 'float', waits: false, wide: true },
} as const satisfies Readonly<Record<string, ConstantForm>>;

// biome-ignore format: one instruction, one line
export const OPERATIONS = {
  'i32.clz': { op: Op.I32Clz, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.ctz': { op: Op.I32Ctz, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.popcnt': { op: Op.I32Popcnt, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.extend8_s': { op: Op.I32Extend8, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.extend16_s': { op: Op.I32Extend16, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.div_s': { op: Op.I64DivS, result: 'wide', operands: 2, words: 0, memories: 0 },
  'i64.div_u': { op: Op.I64DivU, result: 'wide', operands: 2, words: 0, memories: 0 },
  'i64.rem_s': { op: Op.I64RemS, result: 'wide', operands: 2, words: 0, memories: 0 },
  'i64.rem_u': { op: Op.I64RemU, result: 'wide', operands: 2, words: 0, memories: 0 },
  'i64.extend_i32_s': { op: Op.I64ExtendI32S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.extend_i32_u': { op: Op.I64ExtendI32U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.clz': { op: Op.I64Clz, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.ctz': { op: Op.I64Ctz, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.popcnt': { op: Op.I64Popcnt, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.extend8_s': { op: Op.I64Extend8, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.extend16_s': { op: Op.I64Extend16, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.extend32_s': { op: Op.I64Extend32, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.sqrt': { op: Op.F64Sqrt, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.ceil': { op: Op.F64Ceil, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.floor': { op: Op.F64Floor, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.trunc': { op: Op.F64Trunc, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.nearest': { op: Op.F64Nearest, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.min': { op: Op.F64Min, result: 'wide', operands: 2, words: 0, memories: 0 },
  'f64.max': { op: Op.F64Max, result: 'wide', operands: 2, words: 0, memories: 0 },
  'f32.add': { op: Op.F32Add, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f32.sub': { op: Op.F32Sub, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f32.mul': { op: Op.F32Mul, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f32.div': { op: Op.F32Div, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f32.sqrt': { op: Op.F32Sqrt, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.ceil': { op: Op.F32Ceil, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.floor': { op: Op.F32Floor, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.trunc': { op: Op.F32Trunc, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.nearest': { op: Op.F32Nearest, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.min': { op: Op.F32Min, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f32.max': { op: Op.F32Max, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f64.abs': { op: Op.F64Abs, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.neg': { op: Op.F64Neg, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.copysign': { op: Op.F64Copysign, result: 'wide', operands: 2, words: 0, memories: 0 },
  'f32.abs': { op: Op.F32Abs, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.neg': { op: Op.F32Neg, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.copysign': { op: Op.F32Copysign, result: 'narrow', operands: 2, words: 0, memories: 0 },
  'f64.convert_i32_s': { op: Op.F64ConvertI32S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.convert_i32_u': { op: Op.F64ConvertI32U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f32.convert_i32_s': { op: Op.F32ConvertI32S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f32.convert_i32_u': { op: Op.F32ConvertI32U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'f64.promote_f32': { op: Op.F64PromoteF32, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f32.demote_f64': { op: Op.F32DemoteF64, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.trunc_f32_s': { op: Op.I32TruncF32S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.trunc_f32_u': { op: Op.I32TruncF32U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.trunc_f64_s': { op: Op.I32TruncF64S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i32.trunc_f64_u': { op: Op.I32TruncF64U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_f32_s': { op: Op.I64TruncF32S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i32.trunc_sat_f32_s': { op: Op.I32TruncSatF32S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_sat_f32_s': { op: Op.I64TruncSatF32S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f32.convert_i64_s': { op: Op.F32ConvertI64S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_f32_u': { op: Op.I64TruncF32U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i32.trunc_sat_f32_u': { op: Op.I32TruncSatF32U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_sat_f32_u': { op: Op.I64TruncSatF32U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f32.convert_i64_u': { op: Op.F32ConvertI64U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_f64_s': { op: Op.I64TruncF64S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i32.trunc_sat_f64_s': { op: Op.I32TruncSatF64S, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_sat_f64_s': { op: Op.I64TruncSatF64S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.convert_i64_s': { op: Op.F64ConvertI64S, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i64.trunc_f64_u': { op: Op.I64TruncF64U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'i32.trunc_sat_f64_u': { op: Op.I32TruncSatF64U, result: 'narrow', operands: 1, words: 0, memories: 0 },
  'i64.trunc_sat_f64_u': { op: Op.I64TruncSatF64U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'f64.convert_i64_u': { op: Op.F64ConvertI64U, result: 'wide', operands: 1, words: 0, memories: 0 },
  'memory.size': { op: Op.MemorySize, result: 'narrow', operands: 0, words: 0, memories: 1 },
  'memory.grow': { op: Op.MemoryGrow, result: 'narrow', operands: 1, words: 0, memories: 1 },
  'memory.copy': { op: Op.MemoryCopy, result: 'none', operands: 3, words: 0, memories: 2 },
  'memory.fill': { op: Op.MemoryFill, result: 'none', operands: 3, words: 0, memories: 1 },
  'memory.init': { op: Op.MemoryInit, result: 'none', operands: 3, words: 1, memories: 1 },
  'data.drop': { op: Op.DataDrop, result: 'none', operands: 0, words: 1, memories: 0 },
  'table.get': { op: Op.TableGet, result: 'narrow', operands: 1, words: 1, memories: 0 },
  'table.set': { op: Op.TableSet, result: 'none', operands: 2, words: 1, memories: 0 },
  'table.size': { op: Op.TableSize, result: 'narrow', operands: 0, words: 1, memories: 0 },
  'table.grow': { op: Op.TableGrow, result: 'narrow', operands: 2, words: 1, memories: 0 },
  'table.fill': { op: Op.TableFill, result: 'none', operands: 3, words: 1, memories: 0 },
  'table.copy': { op: Op.TableCopy, result: 'none', operands: 3, words: 2, memories: 0 },
  'table.init': { op: Op.TableInit, result: 'none', operands: 3, words: 2, memories: 0 },
  'elem.drop': { op: Op.ElemDrop, result: 'none', operands: 0, words: 1, memories: 0 },
  'ref.func': { op: Op.RefFunc, result: 'narrow', operands: 0, words: 1, memories: 0 },
} as const satisfies Readonly<Record<string, Operation>>;
