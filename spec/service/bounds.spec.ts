/** What the service holds in memory, each within its bound: bodies, receipts; and turns of the event loop. */
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { KeptReceipts } from '../../src/service/kept-receipts.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { BytesUnderWay, readBody } from '../../src/service/read-body.js';
import { Turns } from '../../src/service/turns.js';

/** The code and detail of the problem that the work ends with, or its value. */
async function endOf<T>(work: () => Promise<T> | T): Promise<T | string> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ProblemError) return `${error.code}: ${error.problem.detail}`;
    throw error;
  }
}

describe('service: bytes under way', () => {
  const full = 'overloaded: too many bytes are in progress';

  it('are taken up to the bound and released once', async () => {
    const bytes = new BytesUnderWay(10);
    const [first] = [bytes.take(4), bytes.take(6)];
    expect([bytes.bytes, await endOf(() => bytes.take(1))]).to.deep.equal([10, full]);
    for (const _ of [1, 2]) first!();
    expect(bytes.bytes).to.equal(6);
    bytes.take(4);
    expect(await endOf(() => bytes.take(1))).to.equal(full);
  });

  it('are those of bodies until they are freed, and none of a body that is refused', async () => {
    const late = 'timeout: the body did not arrive within 30 ms';
    const large = 'too-large: the body has more than 8 bytes';
    const cut = 'bad-request: the body ended early';
    type Row = readonly [chunks: readonly string[], end: 'end' | 'close' | 'none', length: number | undefined, string];
    const cases: readonly Row[] = [
      [[], 'end', undefined, ''],
      [['abcdefgh'], 'end', 8, 'abcdefgh'],
      [['abc', '', 'de'], 'end', undefined, 'abcde'],
      [['abcdefghi'], 'end', undefined, large],
      [['abcd', 'efghi'], 'none', undefined, large],
      [[], 'none', 9, large],
      [['abc'], 'close', undefined, cut],
      [['abc'], 'none', undefined, late],
    ];
    for (const [chunks, end, length, wanted] of cases) {
      const underWay = new BytesUnderWay(100);
      const headers = length === undefined ? {} : { 'content-length': String(length) };
      const request = Object.assign(new PassThrough(), { headers });
      const reading = readBody(request as never, { bytesMax: 8, ms: 30, underWay });
      for (const chunk of chunks) request.write(chunk);
      if (end === 'end') request.end();
      else if (end === 'close') setImmediate(() => request.destroy());
      const read = await endOf(() => reading);
      expect(typeof read === 'string' ? read : Buffer.from(read.bytes).toString()).to.equal(wanted);
      expect(underWay.bytes).to.equal(typeof read === 'string' ? 0 : wanted.length);
      if (typeof read !== 'string') read.free();
      expect(underWay.bytes).to.equal(0);
    }
    const underWay = new BytesUnderWay(4);
    const request = Object.assign(new PassThrough(), { headers: {} });
    const reading = readBody(request as never, { bytesMax: 8, ms: 1_000, underWay });
    request.write('abc');
    await sleep(1);
    expect(underWay.bytes).to.equal(3);
    request.write('de');
    expect(await endOf(() => reading)).to.equal(full);
    expect(underWay.bytes).to.equal(0);
  });
});

describe('service: a body', () => {
  it('that arrives in time is read, also if the service is busy meanwhile', async () => {
    const request = Object.assign(new PassThrough(), { headers: {} });
    const reading = readBody(request as never, { bytesMax: 8, ms: 100, underWay: new BytesUnderWay(8) });
    // Runs behind the timer of the body, as data does that waits in the socket.
    setTimeout(() => {
      request.write('abc');
      setImmediate(() => request.end());
    }, 101);
    for (const end = performance.now() + 110; performance.now() < end; );
    const read = await endOf(() => reading);
    expect(typeof read === 'string' ? read : Buffer.from(read.bytes).toString()).to.equal('abc');
  });
});

describe('service: kept receipts', () => {
  it('are the newest, of each tenant, within the bound', () => {
    const receipt = (byte: number) => new Uint8Array(100).fill(byte);
    // An entry is a key of three characters, a hundred bytes, and the objects around them.
    const kept = new KeptReceipts(303 * 3);
    const found = () =>
      ['a 1', 'a 2', 'b 1', 'a 3'].map((key) => kept.get(...(key.split(' ') as [string, string]))?.[0]);
    kept.add('a', '1', receipt(1));
    kept.add('a', '2', receipt(2));
    kept.add('b', '1', receipt(3));
    kept.add('a', '1', receipt(9));
    expect([kept.count, found()]).to.deep.equal([3, [1, 2, 3, undefined]]);
    kept.add('a', '3', receipt(4));
    expect([kept.count, found()]).to.deep.equal([3, [undefined, 2, 3, 4]]);
    kept.add('a', '4', new Uint8Array(1_000));
    expect(kept.count).to.equal(0);
    kept.add('a', '1', receipt(1));
    expect([kept.count, found()]).to.deep.equal([1, [1, undefined, undefined, undefined]]);
  });

  it('are copies', () => {
    const kept = new KeptReceipts(1_000);
    const bytes = Uint8Array.of(1);
    kept.add('a', '1', bytes);
    bytes[0] = 2;
    expect(kept.get('a', '1')![0]).to.equal(1);
  });
});

describe('service: turns', () => {
  it('are long after 20 ms, until the next one', async () => {
    const turns = new Turns();
    let isNext = false;
    setImmediate(() => {
      isNext = true;
    });
    expect(turns.isLong()).to.equal(false);
    for (const end = performance.now() + 25; performance.now() < end; );
    expect(turns.isLong()).to.equal(true);
    await turns.fair();
    expect([isNext, turns.isLong()]).to.deep.equal([true, false]);
  });
});
