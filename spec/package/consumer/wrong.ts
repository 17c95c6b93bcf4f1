/** Mistakes of a user. Each must be the error named after it, and no other line may be an error. */
import { createEngine, i32, i64, type Receipt, type ReceiptOutcome } from 'assay';
import { openDiskCache } from 'assay/store';
import {
  action,
  type Codec,
  createZomeHost,
  decodeBytes,
  type Entry,
  type EntryDef,
  encodeBytes,
  entry,
  type FlatAction,
  type Op,
  type Op06,
  type Op07,
  op,
  type Record,
  struct,
  u32,
  u64,
} from 'assay/zome';

declare const posted: Op06;
declare const posted7: Op07;
declare const any: Op;
declare const flat: FlatAction;
declare const kept: Record;
declare const held: Entry;
declare const defined: EntryDef;
declare const receipt: Receipt;
declare const outcome: ReceiptOutcome;

// Numbers are not texts, times not numbers, hashes not texts.
if (posted.kind === 'StoreEntry') {
  const content = posted.value.action.hashed.content.value;
  export_(content.action_seq satisfies string); // TS1360
  export_(content.timestamp satisfies number); // TS1360
  export_(content.entry_hash satisfies string); // TS1360
  export_(content.deletes_address); // TS2339
  content.action_seq = 1; // TS2540
}
if (posted7.kind === 'CreateEntry') {
  export_(posted7.value.action.hashed.content.data.entry_type); // TS2339
  export_(posted7.value.action.hashed.content.header.prev_action.length); // TS18047
}
if (posted.kind === 'CreateEntry') export_(posted); // TS2367
export_(any.value.record); // TS2339

// Optional fields must be checked first.
if (flat.type === 'OpenChain') export_(flat.prev_dna_hash.length); // TS18048
if (flat.type === 'Create') export_(flat.prev_dna_hash); // TS2339
if (kept.entry.kind === 'Present') export_(kept.entry.value.entry_type satisfies 'App'); // TS1360
if (held.entry_type === 'App') export_(held.entry.tag); // TS2339
if (held.entry_type === 'CapGrant') export_(held.entry.access.value); // TS2339
if (defined.id.kind === 'App') export_(defined.id.value satisfies number); // TS1360

// Codecs hold their values to their types.
export_(struct<{ readonly n: number }>('N', { n: u64 })); // TS2322
export_(encodeBytes(op('0.7'), { kind: 'StoreRecord' })); // TS2345
export_(encodeBytes(entry('0.6'), { entry_type: 'App', entry: 'bytes' })); // TS2322
const decoded = decodeBytes(action('0.6'), new Uint8Array());
export_(decoded.value); // TS2339
export_(u32 satisfies Codec<string>); // TS1360
op('0.5'); // TS2345

// The engine.
createEngine({ tier: 'fast' }); // TS2322
const loaded = await createEngine().load('module.wasm'); // TS2345
export_(loaded.module); // TS2339
i32('1'); // TS2345
i64(1.5, 2); // TS2554
export_(receipt.fuel.used satisfies bigint); // TS1360
export_(outcome.values); // TS2339
await createZomeHost(); // TS2554
await openDiskCache({ folder: 'cache' }); // TS2345

function export_(_: unknown): void {}
