/** Decisions about lines, and refusals: pure functions, without a queue. */
import { expect } from 'chai';
import fc from 'fast-check';
import { hash, toHex } from '../../src/base/hash.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { isDrawn, shareOf } from '../../src/fleet/check-share.js';
import { Collector } from '../../src/fleet/collector.js';
import { FleetError } from '../../src/fleet/fleet-error.js';
import { FLEET_LIMITS } from '../../src/fleet/fleet-limits.js';
import { encodeJob, encodePack, inputsOf, readJob, readPack } from '../../src/fleet/job.js';
import { type JudgedLine, judge } from '../../src/fleet/judge.js';
import { failedItem, type Item, LineReader, receiptFault, signerOf, signLines } from '../../src/fleet/line.js';
import { openQueue, shownUrl } from '../../src/fleet/open-queue.js';
import { openSubmitter } from '../../src/fleet/submitter.js';
import { encodeWork, readWork, type Work } from '../../src/fleet/work.js';
import { fleetWorker, kindOfWorker } from '../../src/fleet/worker.js';
import type { Pool } from '../../src/pool/open-pool.js';
import { prepareReceipts, receiptOf } from '../billing/sample-billing.js';
import { assay } from '../cli/command-line.js';
import { MemoryQueue } from './memory-queue.js';

const SIGNERS = [1, 2, 3].map((seed) => signerOf(new Uint8Array(32).fill(seed)));
const JOB = hash(Uint8Array.of(1));
const VALID: Item = { verdict: '{"verdict":"Valid"}', receipts: [Uint8Array.of(1, 2)] };
const OTHER: Item = { verdict: '{"verdict":"Valid"}', receipts: [Uint8Array.of(8, 9)] };
const reader = new LineReader();

function lineOf(signer: number, kind: string, items: readonly Item[]): JudgedLine {
  const { key } = SIGNERS[signer];
  const [bytes] = signLines([{ job: JOB, worker: key, kind, items }], SIGNERS[signer]);
  return { id: `${signer} ${kind}`, line: reader.read(bytes) };
}

const ALWAYS = { isDrawn: () => true };
const NEVER = { isDrawn: () => false };

describe('a fleet: the decision on a job', () => {
  it('settles it with one line if it is not drawn, and not if it is', () => {
    const line = lineOf(0, 'a', [VALID]);
    expect(judge([line], NEVER)).to.include({ kind: 'settle', by: line });
    expect(judge([line], ALWAYS)).to.deep.equal({
      kind: 'again',
      again: { notKind: 'a', notWorkers: [SIGNERS[0].key] },
    });
  });

  it('needs another kind of worker, not only another worker', () => {
    const same = [lineOf(0, 'a', [VALID]), lineOf(1, 'a', [VALID])];
    expect(judge(same, ALWAYS)).to.have.property('kind', 'again');
    const other = [...same, lineOf(2, 'b', [VALID])];
    expect(judge(other, ALWAYS)).to.include({ kind: 'settle' }).and.property('confirmed').have.length(3);
  });

  it('is a dispute when lines differ, even if it is not drawn', () => {
    const judged = judge([lineOf(0, 'a', [VALID]), lineOf(1, 'a', [OTHER])], NEVER);
    expect(judged).to.have.property('kind', 'dispute');
  });

  it('runs it again after a host failure, a limited number of times, which does not count against a worker', () => {
    const failure = (text: string) => [failedItem('host-failure', text)];
    const failed = lineOf(0, 'a', failure('no memory'));
    expect(judge([failed], NEVER)).to.have.property('kind', 'again');
    expect(judge([failed, lineOf(1, 'b', [VALID])], NEVER)).to.have.property('kind', 'settle');
    const failures = Array.from({ length: FLEET_LIMITS.hostFailures }, (_, i) => lineOf(i, 'a', failure(`${i}`)));
    expect(judge(failures, ALWAYS)).to.include({ kind: 'settle', by: failures.at(-1) });
  });

  it('leaves the check to the collector if the other kind of worker fails', () => {
    const whole = lineOf(0, 'a', [VALID]);
    const failed = lineOf(1, 'b', [failedItem('host-failure', 'no memory')]);
    expect(judge([whole, failed], ALWAYS)).to.deep.equal({ kind: 'check', line: whole });
    expect(judge([whole, failed], NEVER)).to.include({ kind: 'settle', by: whole });
    // Another worker of the same kind does not count for the kind that has to check.
    const sameKind = lineOf(1, 'a', [failedItem('host-failure', 'no memory')]);
    expect(judge([whole, sameKind], ALWAYS)).to.have.property('kind', 'again');
  });

  it('compares the content, not the wording', () => {
    const [one, two] = [
      lineOf(0, 'a', [failedItem('unreadable', 'x')]),
      lineOf(1, 'b', [failedItem('unreadable', 'y')]),
    ];
    expect(toHex(one.line.result)).to.equal(toHex(two.line.result));
    expect(toHex(lineOf(0, 'a', [VALID]).line.result)).not.to.equal(toHex(lineOf(0, 'a', [OTHER]).line.result));
  });
});

