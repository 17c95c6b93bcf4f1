/** A pool that is closed, full, or given something that cannot be sent: every request still ends. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { openPool, type Pool } from '../../src/pool/open-pool.js';
import { PoolCore } from '../../src/pool/pool.js';
import { PoolError } from '../../src/pool/pool-error.js';
import type { PooledModule } from '../../src/pool/pooled-module.js';
import { runAll } from '../../src/pool/run-all.js';
import type { OpenThread } from '../../src/pool/thread-port.js';
import type { Artefact, FromThread } from '../../src/pool/wire.js';
import { i32 } from '../../src/wasm/value.js';
import { encodeDependencies } from '../../src/zome/dependency-file.js';
import { guestFile, LINKS, OPS, RECORDS } from './pool-guests.js';

const DIVIDE = guestFile('wat/divide.wasm');
const ENTRY = guestFile('entries/post-valid-plain.msgpack');

async function moduleIn(pool: Pool, wasm: Uint8Array): Promise<PooledModule> {
  const added = await pool.addModule(wasm);
  if (!added.ok) throw new Error(added.fault.code);
  return added.module;
}

function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => (error instanceof PoolError ? error.code : String(error)),
  );
}

describe('pool, at its end and its bounds', () => {
  it('closes once, however often and in whatever order it is closed', async () => {
    const pool = openPool({ threads: 1 });
    const loading = pool.addModule(DIVIDE);
    const closing = pool.close();
    const added = await loading;
    expect(added.ok, 'what was begun').to.equal(true);
    await Promise.all([closing, pool.terminate(), pool.terminate(), pool.close()]);
    await pool.room();
    if (!added.ok) return;
    const ends: string[] = [];
    for await (const ran of runAll(pool, [1, 2], (by) => added.module.call('divide', [i32(7), i32(by)]))) {
      ends.push(ran.ok ? 'done' : (ran.error as PoolError).code);
    }
    expect(ends).to.deep.equal(['closed', 'closed']);
  });

  it('releases those waiting for room when it is closed', async () => {
    const pool = openPool({ threads: 1, queueMax: 2 });
    const module = await moduleIn(pool, DIVIDE);
    const jobs = [1, 2].map((by) => codeOf(module.call('divide', [i32(7), i32(by)])));
    const room = pool.room();
    await pool.terminate();
    await room;
    expect(await Promise.all(jobs)).to.deep.equal(['closed', 'closed']);
  });

  it('fails a job and a DNA that no message can hold, and nothing else', async () => {
    const pool = openPool({ threads: 1 });
    const module = await moduleIn(pool, DIVIDE);
    const odd = [i32(7), { type: 'i32', bits: () => 2 }] as unknown as readonly ReturnType<typeof i32>[];
    const fine = [1, 2, 3].map((by) => module.call('divide', [i32(6), i32(by)]));
    expect(await codeOf(module.call('divide', odd))).to.equal('option');
    expect((await Promise.all(fine)).map(({ outcome }) => outcome.kind)).to.deep.equal(Array(3).fill('returned'));
    const zome = { ...LINKS, note: () => {} };
    expect(await codeOf(pool.addZomes({ zomes: [zome] }))).to.include('could not be cloned');
    expect((await module.call('divide', [i32(6), i32(3)])).outcome.kind).to.equal('returned');
    await pool.close();
  });

  it('counts shared bytes of jobs once, and takes inputs as it has room, even one longer than its queue', async () => {
    const pool = openPool({ threads: 1, queueBytesMax: 40_000, queueMax: 8 });
    const added = await pool.addZomes({ zomes: [LINKS], generation: '0.6' });
    if (!added.ok) throw new Error(added.fault.code);
    const dependencies = new Uint8Array(encodeDependencies({ records: RECORDS }, '0.6'));
    const jobs = Array.from({ length: 8 }, (_, i) => added.host.validateOp(OPS[i % OPS.length], { dependencies }));
    expect(pool.counts.waitingBytes).to.be.below(8 * dependencies.length);
    await Promise.all(jobs);
    const post = await moduleIn(pool, guestFile('post/post.wasm'));
    const inputs = Array.from({ length: 30 }, (_, i) =>
      i % 10 === 0 ? new Uint8Array(50_000) : new Uint8Array(15_000),
    );
    let done = 0;
    for await (const ran of runAll(pool, [...inputs, ENTRY], (input) => post.validate(input), { window: 100 })) {
      if (!ran.ok) throw ran.error;
      done += 1;
    }
    expect([done, pool.counts.waiting, pool.counts.waitingBytes]).to.deep.equal([31, 0, 0]);
    await pool.close();
  });

  it('discards artefacts of unloaded modules, even if they arrive late', async () => {
    const bytes = (byte: number) => new Uint8Array(32).fill(byte);
    let say: (message: FromThread) => void = () => {};
    const open: OpenThread = (_, { message, ended }) => {
      say = message;
      return {
        post: (sent) => {
          if (sent.kind !== 'load') return;
          const { subject } = sent;
          const hashes = [toHex(bytes(subject))];
          queueMicrotask(() => message({ kind: 'loaded', subject, loading: { kind: 'module', hashes, loadPrice: 1 } }));
        },
        running: () => 0,
        end: () => ended('it was requested'),
        keepAlive() {},
      };
    };
    const bounds = { threads: 1, timeLimitMs: 1_000, queueMax: 10, queueBytesMax: 1_000, killsMax: 2 };
    const start = { tier: 'auto', limits: LIMITS_1, schedule: FUEL_1, heapMegabytes: undefined };
    const core = new PoolCore({ open, start, ...bounds });
    const made = (module: number): FromThread => {
      const key = { kind: 'valid', module: bytes(module) } as unknown as Artefact['key'];
      return { kind: 'artefact', artefact: { key, content: new Uint8Array(9) } };
    };
    const added = await core.add({ kind: 'module', wasm: DIVIDE, imports: undefined });
    if (!added.ok) throw new Error(added.fault.code);
    say(made(1));
    expect(core.artefactsOf(added.subject)).to.have.length(1);
    say(made(7));
    core.remove(added.subject);
    say(made(1));
    for (const module of [1, 7]) {
      const subject = { hashes: [toHex(bytes(module))] } as unknown as typeof added.subject;
      expect(core.artefactsOf(subject)).to.deep.equal([]);
    }
    await core.terminate();
  });
});
