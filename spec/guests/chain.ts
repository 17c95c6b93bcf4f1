// Ops, actions and records of Holochain 0.3 to 0.6 as plain values, in the shapes of the wire format.

export type Bytes = Uint8Array;

const PREFIXES = { agent: 0x20, entry: 0x21, action: 0x29, dna: 0x2d, external: 0x2f } as const;

/** A hash of this kind whose core is one repeated byte. */
export function hash(kind: keyof typeof PREFIXES, fill: number): Bytes {
  return Uint8Array.of(0x84, PREFIXES[kind], 0x24, ...new Uint8Array(32).fill(fill), 1, 2, 3, 4);
}

export const ANN = hash('agent', 0xa1);
export const BOB = hash('agent', 0xb2);
export const ZOME_INDEX = 3;
export const SIGNATURE = new Uint8Array(64).fill(0x51);
const TIMESTAMP = 1_700_000_000_000_000;
const WEIGHT = { bucket_id: 255, units: 0, rate_bytes: 0 };
const LINK_WEIGHT = { bucket_id: 255, units: 0 };

export type Fields = Readonly<Record<string, unknown>>;

/** The common first fields of all chained actions. */
export function head(author: Bytes = ANN): Fields {
  return { author, timestamp: TIMESTAMP, action_seq: 5, prev_action: hash('action', 0x01) };
}

export function appType(entryIndex: number, zomeIndex = ZOME_INDEX): Fields {
  return { App: { entry_index: entryIndex, zome_index: zomeIndex, visibility: 'Public' } };
}

export function create(entryIndex: number, author = ANN, zomeIndex = ZOME_INDEX): Fields {
  return {
    ...head(author),
    entry_type: appType(entryIndex, zomeIndex),
    entry_hash: hash('entry', 0xee),
    weight: WEIGHT,
  };
}

export function update(entryIndex: number, original: Bytes, author = ANN): Fields {
  const places = { original_action_address: original, original_entry_address: hash('entry', 0xed) };
  return {
    ...head(author),
    ...places,
    entry_type: appType(entryIndex),
    entry_hash: hash('entry', 0xee),
    weight: WEIGHT,
  };
}

export function deletion(deleted: Bytes, author = ANN): Fields {
  const places = { deletes_address: deleted, deletes_entry_address: hash('entry', 0xed) };
  return { ...head(author), ...places, weight: LINK_WEIGHT };
}

export function createLink(linkType: number, base: Bytes, target: Bytes, tag: Bytes, author = ANN): Fields {
  const ends = { base_address: base, target_address: target };
  return { ...head(author), ...ends, zome_index: ZOME_INDEX, link_type: linkType, tag, weight: LINK_WEIGHT };
}

export function deleteLink(base: Bytes, author = ANN): Fields {
  return { ...head(author), base_address: base, link_add_address: hash('action', 0x0d) };
}

export function signed(content: unknown, ownHash = hash('action', 0xcc)): Fields {
  return { hashed: { content, hash: ownHash }, signature: SIGNATURE };
}

export function appEntry(content: Bytes): Fields {
  return { entry_type: 'App', entry: content };
}

/** A record of an app entry. */
export function record(action: Fields, content: Bytes, type = 'Create'): Fields {
  return { signed_action: signed({ type, ...action }), entry: { Present: appEntry(content) } };
}

export function storeEntry(action: Fields, content: Bytes, type = 'Create'): Fields {
  return { StoreEntry: { action: signed({ [type]: action }), entry: appEntry(content) } };
}
