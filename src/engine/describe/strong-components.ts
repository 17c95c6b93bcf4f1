/** The strongly connected components of a graph (Tarjan), without recursion of ours: which nodes are on a cycle, and on which together. */

export interface Components {
  /** By node; a component has a smaller number than those that lead to it. */
  readonly of: Int32Array;
  readonly count: number;
  /** By component: whether an edge leads from it to itself. */
  readonly cyclic: Uint8Array;
}

export function strongComponents(targets: readonly (readonly number[])[]): Components {
  const of = new Int32Array(targets.length).fill(-1);
  const cyclic: number[] = [];
  const numbers = new Int32Array(targets.length).fill(-1);
  const lows = new Int32Array(targets.length);
  const stack: number[] = [];
  let next = 0;
  for (let root = 0; root < targets.length; root++) {
    if (numbers[root] >= 0) continue;
    const open: { readonly node: number; at: number }[] = [{ node: root, at: 0 }];
    while (open.length > 0) {
      const frame = open[open.length - 1];
      const { node } = frame;
      if (frame.at === 0 && numbers[node] < 0) {
        numbers[node] = lows[node] = next++;
        stack.push(node);
      }
      const target = targets[node][frame.at++];
      if (target === undefined) {
        open.pop();
        const from = open.at(-1)?.node;
        if (from !== undefined) lows[from] = Math.min(lows[from], lows[node]);
        if (lows[node] === numbers[node]) takeComponent(node);
      } else if (numbers[target] < 0) open.push({ node: target, at: 0 });
      else if (of[target] < 0) lows[node] = Math.min(lows[node], numbers[target]);
    }
  }
  return { of, count: cyclic.length, cyclic: Uint8Array.from(cyclic) };

  function takeComponent(root: number): void {
    const members = stack.splice(stack.lastIndexOf(root));
    for (const node of members) of[node] = cyclic.length;
    cyclic.push(members.length > 1 || targets[root].includes(root) ? 1 : 0);
  }
}
