/**
 * Writes `receipts/*.json` from the guests and entries: every call of `calls.json` and `guests.json` and every entry
 * with full fuel; if it returns or traps, also with no fuel, with exactly the fuel used and with one unit less.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../base/hash.js';
import type { Receipt } from '../../engine/receipt/receipt.js';
import { encodeReceipt } from '../../engine/receipt/receipt-bytes.js';
import { receiptJson } from '../../engine/receipt/receipt-json.js';
import { callName, RAW_GUESTS, WAT_CALLS } from './call-vectors.js';
import { ENTRIES } from './entry-vectors.js';
import { type RowResult, runRow } from './receipt-vectors.js';
import { readRows, textField, type VectorRow } from './vector-file.js';
import { VectorModules } from './vector-modules.js';

/** A call of a vector before it has been made. */
type CallRow = VectorRow & { readonly name: string; readonly wasm: string; readonly fuel: number };

const FUEL = 50_000_000;
/** One entry in ten also runs short of fuel. */
const SHORT_OF_FUEL_EVERY = 10;

/** The text of each file, by file name. */
export async function receiptFiles(folder: string): Promise<ReadonlyMap<string, string>> {
  const modules = new VectorModules(folder);
  const calls = (base: string, file: string): CallRow[] =>
    readRows(join(folder, file)).map((row) => ({
      name: callName(row),
      wasm: `${base}/${textField(row, 'file')}`,
      export: row['export'],
      args: row['args'],
      fuel: FUEL,
    }));
  const entries: CallRow[] = readRows(join(folder, ENTRIES)).map((row) => ({
    name: textField(row, 'name'),
    wasm: `guests/${textField(row, 'wasm')}`,
    export: 'validate',
    entry: `guests/entries/${textField(row, 'msgpack')}`,
    fuel: FUEL,
  }));
  const files = new Map<string, string>();
  for (const [name, rows, every] of [
    ['wat.json', calls('guests/wat', WAT_CALLS), 1],
    ['raw.json', calls('guests/raw', RAW_GUESTS), 1],
    ['entries.json', entries, SHORT_OF_FUEL_EVERY],
  ] as const) {
    files.set(name, await fileText(folder, modules, rows, every));
  }
  return files;
}

export async function writeReceipts(folder: string): Promise<readonly string[]> {
  const files = await receiptFiles(folder);
  mkdirSync(join(folder, 'receipts'), { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, 'receipts', name), text);
  return [...files.keys()];
}

async function fileText(
  folder: string,
  modules: VectorModules,
  rows: readonly CallRow[],
  every: number,
): Promise<string> {
  const lines: string[] = [];
  for (const [i, row] of rows.entries()) {
    const module = await modules.ofFile(row.wasm);
    const full = runRow(folder, module, row);
    lines.push(lineOf(row, full));
    if (i % every !== 0) continue;
    for (const fuel of shorterLimits(full.receipt)) {
      const shorter = { ...row, name: `${row.name}, fuel ${fuel}`, fuel };
      lines.push(lineOf(shorter, runRow(folder, module, shorter)));
    }
  }
  return `[\n${lines.join(',\n')}\n]\n`;
}

function shorterLimits({ fuel, outcome }: Receipt): readonly number[] {
  return outcome.kind === 'exhausted' ? [] : [0, fuel.parts.instantiate, fuel.used - 1, fuel.used];
}

function lineOf(row: CallRow, { receipt, stateDigest }: RowResult): string {
  return JSON.stringify({ ...row, stateDigest, bytes: toHex(encodeReceipt(receipt)), receipt: receiptJson(receipt) });
}
