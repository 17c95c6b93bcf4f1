/** The profile of several calls: their trees merged. */
import { UsageError } from '../base/usage-error.js';
import { frameKey, orderedTree, type TreeNode } from './build-tree.js';
import { PROFILE_FORMAT, type Profile, type ProfileFrame, RECEIPTS_KEPT } from './profile.js';

interface MergedNode extends TreeNode {
  readonly byKey: Map<string, MergedNode>;
}

type Sum = { -readonly [K in 'self' | 'calls' | 'recursions' | 'stackWords' | 'pages']: number };

/**
 * Adds one profile after the other; its size depends on the number of distinct stacks. Calls of different modules or
 * exports are separate, each below its own node.
 */
export class ProfileMerge {
  readonly #roots = new Map<string, { readonly root: MergedNode; readonly module: string; readonly export: string }>();
  readonly #receipts: string[] = [];
  readonly #parts = { instantiate: 0, guest: 0, host: 0, boundary: 0 };
  readonly #rows = new Map<string, { frame: ProfileFrame; offset: number; fuel: number; entries: number }>();
  readonly #lines = new Map<string, { frame: ProfileFrame; file: string; line: number; fuel: number }>();
  #runs = 0;
  #used = 0;
  #stackWords = 0;
  #pages = 0;

  /** @throws UsageError `bad-profile` if the sum of the fuel would not be exact, above 2^53 - 1 */
  add(profile: Profile): void {
    const { module, export: exportName, fuel, nodes } = profile;
    if (!Number.isSafeInteger(this.#used + fuel.used))
      throw new UsageError('bad-profile', `the total fuel of ${this.#runs + 1} calls is above 2^53 - 1`);
    this.#used += fuel.used;
    for (const part of ['instantiate', 'guest', 'host', 'boundary'] as const) this.#parts[part] += fuel.parts[part];
    this.#runs += profile.runs;
    this.#stackWords = Math.max(this.#stackWords, profile.stackWords);
    this.#pages = Math.max(this.#pages, profile.pages);
    for (const receipt of profile.receipts) if (this.#receipts.length < RECEIPTS_KEPT) this.#receipts.push(receipt);
    const frames = profile.frames.map((frame) => (frame.kind === 'guest' ? { ...frame, module } : frame));
    const key = `${module} ${exportName}`;
    const known = this.#roots.get(key) ?? {
      root: merged(frames[nodes[0].frame], frameKey(frames[nodes[0].frame])),
      module,
      export: exportName,
    };
    this.#roots.set(key, known);
    const places: MergedNode[] = [];
    nodes.forEach((node, i) => {
      const place = i === 0 ? known.root : childOf(places[node.parent], frames[node.frame]);
      places[i] = place;
      const sum = place as Sum;
      sum.self += node.self;
      sum.calls += node.calls;
      sum.recursions += node.recursions;
      sum.stackWords = Math.max(sum.stackWords, node.stackWords);
      sum.pages += node.pages;
    });
    this.#addPlaces(profile, frames);
  }

  #addPlaces({ blocks, lines }: Profile, frames: readonly ProfileFrame[]): void {
    for (const { frame: index, offset, fuel, entries } of blocks) {
      const frame = frames[index];
      const key = `${frameKey(frame)} ${offset} ${entries === 0}`;
      const row = this.#rows.get(key) ?? { frame, offset, fuel: 0, entries: 0 };
      row.fuel += fuel;
      row.entries += entries;
      this.#rows.set(key, row);
    }
    for (const { frame: index, file, line, fuel } of lines) {
      const frame = frames[index];
      const key = `${frameKey(frame)} ${line} ${file}`;
      const row = this.#lines.get(key) ?? { frame, file, line, fuel: 0 };
      row.fuel += fuel;
      this.#lines.set(key, row);
    }
  }

  /** The profile of everything that was added. @throws UsageError `bad-profile` if nothing was */
  get profile(): Profile {
    const roots = [...this.#roots.values()];
    const [first] = roots;
    if (first === undefined) throw new UsageError('bad-profile', 'there is no call to profile');
    const root = roots.length === 1 ? first.root : over(roots.map((one) => one.root));
    const { frames, nodes, indexOf } = orderedTree(root);
    return {
      format: PROFILE_FORMAT,
      module: first.module,
      export: roots.length === 1 ? first.export : `${roots.length} exports`,
      runs: this.#runs,
      receipts: [...this.#receipts],
      fuel: { used: this.#used, parts: { ...this.#parts } },
      stackWords: this.#stackWords,
      pages: this.#pages,
      frames,
      nodes,
      blocks: [...this.#rows.values()].map(({ frame, ...row }) => ({ frame: indexOf(frame, frameKey(frame)), ...row })),
      lines: [...this.#lines.values()].map(({ frame, ...row }) => ({ frame: indexOf(frame, frameKey(frame)), ...row })),
    };
  }
}

/** Merges profiles. @throws UsageError `bad-profile` if there is none */
export function mergeProfiles(profiles: Iterable<Profile>): Profile {
  const merge = new ProfileMerge();
  for (const profile of profiles) merge.add(profile);
  return merge.profile;
}

function merged(frame: ProfileFrame, key: string): MergedNode {
  return {
    frame,
    key,
    self: 0,
    total: 0,
    calls: 0,
    recursions: 0,
    stackWords: 0,
    pages: 0,
    children: [],
    byKey: new Map(),
  };
}

function childOf(parent: MergedNode, frame: ProfileFrame): MergedNode {
  const key = frameKey(frame);
  const known = parent.byKey.get(key);
  if (known !== undefined) return known;
  const made = merged(frame, key);
  parent.byKey.set(key, made);
  parent.children.push(made);
  return made;
}

function over(roots: readonly MergedNode[]): TreeNode {
  const calls = roots.reduce((sum, root) => sum + root.calls, 0);
  const frame = { kind: 'call', name: `${roots.length} exports` } as const;
  return {
    frame,
    key: frameKey(frame),
    self: 0,
    total: 0,
    calls,
    recursions: 0,
    stackWords: 0,
    pages: 0,
    children: [...roots],
  };
}
