/**
 * The instruction table: the one place where an instruction of the accepted language is described. Decoding,
 * validation, metering, both tiers, disassembly, the generator of random modules and the reference page read it.
 *
 * A row gives the name (text format), the opcode (`Opcode` holds the numbers), the kinds of its immediates, its type
 * (operands and results, or the name of the rule that types it), its cost class (a row of the fuel schedule), the traps
 * it can end in, and the feature it came with. Specification: index of instructions.
 */
import type { TrapCode } from '../base/fault.js';
import { Opcode } from './opcode.js';

/** What stands behind the opcode in the binary format. */
export type Immediates =
  | 'none'
  | 'block'
  | 'label'
  | 'labels'
  | 'function'
  | 'type table'
  | 'types'
  | 'local'
  | 'global'
  | 'table'
  | 'memarg'
  | 'memory'
  | 'i32'
  | 'i64'
  | 'f32'
  | 'f64'
  | 'heap type'
  | 'data memory'
  | 'data'
  | 'memory memory'
  | 'element table'
  | 'element'
  | 'table table';

export type Feature =
  | 'mvp'
  | 'sign-extension'
  | 'saturating-conversion'
  | 'bulk-memory'
  | 'reference-types'
  | 'tail-call';

/** Cost classes: the rows of a schedule that price an instruction. `delimiter` is always free. */
export type CostClass =
  | 'delimiter'
  | 'free'
  | 'simple'
  | 'const'
  | 'local'
  | 'global'
  | 'table'
  | 'control'
  | 'loop'
  | 'branch'
  | 'branchTable'
  | 'call'
  | 'callIndirect'
  | 'load'
  | 'store'
  | 'multiply'
  | 'divide'
  | 'bitCount'
  | 'float'
  | 'floatCompare'
  | 'floatRound'
  | 'floatDivide'
  | 'floatSquareRoot'
  | 'convert'
  | 'memoryGrow'
  | 'memoryInit'
  | 'memoryCopy'
  | 'memoryFill'
  | 'tableInit'
  | 'tableCopy'
  | 'tableFill'
  | 'tableGrow';

export interface InstructionRow {
  readonly name: string;
  readonly opcode: number;
  readonly immediates: Immediates;
  /** `operands -> results`, or a rule of the validator (no arrow). */
  readonly type: string;
  readonly cost: CostClass;
  readonly traps?: readonly TrapCode[];
  readonly feature?: Feature;
}

