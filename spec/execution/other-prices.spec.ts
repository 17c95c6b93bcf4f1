/**
 * Under prices that all differ, what is charged at the price of another thing shows: both tiers against the trace oracle, on
 * every instruction and every fuel vector, and against each other on random modules. docs/SEMANTICS.md, section 3.
 */
import { equal } from 'node:assert/strict';
import { LIMITS_1 } from '../../src/base/limits.js';
import { defineSchedule, FUEL_1_PRICES, type Prices, type Rate } from '../../src/metering/schedule.js';
import { readInstructionVectors } from '../agreement/instruction-vectors.js';
import { FUEL_VECTORS } from '../metering/fuel-vectors.js';
import { traceCost } from '../metering/trace-oracle.js';
import { TIERS } from '../tiers.js';
import { metered, run } from './run-program.js';

/** Each price another number, so that few sums of them are alike. */
function differentPrices(): Prices {
  let next = 100;
  const number = () => {
    next += 7;
    return next;
  };
  const rate = (): Rate => ({ base: number(), a: number(), b: number() % 13 || 1 });
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

const PRICES = differentPrices();
const SCHEDULE = defineSchedule('spec-other-prices', PRICES);
const FUEL = 2_000_000;
/** Cases of an instruction are alike in what they charge, but for those that trap or have a length. */
const CASES_MAX = 3;

interface Call {
  readonly name: string;
  readonly wasm: string;
  readonly export: string;
  readonly args: readonly string[];
}

const CALLS: readonly Call[] = [
  ...readInstructionVectors().flatMap(({ instruction, cases, ...rest }) => {
    const few = /^(?:memory|table)\./.test(instruction) ? cases : cases.slice(0, CASES_MAX);
    return few.map(({ args }) => ({ name: instruction, ...rest, args }));
  }),
  ...FUEL_VECTORS,
];

describe('fuel under other prices', () => {
  for (const [tier, program] of TIERS) {
    it(`${CALLS.length} calls cost what the trace oracle says: ${tier}`, () => {
      for (const { name, wasm, export: exportName, args } of CALLS) {
        const bytes = Uint8Array.from(Buffer.from(wasm, 'hex'));
        const { outcome, used, parts, pages } = traceCost(bytes, exportName, args, PRICES, FUEL);
        const ran = run(program, metered(bytes, LIMITS_1, SCHEDULE), exportName, args, FUEL);
        const told = { outcome: ran.outcome, used: ran.used, parts: ran.parts, pages: ran.pages };
        equal(JSON.stringify(told), JSON.stringify({ outcome, used, parts, pages }), `${name} ${args.join(', ')}`);
      }
    });
  }
});
