/**
 * What all kinds of sessions share when they are opened: the terms that apply from then on, and the facts of the first
 * receipt.
 */
import { own } from '../base/own.js';
import { UsageError } from '../base/usage-error.js';
import { checkFuel } from '../engine/loaded-module.js';
import { FUEL_LIMIT_MAX } from '../engine/receipt/receipt.js';
import type { Store } from '../machine/store.js';
import type { ChainFacts } from './session-chain.js';

/** Settings that do not change after the opening. */
export interface SessionTerms {
  /** Fuel of all steps. */
  readonly fuel: number;
  readonly context: unknown;
  readonly digestEvery: number;
  readonly hostAnswerBytes: number;
}

/** The settings that a caller can choose. */
interface TermsOptions {
  readonly fuel?: number;
  readonly context?: unknown;
  readonly digestEvery?: number;
}

/** @throws UsageError for invalid options */
export function sessionTerms(options: TermsOptions, hostAnswerBytes: number): SessionTerms {
  const fuel = own(options, 'fuel') ?? FUEL_LIMIT_MAX;
  checkFuel(fuel);
  const digestEvery = own(options, 'digestEvery') ?? 0;
  if (!Number.isSafeInteger(digestEvery) || digestEvery < 0) {
    throw new UsageError('bad-bound', `digestEvery must be an integer from 0, not ${digestEvery}`);
  }
  return { fuel, context: own(options, 'context'), digestEvery, hostAnswerBytes };
}

/** For an opening that is not a step: it has the gauge and the log of the machine's store to itself. */
export function openingFacts<S>(
  step: S,
  { store, pages }: { readonly store: Store; readonly pages: number },
  limit: number,
  stateDigest: () => Uint8Array,
): ChainFacts<S> {
  const { stop, fuelUsed, parts } = store.gauge;
  return {
    step,
    number: 0,
    exportName: '',
    changes: undefined,
    fuel: { limit, used: fuelUsed, parts },
    stop,
    digestFuel: 0,
    total: fuelUsed,
    pages,
    log: store.log,
    stateDigest,
  };
}