// biome-ignore format: one row, one line
export const INSTRUCTIONS = [
  // Control
  { name: 'unreachable', opcode: Opcode.Unreachable, immediates: 'none', type: 'unreachable', cost: 'control', traps: ['unreachable'] },
  { name: 'nop', opcode: Opcode.Nop, immediates: 'none', type: '->', cost: 'free' },
  { name: 'block', opcode: Opcode.Block, immediates: 'block', type: 'block', cost: 'free' },
  { name: 'loop', opcode: Opcode.Loop, immediates: 'block', type: 'loop', cost: 'loop' },
  { name: 'if', opcode: Opcode.If, immediates: 'block', type: 'if', cost: 'branch' },
  { name: 'else', opcode: Opcode.Else, immediates: 'none', type: 'else', cost: 'delimiter' },
  { name: 'end', opcode: Opcode.End, immediates: 'none', type: 'end', cost: 'delimiter' },
  { name: 'br', opcode: Opcode.Br, immediates: 'label', type: 'br', cost: 'branch' },
  { name: 'br_if', opcode: Opcode.BrIf, immediates: 'label', type: 'br_if', cost: 'branch' },
  { name: 'br_table', opcode: Opcode.BrTable, immediates: 'labels', type: 'br_table', cost: 'branchTable' },
  { name: 'return', opcode: Opcode.Return, immediates: 'none', type: 'return', cost: 'branch' },
  { name: 'call', opcode: Opcode.Call, immediates: 'function', type: 'call', cost: 'call' },
  { name: 'call_indirect', opcode: Opcode.CallIndirect, immediates: 'type table', type: 'call_indirect', cost: 'callIndirect', traps: ['undefined-element', 'uninitialized-element', 'indirect-call-type-mismatch'] },
  { name: 'return_call', opcode: Opcode.ReturnCall, immediates: 'function', type: 'return_call', cost: 'call', feature: 'tail-call' },
  { name: 'return_call_indirect', opcode: Opcode.ReturnCallIndirect, immediates: 'type table', type: 'return_call_indirect', cost: 'callIndirect', traps: ['undefined-element', 'uninitialized-element', 'indirect-call-type-mismatch'], feature: 'tail-call' },

  // Parametric
  { name: 'drop', opcode: Opcode.Drop, immediates: 'none', type: 'drop', cost: 'free' },
  { name: 'select', opcode: Opcode.Select, immediates: 'none', type: 'select', cost: 'simple' },
  { name: 'select_t', opcode: Opcode.SelectT, immediates: 'types', type: 'select_t', cost: 'simple', feature: 'reference-types' },

  // Variables
  { name: 'local.get', opcode: Opcode.LocalGet, immediates: 'local', type: 'local.get', cost: 'local' },
  { name: 'local.set', opcode: Opcode.LocalSet, immediates: 'local', type: 'local.set', cost: 'local' },
  { name: 'local.tee', opcode: Opcode.LocalTee, immediates: 'local', type: 'local.tee', cost: 'local' },
  { name: 'global.get', opcode: Opcode.GlobalGet, immediates: 'global', type: 'global.get', cost: 'global' },
  { name: 'global.set', opcode: Opcode.GlobalSet, immediates: 'global', type: 'global.set', cost: 'global' },

  // Tables
  { name: 'table.get', opcode: Opcode.TableGet, immediates: 'table', type: 'table.get', cost: 'table', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },
  { name: 'table.set', opcode: Opcode.TableSet, immediates: 'table', type: 'table.set', cost: 'table', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },

  // Memory
  { name: 'i32.load', opcode: Opcode.I32Load, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load', opcode: Opcode.I64Load, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'f32.load', opcode: Opcode.F32Load, immediates: 'memarg', type: 'i32 -> f32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'f64.load', opcode: Opcode.F64Load, immediates: 'memarg', type: 'i32 -> f64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load8_s', opcode: Opcode.I32Load8S, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load8_u', opcode: Opcode.I32Load8U, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load16_s', opcode: Opcode.I32Load16S, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load16_u', opcode: Opcode.I32Load16U, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load8_s', opcode: Opcode.I64Load8S, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load8_u', opcode: Opcode.I64Load8U, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load16_s', opcode: Opcode.I64Load16S, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load16_u', opcode: Opcode.I64Load16U, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load32_s', opcode: Opcode.I64Load32S, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load32_u', opcode: Opcode.I64Load32U, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store', opcode: Opcode.I32Store, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store', opcode: Opcode.I64Store, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'f32.store', opcode: Opcode.F32Store, immediates: 'memarg', type: 'i32 f32 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'f64.store', opcode: Opcode.F64Store, immediates: 'memarg', type: 'i32 f64 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store8', opcode: Opcode.I32Store8, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store16', opcode: Opcode.I32Store16, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store8', opcode: Opcode.I64Store8, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store16', opcode: Opcode.I64Store16, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store32', opcode: Opcode.I64Store32, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', traps: ['out-of-bounds-memory-access'] },
  { name: 'memory.size', opcode: Opcode.MemorySize, immediates: 'memory', type: '-> i32', cost: 'simple' },
  { name: 'memory.grow', opcode: Opcode.MemoryGrow, immediates: 'memory', type: 'i32 -> i32', cost: 'memoryGrow' },

  // Constants
  { name: 'i32.const', opcode: Opcode.I32Const, immediates: 'i32', type: '-> i32', cost: 'const' },
  { name: 'i64.const', opcode: Opcode.I64Const, immediates: 'i64', type: '-> i64', cost: 'const' },
  { name: 'f32.const', opcode: Opcode.F32Const, immediates: 'f32', type: '-> f32', cost: 'const' },
  { name: 'f64.const', opcode: Opcode.F64Const, immediates: 'f64', type: '-> f64', cost: 'const' },

  // Comparisons
  { name: 'i32.eqz', opcode: Opcode.I32Eqz, immediates: 'none', type: 'i32 -> i32', cost: 'simple' },
  { name: 'i32.eq', opcode: Opcode.I32Eq, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ne', opcode: Opcode.I32Ne, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.lt_s', opcode: Opcode.I32LtS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.lt_u', opcode: Opcode.I32LtU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.gt_s', opcode: Opcode.I32GtS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.gt_u', opcode: Opcode.I32GtU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.le_s', opcode: Opcode.I32LeS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.le_u', opcode: Opcode.I32LeU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ge_s', opcode: Opcode.I32GeS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ge_u', opcode: Opcode.I32GeU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i64.eqz', opcode: Opcode.I64Eqz, immediates: 'none', type: 'i64 -> i32', cost: 'simple' },
  { name: 'i64.eq', opcode: Opcode.I64Eq, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ne', opcode: Opcode.I64Ne, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.lt_s', opcode: Opcode.I64LtS, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.lt_u', opcode: Opcode.I64LtU, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.gt_s', opcode: Opcode.I64GtS, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.gt_u', opcode: Opcode.I64GtU, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.le_s', opcode: Opcode.I64LeS, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.le_u', opcode: Opcode.I64LeU, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ge_s', opcode: Opcode.I64GeS, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ge_u', opcode: Opcode.I64GeU, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'f32.eq', opcode: Opcode.F32Eq, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f32.ne', opcode: Opcode.F32Ne, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f32.lt', opcode: Opcode.F32Lt, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f32.gt', opcode: Opcode.F32Gt, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f32.le', opcode: Opcode.F32Le, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f32.ge', opcode: Opcode.F32Ge, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare' },
  { name: 'f64.eq', opcode: Opcode.F64Eq, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },
  { name: 'f64.ne', opcode: Opcode.F64Ne, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },
  { name: 'f64.lt', opcode: Opcode.F64Lt, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },
  { name: 'f64.gt', opcode: Opcode.F64Gt, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },
  { name: 'f64.le', opcode: Opcode.F64Le, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },
  { name: 'f64.ge', opcode: Opcode.F64Ge, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare' },

  // Integer arithmetic
  { name: 'i32.clz', opcode: Opcode.I32Clz, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.ctz', opcode: Opcode.I32Ctz, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.popcnt', opcode: Opcode.I32Popcnt, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.add', opcode: Opcode.I32Add, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.sub', opcode: Opcode.I32Sub, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.mul', opcode: Opcode.I32Mul, immediates: 'none', type: 'i32 i32 -> i32', cost: 'multiply' },
  { name: 'i32.div_s', opcode: Opcode.I32DivS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero', 'integer-overflow'] },
  { name: 'i32.div_u', opcode: Opcode.I32DivU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.rem_s', opcode: Opcode.I32RemS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.rem_u', opcode: Opcode.I32RemU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.and', opcode: Opcode.I32And, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.or', opcode: Opcode.I32Or, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.xor', opcode: Opcode.I32Xor, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shl', opcode: Opcode.I32Shl, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shr_s', opcode: Opcode.I32ShrS, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shr_u', opcode: Opcode.I32ShrU, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.rotl', opcode: Opcode.I32Rotl, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.rotr', opcode: Opcode.I32Rotr, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i64.clz', opcode: Opcode.I64Clz, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.ctz', opcode: Opcode.I64Ctz, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.popcnt', opcode: Opcode.I64Popcnt, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.add', opcode: Opcode.I64Add, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.sub', opcode: Opcode.I64Sub, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.mul', opcode: Opcode.I64Mul, immediates: 'none', type: 'i64 i64 -> i64', cost: 'multiply' },
  { name: 'i64.div_s', opcode: Opcode.I64DivS, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero', 'integer-overflow'] },
  { name: 'i64.div_u', opcode: Opcode.I64DivU, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.rem_s', opcode: Opcode.I64RemS, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.rem_u', opcode: Opcode.I64RemU, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.and', opcode: Opcode.I64And, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.or', opcode: Opcode.I64Or, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.xor', opcode: Opcode.I64Xor, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shl', opcode: Opcode.I64Shl, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shr_s', opcode: Opcode.I64ShrS, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shr_u', opcode: Opcode.I64ShrU, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.rotl', opcode: Opcode.I64Rotl, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.rotr', opcode: Opcode.I64Rotr, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },

  // Float arithmetic
  { name: 'f32.abs', opcode: Opcode.F32Abs, immediates: 'none', type: 'f32 -> f32', cost: 'simple' },
  { name: 'f32.neg', opcode: Opcode.F32Neg, immediates: 'none', type: 'f32 -> f32', cost: 'simple' },
  { name: 'f32.ceil', opcode: Opcode.F32Ceil, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound' },
  { name: 'f32.floor', opcode: Opcode.F32Floor, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound' },
  { name: 'f32.trunc', opcode: Opcode.F32Trunc, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound' },
  { name: 'f32.nearest', opcode: Opcode.F32Nearest, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound' },
  { name: 'f32.sqrt', opcode: Opcode.F32Sqrt, immediates: 'none', type: 'f32 -> f32', cost: 'floatSquareRoot' },
  { name: 'f32.add', opcode: Opcode.F32Add, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float' },
  { name: 'f32.sub', opcode: Opcode.F32Sub, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float' },
  { name: 'f32.mul', opcode: Opcode.F32Mul, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float' },
  { name: 'f32.div', opcode: Opcode.F32Div, immediates: 'none', type: 'f32 f32 -> f32', cost: 'floatDivide' },
  { name: 'f32.min', opcode: Opcode.F32Min, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float' },
  { name: 'f32.max', opcode: Opcode.F32Max, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float' },
  { name: 'f32.copysign', opcode: Opcode.F32Copysign, immediates: 'none', type: 'f32 f32 -> f32', cost: 'simple' },
  { name: 'f64.abs', opcode: Opcode.F64Abs, immediates: 'none', type: 'f64 -> f64', cost: 'simple' },
  { name: 'f64.neg', opcode: Opcode.F64Neg, immediates: 'none', type: 'f64 -> f64', cost: 'simple' },
  { name: 'f64.ceil', opcode: Opcode.F64Ceil, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound' },
  { name: 'f64.floor', opcode: Opcode.F64Floor, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound' },
  { name: 'f64.trunc', opcode: Opcode.F64Trunc, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound' },
  { name: 'f64.nearest', opcode: Opcode.F64Nearest, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound' },
  { name: 'f64.sqrt', opcode: Opcode.F64Sqrt, immediates: 'none', type: 'f64 -> f64', cost: 'floatSquareRoot' },
  { name: 'f64.add', opcode: Opcode.F64Add, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float' },
  { name: 'f64.sub', opcode: Opcode.F64Sub, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float' },
  { name: 'f64.mul', opcode: Opcode.F64Mul, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float' },
  { name: 'f64.div', opcode: Opcode.F64Div, immediates: 'none', type: 'f64 f64 -> f64', cost: 'floatDivide' },
  { name: 'f64.min', opcode: Opcode.F64Min, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float' },
  { name: 'f64.max', opcode: Opcode.F64Max, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float' },
  { name: 'f64.copysign', opcode: Opcode.F64Copysign, immediates: 'none', type: 'f64 f64 -> f64', cost: 'simple' },

  // Conversions
  { name: 'i32.wrap_i64', opcode: Opcode.I32WrapI64, immediates: 'none', type: 'i64 -> i32', cost: 'simple' },
  { name: 'i32.trunc_f32_s', opcode: Opcode.I32TruncF32S, immediates: 'none', type: 'f32 -> i32', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f32_u', opcode: Opcode.I32TruncF32U, immediates: 'none', type: 'f32 -> i32', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f64_s', opcode: Opcode.I32TruncF64S, immediates: 'none', type: 'f64 -> i32', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f64_u', opcode: Opcode.I32TruncF64U, immediates: 'none', type: 'f64 -> i32', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.extend_i32_s', opcode: Opcode.I64ExtendI32S, immediates: 'none', type: 'i32 -> i64', cost: 'simple' },
  { name: 'i64.extend_i32_u', opcode: Opcode.I64ExtendI32U, immediates: 'none', type: 'i32 -> i64', cost: 'simple' },
  { name: 'i64.trunc_f32_s', opcode: Opcode.I64TruncF32S, immediates: 'none', type: 'f32 -> i64', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f32_u', opcode: Opcode.I64TruncF32U, immediates: 'none', type: 'f32 -> i64', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f64_s', opcode: Opcode.I64TruncF64S, immediates: 'none', type: 'f64 -> i64', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f64_u', opcode: Opcode.I64TruncF64U, immediates: 'none', type: 'f64 -> i64', cost: 'convert', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'f32.convert_i32_s', opcode: Opcode.F32ConvertI32S, immediates: 'none', type: 'i32 -> f32', cost: 'convert' },
  { name: 'f32.convert_i32_u', opcode: Opcode.F32ConvertI32U, immediates: 'none', type: 'i32 -> f32', cost: 'convert' },
  { name: 'f32.convert_i64_s', opcode: Opcode.F32ConvertI64S, immediates: 'none', type: 'i64 -> f32', cost: 'convert' },
  { name: 'f32.convert_i64_u', opcode: Opcode.F32ConvertI64U, immediates: 'none', type: 'i64 -> f32', cost: 'convert' },
  { name: 'f32.demote_f64', opcode: Opcode.F32DemoteF64, immediates: 'none', type: 'f64 -> f32', cost: 'convert' },
  { name: 'f64.convert_i32_s', opcode: Opcode.F64ConvertI32S, immediates: 'none', type: 'i32 -> f64', cost: 'convert' },
  { name: 'f64.convert_i32_u', opcode: Opcode.F64ConvertI32U, immediates: 'none', type: 'i32 -> f64', cost: 'convert' },
  { name: 'f64.convert_i64_s', opcode: Opcode.F64ConvertI64S, immediates: 'none', type: 'i64 -> f64', cost: 'convert' },
  { name: 'f64.convert_i64_u', opcode: Opcode.F64ConvertI64U, immediates: 'none', type: 'i64 -> f64', cost: 'convert' },
  { name: 'f64.promote_f32', opcode: Opcode.F64PromoteF32, immediates: 'none', type: 'f32 -> f64', cost: 'convert' },
  { name: 'i32.reinterpret_f32', opcode: Opcode.I32ReinterpretF32, immediates: 'none', type: 'f32 -> i32', cost: 'simple' },
  { name: 'i64.reinterpret_f64', opcode: Opcode.I64ReinterpretF64, immediates: 'none', type: 'f64 -> i64', cost: 'simple' },
  { name: 'f32.reinterpret_i32', opcode: Opcode.F32ReinterpretI32, immediates: 'none', type: 'i32 -> f32', cost: 'simple' },
  { name: 'f64.reinterpret_i64', opcode: Opcode.F64ReinterpretI64, immediates: 'none', type: 'i64 -> f64', cost: 'simple' },
  { name: 'i32.extend8_s', opcode: Opcode.I32Extend8S, immediates: 'none', type: 'i32 -> i32', cost: 'simple', feature: 'sign-extension' },
  { name: 'i32.extend16_s', opcode: Opcode.I32Extend16S, immediates: 'none', type: 'i32 -> i32', cost: 'simple', feature: 'sign-extension' },
  { name: 'i64.extend8_s', opcode: Opcode.I64Extend8S, immediates: 'none', type: 'i64 -> i64', cost: 'simple', feature: 'sign-extension' },
  { name: 'i64.extend16_s', opcode: Opcode.I64Extend16S, immediates: 'none', type: 'i64 -> i64', cost: 'simple', feature: 'sign-extension' },
  { name: 'i64.extend32_s', opcode: Opcode.I64Extend32S, immediates: 'none', type: 'i64 -> i64', cost: 'simple', feature: 'sign-extension' },
  { name: 'i32.trunc_sat_f32_s', opcode: Opcode.I32TruncSatF32S, immediates: 'none', type: 'f32 -> i32', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f32_u', opcode: Opcode.I32TruncSatF32U, immediates: 'none', type: 'f32 -> i32', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f64_s', opcode: Opcode.I32TruncSatF64S, immediates: 'none', type: 'f64 -> i32', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f64_u', opcode: Opcode.I32TruncSatF64U, immediates: 'none', type: 'f64 -> i32', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f32_s', opcode: Opcode.I64TruncSatF32S, immediates: 'none', type: 'f32 -> i64', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f32_u', opcode: Opcode.I64TruncSatF32U, immediates: 'none', type: 'f32 -> i64', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f64_s', opcode: Opcode.I64TruncSatF64S, immediates: 'none', type: 'f64 -> i64', cost: 'convert', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f64_u', opcode: Opcode.I64TruncSatF64U, immediates: 'none', type: 'f64 -> i64', cost: 'convert', feature: 'saturating-conversion' },

  // References
  { name: 'ref.null', opcode: Opcode.RefNull, immediates: 'heap type', type: 'ref.null', cost: 'const', feature: 'reference-types' },
  { name: 'ref.is_null', opcode: Opcode.RefIsNull, immediates: 'none', type: 'ref.is_null', cost: 'simple', feature: 'reference-types' },
  { name: 'ref.func', opcode: Opcode.RefFunc, immediates: 'function', type: '-> funcref', cost: 'const', feature: 'reference-types' },

  // Bulk memory and tables
  { name: 'memory.init', opcode: Opcode.MemoryInit, immediates: 'data memory', type: 'i32 i32 i32 ->', cost: 'memoryInit', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'data.drop', opcode: Opcode.DataDrop, immediates: 'data', type: '->', cost: 'simple', feature: 'bulk-memory' },
  { name: 'memory.copy', opcode: Opcode.MemoryCopy, immediates: 'memory memory', type: 'i32 i32 i32 ->', cost: 'memoryCopy', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'memory.fill', opcode: Opcode.MemoryFill, immediates: 'memory', type: 'i32 i32 i32 ->', cost: 'memoryFill', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'table.init', opcode: Opcode.TableInit, immediates: 'element table', type: 'i32 i32 i32 ->', cost: 'tableInit', traps: ['out-of-bounds-table-access'], feature: 'bulk-memory' },
  { name: 'elem.drop', opcode: Opcode.ElemDrop, immediates: 'element', type: '->', cost: 'simple', feature: 'bulk-memory' },
  { name: 'table.copy', opcode: Opcode.TableCopy, immediates: 'table table', type: 'i32 i32 i32 ->', cost: 'tableCopy', traps: ['out-of-bounds-table-access'], feature: 'bulk-memory' },
  { name: 'table.grow', opcode: Opcode.TableGrow, immediates: 'table', type: 'table.grow', cost: 'tableGrow', feature: 'reference-types' },
  { name: 'table.size', opcode: Opcode.TableSize, immediates: 'table', type: '-> i32', cost: 'simple', feature: 'reference-types' },
  { name: 'table.fill', opcode: Opcode.TableFill, immediates: 'table', type: 'table.fill', cost: 'tableFill', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },
] as const satisfies readonly InstructionRow[];

export type InstructionName = (typeof INSTRUCTIONS)[number]['name'];

/** Rows by opcode: 0x00 to 0xff, then 0xfc00 to 0xfc11 at `PREFIXED_BASE + n`. */
export const PREFIXED_BASE = 0x100;
export const PREFIX_FC = 0xfc;

/** Index of an opcode in tables by opcode, such as `ROW_BY_INDEX` and a schedule's static prices. */
export function opcodeIndex(opcode: number): number {
  return opcode >= 0xfc00 ? PREFIXED_BASE + (opcode - 0xfc00) : opcode;
}

export const OPCODE_INDEX_COUNT: number = PREFIXED_BASE + 0x12;

/** The row of each opcode index, undefined where there is no instruction. */
export const ROW_BY_INDEX: readonly (InstructionRow | undefined)[] = (() => {
  const rows = new Array<InstructionRow | undefined>(OPCODE_INDEX_COUNT).fill(undefined);
  for (const row of INSTRUCTIONS) rows[opcodeIndex(row.opcode)] = row;
  return Object.freeze(rows);
})();
