/** Section `memory`: the peak of a fresh process while it loads a module, minus its memory before it read the bytes. */
import { loadFresh } from './fresh-load.js';
import { codeModule, MEGABYTE, realModules, type SampleModule } from './sample-modules.js';
import type { Cell, Section, SectionOptions } from './section.js';
import { median } from './time.js';

const SIZES_MB = [1, 2, 4, 8, 16, 32];

/** The bound, as a multiple of the module's bytes. */
const TIMES_MAX = 12;

export const MEMORY: Section = {
  name: 'memory',
  about: 'peak of memory while loading',
  run: (options) => {
    const modules = [...realModules(), ...SIZES_MB.map((size) => codeModule(size * MEGABYTE))];
    const rows = modules.map((module) => measured(module, options));
    return {
      tables: [{ title: 'peak resident memory less that before, in times the bytes of the module', rows }],
      targets: (['loaded', 'compiled'] as const).map((column) => ({
        name: `worst module, ${column}`,
        measured: Math.max(...rows.map((row) => row[column])),
        bound: TIMES_MAX,
        unit: 'times',
      })),
      notes: ['the bytes of the module themselves are counted once in each figure'],
    };
  },
};

type Row = { readonly loaded: number; readonly compiled: number } & Readonly<Record<string, Cell>>;

function measured({ name, bytes }: SampleModule, { tier, rounds, progress }: SectionOptions): Row {
  progress(name);
  const reports = loadFresh(bytes, tier, rounds, 0);
  const before = median(reports.map(({ residentBefore }) => residentBefore));
  const times = (peak: 'peakLoaded' | 'peakCompiled') =>
    median(reports.map((report) => (report[peak] - report.residentBefore) / report.bytes));
  return {
    module: name,
    bytes: bytes.length,
    'before, MB': before / MEGABYTE,
    loaded: times('peakLoaded'),
    compiled: times('peakCompiled'),
  };
}
