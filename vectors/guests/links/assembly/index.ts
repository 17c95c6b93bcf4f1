// The zome of a library: authors, their books and the readers' shelves. Entries are authors and books; one link leads from
// an author to a book, the other from a reader to a book on the shelf, with a rating in the tag.

import {
  EntryDef,
  GenesisSelfCheckData,
  Op,
  OpKind,
  ValidationResult,
  entryDefs,
  genesisSelfCheck,
  validateOp,
} from '../../kit';
import { judgeEntry, judgeUpdate } from './entries';
import { judgeJoining } from './joining';
import { judgeLink, judgeLinkDeletion } from './links';

export { __hc__allocate_1, __hc__deallocate_1 } from '../../kit';

export function __num_entry_types(): i32 {
  return 2;
}

export function __num_link_types(): i32 {
  return 2;
}

export function entry_defs(at: i32, length: i32): i64 {
  return entryDefs(at, length, [new EntryDef('author'), new EntryDef('book')]);
}

export function genesis_self_check_2(at: i32, length: i32): i64 {
  return genesisSelfCheck(at, length, (data: GenesisSelfCheckData) => judgeJoining(data));
}

export function validate(at: i32, length: i32): i64 {
  return validateOp(at, length, (op: Op): ValidationResult => {
    switch (op.kind) {
      case OpKind.StoreEntry:
        return judgeEntry(op);
      case OpKind.RegisterUpdate:
        return judgeUpdate(op);
      case OpKind.RegisterCreateLink:
        return judgeLink(op.link);
      case OpKind.RegisterDeleteLink:
        return judgeLinkDeletion(op);
      case OpKind.RegisterDelete:
        return ValidationResult.invalid('authors and books are never deleted');
      default:
        return ValidationResult.valid(); // a record or an activity says nothing that the ops above do not
    }
  });
}
