// The op that `validate` is given. All seven kinds have an action; what else there is depends on the kind.
// Source: holochain_integrity_types `op.rs`, 0.3 to 0.6.

import { Action, ActionForm, CreateLink, Delete, DeleteLink, Update, readFields } from './action';
import { Entry, EntryKind, Presence, readEntry, readOptionalEntry } from './entry';
import { refuse } from './fault';
import { Hash } from './hash';
import { SignedAction, readRecord, readSigned } from './record';
import { Span } from './span';
import { StructFields, Wire } from './wire';

export const enum OpKind {
  None,
  StoreRecord,
  StoreEntry,
  RegisterUpdate,
  RegisterDelete,
  RegisterAgentActivity,
  RegisterCreateLink,
  RegisterDeleteLink,
}

@final
export class Op {
  constructor(public kind: OpKind) {}

  signed: SignedAction = new SignedAction();
  /** Of kind None where the op has none to show. */
  entry: Entry = new Entry();
  /** Of StoreRecord: what became of the entry. */
  presence: Presence = Presence.NotApplicable;
  /** Of RegisterDeleteLink: the link that is deleted. */
  deletedLink: CreateLink | null = null;

  get action(): Action {
    return this.signed.action;
  }

  /** Of the action. */
  get hash(): Hash {
    return this.signed.hash;
  }

  get author(): Hash {
    return this.signed.action.author;
  }

  /** The link that is made or deleted; in every other op the call becomes Invalid. */
  get link(): CreateLink {
    const deleted = this.deletedLink;
    return deleted === null ? this.action.as<CreateLink>() : deleted;
  }

  /** Whether the op shows an app entry of this type. */
  isApp(entryIndex: u32): bool {
    return this.entry.kind == EntryKind.App && this.action.entryType.entryIndex == entryIndex;
  }

  /** The content of the app entry; where there is none to be seen, the call is Invalid. */
  get content(): Span {
    if (this.entry.kind != EntryKind.App) refuse('the op has no app entry');
    return this.entry.bytes;
  }
}

const STORE_RECORD: StaticArray<string> = ['record'];
const STORE_ENTRY: StaticArray<string> = ['action', 'entry'];
const REGISTER_UPDATE: StaticArray<string> = ['update', 'new_entry'];
const REGISTER_DELETE: StaticArray<string> = ['delete'];
const REGISTER_AGENT_ACTIVITY: StaticArray<string> = ['action', 'cached_entry'];
const REGISTER_CREATE_LINK: StaticArray<string> = ['create_link'];
const REGISTER_DELETE_LINK: StaticArray<string> = ['delete_link', 'create_link'];
const SECOND_OPTIONAL: u32 = 2;

/** The op that comes next. */
export function readOp(wire: Wire): Op {
  const name = wire.variant();
  if (name.is('StoreRecord')) return storeRecord(wire);
  if (name.is('StoreEntry')) return storeEntry(wire);
  if (name.is('RegisterUpdate')) return registerUpdate(wire);
  if (name.is('RegisterDelete')) return registerDelete(wire);
  if (name.is('RegisterAgentActivity')) return readAgentActivity(wire);
  if (name.is('RegisterCreateLink')) return registerCreateLink(wire);
  if (name.is('RegisterDeleteLink')) return registerDeleteLink(wire);
  wire.break();
  return new Op(OpKind.None);
}

function storeRecord(wire: Wire): Op {
  const op = new Op(OpKind.StoreRecord);
  const fields = new StructFields(wire, STORE_RECORD);
  while (fields.next() >= 0) {
    const record = readRecord(wire);
    op.signed = record.signed;
    op.presence = record.presence;
    op.entry = record.entry;
  }
  return op;
}

function storeEntry(wire: Wire): Op {
  const op = new Op(OpKind.StoreEntry);
  const fields = new StructFields(wire, STORE_ENTRY);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) op.signed = readSigned(wire, ActionForm.External);
    else op.entry = readEntry(wire);
  }
  return op;
}

function registerUpdate(wire: Wire): Op {
  const op = new Op(OpKind.RegisterUpdate);
  const fields = new StructFields(wire, REGISTER_UPDATE, SECOND_OPTIONAL);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) op.signed = readSigned(wire, ActionForm.Internal, new Update());
    else op.entry = readOptionalEntry(wire);
  }
  return op;
}

function registerDelete(wire: Wire): Op {
  const op = new Op(OpKind.RegisterDelete);
  const fields = new StructFields(wire, REGISTER_DELETE);
  while (fields.next() >= 0) op.signed = readSigned(wire, ActionForm.Internal, new Delete());
  return op;
}

/** The inside of a RegisterAgentActivity, which `must_get_agent_activity` answers too. */
export function readAgentActivity(wire: Wire): Op {
  const op = new Op(OpKind.RegisterAgentActivity);
  const fields = new StructFields(wire, REGISTER_AGENT_ACTIVITY, SECOND_OPTIONAL);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) op.signed = readSigned(wire, ActionForm.Internal);
    else op.entry = readOptionalEntry(wire);
  }
  return op;
}

function registerCreateLink(wire: Wire): Op {
  const op = new Op(OpKind.RegisterCreateLink);
  const fields = new StructFields(wire, REGISTER_CREATE_LINK);
  while (fields.next() >= 0) op.signed = readSigned(wire, ActionForm.Internal, new CreateLink());
  return op;
}

function registerDeleteLink(wire: Wire): Op {
  const op = new Op(OpKind.RegisterDeleteLink);
  const link = new CreateLink();
  const fields = new StructFields(wire, REGISTER_DELETE_LINK);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) op.signed = readSigned(wire, ActionForm.Internal, new DeleteLink());
    else readFields(link, wire);
  }
  op.deletedLink = link;
  return op;
}
