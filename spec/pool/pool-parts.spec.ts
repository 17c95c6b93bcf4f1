/**
 * Parts of a pool that need no threads: queues, bytes that jobs share, aborts, streams, forecasts, receipts read from
 * their bytes.
 */
import { expect } from 'chai';
import { createEngine } from '../../src/engine/engine.js';
import { encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { Aborts } from '../../src/pool/aborts.js';
import { type BilledJob, billed, numberedRequest } from '../../src/pool/call-billing.js';
import { FuelForecast } from '../../src/pool/fuel-forecast.js';
import { FuelQuantiles } from '../../src/pool/fuel-quantiles.js';
import { Job } from '../../src/pool/job.js';
import { JobBytes } from '../../src/pool/job-bytes.js';
import { JobQueue } from '../../src/pool/job-queue.js';
import { longestFirst } from '../../src/pool/longest-first.js';
import { Packed } from '../../src/pool/packed.js';
import { PoolError } from '../../src/pool/pool-error.js';
import { PooledReceipt } from '../../src/pool/pooled-receipt.js';
import { type RunAllOptions, runAll, type Taking, whenRoom } from '../../src/pool/run-all.js';
import { Subject } from '../../src/pool/subject.js';
import type { Task } from '../../src/pool/wire.js';
import { bytesOfText } from '../engine/load-text.js';

const CALL: Task = { kind: 'call', export: 'f', args: [], fuel: undefined };

function jobOf(task: Task = CALL): Job & { readonly ended: unknown[] } {
  const ended: unknown[] = [];
  const job = new Job(
    task,
    1_000,
    (result) => ended.push(result),
    (error) => ended.push(error),
  );
  return Object.assign(job, { ended });
}

describe('waiting jobs', () => {
  it('are taken in order, those that were put back first', () => {
    const queue = new JobQueue();
    const jobs = Array.from({ length: 12_000 }, () => jobOf());
    for (const job of jobs) queue.push(job);
    expect([queue.length, queue.peek() === jobs[0]]).to.deep.equal([12_000, true]);
    for (const [at, job] of jobs.slice(0, 9_000).entries()) {
      if (queue.take() !== job) expect.fail(`${at}`);
      if (queue.length !== 11_999 - at) expect.fail(`${at}: ${queue.length}`);
    }
    queue.putBack(jobs.slice(8_998, 9_000));
    expect([queue.length, queue.peek() === jobs[8_998]]).to.deep.equal([3_002, true]);
    for (const job of jobs.slice(8_998)) if (queue.take() !== job) expect.fail('another');
    expect([queue.length, queue.peek(), queue.take(), queue.length]).to.deep.equal([0, undefined, undefined, 0]);
  });

  it('are settled once', () => {
    const job = jobOf();
    let settled = 0;
    job.onSettled = () => {
      settled += 1;
    };
    expect(job.isSettled).to.equal(false);
    job.fail('first');
    job.finish('second' as never);
    job.fail('third');
    expect([job.isSettled, settled, job.ended]).to.deep.equal([true, 1, ['first']]);
  });

  it('have bytes, with shared dependencies counted once', () => {
    const op = (input: number, dependencies?: Uint8Array) =>
      jobOf({ kind: 'op', input: new Uint8Array(input), dependencies } as unknown as Task);
    const [shared, own] = [new Uint8Array(100), new Uint8Array(100)];
    const jobs = [op(1, shared), op(2, shared), op(4, own), op(8), jobOf()];
    const bytes = new JobBytes();
    const totals = jobs.map((job) => {
      const expected = bytes.total + bytes.of(job);
      bytes.add(job);
      expect(bytes.total).to.equal(expected);
      return bytes.total;
    });
    expect(totals).to.deep.equal([101, 103, 207, 215, 215]);
    const left = jobs.map((job) => {
      bytes.remove(job);
      return bytes.total;
    });
    expect(left).to.deep.equal([214, 112, 8, 0, 0]);
    expect(bytes.of(jobs[0]!)).to.equal(101);
  });

  it('are aborted together by their signal, with one listener', () => {
    let notices = 0;
    const aborts = new Aborts(() => {
      notices += 1;
    });
    const [one, other] = [new AbortController(), new AbortController()];
    let listeners = 0;
    const { addEventListener, removeEventListener } = AbortSignal.prototype;
    Object.defineProperties(one.signal, {
      addEventListener: {
        value(...args: Parameters<typeof addEventListener>) {
          listeners += 1;
          addEventListener.apply(this, args);
        },
      },
      removeEventListener: {
        value(...args: Parameters<typeof removeEventListener>) {
          listeners -= 1;
          removeEventListener.apply(this, args);
        },
      },
    });
    const jobs = [jobOf(), jobOf(), jobOf(), jobOf()];
    for (const job of jobs.slice(0, 3)) aborts.add(one.signal, job);
    aborts.add(other.signal, jobs[3]!);
    expect(listeners).to.equal(1);
    jobs[0]!.finish('done' as never);
    expect(listeners).to.equal(1);
    one.abort('enough');
    expect(jobs.map(({ ended }) => ended)).to.deep.equal([['done'], ['enough'], ['enough'], []]);
    expect([notices, listeners]).to.deep.equal([1, 0]);
    const last = jobOf();
    aborts.add(other.signal, last);
    other.abort('later');
    expect([jobs[3]!.ended, last.ended, notices]).to.deep.equal([['later'], ['later'], 2]);
  });

  it('of a subject have a recent average time', () => {
    const subject = new Subject(0, { kind: 'module', wasm: new Uint8Array(7), imports: undefined }, {} as never);
    expect([subject.bytes, subject.jobMs]).to.deep.equal([7, 0]);
    subject.took(30, 3);
    expect(subject.jobMs).to.equal(10);
    subject.took(40, 2);
    expect(subject.jobMs).to.be.closeTo(0.7 * 10 + 0.3 * 20, 1e-9);
    const zomes = [3, 4].map((length) => ({ name: `${length}`, wasm: new Uint8Array(length) }));
    expect(new Subject(0, { kind: 'zomes', zomes } as never, {} as never).bytes).to.equal(7);
  });
});

describe('a stream of jobs', () => {
  const later = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));
  async function ran(pool: Taking, inputs: Iterable<number> | AsyncIterable<number>, options?: RunAllOptions) {
    const done: (readonly [number, unknown])[] = [];
    const run = async (input: number) => {
      await later(input);
      if (input === 7) throw new Error('seven');
      return 2 * input;
    };
    for await (const item of runAll(pool, inputs, run, options))
      done.push([item.index, item.ok ? item.result : (item.error as Error).message]);
    return done;
  }

  it('has a result for each input, in the order of the inputs or of completion', async () => {
    const inputs = [30, 7, 1];
    expect(await ran({ window: 5 }, inputs)).to.deep.equal([
      [0, 60],
      [1, 'seven'],
      [2, 2],
    ]);
    expect((await ran({ window: 5 }, inputs, { order: 'completion' })).map(([at]) => at)).to.deep.equal([2, 1, 0]);
    expect((await ran({ window: 1 }, inputs, { order: 'completion' })).map(([at]) => at)).to.deep.equal([0, 1, 2]);
    expect(await ran({ window: 5 }, [])).to.deep.equal([]);
  });

  it('takes inputs only as far ahead as its window', async () => {
    for (const [pool, options, window] of [
      [{ window: 3 }, {}, 3],
      [{ window: 9 }, { window: 1 }, 1],
    ] as const) {
      let taken = 0;
      let given = 0;
      function* inputs() {
        for (; taken < 8; taken++) {
          // One is requested before there is a place for it.
          expect(taken - given).to.be.at.most(window + 1);
          yield 0;
        }
      }
      for await (const _ of runAll(pool, inputs(), async (input) => input, options)) {
        await later(1);
        given += 1;
      }
      expect(given).to.equal(8);
    }
  });

  it('throws what the inputs throw, after the results before it, and ends when it is not consumed', async () => {
    const done: number[] = [];
    function* failing() {
      yield 1;
      yield 2;
      throw new Error('no more');
    }
    const failure = await (async () => {
      for await (const { index } of runAll({ window: 5 }, failing(), async () => 0)) done.push(index);
      return 'none';
    })().catch((error: Error) => error.message);
    expect([done, failure]).to.deep.equal([[0, 1], 'no more']);
    let runs = 0;
    for await (const _ of runAll({ window: 2 }, [1, 2, 3, 4, 5, 6], async () => ++runs)) break;
    await later(5);
    expect(runs).to.be.at.most(3);
  });

  it('waits for room where the queue is full, and for nothing else', async () => {
    let full = 3;
    let asked = 0;
    const pool: Taking = {
      window: 1,
      room: async () => {
        asked += 1;
      },
    };
    const run = async () => {
      if (full-- > 0) throw new PoolError('queue-full', 'full');
      return 'ran';
    };
    expect([await whenRoom(pool, run), asked]).to.deep.equal(['ran', 3]);
    for (const [of, error] of [
      [pool, new PoolError('closed', 'closed')],
      [pool, new Error('queue-full')],
      [{ window: 1 }, new PoolError('queue-full', 'full')],
    ] as const) {
      const thrown = await whenRoom(of, () => Promise.reject(error)).catch((one: unknown) => one);
      expect(thrown).to.equal(error);
    }
  });
});

