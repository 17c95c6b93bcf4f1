/** A fleet on each queue with a server that is ended, a worker that lies, and a collector that is ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { moduleOfJson } from '../../src/agreement/agreement-call.js';
import { compareAnswers } from '../../src/agreement/compare-answers.js';
import { askNodes } from '../../src/agreement/find-disagreement.js';
import { closeNodes, parseNodes } from '../../src/agreement/node-spec.js';
import { readReplay } from '../../src/agreement/replay-file.js';
import { toHex } from '../../src/base/hash.js';
import { type CollectedJob, Collector, type CollectorOptions } from '../../src/fleet/collector.js';
import type { Mismatch } from '../../src/fleet/dispute.js';
import { writeMismatch } from '../../src/fleet/mismatch-file.js';
import { openQueue } from '../../src/fleet/open-queue.js';
import {
  collected,
  endPools,
  LEASE_MS,
  LIAR,
  lying,
  mustBeExpected,
  startWorker,
  submitted,
} from './fleet-in-process.js';
import { onEachQueue } from './queues.js';
import { type Expected, singleThread } from './sample-batch.js';

after(endPools);

onEachQueue('a fleet', (kind) => {
  let expected: readonly Expected[] = [];

  before(async () => {
    expected = await singleThread();
  });

  it('continues after a server restart and a lying worker, and with a collector that was killed', async () => {
    const url = kind.place();
    const queue = await openQueue(url, { leaseMs: LEASE_MS });
    const workers = [await startWorker(url, 'auto', LIAR, lying), await startWorker(url, 'interpreter', 2)];
    const folder = mkdtempSync(join(tmpdir(), 'assay-fleet-spec-'));
    try {
      const batch = await submitted(queue, 'lies');
      const mismatches: Mismatch[] = [];
      const options: CollectorOptions = { checkShare: 1, onMismatch: (found) => mismatches.push(found) };
      const first = new Collector(queue, batch, options);
      const some: CollectedJob[] = [];
      while (some.length === 0) some.push(...(await first.next()));
      await first.close();
      await kind.restart();
      mustBeExpected(await collected(queue, batch, options), expected);
      expect(mismatches.map(({ sides }) => sides.map(({ isRight }) => isRight).sort())).to.deep.equal([[false, true]]);
      const [{ replay, field, sides }] = mismatches;
      expect(field).to.match(/^calls\[0\]\.receipt\./);
      const liars = sides.flatMap(({ isRight, workers: of }) => (isRight ? [] : of));
      expect(liars.map(({ key }) => toHex(key))).to.deep.equal([toHex(workers[0].worker.identity.key)]);
      expect((await queue.batches()).map(({ quarantined }) => quarantined)).to.deep.equal([1]);
      const records = await queue.workers();
      expect(
        records.map(({ key, wrong }) => (toHex(key) === toHex(liars[0].key) ? wrong : -wrong)).sort(),
      ).to.deep.equal([-0, 1]);
      if (replay === undefined) throw new Error('a guest ran');
      const path = writeMismatch(folder, mismatches[0]);
      const { module, calls, expected: wanted, nodes } = readReplay(path);
      const named = await parseNodes(nodes);
      const { answers } = await askNodes(named, moduleOfJson(module), calls);
      await closeNodes(named);
      for (const answer of answers) expect(compareAnswers(wanted[0], answer[0])).to.equal(undefined);
    } finally {
      for (const worker of workers) await worker.end();
      await queue.close();
      rmSync(folder, { recursive: true });
    }
  });
});
