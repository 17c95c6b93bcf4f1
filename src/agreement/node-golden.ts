/**
 * A node that returns stored receipts: a folder written by an earlier release or another implementation. It has results
 * for the calls that it knows, by module, export, input and fuel limit. It reads every `.json` file of the folder that
 * is a list of rows with `receipt` (docs/VECTORS.md), so `vectors/receipts` is such a folder.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash, toHex } from '../base/hash.js';
import type { ReceiptJson } from '../engine/receipt/receipt-json.js';
import type { AgreementCall, AgreementSubject } from './agreement-call.js';
import { inputHash } from './input-hash.js';
import type { AgreementNode } from './node.js';
import { isReceiptJson, type NodeAnswer } from './node-answer.js';

/** A row of golden receipts; files may have more fields. */
export interface GoldenRow {
  readonly receipt: ReceiptJson;
  readonly stateDigest?: string | null;
}

/** @throws if the folder cannot be read or a file is not JSON; RangeError for a row whose receipt cannot be compared */
export function goldenNode(folder: string): AgreementNode {
  return new GoldenNode(folder);
}

class GoldenNode implements AgreementNode {
  readonly name: string;
  readonly #rows = new Map<string, GoldenRow>();

  constructor(folder: string) {
    this.name = `golden:${folder}`;
    for (const row of goldenRows(folder)) this.#rows.set(keyOf(row.receipt), row);
  }

  async describe(): Promise<string> {
    return `${this.#rows.size} golden receipts`;
  }

  async run(module: AgreementSubject, calls: readonly AgreementCall[]): Promise<readonly NodeAnswer[]> {
    // Golden folders have no validations of ops.
    if ('zomes' in module) return calls.map(() => ({ kind: 'none' }));
    const moduleHash = toHex(hash(module.bytes));
    return Promise.all(
      calls.map(async (call): Promise<NodeAnswer> => {
        const input = await inputHash(module, call);
        const row = this.#rows.get(
          keyOf({ module: moduleHash, export: call.export, input, fuel: { limit: call.fuel } }),
        );
        if (row === undefined) return { kind: 'none' };
        const { receipt, stateDigest = null } = row;
        return { kind: 'receipt', receipt, stateDigest, values: null, verdict: null };
      }),
    );
  }

  async close(): Promise<void> {
    this.#rows.clear();
  }
}

interface Key {
  readonly module: string;
  readonly export: string;
  readonly input: string;
  readonly fuel: { readonly limit: number };
}

function keyOf(key: Key): string {
  return JSON.stringify([key.module, key.export, key.input, key.fuel.limit]);
}

function goldenRows(folder: string): readonly GoldenRow[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.flatMap((name) => {
    const rows: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'));
    if (!Array.isArray(rows)) return [];
    const golden = rows.filter(isGoldenRow);
    for (const { receipt } of golden) {
      // If it were skipped, the call would be unknown and agree with anything.
      if (!isReceiptJson(receipt)) throw new RangeError(`${join(folder, name)} has a receipt that is incomplete`);
    }
    return golden;
  });
}

function isGoldenRow(row: unknown): row is GoldenRow {
  if (typeof row !== 'object' || row === null || !('receipt' in row)) return false;
  const { receipt } = row;
  return typeof receipt === 'object' && receipt !== null && 'module' in receipt && 'input' in receipt;
}

/** Writes receipts as a golden folder, one row per line. */
export function writeGolden(folder: string, name: string, rows: readonly GoldenRow[]): void {
  mkdirSync(folder, { recursive: true });
  const lines = rows.map(({ receipt, stateDigest }) => JSON.stringify({ receipt, stateDigest }));
  writeFileSync(join(folder, `${name}.json`), `[\n${lines.join(',\n')}\n]\n`);
}
