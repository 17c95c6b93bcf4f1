/**
 * Expectations about fuel for test runners (mocha, vitest, node:test). They are exact, so they never fail by chance. A
 * failure shows where the fuel went, or what changed since a saved profile.
 */
import { diffProfiles } from './diff-profiles.js';
import { functionTable } from './function-table.js';
import type { Profile } from './profile.js';
import { type Profiled, profileOf } from './profile-of.js';

const FUNCTIONS_SHOWN = 10;

export interface FuelExpectationOptions {
  /** An earlier profile, to show what changed. */
  readonly since?: Profile;
}

/** The error that runners recognise as a failed assertion. */
export class FuelAssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';

  constructor(
    message: string,
    readonly actual: number,
    readonly expected: number,
    readonly operator: string,
  ) {
    super(message);
  }
}

export interface FuelExpectation {
  /** @throws FuelAssertionError if the call used more */
  toBeAtMost(units: number): void;
  /** @throws FuelAssertionError if the call used more or less */
  toBe(units: number): void;
}

/** An expectation about the fuel of a call. A profile is taken only if it fails. */
export function expectFuel(result: Profiled, { since }: FuelExpectationOptions = {}): FuelExpectation {
  const { used } = result.receipt.fuel;
  const fail = (operator: string, expected: number): never => {
    const profile = profileOf(result, { blocks: false });
    const detail = since === undefined ? expensive(profile) : changes(since, profile);
    throw new FuelAssertionError(
      `expected the fuel of ${result.receipt.export} to be ${operator} ${expected} units, it used ${used}\n${detail}`,
      used,
      expected,
      operator,
    );
  };
  return {
    toBeAtMost: (units) => {
      if (used > units) fail('at most', units);
    },
    toBe: (units) => {
      if (used !== units) fail('exactly', units);
    },
  };
}

function expensive(profile: Profile): string {
  const rows = [...functionTable(profile)].sort((a, b) => b.self - a.self).slice(0, FUNCTIONS_SHOWN);
  return rows.map(({ frame, self, calls }) => `  ${self} in ${calls} calls of ${frame.name}`).join('\n');
}

function changes(before: Profile, after: Profile): string {
  const { used, rows } = diffProfiles(before, after);
  const shown = rows.slice(0, FUNCTIONS_SHOWN).map(({ name, self }) => {
    const change = self[1] - self[0];
    return `  ${change > 0 ? '+' : ''}${change} (${self[0]} -> ${self[1]}) in ${name}`;
  });
  return [`  since the saved profile: ${used[0]} -> ${used[1]}`, ...shown].join('\n');
}
