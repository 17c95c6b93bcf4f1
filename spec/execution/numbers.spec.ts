/**
 * Every numeric instruction, in every form in which it occurs in a body, in both tiers: on edges and on generated
 * operands, against the host's WebAssembly and, where defined, against exact integers and fractions.
 */
import { deepEqual, equal, fail } from 'node:assert/strict';
import fc from 'fast-check';
import { LIMITS_1 } from '../../src/base/limits.js';
import type { GuestInstance } from '../../src/machine/instance.js';
import type { Bits } from '../../src/machine/outcome.js';
import { Store } from '../../src/machine/store.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { INSTRUCTIONS } from '../../src/wasm/instructions.js';
import { wat } from '../instrumented/wat.js';
import { type ProgramFactory, TIERS } from '../tiers.js';
import { isNanBits } from '../wasm/exact-float.js';
import { bitsArbitrary, floatEdges, integerEdges } from '../wasm/numeric-edges.js';
import { exactMeaning, widthOf } from './exact-meaning.js';
import { type HostOperator, hostOperators, type NumberType, type Operator } from './host-operators.js';
import { formsOf, moduleOfForms, type NumericForm } from './numeric-forms.js';
import { metered } from './run-program.js';

const NUMERIC_TYPE = /^((?:[if](?:32|64) )+)-> ([if](?:32|64))$/;

/** Taken from the instruction table: numbers in, one number out, no immediates. */
const OPERATORS: readonly Operator[] = INSTRUCTIONS.flatMap(({ name, immediates, type }) => {
  const found = NUMERIC_TYPE.exec(type);
  if (immediates !== 'none' || found === null) return [];
  const params = found[1]!.trim().split(' ') as NumberType[];
  return [{ mnemonic: name, params, result: found[2] as NumberType }];
});

const LEFT_TO_THE_HOST =
  /^f(?:32|64)\.(?:eq|ne|[lg][te]|ceil|floor|trunc|nearest|min|max|abs|neg|copysign)$|reinterpret/;
const KEEPS_NAN = /abs|neg|copysign|reinterpret/;
/** Number of edge tuples and of generated operands for each form. */
const EDGE_TUPLES = 700;
const RUNS = 150;
/** Exact fractions are slow, so they judge one in this many operands. */
const ONE_EXACT_IN = 5;
/** More than a call and the instantiation use. */
const FUEL = 10_000;
/** Used as last operands, in addition to the small ones. */
const CONSTANTS = 6;
const SMALL = [0n, 1n, 7n, 31n, 32n, 63n];

const EDGES: Readonly<Record<NumberType, readonly bigint[]>> = {
  i32: integerEdges(32),
  i64: integerEdges(64),
  f32: floatEdges(32),
  f64: floatEdges(64),
};

/** Every n-th, which leaves about the wanted number. */
function some<T>(list: readonly T[], wanted: number): readonly T[] {
  const step = Math.max(1, Math.floor(list.length / wanted));
  return list.filter((_, i) => i % step === 0);
}

function constantsFor(type: NumberType): readonly bigint[] {
  return [...(type === 'i32' || type === 'i64' ? SMALL : []), ...some(EDGES[type], CONSTANTS)];
}

/** Tuples of edges: all for one operand; for two operands, those reached by a step that is coprime to their number. */
function* edgeTuples(types: readonly NumberType[]): Iterable<readonly bigint[]> {
  const lists = types.map((type) => EDGES[type]);
  const [first, second] = lists;
  if (second === undefined) {
    for (const a of first!) yield [a];
    return;
  }
  const all = first!.length * second.length;
  const step = Math.max(1, Math.floor(all / EDGE_TUPLES)) | 1;
  for (let i = 0; i < all; i += step) yield [first![i % first!.length]!, second[Math.floor(i / first!.length)]!];
}

function forOperands(types: readonly NumberType[], check: (operands: readonly bigint[]) => void): void {
  for (const operands of edgeTuples(types)) check(operands);
  const arbitraries = types.map((type) => bitsArbitrary(widthOf(type), EDGES[type]));
  fc.assert(fc.property(fc.tuple(...arbitraries), check), { numRuns: RUNS });
}

type Answer = bigint | 'trap';

/** The host's result, with the NaN that arithmetic must return. */
function hostAnswer(operator: Operator, theirs: HostOperator, operands: readonly bigint[]): Answer {
  const bits = theirs(operands);
  const isFloat = operator.result === 'f32' || operator.result === 'f64';
  if (bits === 'trap' || !isFloat || KEEPS_NAN.test(operator.mnemonic)) return bits;
  if (!isNanBits(bits, widthOf(operator.result))) return bits;
  return operator.result === 'f32' ? 0x7fc00000n : 0x7ff8000000000000n;
}

type Call = (operands: readonly bigint[]) => Answer;

