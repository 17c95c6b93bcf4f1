/**
 * How each instruction is compiled: a rule by its name, which reads the immediates and emits register code. A rule
 * returns whether what follows is live. An instruction without a rule does not compile here; one that is a single
 * operation has its rule from the table of operations (`of` in its row).
 */
import { INSTRUCTIONS, type InstructionName, opcodeIndex } from '../../wasm/instructions.js';
import { Opcode } from '../../wasm/opcode.js';
import { skipImmediates } from '../../wasm/skip-immediates.js';
import { Op } from '../op.js';
import { COMPARISONS, CONSTANT_FORMS, LOADS, OPERATIONS, STORES } from '../op-forms.js';
import { load, store } from './accesses.js';
import { call, callIndirect } from './calls.js';
import { compare, compareF32, compareI32, compareI64, testZero, truth } from './comparisons.js';
import { branchIf, branchTable, endBlock, startBlock, startElse, startIf, startLoop } from './control.js';
import type { FunctionCompiler } from './function-compiler.js';
import { addI32, multiplyF64, takeDeferred } from './fusions.js';
import { emitBranch, emitReturn, labelAt } from './labels.js';
import { binary, operator, unary } from './operators.js';
import * as variables from './variables.js';

type Rule = (compiler: FunctionCompiler) => boolean;

/** The same kind of rule for each row of a table by instruction. */
function rulesOf<Rows extends object>(rows: Rows, rule: (row: Rows[keyof Rows]) => Rule): Record<keyof Rows, Rule> {
  const rules = Object.entries(rows).map(([name, row]: [string, Rows[keyof Rows]]) => [name, rule(row)] as const);
  return Object.fromEntries(rules) as Record<keyof Rows, Rule>;
}

const OPERATION_RULES = rulesOf(OPERATIONS, (row) => {
  const { op, result, operands, words, memories } = row;
  const wide = result === 'wide';
  if (result === 'none' || words + memories > 0) return (c) => variables.operation(c, row);
  return operands === 1 ? (c) => unary(c, op, wide) : (c) => binary(c, op, wide);
});
const LOAD_RULES = rulesOf(LOADS, (row) => (c) => load(c, row));
const STORE_RULES = rulesOf(STORES, (row) => (c) => store(c, row));
const COMPARISON_RULES = rulesOf(COMPARISONS, (row) => {
  if ('setImm' in row) return (c) => compareI32(c, row);
  if ('branchZero' in row) return (c) => compareI64(c, row);
  return 'branch' in row ? (c) => compare(c, row) : (c) => compareF32(c, row);
});
/** Operators with a form for a constant, of which some take in an operator before them. */
const CONSTANT_RULES = rulesOf(CONSTANT_FORMS, (row) => {
  const rule = operator(row);
  if (!('takesIn' in row)) return rule;
  return (c) => takeDeferred(c, row.takesIn) || rule(c);
});
const ADD = CONSTANT_FORMS['i32.add'];

const RULES = {
  ...OPERATION_RULES,
  ...LOAD_RULES,
  ...STORE_RULES,
  ...COMPARISON_RULES,
  ...CONSTANT_RULES,
  'i32.add': (c) => takeDeferred(c, ADD.takesIn) || addI32(c) || CONSTANT_RULES['i32.add'](c),
  'f64.mul': (c) => multiplyF64(c) || CONSTANT_RULES['f64.mul'](c),

  unreachable: ({ code }) => {
    code.emit1(Op.Unreachable);
    return false;
  },
  nop: () => true,
  block: startBlock,
  loop: startLoop,
  if: (c) => startIf(c, truth(c)),
  else: (c) => startElse(c, true),
  end: (c) => endBlock(c, true),
  br: (c) => {
    emitBranch(c, labelAt(c, c.reader.u32()));
    return false;
  },
  br_if: (c) => branchIf(c, truth(c)),
  br_table: branchTable,
  return: (c) => {
    emitReturn(c);
    return false;
  },
  call: (c) => call(c, false),
  call_indirect: (c) => callIndirect(c, false),
  return_call: (c) => call(c, true),
  return_call_indirect: (c) => callIndirect(c, true),

  drop: variables.drop,
  select: variables.select,
  select_t: (c) => {
    skipImmediates(c.reader, Opcode.SelectT);
    return variables.select(c);
  },
  'local.get': variables.getLocal,
  'local.set': (c) => variables.setLocal(c, false),
  'local.tee': (c) => variables.setLocal(c, true),
  'global.get': variables.getGlobal,
  'global.set': variables.setGlobal,
  'i32.const': (c) => variables.narrowConstant(c, c.reader.s32()),
  'i64.const': (c) => variables.wideConstant(c, c.reader.s64(), c.reader.high),
  'f32.const': (c) => variables.narrowConstant(c, c.reader.fixed32()),
  'f64.const': (c) => variables.wideConstant(c, c.reader.fixed32(), c.reader.fixed32()),
  'ref.null': (c) => {
    c.reader.u8();
    return variables.narrowConstant(c, 0);
  },

  'ref.is_null': (c) => testZero(c, Op.I32Eqz, Op.BranchUnless, Op.BranchIf),
  'i32.eqz': (c) => testZero(c, Op.I32Eqz, Op.BranchUnless, Op.BranchIf),
  'i64.eqz': (c) => testZero(c, Op.I64Eqz, Op.BranchI64Eqz, Op.BranchI64Nez),
  'i32.wrap_i64': (c) => variables.retype(c, false),
  'i32.reinterpret_f32': (c) => variables.retype(c, false),
  'f32.reinterpret_i32': (c) => variables.retype(c, false),
  'i64.reinterpret_f64': (c) => variables.retype(c, true),
  'f64.reinterpret_i64': (c) => variables.retype(c, true),
} satisfies Readonly<Record<InstructionName, Rule>>;

/** By opcode index. */
export const RULE_BY_INDEX: readonly Rule[] = (() => {
  const rules: Rule[] = [];
  for (const { name, opcode } of INSTRUCTIONS) rules[opcodeIndex(opcode)] = RULES[name];
  return rules;
})();
