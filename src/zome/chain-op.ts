/**
 * `ChainOp`: the ops of a record on the DHT, one for each authority that must know it.
 *
 * Invariant: one table defines which actions produce an op, its name in each generation, the form of its action, and
 * where it is stored. An op's hash covers its name and action, not its signature or entry.
 *
 * Source: holochain_types `dht_op.rs` (develop-0.1 to develop-0.6) and `op.rs` (develop): `action_to_op_types`,
 * `produce_ops_from_record`, `ChainOpUniqueForm`; holochain_integrity_types `record.rs` (`RecordEntry::new`,
 * `privatized`).
 */
import type { Codec } from '../boundary/codec.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import type { Encodable } from '../boundary/messagepack-encode.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { type Action, action, type FlatAction, type FlatGeneration, flatActions, type SignedHashed } from './action.js';
import { dataOf, headOf } from './action-parts.js';
import type { Entry } from './entry.js';
import { hashOfContent } from './holo-hash.js';
import type { Op02, Op06, Op07 } from './op.js';
import type { Record, RecordEntry } from './record.js';

/** `ChainOpType` by its names until Holochain 0.6. */
export type ChainOpType =
  | 'StoreRecord'
  | 'RegisterAgentActivity'
  | 'StoreEntry'
  | 'RegisterUpdatedContent'
  | 'RegisterUpdatedRecord'
  | 'RegisterDeletedBy'
  | 'RegisterDeletedEntryAction'
  | 'RegisterAddLink'
  | 'RegisterRemoveLink';

export interface ChainOp {
  readonly type: ChainOpType;
  readonly action: SignedHashed<Action>;
  /** As an authority receives it: a private entry is `Hidden`. */
  readonly entry: RecordEntry;
}

export type ActionType = ReturnType<typeof dataOf>['type'];

/**
 * The form of the action in an op of a flat generation: `Action` with its type inside, `NewEntryAction` with its type
 * outside, or the bare struct. In 0.7 it is always `Action`.
 */
export type ActionForm = 'action' | 'creation' | 'bare';

export interface ChainOpRow {
  readonly type: ChainOpType;
  /** `ChainOpType` of Holochain 0.7 */
  readonly type07: string;
  /** the op that `validate` receives */
  readonly op: (Op02 | Op06)['kind'];
  readonly op07: Op07['kind'];
  /** undefined: every action */
  readonly actions: readonly ActionType[] | undefined;
  readonly form: ActionForm;
  readonly holdsEntry: boolean;
  /** the hash it is stored at */
  readonly basis: (signed: SignedHashed<Action>) => Uint8Array | undefined;
}

/** A field of an action that has it. */
function field(name: string): ChainOpRow['basis'] {
  return ({ hashed }) => (dataOf(hashed.content) as unknown as Readonly<{ [key: string]: Uint8Array }>)[name];
}

const UPDATE = { op: 'RegisterUpdate', op07: 'Update', actions: ['Update'], form: 'bare', holdsEntry: true } as const;
const DELETE = { op: 'RegisterDelete', op07: 'Delete', actions: ['Delete'], form: 'bare', holdsEntry: false } as const;

/** In the order in which a conductor creates the ops of a record. */
export const CHAIN_OPS: readonly ChainOpRow[] = [
  {
    type: 'StoreRecord',
    type07: 'CreateRecord',
    op: 'StoreRecord',
    op07: 'CreateRecord',
    actions: undefined,
    form: 'action',
    holdsEntry: true,
    basis: ({ hashed }) => hashed.hash,
  },
  {
    type: 'RegisterAgentActivity',
    type07: 'AgentActivity',
    op: 'RegisterAgentActivity',
    op07: 'AgentActivity',
    actions: undefined,
    form: 'action',
    holdsEntry: false,
    basis: ({ hashed }) => headOf(hashed.content).author,
  },
  {
    type: 'StoreEntry',
    type07: 'CreateEntry',
    op: 'StoreEntry',
    op07: 'CreateEntry',
    actions: ['Create', 'Update'],
    form: 'creation',
    holdsEntry: true,
    basis: field('entry_hash'),
  },
  { ...UPDATE, type: 'RegisterUpdatedContent', type07: 'UpdateEntry', basis: field('original_entry_address') },
  { ...UPDATE, type: 'RegisterUpdatedRecord', type07: 'UpdateRecord', basis: field('original_action_address') },
  { ...DELETE, type: 'RegisterDeletedBy', type07: 'DeleteRecord', basis: field('deletes_address') },
  { ...DELETE, type: 'RegisterDeletedEntryAction', type07: 'DeleteEntry', basis: field('deletes_entry_address') },
  {
    type: 'RegisterAddLink',
    type07: 'CreateLink',
    op: 'RegisterCreateLink',
    op07: 'CreateLink',
    actions: ['CreateLink'],
    form: 'bare',
    holdsEntry: false,
    basis: field('base_address'),
  },
  {
    type: 'RegisterRemoveLink',
    type07: 'DeleteLink',
    op: 'RegisterDeleteLink',
    op07: 'DeleteLink',
    actions: ['DeleteLink'],
    form: 'bare',
    holdsEntry: false,
    basis: field('base_address'),
  },
];

