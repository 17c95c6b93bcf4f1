/**
 * `assay submit` and `assay status` on a queue in memory: output, files and status, compared with the lines of one
 * engine.
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { openBilling } from '../../src/billing/billing.js';
import { MOMENT_MAX } from '../../src/billing/document.js';
import { priceTableJson } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { encodeMessagePack } from '../../src/boundary/messagepack-encode.js';
import { CliError } from '../../src/cli/cli-error.js';
import { runStatus, statusNotes } from '../../src/cli/command-status.js';
import { runWork } from '../../src/cli/command-work.js';
import { type Console, consoleOf } from '../../src/cli/console.js';
import { type SubmitOptions, submitBatch } from '../../src/cli/submit-batch.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import type { BatchStatus, FleetQueue, WorkerRecord } from '../../src/fleet/fleet-queue.js';
import { encodeBatchHead } from '../../src/fleet/job.js';
import { signerOf } from '../../src/fleet/line.js';
import { fleetWorker, kindOfWorker } from '../../src/fleet/worker.js';
import { createEngine, type LoadedModule } from '../../src/index.js';
import { openPool, type Pool } from '../../src/pool/open-pool.js';
import { TABLE } from '../billing/sample-billing.js';
import { LIAR, lying } from '../fleet/fleet-in-process.js';
import { MemoryQueue } from '../fleet/memory-queue.js';
import { dumpedOp, fullStateDump, LIBRARY, plainJson, village } from '../zome/made-dump.js';
import { assay } from './command-line.js';
import { saidBy } from './said.js';

const POST = 'vectors/guests/post/post.wasm';
const LINKS = 'vectors/guests/links/links.wasm';
const OPS = 'vectors/zome/ops';
const ENTRIES = 'vectors/guests/entries';
const NAMES = readdirSync(ENTRIES).filter((name) =>
  /^post-(?:valid-plain|invalid-title-empty)\.|^ledger-malf.*f\.m/.test(name),
);

interface Said {
  readonly console: Console;
  readonly out: () => string;
  readonly err: () => string;
}

function listening(isTTY = false): Said {
  let [out, err] = ['', ''];
  const stdout = { isTTY, write: (text: string) => (out += text) };
  const stderr = { isTTY, write: (text: string) => (err += text) };
  return { console: consoleOf(stdout, stderr, {}), out: () => out, err: () => err };
}

describe('assay submit', () => {
  let folder = '';
  let pool: Pool;
  let post: LoadedModule;
  const file = (name: string) => join(folder, name);
  const expectSaid = saidBy('submit', () => folder);

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'assay-submit-'));
    mkdirSync(file('entries'));
    for (const name of NAMES) copyFileSync(join(ENTRIES, name), join(file('entries'), name));
    pool = openPool({ threads: 1, tier: 'interpreter' });
    const loaded = await createEngine({ tier: 'interpreter' }).load(readFileSync(POST));
    if (!loaded.ok) throw new Error(loaded.fault.code);
    post = loaded.module;
  });
  after(async () => {
    await pool.terminate();
    rmSync(folder, { recursive: true });
  });

  /** Runs workers of two kinds until the submission is over. */
  async function worked<T>(queue: FleetQueue, liar: (queue: FleetQueue) => FleetQueue, submit: () => Promise<T>) {
    const stop = new AbortController();
    const workers = (['auto', 'interpreter'] as const).map((tier, i) =>
      fleetWorker({
        queue: i === 0 ? liar(queue) : queue,
        pool,
        tier,
        secret: new Uint8Array(32).fill(LIAR + i),
        name: tier,
      }).run(stop.signal),
    );
    try {
      return await submit();
    } finally {
      stop.abort();
      await Promise.all(workers);
    }
  }

  async function submitted(
    queue: FleetQueue,
    argument: string,
    options: Partial<SubmitOptions>,
    liar = (given: FleetQueue) => given,
  ) {
    const said = listening();
    const given = { batch: file('entries'), onWait: () => expect.fail('the queue was away'), ...options };
    const status = await worked(queue, liar, () => submitBatch(said.console, queue, argument, given));
    return { status, out: said.out(), err: said.err() };
  }

  /** The result of one engine, as a line of results. */
  function lineOf(name: string, index: number): object {
    const bytes = readFileSync(join(ENTRIES, name));
    if (name.endsWith('.json')) return { index, input: name };
    const { verdict, receipt } = post.validate(new Uint8Array(bytes));
    return {
      index,
      input: name,
      verdict: verdict.kind,
      used: receipt.fuel.used,
      receipts: [toHex(receiptHash(receipt))],
    };
  }

  function expectLines(lines: readonly string[]): void {
    const read = lines.map((line) => JSON.parse(line) as Record<string, unknown> & { fuel: { used: number } });
    read.sort((a, b) => Number(a['index']) - Number(b['index']));
    expect(read).to.have.length(NAMES.length);
    for (const [index, name] of NAMES.entries()) {
      const { fuel, verdict, ...rest } = read[index]!;
      const kind = verdict === null ? 'NoVerdict' : verdict;
      expect({ ...rest, verdict: kind, used: fuel.used }, name).to.deep.include(lineOf(name, index));
    }
  }

  it('writes a line for each input and a summary, and resumes from complete results', async () => {
    const queue = new MemoryQueue();
    const out = file('out.jsonl');
    const first = await submitted(queue, POST, { out, jobInputs: 2 });
    expectSaid('a batch', first);
    const [head, ...lines] = readFileSync(out, 'utf8').trimEnd().split('\n');
    const { batch } = JSON.parse(head!) as { batch: object };
    expect(batch).to.deep.include({ format: 'assay-batch-1', modules: [post.hash], fuel: null });
    expectLines(lines);
    const again = await submitted(queue, POST, { out, jobInputs: 2, resume: true });
    expect(again).to.deep.equal(first);
    expect(readFileSync(out, 'utf8').trimEnd().split('\n')).to.have.length(NAMES.length + 1);
  });

  it('prints lines and a document with --json, and settled results again', async () => {
    const queue = new MemoryQueue();
    for (let round = 0; round < 2; round++) {
      const { status, out } = await submitted(queue, POST, { json: true, name: 'mine' });
      expect(status).to.equal(4);
      const lines = out.trimEnd().split('\n');
      expectLines(lines.slice(0, -1));
      expect(JSON.parse(lines.at(-1)!)).to.have.nested.property('summary.inputs', NAMES.length);
    }
    const [{ head, jobs }] = (await queue.batches()) as [BatchStatus];
    expect(Buffer.from(head).includes('mine ')).to.equal(true);
    expect(jobs).to.equal(1);
  });

  it('returns after submission with --detach, and shows the waiting batch', async () => {
    const queue = new MemoryQueue();
    const said = listening();
    const options = { batch: file('entries'), detach: true, jobInputs: 2, onWait: () => expect.fail('away') };
    expect(await submitBatch(said.console, queue, POST, options)).to.equal(0);
    const [{ id, isClosed }] = (await queue.batches()) as [BatchStatus];
    expect(isClosed).to.equal(true);
    expect(said.out()).to.equal(`batch ${toHex(id).slice(0, 12)}: 5 inputs in 3 jobs\n`);
    const asDocument = listening();
    await submitBatch(asDocument.console, queue, POST, { ...options, json: true });
    expect(JSON.parse(asDocument.out())).to.deep.equal({ batch: toHex(id), name: 'entries', jobs: 3, inputs: 5 });
    const shown = listening();
    expect(await runStatus(shown.console, queue, [toHex(id).slice(0, 5)], { queue: '' })).to.equal(3);
    expect(shown.out()).to.match(
      / open +0 of 3 +3 +0 +0 +0 +0 +0\n\nno worker has joined\n\nno worker is there: start one with/,
    );
  });

  it('reports which worker is wrong, with a replay file, and returns the correct result', async () => {
    const replays = file('replays');
    const { status, out, err } = await submitted(
      new MemoryQueue(),
      POST,
      { json: true, replays, checkShare: 1 },
      lying,
    );
    expect(status).to.equal(4);
    expectLines(out.trimEnd().split('\n').slice(0, -1));
    const [written] = readdirSync(replays);
    const [line, last, end] = err.split('\n');
    const { key } = signerOf(new Uint8Array(32).fill(LIAR));
    expect(line).to.match(/^input \d \(\S+\): workers differ in .+; wrong: /);
    expect(line).to.include(
      `; wrong: ${toHex(key).slice(0, 12)} (${kindOfWorker('auto')}); see ${join(replays, written!)}`,
    );
    expect([last, end]).to.deep.equal([
      `1 result of workers differed; the files in ${replays} say where, and assay agree replay runs them again`,
      '',
    ]);
  });

  it('reports that no replay file can be written', async () => {
    writeFileSync(file('taken'), '');
    const error = await submitted(new MemoryQueue(), POST, { replays: file('taken'), checkShare: 1 }, lying).catch(
      (e) => e,
    );
    expect(error).to.be.instanceOf(CliError);
    expect((error as CliError).message).to.include('taken');
  });

  it('runs ops with what they depend on', async () => {
    mkdirSync(file('ops'));
    copyFileSync(`${OPS}/book.json`, file('ops/book.json'));
    const deps = `${OPS}/book-dependencies.json`;
    const options = { batch: file('ops'), json: true };
    const line = (text: string) => JSON.parse(text.split('\n')[0]!) as Record<string, unknown>;
    const without = await submitted(new MemoryQueue(), LINKS, options);
    expect(without.status).to.equal(3);
    expect(line(without.out)).to.include({ input: 'book.json', verdict: 'UnresolvedDependencies' });
    const given = await submitted(new MemoryQueue(), LINKS, { ...options, deps });
    expect(given.status).to.equal(0);
    expect(line(given.out)).to.include({ input: 'book.json', verdict: 'Valid' });
    const little = await submitted(new MemoryQueue(), LINKS, { ...options, deps, fuel: 10 });
    expect(little.status).to.equal(4);
    expect(line(little.out)).to.have.nested.property('cause.kind', 'exhausted');
  });

  it('runs ops of a dump with the contents of the dump, as a single machine does', async () => {
    const { ops } = village(12, '0.6', LIBRARY);
    const dump = file('dump.json');
    writeFileSync(dump, plainJson(fullStateDump({ integrated: ops.map((one) => dumpedOp(one, '0.6')) })));
    const [alone, fleet] = [file('alone.jsonl'), file('fleet.jsonl')];
    const one = await assay(['validate', LINKS, '--batch', dump, '--threads', '1', '--out', alone]);
    const many = await submitted(new MemoryQueue(), LINKS, { batch: dump, out: fleet });
    expect(many).to.deep.equal(one);
    const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').sort();
    expect(linesOf(fleet)).to.deep.equal(linesOf(alone));
    const little = await submitted(new MemoryQueue(), LINKS, { batch: dump, fuel: 10, json: true });
    expectSaid('a dump with little fuel', little);
  });

  it('resumes a dump: an op found invalid by an earlier run is a rejected record for later ones', async () => {
    const { ops } = village(240, '0.6', LIBRARY, 2);
    const stored = ops.filter(({ type }) => type === 'StoreEntry');
    const bytesOf = ({ entry }: (typeof ops)[number]) =>
      entry.kind === 'Present' && entry.value.entry_type === 'App' ? Buffer.from(entry.value.entry) : Buffer.alloc(0);
    const nameless = stored.find((one) => bytesOf(one).equals(encodeMessagePack(new Map([['name', '']]))))!;
    const about = stored.find((one) => bytesOf(one).includes(Buffer.from(nameless.action.hashed.hash)))!;
    const dump = file('invalid.json');
    const integrated = [nameless, about].map((one) => dumpedOp(one, '0.6'));
    writeFileSync(dump, plainJson(fullStateDump({ integrated })));
    const args = ['validate', LINKS, '--batch', dump, '--threads', '1', '--tier', 'interpreter'];
    const [alone, fleet] = [file('invalid-alone.jsonl'), file('invalid-fleet.jsonl')];
    const one = await assay([...args, '--out', alone]);
    expectSaid('a dump of what is invalid', one);
    expect(await submitted(new MemoryQueue(), LINKS, { batch: dump, out: fleet })).to.deep.equal(one);
    const linesOf = (path: string) => readFileSync(path, 'utf8').trimEnd().split('\n').sort();
    const whole = linesOf(alone);
    expect(linesOf(fleet)).to.deep.equal(whole);
    const cut = whole.filter((line) => !line.startsWith('{"index":1,'));
    expect(cut).to.have.length(2);
    for (const path of [alone, fleet]) writeFileSync(path, `${cut.join('\n')}\n`);
    expect(await assay([...args, '--out', alone, '--resume'])).to.deep.equal(one);
    const options = { batch: dump, out: fleet, resume: true };
    expect(await submitted(new MemoryQueue(), LINKS, options)).to.deep.equal(one);
    expect([linesOf(alone), linesOf(fleet)]).to.deep.equal([whole, whole]);
  });

  it('reports once why no result arrives', async () => {
    const queue = new MemoryQueue();
    let looks = 0;
    // Nothing arrives for a while after all jobs are submitted, however fast the worker is.
    const nothing = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      if ((await queue.batches())[0]?.isClosed === true) looks += 1;
      return [];
    };
    const slow = new Proxy(queue, {
      get: (target, name) => {
        if (name === 'unjudged' && looks < 45) return nothing;
        if (name === 'workers') return async () => [];
        if (name === 'batches')
          return async () => (await target.batches()).map((one) => ({ ...one, waiting: 1, settled: 0 }));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    expectSaid('why nothing comes', await submitted(slow, POST, {}));
  });

  it('bills each input once', async () => {
    const [ledger, prices] = [file('ledger.db'), file('prices.json')];
    writeFileSync(prices, JSON.stringify(priceTableJson({ ...TABLE, validUntil: MOMENT_MAX })));
    for (const args of [
      ['tenant', ledger, 'acme'],
      ['pay-in', ledger, 'acme', '1000000000', '--id', 'x'],
    ])
      expect((await assay(['bill', ...args])).status).to.equal(0);
    const billed = { billing: ledger, prices, tenant: 'acme', json: true, fuel: 1_000_000 };
    const queue = new MemoryQueue();
    expectSaid('a billed batch', await submitted(queue, POST, billed));
    const linesIn = async () => {
      const billing = await openBilling(await openSqlite(ledger));
      const { balance } = await billing.balance('acme');
      await billing.ledger.database.close();
      return balance;
    };
    const left = await linesIn();
    expect(left < 1_000_000_000n).to.equal(true);
    expectSaid('a billed batch', await submitted(queue, POST, billed));
    expect(await linesIn()).to.equal(left);
    const poor: unknown = await submitted(new MemoryQueue(), POST, { ...billed, fuel: 1e15 }).catch((error) => error);
    expect(poor).to.be.instanceOf(CliError);
    expectSaid('who cannot pay', `${(poor as CliError).message}\n${(poor as CliError).advice}`);
    const unnamed: unknown = await submitted(queue, POST, { billing: ledger, prices }).catch((error) => error);
    expect((unnamed as CliError).message).to.equal('--billing needs --prices and --tenant');
  });

  it('refuses a dump with --detach, and options of ops for entries', async () => {
    const refused = (argument: string, options: Partial<SubmitOptions>) =>
      submitBatch(listening().console, new MemoryQueue(), argument, {
        batch: file('entries'),
        onWait: () => {},
        ...options,
      }).then(
        () => 'taken',
        (error: CliError) => `${error.message} / ${error.advice}`,
      );
    expect(await refused(LINKS, { batch: 'vectors/zome/dumps/0.6.json', detach: true })).to.equal(
      'a dump cannot be submitted with --detach / what an op depends on is sent when it is asked for, so the command has to stay; leave --detach out',
    );
    expect(await refused(POST, { generation: '0.6' })).to.include('--deps, --check and --generation apply only to ops');
  });

  describe('assay work', () => {
    const secret = new Uint8Array(32).fill(3);
    const kind = kindOfWorker('interpreter');
    const work = async (queue: FleetQueue, more: object) => {
      const said = listening(true);
      const options = { queue: '', tier: 'interpreter', threads: 1, name: 'here\u0007', ...more } as const;
      const status = await runWork(said.console, queue, secret, 30_000, options);
      return { status, out: said.out(), err: said.err() };
    };
    const key = toHex(signerOf(secret).key);

    it('runs waiting jobs, and ends after an idle period', async () => {
      const queue = new MemoryQueue();
      const options = { batch: file('entries'), detach: true, jobInputs: 2, onWait: () => expect.fail('away') };
      await submitBatch(listening().console, queue, POST, options);
      const first = await work(queue, { idle: 0.02 });
      expect([first.status, first.out]).to.deep.equal([
        0,
        `worker ${key.slice(0, 12)}, ${kind}, here\\u{7}\n3 jobs, 5 inputs\n`,
      ]);
      expect(first.err.split('\r\u001b[K')).to.include('3 jobs, 5 inputs');
      expect(first.err.endsWith('\r\u001b[K')).to.equal(true);
      const { out } = await work(queue, { idle: 0.02, json: true });
      expect(JSON.parse(out)).to.deep.equal({ worker: key, kind, name: 'here\u0007', jobs: 0, inputs: 0 });
    });

    it('keeps its key in a file that is created once', async () => {
      const path = file('worker.key');
      const args = (key: string) => ['work', '--queue', 'redis://me@host/x', '--key', key];
      expectSaid('work without a queue', await assay(args(path)));
      const text = readFileSync(path, 'utf8');
      expect(text).to.match(/^[0-9a-f]{64}\n$/);
      expect(statSync(path).mode & 0o777).to.equal(0o600);
      await assay(args(path));
      expect(readFileSync(path, 'utf8')).to.equal(text);
      for (const [name, content] of [
        ['short.key', 'ab'],
        ['long.key', `${'a'.repeat(64)}a`],
        ['other.key', `x${'a'.repeat(64)}`],
      ] as const) {
        writeFileSync(file(name), content);
        expectSaid(`a key in ${name}`, await assay(args(file(name))));
      }
      expectSaid('a key nowhere', await assay(args(file('none/key'))));
    });

    it('ends on a signal', async () => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        const before = process.rawListeners(signal);
        const working = work(new MemoryQueue(), {});
        const own = process.rawListeners(signal).filter((listener) => !before.includes(listener));
        expect(own).to.have.length(1);
        own[0]!(signal);
        expect((await working).status).to.equal(0);
        expect(process.rawListeners(signal)).to.deep.equal(before);
      }
    });
  });
});

