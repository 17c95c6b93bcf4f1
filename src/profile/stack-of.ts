/** The stack of a node: its frames from the outermost one, without the root. */
import type { Profile } from './profile.js';

export function stackOf({ nodes }: Profile, node: number): number[] {
  const stack: number[] = [];
  for (let at = node; at > 0; at = nodes[at].parent) stack.push(nodes[at].frame);
  return stack.reverse();
}
