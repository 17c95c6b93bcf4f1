/** The scripts of the suite as JSON: the types of the commands, and parsing of their values. */
import { readFileSync } from 'node:fs';
import type { NumberTypeName, SuiteValue } from './engine.js';

export interface JsonValue {
  readonly type: string;
  readonly value?: string | readonly string[];
}

export interface Action {
  readonly type: 'invoke' | 'get';
  readonly module?: string;
  readonly field: string;
  readonly args?: readonly JsonValue[];
}

export interface Command {
  readonly type: string;
  readonly line: number;
  readonly bytes?: string;
  readonly module_type?: 'binary' | 'text';
  readonly name?: string;
  readonly as?: string;
  readonly text?: string;
  readonly action?: Action;
  readonly expected?: readonly JsonValue[];
}

export function readScript(path: string): readonly Command[] {
  return (JSON.parse(readFileSync(path, 'utf8')) as { commands: readonly Command[] }).commands;
}

const CANONICAL_NAN: Readonly<Record<string, bigint>> = { f32: 0x7fc00000n, f64: 0x7ff8000000000000n };
const WIDTHS: Readonly<Record<string, number>> = { i32: 32, i64: 64, f32: 32, f64: 64 };

/** A value in a script. Both kinds of expected NaN map to the one canonical NaN of the profile. */
export function suiteValue({ type, value }: JsonValue): SuiteValue {
  if (type === 'funcref') return { type, reference: value === 'null' ? null : 'function' };
  if (typeof value !== 'string') throw new Error(`a value of type ${type} that this suite cannot have`);
  if (type === 'externref') return { type, reference: value === 'null' ? null : Number(value) };
  const width = WIDTHS[type];
  if (width === undefined) throw new Error(`a value of type ${type} that this suite cannot have`);
  const bits = value.startsWith('nan:') ? CANONICAL_NAN[type]! : BigInt.asUintN(width, BigInt(value));
  return { type: type as NumberTypeName, bits };
}

/** One text for one value, to the bit. */
export function suiteValueText(value: SuiteValue): string {
  return 'bits' in value ? `${value.type}:0x${value.bits.toString(16)}` : `${value.type}:${value.reference}`;
}

/** Whether a result is the expected one, to the bit; `refnull` is the null of either reference type. */
export function meets(actual: SuiteValue, expected: JsonValue): boolean {
  if (expected.type === 'refnull') return 'reference' in actual && actual.reference === null;
  return suiteValueText(actual) === suiteValueText(suiteValue(expected));
}
