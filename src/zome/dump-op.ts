/**
 * `DhtOp` and `SourceChainDumpRecord` as a conductor dumps them, in the form of each generation.
 *
 * Invariant: the hash of an action is computed, never taken from the dump; an op whose action does not match its kind
 * is rejected.
 *
 * Source: holochain_types `dht_op.rs` (`DhtOp`, `ChainOp`; develop-0.1 to develop-0.6) and `op.rs` (`DhtOp`, `ChainOp`,
 * `OpEntry`; develop), holochain_zome_types `signature.rs` (`Signed`), holochain_state_types `lib.rs`
 * (`SourceChainDumpRecord`). Until Holochain 0.3 there is no `DhtOp` around the chain op; in 0.1 its entry is an
 * `Option`.
 */
import type * as t from 'io-ts';
import { type Codec, type CodecResult, decodeValue } from '../boundary/codec.js';
import { externallyTagged } from '../boundary/codec-enum.js';
import { option, pair, struct, triple } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { ActionHash } from '../boundary/hash-bytes.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { type Action, action, actionHash, type SignedHashed } from './action.js';
import { dataOf } from './action-parts.js';
import {
  actionInOp,
  CHAIN_OPS,
  type ChainOp,
  type ChainOpRow,
  chainOpName,
  isOfAction,
  recordEntryOf,
} from './chain-op.js';
import { type Entry, entry, Signature } from './entry.js';
import { hashText } from './holo-hash.js';
import { type Record, type RecordEntry, recordEntry } from './record.js';

/** An op as it is in the dump, before its action's hash is known. */
interface DumpedOp {
  readonly row: ChainOpRow;
  readonly signature: Uint8Array;
  readonly content: Action;
  readonly entry: RecordEntry;
}

const NO_ENTRY: RecordEntry = { kind: 'NA' };

type Read = (decoded: unknown) => DumpedOp;

interface Variant {
  readonly codec: Codec<unknown>;
  readonly read: Read;
}

/** `ChainOp` until 0.6: a tuple of signature, action and entry. */
function flatVariant(row: ChainOpRow, generation: Generation): Variant {
  const inOp = actionInOp(row.type, generation);
  if (!row.holdsEntry) {
    return {
      codec: pair(Signature, inOp.codec) as Codec<unknown>,
      read: (decoded) => {
        const [signature, content] = decoded as readonly [Uint8Array, unknown];
        return { row, signature, content: inOp.toAction(content), entry: NO_ENTRY };
      },
    };
  }
  const isStoreEntry = row.type === 'StoreEntry';
  const held = (isStoreEntry ? entry(generation) : recordEntry(generation)) as Codec<Entry | RecordEntry>;
  return {
    codec: triple(Signature, inOp.codec, held) as Codec<unknown>,
    read: (decoded) => {
      const [signature, content, value] = decoded as readonly [Uint8Array, unknown, Entry | RecordEntry];
      const shown = isStoreEntry ? ({ kind: 'Present', value } as RecordEntry) : (value as RecordEntry);
      return { row, signature, content: inOp.toAction(content), entry: shown };
    },
  };
}

interface Signed {
  readonly data: Action;
  readonly signature: Uint8Array;
}

/** `ChainOp` of 0.7: a signed action, or a pair of it and an `OpEntry`. */
function variant07(row: ChainOpRow): Variant {
  const SignedAction = struct('SignedAction', { data: action('0.7'), signature: Signature });
  const OpEntry = externallyTagged('OpEntry', { Present: entry('0.7'), Hidden: undefined, ActionOnly: undefined });
  if (!row.holdsEntry) {
    return {
      codec: SignedAction as Codec<unknown>,
      read: (decoded) => {
        const { data, signature } = decoded as Signed;
        return { row, signature, content: data, entry: NO_ENTRY };
      },
    };
  }
  return {
    codec: pair(SignedAction, OpEntry) as Codec<unknown>,
    read: (decoded) => {
      const [{ data, signature }, held] = decoded as readonly [Signed, t.TypeOf<typeof OpEntry>];
      return { row, signature, content: data, entry: held.kind === 'ActionOnly' ? NO_ENTRY : held };
    },
  };
}

type Variants = ReadonlyMap<string, Variant>;

function variantsOf(generation: Generation): Variants {
  return new Map(
    CHAIN_OPS.map((row) => [
      chainOpName(row.type, generation),
      generation === '0.7' ? variant07(row) : flatVariant(row, generation),
    ]),
  );
}

