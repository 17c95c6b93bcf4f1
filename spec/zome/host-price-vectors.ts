/** Makes `vectors/zome/host-functions.json`. */
import { writeFileSync } from 'node:fs';
import { toHex } from '../../src/base/hash.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { HOST_PRICES, type HostPriceRow, hostPriceOf } from '../../src/cli/vectors/host-price-vectors.js';
import { hashFromCore } from '../../src/zome/holo-hash.js';
import { HOST_FUNCTIONS } from '../../src/zome/host-functions.js';
import { probeGuest, wasmOf } from './probe-guest.js';

const NIL = Uint8Array.of(0xc0);
const filled = (kind: Parameters<typeof hashFromCore>[0], byte: number) =>
  encodeMessagePack(hashFromCore(kind, new Uint8Array(32).fill(byte)));

/** Input of each function; nil for functions that are not listed. */
const INPUTS: Readonly<Record<string, Uint8Array>> = {
  __hc__must_get_entry_1: filled('Entry', 1),
  __hc__must_get_action_1: filled('Action', 2),
  __hc__must_get_valid_record_1: filled('Action', 3),
  __hc__verify_signature_1: encodeMessagePack(
    new Map<string, Uint8Array>([
      ['key', hashFromCore('Agent', new Uint8Array(32).fill(4))],
      ['signature', new Uint8Array(64)],
      ['data', new Uint8Array(100)],
    ]),
  ),
};

export async function makeHostPriceVectors(): Promise<readonly HostPriceRow[]> {
  const rows: HostPriceRow[] = [];
  for (const { name } of HOST_FUNCTIONS) {
    const wasm = wasmOf(probeGuest(name, INPUTS[name] ?? NIL));
    rows.push({ name, wasm: toHex(wasm), ...(await hostPriceOf(name, wasm)) });
  }
  return rows;
}

export async function writeHostPriceVectors(): Promise<void> {
  const lines = (await makeHostPriceVectors()).map((row) => JSON.stringify(row));
  writeFileSync(`vectors/${HOST_PRICES}`, `[\n${lines.join(',\n')}\n]\n`);
}
