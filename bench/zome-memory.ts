/**
 * `npm run bench zomes -- --memory`: how much of the host's memory many validations leave in use. Runs all cases of the
 * first subject in turn: instances that grow, trap, or are ended by a host function.
 */
import type { SectionOptions, SectionResult, Table, Target } from './section.js';
import type { ZomeSubject } from './zome-cases.js';
import { engineOf, hostOf, prepared } from './zome-runs.js';

const VALIDATIONS = 100_000;
const QUICK_VALIDATIONS = 10_000;
const SAMPLES = 20;
/** From here on memory must be flat: before that, caches fill and V8 compiles. */
const SETTLED_AT = SAMPLES / 5;
/** Growth after that, in MB: variation of V8's own spaces between two samples. */
const GROWTH_MB_MAX = 8;
const MEGABYTE = 1_048_576;

interface Sample {
  readonly validations: number;
  readonly 'resident MB': number;
  readonly 'heap MB': number;
  readonly 'array buffers MB': number;
}

export async function memoryOver(subject: ZomeSubject, options: SectionOptions): Promise<SectionResult> {
  const tables: Table[] = [];
  const targets: Target[] = [];
  for (const tier of ['interpreter', 'instrumented'] as const) {
    const host = await hostOf(subject, engineOf(tier));
    const cases = subject.cases.map(({ input }) => prepared(host, input));
    const rows = samplesOf(
      cases.map(({ whole }) => whole),
      options.quick ? QUICK_VALIDATIONS : VALIDATIONS,
      (done) => options.progress(`${subject.name}, ${tier}: ${done} validations`),
    );
    tables.push({ title: `${subject.name}, ${tier}`, rows: rows.map((row) => ({ ...row })) });
    targets.push(...(['resident MB', 'heap MB'] as const).map((column) => growth(tier, column, rows)));
  }
  return {
    tables,
    targets,
    notes: ['sampled after a full collection; the tiers run one after the other in one process'],
  };
}

function samplesOf(
  works: readonly (() => unknown)[],
  validations: number,
  progress: (done: number) => void,
): readonly Sample[] {
  const rows: Sample[] = [];
  for (let done = 0; ; ) {
    progress(done);
    rows.push(sample(done));
    if (done >= validations) return rows;
    for (const end = done + validations / SAMPLES; done < end; done++) works[done % works.length]!();
  }
}

function sample(validations: number): Sample {
  globalThis.gc!();
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    validations,
    'resident MB': rss / MEGABYTE,
    'heap MB': heapUsed / MEGABYTE,
    'array buffers MB': arrayBuffers / MEGABYTE,
  };
}

function growth(tier: string, column: 'resident MB' | 'heap MB', rows: readonly Sample[]): Target {
  const [from, to] = [rows[SETTLED_AT]!, rows.at(-1)!];
  return {
    name: `${tier}, ${column}, growth from ${from.validations} to ${to.validations} validations`,
    measured: Math.max(0, to[column] - from[column]),
    bound: GROWTH_MB_MAX,
    unit: 'MB',
  };
}
