/**
 * A validation round: an op is validated, its missing dependencies are fetched, and it is validated again, until there
 * is a verdict or nothing more can be fetched. Each attempt is a separate validation with its own receipts; the last
 * one is the result.
 */
import { ownOf } from '../base/own.js';
import type { Dependencies } from '../boundary/validation-result.js';
import { recordsSource } from './dependency-source.js';
import type { Op } from './op.js';
import type { Record } from './record.js';
import type { Validation, ZomeCallOptions, ZomeHost } from './zome-host.js';

/** Returns the records for missing dependencies; an empty list if it cannot. */
export type FetchDependencies = (missing: Dependencies) => Promise<readonly Record[]> | readonly Record[];

export interface ValidationRoundOptions extends Omit<ZomeCallOptions, 'dependencies'> {
  /** records that are already available */
  readonly records?: readonly Record[];
  /** records that are known to be invalid */
  readonly rejected?: readonly Record[];
  /** maximum number of validations; default 32 */
  readonly attemptsMax?: number;
}

export interface ValidationRound {
  /** the last attempt */
  readonly validation: Validation;
  /** every attempt in order, including the last */
  readonly attempts: readonly Validation[];
  /** the records that were available in the last attempt */
  readonly records: readonly Record[];
}

const ATTEMPTS_MAX = 32;

export async function validateRound(
  host: ZomeHost,
  op: Op | Uint8Array,
  fetch: FetchDependencies,
  given: ValidationRoundOptions = {},
): Promise<ValidationRound> {
  const { records = [], rejected = [], attemptsMax = ATTEMPTS_MAX, ...options } = ownOf(given);
  const attempts: Validation[] = [];
  let known = records;
  for (;;) {
    const dependencies = recordsSource(known, { generation: host.generation, rejected });
    const validation = host.validateOp(op, { ...options, dependencies });
    attempts.push(validation);
    const { verdict } = validation;
    const isOver = verdict.kind !== 'UnresolvedDependencies' || attempts.length >= attemptsMax;
    const fetched = isOver ? [] : await fetch(verdict.dependencies);
    if (fetched.length === 0) return { validation, attempts, records: known };
    known = [...known, ...fetched];
  }
}
