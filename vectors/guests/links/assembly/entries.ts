// Authors { name } and books { title, author, year }, where `author` is the hash of the action that created the author.

import {
  EntryKind,
  Fields,
  Hash,
  HashKind,
  Op,
  Record,
  Update,
  ValidationResult,
  mustGetValidRecord,
} from '../../kit';

export const enum EntryIndex {
  Author,
  Book,
}

const AUTHOR: StaticArray<string> = ['name'];
const BOOK: StaticArray<string> = ['title', 'author', 'year'];

export function judgeEntry(op: Op): ValidationResult {
  if (op.entry.kind != EntryKind.App) return ValidationResult.valid(); // the agent's own, and the host's
  if (op.isApp(EntryIndex.Author)) return judgeAuthor(op);
  return op.isApp(EntryIndex.Book) ? judgeBook(op) : ValidationResult.invalid('an unknown type of entry');
}

function judgeAuthor(op: Op): ValidationResult {
  const author = new Fields(op.content, AUTHOR);
  author.text('name', 1, 80);
  return author.verdict;
}

function judgeBook(op: Op): ValidationResult {
  const book = new Fields(op.content, BOOK);
  book.text('title', 1, 120);
  book.integer('year', -3000, 2200);
  const authorHash = book.hash('author', HashKind.Action);
  if (!book.isGood) return book.verdict;

  const author = mustGetValidRecord(authorHash);
  if (author.isApp(op.action.entryType.zomeIndex, EntryIndex.Author)) return ValidationResult.valid();
  return ValidationResult.invalid('author: not the record of an author');
}

/** The author whom the record of a book names. */
export function authorOfBook(book: Record): Hash {
  return new Fields(book.content, BOOK).hash('author', HashKind.Action);
}

/** An entry is changed only by whoever wrote it, and stays of its type. */
export function judgeUpdate(op: Op): ValidationResult {
  const update = op.action.as<Update>();
  const original = mustGetValidRecord(update.originalActionAddress);
  if (!original.author.equals(update.author)) return ValidationResult.invalid('only its author may change an entry');
  const type = update.entryType;
  if (original.isApp(type.zomeIndex, type.entryIndex)) return ValidationResult.valid();
  return ValidationResult.invalid('an update keeps the type of the entry');
}
