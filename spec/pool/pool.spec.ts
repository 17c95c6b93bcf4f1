/** The pool: receipts are those of one thread, and each job ends once, whatever happens to the threads. */
import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { UsageError } from '../../src/base/usage-error.js';
import { createEngine } from '../../src/engine/engine.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { openPool, Pool, type PoolOptions } from '../../src/pool/open-pool.js';
import { PoolCore } from '../../src/pool/pool.js';
import { JobFailure, PoolError } from '../../src/pool/pool-error.js';
import type { PooledModule } from '../../src/pool/pooled-module.js';
import { runAll } from '../../src/pool/run-all.js';
import type { OpenThread } from '../../src/pool/thread-port.js';
import { i32, i64, printValue } from '../../src/wasm/value.js';
import { createZomeHost } from '../../src/zome/create-zome-host.js';
import { recordsSource } from '../../src/zome/dependency-source.js';
import { EATS_MEMORY, ENDS_THREAD, HARMLESS, imports, NEVER_ENDS, THROWS } from './host-imports.js';
import { ACTING_GUEST, guestFile, IMPORTS, LINKS, OPS, RECORDS } from './pool-guests.js';

const DIVIDE = guestFile('wat/divide.wasm');

async function moduleIn(pool: Pool, wasm: Uint8Array, imports?: URL): Promise<PooledModule> {
  const added = await pool.addModule(wasm, imports === undefined ? {} : { imports });
  if (!added.ok) throw new Error(added.fault.code);
  return added.module;
}

async function thrownBy(work: Promise<unknown>): Promise<Error> {
  const end = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (end instanceof Error) return end;
  throw new Error('nothing was thrown');
}

/** The comparable part of a result. */
function plain({ outcome, receipt, hostCallCount }: Awaited<ReturnType<PooledModule['call']>>) {
  return { outcome, receipt: toHex(receipt.bytes), hostCallCount };
}

