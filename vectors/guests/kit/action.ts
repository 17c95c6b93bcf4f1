// Actions, all ten, with every field but `weight`, which Holochain 0.3 to 0.6 leaves zero.
// Source: holochain_integrity_types `action.rs`.

import { EntryType, readEntryType } from './entry';
import { refuse } from './fault';
import { Hash, HashKind, only } from './hash';
import { Span } from './span';
import { StructFields, Wire } from './wire';

export const enum ActionType {
  /** What stands where no action could be had. */
  None,
  Dna,
  AgentValidationPkg,
  InitZomesComplete,
  OpenChain,
  CloseChain,
  Create,
  Update,
  Delete,
  CreateLink,
  DeleteLink,
}

export function actionTypeName(type: ActionType): string {
  switch (type) {
    case ActionType.Dna:
      return 'Dna';
    case ActionType.AgentValidationPkg:
      return 'AgentValidationPkg';
    case ActionType.InitZomesComplete:
      return 'InitZomesComplete';
    case ActionType.OpenChain:
      return 'OpenChain';
    case ActionType.CloseChain:
      return 'CloseChain';
    case ActionType.Create:
      return 'Create';
    case ActionType.Update:
      return 'Update';
    case ActionType.Delete:
      return 'Delete';
    case ActionType.CreateLink:
      return 'CreateLink';
    case ActionType.DeleteLink:
      return 'DeleteLink';
    default:
      return 'nothing';
  }
}

export class Action {
  author: Hash = Hash.none();
  /** microseconds */
  timestamp: i64 = 0;
  /** place in the author's chain; 0 for Dna */
  actionSeq: u32 = 0;
  /** none for Dna */
  prevAction: Hash = Hash.none();

  constructor(public type: ActionType = ActionType.None) {}

  /** This action as one of the classes below; an action of another type makes the call Invalid. */
  as<T extends Action>(): T {
    if (this instanceof T) return changetype<T>(this);
    const wanted = instantiate<T>();
    refuse('expected ' + actionTypeName(wanted.type) + ', got ' + actionTypeName(this.type));
    return wanted;
  }

  /** The entry that this action writes, or one of kind None. */
  get entryType(): EntryType {
    return new EntryType();
  }

  /** The entry that this action writes, or none. */
  get entryHash(): Hash {
    return Hash.none();
  }

  names(): StaticArray<string> {
    return HEAD;
  }

  /** Bit i is set when the field i may be missing. */
  optional(): u32 {
    return 0;
  }

  /** Reads the field of that place in `names`, behind the head. */
  readField(_field: i32, wire: Wire): void {
    wire.break();
  }
}

const HEAD: StaticArray<string> = ['author', 'timestamp', 'action_seq', 'prev_action'];

const DNA: StaticArray<string> = ['author', 'timestamp', 'hash'];

@final
export class Dna extends Action {
  hash: Hash = Hash.none();

  constructor() {
    super(ActionType.Dna);
  }
}

const AGENT_VALIDATION_PKG: StaticArray<string> = ['author', 'timestamp', 'action_seq', 'prev_action', 'membrane_proof'];

@final
export class AgentValidationPkg extends Action {
  hasMembraneProof: bool = false;
  membraneProof: Span = new Span(0, 0);

  constructor() {
    super(ActionType.AgentValidationPkg);
  }

  names(): StaticArray<string> {
    return AGENT_VALIDATION_PKG;
  }

  readField(_field: i32, wire: Wire): void {
    this.hasMembraneProof = !wire.nil();
    if (this.hasMembraneProof) this.membraneProof = wire.bytes();
  }

  optional(): u32 {
    return 0b10000;
  }
}

@final
export class InitZomesComplete extends Action {
  constructor() {
    super(ActionType.InitZomesComplete);
  }
}

// Holochain 0.3 knows only migration between DNAs, in fields of its own.
const OPEN_CHAIN: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action', 'prev_target', 'close_hash', 'prev_dna_hash',
];
const OPEN_CHAIN_OPTIONAL: u32 = 0b1110000;

@final
export class OpenChain extends Action {
  /** a DNA or an agent */
  prevTarget: Hash = Hash.none();
  closeHash: Hash = Hash.none();

  constructor() {
    super(ActionType.OpenChain);
  }

  names(): StaticArray<string> {
    return OPEN_CHAIN;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.prevTarget = readMigrationTarget(wire);
    else if (field == 5) this.closeHash = wire.action();
    else this.prevTarget = wire.dna();
  }

  optional(): u32 {
    return OPEN_CHAIN_OPTIONAL;
  }
}

const CLOSE_CHAIN: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action', 'new_target', 'new_dna_hash',
];
const CLOSE_CHAIN_OPTIONAL: u32 = 0b110000;

@final
export class CloseChain extends Action {
  /** a DNA or an agent; none if the chain just ends */
  newTarget: Hash = Hash.none();

  constructor() {
    super(ActionType.CloseChain);
  }

  names(): StaticArray<string> {
    return CLOSE_CHAIN;
  }

  readField(field: i32, wire: Wire): void {
    if (wire.nil()) return;
    this.newTarget = field == 4 ? readMigrationTarget(wire) : wire.dna();
  }

  optional(): u32 {
    return CLOSE_CHAIN_OPTIONAL;
  }
}

function readMigrationTarget(wire: Wire): Hash {
  const name = wire.variant();
  if (name.is('Dna')) return wire.dna();
  if (!name.is('Agent')) wire.break();
  return wire.agent();
}

