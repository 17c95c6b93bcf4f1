// The links. Written: from the action that created an author to the action that created a book of theirs; the tag says
// how they took part. Shelved: from a reader's key to a book; the tag is one byte, a rating from 1 to 5.

import {
  CreateLink,
  HashKind,
  Op,
  Span,
  ValidationResult,
  countCodePoints,
  mustGetValidRecord,
} from '../../kit';
import { EntryIndex, authorOfBook } from './entries';

const enum LinkType {
  Written,
  Shelved,
}

const ROLE_CHARACTERS: i32 = 32;
const RATING_MAX: u8 = 5;

export function judgeLink(link: CreateLink): ValidationResult {
  const fault = faultOfLink(link);
  return fault === null ? ValidationResult.valid() : ValidationResult.invalid(fault);
}

function faultOfLink(link: CreateLink): string | null {
  if (link.linkType == LinkType.Written) return faultOfWritten(link);
  return link.linkType == LinkType.Shelved ? faultOfShelved(link) : 'an unknown type of link';
}

// What costs least is judged first: the tag, then the kinds of the addresses, then the records.
function faultOfWritten(link: CreateLink): string | null {
  const characters = countCodePoints(link.tag);
  if (characters < 1 || characters > ROLE_CHARACTERS) return 'tag: expected 1 to 32 characters of UTF-8';
  if (link.baseAddress.kind != HashKind.Action) return "base: not an action's hash";
  if (link.targetAddress.kind != HashKind.Action) return "target: not an action's hash";

  const author = mustGetValidRecord(link.baseAddress);
  if (!author.isApp(link.zomeIndex, EntryIndex.Author)) return 'base: not the record of an author';
  const book = mustGetValidRecord(link.targetAddress);
  if (!book.isApp(link.zomeIndex, EntryIndex.Book)) return 'target: not the record of a book';
  return authorOfBook(book).equals(link.baseAddress) ? null : 'target: a book by somebody else';
}

function faultOfShelved(link: CreateLink): string | null {
  if (!isRating(link.tag)) return 'tag: expected one byte from 1 to 5';
  // A key is a base in the form of its entry: the same bytes under another prefix.
  if (link.baseAddress.kind != HashKind.Entry || !link.baseAddress.core.equals(link.author.core)) {
    return 'base: not the key of whoever made the link';
  }
  if (link.targetAddress.kind != HashKind.Action) return "target: not an action's hash";
  const book = mustGetValidRecord(link.targetAddress);
  return book.isApp(link.zomeIndex, EntryIndex.Book) ? null : 'target: not the record of a book';
}

function isRating(tag: Span): bool {
  if (tag.length != 1) return false;
  const rating = load<u8>(tag.at);
  return rating >= 1 && rating <= RATING_MAX;
}

/** A link is deleted only by whoever made it. */
export function judgeLinkDeletion(op: Op): ValidationResult {
  if (op.author.equals(op.link.author)) return ValidationResult.valid();
  return ValidationResult.invalid('only its author may delete a link');
}