describe('a billed job', () => {
  const REQUEST = { calls: 2, fuel: 9, requestId: Uint8Array.of(1) };
  const desk = () => {
    const log: unknown[] = [];
    const job: BilledJob = {
      finish: (receipts, isHit) => log.push(['finish', receipts.length, isHit]),
      cancel: () => log.push('cancel'),
    };
    const begin = (...args: unknown[]) => {
      log.push(['begin', ...args]);
      return job;
    };
    return { log, billing: { begin } };
  };
  const receipts = [new PooledReceipt(new Uint8Array())];

  it('is finished once: with or without receipts', async () => {
    const { log, billing } = desk();
    const run = async () => {
      log.push('run');
      return 5;
    };
    expect(await billed(billing, REQUEST, run, () => ({ receipts, isHit: true }))).to.equal(5);
    expect(log.splice(0)).to.deep.equal([['begin', 2, 9, REQUEST.requestId], 'run', ['finish', 1, true]]);
    const failing = () => Promise.reject(new Error('host'));
    const thrown = await billed(billing, REQUEST, failing, () => ({ receipts, isHit: false })).catch(String);
    expect([thrown, log]).to.deep.equal(['Error: host', [['begin', 2, 9, REQUEST.requestId], 'cancel']]);
    expect(await billed(undefined, REQUEST, run, () => expect.fail('not billed'))).to.equal(5);
  });

  it('has an id from its number', () => {
    const ids = [
      numberedRequest(Uint8Array.of(1), 0),
      numberedRequest(Uint8Array.of(1), 1),
      numberedRequest(Uint8Array.of(2), 0),
    ];
    expect(new Set(ids.map(String)).size).to.equal(3);
    expect(numberedRequest(Uint8Array.of(1), 1)).to.deep.equal(ids[1]);
  });
});

