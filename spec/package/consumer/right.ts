/**
 * A user's program in the strictest TypeScript: it uses the exports, and every value has the type that is written here.
 */
import { createEngine, type Engine, i32, type LoadResult, type Receipt, receiptJson, type Value } from 'assay';
import { type AgreementCase, anyCase } from 'assay/agreement';
import { type DiskCache, openDiskCache } from 'assay/store';
import {
  type ActionData,
  bytes,
  type CapAccess,
  type Codec,
  createZomeHost,
  type Entry,
  type EntryType,
  externallyTagged,
  type FlatAction,
  fromZomeJson,
  list,
  type Op,
  type Op02,
  type Op06,
  type Op07,
  op,
  option,
  type Record,
  str,
  struct,
  u32,
  type ZomeHost,
} from 'assay/zome';
import type { Arbitrary } from 'fast-check';

/** Compiles only if the two are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_: Same<A, B>): void {}

type Of<T, K> = Extract<T, { readonly kind: K }>;

// A codec's values are those of its declaration.
interface Note {
  readonly title: string;
  readonly tags: readonly string[];
  readonly parent: Uint8Array | null;
}

const note: Codec<Note> = struct<Note>('Note', { title: str, tags: list(str), parent: option(bytes) });
const inferred = struct('Point', { x: u32, y: u32 });
same<typeof inferred, Codec<{ x: number; y: number }>>(true);
const shape = externallyTagged('Shape', { Dot: undefined, Circle: u32 });
export const shapes: readonly (typeof shape)['_A'][] = [{ kind: 'Dot' }, { kind: 'Circle', value: 1 }];

// Every step into an op of each generation is typed.
export function sequenceOf(value: Op): number | undefined {
  switch (value.kind) {
    case 'StoreEntry': {
      const { action, entry } = value.value;
      same<typeof action.hashed.content.value.action_seq, number>(true);
      same<typeof action.hashed.content.value.timestamp, bigint>(true);
      same<typeof action.hashed.content.value.entry_type, EntryType>(true);
      same<typeof action.signature, Uint8Array>(true);
      same<typeof entry, Entry>(true);
      return action.hashed.content.value.action_seq;
    }
    case 'CreateEntry': {
      const { header, data } = value.value.action.hashed.content;
      same<typeof header.action_seq, number>(true);
      same<typeof header.prev_action, Uint8Array | null>(true);
      same<typeof data, ActionData>(true);
      return data.type === 'Create' && data.entry_type.kind === 'App' ? data.entry_type.value.zome_index : undefined;
    }
    case 'RegisterAgentActivity': {
      const action: FlatAction = value.value.action.hashed.content;
      return action.type === 'Dna' ? undefined : action.action_seq;
    }
    case 'RegisterCreateLink':
      return value.value.create_link.hashed.content.weight.units;
    default:
      return undefined;
  }
}

same<Of<Op06, 'StoreRecord'>['value']['record'], Record>(true);
same<Of<Op06, 'RegisterDelete'>['value']['delete']['hashed']['content']['deletes_address'], Uint8Array>(true);
same<Of<Op02, 'RegisterUpdate'>['value']['original_entry'], Entry | null>(true);
same<Of<Op07, 'DeleteLink'>['value']['create_link']['header']['author'], Uint8Array>(true);

export function assigneesOf(entry: Entry): readonly Uint8Array[] {
  if (entry.entry_type !== 'CapGrant') return [];
  if ('constraint' in entry.entry) {
    const { constraint } = entry.entry;
    return constraint.type === 'assigned' ? constraint.value.assignees : [];
  }
  const access: CapAccess = entry.entry.access;
  if ('kind' in access) return access.kind === 'Assigned' ? access.value.assignees : [];
  return access.type === 'assigned' ? access.value.assignees : [];
}

/** Fields that only some generations have may be absent. */
export function openedFrom(action: FlatAction): Uint8Array | undefined {
  return action.type === 'OpenChain' ? (action.prev_dna_hash ?? action.prev_target?.value) : undefined;
}

export async function validated(engine: Engine, wasm: Uint8Array, json: string): Promise<string> {
  const made = await createZomeHost({ engine, zomes: [{ name: 'notes', wasm }] });
  if (!made.ok) return made.fault.code;
  const host: ZomeHost = made.host;
  const read = fromZomeJson(op(host.generation), json);
  if (!read.ok) return read.error.reason;
  const { verdict, calls } = host.validateOp(read.value, { fuel: 1_000_000 });
  const receipts: readonly (Receipt | undefined)[] = calls.map(({ receipt }) => receipt);
  if (verdict.kind === 'Invalid') return verdict.reason;
  return `${verdict.kind} ${receipts.length} ${note.name}`;
}

export async function called(wasm: Uint8Array): Promise<readonly Value[]> {
  const artefacts: DiskCache = await openDiskCache('cache');
  const loaded: LoadResult = await createEngine({ artefacts, tier: 'auto' }).load(wasm);
  if (!loaded.ok) return [];
  const { outcome, receipt } = loaded.module.call('f', [i32(1)], { fuel: 100_000 });
  const hash: string = receiptJson(receipt).hash;
  return outcome.kind === 'returned' && hash !== '' ? outcome.values : [];
}

export const cases: Arbitrary<AgreementCase> = anyCase();
