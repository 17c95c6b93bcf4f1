/**
 * Detects which form of an entry's tag the zomes of Holochain 0.1 and 0.2 accept: `"App"`, or `{"App": nil}` if they
 * were built with serde 1.0.181 or later. Nothing in a module's imports or data shows it, so `validate` is called with
 * one op in both forms.
 *
 * Invariant: the result is a function of the modules alone. The op and the fuel are fixed; there are no dependencies. A
 * module counts as one that accepts the string unless it clearly accepts the map and refuses the string.
 *
 * Source: hdk_derive `map_extern`: a guest returns an input that it cannot decode, as `Err(Deserialize(bytes))`.
 */
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Action } from './action.js';
import { actionHash } from './action.js';
import { entryHash } from './entry.js';
import { hashFromCore } from './holo-hash.js';
import { type Op, op } from './op.js';
import type { ZomeHost } from './zome-host.js';

/** Fuel of each call: about two hundred times the cost of decoding the op. */
export const PROBE_FUEL = 10_000_000;

type OldGeneration = '0.2' | '0.2-map';

/** An agent's key is stored: no zome has an opinion about that before it has decoded it. */
function probeOp(generation: OldGeneration): Op {
  const author = hashFromCore('Agent', new Uint8Array(32).fill(1));
  const entry = { entry_type: 'Agent', entry: author } as const;
  const create = {
    author,
    timestamp: 0n,
    action_seq: 2,
    prev_action: hashFromCore('Action', new Uint8Array(32)),
    entry_type: { kind: 'AgentPubKey' },
    entry_hash: entryHash(entry, generation),
    weight: { bucket_id: 0, units: 0, rate_bytes: 0 },
  } as const;
  const hash = actionHash({ type: 'Create', ...create } as Action, generation);
  const action = {
    hashed: { content: { kind: 'Create', value: create }, hash },
    signature: new Uint8Array(64),
  } as const;
  return { kind: 'StoreEntry', value: { action, entry } } as Op;
}

/** Whether a zome returns the op as one that it cannot decode. */
function refuses(host: ZomeHost, zome: string, generation: OldGeneration): boolean {
  const bytes = encodeBytes(op(generation), probeOp(generation));
  const { verdict } = host.validateOp(bytes, { zome, fuel: PROBE_FUEL });
  if (verdict.kind !== 'NoVerdict' || verdict.cause.kind !== 'error') return false;
  const { error } = verdict.cause.error;
  return error.kind === 'Deserialize' && endsWith(error.value, bytes);
}

/** The returned bytes are plain or in their `bin`. */
function endsWith(all: Uint8Array, end: Uint8Array): boolean {
  const from = all.length - end.length;
  return from >= 0 && end.every((byte, at) => all[from + at] === byte);
}

/** The generation of the first zome that shows one. @param hostOf creates a host for the zomes, of a generation */
export function probedGeneration(hostOf: (generation: OldGeneration) => ZomeHost): OldGeneration {
  const [plain, map] = [hostOf('0.2'), hostOf('0.2-map')];
  for (const { name } of plain.integrityZomes.filter(({ exportTypes }) => exportTypes.has('validate'))) {
    const isPlainRefused = refuses(plain, name, '0.2');
    if (isPlainRefused !== refuses(map, name, '0.2-map')) return isPlainRefused ? '0.2-map' : '0.2';
  }
  return '0.2';
}