describe('a fleet: how often a worker is checked', () => {
  it('is always at first, decreases with confirmed results, and never falls below the minimum share', () => {
    expect(shareOf(0, 0.01)).to.equal(1);
    fc.assert(
      fc.property(
        fc.nat(1_000_000),
        fc.nat(1_000),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (have, more, least) => {
          const [before, after] = [shareOf(have, least), shareOf(have + more, least)];
          expect(after).to.be.at.most(before);
          expect(after).to.be.at.least(least);
        },
      ),
    );
  });

  it('draws about that share of the jobs, reproducibly, and others with another secret', () => {
    const drawn = (secret: number, share: number) =>
      Array.from({ length: 4_000 }, (_, i) =>
        isDrawn(new Uint8Array(32).fill(secret), hash(Uint8Array.of(i, i >> 8)), share),
      );
    const count = (list: readonly boolean[]) => list.filter(Boolean).length;
    expect(count(drawn(1, 1))).to.equal(4_000);
    expect(count(drawn(1, 0.25))).to.be.within(880, 1_120);
    expect(drawn(1, 0.25)).to.deep.equal(drawn(1, 0.25));
    expect(drawn(1, 0.25)).not.to.deep.equal(drawn(2, 0.25));
  });
});

describe('a fleet: data written by others', () => {
  const bodies = [VALID, OTHER].map((item) => ({ job: JOB, worker: SIGNERS[0].key, kind: 'a', items: [item] }));
  const lines = signLines(bodies, SIGNERS[0]);

  it('lines of one sheet can be read independently', () => {
    expect(lines.map((bytes) => new LineReader().read(bytes).items[0])).to.deep.equal([VALID, OTHER]);
  });

  it('a line with any byte changed is refused', () => {
    for (const at of lines[0].keys()) {
      const changed = lines[0].slice();
      changed[at] ^= 1;
      expect(() => reader.read(changed), `byte ${at}`).to.throw(FleetError);
    }
  });

  it('a line signed by another worker is refused', () => {
    const [forged] = signLines([{ ...bodies[0], worker: SIGNERS[1].key }], SIGNERS[0]);
    expect(() => reader.read(forged)).to.throw(FleetError, /not signed/);
  });

  it('an invalid receipt, or one that the work cannot produce, is detected without a second worker', async () => {
    await prepareReceipts();
    const rules = { modules: [JOB], calls: 1, fuel: 1_000 };
    const faultOf = (item: Item, more = {}) => receiptFault(lineOf(0, 'a', [item]).line, { ...rules, ...more });
    expect(faultOf(VALID)).to.match(/receipt is none/);
    expect(faultOf(failedItem('unreadable', ''))).to.equal(undefined);
    const { module, fuel } = receiptOf(500);
    const ran = { ...VALID, receipts: [encodeReceipt(receiptOf(500))] };
    const right = { modules: [module], fuel: fuel.limit };
    expect(faultOf(ran, right)).to.equal(undefined);
    expect(faultOf(ran, { ...right, modules: [JOB] })).to.match(/not of the work/);
    expect(faultOf(ran, { ...right, fuel: fuel.limit + 1 })).to.match(/fuel limit/);
    expect(faultOf({ ...ran, receipts: [...ran.receipts, ...ran.receipts] }, right)).to.match(/2 receipts/);
  });

  it('jobs, packs and works round-trip, and are refused when too long or of another kind', () => {
    const input = { format: 'json', input: Uint8Array.of(0x7b), dependencies: null } as const;
    const job = { batch: JOB, work: JOB, pack: JOB, inputs: [{ index: 7, name: 'a', hash: hash(input.input), at: 0 }] };
    expect(readJob(encodeJob(job))).to.deep.include(job);
    expect(readPack(encodePack([input]))).to.deep.equal([input]);
    expect(inputsOf(job, [input])).to.deep.equal([input]);
    expect(() => inputsOf(job, [{ ...input, input: Uint8Array.of(1) }])).to.throw(FleetError, /different inputs/);
    expect(() => inputsOf(job, [])).to.throw(FleetError, /different inputs/);
    const work = { module: JOB, fuel: 5 };
    expect(readWork(encodeWork(work))).to.deep.include(work);
    expect(() => readWork(encodeJob(job))).to.throw(FleetError);
    expect(() => readJob(new Uint8Array(FLEET_LIMITS.jobBytes + 1))).to.throw(FleetError, /limit/);
    const inputs = Array.from({ length: FLEET_LIMITS.jobInputs + 1 }, () => job.inputs[0]);
    expect(() => readJob(encodeJob({ ...job, inputs }))).to.throw(FleetError, /a list of 1 to/);
  });

  it('a billed batch needs a payer and a collector', async () => {
    const submit = [
      'submit',
      'vectors/guests/post/post.wasm',
      '--batch',
      'vectors/guests/entries',
      '--queue',
      'nats://x/y',
    ];
    const billed = [...submit, '--billing', 'ledger.db'];
    const detached = await assay([...billed, '--detach']);
    expect(detached).to.include({ status: 2 }).and.property('err').to.include('cannot be used together with --detach');
  });

  it('any bytes are a document or a typed fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const read of [readJob, readPack, readWork, (given: Uint8Array) => reader.read(given)]) {
          try {
            read(bytes);
          } catch (error) {
            expect(error).to.be.instanceOf(FleetError).with.property('code', 'content');
          }
        }
      }),
    );
  });

  it('a kind is part of a subject; a URL is shown without its password', async () => {
    expect(kindOfWorker('auto')).to.match(/^instrumented-node\d+-[a-z0-9]+$/);
    expect(kindOfWorker('interpreter')).to.match(/^interpreter-node\d+-[a-z0-9]+$/);
    expect(shownUrl('postgres://me:secret@host/db')).to.equal('postgres://host/db');
    const error: unknown = await openQueue('redis://host').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(FleetError).with.property('code', 'option');
  });
});

