/**
 * Bounds of what an engine keeps. They do not affect receipts, so they are options of the engine and not part of the
 * limits, which receipts cover. docs/STORE.md.
 */
import { own } from '../../base/own.js';
import { UsageError } from '../../base/usage-error.js';
import { LINES_KEPT } from '../../machine/host-call-log.js';

/** The bounds, each an integer from 0. */
export const KEPT_DEFAULTS = {
  /** Bytes of loaded modules for the next load of the same bytes: as much as the largest module that `limits-1` accepts. */
  moduleCacheBytes: 64 * 1024 * 1024,
  /** Bytes of instances that no call uses. */
  idleInstanceBytes: 64 * 1024 * 1024,
  /** Lines of the host-call log that a result has. */
  hostCallsKept: LINES_KEPT,
  /** About how many bytes of host-function results of one call, for a second run of it. */
  hostAnswerBytes: 32 * 1024 * 1024,
} as const;

export type Kept = { readonly [N in keyof typeof KEPT_DEFAULTS]: number };

/** @throws UsageError for a bound that is not a non-negative integer */
export function keptOf(given: { readonly [N in keyof Kept]?: number | undefined }): Kept {
  const kept: { -readonly [N in keyof Kept]: number } = { ...KEPT_DEFAULTS };
  for (const name of Object.keys(KEPT_DEFAULTS) as (keyof Kept)[]) {
    const bound = own(given, name);
    if (bound === undefined) continue;
    if (!Number.isSafeInteger(bound) || bound < 0) {
      throw new UsageError('bad-bound', `${name} must be an integer from 0, not ${bound}`);
    }
    kept[name] = bound;
  }
  return kept;
}
