/** Hashes of profiles as text and numbers only, so that any JavaScript host can compute them from the same jobs. */
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { fromHex, hash, toHex, utf8 } from '../../src/base/hash.js';
import { profileJson } from '../../src/profile/profile-json.js';
import { Profiler } from '../../src/profile/profile-of.js';
import { make } from '../../web/asked-run.js';
import { type AskedTier, contentsOf, subjectOf } from '../../web/subject.js';

/** A module and its calls. */
export interface ProfileJob {
  readonly file: string;
  readonly base64: string;
  readonly calls: readonly {
    readonly name: string;
    readonly call: AgreementCall;
    /** MessagePack in hexadecimal, for an op. */
    readonly dependencies?: string;
  }[];
}

export interface TierJob {
  readonly job: ProfileJob;
  readonly tier: AskedTier;
}

/** For a host that passes one argument. */
export function hashesOfJob({ job, tier }: TierJob): Promise<readonly string[]> {
  return profileHashes(job, tier);
}

/** For each call, the hashes of the profiles of what it ran, in order. */
export async function profileHashes({ file, base64, calls }: ProfileJob, tier: AskedTier): Promise<readonly string[]> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const subject = await subjectOf(await contentsOf(file, bytes, 0), tier);
  for (const module of subject.modules.values()) await module.settled();
  const profiler = new Profiler();
  return calls.map(({ call, dependencies }) => {
    const found = dependencies === undefined ? undefined : fromHex(dependencies);
    const made = make(subject, { call, module: undefined, dependencies: found, zome: undefined });
    const texts = made.calls.map((one) => profileJson(profiler.profileOf(one.call)));
    return texts.map((text) => toHex(hash(utf8(text)))).join(' ');
  });
}
