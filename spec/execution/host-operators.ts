/**
 * The second oracle: the host's own WebAssembly. One small module, one export per numeric operator; floats cross to
 * JavaScript as bits (reinterpreted inside), so that no NaN is changed on the way.
 */

import wabt from 'wabt';

export type NumberType = 'i32' | 'i64' | 'f32' | 'f64';

export interface Operator {
  /** The specification's mnemonic, `i64.div_s`. */
  readonly mnemonic: string;
  readonly params: readonly NumberType[];
  readonly result: NumberType;
}

/** Takes and returns unsigned bits; `'trap'` if the host traps. */
export type HostOperator = (operands: readonly bigint[]) => bigint | 'trap';

const CARRIER: Readonly<Record<NumberType, 'i32' | 'i64'>> = { i32: 'i32', i64: 'i64', f32: 'i32', f64: 'i64' };

function isFloat(type: NumberType): boolean {
  return type === 'f32' || type === 'f64';
}

function functionText({ mnemonic, params, result }: Operator): string {
  const operands = params.map((type, index) =>
    isFloat(type) ? `(${type}.reinterpret_${CARRIER[type]} (local.get ${index}))` : `(local.get ${index})`,
  );
  const application = `(${mnemonic} ${operands.join(' ')})`;
  const body = isFloat(result) ? `(${CARRIER[result]}.reinterpret_${result} ${application})` : application;
  const signature = `${params.map((type) => `(param ${CARRIER[type]})`).join(' ')} (result ${CARRIER[result]})`;
  return `(func (export "${mnemonic}") ${signature} ${body})`;
}

export async function hostOperators(operators: readonly Operator[]): Promise<ReadonlyMap<string, HostOperator>> {
  const text = `(module ${operators.map(functionText).join('\n')})`;
  const parsed = (await wabt()).parseWat('operators.wat', text, { sat_float_to_int: true, sign_extension: true });
  const bytes = new Uint8Array(parsed.toBinary({}).buffer);
  parsed.destroy();
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return new Map(operators.map((operator) => [operator.mnemonic, hostOperator(operator, instance)]));
}

function hostOperator({ mnemonic, params, result }: Operator, instance: WebAssembly.Instance): HostOperator {
  const exported = instance.exports[mnemonic];
  if (typeof exported !== 'function') throw new Error(`no export ${mnemonic}`);
  const resultWidth = CARRIER[result] === 'i32' ? 32 : 64;
  return (operands) => {
    const carried = operands.map((bits, index) => (CARRIER[params[index]!] === 'i32' ? Number(bits) : bits));
    try {
      return BigInt.asUintN(resultWidth, BigInt(exported(...carried)));
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return 'trap';
      throw error;
    }
  };
}
