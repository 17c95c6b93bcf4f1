/** The DNA of a bundle in the form that a host accepts. */
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { type DnaBundle, dnaHashIn } from './bundle.js';
import type { DnaDefinition } from './dna.js';

/** Its hash is that of the generation that the host detects in the zomes. */
export function dnaDefinitionOf(dna: DnaBundle): DnaDefinition {
  const { name, networkSeed, properties, originTime } = dna;
  const modifiers = {
    network_seed: networkSeed,
    properties: encodeMessagePack(properties),
    ...(originTime === undefined ? {} : { origin_time: originTime }),
  };
  return { name, modifiers, hash: (generation) => dnaHashIn(dna, generation) };
}
