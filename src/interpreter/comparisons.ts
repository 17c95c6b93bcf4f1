/**
 * The comparisons of the language and the internal opcodes that do them: as a value, as a branch, as the branch on the
 * contrary. `gt` and `ge` are `lt` and `le` with their operands exchanged; floats have contraries of their own, since
 * every comparison with a NaN is false.
 */
import { Op } from './op.js';

/** The forms of a comparison between slots. */
export interface Comparison {
  readonly set: Op;
  readonly branch: Op;
  readonly branchNot: Op;
  /** Exchanges the operands of `set` and `branch`. */
  readonly swap: boolean;
  /** Exchanges the operands of `branchNot` once more. */
  readonly swapNot: boolean;
}

export interface IntegerComparison extends Comparison {
  readonly setImm: Op;
  readonly branchImm: Op;
  readonly branchNotImm: Op;
}

// biome-ignore-start format: one comparison, one line
export const I32_EQ: IntegerComparison = {
  set: Op.I32Eq,
  branch: Op.BranchI32Eq,
  branchNot: Op.BranchI32Ne,
  swap: false,
  swapNot: false,
  setImm: Op.I32EqImm,
  branchImm: Op.BranchI32EqImm,
  branchNotImm: Op.BranchI32NeImm,
};
export const I32_NE: IntegerComparison = {
  set: Op.I32Ne,
  branch: Op.BranchI32Ne,
  branchNot: Op.BranchI32Eq,
  swap: false,
  swapNot: false,
  setImm: Op.I32NeImm,
  branchImm: Op.BranchI32NeImm,
  branchNotImm: Op.BranchI32EqImm,
};
export const I32_LTS: IntegerComparison = {
  set: Op.I32LtS,
  branch: Op.BranchI32LtS,
  branchNot: Op.BranchI32LeS,
  swap: false,
  swapNot: true,
  setImm: Op.I32LtSImm,
  branchImm: Op.BranchI32LtSImm,
  branchNotImm: Op.BranchI32GeSImm,
};
export const I32_LTU: IntegerComparison = {
  set: Op.I32LtU,
  branch: Op.BranchI32LtU,
  branchNot: Op.BranchI32LeU,
  swap: false,
  swapNot: true,
  setImm: Op.I32LtUImm,
  branchImm: Op.BranchI32LtUImm,
  branchNotImm: Op.BranchI32GeUImm,
};
export const I32_GTS: IntegerComparison = {
  set: Op.I32LtS,
  branch: Op.BranchI32LtS,
  branchNot: Op.BranchI32LeS,
  swap: true,
  swapNot: true,
  setImm: Op.I32GtSImm,
  branchImm: Op.BranchI32GtSImm,
  branchNotImm: Op.BranchI32LeSImm,
};
export const I32_GTU: IntegerComparison = {
  set: Op.I32LtU,
  branch: Op.BranchI32LtU,
  branchNot: Op.BranchI32LeU,
  swap: true,
  swapNot: true,
  setImm: Op.I32GtUImm,
  branchImm: Op.BranchI32GtUImm,
  branchNotImm: Op.BranchI32LeUImm,
};
export const I32_LES: IntegerComparison = {
  set: Op.I32LeS,
  branch: Op.BranchI32LeS,
  branchNot: Op.BranchI32LtS,
  swap: false,
  swapNot: true,
  setImm: Op.I32LeSImm,
  branchImm: Op.BranchI32LeSImm,
  branchNotImm: Op.BranchI32GtSImm,
};
export const I32_LEU: IntegerComparison = {
  set: Op.I32LeU,
  branch: Op.BranchI32LeU,
  branchNot: Op.BranchI32LtU,
  swap: false,
  swapNot: true,
  setImm: Op.I32LeUImm,
  branchImm: Op.BranchI32LeUImm,
  branchNotImm: Op.BranchI32GtUImm,
};
export const I32_GES: IntegerComparison = {
  set: Op.I32LeS,
  branch: Op.BranchI32LeS,
  branchNot: Op.BranchI32LtS,
  swap: true,
  swapNot: true,
  setImm: Op.I32GeSImm,
  branchImm: Op.BranchI32GeSImm,
  branchNotImm: Op.BranchI32LtSImm,
};
export const I32_GEU: IntegerComparison = {
  set: Op.I32LeU,
  branch: Op.BranchI32LeU,
  branchNot: Op.BranchI32LtU,
  swap: true,
  swapNot: true,
  setImm: Op.I32GeUImm,
  branchImm: Op.BranchI32GeUImm,
  branchNotImm: Op.BranchI32LtUImm,
};
export const I64_EQ: Comparison = {
  set: Op.I64Eq,
  branch: Op.BranchI64Eq,
  branchNot: Op.BranchI64Ne,
  swap: false,
  swapNot: false,
};
export const I64_NE: Comparison = {
  set: Op.I64Ne,
  branch: Op.BranchI64Ne,
  branchNot: Op.BranchI64Eq,
  swap: false,
  swapNot: false,
};
export const I64_LTS: Comparison = {
  set: Op.I64LtS,
  branch: Op.BranchI64LtS,
  branchNot: Op.BranchI64LeS,
  swap: false,
  swapNot: true,
};
export const I64_LTU: Comparison = {
  set: Op.I64LtU,
  branch: Op.BranchI64LtU,
  branchNot: Op.BranchI64LeU,
  swap: false,
  swapNot: true,
};
export const I64_GTS: Comparison = {
  set: Op.I64LtS,
  branch: Op.BranchI64LtS,
  branchNot: Op.BranchI64LeS,
  swap: true,
  swapNot: true,
};
export const I64_GTU: Comparison = {
  set: Op.I64LtU,
  branch: Op.BranchI64LtU,
  branchNot: Op.BranchI64LeU,
  swap: true,
  swapNot: true,
};
export const I64_LES: Comparison = {
  set: Op.I64LeS,
  branch: Op.BranchI64LeS,
  branchNot: Op.BranchI64LtS,
  swap: false,
  swapNot: true,
};
export const I64_LEU: Comparison = {
  set: Op.I64LeU,
  branch: Op.BranchI64LeU,
  branchNot: Op.BranchI64LtU,
  swap: false,
  swapNot: true,
};
export const I64_GES: Comparison = {
  set: Op.I64LeS,
  branch: Op.BranchI64LeS,
  branchNot: Op.BranchI64LtS,
  swap: true,
  swapNot: true,
};
export const I64_GEU: Comparison = {
  set: Op.I64LeU,
  branch: Op.BranchI64LeU,
  branchNot: Op.BranchI64LtU,
  swap: true,
  swapNot: true,
};
export const F64_EQ: Comparison = {
  set: Op.F64Eq,
  branch: Op.BranchF64Eq,
  branchNot: Op.BranchUnlessF64Eq,
  swap: false,
  swapNot: false,
};
export const F64_LT: Comparison = {
  set: Op.F64Lt,
  branch: Op.BranchF64Lt,
  branchNot: Op.BranchUnlessF64Lt,
  swap: false,
  swapNot: false,
};
export const F64_GT: Comparison = {
  set: Op.F64Lt,
  branch: Op.BranchF64Lt,
  branchNot: Op.BranchUnlessF64Lt,
  swap: true,
  swapNot: false,
};
export const F64_LE: Comparison = {
  set: Op.F64Le,
  branch: Op.BranchF64Le,
  branchNot: Op.BranchUnlessF64Le,
  swap: false,
  swapNot: false,
};
export const F64_GE: Comparison = {
  set: Op.F64Le,
  branch: Op.BranchF64Le,
  branchNot: Op.BranchUnlessF64Le,
  swap: true,
  swapNot: false,
};
export const F64_NE: Comparison = {
  set: Op.F64Ne,
  branch: Op.BranchUnlessF64Eq,
  branchNot: Op.BranchF64Eq,
  swap: false,
  swapNot: false,
};
// biome-ignore-end format: one comparison, one line
