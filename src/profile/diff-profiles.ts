/** What changed between two profiles, by name: a function that has another index in another build is the same. */
import { functionTable } from './function-table.js';
import type { FrameKind, Profile } from './profile.js';

/** Fuel of all functions of one name, before and after. */
export interface DiffRow {
  readonly kind: FrameKind;
  readonly name: string;
  readonly self: readonly [before: number, after: number];
  readonly calls: readonly [before: number, after: number];
}

export interface ProfileDiff {
  readonly used: readonly [before: number, after: number];
  /** What changed, the greatest change of `self` first. The changes sum to that of `used`. */
  readonly rows: readonly DiffRow[];
}

export function diffProfiles(before: Profile, after: Profile): ProfileDiff {
  const rows = new Map<string, { kind: FrameKind; name: string; self: [number, number]; calls: [number, number] }>();
  [before, after].forEach((profile, side) => {
    for (const { frame, self, calls } of functionTable(profile)) {
      const { kind, name } = frame;
      const key = `${kind} ${name}`;
      const row = rows.get(key) ?? { kind, name, self: [0, 0], calls: [0, 0] };
      row.self[side] += self;
      row.calls[side] += calls;
      rows.set(key, row);
    }
  });
  const changed = [...rows.values()].filter(({ self, calls }) => self[0] !== self[1] || calls[0] !== calls[1]);
  const change = ({ self }: DiffRow): number => self[1] - self[0];
  changed.sort((a, b) => Math.abs(change(b)) - Math.abs(change(a)) || (a.name < b.name ? -1 : 1));
  return { used: [before.fuel.used, after.fuel.used], rows: changed };
}