/** Calls a form's function repeatedly, each call with separate fuel. */
function callOf(instance: GuestInstance, store: Store, form: NumericForm, name: string): Call {
  const { index } = instance.metered.module.exports.find((item) => item.name === name)!;
  const width = widthOf(form.isCondition ? 'i32' : form.result);
  return (operands) => {
    store.gauge.reset(FUEL);
    const args = form.params.map(
      (type, i): Bits => (widthOf(type) === 64 ? operands[i]! : Number(BigInt.asIntN(32, operands[i]!))),
    );
    const outcome = instance.invoke(index, args);
    if (outcome.kind === 'trapped') return 'trap';
    if (outcome.kind !== 'returned') return fail(`${form.name}: ${outcome.kind}`);
    return BigInt.asUintN(width, BigInt(outcome.results[0]!));
  };
}

/** Runs the forms in one instance of a tier, in their order. */
function callsOf(program: ProgramFactory, forms: readonly NumericForm[]): readonly Call[] {
  const store = new Store(LIMITS_1, FUEL_1);
  store.gauge.reset(FUEL);
  const instance = program(metered(wat(moduleOfForms(forms)))).instantiate(store, [])!;
  return forms.map((form, i) => callOf(instance, store, form, `${i}`));
}

function expectSame(what: string, operands: readonly bigint[], actual: Answer, expected: Answer): void {
  if (actual === expected) return;
  const hex = (bits: Answer) => (bits === 'trap' ? bits : `0x${bits.toString(16)}`);
  fail(`${what}(${operands.map(hex).join(', ')}) gave ${hex(actual)}, expected ${hex(expected)}`);
}

/**
 * A divisor of any length, and a dividend at or next to a multiple of it, where an estimated quotient would be wrong.
 */
function nearMultiples(width: 32 | 64): fc.Arbitrary<readonly [bigint, bigint]> {
  const greatest = (1n << BigInt(width)) - 1n;
  return fc
    .tuple(
      fc.bigInt({ min: 1n, max: greatest }),
      fc.integer({ min: 0, max: width - 1 }),
      fc.bigInt({ min: 0n, max: greatest }),
      fc.integer({ min: -2, max: 2 }),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([bits, n, wide, delta, negatesA, negatesB]) => {
      const divisor = bits >> BigInt(n) || 1n;
      const quotient = wide % ((greatest + 1n) / divisor + 1n);
      const a = quotient * divisor + BigInt(delta);
      const word = (x: bigint, negates: boolean) => BigInt.asUintN(width, negates ? -x : x);
      return [word(a, negatesA), word(divisor, negatesB)] as const;
    });
}

describe('numbers', () => {
  let host: ReadonlyMap<string, HostOperator>;
  before(async () => {
    host = await hostOperators(OPERATORS);
  });

  it('has an exact reference for every operator except those that a host cannot get wrong', () => {
    const names = OPERATORS.filter((operator) => exactMeaning(operator) === undefined).map(({ mnemonic }) => mnemonic);
    equal(OPERATORS.length, 136);
    deepEqual(
      names.filter((name) => !LEFT_TO_THE_HOST.test(name)),
      [],
    );
    equal(names.length, 34);
  });

  for (const [tier, program] of TIERS) {
    describe(tier, () => {
      for (const operator of OPERATORS) {
        const { mnemonic, params } = operator;
        const forms = formsOf(operator, constantsFor(params.at(-1)!));
        const exact = exactMeaning(operator);

        it(mnemonic, () => {
          const calls = callsOf(program, forms);
          forms.forEach((form, i) => {
            const call = calls[i]!;
            let turn = 0;
            forOperands(form.params, (given) => {
              const operands = form.constant === undefined ? given : [...given, form.constant];
              const theirs = hostAnswer(operator, host.get(mnemonic)!, operands);
              const expected = form.isCondition && theirs !== 'trap' ? (theirs === 0n ? 0n : 1n) : theirs;
              expectSame(`${mnemonic} ${form.name}`, operands, call(given), expected);
              if (exact === undefined || turn++ % ONE_EXACT_IN !== 0) return;
              const meant = exact(operands);
              if (meant !== undefined) expectSame(`the host's ${mnemonic}`, operands, theirs, meant);
            });
          });
        });

        if (!/\.(?:div|rem)_/.test(mnemonic) || exact === undefined) continue;
        it(`${mnemonic} near the multiples of the divisor`, () => {
          const call = callsOf(program, forms)[0]!;
          const property = fc.property(nearMultiples(widthOf(operator.result)), (operands) => {
            expectSame(mnemonic, operands, call(operands), exact(operands)!);
          });
          fc.assert(property, { numRuns: 4000 });
        });
      }

      // A tie of f32 that only a bit far below a double's last place breaks: computed as a double, each would round to
      // even.
      for (const operator of OPERATORS.filter(({ mnemonic }) => mnemonic.startsWith('f32.convert_i64'))) {
        it(`${operator.mnemonic} near the ties of f32`, () => {
          const call = callsOf(program, formsOf(operator, []))[0]!;
          const exact = exactMeaning(operator)!;
          for (let place = 31n; place <= 39n; place++) {
            for (const significand of [0x800000n, 0x800001n, 0xffffffn]) {
              for (const delta of [-1n, 0n, 1n]) {
                const integer = (significand << place) + (1n << (place - 1n)) + delta;
                for (const bits of [integer, BigInt.asUintN(64, -integer)]) {
                  expectSame(operator.mnemonic, [bits], call([bits]), exact([bits])!);
                }
              }
            }
          }
        });
      }
    });
  }
});
