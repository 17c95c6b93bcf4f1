/**
 * With prices that all differ, a charge at the wrong price is visible: both tiers against the trace oracle, on every
 * instruction and every fuel vector, and against each other on random modules. docs/SEMANTICS.md, section 3.
 */
import { deepEqual, equal } from 'node:assert/strict';
import { LIMITS_1 } from '../../src/base/limits.js';
import { defineSchedule, FUEL_1_PRICES, PRICE_MAX, type Prices, type Rate } from '../../src/metering/schedule.js';
import { readInstructionVectors } from '../agreement/instruction-vectors.js';
import { wat } from '../instrumented/wat.js';
import { FUEL_VECTORS } from '../metering/fuel-vectors.js';
import { traceCost } from '../metering/trace-oracle.js';
import { type ProgramFactory, TIERS } from '../tiers.js';
import { metered, run } from './run-program.js';

/** New prices for everything: those of instructions from `number`. */
function pricesOf(number: () => number): Prices {
  const rate = (): Rate => ({ base: number(), a: number(), b: (number() % 13) + 1 });
  const rows = <T extends object>(from: T, make: (name: string) => unknown): T =>
    Object.fromEntries(Object.keys(from).map((name) => [name, make(name)])) as T;
  return {
    instructions: rows(FUEL_1_PRICES.instructions, (name) => (name === 'delimiter' ? 0 : number())),
    carriedValue: number(),
    functionEntry: number(),
    zeroedLocal: number(),
    rates: rows(FUEL_1_PRICES.rates, rate),
    instantiate: rows(FUEL_1_PRICES.instantiate, (name) => (name === 'base' ? number() : rate())),
    load: rate(),
  };
}

/** Each price is a different number, so that few sums of them are equal. */
function differentPrices(): Prices {
  let next = 100;
  return pricesOf(() => {
    next += 7;
    return next;
  });
}

/** Every price at its minimum, so that blocks without a charge occur beside blocks with one. */
function leastPrices(): Prices {
  const prices = pricesOf(() => 0);
  const { branch, branchTable, call, callIndirect } = FUEL_1_PRICES.instructions;
  const { hostCall } = FUEL_1_PRICES.rates;
  return {
    ...prices,
    instructions: { ...prices.instructions, branch, branchTable, call, callIndirect },
    rates: { ...prices.rates, hostCall },
  };
}

/** The most expensive schedule allowed: blocks of some thousand instructions cost more than 32 bits hold. */
function greatestPrices(): Prices {
  return pricesOf(() => PRICE_MAX);
}

/** Consecutive blocks with about these numbers of instructions, with a branch out of every one. */
function longBlocks(...lengths: readonly number[]): string {
  const blocks = lengths.map((length) => `${'(i32.eqz) '.repeat(length)} (local.tee 0) (br_if 0 (i32.const 0))`);
  return `(module (func (export "f") (param i32) (result i32) (local.get 0) ${blocks.join('\n')}))`;
}

const FUEL = 2_000_000;
/** Most cases of an instruction have the same charges, except those that trap or have a length. */
const CASES_MAX = 1;

interface Call {
  readonly name: string;
  readonly wasm: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly limit?: number;
}

const CALLS: readonly Call[] = [
  ...readInstructionVectors().flatMap(({ instruction, cases, ...rest }) => {
    const few = /^(?:memory|table)\./.test(instruction) ? cases : cases.slice(0, CASES_MAX);
    return few.map(({ args }) => ({ name: instruction, wasm: rest.wasm, export: rest.export, args }));
  }),
  ...FUEL_VECTORS.map((vector) => ({ ...vector, limit: Math.min(vector.limit, FUEL) })),
];

function check(program: ProgramFactory, prices: Prices, calls: readonly Call[]): void {
  const schedule = defineSchedule('spec-other-prices', prices);
  for (const { name, wasm, export: exportName, args, limit = FUEL } of calls) {
    const bytes = Uint8Array.from(Buffer.from(wasm, 'hex'));
    const { outcome, used, parts, pages } = traceCost(bytes, exportName, args, prices, limit);
    const ran = run(program, metered(bytes, LIMITS_1, schedule), exportName, args, limit);
    const actual = { outcome: ran.outcome, used: ran.used, parts: ran.parts, pages: ran.pages };
    equal(JSON.stringify(actual), JSON.stringify({ outcome, used, parts, pages }), `${name} ${args.join(', ')}`);
  }
}

describe('fuel under other prices', () => {
  for (const [tier, program] of TIERS) {
    it(`${CALLS.length} calls cost what the trace oracle computes where every price differs: ${tier}`, () => {
      check(program, differentPrices(), CALLS);
    });

    it(`calls cost what the trace oracle computes where most prices are 0: ${tier}`, () => {
      check(
        program,
        leastPrices(),
        FUEL_VECTORS.map((vector) => ({ ...vector, limit: Math.min(vector.limit, 3_000) })),
      );
    });

    it(`blocks cost more than fits in 30, 31 and 32 bits: ${tier}`, () => {
      const prices = greatestPrices();
      const bytes = wat(longBlocks(1100, 2300, 3, 4500, 1200));
      const call = { name: 'long blocks', wasm: Buffer.from(bytes).toString('hex'), export: 'f', args: ['i32:1'] };
      const { used } = traceCost(bytes, call.export, call.args, prices, Number.MAX_SAFE_INTEGER);
      const limits = [used + 1, used, used - 1, 2 ** 33, 2 ** 32, 2 ** 31, 2 ** 30];
      check(
        program,
        prices,
        limits.map((limit) => ({ ...call, limit })),
      );
    });

    it(`a loop ends by its fuel where only its branch costs something: ${tier}`, () => {
      const text = '(module (func (export "f") (param i32) (loop (if (local.get 0) (then (br 1))))))';
      const module = metered(wat(text), LIMITS_1, defineSchedule('spec-least-prices', leastPrices()));
      const { outcome, used } = run(program, module, 'f', ['i32:1'], 1_000);
      deepEqual({ outcome, used }, { outcome: { kind: 'exhausted', resource: 'fuel' }, used: 1_000 });
    });

    it(`an iteration that is not paid has no effect where only the branch back costs something: ${tier}`, () => {
      const text = `(module (memory 1) (func (export "f") (loop $a
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (i32.const 1)))
        (loop $b (br_if $b (i32.const 0)) (br $a)))))`;
      const module = metered(wat(text), LIMITS_1, defineSchedule('spec-least-prices', leastPrices()));
      // An iteration costs 2: one for each branch. If it cannot be paid, the call ends before anything is stored.
      for (let limit = 0; limit < 12; limit++) {
        const { instance } = run(program, module, 'f', [], limit);
        deepEqual(instance!.memory!.bytes[0], 1 + Math.floor(limit / 2), `fuel ${limit}`);
      }
    });
  }
});
