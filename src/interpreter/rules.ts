/**
 * How each instruction is compiled: a rule by its name, which reads the immediates and emits register code. A rule returns
 * whether what follows is live. An instruction without a rule does not compile here; one that is a single operation has its rule
 * from the table of operations (`of` in its row).
 */
import { INSTRUCTIONS, type InstructionName, opcodeIndex } from '../wasm/instructions.js';
import type { FunctionCompiler } from './compile.js';
import { Op } from './op.js';
import {
  COMPARISONS,
  CONSTANT_FORMS,
  type ConstantForm,
  LOADS,
  OPERATIONS,
  type Operation,
  STORES,
} from './op-forms.js';

export type Rule = (compiler: FunctionCompiler) => boolean;

/** The same kind of rule for each row of a table by instruction. */
function rulesOf<Name extends string, Row>(
  rows: Readonly<Record<Name, Row>>,
  rule: (row: Row) => Rule,
): Record<Name, Rule> {
  const rules = Object.entries<Row>(rows).map(([name, row]) => [name, rule(row)] as const);
  return Object.fromEntries(rules) as Record<Name, Rule>;
}

const OPERATION_RULES = rulesOf<keyof typeof OPERATIONS, Operation>(OPERATIONS, (row) => {
  const { op, result, operands, words, memories } = row;
  if (result === 'none' || words + memories > 0) return (c) => c.operation(row);
  return operands === 1 ? (c) => c.unary(op, result === 'wide') : (c) => c.binary(op, result === 'wide');
});
const LOAD_RULES = rulesOf<keyof typeof LOADS, (typeof LOADS)[keyof typeof LOADS]>(
  LOADS,
  ({ op, wide }) =>
    (c) =>
      c.load(op, wide),
);
const STORE_RULES = rulesOf<keyof typeof STORES, (typeof STORES)[keyof typeof STORES]>(STORES, ({ op, immOp }) =>
  immOp === undefined ? (c) => c.store(op) : (c) => c.storeI32(op, immOp),
);
const COMPARISON_RULES = rulesOf<keyof typeof COMPARISONS, (typeof COMPARISONS)[keyof typeof COMPARISONS]>(
  COMPARISONS,
  (row) => {
    if ('setImm' in row) return (c) => c.compareI32(row);
    if (!('branch' in row)) return (c) => c.compareF32(row);
    if (row.set === Op.I64Eq) return (c) => c.compareI64(row, Op.BranchI64Eqz, Op.BranchI64Nez);
    if (row.set === Op.I64Ne) return (c) => c.compareI64(row, Op.BranchI64Nez, Op.BranchI64Eqz);
    return (c) => c.compare(row);
  },
);

/** Operators with a form for a constant. */
const CONSTANT_RULES = rulesOf<keyof typeof CONSTANT_FORMS, ConstantForm>(CONSTANT_FORMS, ({ op, immOp, constant }) => {
  switch (constant) {
    case 'either':
      return (c) => c.binaryI32(op, immOp, true);
    case 'right':
      return (c) => c.binaryI32(op, immOp, false);
    case 'divisor':
      return (c) => c.divideI32(op, immOp);
    case 'small':
      return (c) => c.binaryI64(op, immOp);
    case 'count':
      return (c) => c.shiftI64(op, immOp, 1);
    case 'float':
      return (c) => c.binaryF64(op, immOp);
  }
});
const retyping =
  (wide: boolean): Rule =>
  (c) =>
    c.retype(wide);

const RULES = {
  ...OPERATION_RULES,
  ...LOAD_RULES,
  ...STORE_RULES,
  ...COMPARISON_RULES,
  ...CONSTANT_RULES,

  unreachable: (c) => c.unreachable(),
  nop: () => true,
  block: (c) => c.block(),
  loop: (c) => c.loop(),
  if: (c) => c.compileIf(c.truth()),
  else: (c) => c.else(true),
  end: (c) => c.end(true),
  br: (c) => c.br(),
  br_if: (c) => c.brIf(c.truth()),
  br_table: (c) => c.brTable(),
  return: (c) => c.return(),
  call: (c) => c.call(),
  call_indirect: (c) => c.callIndirect(),
  return_call: (c) => c.returnCall(),
  return_call_indirect: (c) => c.returnCallIndirect(),

  drop: (c) => c.drop(),
  select: (c) => c.select(),
  select_t: (c) => c.selectT(),
  'local.get': (c) => c.localGet(),
  'local.set': (c) => c.localSet(false),
  'local.tee': (c) => c.localSet(true),
  'global.get': (c) => c.globalGet(),
  'global.set': (c) => c.globalSet(),
  'i32.const': (c) => c.constI32(),
  'i64.const': (c) => c.constI64(),
  'f32.const': (c) => c.constF32(),
  'f64.const': (c) => c.constF64(),

  'ref.null': (c) => c.refNull(),
  'ref.is_null': (c) => c.eqzI32(),

  'i32.eqz': (c) => c.eqzI32(),
  'i64.eqz': (c) => c.eqzI64(),
  'i32.add': (c) => c.addI32(),
  'i32.sub': (c) => c.subtractI32(),
  'i32.or': (c) => c.absorb(undefined, Op.I32OrShl, Op.I32OrShrU) || c.binaryI32(Op.I32Or, Op.I32OrImm, true),
  'i32.xor': (c) => c.absorb(Op.I32XorRotl, undefined, Op.I32XorShrU) || c.binaryI32(Op.I32Xor, Op.I32XorImm, true),
  'i32.rotl': (c) => c.rotateI32(Op.I32Rotl, 1),
  'i32.rotr': (c) => c.rotateI32(Op.I32Rotr, -1),
  'i64.sub': (c) => c.subtractI64(),
  // A rotation to the right by a constant is one to the left.
  'i64.rotr': (c) => c.shiftI64(Op.I64Rotr, Op.I64RotlImm, -1),
  'f64.mul': (c) => c.multiplyF64(),
  'i32.wrap_i64': retyping(false),
  'i32.reinterpret_f32': retyping(false),
  'f32.reinterpret_i32': retyping(false),
  'i64.reinterpret_f64': retyping(true),
  'f64.reinterpret_i64': retyping(true),
} satisfies Readonly<Record<InstructionName, Rule>>;

/** By opcode index. */
export const RULE_BY_INDEX: readonly Rule[] = (() => {
  const rules: Rule[] = [];
  for (const { name, opcode } of INSTRUCTIONS) rules[opcodeIndex(opcode)] = RULES[name];
  return rules;
})();
