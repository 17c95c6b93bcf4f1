/** The raw guests of vectors/guests: the calls, and the expected results. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NumberValue, parseValue } from '../src/wasm/value.js';

const FOLDER = new URL('../../vectors/guests/raw/', import.meta.url);

export interface RawGuest {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly export: string;
  /** A short call, for warming up. */
  readonly args: readonly NumberValue[];
  readonly benchArgs: readonly NumberValue[];
  readonly benchResult: NumberValue;
}

interface GuestRow {
  readonly name: string;
  readonly file: string;
  readonly export: string;
  readonly args: readonly string[];
  readonly benchArgs: readonly string[];
  readonly benchResults: readonly string[];
}

function numberValue(text: string): NumberValue {
  const parsed = parseValue(text);
  if (!parsed.ok || 'ref' in parsed.value) throw new Error(`${text} is no number`);
  return parsed.value;
}

export function readRawGuests(): readonly RawGuest[] {
  const rows = JSON.parse(readFileSync(new URL('guests.json', FOLDER), 'utf8')) as readonly GuestRow[];
  return rows.map((row) => ({
    name: row.name,
    path: fileURLToPath(new URL(row.file, FOLDER)),
    bytes: new Uint8Array(readFileSync(new URL(row.file, FOLDER))),
    export: row.export,
    args: row.args.map(numberValue),
    benchArgs: row.benchArgs.map(numberValue),
    benchResult: numberValue(row.benchResults[0]!),
  }));
}
