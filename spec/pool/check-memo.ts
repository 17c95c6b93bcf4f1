/**
 * Many validations with a memo: the same as running all, in microseconds, in any order in which dependencies arrive,
 * within its memory limit.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { toHex } from '../../src/base/hash.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import type { Memo, MemoValidation } from '../../src/memo/memo.js';
import { MemoryLines } from '../../src/memo/memory-lines.js';
import { memoInMemory, openMemo } from '../../src/memo/open-memo.js';
import type { Leaf } from '../../src/memo/trie.js';
import type { Validation } from '../../src/zome/zome-host.js';
import { GrowingSource, type VillageOps, villageOps } from '../memo/village-ops.js';
import { type CheckOptions, type Finding, randomOf } from './check.js';

const DISTINCT = 5_000;
const VALIDATIONS = 50_000;
const HIT_US_MAX = { memory: 25, disk: 150 } as const;
const LINES = 1_000_000;
const LINES_BYTES_MAX = 256 * 1_024 * 1_024;
const ORDERS = 20;
const ORDER_OPS = 400;

function textOf({ verdict, zomes, calls }: Validation | MemoValidation): string {
  const receipts = calls.map(({ receipt }) => toHex(receipt instanceof Uint8Array ? receipt : encodeReceipt(receipt)));
  return JSON.stringify([verdict, zomes, receipts], (_, value) => (value instanceof Uint8Array ? toHex(value) : value));
}

export async function checkMemo({ seed, share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const made = await villageOps(Math.max(100, Math.round(DISTINCT * share)));
  const all = new GrowingSource(made.records);
  const folder = mkdtempSync(join(tmpdir(), 'assay-memo-check-'));
  try {
    showProgress('running all');
    const runUs: number[] = [];
    const wanted = made.ops.map((op) => {
      const begin = performance.now();
      const run = made.host.validateOp(op, { dependencies: all });
      runUs.push((performance.now() - begin) * 1_000);
      return textOf(run);
    });
    const path = join(folder, 'memo');
    const findings: Finding[] = [];
    for (const kind of ['memory', 'disk'] as const) {
      showProgress(`validating with a memo (${kind})`);
      const open = async () => (kind === 'memory' ? memoInMemory() : await openMemo(path));
      findings.push(
        ...(await manyValidations(kind, await open(), open, made, all, wanted, { seed, share, runUs: median(runUs) })),
      );
    }
    showProgress('dependencies in random orders');
    findings.push(await anyOrder(seed, share));
    showProgress('a million lines');
    findings.push(bounded(share));
    return findings;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Run {
  readonly seed: number;
  readonly share: number;
  /** Median of a validation without a memo. */
  readonly runUs: number;
}

async function manyValidations(
  kind: 'memory' | 'disk',
  first: Memo,
  reopen: () => Promise<Memo>,
  { host, ops }: VillageOps,
  dependencies: GrowingSource,
  wanted: readonly string[],
  { seed, share, runUs }: Run,
): Promise<readonly Finding[]> {
  const random = randomOf(seed);
  const count = Math.round(VALIDATIONS * share);
  let memo = first;
  let wrong = 0;
  const hitUs: number[] = [];
  for (let i = 0; i < count; i++) {
    // Halfway through, a new memo takes over the disk.
    if (kind === 'disk' && i === count >> 1) {
      memo.close();
      memo = await reopen();
    }
    const at = random(ops.length);
    const begin = performance.now();
    const validation = memo.validateOp(host, ops[at]!, { dependencies });
    if (validation.isHit) hitUs.push((performance.now() - begin) * 1_000);
    if (textOf(validation) !== wanted[at]) wrong += 1;
  }
  const { misses } = memo.counts;
  memo.close();
  const us = median(hitUs);
  return [
    {
      what: `${count} validations of ${ops.length} ops equal runs (${kind})`,
      ok: wrong === 0,
      found: `${wrong} differ, ${hitUs.length} hits, ${misses} misses`,
    },
    {
      what: `a hit takes at most ${HIT_US_MAX[kind]} us (${kind})`,
      ok: us <= HIT_US_MAX[kind],
      found: `median ${us.toFixed(1)} us, 95 of 100 ${quantile(hitUs, 0.95).toFixed(1)} us; a run ${runUs.toFixed(0)} us`,
    },
  ];
}

async function anyOrder(seed: number, share: number): Promise<Finding> {
  const random = randomOf(seed + 1);
  const made = await villageOps(Math.max(60, Math.round(ORDER_OPS * share)));
  const all = new GrowingSource(made.records);
  const wanted = made.ops.map((op) => made.host.validateOp(op, { dependencies: all }).verdict);
  let wrong = 0;
  let runs = 0;
  let needless = 0;
  const orders = Math.max(3, Math.round(ORDERS * share));
  for (let order = 0; order < orders; order++) {
    const records = [...made.records];
    for (let i = records.length - 1; i > 0; i--) {
      const j = random(i + 1);
      [records[i], records[j]] = [records[j]!, records[i]!];
    }
    const memo = memoInMemory();
    const source = new GrowingSource();
    const last = new Map(
      made.ops.map((op) => [toHex(op), memo.validateOp(made.host, op, { dependencies: source }).verdict]),
    );
    for (const hash of records.flatMap((record) => source.add(record))) {
      for (const { op } of memo.waitingFor(hash)) {
        const { verdict, isHit } = memo.validateOp(made.host, op, { dependencies: source });
        runs += 1;
        if (isHit) needless += 1;
        last.set(toHex(op), verdict);
      }
    }
    if (!isDeepStrictEqual([...last.values()], wanted)) wrong += 1;
  }
  const found = `${wrong} of ${orders} orders differ; ${runs} were woken, ${needless} of them to the same answers`;
  return { what: 'any order of dependencies gives the verdicts with all of them', ok: wrong === 0 && runs > 0, found };
}

function bounded(share: number): Finding {
  const count = Math.round(LINES * share);
  const bytesMax = LINES_BYTES_MAX * share;
  const lines = new MemoryLines(bytesMax);
  let isWithin = true;
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('memory is measured with node --expose-gc');
  gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < count; i++) {
    const root: Leaf = { kind: 'leaf', verdict: { kind: 'Valid' }, calls: [], zomes: ['links'] };
    lines.put(`${i}`.padStart(64, '0'), { root, writer: undefined, fuel: i % 1_000 });
    if (lines.bytes > bytesMax) isWithin = false;
  }
  gc();
  const heap = process.memoryUsage().heapUsed - before;
  const mb = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  return {
    what: `${count} lines within a bound of ${mb(bytesMax)}`,
    ok: isWithin && heap <= bytesMax,
    found: `${lines.count} are kept, counted as ${mb(lines.bytes)}, the heap has grown by ${mb(heap)}`,
  };
}

function quantile(values: readonly number[], at: number): number {
  return [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? 0;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
