/** Detects the data generation of modules without loading them; a module that does not decode shows none. */
import { LIMITS_1 } from '../base/limits.js';
import type { Generation } from '../boundary/generation.js';
import { decode } from '../decode/decode.js';
import { type DetectedGeneration, detectGeneration } from '../zome/detect-generation.js';
import type { ZomeDefinition } from '../zome/zome.js';

function detected(bytes: Uint8Array): DetectedGeneration {
  const { module } = decode(bytes, LIMITS_1);
  const names = module.imports.filter((item) => item.module === 'env').map(({ name }) => name);
  return detectGeneration(bytes, names);
}

export function generationOfModule(bytes: Uint8Array): Generation {
  return detected(bytes).generation;
}

/** As a zome host detects it: that of the first zome that shows one. */
export function generationOfZomes(zomes: readonly ZomeDefinition[]): Generation {
  const integrity = zomes.filter(({ kind = 'integrity' }) => kind === 'integrity');
  const coordinators = zomes.filter(({ kind }) => kind === 'coordinator');
  const found = [...integrity, ...coordinators].map(({ wasm }) => detected(wasm));
  return (found.find(({ by }) => by !== 'nothing') ?? found[0])?.generation ?? '0.6';
}
