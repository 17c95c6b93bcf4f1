/**
 * Generated mutants: each one-line statement with an effect is removed in turn. Many of them are not faults (the
 * statement only saves time, or handles a case that cannot occur), so they serve to find gaps, not for the score.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.js';

/**
 * Calls and assignments: no declarations, no control flow, nothing whose removal would leave code that does not parse.
 */
const STATEMENT = /^(\s*)((?:this[.#]|[a-z]\w*[.([]|[a-z]\w* (?:[+\-*]|\?\?)?= )[^{}]*;)$/i;

export function mutantsOfLines(file: string): readonly Mutant[] {
  const text = readFileSync(join('dist/src', file), 'utf8');
  const mutants: Mutant[] = [];
  let offset = 0;
  text.split('\n').forEach((line, i) => {
    const [, indent, statement] = STATEMENT.exec(line) ?? [];
    if (
      indent !== undefined &&
      indent.length >= 4 &&
      statement !== undefined &&
      !/^(?:return|throw|super)/.test(statement)
    ) {
      const name = `line ${i + 1}: ${statement}`;
      // All the text before the statement occurs once.
      mutants.push({
        name,
        kind: 'static charges',
        file,
        after: [text.slice(0, offset)],
        find: line,
        replace: `${indent};`,
      });
    }
    offset += line.length + 1;
  });
  return mutants;
}
