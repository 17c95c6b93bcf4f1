/** A fleet with many, long and false inputs: no worker and no collector ends because of them, and no line is lost. */
import { expect } from 'chai';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import type { Verdict } from '../../src/boundary/validation.js';
import { FleetError } from '../../src/fleet/fleet-error.js';
import { FLEET_LIMITS } from '../../src/fleet/fleet-limits.js';
import { encodePack, type FleetJob } from '../../src/fleet/job.js';
import { isFailed, LineReader, signerOf, signLines } from '../../src/fleet/line.js';
import { Collecting } from '../../src/fleet/nats-collecting.js';
import { IN_STORE, type NatsParts, natsError } from '../../src/fleet/nats-parts.js';
import { isVerdictText, verdictText } from '../../src/fleet/verdict-text.js';
import { encodeWork } from '../../src/fleet/work.js';
import { WorkRunner } from '../../src/fleet/work-runner.js';
import { openPool } from '../../src/pool/open-pool.js';
import { guestFile } from '../pool/pool-guests.js';

const POST = guestFile('post/post.wasm');

/** A content store in memory. */
class Contents {
  readonly #bytes = new Map<string, Uint8Array>();

  put(bytes: Uint8Array): Uint8Array {
    const key = hash(bytes);
    this.#bytes.set(toHex(key), bytes);
    return key;
  }

  async getContent(key: Uint8Array): Promise<Uint8Array> {
    return this.#bytes.get(toHex(key))!;
  }
}

describe('fleet, at its bounds', () => {
  it('a worker runs jobs of more works than it keeps, and of more bytes than its pool accepts', async () => {
    const contents = new Contents();
    const module = contents.put(POST);
    const input = guestFile('entries/post-valid-plain.msgpack');
    const packed = Array.from({ length: 20 }, () => ({ format: 'messagepack', input, dependencies: null }) as const);
    const pack = contents.put(encodePack(packed));
    const inputs = packed.map((_, at) => ({ index: at, name: `${at}`, hash: hash(input), at }));
    const jobs = Array.from({ length: FLEET_LIMITS.keptWorks + 3 }, (_, i): FleetJob => {
      const work = contents.put(encodeWork({ module, fuel: 1_000_000 + i }));
      return { batch: hash(utf8('batch')), work, pack, inputs };
    });
    const pool = openPool({ threads: 1, queueBytesMax: 5 * input.length });
    const runner = new WorkRunner(contents, pool);
    const items = (await Promise.all(jobs.map((job) => runner.run(job)))).flat();
    expect(items.map((item) => (isFailed(item) ? item.text : item.verdict))).to.deep.equal(
      Array(jobs.length * 20).fill('{"verdict":"Valid"}'),
    );
    await pool.terminate();
  });

  it('a verdict fits in a line, whatever a guest returns', () => {
    const hashes = (length: number, count: number): Verdict => ({
      kind: 'UnresolvedDependencies',
      dependencies: { kind: 'Hashes', hashes: Array.from({ length: count }, () => new Uint8Array(length)) },
    });
    // A hash of a type, with a wrong location.
    const strange = Uint8Array.from({ length: 39 }, (_, at) => [0x84, 0x29, 0x24][at] ?? at);
    const named: Verdict = {
      kind: 'UnresolvedDependencies',
      dependencies: { kind: 'Hashes', hashes: [strange] },
    };
    const reasons = ['no', '\u0001'.repeat(20_000), '"'.repeat(9_000), '😀'.repeat(10_000)];
    const invalid = reasons.map((reason): Verdict => ({ kind: 'Invalid', reason }));
    for (const verdict of [
      ...invalid,
      named,
      { kind: 'Valid' } as const,
      hashes(39, 2_000),
      hashes(5, 3),
      hashes(9_000, 9),
    ]) {
      const text = verdictText(verdict);
      expect(text.length).to.be.at.most(FLEET_LIMITS.verdictLength);
      expect(isVerdictText(text), text.slice(0, 60)).to.equal(true);
      expect(JSON.parse(text).verdict).to.equal(verdict.kind);
    }
  });

  it('a line with an invalid verdict is refused: it could contain anything', () => {
    const signer = signerOf(new Uint8Array(32).fill(7));
    const lineOf = (verdict: string) => {
      const items = [{ verdict, receipts: [] }];
      return signLines(
        [{ job: hash(utf8('job')), worker: signer.key, kind: 'interpreter-node20-x64', items }],
        signer,
      )[0];
    };
    expect(new LineReader().read(lineOf('{"verdict":"Valid"}')).items).to.have.length(1);
    for (const text of [
      '',
      '{',
      '"Valid"',
      '{"verdict":"Perhaps"}',
      '{"verdict":"Valid","index":3}',
      '{"verdict":"Valid","__proto__":{}}',
      '{"reason":"no"}',
      '{"verdict":"UnresolvedDependencies","dependencies":{"kind":"Hashes","hashes":["x"]}}',
    ]) {
      expect(() => new LineReader().read(lineOf(text)), text).to.throw(FleetError, 'an unknown verdict');
    }
  });

  it('a line that could not be fetched is fetched again, and a missing one is empty (NATS)', async () => {
    const job = 'ab'.repeat(32);
    const [missing, there] = ['01'.repeat(32), '02'.repeat(32)];
    const message = (seq: number, inStore: string) => ({
      seq,
      subject: `fleet.lines.batch.${job}`,
      data: new Uint8Array(0),
      headers: { get: (name: string) => (name === IN_STORE ? inStore : '') },
    });
    async function* messages() {
      yield* [message(1, there), message(2, missing)];
      await new Promise(() => {});
    }
    const empty = { keys: async () => [], get: async () => null };
    const parts = {
      linesOf: async () => ({ consume: async () => Object.assign(messages(), { close: async () => undefined }) }),
      results: empty,
      quarantine: empty,
      submitted: { get: async () => ({ value: utf8('the job') }) },
    } as unknown as NatsParts;
    let tries = 0;
    const collecting = await Collecting.open(parts, 'batch', async (key) => {
      if (toHex(key) === missing) throw new FleetError('missing', 'it is not there');
      tries += 1;
      if (tries === 1) throw new FleetError('connection', 'the server is away');
      return utf8('a line');
    });
    const error = await collecting.unjudged(10, 100).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(FleetError);
    const [found] = await collecting.unjudged(10, 100);
    expect(found.lines.map(({ id, bytes }) => [id, bytes.length])).to.deep.equal([
      ['1', 6],
      ['2', 0],
    ]);
    await collecting.close();
  });

  it('a broken stream of lines is reopened, and a starting server is waited for (NATS)', async () => {
    const empty = { keys: async () => [], get: async () => null };
    async function* broken() {
      yield* [];
      throw new Error('the consumer is gone');
    }
    const parts = {
      linesOf: async () => ({ consume: async () => Object.assign(broken(), { close: async () => undefined }) }),
      results: empty,
      quarantine: empty,
    } as unknown as NatsParts;
    const collecting = await Collecting.open(parts, 'batch', async () => new Uint8Array(0));
    await collecting.unjudged(1, 50);
    expect(collecting.isLost).to.equal(true);
    const starting = Object.assign(new Error('jetstream is not enabled'), { name: 'JetStreamNotEnabled' });
    expect(natsError(starting).code).to.equal('connection');
  });
});
