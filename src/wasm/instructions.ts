/**
 * The instruction table: the one place where an instruction of the accepted language is described. Decoding,
 * validation, metering, both tiers, disassembly, the generator of random modules and the reference page read it.
 *
 * A row has the name (text format), the opcode (`opcode.ts` is generated from it), the kinds of its immediates, its
 * type (operands and results, or the name of the rule that types it), its cost class (a row of the fuel schedule), the
 * traps it can end in, and the feature that introduced it. Specification: index of instructions.
 */
import type { TrapCode } from '../base/fault.js';

/** Immediates that follow the opcode in the binary format. */
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
  | 'tableSet'
  | 'size'
  | 'reference'
  | 'control'
  | 'loop'
  | 'branch'
  | 'branchTable'
  | 'call'
  | 'callIndirect'
  | 'load'
  | 'loadExtend'
  | 'store'
  | 'multiply'
  | 'divide'
  | 'bitCount'
  | 'float'
  | 'floatCompare'
  | 'floatSelect'
  | 'floatRound'
  | 'floatDivide'
  | 'floatSquareRoot'
  | 'convert'
  | 'extend'
  | 'memoryGrow'
  | 'memoryInit'
  | 'memoryCopy'
  | 'memoryFill'
  | 'tableInit'
  | 'tableCopy'
  | 'tableFill'
  | 'tableGrow';

/** How an instruction with a float treats the bits of a NaN, which the host chooses (docs/SEMANTICS.md, section 2). */
export type NanClass =
  /** An operand counts only by its value, or a result equals an operand. */
  | 'plain'
  /** The result may be a NaN of any bits. */
  | 'generates'
  /** Operands must have the correct bits. */
  | 'observes'
  /** `neg` and `abs`: change only the sign. */
  | 'negates'
  | 'clears sign'
  /** Traps differently for NaN and for a value out of range. */
  | 'truncates';

interface Row {
  readonly name: string;
  /** 0xfc00 + n for prefixed opcode n. */
  readonly opcode: number;
  /** `operands -> results`, or the name of a validator rule (no arrow). */
  readonly type: string;
  readonly cost: CostClass;
  readonly traps?: readonly TrapCode[];
  readonly feature?: Feature;
  /** For instructions with a float among their operands or results (see `WITHOUT_NAN_CLASS`). */
  readonly nan?: NanClass;
}

/** A memory access has the number of bytes it reads or writes. */
export type InstructionRow = Row &
  (
    | { readonly immediates: 'memarg'; readonly bytes: 1 | 2 | 4 | 8 }
    | { readonly immediates: Exclude<Immediates, 'memarg'>; readonly bytes?: never }
  );

