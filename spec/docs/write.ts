/** `npm run docs:write`: writes the generated pages, and the output of the examples in the others. */
import { writeFileSync } from 'node:fs';
import { scriptLine } from '../script-options.js';
import { PAGES } from './pages.js';

scriptLine({
  name: 'docs:write',
  about: 'Writes the generated pages, and the output of the examples in the others.',
  options: {},
});
for (const [path, page] of PAGES) writeFileSync(path, page());
