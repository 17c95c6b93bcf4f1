/**
 * A file of fuel budgets: what each case of a project uses, to the unit, and how much that may change. It is kept in
 * the project's repository, with one function per line, so that its diff shows the change of cost.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { own } from '../base/own.js';
import { UsageError } from '../base/usage-error.js';
import { codecErrorOf } from '../boundary/codec.js';
import { functionTable } from './function-table.js';
import type { Profile } from './profile.js';

export const BUDGET_FORMAT = 'assay-budget-1';
/** How many functions of a case the file has: the most expensive ones. */
export const BUDGET_FUNCTIONS_MAX = 100;
const REST = '(other functions)';

/** How a case is run, as `assay profile` takes it; paths are relative to the file. */
export interface BudgetRun {
  readonly module: string;
  readonly export?: string;
  readonly values?: readonly string[];
  readonly jsonInput?: string;
  readonly input?: string;
  readonly op?: string;
  readonly deps?: string;
  readonly generation?: string;
  readonly fuel?: number;
}

export interface BudgetCase {
  readonly name: string;
  readonly run: BudgetRun;
  /** How many units the fuel may be above or below. */
  readonly allow: number;
  /** How its calls ended, in order: `returned`, `trapped unreachable`. */
  readonly outcome: string;
  readonly fuel: number;
  /** Own fuel of functions by name, the most expensive ones; the others are summed up. */
  readonly functions: Readonly<Record<string, number>>;
}

export interface Budget {
  readonly format: typeof BUDGET_FORMAT;
  readonly cases: readonly BudgetCase[];
}

const units = new t.Type<number, number, unknown>(
  'integer from 0',
  (value): value is number => Number.isSafeInteger(value) && (value as number) >= 0,
  (value, context) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? t.success(value as number)
      : t.failure(value, context, 'not an integer from 0 to 2^53 - 1'),
  (value) => value,
);

const budgetCodec = t.type({
  format: t.literal(BUDGET_FORMAT),
  cases: t.readonlyArray(
    t.type({
      name: t.string,
      run: t.intersection([
        t.type({ module: t.string }),
        t.partial({
          export: t.string,
          values: t.readonlyArray(t.string),
          jsonInput: t.string,
          input: t.string,
          op: t.string,
          deps: t.string,
          generation: t.string,
          fuel: units,
        }),
      ]),
      allow: units,
      outcome: t.string,
      fuel: units,
      functions: t.record(t.string, units),
    }),
  ),
});

/** Reads the budgets in a JSON text. @throws UsageError `bad-profile` with the first invalid place */
export function readBudget(text: string): Budget {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError('bad-profile', `not a valid budget file: ${(error as Error).message}`);
  }
  const decoded = budgetCodec.decode(value);
  if (E.isRight(decoded)) return decoded.right as Budget;
  const { path, reason } = codecErrorOf(decoded.left);
  throw new UsageError('bad-profile', `not a valid budget file: ${path}: ${reason}`);
}

/** The text of a file of budgets. */
export function budgetText(budget: Budget): string {
  return `${JSON.stringify(budget, null, 2)}\n`;
}

/** Fuel by function name, as stored for a case. */
export function budgetFunctions(profile: Profile): Readonly<Record<string, number>> {
  const byName = new Map<string, number>();
  for (const { frame, self } of functionTable(profile))
    if (self > 0) byName.set(frame.name, (byName.get(frame.name) ?? 0) + self);
  const rows = [...byName].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const kept = rows.slice(0, BUDGET_FUNCTIONS_MAX);
  const rest = rows.slice(BUDGET_FUNCTIONS_MAX).reduce((sum, [, self]) => sum + self, 0);
  return Object.fromEntries(rest === 0 ? kept : [...kept, [REST, rest]]);
}

/** A case that was run again. */
export interface BudgetCheck {
  readonly name: string;
  readonly allow: number;
  readonly before: Pick<BudgetCase, 'fuel' | 'outcome'>;
  readonly after: Pick<BudgetCase, 'fuel' | 'outcome'>;
  /** Whether it changed by no more than is allowed, and ended as before. */
  readonly passes: boolean;
  /** Functions whose fuel changed, the greatest change first. */
  readonly moved: readonly { readonly name: string; readonly before: number; readonly after: number }[];
}

/** Compares a case with what it used now. */
export function checkCase(
  { name, allow, fuel, outcome, functions }: BudgetCase,
  now: Pick<BudgetCase, 'fuel' | 'outcome' | 'functions'>,
): BudgetCheck {
  const names = new Set([...Object.keys(functions), ...Object.keys(now.functions)]);
  const moved = [...names]
    .map((one) => ({ name: one, before: own(functions, one) ?? 0, after: own(now.functions, one) ?? 0 }))
    .filter(({ before, after }) => before !== after)
    .sort((a, b) => Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.name < b.name ? -1 : 1));
  return {
    name,
    allow,
    before: { fuel, outcome },
    after: { fuel: now.fuel, outcome: now.outcome },
    passes: Math.abs(now.fuel - fuel) <= allow && now.outcome === outcome,
    moved,
  };
}
