/**
 * The input for the rows of the matrix, generated once: a file with one case per line, with its calls and the results
 * of the interpreter of the Node that made it. A case can be made again from its seed and path in order to shrink it.
 */
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { type AgreementCall, type ModuleJson, moduleJson } from '../../src/agreement/agreement-call.js';
import { type AgreementCase, anyCase, type CaseOptions } from '../../src/agreement/agreement-case.js';
import type { AgreementNode } from '../../src/agreement/node.js';
import type { NodeAnswer } from '../../src/agreement/node-answer.js';
import { engineNode } from '../../src/agreement/node-engine.js';
import { hash, hasher, toHex } from '../../src/base/hash.js';

export interface CorpusCase {
  readonly module: ModuleJson;
  readonly calls: readonly AgreementCall[];
  readonly expected: readonly NodeAnswer[];
  /** Seed and path with which fast-check makes the case again. */
  readonly seed: number;
  readonly path: string;
}

/** Small modules, so that there are many runs where the runtime is slow; small modules also show differences. */
export const CORPUS_CASES: CaseOptions = { bodySizeMax: 40, functionsMax: 4, calls: 1, fuel: 300_000 };

/** Cases per seed. */
const PART = 500;

/** Writes cases until they have `runs` calls; returns the number of calls. */
export async function writeCorpus(
  path: string,
  seed: number,
  runs: number,
  reference: AgreementNode = engineNode({ tier: 'interpreter' }),
): Promise<number> {
  const lines: string[] = [];
  let calls = 0;
  for (let part = 0; calls < runs; part++) {
    const cases = fc.sample(anyCase(CORPUS_CASES), { seed: seed + part, numRuns: PART });
    for (const [index, one] of cases.entries()) {
      if (calls >= runs) break;
      const asked = await askedOf(one, reference);
      const expected = await reference.run(one.module, asked);
      calls += asked.length;
      const line: CorpusCase = {
        module: moduleJson(one.module),
        calls: asked,
        expected,
        seed: seed + part,
        path: String(index),
      };
      lines.push(JSON.stringify(line));
    }
  }
  mkdirSync(dirname(path), { recursive: true });
  // A file that exists is complete.
  writeFileSync(`${path}.part`, `${lines.join('\n')}\n`);
  renameSync(`${path}.part`, path);
  return calls;
}

/**
 * Each call at full fuel, then cut short where the case specifies, then at full fuel again: no state may be left
 * behind.
 */
async function askedOf(
  { module, calls, fuelPoints = [] }: AgreementCase,
  reference: AgreementNode,
): Promise<AgreementCall[]> {
  const full = await reference.run(module, calls);
  return calls.flatMap((call, at) => {
    const answer = full[at]!;
    if (answer.kind !== 'receipt') return [call];
    const { used } = answer.receipt.fuel;
    const limits = fuelPoints.map((point) =>
      point === 1_023 ? Math.max(used - 1, 0) : Math.floor((used * point) / 1_024),
    );
    return [call, ...[...new Set(limits)].map((fuel) => ({ ...call, fuel })), call];
  });
}

export async function* readCorpus(path: string): AsyncGenerator<CorpusCase> {
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') yield JSON.parse(line) as CorpusCase;
  }
}

const CODE = fileURLToPath(new URL('../../src', import.meta.url));

/** Hash of the package's own files: a result from other code does not count. */
export function codeHash(): string {
  const digest = hasher();
  const names = readdirSync(CODE, { recursive: true, encoding: 'utf8' });
  for (const name of names.filter((one) => one.endsWith('.js')).sort()) digest.update(readFileSync(join(CODE, name)));
  return toHex(digest.digest()).slice(0, 12);
}

export interface Corpus {
  readonly path: string;
  /** Hash of its bytes: other receipts give another identity. */
  readonly identity: string;
  readonly isNew: boolean;
}

/** The corpus of a seed and a number of calls made by this code; from the folder if it exists. */
export async function corpusIn(folder: string, seed: number, runs: number): Promise<Corpus> {
  const path = join(folder, `corpus-${seed}-${runs}-${codeHash()}.jsonl`);
  const isNew = !existsSync(path);
  if (isNew) await writeCorpus(path, seed, runs);
  return { path, identity: toHex(hash(readFileSync(path))).slice(0, 12), isNew };
}
