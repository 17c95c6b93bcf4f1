/**
 * Folded stacks: a line for each stack with fuel of its own, outermost frame first, `;` between frames, then the fuel. What flame graph
 * tools read. In names a `;` is `:` and what would end a line is a blank.
 */
import type { Profile } from './profile.js';

export function foldedText({ frames, nodes }: Profile): string {
  const names = frames.map(({ name }) => name.replace(/;/g, ':').replace(/\s+/g, ' '));
  const stacks: string[] = [];
  const lines: string[] = [];
  nodes.forEach(({ frame, parent, self }, i) => {
    const above = parent <= 0 ? '' : `${stacks[parent]};`;
    stacks[i] = parent < 0 ? '' : above + names[frame];
    if (self > 0) lines.push(`${stacks[i]} ${self}\n`);
  });
  return lines.join('');
}
