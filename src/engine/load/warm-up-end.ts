/**
 * How the making of an instrumented program ends. In its own file, because the making is loaded only when it is needed.
 */
import { hasOwn } from '../../base/own.js';
import type { Declined } from '../../instrumented/declined.js';
import type { InstrumentedProgram } from '../../instrumented/program.js';
import type { UnfitHost } from '../../instrumented/unfit.js';

/** A bug of this package: it is reported, and the module stays in the interpreter. */
export interface Failed {
  readonly failed: unknown;
}

export type WarmUpEnd = InstrumentedProgram | Declined | UnfitHost | Failed;

export function isFailed(end: WarmUpEnd): end is Failed {
  return hasOwn(end, 'failed');
}
