/**
 * Measures the phases of every workload in every engine, and the figures for the headlines of the old reports. The
 * results are data.
 */
import { bootModules } from '../boot-modules.js';
import { bootedInProcesses, withModuleFile } from '../boot-processes.js';
import { largestPayload } from '../boundary.js';
import { largeModule } from '../large-module.js';
import type { SampleModule } from '../sample-modules.js';
import type { SectionOptions } from '../section.js';
import { KeptReports } from './kept-reports.js';
import { phaseEngines, phasesOf } from './phase-engines.js';
import type { PhaseReport } from './phase-report.js';
import { type Workload, workloads } from './workloads.js';

export interface EngineRow {
  readonly engine: string;
  readonly isMetered: boolean;
  /** A string is the reason why there is none. */
  readonly report: PhaseReport | string;
}

export interface WorkloadFigures {
  readonly workload: Omit<Workload, 'bytes'>;
  readonly bytes: number;
  readonly rows: readonly EngineRow[];
}

/**
 * Milliseconds through the engine, with receipts: first result new, from a disk cache, from memory, and the next call.
 */
export interface Reloaded {
  readonly fresh: number;
  readonly disk: number;
  readonly memory: number;
  readonly next: number;
}

export interface PlanFigures {
  readonly node: string;
  readonly workloads: readonly WorkloadFigures[];
  readonly small: Reloaded;
  /** For the 39 MB module; none if it was left out. */
  readonly large: Reloaded | undefined;
  readonly into: ReturnType<typeof largestPayload>;
  readonly out: ReturnType<typeof largestPayload>;
  readonly notes: readonly string[];
}

export function measurePlan(options: SectionOptions): PlanFigures {
  const { engines, notes: engineNotes } = phaseEngines(options);
  const { all, notes: workloadNotes } = workloads(options);
  const { quick, progress } = options;
  const rounds = quick ? 1 : options.rounds;
  const kept = new KeptReports('reports/phases.jsonl', options.resume);
  const figures = all.map((workload) =>
    withModuleFile(workload, (file) => ({
      workload: described(workload),
      bytes: workload.bytes.length,
      rows: engines.map((engine) => {
        progress(`${workload.name} in ${engine.name}`);
        const { name, isMetered } = engine;
        const measure = () => phasesOf(engine, file, workload, isLarge(workload) ? 1 : rounds);
        return { engine: name, isMetered, report: kept.reportOf(name, workload.name, measure) };
      }),
    })),
  );
  for (const one of figures) checkResults(one);
  const large = quick ? undefined : largeModule(progress);
  return {
    node: process.version,
    workloads: figures,
    small: reloaded(bootModules()[0], rounds, progress),
    large: large === undefined || typeof large === 'string' ? undefined : reloaded(large, rounds, progress),
    into: largestPayload('in', { ...options, rounds }),
    out: largestPayload('out', { ...options, rounds }),
    notes: [...engineNotes, ...workloadNotes],
  };
}

function described({ bytes: _bytes, ...rest }: Workload): Omit<Workload, 'bytes'> {
  return rest;
}

/** Compilers take a minute for it. */
function isLarge({ bytes }: Workload): boolean {
  return bytes.length > 10_000_000;
}

/** All engines with the same arguments must return the same results. */
function checkResults({ workload, rows }: WorkloadFigures): void {
  const given = new Map<string, string[]>();
  for (const { engine, report } of rows) {
    if (typeof report === 'string') continue;
    const results = report.results.join(' ');
    given.set(results, [...(given.get(results) ?? []), engine]);
  }
  const allowed = workload.slow === undefined ? 1 : 2;
  if (given.size <= allowed) return;
  const texts = Array.from(given, ([results, engines]) => `${engines.join(', ')} give ${results}`);
  throw new Error(`${workload.name}: the engines differ: ${texts.join('; ')}`);
}

function reloaded(module: SampleModule, rounds: number, progress: (text: string) => void): Reloaded {
  progress(`${module.name}: new, from disk, from memory`);
  return withModuleFile(module, (file, folder) => {
    const fresh = bootedInProcesses(file, 'auto', rounds);
    bootedInProcesses(file, 'instrumented', 1, folder);
    const disk = bootedInProcesses(file, 'auto', rounds, folder);
    const next = bootedInProcesses(file, 'instrumented', rounds);
    return { fresh: fresh['first']!, disk: disk['first']!, memory: fresh['memory']!, next: next['again']! };
  });
}
