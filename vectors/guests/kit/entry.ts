// Entries as ops and records carry them. What an app entry holds is the zome's own business: see `Fields`.
// Source: holochain_integrity_types `entry.rs`, `record.rs`.

import { Hash } from './hash';
import { Span } from './span';
import { StructFields, Wire } from './wire';

export const enum EntryKind {
  /** There is no entry, or it is not shown: `presence` of the op or record says which. */
  None,
  App,
  Agent,
  CapClaim,
  CapGrant,
  CounterSign,
}

/** Whether a record has its entry with it (RecordEntry). */
export const enum Presence {
  Present,
  /** it is private */
  Hidden,
  /** the action has no entry */
  NotApplicable,
  NotStored,
}

@final
export class Entry {
  kind: EntryKind = EntryKind.None;
  /** Of an app entry, its content; of an agent's, the key's 39 bytes; of the others, their MessagePack. */
  bytes: Span = new Span(0, 0);

  /** The key of an agent's entry. */
  get agent(): Hash {
    return this.kind == EntryKind.Agent ? changetype<Hash>(this.bytes.at) : Hash.none();
  }
}

const ENTRY: StaticArray<string> = ['entry_type', 'entry'];

export function readEntry(wire: Wire): Entry {
  const entry = new Entry();
  entry.kind = entryKind(wire.peekText('entry_type'));
  const fields = new StructFields(wire, ENTRY);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) wire.skip();
    else if (entry.kind == EntryKind.App) entry.bytes = wire.bytes();
    else if (entry.kind == EntryKind.Agent) entry.bytes = wire.agent().bytes;
    else entry.bytes = wire.value();
  }
  if (entry.kind == EntryKind.None) wire.break();
  return entry;
}

/** An entry or nil. */
export function readOptionalEntry(wire: Wire): Entry {
  return wire.nil() ? new Entry() : readEntry(wire);
}

function entryKind(name: Span): EntryKind {
  if (name.is('App')) return EntryKind.App;
  if (name.is('Agent')) return EntryKind.Agent;
  if (name.is('CapClaim')) return EntryKind.CapClaim;
  if (name.is('CapGrant')) return EntryKind.CapGrant;
  return name.is('CounterSign') ? EntryKind.CounterSign : EntryKind.None;
}

/** The presence that a RecordEntry states; its entry, if present, comes next. */
export function readPresence(wire: Wire): Presence {
  if (!wire.isUnit()) {
    if (!wire.variant().is('Present')) wire.break();
    return Presence.Present;
  }
  const name = wire.text();
  if (name.is('Hidden')) return Presence.Hidden;
  if (name.is('NotStored')) return Presence.NotStored;
  if (!name.is('NA')) wire.break();
  return Presence.NotApplicable;
}

/** What an action says of the entry it writes. */
@final
export class EntryType {
  kind: EntryKind = EntryKind.None;
  /** Of an app entry: its place in the zome's `entry_defs`, the integrity zome, and whether it is private. */
  entryIndex: u32 = 0;
  zomeIndex: u32 = 0;
  isPrivate: bool = false;
}

const APP_ENTRY_TYPE: StaticArray<string> = ['entry_index', 'zome_index', 'visibility'];

export function readEntryType(wire: Wire): EntryType {
  const type = new EntryType();
  if (wire.isUnit()) {
    const name = wire.text();
    if (name.is('AgentPubKey')) type.kind = EntryKind.Agent;
    else if (name.is('CapClaim')) type.kind = EntryKind.CapClaim;
    else if (name.is('CapGrant')) type.kind = EntryKind.CapGrant;
    else wire.break();
    return type;
  }
  if (!wire.variant().is('App')) wire.break();
  type.kind = EntryKind.App;
  const fields = new StructFields(wire, APP_ENTRY_TYPE);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) type.entryIndex = wire.unsigned(0xff);
    else if (field == 1) type.zomeIndex = wire.unsigned(0xff);
    else type.isPrivate = readVisibility(wire);
  }
  return type;
}

/** Whether a visibility is Private. */
export function readVisibility(wire: Wire): bool {
  const name = wire.text();
  const isPrivate = name.is('Private');
  if (!isPrivate && !name.is('Public')) wire.break();
  return isPrivate;
}
