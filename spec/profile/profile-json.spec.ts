/** Profiles from files: an invalid one is refused with the place of the fault. Profiles of several calls. */
import { expect } from 'chai';
import { UsageError } from '../../src/base/usage-error.js';
import { i32 } from '../../src/index.js';
import { diffProfiles } from '../../src/profile/diff-profiles.js';
import { mergeProfiles } from '../../src/profile/merge-profiles.js';
import type { Profile } from '../../src/profile/profile.js';
import { readProfile } from '../../src/profile/profile-json.js';
import { profileOf } from '../../src/profile/profile-of.js';
import { loadText } from '../engine/load-text.js';
import { checkProfile } from './check-profile.js';

const TEXT = `(module
  (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
  (func $loop (export "loop") (param i32) (result i32)
    (loop (local.set 0 (i32.sub (call $leaf (local.get 0)) (i32.const 2))) (br_if 0 (local.get 0)))
    (local.get 0))
  (func (export "once") (param i32) (result i32) (call $leaf (local.get 0))))`;

describe('profiles as files and of several calls', () => {
  let three: Profile;
  let five: Profile;
  let once: Profile;
  before(async () => {
    const module = await loadText(TEXT);
    const profile = (name: string, n: number) => profileOf(module.call(name, [i32(n)]));
    [three, five, once] = [profile('loop', 3), profile('loop', 5), profile('once', 1)];
  });

  type Damage = (profile: Record<string, never>) => unknown;
  const damages: readonly (readonly [string, Damage, RegExp])[] = [
    ['an invalid sum', (p) => (p['nodes'] as { total: number }[])[0]!.total++, /total: \d+, the sum is/],
    ['a changed self fuel', (p) => (p['nodes'] as { self: number }[])[1]!.self++, /the sum is/],
    ['a missing frame', (p) => ((p['nodes'] as { frame: number }[])[1]!.frame = 99), /there are \d+ frames/],
    ['a parent after it', (p) => ((p['nodes'] as { parent: number }[])[1]!.parent = 2), /not before it/],
    ['a second root', (p) => ((p['nodes'] as { parent: number }[])[1]!.parent = -1), /not before it/],
    ['half a unit', (p) => ((p['nodes'] as { self: number }[])[1]!.self = 0.5), /not an integer/],
    ['no nodes', (p) => ((p as Record<string, unknown>)['nodes'] = []), /not the root/],
    ['parts that do not sum', (p) => (p['fuel'] as { parts: { host: number } }).parts.host++, /parts/],
    ['another format', (p) => ((p as Record<string, unknown>)['format'] = 'assay-profile-0'), /\$\.format/],
    ['a block without a function', (p) => ((p['blocks'] as { frame: number }[])[0]!.frame = 99), /blocks\[0\]/],
  ];
  for (const [what, damage, message] of damages)
    it(`refuse ${what}`, () => {
      const profile = JSON.parse(JSON.stringify(three)) as Record<string, never>;
      damage(profile);
      expect(() => readProfile(JSON.stringify(profile))).to.throw(UsageError, message);
    });

  it('refuse text that is not JSON', () => {
    expect(() => readProfile('{')).to.throw(UsageError, 'not a valid profile');
  });

  it('of one export are merged', () => {
    const merged = mergeProfiles([three, five]);
    const fuel = { used: three.fuel.used + five.fuel.used, limit: 0, parts: { ...merged.fuel.parts } };
    checkProfile(merged, { fuel });
    expect(merged.nodes).to.have.length(three.nodes.length);
    expect(merged.runs).to.equal(2);
    expect(JSON.stringify(mergeProfiles([three, five]).nodes)).to.equal(
      JSON.stringify(mergeProfiles([five, three]).nodes),
    );
  });

  it('of several exports are kept apart', () => {
    const merged = mergeProfiles([three, once, five]);
    expect(
      merged.nodes.filter(({ parent }) => parent === 0).map(({ frame }) => merged.frames[frame]!.name),
    ).to.deep.equal(['loop', 'once']);
    expect(merged.fuel.used).to.equal(three.fuel.used + once.fuel.used + five.fuel.used);
  });

  it('are compared by name: the changes sum to the whole', () => {
    const { used, rows } = diffProfiles(three, five);
    expect(used).to.deep.equal([three.fuel.used, five.fuel.used]);
    expect(rows.reduce((sum, { self }) => sum + self[1] - self[0], 0)).to.equal(used[1] - used[0]);
    expect(rows.map(({ name }) => name)).to.have.members(['loop', 'leaf']);
    expect(rows.find(({ name }) => name === 'leaf')!.calls).to.deep.equal([3, 5]);
    expect(diffProfiles(three, three).rows).to.deep.equal([]);
  });
});
