/**
 * The forms in which a numeric instruction occurs in a body. A tier may have separate code for each: an operand is a
 * local, a constant or the result of something else, and a result may be a condition.
 */
import type { NumberType, Operator } from './host-operators.js';

export interface NumericForm {
  readonly name: string;
  /** Parameters that the function takes: the operands, or all but the last. */
  readonly params: readonly NumberType[];
  /** The operand that is a constant. */
  readonly constant: bigint | undefined;
  /** Whether the result only shows if the instruction's result is zero. */
  readonly isCondition: boolean;
  /** The body, with its result on the stack. */
  readonly body: string;
  readonly result: NumberType;
}

function apply({ mnemonic }: Operator, operands: readonly string[]): string {
  return `(${mnemonic} ${operands.join(' ')})`;
}

/** A constant from its bits, which keeps those of a NaN. */
function constantText(type: NumberType, bits: bigint): string {
  if (type === 'f32') return `(f32.reinterpret_i32 (i32.const ${bits}))`;
  if (type === 'f64') return `(f64.reinterpret_i64 (i64.const ${bits}))`;
  return `(${type}.const ${bits})`;
}

/** All forms of an instruction; `constants` are tried as its last operand. */
export function formsOf(operator: Operator, constants: readonly bigint[]): readonly NumericForm[] {
  const { params, result } = operator;
  const locals = params.map((_, i) => `(local.get ${i})`);
  const computed = params.map((type, i) => `(call $same_${type} (local.get ${i}))`);
  const form = (name: string, body: string, more: Partial<NumericForm> = {}): NumericForm => ({
    name,
    params,
    constant: undefined,
    isCondition: false,
    body,
    result,
    ...more,
  });
  const forms = [
    form('of locals', apply(operator, locals)),
    form('of results', apply(operator, computed)),
    form('into a local', `(local.set $r ${apply(operator, locals)}) (local.get $r)`),
  ];
  const last = params.length - 1;
  if (last > 0) {
    for (const constant of constants) {
      const operands = [...locals.slice(0, last), constantText(params[last]!, constant)];
      const more = { params: params.slice(0, last), constant };
      forms.push(form(`with 0x${constant.toString(16)}`, apply(operator, operands), more));
    }
  }
  if (result !== 'i32') return forms;
  const condition = { isCondition: true };
  const applied = apply(operator, locals);
  return [
    ...forms,
    form('as condition of if', `(if (result i32) ${applied} (then (i32.const 1)) (else (i32.const 0)))`, condition),
    form('as condition of br_if', `(block (br_if 0 ${applied}) (return (i32.const 0))) (i32.const 1)`, condition),
    form('as condition of select', `(select (i32.const 1) (i32.const 0) ${applied})`, condition),
    form(
      'as negated condition',
      `(block (br_if 0 (i32.eqz ${applied})) (return (i32.const 1))) (i32.const 0)`,
      condition,
    ),
  ];
}

const TYPES: readonly NumberType[] = ['i32', 'i64', 'f32', 'f64'];

/** The text of a module that exports each form by its number. */
export function moduleOfForms(forms: readonly NumericForm[]): string {
  const same = TYPES.map((type) => `(func $same_${type} (param ${type}) (result ${type}) (local.get 0))`);
  const functions = forms.map(({ params, result, body, isCondition }, i) => {
    const type = isCondition ? 'i32' : result;
    return `(func (export "${i}") (param ${params.join(' ')}) (result ${type}) (local $r ${result}) ${body})`;
  });
  return `(module ${[...same, ...functions].join('\n')})`;
}
