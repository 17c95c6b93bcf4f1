/**
 * A validation round: an op is validated, what it waits for is fetched, and it is validated again, until there is a verdict
 * or nothing more comes. Each attempt is a validation of its own, with receipts of its own; the last one is the result.
 */
import { ownOf } from '../base/own.js';
import type { Dependencies } from '../boundary/validation-result.js';
import { recordsSource } from './dependency-source.js';
import type { Op } from './op.js';
import type { Record } from './record.js';
import type { Validation, ZomeCallOptions, ZomeHost } from './zome-host.js';

/** Gives the records for what is missing; an empty list if it cannot. */
export type FetchDependencies = (missing: Dependencies) => Promise<readonly Record[]> | readonly Record[];

export interface ValidationRoundOptions extends Omit<ZomeCallOptions, 'dependencies'> {
  /** records that are at hand already */
  readonly records?: readonly Record[];
  /** records that are known to be invalid */
  readonly rejected?: readonly Record[];
  /** most validations; default 32 */
  readonly attemptsMax?: number;
}

export interface ValidationRound {
  /** the last attempt */
  readonly validation: Validation;
  /** every attempt in order, the last one too */
  readonly attempts: readonly Validation[];
  /** the records that were at hand in the last attempt */
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
