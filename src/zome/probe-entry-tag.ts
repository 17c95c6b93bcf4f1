/**
 * Which form of an entry's tag the zomes of Holochain 0.1 and 0.2 take: `"App"`, or `{"App": nil}` where they were built with
 * serde 1.0.181 or later. Nothing in a module's imports or data shows it, so `validate` is called with one op in both forms.
 *
 * Invariant: the result is a function of the modules alone. The op is fixed and so is the fuel; no dependency is at hand. A
 * module that is not sure to take the map and to refuse the string is taken for one that takes the string.
 *
 * Source: hdk_derive `map_extern`: a guest hands an input that it cannot decode back, as `Err(Deserialize(bytes))`.
 */
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Action } from './action.js';
import { actionHash } from './action.js';
import { entryHash } from './entry.js';
import { hashFromCore } from './holo-hash.js';
import { type Op, op } from './op.js';
import type { ZomeHost } from './zome-host.js';

/** Fuel of each of the calls: some two hundred times what decoding the op takes. */
export const PROBE_FUEL = 10_000_000;

type OldGeneration = '0.2' | '0.2-map';

/** An agent's key is stored: no zome has an opinion of its own about that before it has decoded it. */
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

/** Whether a zome hands the op back as one that it cannot decode. */
function refuses(host: ZomeHost, zome: string, generation: OldGeneration): boolean {
  const bytes = encodeBytes(op(generation), probeOp(generation));
  const { verdict } = host.validateOp(bytes, { zome, fuel: PROBE_FUEL });
  if (verdict.kind !== 'NoVerdict' || verdict.cause.kind !== 'error') return false;
  const { error } = verdict.cause.error;
  return error.kind === 'Deserialize' && endsWith(error.value, bytes);
}

/** The bytes that are returned are alone or in their `bin`. */
function endsWith(all: Uint8Array, end: Uint8Array): boolean {
  const from = all.length - end.length;
  return from >= 0 && end.every((byte, at) => all[from + at] === byte);
}

/** The generation of the first zome that shows one. @param hostOf a host over the zomes, of a generation */
export function probedGeneration(hostOf: (generation: OldGeneration) => ZomeHost): OldGeneration {
  const [plain, map] = [hostOf('0.2'), hostOf('0.2-map')];
  for (const { name } of plain.integrityZomes.filter(({ exportTypes }) => exportTypes.has('validate'))) {
    const isPlainRefused = refuses(plain, name, '0.2');
    if (isPlainRefused !== refuses(map, name, '0.2-map')) return isPlainRefused ? '0.2-map' : '0.2';
  }
  return '0.2';
}
