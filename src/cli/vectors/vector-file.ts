/**
 * Reads a JSON file of vectors: a list of rows, each an object. The fields of a row are checked where they are used.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS_1 } from '../../base/limits.js';
import { CliError } from '../cli-error.js';
import { printable } from '../layout.js';
import { readBytesWithin, readError } from '../read-bytes.js';

/** A row of a vector file, with the fields of its suite. */
export type VectorRow = Readonly<Record<string, unknown>>;

/** @throws CliError if the file cannot be read or is not a list of objects */
export function readRows(path: string): readonly VectorRow[] {
  const rows = parseJson(path, readFile(path).toString('utf8'));
  if (Array.isArray(rows) && rows.every((row) => typeof row === 'object' && row !== null)) return rows as VectorRow[];
  throw new CliError(`${printable(path)} is not a list of vectors`, 'restore the file');
}

/** The `.json` files of a folder, sorted by name. */
export function jsonFiles(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    throw readError(folder, error);
  }
}

export function readFile(path: string): Buffer {
  return Buffer.from(readBytesWithin(path, LIMITS_1.moduleBytes, 'a file of vectors'));
}

/** A field that must be text. */
export function textField(row: VectorRow, name: string): string {
  const value = row[name];
  if (typeof value === 'string') return value;
  throw new CliError(`the vector ${JSON.stringify(row['name'] ?? '?')} has no string '${name}'`, 'restore the file');
}

/** A field that must be a whole number. */
export function numberField(row: VectorRow, name: string): number {
  const value = row[name];
  if (Number.isSafeInteger(value)) return value as number;
  throw new CliError(`the vector ${JSON.stringify(row['name'] ?? '?')} has no number '${name}'`, 'restore the file');
}

/** A field that must be a list of texts. */
export function textsField(row: VectorRow, name: string): readonly string[] {
  const value = row[name];
  if (Array.isArray(value) && value.every((text) => typeof text === 'string')) return value as string[];
  throw new CliError(
    `the vector ${JSON.stringify(row['name'] ?? '?')} has no list of strings '${name}'`,
    'restore the file',
  );
}

/** The bytes of a hexadecimal field. */
export function hexField(row: VectorRow, name: string): Uint8Array {
  const text = textField(row, name);
  if (/^(?:[0-9a-f]{2})*$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  throw new CliError(
    `the vector ${JSON.stringify(row['name'] ?? '?')} has no hexadecimal '${name}'`,
    'restore the file',
  );
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new CliError(`${printable(path)} is not JSON: ${printable(error.message)}`, 'restore the file');
  }
}
