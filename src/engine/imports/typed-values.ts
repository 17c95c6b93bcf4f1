/** Values between the API (`Value`: type and unsigned bits) and the machine (`Bits`: bits of either sign, by type). */

import { UsageError } from '../../base/usage-error.js';
import type { Bits } from '../../machine/outcome.js';
import { isReferenceType, ValueType, valueTypeName } from '../../wasm/types.js';
import type { Value } from '../../wasm/value.js';

const CODES: Readonly<Record<Value['type'], ValueType>> = {
  i32: ValueType.I32,
  i64: ValueType.I64,
  f32: ValueType.F32,
  f64: ValueType.F64,
  funcref: ValueType.FuncRef,
  externref: ValueType.ExternRef,
};

/** The code of a value type by its name. */
export function valueTypeCode(name: Value['type']): ValueType {
  return CODES[name];
}

/** Values of their holder's own: what the host gives may be something else the next time that it is read. */
export function copyOfValues(values: readonly Value[]): Value[] {
  const list: Value[] = [];
  for (let i = 0; i < values.length; i++) list.push(copyOfValue(values[i]));
  return list;
}

function copyOfValue(value: Value): Value {
  const isBits = typeof value === 'object' && value !== null && 'bits' in value;
  return isBits ? ({ type: value.type, bits: value.bits } as Value) : value;
}

/** The machine's form of one value; a reference must be null. */
export function bitsOfValue(value: Value): Bits {
  return 'bits' in value ? value.bits : 0;
}

export function valueOfBits(type: ValueType, bits: Bits): Value {
  switch (type) {
    case ValueType.I32:
      return { type: 'i32', bits: Number(bits) >>> 0 };
    case ValueType.F32:
      return { type: 'f32', bits: Number(bits) >>> 0 };
    case ValueType.I64:
      return { type: 'i64', bits: BigInt.asUintN(64, BigInt(bits)) };
    case ValueType.F64:
      return { type: 'f64', bits: BigInt.asUintN(64, BigInt(bits)) };
    case ValueType.FuncRef:
      return { type: 'funcref', ref: null };
    default:
      return { type: 'externref', ref: null };
  }
}

export function valuesOfBits(types: Uint8Array, values: readonly Bits[]): Value[] {
  // A loop: `Array.from` of a typed array takes longer than all the rest of a small host call.
  const list: Value[] = [];
  for (let i = 0; i < types.length; i++) list.push(valueOfBits(types[i], values[i]));
  return list;
}

/**
 * The machine's form of arguments.
 * @param what names the function in messages
 * @throws UsageError if they do not fit the parameters
 */
export function bitsOfArguments(what: string, params: Uint8Array, args: readonly Value[]): Bits[] {
  if (args.length !== params.length) {
    const wanted = Array.from(params, valueTypeName).join(', ');
    throw new UsageError('argument-count', `${what} takes ${params.length} arguments (${wanted}), not ${args.length}`);
  }
  const list: Bits[] = [];
  for (let i = 0; i < params.length; i++) {
    const value = args[i];
    const name = valueTypeName(params[i]);
    if (value?.type !== name) {
      throw new UsageError('argument-type', `argument ${i + 1} of ${what} must be ${name}, not ${value?.type}`);
    }
    checkBits(what, value, i);
    list.push(bitsOfValue(value));
  }
  return list;
}

function checkBits(what: string, value: Value, i: number): void {
  if (isReferenceType(CODES[value.type])) {
    if ('ref' in value && value.ref === null) return;
    throw new UsageError('argument-reference', `argument ${i + 1} of ${what} is a reference; only null can be passed`);
  }
  if (isBitsOf(value)) return;
  throw new UsageError(
    'argument-type',
    `argument ${i + 1} of ${what} does not have the bits of an ${value.type}; make it with ${value.type}()`,
  );
}

/** Whether a value holds unsigned bits of its type's width. */
export function isBitsOf(value: Value): boolean {
  if (!('bits' in value)) return false;
  const { bits, type } = value;
  if (type === 'i32' || type === 'f32') {
    return typeof bits === 'number' && Number.isInteger(bits) && bits >= 0 && bits <= 0xffff_ffff;
  }
  return typeof bits === 'bigint' && bits >= 0n && bits < 1n << 64n;
}
