/** The nodes and frames of a profile from a tree of nodes: in one order whatever order they were found in. */
import type { ProfileFrame, ProfileNode } from './profile.js';

/** A node while a profile is made. */
export interface TreeNode extends Omit<ProfileNode, 'frame' | 'parent' | 'total'> {
  readonly frame: ProfileFrame;
  readonly children: TreeNode[];
}

export interface OrderedTree {
  readonly frames: readonly ProfileFrame[];
  readonly nodes: readonly ProfileNode[];
  /** The index of each frame in `frames`. */
  readonly indexOf: (frame: ProfileFrame) => number;
}

/** Two frames are one if this is the same. */
export function frameKey({ kind, name, index, module }: ProfileFrame): string {
  return `${kind} ${name} ${index ?? ''} ${module ?? ''}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The tree in preorder, the most expensive child first, then by name. No recursion: trees are as deep as stacks. */
export function orderedTree(root: TreeNode): OrderedTree {
  const totals = totalsOf(root);
  const indices = new Map<string, number>();
  const frames: ProfileFrame[] = [];
  /** The same frame is often the same object. */
  const keys = new Map<ProfileFrame, string>();
  const keyOf = (frame: ProfileFrame): string => {
    const key = keys.get(frame) ?? frameKey(frame);
    keys.set(frame, key);
    return key;
  };
  const indexOf = (frame: ProfileFrame): number => {
    const key = keyOf(frame);
    const known = indices.get(key);
    if (known !== undefined) return known;
    indices.set(key, frames.length);
    return frames.push(frame) - 1;
  };
  const nodes: ProfileNode[] = [];
  const open: { readonly node: TreeNode; readonly parent: number }[] = [{ node: root, parent: -1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent } = next;
    const { frame, children, self, calls, recursions, stackWords, pages } = node;
    const total = totals.get(node)!;
    const at = nodes.push({ frame: indexOf(frame), parent, self, total, calls, recursions, stackWords, pages }) - 1;
    const ordered = [...children].sort(
      (a, b) => totals.get(b)! - totals.get(a)! || compareText(keyOf(a.frame), keyOf(b.frame)),
    );
    for (const child of ordered.reverse()) open.push({ node: child, parent: at });
  }
  return { frames, nodes, indexOf };
}

function totalsOf(root: TreeNode): ReadonlyMap<TreeNode, number> {
  const order: TreeNode[] = [root];
  for (let i = 0; i < order.length; i++) order.push(...order[i].children);
  const totals = new Map<TreeNode, number>();
  for (const node of order.reverse()) {
    totals.set(
      node,
      node.children.reduce((sum, child) => sum + totals.get(child)!, node.self),
    );
  }
  return totals;
}
