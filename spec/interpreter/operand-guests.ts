/**
 * A guest for each numeric instruction, which runs it in both dispatches of the loop, with a constant as its last
 * operand, and as a condition; and the operands to call it with.
 */
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import type { Value } from '../../src/wasm/value.js';

type Type = 'i32' | 'i64' | 'f32' | 'f64';

export interface OperandGuest {
  readonly name: string;
  readonly text: string;
  /** Exports with the arguments of one call after the other. */
  readonly calls: readonly (readonly [exportName: string, args: readonly Value[]])[];
}

const INTEGERS = [0n, 1n, 2n, 7n, 31n, 0xffffn, 0x1_0000n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_fffen, 0xffff_ffffn];
const LONGS = [0x1_0000_0000n, 0x1_8000_0001n, 0x7fff_ffff_ffff_ffffn].flatMap((n) => [n, -n, -n - 1n]);
const FLOATS = [
  0,
  -0,
  0.3,
  1,
  -1,
  1.5,
  2.5,
  2 ** 31,
  -(2 ** 31),
  2 ** 32 - 1,
  2 ** 52 + 1,
  -(2 ** 63),
  1e30,
  1e-40,
  Infinity,
  NaN,
];

/** Values in unsigned bits. */
const VALUES: Readonly<Record<Type, readonly Value[]>> = {
  i32: INTEGERS.map((n) => ({ type: 'i32', bits: Number(BigInt.asUintN(32, n)) })),
  i64: [...INTEGERS, ...INTEGERS.map((n) => -n), ...LONGS].map((n) => ({ type: 'i64', bits: BigInt.asUintN(64, n) })),
  f32: FLOATS.map((x) => ({ type: 'f32', bits: new Uint32Array(Float32Array.of(x).buffer)[0]! })),
  f64: FLOATS.map((x) => ({ type: 'f64', bits: new BigUint64Array(Float64Array.of(x).buffer)[0]! })),
};

/** Constants as text: one that a fused instruction takes, one that it does not. */
const CONSTANTS: Readonly<Record<Type, readonly string[]>> = {
  i32: ['3', '-2'],
  i64: ['3', '-2', '0x123456789'],
  f32: ['1.5', '-2'],
  f64: ['1.5', '-2'],
};

export function* operandGuests(): Generator<OperandGuest> {
  for (const { name, type, immediates } of INSTRUCTIONS) {
    const match = /^((?:(?:[if](?:32|64)) ?)+) -> ([if](?:32|64))$/.exec(type);
    if (match === null || immediates !== 'none') continue;
    yield guestOf(name, match[1]!.trim().split(' ') as Type[], match[2] as Type);
  }
}

function guestOf(name: string, operands: readonly Type[], result: Type): OperandGuest {
  const code = `(${name} ${operands.map((_, i) => `(local.get ${i})`).join(' ')})`;
  const params = `(param ${operands.join(' ')})`;
  const functions = [`(func (export "run") ${params} (result ${result}) (drop ${code}) (drop ${code}) ${code})`];
  if (result === 'i32')
    functions.push(`(func (export "if") ${params} (if ${code} (then (nop))) (if ${code} (then (nop))))`);
  const all = callsOf(
    result === 'i32' ? ['run', 'if'] : ['run'],
    operands.map((type) => VALUES[type]),
  );
  const [first, last] = operands;
  if (last !== undefined) {
    const constants = CONSTANTS[last];
    constants.forEach((constant, i) => {
      const fused = `(${name} (local.get 0) (${last}.const ${constant}))`;
      functions.push(`(func (export "${i}") (param ${first}) (result ${result}) (drop ${fused}) ${fused})`);
    });
    all.push(
      ...callsOf(
        constants.map((_, i) => String(i)),
        [VALUES[first!]],
      ),
    );
  }
  return { name, text: `(module ${functions.join('\n')})`, calls: all };
}

function callsOf(names: readonly string[], values: readonly (readonly Value[])[]): [string, readonly Value[]][] {
  const lists = values.reduce<readonly (readonly Value[])[]>(
    (before, more) => before.flatMap((list) => more.map((value) => [...list, value])),
    [[]],
  );
  return names.flatMap((name) => lists.map((list): [string, readonly Value[]] => [name, list]));
}
