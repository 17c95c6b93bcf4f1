/**
 * Properties of every profile, checked without the code that makes one: sums, parts, and the contents of its formats.
 */
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Profile as Pprof } from 'pprof-format';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { foldedText } from '../../src/profile/folded.js';
import { pprofBytes } from '../../src/profile/pprof.js';
import type { FrameKind, Profile } from '../../src/profile/profile.js';
import { profileJson, readProfile } from '../../src/profile/profile-json.js';
import { speedscopeText } from '../../src/profile/speedscope.js';

export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Compares a profile with the receipt of its call. */
export function checkProfile(profile: Profile, { fuel }: Pick<Receipt, 'fuel'>): void {
  expect(profile.fuel).to.deep.equal({ used: fuel.used, parts: fuel.parts });
  expect(sumOf(profile.nodes.map(({ self }) => self))).to.equal(fuel.used);
  checkParts(profile);
  const lines = foldedText(profile).split('\n').slice(0, -1);
  expect(sumOf(lines.map((line) => Number(line.slice(line.lastIndexOf(' ') + 1))))).to.equal(fuel.used);
  const { profiles } = JSON.parse(speedscopeText(profile)) as {
    profiles: { weights: number[]; samples: number[][] }[];
  };
  expect(sumOf(profiles[0]!.weights)).to.equal(fuel.used);
  expect(profiles[0]!.samples).to.have.length(lines.length);
  expect(readProfile(profileJson(profile))).to.deep.equal(profile);
  const bytes = pprofBytes(profile);
  // Its header has no time (https://www.rfc-editor.org/rfc/rfc1952).
  expect([...bytes.subarray(0, 8)]).to.deep.equal([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
  const pprof = Pprof.decode(gunzipSync(bytes));
  expect(sumOf(pprof.sample.map(({ value }) => Number(value[0])))).to.equal(fuel.used);
}

/**
 * The parts of the receipt from the kinds of frames: frames below the instantiation belong to it, host functions do
 * not.
 */
function checkParts({ nodes, frames, fuel }: Profile): void {
  if (frames.some(({ kind }) => kind === 'other')) return;
  const parts = { instantiate: 0, guest: 0, host: 0, boundary: 0 };
  const instantiates: boolean[] = [];
  nodes.forEach(({ frame, parent, self }, i) => {
    const { kind } = frames[frame]!;
    instantiates[i] = kind === 'instantiate' || (parent >= 0 && instantiates[parent]!);
    parts[partOf(kind, instantiates[i]!)] += self;
  });
  expect(parts).to.deep.equal(fuel.parts);
}

function partOf(kind: FrameKind, instantiates: boolean): 'instantiate' | 'guest' | 'host' | 'boundary' {
  if (kind === 'host' || kind === 'boundary') return kind;
  return instantiates ? 'instantiate' : 'guest';
}
