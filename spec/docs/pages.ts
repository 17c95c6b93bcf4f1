/** The pages that are made or checked by a program. */
import { readFileSync } from 'node:fs';
import { refreshed } from './code-blocks.js';
import { faultPage } from './fault-page.js';
import { withHostFunctions } from './host-function-table.js';
import { instructionPage } from './instruction-page.js';
import { withLimits } from './limit-table.js';

/** What each page must be, by its path. */
export const PAGES: ReadonlyMap<string, () => string> = new Map([
  ['docs/FAULTS.md', faultPage],
  ['docs/INSTRUCTIONS.md', instructionPage],
  ['docs/SEMANTICS.md', () => withLimits(readFileSync('docs/SEMANTICS.md', 'utf8'))],
  ['docs/HOLOCHAIN.md', () => withHostFunctions(readFileSync('docs/HOLOCHAIN.md', 'utf8'))],
  ['README.md', () => refreshed(readFileSync('README.md', 'utf8'))],
  ['docs/BILLING.md', () => refreshed(readFileSync('docs/BILLING.md', 'utf8'))],
  ['docs/OPERATING.md', () => refreshed(readFileSync('docs/OPERATING.md', 'utf8'))],
  ['docs/PROFILING.md', () => refreshed(readFileSync('docs/PROFILING.md', 'utf8'))],
  ['docs/GUIDE.md', () => refreshed(readFileSync('docs/GUIDE.md', 'utf8'))],
]);