// biome-ignore format: one row, one line
export const INSTRUCTIONS = [
  // Control
  { name: 'unreachable', opcode: 0x00, immediates: 'none', type: 'unreachable', cost: 'control', traps: ['unreachable'] },
  { name: 'nop', opcode: 0x01, immediates: 'none', type: '->', cost: 'free' },
  { name: 'block', opcode: 0x02, immediates: 'block', type: 'block', cost: 'free' },
  { name: 'loop', opcode: 0x03, immediates: 'block', type: 'loop', cost: 'loop' },
  { name: 'if', opcode: 0x04, immediates: 'block', type: 'if', cost: 'branch' },
  { name: 'else', opcode: 0x05, immediates: 'none', type: 'else', cost: 'delimiter' },
  { name: 'end', opcode: 0x0b, immediates: 'none', type: 'end', cost: 'delimiter' },
  { name: 'br', opcode: 0x0c, immediates: 'label', type: 'br', cost: 'branch' },
  { name: 'br_if', opcode: 0x0d, immediates: 'label', type: 'br_if', cost: 'branch' },
  { name: 'br_table', opcode: 0x0e, immediates: 'labels', type: 'br_table', cost: 'branchTable' },
  { name: 'return', opcode: 0x0f, immediates: 'none', type: 'return', cost: 'branch' },
  { name: 'call', opcode: 0x10, immediates: 'function', type: 'call', cost: 'call' },
  { name: 'call_indirect', opcode: 0x11, immediates: 'type table', type: 'call_indirect', cost: 'callIndirect', traps: ['undefined-element', 'uninitialized-element', 'indirect-call-type-mismatch'] },
  { name: 'return_call', opcode: 0x12, immediates: 'function', type: 'return_call', cost: 'call', feature: 'tail-call' },
  { name: 'return_call_indirect', opcode: 0x13, immediates: 'type table', type: 'return_call_indirect', cost: 'callIndirect', traps: ['undefined-element', 'uninitialized-element', 'indirect-call-type-mismatch'], feature: 'tail-call' },

  // Parametric
  { name: 'drop', opcode: 0x1a, immediates: 'none', type: 'drop', cost: 'free' },
  { name: 'select', opcode: 0x1b, immediates: 'none', type: 'select', cost: 'simple' },
  { name: 'select_t', opcode: 0x1c, immediates: 'types', type: 'select_t', cost: 'simple', feature: 'reference-types' },

  // Variables
  { name: 'local.get', opcode: 0x20, immediates: 'local', type: 'local.get', cost: 'local' },
  { name: 'local.set', opcode: 0x21, immediates: 'local', type: 'local.set', cost: 'local' },
  { name: 'local.tee', opcode: 0x22, immediates: 'local', type: 'local.tee', cost: 'local' },
  { name: 'global.get', opcode: 0x23, immediates: 'global', type: 'global.get', cost: 'global' },
  { name: 'global.set', opcode: 0x24, immediates: 'global', type: 'global.set', cost: 'global' },

  // Tables
  { name: 'table.get', opcode: 0x25, immediates: 'table', type: 'table.get', cost: 'table', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },
  { name: 'table.set', opcode: 0x26, immediates: 'table', type: 'table.set', cost: 'tableSet', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },

  // Memory
  { name: 'i32.load', opcode: 0x28, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', bytes: 4, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load', opcode: 0x29, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', bytes: 8, traps: ['out-of-bounds-memory-access'] },
  { name: 'f32.load', opcode: 0x2a, immediates: 'memarg', type: 'i32 -> f32', cost: 'load', bytes: 4, nan: 'plain', traps: ['out-of-bounds-memory-access'] },
  { name: 'f64.load', opcode: 0x2b, immediates: 'memarg', type: 'i32 -> f64', cost: 'load', bytes: 8, nan: 'plain', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load8_s', opcode: 0x2c, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load8_u', opcode: 0x2d, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load16_s', opcode: 0x2e, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.load16_u', opcode: 0x2f, immediates: 'memarg', type: 'i32 -> i32', cost: 'load', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load8_s', opcode: 0x30, immediates: 'memarg', type: 'i32 -> i64', cost: 'loadExtend', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load8_u', opcode: 0x31, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load16_s', opcode: 0x32, immediates: 'memarg', type: 'i32 -> i64', cost: 'loadExtend', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load16_u', opcode: 0x33, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load32_s', opcode: 0x34, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', bytes: 4, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.load32_u', opcode: 0x35, immediates: 'memarg', type: 'i32 -> i64', cost: 'load', bytes: 4, traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store', opcode: 0x36, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', bytes: 4, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store', opcode: 0x37, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', bytes: 8, traps: ['out-of-bounds-memory-access'] },
  { name: 'f32.store', opcode: 0x38, immediates: 'memarg', type: 'i32 f32 ->', cost: 'store', bytes: 4, nan: 'observes', traps: ['out-of-bounds-memory-access'] },
  { name: 'f64.store', opcode: 0x39, immediates: 'memarg', type: 'i32 f64 ->', cost: 'store', bytes: 8, nan: 'observes', traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store8', opcode: 0x3a, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i32.store16', opcode: 0x3b, immediates: 'memarg', type: 'i32 i32 ->', cost: 'store', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store8', opcode: 0x3c, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', bytes: 1, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store16', opcode: 0x3d, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', bytes: 2, traps: ['out-of-bounds-memory-access'] },
  { name: 'i64.store32', opcode: 0x3e, immediates: 'memarg', type: 'i32 i64 ->', cost: 'store', bytes: 4, traps: ['out-of-bounds-memory-access'] },
  { name: 'memory.size', opcode: 0x3f, immediates: 'memory', type: '-> i32', cost: 'size' },
  { name: 'memory.grow', opcode: 0x40, immediates: 'memory', type: 'i32 -> i32', cost: 'memoryGrow' },

  // Constants
  { name: 'i32.const', opcode: 0x41, immediates: 'i32', type: '-> i32', cost: 'const' },
  { name: 'i64.const', opcode: 0x42, immediates: 'i64', type: '-> i64', cost: 'const' },
  { name: 'f32.const', opcode: 0x43, immediates: 'f32', type: '-> f32', cost: 'const', nan: 'plain' },
  { name: 'f64.const', opcode: 0x44, immediates: 'f64', type: '-> f64', cost: 'const', nan: 'plain' },

  // Comparisons
  { name: 'i32.eqz', opcode: 0x45, immediates: 'none', type: 'i32 -> i32', cost: 'simple' },
  { name: 'i32.eq', opcode: 0x46, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ne', opcode: 0x47, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.lt_s', opcode: 0x48, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.lt_u', opcode: 0x49, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.gt_s', opcode: 0x4a, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.gt_u', opcode: 0x4b, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.le_s', opcode: 0x4c, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.le_u', opcode: 0x4d, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ge_s', opcode: 0x4e, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.ge_u', opcode: 0x4f, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i64.eqz', opcode: 0x50, immediates: 'none', type: 'i64 -> i32', cost: 'simple' },
  { name: 'i64.eq', opcode: 0x51, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ne', opcode: 0x52, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.lt_s', opcode: 0x53, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.lt_u', opcode: 0x54, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.gt_s', opcode: 0x55, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.gt_u', opcode: 0x56, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.le_s', opcode: 0x57, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.le_u', opcode: 0x58, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ge_s', opcode: 0x59, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'i64.ge_u', opcode: 0x5a, immediates: 'none', type: 'i64 i64 -> i32', cost: 'simple' },
  { name: 'f32.eq', opcode: 0x5b, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f32.ne', opcode: 0x5c, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f32.lt', opcode: 0x5d, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f32.gt', opcode: 0x5e, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f32.le', opcode: 0x5f, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f32.ge', opcode: 0x60, immediates: 'none', type: 'f32 f32 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.eq', opcode: 0x61, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.ne', opcode: 0x62, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.lt', opcode: 0x63, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.gt', opcode: 0x64, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.le', opcode: 0x65, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },
  { name: 'f64.ge', opcode: 0x66, immediates: 'none', type: 'f64 f64 -> i32', cost: 'floatCompare', nan: 'plain' },

  // Integer arithmetic
  { name: 'i32.clz', opcode: 0x67, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.ctz', opcode: 0x68, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.popcnt', opcode: 0x69, immediates: 'none', type: 'i32 -> i32', cost: 'bitCount' },
  { name: 'i32.add', opcode: 0x6a, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.sub', opcode: 0x6b, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.mul', opcode: 0x6c, immediates: 'none', type: 'i32 i32 -> i32', cost: 'multiply' },
  { name: 'i32.div_s', opcode: 0x6d, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero', 'integer-overflow'] },
  { name: 'i32.div_u', opcode: 0x6e, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.rem_s', opcode: 0x6f, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.rem_u', opcode: 0x70, immediates: 'none', type: 'i32 i32 -> i32', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i32.and', opcode: 0x71, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.or', opcode: 0x72, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.xor', opcode: 0x73, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shl', opcode: 0x74, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shr_s', opcode: 0x75, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.shr_u', opcode: 0x76, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.rotl', opcode: 0x77, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i32.rotr', opcode: 0x78, immediates: 'none', type: 'i32 i32 -> i32', cost: 'simple' },
  { name: 'i64.clz', opcode: 0x79, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.ctz', opcode: 0x7a, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.popcnt', opcode: 0x7b, immediates: 'none', type: 'i64 -> i64', cost: 'bitCount' },
  { name: 'i64.add', opcode: 0x7c, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.sub', opcode: 0x7d, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.mul', opcode: 0x7e, immediates: 'none', type: 'i64 i64 -> i64', cost: 'multiply' },
  { name: 'i64.div_s', opcode: 0x7f, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero', 'integer-overflow'] },
  { name: 'i64.div_u', opcode: 0x80, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.rem_s', opcode: 0x81, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.rem_u', opcode: 0x82, immediates: 'none', type: 'i64 i64 -> i64', cost: 'divide', traps: ['integer-divide-by-zero'] },
  { name: 'i64.and', opcode: 0x83, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.or', opcode: 0x84, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.xor', opcode: 0x85, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shl', opcode: 0x86, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shr_s', opcode: 0x87, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.shr_u', opcode: 0x88, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.rotl', opcode: 0x89, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },
  { name: 'i64.rotr', opcode: 0x8a, immediates: 'none', type: 'i64 i64 -> i64', cost: 'simple' },

  // Float arithmetic
  { name: 'f32.abs', opcode: 0x8b, immediates: 'none', type: 'f32 -> f32', cost: 'simple', nan: 'clears sign' },
  { name: 'f32.neg', opcode: 0x8c, immediates: 'none', type: 'f32 -> f32', cost: 'simple', nan: 'negates' },
  { name: 'f32.ceil', opcode: 0x8d, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound', nan: 'generates' },
  { name: 'f32.floor', opcode: 0x8e, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound', nan: 'generates' },
  { name: 'f32.trunc', opcode: 0x8f, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound', nan: 'generates' },
  { name: 'f32.nearest', opcode: 0x90, immediates: 'none', type: 'f32 -> f32', cost: 'floatRound', nan: 'generates' },
  { name: 'f32.sqrt', opcode: 0x91, immediates: 'none', type: 'f32 -> f32', cost: 'floatSquareRoot', nan: 'generates' },
  { name: 'f32.add', opcode: 0x92, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float', nan: 'generates' },
  { name: 'f32.sub', opcode: 0x93, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float', nan: 'generates' },
  { name: 'f32.mul', opcode: 0x94, immediates: 'none', type: 'f32 f32 -> f32', cost: 'float', nan: 'generates' },
  { name: 'f32.div', opcode: 0x95, immediates: 'none', type: 'f32 f32 -> f32', cost: 'floatDivide', nan: 'generates' },
  { name: 'f32.min', opcode: 0x96, immediates: 'none', type: 'f32 f32 -> f32', cost: 'floatSelect', nan: 'generates' },
  { name: 'f32.max', opcode: 0x97, immediates: 'none', type: 'f32 f32 -> f32', cost: 'floatSelect', nan: 'generates' },
  { name: 'f32.copysign', opcode: 0x98, immediates: 'none', type: 'f32 f32 -> f32', cost: 'floatSelect', nan: 'observes' },
  { name: 'f64.abs', opcode: 0x99, immediates: 'none', type: 'f64 -> f64', cost: 'simple', nan: 'clears sign' },
  { name: 'f64.neg', opcode: 0x9a, immediates: 'none', type: 'f64 -> f64', cost: 'simple', nan: 'negates' },
  { name: 'f64.ceil', opcode: 0x9b, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound', nan: 'generates' },
  { name: 'f64.floor', opcode: 0x9c, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound', nan: 'generates' },
  { name: 'f64.trunc', opcode: 0x9d, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound', nan: 'generates' },
  { name: 'f64.nearest', opcode: 0x9e, immediates: 'none', type: 'f64 -> f64', cost: 'floatRound', nan: 'generates' },
  { name: 'f64.sqrt', opcode: 0x9f, immediates: 'none', type: 'f64 -> f64', cost: 'floatSquareRoot', nan: 'generates' },
  { name: 'f64.add', opcode: 0xa0, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float', nan: 'generates' },
  { name: 'f64.sub', opcode: 0xa1, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float', nan: 'generates' },
  { name: 'f64.mul', opcode: 0xa2, immediates: 'none', type: 'f64 f64 -> f64', cost: 'float', nan: 'generates' },
  { name: 'f64.div', opcode: 0xa3, immediates: 'none', type: 'f64 f64 -> f64', cost: 'floatDivide', nan: 'generates' },
  { name: 'f64.min', opcode: 0xa4, immediates: 'none', type: 'f64 f64 -> f64', cost: 'floatSelect', nan: 'generates' },
  { name: 'f64.max', opcode: 0xa5, immediates: 'none', type: 'f64 f64 -> f64', cost: 'floatSelect', nan: 'generates' },
  { name: 'f64.copysign', opcode: 0xa6, immediates: 'none', type: 'f64 f64 -> f64', cost: 'floatSelect', nan: 'observes' },

  // Conversions
  { name: 'i32.wrap_i64', opcode: 0xa7, immediates: 'none', type: 'i64 -> i32', cost: 'simple' },
  { name: 'i32.trunc_f32_s', opcode: 0xa8, immediates: 'none', type: 'f32 -> i32', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f32_u', opcode: 0xa9, immediates: 'none', type: 'f32 -> i32', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f64_s', opcode: 0xaa, immediates: 'none', type: 'f64 -> i32', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i32.trunc_f64_u', opcode: 0xab, immediates: 'none', type: 'f64 -> i32', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.extend_i32_s', opcode: 0xac, immediates: 'none', type: 'i32 -> i64', cost: 'simple' },
  { name: 'i64.extend_i32_u', opcode: 0xad, immediates: 'none', type: 'i32 -> i64', cost: 'simple' },
  { name: 'i64.trunc_f32_s', opcode: 0xae, immediates: 'none', type: 'f32 -> i64', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f32_u', opcode: 0xaf, immediates: 'none', type: 'f32 -> i64', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f64_s', opcode: 0xb0, immediates: 'none', type: 'f64 -> i64', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'i64.trunc_f64_u', opcode: 0xb1, immediates: 'none', type: 'f64 -> i64', cost: 'convert', nan: 'truncates', traps: ['invalid-conversion-to-integer', 'integer-overflow'] },
  { name: 'f32.convert_i32_s', opcode: 0xb2, immediates: 'none', type: 'i32 -> f32', cost: 'convert', nan: 'plain' },
  { name: 'f32.convert_i32_u', opcode: 0xb3, immediates: 'none', type: 'i32 -> f32', cost: 'convert', nan: 'plain' },
  { name: 'f32.convert_i64_s', opcode: 0xb4, immediates: 'none', type: 'i64 -> f32', cost: 'convert', nan: 'plain' },
  { name: 'f32.convert_i64_u', opcode: 0xb5, immediates: 'none', type: 'i64 -> f32', cost: 'convert', nan: 'plain' },
  { name: 'f32.demote_f64', opcode: 0xb6, immediates: 'none', type: 'f64 -> f32', cost: 'convert', nan: 'generates' },
  { name: 'f64.convert_i32_s', opcode: 0xb7, immediates: 'none', type: 'i32 -> f64', cost: 'convert', nan: 'plain' },
  { name: 'f64.convert_i32_u', opcode: 0xb8, immediates: 'none', type: 'i32 -> f64', cost: 'convert', nan: 'plain' },
  { name: 'f64.convert_i64_s', opcode: 0xb9, immediates: 'none', type: 'i64 -> f64', cost: 'convert', nan: 'plain' },
  { name: 'f64.convert_i64_u', opcode: 0xba, immediates: 'none', type: 'i64 -> f64', cost: 'convert', nan: 'plain' },
  { name: 'f64.promote_f32', opcode: 0xbb, immediates: 'none', type: 'f32 -> f64', cost: 'convert', nan: 'generates' },
  { name: 'i32.reinterpret_f32', opcode: 0xbc, immediates: 'none', type: 'f32 -> i32', cost: 'simple', nan: 'observes' },
  { name: 'i64.reinterpret_f64', opcode: 0xbd, immediates: 'none', type: 'f64 -> i64', cost: 'simple', nan: 'observes' },
  { name: 'f32.reinterpret_i32', opcode: 0xbe, immediates: 'none', type: 'i32 -> f32', cost: 'simple', nan: 'plain' },
  { name: 'f64.reinterpret_i64', opcode: 0xbf, immediates: 'none', type: 'i64 -> f64', cost: 'simple', nan: 'plain' },
  { name: 'i32.extend8_s', opcode: 0xc0, immediates: 'none', type: 'i32 -> i32', cost: 'simple', feature: 'sign-extension' },
  { name: 'i32.extend16_s', opcode: 0xc1, immediates: 'none', type: 'i32 -> i32', cost: 'simple', feature: 'sign-extension' },
  { name: 'i64.extend8_s', opcode: 0xc2, immediates: 'none', type: 'i64 -> i64', cost: 'extend', feature: 'sign-extension' },
  { name: 'i64.extend16_s', opcode: 0xc3, immediates: 'none', type: 'i64 -> i64', cost: 'extend', feature: 'sign-extension' },
  { name: 'i64.extend32_s', opcode: 0xc4, immediates: 'none', type: 'i64 -> i64', cost: 'extend', feature: 'sign-extension' },
  { name: 'i32.trunc_sat_f32_s', opcode: 0xfc00, immediates: 'none', type: 'f32 -> i32', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f32_u', opcode: 0xfc01, immediates: 'none', type: 'f32 -> i32', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f64_s', opcode: 0xfc02, immediates: 'none', type: 'f64 -> i32', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i32.trunc_sat_f64_u', opcode: 0xfc03, immediates: 'none', type: 'f64 -> i32', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f32_s', opcode: 0xfc04, immediates: 'none', type: 'f32 -> i64', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f32_u', opcode: 0xfc05, immediates: 'none', type: 'f32 -> i64', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f64_s', opcode: 0xfc06, immediates: 'none', type: 'f64 -> i64', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },
  { name: 'i64.trunc_sat_f64_u', opcode: 0xfc07, immediates: 'none', type: 'f64 -> i64', cost: 'convert', nan: 'plain', feature: 'saturating-conversion' },

  // References
  { name: 'ref.null', opcode: 0xd0, immediates: 'heap type', type: 'ref.null', cost: 'const', feature: 'reference-types' },
  { name: 'ref.is_null', opcode: 0xd1, immediates: 'none', type: 'ref.is_null', cost: 'simple', feature: 'reference-types' },
  { name: 'ref.func', opcode: 0xd2, immediates: 'function', type: '-> funcref', cost: 'reference', feature: 'reference-types' },

  // Bulk memory and tables
  { name: 'memory.init', opcode: 0xfc08, immediates: 'data memory', type: 'i32 i32 i32 ->', cost: 'memoryInit', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'data.drop', opcode: 0xfc09, immediates: 'data', type: '->', cost: 'simple', feature: 'bulk-memory' },
  { name: 'memory.copy', opcode: 0xfc0a, immediates: 'memory memory', type: 'i32 i32 i32 ->', cost: 'memoryCopy', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'memory.fill', opcode: 0xfc0b, immediates: 'memory', type: 'i32 i32 i32 ->', cost: 'memoryFill', traps: ['out-of-bounds-memory-access'], feature: 'bulk-memory' },
  { name: 'table.init', opcode: 0xfc0c, immediates: 'element table', type: 'i32 i32 i32 ->', cost: 'tableInit', traps: ['out-of-bounds-table-access'], feature: 'bulk-memory' },
  { name: 'elem.drop', opcode: 0xfc0d, immediates: 'element', type: '->', cost: 'simple', feature: 'bulk-memory' },
  { name: 'table.copy', opcode: 0xfc0e, immediates: 'table table', type: 'i32 i32 i32 ->', cost: 'tableCopy', traps: ['out-of-bounds-table-access'], feature: 'bulk-memory' },
  { name: 'table.grow', opcode: 0xfc0f, immediates: 'table', type: 'table.grow', cost: 'tableGrow', feature: 'reference-types' },
  { name: 'table.size', opcode: 0xfc10, immediates: 'table', type: '-> i32', cost: 'size', feature: 'reference-types' },
  { name: 'table.fill', opcode: 0xfc11, immediates: 'table', type: 'table.fill', cost: 'tableFill', traps: ['out-of-bounds-table-access'], feature: 'reference-types' },
] as const satisfies readonly InstructionRow[];

type Instruction = (typeof INSTRUCTIONS)[number];
export type InstructionName = Instruction['name'];

type WithFloat = Extract<Instruction, { readonly type: `${string}${'f32' | 'f64'}${string}` }>;
type WithoutNanClass = Exclude<WithFloat, { readonly nan: NanClass }>['name'];
/** Compiles only if every row with a float has a class; the error names rows without one. */
export const WITHOUT_NAN_CLASS: [WithoutNanClass] extends [never] ? 'none' : WithoutNanClass = 'none';

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
