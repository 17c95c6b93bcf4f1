/** The nodes and frames of a profile from a tree of nodes: in one order whatever order they were found in. */
import type { ProfileFrame, ProfileNode } from './profile.js';

/** So many nodes are sorted by insertion. */
const FEW = 16;

/** A node while a profile is made. */
export interface TreeNode extends Omit<ProfileNode, 'frame' | 'parent' | 'total'> {
  readonly frame: ProfileFrame;
  /** `frameKey` of the frame. */
  readonly key: string;
  readonly children: TreeNode[];
  /** Is found when the tree is ordered. */
  total: number;
}

export interface OrderedTree {
  readonly frames: readonly ProfileFrame[];
  readonly nodes: readonly ProfileNode[];
  /** The index of each frame in `frames`, by its key. */
  readonly indexOf: (frame: ProfileFrame, key: string) => number;
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
  sumUp(root);
  const frames: ProfileFrame[] = [];
  const indices = new Map<string, number>();
  const indexOf = (frame: ProfileFrame, key: string): number => {
    let index = indices.get(key);
    if (index === undefined) {
      index = frames.push(frame) - 1;
      indices.set(key, index);
    }
    return index;
  };
  const nodes: ProfileNode[] = [];
  const open: TreeNode[] = [root];
  const parents = [-1];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { frame, key, children, self, total, calls, recursions, stackWords, pages } = node;
    const parent = parents.pop()!;
    const at =
      nodes.push({ frame: indexOf(frame, key), parent, self, total, calls, recursions, stackWords, pages }) - 1;
    if (children.length > 1) sortNodes(children);
    // The last is taken first.
    for (let i = 0; i < children.length; i++) {
      open.push(children[i]);
      parents.push(at);
    }
  }
  return { frames, nodes, indexOf };
}

/** Most nodes have few children: the host's sort has a fixed cost, which would be a tenth of a profile. */
function sortNodes(nodes: TreeNode[]): void {
  if (nodes.length > FEW) {
    nodes.sort(compareNodes);
    return;
  }
  for (let i = 1; i < nodes.length; i++) {
    const node = nodes[i];
    let at = i;
    while (at > 0 && compareNodes(nodes[at - 1], node) > 0) nodes[at] = nodes[--at];
    nodes[at] = node;
  }
}

/** The cheaper before the more expensive; of equal ones the later name first. */
function compareNodes(a: TreeNode, b: TreeNode): number {
  return a.total - b.total || compareText(b.key, a.key);
}

function sumUp(root: TreeNode): void {
  const order: TreeNode[] = [root];
  for (let i = 0; i < order.length; i++) {
    const { children } = order[i];
    for (let k = 0; k < children.length; k++) order.push(children[k]);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const { self, children } = order[i];
    let total = self;
    for (let k = 0; k < children.length; k++) total += children[k].total;
    order[i].total = total;
  }
}
