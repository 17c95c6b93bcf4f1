/**
 * Mutants by machine: each statement of a file that stands on one line and does something left out. Many of them are no
 * faults (what is only faster, what cannot happen), so they are for looking for holes, not for the score.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.js';

/** Calls and assignments: no declarations, no control, nothing that would leave code that cannot be read. */
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
      // The whole text before it is what precedes it once.
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
