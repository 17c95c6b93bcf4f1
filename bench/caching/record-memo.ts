/**
 * Validations of a service with a memo, for `record.ts` to record: the zomes of `npm run bench zomes` with their ops,
 * and a village of the links guest. Prices and sizes of lines are those of the validations; the order of requests is
 * synthetic: new ops come at a steady rate, and each is requested by 1 to 12 nodes, mostly soon and in one of ten cases
 * at any time later.
 *
 *   CACHE_TRACES=/tmp/traces node --import ./dist/bench/caching/record.js dist/bench/caching/record-memo.js
 */

import { GrowingSource, villageOps } from '../../spec/memo/village-ops.js';
import { RandomChoice, SeededSource } from '../../src/agreement/random-choice.js';
import { createEngine } from '../../src/engine/engine.js';
import { memoInMemory } from '../../src/memo/open-memo.js';
import type { DependencySource } from '../../src/zome/dependency-source.js';
import type { Op } from '../../src/zome/op.js';
import type { ZomeHost } from '../../src/zome/zome-host.js';
import { zomeSubjects } from '../zome-cases.js';
import { hostOf } from '../zome-runs.js';

interface Asked {
  readonly host: ZomeHost;
  readonly op: Op | Uint8Array;
  readonly dependencies: DependencySource;
}

const OPS = 1_200;
const NODES_MAX = 12;
/** Number of new ops within which most nodes request one. */
const SOON = 40;
const LATER_PERCENT = 10;

/** The op with other bytes in its signature, which none of these zomes reads: another op for a memo. */
function signedAnew<T>(value: T, number: number): T {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((each) => signedAnew(each, number)) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const entries = Object.entries(value).map(([name, field]) => {
    if (name !== 'signature' || !(field instanceof Uint8Array)) return [name, signedAnew(field, number)];
    const signature = field.slice();
    new DataView(signature.buffer).setUint32(0, number);
    return [name, signature];
  });
  return Object.fromEntries(entries);
}

async function opsOf(): Promise<readonly Asked[]> {
  const engine = createEngine({ tier: 'instrumented' });
  const found: Asked[] = [];
  for (const subject of (await zomeSubjects([])).subjects) {
    const host = await hostOf(subject, engine);
    for (const { name, input } of subject.cases) {
      if (input.kind !== 'op' || name.includes('signature')) continue;
      found.push({ host, op: input.op, dependencies: input.dependencies });
    }
  }
  const { host, ops, records } = await villageOps(OPS / 2);
  const all = new GrowingSource(records);
  const [villages, others] = [ops.map((op): Asked => ({ host, op, dependencies: all })), found];
  return Array.from({ length: OPS }, (_, i) => {
    if (i % 2 === 0) return villages[(i / 2) % villages.length];
    const asked = others[(i >> 1) % others.length];
    return { ...asked, op: signedAnew(asked.op, i) };
  });
}

const choice = new RandomChoice(new SeededSource(1));
const ops = await opsOf();
const requests = ops.flatMap((asked, i) =>
  Array.from({ length: 1 + choice.below(NODES_MAX) }, (_, node) => {
    const isLater = choice.chance(LATER_PERCENT);
    return { asked, at: node === 0 ? i : i + choice.below(isLater ? OPS : SOON), order: choice.below(2 ** 30) };
  }),
);
requests.sort((a, b) => a.at - b.at || a.order - b.order);
const memo = memoInMemory();
for (const { asked } of requests) memo.validateOp(asked.host, asked.op, { dependencies: asked.dependencies });
const { hits, misses } = memo.counts;
process.stdout.write(
  `${requests.length} validations: ${hits} hits, ${misses} misses, ${memo.counts.lines ?? ''} lines\n`,
);
