/** `npm run builtins:write`: writes the capture and the comparison of built-ins from the list. */
import { writeFileSync } from 'node:fs';
import { scriptLine } from '../script-options.js';
import { unchangedText } from './unchanged-text.js';

scriptLine({
  name: 'builtins:write',
  about: 'Writes src/builtins/unchanged.ts from the list of built-ins.',
  options: {},
});
writeFileSync('src/builtins/unchanged.ts', unchangedText());
