/**
 * Which operations an instruction has, by the form of its operands.
 *
 * Generated from `table/` by `npm run interpreter:write`; a spec holds it to the table. Change the rows, not this file.
 */
import { Op } from './op.js';

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
  'i64.eq': { set: Op.I64Eq, swap: false, branch: Op.BranchI64Eq, branchNot: Op.BranchI64Ne, swapNot: false },
  'i64.ne': { set: Op.I64Ne, swap: false, branch: Op.BranchI64Ne, branchNot: Op.BranchI64Eq, swapNot: false },
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
} as const satisfies Readonly<Record<string, ComparisonValue | Comparison | ImmediateComparison>>;

export const LOADS = {
  'i32.load': { op: Op.I32Load, wide: false },
  'i64.load': { op: Op.I64Load, wide: true },
  'f32.load': { op: Op.I32Load, wide: false },
  'f64.load': { op: Op.I64Load, wide: true },
  'i32.load8_s': { op: Op.I32Load8S, wide: false },
  'i32.load8_u': { op: Op.I32Load8U, wide: false },
  'i32.load16_s': { op: Op.I32Load16S, wide: false },
  'i32.load16_u': { op: Op.I32Load16U, wide: false },
  'i64.load8_s': { op: Op.I64Load8S, wide: true },
  'i64.load8_u': { op: Op.I64Load8U, wide: true },
  'i64.load16_s': { op: Op.I64Load16S, wide: true },
  'i64.load16_u': { op: Op.I64Load16U, wide: true },
  'i64.load32_s': { op: Op.I64Load32S, wide: true },
  'i64.load32_u': { op: Op.I64Load32U, wide: true },
} as const;

/** With the form for a constant value, if there is one. */
export const STORES = {
  'i32.store': { op: Op.I32Store, immOp: Op.I32StoreImm },
  'i64.store': { op: Op.I64Store, immOp: undefined },
  'f32.store': { op: Op.I32Store, immOp: Op.I32StoreImm },
  'f64.store': { op: Op.I64Store, immOp: undefined },
  'i32.store8': { op: Op.I32Store8, immOp: Op.I32Store8Imm },
  'i32.store16': { op: Op.I32Store16, immOp: undefined },
  'i64.store8': { op: Op.I32Store8, immOp: Op.I32Store8Imm },
  'i64.store16': { op: Op.I32Store16, immOp: undefined },
  'i64.store32': { op: Op.I32Store, immOp: Op.I32StoreImm },
} as const;

/** Loads and stores whose address is the sum of a slot and a constant. */
export const SUM_FORMS: ReadonlyMap<Op, Op> = new Map([
  [Op.I32Load, Op.I32LoadSum],
  [Op.I32Load8U, Op.I32Load8USum],
  [Op.I64Load, Op.I64LoadSum],
  [Op.I32Store, Op.I32StoreSum],
  [Op.I32Store8, Op.I32Store8Sum],
  [Op.I32Store8Imm, Op.I32Store8ImmSum],
  [Op.I64Store, Op.I64StoreSum],
]);

/** Loads and stores at a constant address. */
export const FIXED_FORMS: ReadonlyMap<Op, Op> = new Map([
  [Op.I32Load, Op.I32LoadAbs],
  [Op.I32Load8U, Op.I32Load8UAbs],
  [Op.I64Load, Op.I64LoadAbs],
  [Op.I32Store, Op.I32StoreAbs],
  [Op.I64Store, Op.I64StoreAbs],
]);

/** Loads whose address is the sum of two slots. */
export const INDEXED_FORMS: ReadonlyMap<Op, Op> = new Map([
  [Op.I32Load, Op.I32LoadIndexed],
  [Op.I32Load8U, Op.I32Load8UIndexed],
  [Op.I64Load, Op.I64LoadIndexed],
]);

