// Signed actions and records. A record stands for the action and, where it is shown, the entry.
// Source: holochain_integrity_types `record.rs`.

import { Action, ActionForm, readAction, readFields } from './action';
import { Entry, EntryKind, Presence, readEntry, readPresence } from './entry';
import { refuse } from './fault';
import { Hash } from './hash';
import { Span } from './span';
import { StructFields, Wire } from './wire';

/** SignedHashed: an action with its hash and its author's signature. */
@final
export class SignedAction {
  action: Action = new Action();
  hash: Hash = Hash.none();
  /** 64 bytes */
  signature: Span = new Span(0, 0);
}

@final
export class Record {
  signed: SignedAction = new SignedAction();
  presence: Presence = Presence.NotApplicable;
  /** Of kind None unless present. */
  entry: Entry = new Entry();

  get action(): Action {
    return this.signed.action;
  }

  get author(): Hash {
    return this.signed.action.author;
  }

  /** Whether this is an app entry of that type of that integrity zome. */
  isApp(zomeIndex: u32, entryIndex: u32): bool {
    const type = this.action.entryType;
    return type.kind == EntryKind.App && type.zomeIndex == zomeIndex && type.entryIndex == entryIndex;
  }

  /** The content of the app entry; where there is none to be seen, the call is Invalid. */
  get content(): Span {
    if (this.entry.kind != EntryKind.App) refuse('the record has no app entry');
    return this.entry.bytes;
  }
}

const SIGNED: StaticArray<string> = ['hashed', 'signature'];
const HASHED: StaticArray<string> = ['content', 'hash'];
const RECORD: StaticArray<string> = ['signed_action', 'entry'];

/** A signed action that tells its type, or, where `bare` is given, has that one's fields. */
export function readSigned(wire: Wire, form: ActionForm, bare: Action | null = null): SignedAction {
  const signed = new SignedAction();
  const fields = new StructFields(wire, SIGNED);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) readHashed(wire, signed, form, bare);
    else signed.signature = wire.bytesOf(64);
  }
  return signed;
}

function readHashed(wire: Wire, signed: SignedAction, form: ActionForm, bare: Action | null): void {
  const fields = new StructFields(wire, HASHED);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 1) {
      signed.hash = wire.action();
    } else if (bare === null) {
      signed.action = readAction(wire, form);
    } else {
      readFields(bare, wire);
      signed.action = bare;
    }
  }
}

export function readRecord(wire: Wire): Record {
  const record = new Record();
  const fields = new StructFields(wire, RECORD);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) {
      record.signed = readSigned(wire, ActionForm.Internal);
    } else {
      record.presence = readPresence(wire);
      if (record.presence == Presence.Present) record.entry = readEntry(wire);
    }
  }
  return record;
}
