/** A batch without HTTP: how lines are found in chunks, when results are written, and how the batch ends. */
import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type BatchParts, runBatch } from '../../src/service/batch.js';
import { BatchHead, BatchLine } from '../../src/service/protocol/messages.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { readMessage } from '../../src/service/read-message.js';
import { type ServiceLimits, serviceLimits } from '../../src/service/service-limits.js';

const HEAD = JSON.stringify({ module: '0'.repeat(64) });
const LINE = '{"args":[]}';

/** The client's side of a response. */
class Heard extends Writable {
  text = '';
  status = 0;

  /** @param readMs how long the client takes to read what was written */
  constructor(readonly readMs = 0) {
    super({ highWaterMark: 100 });
  }

  writeHead(status: number): void {
    this.status = status;
  }

  flushHeaders(): void {}

  override _write(chunk: Buffer, _: string, done: () => void): void {
    this.text += chunk;
    setTimeout(done, this.readMs);
  }

  get lines(): readonly Readonly<Record<string, unknown>>[] {
    return this.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }
}

interface Batch {
  readonly request: PassThrough;
  readonly heard: Heard;
  /** The number of results when the client has read them, or the code of a problem before the first. */
  readonly end: Promise<number | string>;
}

interface BatchSettings extends Partial<Omit<BatchParts, 'limits'>> {
  readonly limits?: Partial<ServiceLimits>;
  readonly heard?: Heard;
}

function begun({ limits, heard = new Heard(), ...parts }: BatchSettings = {}): Batch {
  const request = Object.assign(new PassThrough(), { socket: new PassThrough() });
  const end = runBatch(request as never, heard as never, {
    limits: serviceLimits(limits),
    window: 512,
    hasRoom: () => true,
    room: () => Promise.resolve(),
    waitMs: () => 0,
    isStopping: () => false,
    isLongTurn: () => false,
    fairTurn: () => Promise.resolve(),
    useBytes: () => {},
    readHead: (bytes) => readMessage(BatchHead, bytes, 1_000),
    readLine: (bytes) => readMessage(BatchLine, bytes, 1_000),
    run: async () => ({ text: '{"ran":true}', fuelUsed: 1 }),
    problemOf: (error) => {
      if (error instanceof ProblemError) return error;
      throw error;
    },
    ...parts,
  });
  const written = async (lines: number) => {
    if (!heard.destroyed) await once(heard, 'finish');
    return lines;
  };
  const code = (error: unknown) => {
    if (error instanceof ProblemError) return error.code;
    throw error;
  };
  return { request, heard, end: end.then(written, code) };
}

/** A batch of a complete body, sent in chunks of so many bytes. */
async function done(body: string, settings: BatchSettings = {}, chunkBytes = body.length): Promise<Heard> {
  const { request, heard, end } = begun(settings);
  for (let at = 0; at < body.length; at += chunkBytes) {
    request.write(body.slice(at, at + chunkBytes));
    await new Promise(setImmediate);
  }
  request.end();
  expect(await end).to.equal(heard.lines.length - 1);
  return heard;
}

interface Summary {
  readonly lines: number;
  readonly problems: number;
  readonly fuelUsed: string;
  readonly problem?: { readonly code: string; readonly detail?: string };
}

const summaryOf = ({ lines }: Heard) => lines.at(-1)!['summary'] as Summary;

