/** `npm run interpreter:write`: writes the files that follow from the tables of operations and instructions. */
import { writeFileSync } from 'node:fs';
import { generatedFiles } from './generated.js';

for (const [path, text] of generatedFiles()) writeFileSync(path, text);