describe('assay status', () => {
  // Seen by a clock that is ahead: it is there however long the spec takes.
  const seen = () => Date.now() + 3_600_000;
  const long = () => Date.now() - 121_000;
  const worker = (fill: number, more: Partial<WorkerRecord> = {}): WorkerRecord => ({
    key: new Uint8Array(32).fill(fill),
    kind: 'interpreter-node20-x64',
    name: `w${fill}`,
    confirmed: 0,
    wrong: 0,
    seenAt: seen(),
    ...more,
  });
  const batch = (fill: number, more: Partial<BatchStatus> = {}): BatchStatus => ({
    id: new Uint8Array(32).fill(fill),
    head: encodeBatchHead({ work: new Uint8Array(32), name: `b${fill}` }),
    isClosed: true,
    jobs: 4,
    inputs: 1_600,
    waiting: 0,
    running: 0,
    toJudge: 0,
    settled: 4,
    settledInputs: 1_600,
    fuel: 12_345_678,
    quarantined: 0,
    waitingForOther: {},
    ...more,
  });
  const queueOf = (batches: readonly BatchStatus[], workers: readonly WorkerRecord[] = []) =>
    ({ batches: async () => batches, workers: async () => workers }) as unknown as FleetQueue;

  const expectSaid = saidBy('status');

  async function shown(queue: FleetQueue, names: readonly string[] = [], json = false, isTTY = false) {
    const { console, out } = listening(isTTY);
    const status = await runStatus(console, queue, names, { queue: '', json });
    return { status, out: out() };
  }

  it('has a row for each batch and each worker', async () => {
    const open = batch(2, { isClosed: false, settled: 1, waiting: 2, running: 1, settledInputs: 400, quarantined: 3 });
    const workers = [
      worker(1, { confirmed: 30 }),
      worker(2, { seenAt: long(), wrong: 1_000, kind: 'instrumented-bun1-arm64' }),
    ];
    const { status, out } = await shown(queueOf([batch(1), open], workers));
    expect(status).to.equal(3);
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).to.deep.equal([
      ['batch', 'name', 'jobs', 'waiting', 'running', 'to judge', 'inputs', 'fuel', 'quarantined'],
      ['010101010101', 'b1', 'done', '4 of 4', '0', '0', '0', '1,600', '12,345,678', '0'],
      ['020202020202', 'b2', 'being submitted', '1 of 4', '2', '1', '0', '400', '12,345,678', '3'],
      [''],
      ['worker', 'name', 'kind', 'seen', 'confirmed', 'wrong', 'checked'],
      ['010101010101', 'w1', 'interpreter-node20-x64', '0 s ago', '30', '0', '25 %'],
      ['020202020202', 'w2', 'instrumented-bun1-arm64', 'gone', '0', '1,000', '100 %'],
      [''],
    ]);
    const nothing = await shown(queueOf([]));
    expect(nothing).to.deep.equal({ status: 0, out: 'no batch was submitted\n' });
    expect((await shown(queueOf([batch(1, { settled: 3 })]))).out).to.match(/ b1 +open +3 of 4 /);
    const coloured = (await shown(queueOf([batch(1), open], workers), [], false, true)).out;
    expect(coloured).to.include('\u001b[32mdone\u001b[39m').and.to.include('\u001b[31m3\u001b[39m');
    expect(coloured).to.include('\u001b[31m1,000\u001b[39m');
    expectSaid('batches and workers', { status: 3, out: coloured, err: '' });
    const stuck = batch(2, { settled: 1, waiting: 2, toJudge: 3, waitingForOther: { 'interpreter-node20-x64': 2 } });
    expectSaid('what is in the way', { ...(await shown(queueOf([stuck], [worker(1)]), [], false, true)), err: '' });
  });

  it('accepts batches by name and by a prefix of their hash', async () => {
    const queue = queueOf([batch(1), batch(0x11, { settled: 0 }), batch(3, { head: batch(1).head })]);
    expect((await shown(queue, ['b17'])).status).to.equal(3);
    const { status, out } = await shown(queue, ['0101', '11'], true);
    expect(status).to.equal(3);
    const { batches } = JSON.parse(out) as { batches: readonly { batch: string; name: string }[] };
    expect(batches.map(({ name }) => name)).to.deep.equal(['b1', 'b17']);
    const { id: _id, head: _head, ...counts } = batch(1);
    expect(batches[0]).to.deep.equal({ batch: '01'.repeat(32), name: 'b1', ...counts });
    for (const [name, problem] of [
      ['b1', "there are several batches 'b1' in the queue"],
      ['b', "there is no batch 'b' in the queue"],
    ] as const) {
      const error = (await shown(queue, [name]).catch((thrown: unknown) => thrown)) as CliError;
      expect([error.message, error.advice]).to.deep.equal([problem, 'assay status without a name lists them']);
    }
  });

  it('has times and keys of workers in its document', async () => {
    const { out } = await shown(queueOf([batch(1)], [worker(9, { seenAt: 0, confirmed: 2 })]), [], true);
    expect((JSON.parse(out) as { workers: unknown }).workers).to.deep.equal([
      {
        worker: '09'.repeat(32),
        kind: 'interpreter-node20-x64',
        name: 'w9',
        confirmed: 2,
        wrong: 0,
        seenAt: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('reports what prevents progress', () => {
    const [here, gone] = [worker(1), worker(2, { seenAt: long() })];
    const none = 'no worker is there: start one with assay work --queue URL';
    const rows: readonly (readonly [Partial<BatchStatus>, readonly WorkerRecord[], readonly string[]])[] = [
      [{ waiting: 1 }, [], [none]],
      [{ waiting: 1 }, [gone], [none]],
      [{ waiting: 1 }, [here], []],
      [{}, [], []],
      [
        { waitingForOther: { 'interpreter-node20-x64': 1 } },
        [here],
        ['1 job waits for a worker of another kind than interpreter-node20-x64: start one with --tier auto'],
      ],
      [
        { waitingForOther: { 'instrumented-node20-x64': 1_000 } },
        [],
        [
          '1,000 jobs wait for a worker of another kind than instrumented-node20-x64: start one with --tier interpreter',
        ],
      ],
      [{ waitingForOther: { 'instrumented-node20-x64': 2 } }, [here], []],
      [
        { toJudge: 2 },
        [here],
        ['2 jobs of 050505050505 wait to be judged: the assay submit that is to have the results does it'],
      ],
    ];
    for (const [more, workers, notes] of rows) expect(statusNotes([batch(5, more)], workers)).to.deep.equal(notes);
  });
});