describe('service: a batch', () => {
  it('sums fuel exactly, however much it is', async () => {
    // No number is this sum.
    const fuels = [Number.MAX_SAFE_INTEGER, 2, 0];
    const run: BatchParts['run'] = async (_head, _line, index) => ({ text: '{"a":1}', fuelUsed: fuels[index]! });
    const heard = await done([HEAD, ...fuels.map(() => LINE)].join('\n'), { run });
    expect(summaryOf(heard)).to.deep.equal({ lines: 3, problems: 0, fuelUsed: String(2n ** 53n + 1n) });
  });

  it('finds the same lines in all chunks, and refuses a longer one wherever it is cut', async () => {
    const padded = (bytes: number) => `{"args":[]${' '.repeat(bytes - 11)}}`;
    const limits = { lineBytes: 100 };
    const cases: readonly (readonly [body: string, codes: readonly string[]])[] = [
      [`${HEAD}\n`, []],
      [`${HEAD}\n\n${LINE}\n\n\n${LINE}`, ['ran', 'ran']],
      [`${HEAD}\r\n${LINE}\r\n${padded(100)}\r\n`, ['ran', 'too-large']],
      [`${HEAD}\n${padded(100)}\n${padded(100)}`, ['ran', 'ran']],
      [`${HEAD}\n${LINE}\n${padded(101)}\n${LINE}\n`, ['ran', 'too-large']],
      [`${HEAD}\n${LINE}\n{"args":[]\n${LINE}\n${padded(101)}`, ['ran', 'bad-request', 'ran', 'too-large']],
    ];
    for (const [body, codes] of cases) {
      for (const bytes of [body.length, 1, 60]) {
        const heard = await done(body, { limits }, bytes);
        const { problem } = summaryOf(heard);
        const lines = heard.lines.slice(0, -1).map((line) => {
          const { code = 'ran' } = (line['problem'] ?? {}) as { readonly code?: string };
          return code;
        });
        expect([...lines, ...(problem === undefined ? [] : [problem.code])], `${body} by ${bytes}`).to.deep.equal(
          codes,
        );
        if (problem !== undefined) expect(problem.detail).to.equal('a line has more than 100 bytes');
      }
    }
  });

  it('writes results while the client waits for them, also if it reads slowly', async () => {
    const run: BatchParts['run'] = async (_head, _line, index) => {
      await sleep(index * 10);
      return { text: JSON.stringify({ text: 'x'.repeat(200) }), fuelUsed: 1 };
    };
    const { request, heard, end } = begun({ run, heard: new Heard(30) });
    request.write([HEAD, LINE, LINE, LINE, ''].join('\n'));
    for (const until = performance.now() + 5_000; heard.lines.length < 3 && performance.now() < until; ) await sleep(5);
    expect(heard.lines.map(({ index }) => index)).to.deep.equal([0, 1, 2]);
    request.end();
    expect(await end).to.equal(3);
  });

  it('runs only as far ahead as its client reads', async () => {
    const [count, window] = [1_000, 16];
    let read = () => {};
    const open = new Promise<void>((resolve) => {
      read = resolve;
    });
    class Unread extends Heard {
      override _write(chunk: Buffer, encoding: string, done: () => void): void {
        void open.then(() => super._write(chunk, encoding, done));
      }
    }
    let ran = 0;
    const text = JSON.stringify({ text: 'x'.repeat(1_000) });
    const run: BatchParts['run'] = async () => {
      ran += 1;
      return { text, fuelUsed: 1 };
    };
    const { request, heard, end } = begun({ run, window, heard: new Unread() });
    request.end([HEAD, ...Array(count).fill(LINE)].join('\n'));
    await sleep(50);
    expect(ran).to.be.within(window, 65_536 / text.length + 4 * window);
    read();
    expect(await end).to.equal(count);
    expect([ran, heard.lines.length]).to.deep.equal([count, count + 1]);
  });

  it('writes results in the order that its head names', async () => {
    const run: BatchParts['run'] = async (_head, _line, index) => {
      await sleep(30 - index * 15);
      return { text: '{"a":1}', fuelUsed: 1 };
    };
    for (const [order, wanted] of [
      ['input', [0, 1]],
      ['completion', [1, 0]],
    ] as const) {
      const head = JSON.stringify({ module: '0'.repeat(64), order });
      const { lines } = await done([head, LINE, LINE].join('\n'), { run });
      expect(lines.slice(0, -1).map(({ index }) => index)).to.deep.equal(wanted);
    }
  });

  it('says in its summary why it ended early', async () => {
    const body = [HEAD, LINE, LINE, LINE, ''].join('\n');
    let asked = 0;
    const cases: readonly (readonly [settings: BatchSettings, problem: object | undefined, lines: number])[] = [
      [{ limits: { batchLines: 3 } }, undefined, 3],
      [{ limits: { batchLines: 2 } }, { code: 'too-large', detail: 'a batch has at most 2 lines' }, 2],
      [{ isStopping: () => true }, { code: 'stopping', retryAfterSeconds: 5 }, 0],
      [{ isStopping: () => asked++ > 0 }, { code: 'stopping', retryAfterSeconds: 5 }, 1],
      [{ limits: { batchMs: 20 }, waitMs: () => 5 }, { code: 'timeout', detail: 'a batch ends after 20 ms' }, 0],
    ];
    for (const [settings, problem, lines] of cases) {
      asked = 0;
      const summary = summaryOf(await done(`${body}\n\n`, settings));
      expect(summary.lines).to.equal(lines);
      if (problem === undefined) expect(summary.problem).to.equal(undefined);
      else expect(summary.problem).to.include(problem);
    }
    const { request, heard, end } = begun({ limits: { idleMs: 40, idleBytes: 1_000 } });
    request.write(`${HEAD}\n${LINE}\n`);
    const drip = setInterval(() => request.write(' '), 5);
    expect(await end).to.equal(1);
    clearInterval(drip);
    expect(summaryOf(heard).problem).to.include({ code: 'timeout', detail: 'less than 1000 bytes in 40 ms' });
  });

  it('takes longer than idleMs if its client sends enough in that time', async () => {
    const { request, heard, end } = begun({ limits: { idleMs: 100, idleBytes: 10 } });
    request.write(`${HEAD}\n`);
    for (let i = 0; i < 10; i++) {
      await sleep(15);
      request.write(`${LINE}\n`);
    }
    request.end();
    expect([await end, summaryOf(heard).problem]).to.deep.equal([10, undefined]);
  });

  it('ends with a problem of the request if its body is cut, wherever that is', async () => {
    const cut = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    for (const [body, wanted] of [
      ['{', 'bad-request'],
      ['', 'bad-request'],
      [`${HEAD}\n${LINE}\n{`, 1],
    ] as const) {
      const { request, heard, end } = begun();
      request.write(body);
      await sleep(5);
      request.destroy(cut);
      expect(await end, body).to.equal(wanted);
      if (wanted === 1)
        expect(summaryOf(heard).problem).to.include({ code: 'bad-request', detail: 'the body ended early' });
      else expect(heard.status).to.equal(0);
    }
    const missing = begun();
    missing.request.end();
    expect(await missing.end).to.equal('invalid-request');
  });

  it('runs no more lines when its client has gone, and ends when those in progress have', async () => {
    let running = 0;
    let ran = 0;
    const ends: (() => void)[] = [];
    const run: BatchParts['run'] = async () => {
      running += 1;
      await new Promise<void>((resolve) => ends.push(resolve));
      running -= 1;
      ran += 1;
      return { text: '{"a":1}', fuelUsed: 1 };
    };
    const { request, heard, end } = begun({ run, window: 2 });
    request.write([HEAD, LINE, LINE, LINE, LINE, ''].join('\n'));
    while (running < 2) await sleep(1);
    heard.destroy();
    await new Promise(setImmediate);
    let isOver = false;
    void end.then(() => {
      isOver = true;
    });
    ends[0]!();
    await sleep(5);
    expect([running, isOver]).to.deep.equal([1, false]);
    ends[1]!();
    await end;
    expect([running, ran, heard.text]).to.deep.equal([0, 2, '']);
  });
});
