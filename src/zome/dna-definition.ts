/** What a bundle says of a DNA, as a host takes it. */
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { DnaBundle } from './bundle.js';
import type { DnaDefinition } from './dna.js';

export function dnaDefinitionOf({ name, hash, networkSeed, properties }: DnaBundle): DnaDefinition {
  const modifiers = { network_seed: networkSeed, properties: encodeMessagePack(properties) };
  return { name, modifiers, ...(hash === undefined ? {} : { hash }) };
}
