/** The calls of `vectors/receipts` as requests to nodes, and a check that a node returns the golden receipts. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgreementCall } from '../../src/agreement/agreement-call.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import { goldenNode } from '../../src/agreement/node-golden.js';
import { toHex } from '../../src/base/hash.js';

const VECTORS = 'vectors';

interface Row {
  readonly name: string;
  readonly wasm: string;
  readonly export: string;
  readonly args?: readonly string[];
  readonly entry?: string;
  readonly fuel: number;
}

export function goldenCalls(): ReadonlyMap<string, readonly AgreementCall[]> {
  const folder = join(VECTORS, 'receipts');
  const rows = readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Row[]);
  const calls = new Map<string, AgreementCall[]>();
  for (const row of rows) {
    const list = calls.get(row.wasm) ?? [];
    calls.set(row.wasm, list);
    list.push(callOf(row));
  }
  return calls;
}

function callOf({ export: name, args = [], entry, fuel }: Row): AgreementCall {
  if (entry === undefined) return { kind: 'values', export: name, args, fuel };
  const bytes = toHex(readFileSync(join(VECTORS, entry)));
  return { kind: 'validate', export: name, entry: bytes, generation: '0.6', fuel };
}

/** `262 of 262`; throws at the first difference. */
export async function checkGoldenReceipts(node: AgreementNode): Promise<string> {
  const golden = goldenNode(join(VECTORS, 'receipts'));
  let met = 0;
  let all = 0;
  for (const [wasm, calls] of goldenCalls()) {
    const module = { bytes: new Uint8Array(readFileSync(join(VECTORS, wasm))), hosts: 'none' };
    const [theirs, wanted] = await Promise.all([node.run(module, calls), golden.run(module, calls)]);
    for (const [at, answer] of wanted.entries()) {
      all++;
      const difference = compareAnswers(answer, theirs[at]!);
      if (difference !== undefined) {
        throw new Error(
          `golden receipt of ${wasm} ${JSON.stringify(calls[at]).slice(0, 200)}: ${JSON.stringify(difference)}`,
        );
      }
      if (answer.kind === 'receipt') met++;
    }
  }
  return `${met} of ${all}`;
}