/** Instructions that are one operation, of so many operands, and nothing else. */
// biome-ignore format: one instruction, one line
export const DIRECT = {
  'i32.clz': { op: Op.I32Clz, operands: 1, wide: false },
  'i32.ctz': { op: Op.I32Ctz, operands: 1, wide: false },
  'i32.popcnt': { op: Op.I32Popcnt, operands: 1, wide: false },
  'i32.extend8_s': { op: Op.I32Extend8, operands: 1, wide: false },
  'i32.extend16_s': { op: Op.I32Extend16, operands: 1, wide: false },
  'i64.div_s': { op: Op.I64DivS, operands: 2, wide: true },
  'i64.div_u': { op: Op.I64DivU, operands: 2, wide: true },
  'i64.rem_s': { op: Op.I64RemS, operands: 2, wide: true },
  'i64.rem_u': { op: Op.I64RemU, operands: 2, wide: true },
  'i64.extend_i32_s': { op: Op.I64ExtendI32S, operands: 1, wide: true },
  'i64.extend_i32_u': { op: Op.I64ExtendI32U, operands: 1, wide: true },
  'i64.clz': { op: Op.I64Clz, operands: 1, wide: true },
  'i64.ctz': { op: Op.I64Ctz, operands: 1, wide: true },
  'i64.popcnt': { op: Op.I64Popcnt, operands: 1, wide: true },
  'i64.extend8_s': { op: Op.I64Extend8, operands: 1, wide: true },
  'i64.extend16_s': { op: Op.I64Extend16, operands: 1, wide: true },
  'i64.extend32_s': { op: Op.I64Extend32, operands: 1, wide: true },
  'f64.sqrt': { op: Op.F64Sqrt, operands: 1, wide: true },
  'f64.ceil': { op: Op.F64Ceil, operands: 1, wide: true },
  'f64.floor': { op: Op.F64Floor, operands: 1, wide: true },
  'f64.trunc': { op: Op.F64Trunc, operands: 1, wide: true },
  'f64.nearest': { op: Op.F64Nearest, operands: 1, wide: true },
  'f64.min': { op: Op.F64Min, operands: 2, wide: true },
  'f64.max': { op: Op.F64Max, operands: 2, wide: true },
  'f32.add': { op: Op.F32Add, operands: 2, wide: false },
  'f32.sub': { op: Op.F32Sub, operands: 2, wide: false },
  'f32.mul': { op: Op.F32Mul, operands: 2, wide: false },
  'f32.div': { op: Op.F32Div, operands: 2, wide: false },
  'f32.sqrt': { op: Op.F32Sqrt, operands: 1, wide: false },
  'f32.ceil': { op: Op.F32Ceil, operands: 1, wide: false },
  'f32.floor': { op: Op.F32Floor, operands: 1, wide: false },
  'f32.trunc': { op: Op.F32Trunc, operands: 1, wide: false },
  'f32.nearest': { op: Op.F32Nearest, operands: 1, wide: false },
  'f32.min': { op: Op.F32Min, operands: 2, wide: false },
  'f32.max': { op: Op.F32Max, operands: 2, wide: false },
  'f64.abs': { op: Op.F64Abs, operands: 1, wide: true },
  'f64.neg': { op: Op.F64Neg, operands: 1, wide: true },
  'f64.copysign': { op: Op.F64Copysign, operands: 2, wide: true },
  'f32.abs': { op: Op.F32Abs, operands: 1, wide: false },
  'f32.neg': { op: Op.F32Neg, operands: 1, wide: false },
  'f32.copysign': { op: Op.F32Copysign, operands: 2, wide: false },
  'f64.convert_i32_s': { op: Op.F64ConvertI32S, operands: 1, wide: true },
  'f64.convert_i32_u': { op: Op.F64ConvertI32U, operands: 1, wide: true },
  'f32.convert_i32_s': { op: Op.F32ConvertI32S, operands: 1, wide: false },
  'f32.convert_i32_u': { op: Op.F32ConvertI32U, operands: 1, wide: false },
  'f64.promote_f32': { op: Op.F64PromoteF32, operands: 1, wide: true },
  'f32.demote_f64': { op: Op.F32DemoteF64, operands: 1, wide: false },
  'i32.trunc_f32_s': { op: Op.I32TruncF32S, operands: 1, wide: false },
  'i32.trunc_f32_u': { op: Op.I32TruncF32U, operands: 1, wide: false },
  'i32.trunc_f64_s': { op: Op.I32TruncF64S, operands: 1, wide: false },
  'i32.trunc_f64_u': { op: Op.I32TruncF64U, operands: 1, wide: false },
  'i64.trunc_f32_s': { op: Op.I64TruncF32S, operands: 1, wide: true },
  'i32.trunc_sat_f32_s': { op: Op.I32TruncSatF32S, operands: 1, wide: false },
  'i64.trunc_sat_f32_s': { op: Op.I64TruncSatF32S, operands: 1, wide: true },
  'f32.convert_i64_s': { op: Op.F32ConvertI64S, operands: 1, wide: false },
  'i64.trunc_f32_u': { op: Op.I64TruncF32U, operands: 1, wide: true },
  'i32.trunc_sat_f32_u': { op: Op.I32TruncSatF32U, operands: 1, wide: false },
  'i64.trunc_sat_f32_u': { op: Op.I64TruncSatF32U, operands: 1, wide: true },
  'f32.convert_i64_u': { op: Op.F32ConvertI64U, operands: 1, wide: false },
  'i64.trunc_f64_s': { op: Op.I64TruncF64S, operands: 1, wide: true },
  'i32.trunc_sat_f64_s': { op: Op.I32TruncSatF64S, operands: 1, wide: false },
  'i64.trunc_sat_f64_s': { op: Op.I64TruncSatF64S, operands: 1, wide: true },
  'f64.convert_i64_s': { op: Op.F64ConvertI64S, operands: 1, wide: true },
  'i64.trunc_f64_u': { op: Op.I64TruncF64U, operands: 1, wide: true },
  'i32.trunc_sat_f64_u': { op: Op.I32TruncSatF64U, operands: 1, wide: false },
  'i64.trunc_sat_f64_u': { op: Op.I64TruncSatF64U, operands: 1, wide: true },
  'f64.convert_i64_u': { op: Op.F64ConvertI64U, operands: 1, wide: true },
} as const;
