/**
 * Decides about a job from its lines, as a pure function. A job has its result if a line is not drawn for a check, or
 * if workers of two kinds agree. It is run again if another line is needed, and checked by the collector if there is
 * none; it is disputed if two lines differ.
 */
import { sameBytes } from '../base/same-bytes.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { Again } from './fleet-queue.js';
import { type Item, isFailed, type Line } from './line.js';

/** A line that is valid as far as it can be checked alone. */
export interface JudgedLine {
  /** Its id in the queue. */
  readonly id: string;
  readonly line: Line;
}

export type Judgement =
  /** The result is that of a line; the `confirmed` lines agree with a line of another kind. */
  | { readonly kind: 'settle'; readonly by: JudgedLine; readonly confirmed: readonly JudgedLine[] }
  | { readonly kind: 'again'; readonly again: Again }
  /** No worker of another kind can run it: the collector does. */
  | { readonly kind: 'check'; readonly line: JudgedLine }
  /** Lines differ: one of each result. */
  | { readonly kind: 'dispute'; readonly sides: readonly (readonly JudgedLine[])[] };

export interface JudgeRules {
  /** Whether the job of a line is drawn for a check. */
  readonly isDrawn: (line: Line) => boolean;
}

/** @param lines of one job, at least one */
export function judge(lines: readonly JudgedLine[], { isDrawn }: JudgeRules): Judgement {
  const whole = lines.filter(({ line }) => !hasHostFailure(line.items));
  if (whole.length === 0) return withFailures(lines);
  const sides = sidesOf(whole);
  if (sides.length > 1) return { kind: 'dispute', sides };
  const [first] = whole;
  const kinds = new Set(whole.map(({ line }) => line.kind));
  if (kinds.size > 1) return { kind: 'settle', by: first, confirmed: whole };
  if (!isDrawn(first.line)) return { kind: 'settle', by: first, confirmed: [] };
  // Equal lines of a worker are stored once, so waiting for more failures could take forever.
  if (lines.some(({ line }) => hasHostFailure(line.items) && line.kind !== first.line.kind)) {
    return { kind: 'check', line: first };
  }
  return { kind: 'again', again: { notKind: first.line.kind, notWorkers: workersOf(lines) } };
}

/** Whether the host failed at one of them, which does not depend on the input. */
export function hasHostFailure(items: readonly Item[]): boolean {
  return items.some((item) => isFailed(item) && item.failure === 'host-failure');
}

/** A host failure does not decide about the job: others try, a few times. */
function withFailures(lines: readonly JudgedLine[]): Judgement {
  if (lines.length >= FLEET_LIMITS.hostFailures) return { kind: 'settle', by: lines[lines.length - 1], confirmed: [] };
  return { kind: 'again', again: { notKind: '', notWorkers: [] } };
}

/** Lines grouped by result. */
export function sidesOf(lines: readonly JudgedLine[]): readonly (readonly JudgedLine[])[] {
  const sides: JudgedLine[][] = [];
  for (const one of lines) {
    const side = sides.find(([other]) => sameBytes(other.line.result, one.line.result));
    if (side === undefined) sides.push([one]);
    else side.push(one);
  }
  return sides;
}

export function workersOf(lines: readonly JudgedLine[]): readonly Uint8Array[] {
  const workers: Uint8Array[] = [];
  for (const { line } of lines) {
    if (!workers.some((other) => sameBytes(other, line.worker))) workers.push(line.worker);
  }
  return workers;
}
