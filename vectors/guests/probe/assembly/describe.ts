// What the kit has read, in words: the name of everything and its value, hashes in their usual form, bytes in hex.

import {
  Action,
  ActionType,
  AgentValidationPkg,
  CloseChain,
  CreateLink,
  Delete,
  DeleteLink,
  Dna,
  Entry,
  EntryType,
  OpenChain,
  Op,
  Record,
  SignedAction,
  Span,
  Update,
  actionTypeName,
} from '../../kit';

const DIGITS = '0123456789abcdef';

export function hex(bytes: Span): string {
  let text = '';
  for (let at = bytes.at; at < bytes.end; at++) {
    text += DIGITS.charAt(load<u8>(at) >> 4) + DIGITS.charAt(load<u8>(at) & 15);
  }
  return text;
}

export function describeOp(op: Op): string {
  let text = 'op ' + (<i32>op.kind).toString() + ' ' + describeSigned(op.signed) + ' ' + describeEntry(op.entry);
  text += ' presence ' + (<i32>op.presence).toString();
  const link = op.deletedLink;
  return link === null ? text : text + ' deletes ' + describeAction(link);
}

export function describeRecord(record: Record): string {
  const entry = describeEntry(record.entry) + ' presence ' + (<i32>record.presence).toString();
  return describeSigned(record.signed) + ' ' + entry;
}

export function describeSigned(signed: SignedAction): string {
  return describeAction(signed.action) + ' hash ' + signed.hash.toString() + ' signature ' + hex(signed.signature);
}

export function describeEntry(entry: Entry): string {
  return 'entry ' + (<i32>entry.kind).toString() + ' ' + hex(entry.bytes);
}

function describeType(type: EntryType): string {
  const indices = type.entryIndex.toString() + ',' + type.zomeIndex.toString();
  return 'type ' + (<i32>type.kind).toString() + ' ' + indices + ' ' + (type.isPrivate ? 'Private' : 'Public');
}

function describeAction(action: Action): string {
  const head = actionTypeName(action.type) + ' ' + action.author.toString() + ' ' + action.timestamp.toString();
  return head + ' ' + action.actionSeq.toString() + ' ' + action.prevAction.toString() + describeRest(action);
}

function describeRest(action: Action): string {
  switch (action.type) {
    case ActionType.Dna:
      return ' ' + (<Dna>action).hash.toString();
    case ActionType.AgentValidationPkg:
      return ' ' + ((<AgentValidationPkg>action).hasMembraneProof ? hex((<AgentValidationPkg>action).membraneProof) : 'none');
    case ActionType.OpenChain:
      return ' ' + (<OpenChain>action).prevTarget.toString() + ' ' + (<OpenChain>action).closeHash.toString();
    case ActionType.CloseChain:
      return ' ' + (<CloseChain>action).newTarget.toString();
    case ActionType.Create:
      return ' ' + describeType(action.entryType) + ' ' + action.entryHash.toString();
    case ActionType.Update: {
      const update = <Update>action;
      const original = ' ' + update.originalActionAddress.toString() + ' ' + update.originalEntryAddress.toString();
      return original + ' ' + describeType(action.entryType) + ' ' + action.entryHash.toString();
    }
    case ActionType.Delete:
      return ' ' + (<Delete>action).deletesAddress.toString() + ' ' + (<Delete>action).deletesEntryAddress.toString();
    case ActionType.CreateLink: {
      const link = <CreateLink>action;
      const ends = ' ' + link.baseAddress.toString() + ' ' + link.targetAddress.toString();
      return ends + ' ' + link.zomeIndex.toString() + ' ' + link.linkType.toString() + ' ' + hex(link.tag);
    }
    case ActionType.DeleteLink:
      return ' ' + (<DeleteLink>action).baseAddress.toString() + ' ' + (<DeleteLink>action).linkAddAddress.toString();
    default:
      return '';
  }
}