/** The entry of a dumped op in Holochain 0.1: nil, or the entry itself. */
function withRecordEntry(value: MessagePackValue): MessagePackValue {
  if (!Array.isArray(value) || value.length !== 3) return value;
  const [signature, content, held] = value as readonly MessagePackValue[];
  if (held === null) return [signature!, content!, 'NotStored'];
  return held instanceof Map && held.has('entry_type') ? [signature!, content!, new Map([['Present', held]])] : value;
}

function failure(
  path: string,
  reason: string,
): { readonly ok: false; readonly error: { path: string; reason: string } } {
  return { ok: false, error: { path, reason } };
}

/** `{"V": content}`. */
function tagOf(value: MessagePackValue): readonly [string, MessagePackValue] | undefined {
  if (!(value instanceof Map) || value.size !== 1) return undefined;
  const [key, content] = [...value][0] as readonly [unknown, MessagePackValue];
  return typeof key === 'string' ? [key, content] : undefined;
}

export type ReadDumpOp = CodecResult<ChainOp | 'warrant'>;

/** A dump's codecs for one generation; created once for each dump. */
export class DumpCodecs {
  readonly generation: Generation;
  readonly #variants: Variants;
  readonly #record: Codec<DumpedRecord>;

  constructor(generation: Generation) {
    this.generation = generation;
    this.#variants = variantsOf(generation);
    this.#record = struct('SourceChainDumpRecord', {
      signature: Signature,
      action_address: ActionHash,
      action: action(generation),
      entry: option(entry(generation)),
    });
  }

  /** A `DhtOp`. Zomes do not validate warrants. */
  op(value: MessagePackValue): ReadDumpOp {
    const outer = tagOf(value);
    if (outer === undefined) return failure('$', 'expected DhtOp, a map with one key');
    if (outer[0] === 'WarrantOp') return { ok: true, value: 'warrant' };
    const isWrapped = outer[0] === 'ChainOp';
    const inner = isWrapped ? tagOf(outer[1]) : outer;
    const path = isWrapped ? '$.ChainOp' : '$';
    if (inner === undefined) return failure(path, 'expected ChainOp, a map with one key');
    const [name, content] = inner;
    const variant = this.#variants.get(name);
    if (variant === undefined) return failure(path, this.#noSuchOp(name));
    const isFlat = this.generation !== '0.7' && name !== 'StoreEntry';
    const decoded = decodeValue(variant.codec, isFlat ? withRecordEntry(content) : content);
    if (!decoded.ok) return failure(`${path}.${name}${decoded.error.path.slice(1)}`, decoded.error.reason);
    const { row, ...made } = variant.read(decoded.value);
    if (isOfAction(row, made.content)) return { ok: true, value: this.#chainOp(row, made) };
    return failure(`${path}.${name}`, `it holds a ${dataOf(made.content).type} action`);
  }

  /** A `SourceChainDumpRecord`. */
  record(value: MessagePackValue): CodecResult<Record> {
    const decoded = decodeValue(this.#record, value);
    if (!decoded.ok) return decoded;
    const { signature, action_address: told, action: content, entry: held } = decoded.value;
    const hash = actionHash(content, this.generation);
    if (hashText(hash) !== hashText(told)) {
      return failure(
        '$.action_address',
        `the action is listed under the hash ${hashText(told)}, but hashes to ${hashText(hash)}`,
      );
    }
    return {
      ok: true,
      value: { signed_action: { hashed: { content, hash }, signature }, entry: recordEntryOf(content, held) },
    };
  }

  #chainOp({ type }: ChainOpRow, { signature, content, entry: held }: Omit<DumpedOp, 'row'>): ChainOp {
    const signed: SignedHashed<Action> = {
      hashed: { content, hash: actionHash(content, this.generation) },
      signature,
    };
    return { type, action: signed, entry: held };
  }

  #noSuchOp(name: string): string {
    const other = (Object.keys(GENERATIONS) as Generation[]).find((one) =>
      CHAIN_OPS.some(({ type }) => chainOpName(type, one) === name),
    );
    const known = `generation ${this.generation} has no ChainOp "${name.slice(0, 64)}"`;
    return other === undefined ? known : `${known}; generation ${other} has one`;
  }
}

interface DumpedRecord {
  readonly signature: Uint8Array;
  readonly action_address: Uint8Array;
  readonly action: Action;
  readonly entry: Entry | null;
}
