/**
 * A profile as speedscope reads it (https://www.speedscope.app/file-format-schema.json): one sample for each stack with fuel of its own.
 * Times are sums of fuel, since the format has one unit for times and weights.
 */
import type { Profile } from './profile.js';
import { stackOf } from './stack-of.js';

/** @param name of the profile; default its export and its module */
export function speedscopeText(profile: Profile, name = `${profile.export} of ${profile.module.slice(0, 16)}`): string {
  const samples: number[][] = [];
  const weights: number[] = [];
  profile.nodes.forEach(({ self }, i) => {
    if (self === 0) return;
    samples.push(stackOf(profile, i));
    weights.push(self);
  });
  const frames = profile.frames.map(({ name, source }) => (source === undefined ? { name } : { name, file: source }));
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'assay',
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles: [{ type: 'sampled', name, unit: 'none', startValue: 0, endValue: profile.fuel.used, samples, weights }],
  });
}