describe('pool', () => {
  let pool: Pool;

  before(() => {
    pool = openPool({ threads: 2 });
  });

  after(() => pool.terminate());

  it('returns the outcomes and receipts of a single thread, for values, bytes and entries', async () => {
    const engine = createEngine();
    const divide = await moduleIn(pool, DIVIDE);
    const loaded = await engine.load(DIVIDE);
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const pairs = Array.from({ length: 200 }, (_, i) => [i32(i * 7), i32(i % 9)]);
    const results = await Promise.all(pairs.map((args) => divide.call('divide', args, { fuel: 100_000 })));
    const wanted = pairs.map((args) => loaded.module.call('divide', args, { fuel: 100_000 }));
    expect(results.map(plain)).to.deep.equal(
      wanted.map(({ outcome, receipt, hostCallCount }) => {
        return { outcome, receipt: toHex(encodeReceipt(receipt)), hostCallCount };
      }),
    );
    expect(results.map(({ outcome }) => outcome.kind)).to.include('trapped');
    expect(results[1]!.receipt.value).to.deep.equal(wanted[1]!.receipt);
    expect(results[1]!.receipt.hash).to.deep.equal(receiptHash(wanted[1]!.receipt));

    const wasm = guestFile('post/post.wasm');
    const post = await moduleIn(pool, wasm);
    const one = await engine.load(wasm);
    if (!one.ok) throw new Error(one.fault.code);
    for (const name of ['post-valid-plain', 'post-invalid-title-empty']) {
      const entry = guestFile(`entries/${name}.msgpack`);
      const [pooled, single] = [await post.validate(entry), one.module.validate(entry)];
      expect(pooled.verdict).to.deep.equal(single.verdict);
      expect(pooled.receipt.bytes).to.deep.equal(encodeReceipt(single.receipt));
      expect(pooled.outcome).to.deep.equal(single.outcome);
      const bytes = await post.callBytes('validate', entry);
      expect(bytes.receipt.bytes).to.deep.equal(encodeReceipt(one.module.callBytes('validate', entry).receipt));
    }
  });

  it('returns the verdicts and receipts of a single thread for ops, with and without dependencies', async () => {
    const made = await createZomeHost({ engine: createEngine(), zomes: [LINKS], generation: '0.6' });
    if (!made.ok) throw new Error(made.fault.code);
    const source = recordsSource(RECORDS, { generation: '0.6' });
    const added = await pool.addZomes({ zomes: [LINKS], generation: '0.6' });
    if (!added.ok) throw new Error(added.fault.code);
    expect(added.host.hashes).to.deep.equal(made.host.zomes.map(({ module }) => module.hash));
    const dependencies = { records: RECORDS };
    const cases = OPS.flatMap((input) => [{ input }, { input, dependencies }]);
    const results = await Promise.all(cases.map(({ input, ...options }) => added.host.validateOp(input, options)));
    const wanted = cases.map(({ input, ...options }) =>
      made.host.validateOp(input, 'dependencies' in options ? { dependencies: source } : {}),
    );
    expect(results.map(({ verdict, zomes }) => ({ verdict, zomes }))).to.deep.equal(
      wanted.map(({ verdict, zomes }) => ({ verdict, zomes })),
    );
    expect(results.map(({ calls }) => calls.map(({ receipt }) => toHex(receipt.bytes)))).to.deep.equal(
      wanted.map(({ calls }) => calls.map(({ receipt }) => toHex(encodeReceipt(receipt)))),
    );
    expect(new Set(results.map(({ verdict }) => verdict.kind))).to.include.keys('Valid');
  });

  it('throws what a single thread throws, and reports a module that cannot be loaded as a fault', async () => {
    const bad = await pool.addModule(Uint8Array.of(0, 1, 2));
    expect(bad.ok ? undefined : bad.fault.kind).to.equal('malformed');
    const unlinkable = await pool.addZomes({ zomes: [{ name: 'x', wasm: ACTING_GUEST }] });
    expect(unlinkable.ok ? undefined : [unlinkable.zome, unlinkable.fault.kind]).to.deep.equal(['x', 'unlinkable']);
    const noFile = await thrownBy(pool.addModule(ACTING_GUEST, { imports: new URL('./nothing.js', IMPORTS) }));
    expect(noFile.message).to.match(/Cannot find module/);
    const divide = await moduleIn(pool, DIVIDE);
    expect(await thrownBy(divide.call('nothing')))
      .to.be.instanceOf(UsageError)
      .with.property('code', 'unknown-export');
    expect(await thrownBy(divide.call('divide', [i64(1n), i64(2n)]))).to.have.property('code', 'argument-type');
    const zomes = await pool.addZomes({ zomes: [LINKS], generation: '0.6' });
    if (!zomes.ok) throw new Error(zomes.fault.code);
    expect(await thrownBy(zomes.host.validateOp(Uint8Array.of(1)))).to.be.instanceOf(RangeError);
    const wrong = { dependencies: Uint8Array.of(0xc1) };
    expect((await thrownBy(zomes.host.validateOp(OPS[0]!, wrong))).message).to.match(/not MessagePack/);
    const acting = await moduleIn(pool, ACTING_GUEST, IMPORTS);
    expect(await thrownBy(acting.call('run', [i32(THROWS), i32(1)]))).to.be.instanceOf(HostFailure);
    divide.remove();
    expect(await thrownBy(divide.call('divide')))
      .to.be.instanceOf(PoolError)
      .with.property('code', 'closed');
    expect(pool.counts).to.deep.include({ replaced: 0, waiting: 0, running: 0 });
    for (const options of [{ threads: 0 }, { threads: 1.5 }, { timeLimitMs: 0 }, { killsMax: -1 }, { tier: 'x' }]) {
      expect(() => openPool(options as PoolOptions))
        .to.throw(PoolError)
        .with.property('code', 'option');
    }
  });

  it('runs a stream in order or as completed, and takes its inputs only as far ahead as configured', async () => {
    const module = await moduleIn(pool, DIVIDE);
    let taken = 0;
    let isClosed = false;
    function* inputs() {
      try {
        for (; ; taken++) yield taken;
      } finally {
        isClosed = true;
      }
    }
    const seen: number[] = [];
    // Every tenth call lacks an argument.
    const call = (i: number) => module.call('divide', i % 10 === 9 ? [i32(i)] : [i32(i), i32(1)]);
    for await (const ran of runAll(pool, inputs(), call, { window: 32 })) {
      expect(ran.ok).to.equal(ran.input % 10 !== 9);
      expect(taken - seen.length).to.be.at.most(34);
      seen.push(ran.index);
      if (seen.length === 200) break;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isClosed).to.equal(true);
    expect(seen).to.deep.equal(Array.from({ length: 200 }, (_, i) => i));

    const slowFirst = async (i: number) => {
      if (i === 0) await new Promise((resolve) => setTimeout(resolve, 100));
      return (await module.call('divide', [i32(i), i32(1)])).outcome;
    };
    const come: number[] = [];
    for await (const { index } of runAll(pool, [0, 1, 2, 3], slowFirst, { order: 'completion' })) come.push(index);
    expect([...come].sort()).to.deep.equal([0, 1, 2, 3]);
    expect(come.at(-1)).to.equal(0);

    const broken = async () => {
      const failing = (function* () {
        yield 1;
        throw new Error('the file ended');
      })();
      for await (const ran of runAll(pool, failing, call)) expect(ran.index).to.equal(0);
    };
    expect((await thrownBy(broken())).message).to.equal('the file ended');
  });

  it('accepts no more than it may hold, reports when there is room, and finishes its work when it is closed', async () => {
    const small = openPool({ threads: 1, queueMax: 300 });
    const module = await moduleIn(small, DIVIDE);
    const jobs = Array.from({ length: 300 }, (_, i) => module.call('divide', [i32(i), i32(2)]));
    const full = await thrownBy(module.call('divide', [i32(1), i32(2)]));
    expect(full).to.be.instanceOf(PoolError).with.property('code', 'queue-full');
    await small.room();
    expect(small.counts.waiting).to.be.below(small.window);
    const closed = small.close();
    expect(await thrownBy(module.call('divide', [i32(1), i32(1)]))).to.have.property('code', 'closed');
    expect((await Promise.all(jobs)).every(({ outcome }) => outcome.kind === 'returned')).to.equal(true);
    await closed;
    expect(small.counts).to.deep.include({ done: 300, threads: 0 });
  });

  it('replaces threads that end or hang; every job ends once, with the receipt of a single thread or a failure', async () => {
    const loaded = await createEngine().load(ACTING_GUEST, { imports });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const rough = openPool({ threads: 2, timeLimitMs: 300 });
    const module = await moduleIn(rough, ACTING_GUEST, IMPORTS);
    const harm = new Map([
      [5, ENDS_THREAD],
      [140, NEVER_ENDS],
    ]);
    const jobs = Array.from({ length: 300 }, (_, i) => module.call('run', [i32(harm.get(i) ?? HARMLESS), i32(i)]));
    const ends = await Promise.allSettled(jobs);
    for (const [i, end] of ends.entries()) {
      const isHarmful = harm.has(i);
      expect(end.status).to.equal(isHarmful ? 'rejected' : 'fulfilled');
      if (end.status === 'rejected') continue;
      const wanted = loaded.module.call('run', [i32(HARMLESS), i32(i)]);
      expect(toHex(end.value.receipt.bytes)).to.equal(toHex(encodeReceipt(wanted.receipt)));
    }
    const [killed, late] = [...harm.keys()].map((i) => (ends[i] as PromiseRejectedResult).reason);
    expect(killed).to.be.instanceOf(JobFailure).and.to.be.instanceOf(HostFailure).with.property('code', 'killed');
    expect(killed.inputHash).to.equal(toHex(hash(utf8(`${printValue(i32(ENDS_THREAD))} ${printValue(i32(5))}`))));
    expect(late).to.be.instanceOf(JobFailure).with.property('code', 'time-limit');
    expect(rough.counts).to.deep.include({ done: 300, replaced: 3, waiting: 0, running: 0 });

    const abort = new AbortController();
    const { signal } = abort;
    const hanging = module.call('run', [i32(NEVER_ENDS), i32(0)], { signal, timeLimitMs: 60_000 });
    const waiting = Array.from({ length: 200 }, (_, i) => module.call('run', [i32(HARMLESS), i32(i)], { signal }));
    const other = module.call('run', [i32(HARMLESS), i32(7)]);
    abort.abort(new Error('enough'));
    const aborted = await Promise.allSettled([hanging, ...waiting]);
    expect(new Set(aborted.map((end) => end.status === 'rejected' && end.reason.message))).to.deep.equal(
      new Set(['enough']),
    );
    expect((await other).outcome).to.deep.equal({ kind: 'returned', values: [i32(8)] });
    expect((await thrownBy(module.call('run', [], { signal }))).message).to.equal('enough');
    const last = thrownBy(module.call('run', [i32(NEVER_ENDS), i32(0)]));
    await rough.terminate();
    expect(await last)
      .to.be.instanceOf(PoolError)
      .with.property('code', 'closed');
  });

  it('survives a thread that runs out of memory', async () => {
    const narrow = openPool({ threads: 1, heapMegabytes: 48, killsMax: 1, tier: 'interpreter' });
    const module = await moduleIn(narrow, ACTING_GUEST, IMPORTS);
    const hungry = thrownBy(module.call('run', [i32(EATS_MEMORY), i32(0)]));
    const others = Array.from({ length: 20 }, (_, i) => module.call('run', [i32(HARMLESS), i32(i)]));
    expect(await hungry)
      .to.be.instanceOf(JobFailure)
      .with.property('code', 'killed');
    expect((await Promise.all(others)).every(({ outcome }) => outcome.kind === 'returned')).to.equal(true);
    expect(narrow.counts).to.deep.include({ done: 21, replaced: 1 });
    await narrow.close();
  });

  it('reports that no thread starts', async () => {
    const open: OpenThread = (_, { ended }) => {
      setTimeout(() => ended('there is no room'), 1);
      return { post() {}, running: () => 0, end() {}, keepAlive() {} };
    };
    const bounds = { threads: 2, timeLimitMs: 1_000, queueMax: 10, queueBytesMax: 1_000, killsMax: 9 };
    const start = { tier: 'auto', limits: LIMITS_1, schedule: FUEL_1, heapMegabytes: undefined };
    const core = new Pool(new PoolCore({ open, start, ...bounds }));
    const failure = await thrownBy(core.addModule(DIVIDE));
    expect(failure).to.be.instanceOf(PoolError).with.property('code', 'thread');
    expect(failure.message).to.include('there is no room');
    expect(await thrownBy(core.addModule(DIVIDE))).to.equal(failure);
  });

  it('keeps no process alive, and need not be closed', () => {
    const address = new URL('../../package/pool/index.js', import.meta.url);
    const script = `import { openPool } from '${address}';
      import { readFileSync } from 'node:fs';
      const pool = openPool({ threads: 1 });
      const { module } = await pool.addModule(readFileSync('vectors/guests/wat/divide.wasm'));
      const args = [{ type: 'i32', bits: 7 }, { type: 'i32', bits: 2 }];
      console.log((await module.call('divide', args)).outcome.values[0].bits);`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 30_000,
    });
    expect([stdout, status], stderr).to.deep.equal(['3\n', 0]);
  });
});
