/**
 * One check for every numeric operator: our meaning against an oracle, on edges first and then on generated operands.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { isNanBits } from './exact-float.js';
import { type HostOperator, hostOperators, type NumberType, type Operator } from './host-operators.js';
import { bitsArbitrary, floatEdges, integerEdges, type Width } from './numeric-edges.js';

export interface OperatorCase extends Operator {
  /** Our meaning on unsigned bits. */
  readonly ours: (...operands: bigint[]) => bigint | 'trap';
  /** A bit operation on the sign: NaN bits are kept, where an arithmetic operator gives the canonical NaN. */
  readonly keepsNan?: true;
}

const RUNS = 3000;

function width(type: NumberType): Width {
  return type === 'i32' || type === 'f32' ? 32 : 64;
}

function edges(type: NumberType): readonly bigint[] {
  return type === 'i32' || type === 'i64' ? integerEdges(width(type)) : floatEdges(width(type));
}

function canonical(bits: bigint | 'trap', operator: OperatorCase): bigint | 'trap' {
  const isInteger = operator.result === 'i32' || operator.result === 'i64';
  if (bits === 'trap' || isInteger || operator.keepsNan || !isNanBits(bits, width(operator.result))) return bits;
  return width(operator.result) === 32 ? 0x7fc00000n : 0x7ff8000000000000n;
}

/** Fails unless both mean the same on these operands; the message holds what is needed to repeat it. */
export function expectSame(
  mnemonic: string,
  operands: readonly bigint[],
  actual: bigint | 'trap',
  expected: bigint | 'trap',
): void {
  if (actual === expected) return;
  const hex = (bits: bigint | 'trap') => (bits === 'trap' ? bits : `0x${bits.toString(16)}`);
  expect.fail(`${mnemonic}(${operands.map(hex).join(', ')}) gave ${hex(actual)}, expected ${hex(expected)}`);
}

/** Calls `check` on every tuple of edges, then on generated operands. */
export function forOperands(types: readonly NumberType[], check: (operands: readonly bigint[]) => void): void {
  const [first, second] = types;
  for (const a of edges(first!)) {
    if (second === undefined) check([a]);
    else for (const b of edges(second)) check([a, b]);
  }
  const arbitraries = types.map((type) => bitsArbitrary(width(type), edges(type)));
  fc.assert(fc.property(fc.tuple(...arbitraries), check), { numRuns: RUNS });
}

/** Declares one test per operator against the host's WebAssembly. */
export function describeAgainstHost(operators: readonly OperatorCase[]): void {
  describe('means what the host WebAssembly means', () => {
    let host: ReadonlyMap<string, HostOperator>;
    before(async () => {
      host = await hostOperators(operators);
    });
    for (const operator of operators) {
      it(operator.mnemonic, () => {
        const theirs = host.get(operator.mnemonic)!;
        forOperands(operator.params, (operands) => {
          const expected = canonical(theirs(operands), operator);
          expectSame(operator.mnemonic, operands, operator.ours(...operands), expected);
        });
      });
    }
  });
}
