/**
 * Section `report`: the benchmark plan of the old reports. Phases of modules in every engine, and each headline with
 * our figure. Writes `reports/bench.html` and `reports/bench.json`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import type { Cell, Section, SectionResult, Table } from '../section.js';
import { headlines, number } from './headlines.js';
import { COLUMNS, planPage } from './html.js';
import { measurePlan, type PlanFigures } from './measure.js';

const FOLDER = 'reports';

export const REPORT: Section = {
  name: 'report',
  about: 'phases of modules in every engine, and the headlines of the old reports',
  isLong: true,
  run: (options): SectionResult => {
    const figures = measurePlan(options);
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(`${FOLDER}/bench.html`, planPage(figures));
    writeFileSync(
      `${FOLDER}/bench.json`,
      `${JSON.stringify({ ...figures, headlines: headlines(figures) }, null, 2)}\n`,
    );
    return {
      tables: [headlineTable(figures), ...phaseTables(figures)],
      targets: [],
      notes: [...figures.notes, `${FOLDER}/bench.html has the plots, ${FOLDER}/bench.json the figures`],
    };
  },
};

function headlineTable(figures: PlanFigures): Table {
  return {
    title: 'headlines of the old reports',
    rows: headlines(figures).map(({ headline, theirs, ours, isAhead, remark }) => ({
      headline,
      'reported or measured here': theirs,
      Assay: ours,
      ahead: isAhead ? 'yes' : 'no',
      remark,
    })),
  };
}

function phaseTables({ workloads }: PlanFigures): readonly Table[] {
  return workloads.map(({ workload, rows }) => ({
    title: `${workload.name}, milliseconds: ${workload.about}`,
    rows: rows.map(({ engine, isMetered, report }): Readonly<Record<string, Cell>> => {
      const isText = typeof report === 'string';
      const cells = COLUMNS.map(([name, of]) => {
        const value = isText ? undefined : of(report);
        return [name, value === undefined ? '' : number(value)];
      });
      return {
        engine: isText ? `${engine}: ${report}` : report.engine,
        fuel: isMetered ? 'yes' : '',
        ...Object.fromEntries(cells),
      };
    }),
  }));
}
