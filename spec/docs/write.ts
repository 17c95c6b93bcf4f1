/** `npm run docs:write`: writes the generated pages, and the output of the examples in the others. */
import { writeFileSync } from 'node:fs';
import { PAGES } from './pages.js';

for (const [path, page] of PAGES) writeFileSync(path, page());
