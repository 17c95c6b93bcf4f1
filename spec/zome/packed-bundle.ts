/** Bundles for specs: a manifest and resources, written as plain objects and packed as gzip around MessagePack. */
import { gzipSync } from 'node:zlib';
import type { MessagePackValue } from '../../src/boundary/messagepack.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';

export type Json = null | boolean | number | string | Uint8Array | readonly Json[] | { readonly [key: string]: Json };

/** Objects to MessagePack maps. */
export function value(json: Json): MessagePackValue {
  if (Array.isArray(json)) return json.map(value);
  if (json === null || typeof json !== 'object' || json instanceof Uint8Array) return json as MessagePackValue;
  return new Map(Object.entries(json as Record<string, Json>).map(([key, inner]) => [key, value(inner)]));
}

export function packed(manifest: Json, resources: Readonly<Record<string, Json>>): Uint8Array {
  return new Uint8Array(gzipSync(encodeMessagePack(value({ manifest, resources }) as never)));
}