export function chainOpRow(type: ChainOpType): ChainOpRow {
  return CHAIN_OPS.find((row) => row.type === type)!;
}

/** The name of the op in its generation. */
export function chainOpName(type: ChainOpType, generation: Generation): string {
  return generation === '0.7' ? chainOpRow(type).type07 : type;
}

export function isOfAction({ actions }: ChainOpRow, content: Action): boolean {
  return actions === undefined || actions.includes(dataOf(content).type);
}

/** Whether an action's entry is public or private; undefined if it has none. `EntryType::visibility`. */
export function visibilityOf(content: Action): 'Public' | 'Private' | undefined {
  const data = dataOf(content);
  if (data.type !== 'Create' && data.type !== 'Update') return undefined;
  const { entry_type } = data;
  if (entry_type.kind === 'App') return entry_type.value.visibility.kind;
  return entry_type.kind === 'AgentPubKey' ? 'Public' : 'Private';
}

/**
 * `RecordEntry::new`: a missing entry is hidden, not stored or not applicable, depending on the action's visibility.
 */
export function recordEntryOf(content: Action, held: Entry | null | undefined): RecordEntry {
  if (held !== null && held !== undefined) return { kind: 'Present', value: held };
  const visibility = visibilityOf(content);
  if (visibility === undefined) return { kind: 'NA' };
  return { kind: visibility === 'Private' ? 'Hidden' : 'NotStored' };
}

/** The entry of a record as others receive it. */
function entryForOthers({ signed_action, entry }: Record): RecordEntry {
  const isHidden = entry.kind === 'Present' && visibilityOf(signed_action.hashed.content) === 'Private';
  return isHidden ? { kind: 'Hidden' } : entry;
}

/** All ops of a record, as they are sent to their authorities; a private entry is not sent. */
export function chainOpsOf(record: Record): readonly ChainOp[] {
  const action = record.signed_action;
  const shown = entryForOthers(record);
  const none: RecordEntry = { kind: 'NA' };
  return CHAIN_OPS.filter(
    (row) => isOfAction(row, action.hashed.content) && (row.type !== 'StoreEntry' || shown.kind === 'Present'),
  ).map(({ type, holdsEntry }) => ({ type, action, entry: holdsEntry ? shown : none }));
}

/** The bare struct in a flat action. */
export function bareAction(content: FlatAction): object {
  const { type: _, ...rest } = content;
  return rest;
}

/** Made once, because making one costs more than hashing an op with it. */
const FLAT: ReadonlyMap<Generation, ReturnType<typeof flatActions>> = new Map(
  (Object.keys(GENERATIONS) as Generation[])
    .filter((generation): generation is FlatGeneration => generation !== '0.7')
    .map((generation) => [generation, flatActions(generation)]),
);

const BARE = {
  RegisterUpdatedContent: 'Update',
  RegisterUpdatedRecord: 'Update',
  RegisterDeletedBy: 'Delete',
  RegisterDeletedEntryAction: 'Delete',
  RegisterAddLink: 'CreateLink',
  RegisterRemoveLink: 'DeleteLink',
} as const satisfies Partial<globalThis.Record<ChainOpType, string>>;

/** The action in an op: its codec, and the conversion between it and `Action`. */
export interface ActionInOp {
  readonly codec: Codec<unknown>;
  readonly fromAction: (content: Action) => unknown;
  readonly toAction: (inOp: unknown) => Action;
}

/** How an op contains its action. */
export function actionInOp(type: ChainOpType, generation: Generation): ActionInOp {
  const same = (value: unknown): never => value as never;
  if (generation === '0.7' || chainOpRow(type).form === 'action') {
    return { codec: action(generation) as Codec<unknown>, fromAction: same, toAction: same };
  }
  if (type in BARE) {
    const name = BARE[type as keyof typeof BARE];
    return {
      codec: FLAT.get(generation)![name] as Codec<unknown>,
      fromAction: (content) => bareAction(content as FlatAction),
      toAction: (inOp) => ({ type: name, ...(inOp as object) }) as Action,
    };
  }
  return {
    codec: FLAT.get(generation)!.EntryCreationAction as Codec<unknown>,
    fromAction: (content) => ({ kind: (content as FlatAction).type, value: bareAction(content as FlatAction) }),
    toAction: (inOp) => {
      const { kind, value } = inOp as { readonly kind: string; readonly value: object };
      return { type: kind, ...value } as Action;
    },
  };
}

/** `DhtOpHash` of an op. */
export function chainOpHash({ type, action: { hashed } }: ChainOp, generation: Generation): Uint8Array {
  const { codec, fromAction } = actionInOp(type, generation);
  const form = new Map([[chainOpName(type, generation), codec.encode(fromAction(hashed.content))]]);
  return hashOfContent('DhtOp', encodeMessagePack(form as Encodable));
}

/** The hash at which an op is stored: of an action, an entry, or the base of a link; for activity, an agent's key. */
export function chainOpBasis({ type, action: signed }: ChainOp): Uint8Array {
  return chainOpRow(type).basis(signed)!;
}
