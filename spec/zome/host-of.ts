/** A zome host over guests from text, which must load. */
import { createEngine } from '../../src/engine/engine.js';
import { createZomeHost, type ZomeHostOptions } from '../../src/zome/create-zome-host.js';
import type { ZomeDefinition } from '../../src/zome/zome.js';
import type { ZomeHost } from '../../src/zome/zome-host.js';
import { wasmOf } from './probe-guest.js';

/** A zome definition with its module as text. */
export type ZomeText = Omit<ZomeDefinition, 'wasm'> & { readonly text: string };

export function zomeOf({ text, ...rest }: ZomeText): ZomeDefinition {
  return { ...rest, wasm: wasmOf(text) };
}

export async function hostOf(
  zomes: readonly ZomeText[],
  options: Partial<Omit<ZomeHostOptions, 'zomes'>> = {},
): Promise<ZomeHost> {
  const made = await createZomeHost({
    engine: createEngine(),
    generation: '0.6',
    ...options,
    zomes: zomes.map(zomeOf),
  });
  if (made.ok) return made.host;
  throw new Error(`${made.zome}: ${made.fault.code} ${made.fault.detail ?? ''}`);
}
