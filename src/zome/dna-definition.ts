/** What a bundle says of a DNA, as a host takes it. */
import type { Generation } from '../boundary/generation.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { type DnaBundle, dnaHashIn } from './bundle.js';
import type { DnaDefinition } from './dna.js';

/** @param generation default `0.6`: modules that do not tell are run as that, so the hash is that of 0.6 too */
export function dnaDefinitionOf(dna: DnaBundle, generation: Generation = '0.6'): DnaDefinition {
  const { name, networkSeed, properties, originTime } = dna;
  const modifiers = {
    network_seed: networkSeed,
    properties: encodeMessagePack(properties),
    ...(originTime === undefined ? {} : { origin_time: originTime }),
  };
  return { name, modifiers, hash: dnaHashIn(dna, generation) };
}
