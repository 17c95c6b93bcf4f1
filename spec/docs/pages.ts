/** The pages that a program generates or checks. */
import { readFileSync } from 'node:fs';
import { refreshed } from './code-blocks.js';
import { faultPage } from './fault-page.js';
import { withHostFunctions } from './host-function-table.js';
import { instructionPage } from './instruction-page.js';
import { withLimits } from './limit-table.js';

/** Pages and tables that are generated from the code alone. */
export const TABLES: ReadonlyMap<string, () => string> = new Map([
  ['docs/FAULTS.md', faultPage],
  ['docs/INSTRUCTIONS.md', instructionPage],
  ['docs/SEMANTICS.md', () => withLimits(readFileSync('docs/SEMANTICS.md', 'utf8'))],
  ['docs/HOLOCHAIN.md', () => withHostFunctions(readFileSync('docs/HOLOCHAIN.md', 'utf8'))],
]);

/** Pages with examples that must be run. */
export const EXAMPLES: ReadonlyMap<string, () => string> = new Map(
  ['README.md', 'docs/BILLING.md', 'docs/OPERATING.md', 'docs/PROFILING.md', 'docs/GUIDE.md'].map((path) => [
    path,
    () => refreshed(readFileSync(path, 'utf8')),
  ]),
);

/** The expected text of each page, by path. */
export const PAGES: ReadonlyMap<string, () => string> = new Map([...TABLES, ...EXAMPLES]);