const CREATE: StaticArray<string> = ['author', 'timestamp', 'action_seq', 'prev_action', 'entry_type', 'entry_hash'];

@final
export class Create extends Action {
  private type_: EntryType = new EntryType();
  private hash_: Hash = Hash.none();

  constructor() {
    super(ActionType.Create);
  }

  get entryType(): EntryType {
    return this.type_;
  }

  get entryHash(): Hash {
    return this.hash_;
  }

  names(): StaticArray<string> {
    return CREATE;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.type_ = readEntryType(wire);
    else this.hash_ = wire.entry();
  }
}

const UPDATE: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action',
  'original_action_address', 'original_entry_address', 'entry_type', 'entry_hash',
];

@final
export class Update extends Action {
  originalActionAddress: Hash = Hash.none();
  originalEntryAddress: Hash = Hash.none();
  private type_: EntryType = new EntryType();
  private hash_: Hash = Hash.none();

  constructor() {
    super(ActionType.Update);
  }

  get entryType(): EntryType {
    return this.type_;
  }

  get entryHash(): Hash {
    return this.hash_;
  }

  names(): StaticArray<string> {
    return UPDATE;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.originalActionAddress = wire.action();
    else if (field == 5) this.originalEntryAddress = wire.entry();
    else if (field == 6) this.type_ = readEntryType(wire);
    else this.hash_ = wire.entry();
  }
}

const DELETE: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action', 'deletes_address', 'deletes_entry_address',
];

@final
export class Delete extends Action {
  deletesAddress: Hash = Hash.none();
  deletesEntryAddress: Hash = Hash.none();

  constructor() {
    super(ActionType.Delete);
  }

  names(): StaticArray<string> {
    return DELETE;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.deletesAddress = wire.action();
    else this.deletesEntryAddress = wire.entry();
  }
}

const CREATE_LINK: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action',
  'base_address', 'target_address', 'zome_index', 'link_type', 'tag',
];

@final
export class CreateLink extends Action {
  /** an entry, an action or something external */
  baseAddress: Hash = Hash.none();
  targetAddress: Hash = Hash.none();
  zomeIndex: u32 = 0;
  linkType: u32 = 0;
  tag: Span = new Span(0, 0);

  constructor() {
    super(ActionType.CreateLink);
  }

  names(): StaticArray<string> {
    return CREATE_LINK;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.baseAddress = wire.linkable();
    else if (field == 5) this.targetAddress = wire.linkable();
    else if (field == 6) this.zomeIndex = wire.unsigned(0xff);
    else if (field == 7) this.linkType = wire.unsigned(0xff);
    else this.tag = wire.bytes();
  }
}

const DELETE_LINK: StaticArray<string> = [
  'author', 'timestamp', 'action_seq', 'prev_action', 'base_address', 'link_add_address',
];

@final
export class DeleteLink extends Action {
  baseAddress: Hash = Hash.none();
  linkAddAddress: Hash = Hash.none();

  constructor() {
    super(ActionType.DeleteLink);
  }

  names(): StaticArray<string> {
    return DELETE_LINK;
  }

  readField(field: i32, wire: Wire): void {
    if (field == 4) this.baseAddress = wire.linkable();
    else this.linkAddAddress = wire.action();
  }
}

// ---- reading ----

/** How the type of an action is told. */
export const enum ActionForm {
  /** the key `type` among the fields */
  Internal,
  /** a map of one pair, type and fields */
  External,
}

/** An action that tells its type. */
export function readAction(wire: Wire, form: ActionForm): Action {
  const action = newAction(form == ActionForm.Internal ? wire.peekText('type') : wire.variant());
  readFields(action, wire);
  return action;
}

/** The fields of an action whose type is known. */
export function readFields(action: Action, wire: Wire): void {
  if (action.type == ActionType.None) wire.break();
  else if (action.type == ActionType.Dna) readDna(<Dna>action, wire);
  else readChained(action, wire);
}

function readDna(dna: Dna, wire: Wire): void {
  const fields = new StructFields(wire, DNA);
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) dna.author = wire.agent();
    else if (field == 1) dna.timestamp = wire.integer();
    else dna.hash = wire.hash(only(HashKind.Dna));
  }
}

function readChained(action: Action, wire: Wire): void {
  const fields = new StructFields(wire, action.names(), action.optional());
  for (let field = fields.next(); field >= 0; field = fields.next()) {
    if (field == 0) action.author = wire.agent();
    else if (field == 1) action.timestamp = wire.integer();
    else if (field == 2) action.actionSeq = wire.unsigned(u32.MAX_VALUE);
    else if (field == 3) action.prevAction = wire.action();
    else action.readField(field, wire);
  }
}

function newAction(name: Span): Action {
  if (name.is('Create')) return new Create();
  if (name.is('CreateLink')) return new CreateLink();
  if (name.is('Update')) return new Update();
  if (name.is('Delete')) return new Delete();
  if (name.is('DeleteLink')) return new DeleteLink();
  if (name.is('Dna')) return new Dna();
  if (name.is('AgentValidationPkg')) return new AgentValidationPkg();
  if (name.is('InitZomesComplete')) return new InitZomesComplete();
  if (name.is('OpenChain')) return new OpenChain();
  return name.is('CloseChain') ? new CloseChain() : new Action();
}
