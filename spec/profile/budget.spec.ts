/** Fuel budgets: passing, changed fuel, the file format; and expectations in tests. */
import { expect } from 'chai';
import { UsageError } from '../../src/base/usage-error.js';
import { i32, type LoadedModule } from '../../src/index.js';
import {
  BUDGET_FUNCTIONS_MAX,
  type BudgetCase,
  budgetFunctions,
  budgetText,
  checkCase,
  readBudget,
} from '../../src/profile/budget.js';
import { expectFuel, FuelAssertionError } from '../../src/profile/expect-fuel.js';
import { profileOf } from '../../src/profile/profile-of.js';
import { loadText } from '../engine/load-text.js';
import { sumOf } from './check-profile.js';

const CASE: BudgetCase = {
  name: 'post',
  run: { module: 'zome.wasm', op: 'post.json' },
  allow: 10,
  outcome: 'returned',
  fuel: 100,
  functions: { leaf: 60, constructor: 30, gone: 10 },
};

describe('fuel budgets', () => {
  const rows: readonly (readonly [what: string, fuel: number, outcome: string, passes: boolean])[] = [
    ['the same', 100, 'returned', true],
    ['as much more as allowed', 110, 'returned', true],
    ['one unit more than allowed', 111, 'returned', false],
    ['as much less as allowed', 90, 'returned', true],
    ['one unit less than allowed', 89, 'returned', false],
    ['another end', 100, 'trapped unreachable', false],
  ];
  for (const [what, fuel, outcome, passes] of rows)
    it(`${what}: ${passes ? 'passes' : 'fails'}`, () => {
      expect(checkCase(CASE, { fuel, outcome, functions: CASE.functions }).passes).to.equal(passes);
    });

  it('report which functions changed, the greatest change first, for any names', () => {
    const functions = { leaf: 60, constructor: 35, toString: 20 };
    expect(checkCase(CASE, { fuel: 115, outcome: 'returned', functions }).moved).to.deep.equal([
      { name: 'toString', before: 0, after: 20 },
      { name: 'gone', before: 10, after: 0 },
      { name: 'constructor', before: 30, after: 35 },
    ]);
  });

  it('can be read back; invalid ones are refused with the location', () => {
    const budget = { format: 'assay-budget-1', cases: [CASE] } as const;
    expect(readBudget(budgetText(budget))).to.deep.equal(budget);
    const damages = [
      ['{', /not a valid budget file/],
      ['{"format":"assay-budget-0","cases":[]}', /\$\.format/],
      [budgetText(budget).replace('"fuel": 100', '"fuel": -1'), /\$\.cases\[0\]\.fuel/],
      [budgetText(budget).replace('"leaf": 60', '"leaf": 0.5'), /functions\.leaf/],
    ] as const;
    for (const [text, message] of damages) expect(() => readBudget(text)).to.throw(UsageError, message);
  });

  describe('of a call', () => {
    let module: LoadedModule;
    before(async () => {
      const functions = Array.from({ length: 150 }, (_, i) => `(func $f${i} ${'(nop)'.repeat(i)})`).join('');
      const calls = Array.from({ length: 150 }, (_, i) => `(call $f${i})`).join('');
      module = await loadText(`(module ${functions} (func (export "run") (param i32) ${calls}))`);
    });

    it('keep the most expensive functions, and the rest as one', () => {
      const profile = profileOf(module.call('run', [i32(1)]));
      const functions = budgetFunctions(profile);
      expect(Object.keys(functions)).to.have.length(BUDGET_FUNCTIONS_MAX + 1);
      expect(sumOf(Object.values(functions))).to.equal(profile.fuel.used);
    });

    it('are asserted in tests: a failure shows where the fuel was used', () => {
      const result = module.call('run', [i32(1)]);
      const { used } = result.receipt.fuel;
      expectFuel(result).toBeAtMost(used);
      expectFuel(result).toBe(used);
      expect(() => expectFuel(result).toBe(used + 1)).to.throw(FuelAssertionError, 'to be exactly');
      const failure = () => expectFuel(result).toBeAtMost(used - 1);
      expect(failure).to.throw(FuelAssertionError, `it used ${used}`).with.property('actual', used);
      expect(failure).to.throw(FuelAssertionError, /in 1 calls of run/);
      const since = profileOf(module.call('run', [i32(1)], { fuel: used - 50 }));
      expect(() => expectFuel(result, { since }).toBeAtMost(used - 1)).to.throw(
        FuelAssertionError,
        `since the saved profile: ${used - 50} -> ${used}`,
      );
    });
  });
});
