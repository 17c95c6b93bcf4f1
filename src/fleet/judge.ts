/**
 * What becomes of a job by its lines: a pure function. A job has its result when a line is not drawn for a check, or when workers of two kinds
 * say the same; it is run again when one is needed for that, and checked by the collector if that fails; it is disputed when two
 * lines differ.
 */
import { sameBytes } from '../base/same-bytes.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { Again } from './fleet-queue.js';
import { type Item, isFailed, type Line } from './line.js';

/** A line that is valid as far as it can be checked by itself. */
export interface JudgedLine {
  /** The queue's name for it. */
  readonly id: string;
  readonly line: Line;
}

export type Judgement =
  /** The result is that of a line; those are confirmed by another kind. */
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
  // A line is kept once, however often its worker fails: to wait for more of them would be to wait for ever.
  if (lines.some(({ line }) => hasHostFailure(line.items) && line.kind !== first.line.kind)) {
    return { kind: 'check', line: first };
  }
  return { kind: 'again', again: { notKind: first.line.kind, notWorkers: workersOf(lines) } };
}

/** Whether a host failed at one of them: that says nothing of the input. */
export function hasHostFailure(items: readonly Item[]): boolean {
  return items.some((item) => isFailed(item) && item.failure === 'host-failure');
}

/** A host that fails says nothing of the job: others try, some times. */
function withFailures(lines: readonly JudgedLine[]): Judgement {
  if (lines.length >= FLEET_LIMITS.hostFailures) return { kind: 'settle', by: lines[lines.length - 1], confirmed: [] };
  return { kind: 'again', again: { notKind: '', notWorkers: [] } };
}

/** Lines by what they say. */
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