describe('a fleet: options', () => {
  const queue = new MemoryQueue();
  const work: Work = { module: JOB, fuel: null };
  const worker = (more: object) => fleetWorker({ queue, pool: {} as Pool, secret: new Uint8Array(32), ...more });
  const long = 'x'.repeat(FLEET_LIMITS.nameLength);

  it('are accepted at their bounds', async () => {
    for (const jobInputs of [1, FLEET_LIMITS.jobInputs]) await openSubmitter(queue, { work, name: long, jobInputs });
    for (const jobsAhead of [1, FLEET_LIMITS.sheetLines]) worker({ jobsAhead, name: long });
    for (const checkShare of [Number.MIN_VALUE, 1]) new Collector(queue, JOB, { checkShare });
    expect(worker({ name: 'mine' }).identity.name).to.equal('mine');
    const { identity, counts } = worker({});
    expect(identity.name).to.equal(toHex(identity.key).slice(0, 12));
    expect(counts).to.deep.equal({ jobs: 0, inputs: 0 });
  });

  const wrong: readonly (readonly [() => unknown, string])[] = [
    ...[0, 1.5, FLEET_LIMITS.jobInputs + 1].map(
      (jobInputs) =>
        [
          () => openSubmitter(queue, { work, name: '', jobInputs }),
          `a job has 1 to ${FLEET_LIMITS.jobInputs} inputs, not ${jobInputs}`,
        ] as const,
    ),
    [
      () => openSubmitter(queue, { work, name: `${long}x` }),
      `the name of a batch has at most ${FLEET_LIMITS.nameLength} characters`,
    ],
    ...[0, 1.5, FLEET_LIMITS.sheetLines + 1].map(
      (jobsAhead) =>
        [() => worker({ jobsAhead }), `jobsAhead must be an integer from 1 to ${FLEET_LIMITS.sheetLines}`] as const,
    ),
    [() => worker({ name: `${long}x` }), `a name has at most ${FLEET_LIMITS.nameLength} characters`],
    ...[0, -1, 1.01, Number.NaN].map(
      (checkShare) =>
        [
          () => new Collector(queue, JOB, { checkShare }),
          `the share of checks must be above 0 and at most 1, not ${checkShare}`,
        ] as const,
    ),
  ];
  it('are refused beyond them', async () => {
    for (const [make, text] of wrong) {
      const error = await Promise.resolve()
        .then(make)
        .catch((thrown: unknown) => thrown);
      expect(error, text).to.be.instanceOf(FleetError).and.to.include({ code: 'option', message: text });
    }
  });

  it('omit an input that fits in no pack, and report its name', async () => {
    const submitter = await openSubmitter(queue, { work, name: 'large' });
    const input = { index: 0, name: 'one', format: 'messagepack', input: JOB, dependencies: null } as const;
    const most = FLEET_LIMITS.packBytes - 1_024 - 64;
    const dependencies = new Uint8Array(most - JOB.length);
    await submitter.add({ ...input, dependencies });
    const error = await submitter
      .add({ ...input, name: 'other', dependencies: new Uint8Array(dependencies.length + 1) })
      .catch((thrown: unknown) => thrown);
    const text = `other has ${FLEET_LIMITS.packBytes - 1_023} bytes with its dependencies, more than a pack can hold`;
    expect(error).to.be.instanceOf(FleetError).and.to.include({ code: 'content', message: text });
  });
});
