/** `npm run interpreter:write`: writes the files that are generated from the tables of operations and instructions. */
import { writeFileSync } from 'node:fs';
import { scriptLine } from '../script-options.js';
import { generatedFiles } from './generated.js';

scriptLine({
  name: 'interpreter:write',
  about: 'Writes the files of the interpreter that are generated from the tables of operations and instructions.',
  options: {},
});

for (const [path, text] of generatedFiles()) writeFileSync(path, text);
