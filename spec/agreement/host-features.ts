/** The features beyond 2.0 that the host's own WebAssembly accepts, found by testing. */
import type { ModuleFeature } from '../../src/agreement/module-arbitrary.js';

// biome-ignore format: sections line by line
const TAIL_CALL = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  1, 4, 1, 0x60, 0, 0,
  3, 2, 1, 0,
  10, 6, 1, 4, 0, 0x12, 0, 0x0b,
];

// biome-ignore format: sections line by line
const EXTENDED_CONSTANT = [
  0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
  6, 9, 1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b,
];

export const HOST_FEATURES: ReadonlySet<ModuleFeature> = new Set([
  ...(WebAssembly.validate(Uint8Array.from(TAIL_CALL)) ? (['tail-call'] as const) : []),
  ...(WebAssembly.validate(Uint8Array.from(EXTENDED_CONSTANT)) ? (['extended-constant'] as const) : []),
]);

export function isForHost(features: ReadonlySet<ModuleFeature>): boolean {
  return [...features].every((feature) => HOST_FEATURES.has(feature));
}