describe('the messages of a pool', () => {
  it('have their byte strings in one buffer, at their offsets', () => {
    const packed = new Packed();
    const places = [Uint8Array.of(1, 2), Uint8Array.of(), Uint8Array.of(3)].map((part) => packed.add(part));
    expect(places).to.deep.equal([0, 2, 2]);
    const all = packed.joined();
    expect([...all]).to.deep.equal([1, 2, 3]);
    expect(all.buffer.byteLength).to.equal(3);
    expect(new Packed().joined().length).to.equal(0);
  });

  it('have the fuel of a receipt, read from its bytes', async () => {
    const wasm = bytesOfText(`(module (import "e" "f" (func $f)) (memory (export "memory") 1)
      (func (export "run") (call $f) (drop (memory.grow (i32.const 1)))))`);
    const row = { module: 'e', name: 'f', type: { params: [], results: [] }, cost: 77, run: () => [] } as const;
    const loaded = await createEngine({ tier: 'interpreter' }).load(wasm, { imports: [row] });
    if (!loaded.ok) throw new Error(loaded.fault.code);
    const { receipt } = loaded.module.call('run');
    const bytes = encodeReceipt(receipt);
    const { used, parts } = receipt.fuel;
    expect(parts.host).to.be.greaterThan(0);
    const pooled = new PooledReceipt(Uint8Array.of(9, ...bytes).subarray(1));
    expect(pooled.fuel).to.deep.equal({ used, parts });
    expect([pooled.value, pooled.hash]).to.deep.equal([receipt, receiptHash(receipt)]);
    const large = {
      ...receipt,
      fuel: {
        limit: 2 ** 53 - 1,
        used: 2 ** 40 + 5,
        parts: { instantiate: 2 ** 33, guest: 2 ** 40 + 5 - 2 ** 33 - 3, host: 1, boundary: 2 },
      },
    };
    expect(new PooledReceipt(encodeReceipt(large)).fuel).to.deep.equal({
      used: large.fuel.used,
      parts: large.fuel.parts,
    });
    expect(() => new PooledReceipt(bytes.subarray(1)).value).to.throw('a thread sent an invalid receipt: ');
  });

  it('forecasts fuel by a line through the observed values', () => {
    const forecast = new FuelForecast();
    expect([forecast.of(1, 1), forecast.meanBytes]).to.deep.equal([undefined, 0]);
    forecast.add(10, 500);
    // A single size shows no dependence on bytes.
    expect([forecast.of(2, 9), forecast.meanBytes]).to.deep.equal([1_000, 10]);
    forecast.add(30, 900);
    expect(forecast.of(1, 20)).to.be.closeTo(700, 1e-9);
    expect(forecast.of(2, 100)).to.be.closeTo(2 * 300 + 20 * 100, 1e-9);
    expect(forecast.meanBytes).to.equal(20);
    const falling = new FuelForecast();
    falling.add(10, 1_000);
    falling.add(20, 10);
    expect(falling.of(1, 100)).to.equal(0);
  });

  it('has quantiles of fuel within one percent, and the exact maximum', () => {
    const quantiles = new FuelQuantiles();
    expect([quantiles.at(0.5), quantiles.max, quantiles.count]).to.deep.equal([0, 0, 0]);
    for (const fuel of [0, 0, 1, 1_000, 123_457]) quantiles.add(fuel);
    expect([quantiles.count, quantiles.max]).to.deep.equal([5, 123_457]);
    expect([0, 0.2, 0.4].map((share) => quantiles.at(share))).to.deep.equal([0, 0, 0]);
    expect(quantiles.at(0.6)).to.equal(1);
    expect(quantiles.at(0.8)).to.be.within(1_000, 1_010);
    expect(quantiles.at(1)).to.equal(123_457);
  });

  it('reads ahead and takes the longest first, in bounded bytes', async () => {
    const order = async (lengths: readonly number[], weight?: (input: { readonly i: number }) => number) => {
      let read = 0;
      const reads: number[] = [];
      const all: number[] = [];
      function* inputs() {
        for (const [i, length] of lengths.entries()) {
          read += 1;
          yield { i, bytes: new Uint8Array(length) };
        }
      }
      for await (const { i } of longestFirst(inputs(), weight)) {
        all.push(i);
        reads.push(read);
      }
      return { all, reads };
    };
    expect((await order([1, 3, 2, 3])).all).to.deep.equal([1, 3, 2, 0]);
    expect((await order([1, 3, 2, 3], ({ i }) => i)).all).to.deep.equal([3, 2, 1, 0]);
    const large = 16 * 1024 * 1024;
    expect(await order([1, large, 5, 6])).to.deep.equal({ all: [1, 0, 3, 2], reads: [2, 2, 4, 4] });
    expect((await order([1, large - 2, 5, 6])).reads).to.deep.equal([3, 3, 3, 4]);
    const many = await order(Array.from({ length: 4_100 }, (_, i) => i % 7));
    expect([many.reads[0], many.reads[4_095], many.reads[4_096], many.all.length]).to.deep.equal([
      4_096, 4_096, 4_100, 4_100,
    ]);
  });
});
