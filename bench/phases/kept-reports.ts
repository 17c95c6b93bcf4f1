/**
 * Reports of phases, stored as they are measured, one per line: an interrupted run continues where it was (`--resume`),
 * without measuring again.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { PhaseReport } from './phase-report.js';

interface Line {
  readonly engine: string;
  readonly workload: string;
  readonly report: PhaseReport | string;
}

export class KeptReports {
  readonly #lines = new Map<string, PhaseReport | string>();

  /** @param isResumed otherwise the stored reports of an earlier run are deleted */
  constructor(
    readonly path: string,
    isResumed: boolean,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    if (!isResumed) rmSync(path, { force: true });
    else if (existsSync(path)) for (const line of readFileSync(path, 'utf8').split('\n')) this.#take(line);
  }

  /** The last line may be truncated by the interruption. */
  #take(text: string): void {
    if (!text.endsWith('}')) return;
    const { engine, workload, report } = JSON.parse(text) as Line;
    this.#lines.set(keyOf(engine, workload), report);
  }

  reportOf(engine: string, workload: string, measure: () => PhaseReport | string): PhaseReport | string {
    const key = keyOf(engine, workload);
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const report = measure();
    appendFileSync(this.path, `${JSON.stringify({ engine, workload, report } satisfies Line)}\n`);
    this.#lines.set(key, report);
    return report;
  }
}

function keyOf(engine: string, workload: string): string {
  return `${engine}\n${workload}`;
}
