/** A line as a job: how errors of the pool are reported, and when a run waits for room. */
import { expect } from 'chai';
import { UsageError } from '../../src/base/usage-error.js';
import { amountOf } from '../../src/billing/amount.js';
import { BillingRefused } from '../../src/billing/billed-account.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { NotOrdered } from '../../src/billing/ordered-run.js';
import { encodeReceipt } from '../../src/index.js';
import { HostFailure } from '../../src/machine/outcome.js';
import { JobFailure, PoolError } from '../../src/pool/pool-error.js';
import type { PooledModule } from '../../src/pool/pooled-module.js';
import { PooledReceipt } from '../../src/pool/pooled-receipt.js';
import type { PooledZomes } from '../../src/pool/pooled-zomes.js';
import type { Taking } from '../../src/pool/run-all.js';
import type { BatchLine } from '../../src/service/protocol/messages.js';
import { type ProblemCode, ProblemError, problemOf } from '../../src/service/protocol/problems.js';
import { JsonText } from '../../src/service/protocol/schema-types.js';
import {
  type Billed,
  problemOfFailure,
  type RunOptions,
  runInModule,
  runInZomes,
} from '../../src/service/run-request.js';
import { serviceLimits } from '../../src/service/service-limits.js';
import { StoreError } from '../../src/store/store-error.js';
import { loadText } from '../engine/load-text.js';

const LIMITS = serviceLimits();
const NOBODY: Billed = { billing: undefined, requestId: undefined };
const full = () => new PoolError('queue-full', 'the queue is full');

async function madeCall() {
  const module = await loadText('(module (func (export "f") (result i32) (i32.const 5)))');
  const { outcome, receipt } = module.call('f', []);
  return { outcome, receipt: new PooledReceipt(encodeReceipt(receipt)) };
}

/** A module whose calls end with these errors, then with a result. */
async function moduleFailing(errors: readonly unknown[]): Promise<PooledModule> {
  const left = [...errors];
  const made = await madeCall();
  const call = async () => {
    if (left.length > 0) throw left.shift();
    return made;
  };
  return { hash: '0'.repeat(64), call } as unknown as PooledModule;
}

async function ran(errors: readonly unknown[], billed: Billed): Promise<unknown> {
  const run = runInModule(await moduleFailing(errors), { args: [] }, { export: 'f' }, billed, LIMITS);
  return run.then(
    ({ text }) => (JSON.parse(text) as { readonly outcome: unknown }).outcome,
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : error),
  );
}

describe('a run of a request', () => {
  const returned = { kind: 'returned', values: ['i32:0x00000005'] };

  it('waits for room if requested, as often as the queue is full', async () => {
    let asked = 0;
    const pool: Taking = {
      window: 1,
      room: async () => {
        asked += 1;
      },
    };
    expect(await ran([full(), full()], { ...NOBODY, waitsFor: pool })).to.deep.equal(returned);
    expect(asked).to.equal(2);
    expect(await ran([full()], NOBODY), 'where it does not wait').to.equal('overloaded');
    expect(await ran([full()], { ...NOBODY, waitsFor: { window: 1 } }), 'where room is not reported').to.equal(
      'overloaded',
    );
    expect(await ran([], NOBODY)).to.deep.equal(returned);
  });

  it('ends with the problem of what the pool threw, whether or not it waits', async () => {
    const pool: Taking = { window: 1, room: () => Promise.resolve() };
    const bug = new Error('a bug');
    const notOrdered = new NotOrdered('signature', 7);
    const cases: readonly (readonly [error: unknown, end: unknown])[] = [
      [new PoolError('closed', 'closed'), 'stopping'],
      [new JobFailure('time-limit', 'late', new Uint8Array(32)), 'time-limit'],
      [new JobFailure('killed', 'ended', new Uint8Array(32)), 'host-failure'],
      [new UsageError('unknown-export', 'no such export'), 'unusable-input'],
      [bug, bug],
      // The caller that admitted it must know its usage.
      [notOrdered, notOrdered],
    ];
    for (const [error, end] of cases) {
      for (const billed of [NOBODY, { ...NOBODY, waitsFor: pool }]) expect(await ran([error], billed)).to.equal(end);
    }
    const closing: Taking = { window: 1, room: () => Promise.reject(new PoolError('closed', 'closed')) };
    expect(await ran([full()], { ...NOBODY, waitsFor: closing }), 'closed meanwhile').to.equal('stopping');
  });

  it('has the limits of the request, within those of the service', async () => {
    const limits = serviceLimits({ jobMs: 500, fuel: 1_000 });
    const made = await madeCall();
    const jobOf = async (options: RunOptions): Promise<unknown> => {
      let job: unknown;
      const call = async (_name: string, _values: unknown, given: unknown) => {
        job = given;
        return made;
      };
      const module = { hash: '0'.repeat(64), call } as unknown as PooledModule;
      await runInModule(module, { args: [] }, { export: 'f', ...options }, NOBODY, limits);
      return job;
    };
    const cases: readonly (readonly [RunOptions, object])[] = [
      [{}, { timeLimitMs: 500 }],
      [{ timeLimitMs: 499 }, { timeLimitMs: 499 }],
      [{ timeLimitMs: 501 }, { timeLimitMs: 500 }],
      [{ fuel: 0 }, { timeLimitMs: 500, fuel: 0 }],
      [{ fuel: 1_000 }, { timeLimitMs: 500, fuel: 1_000 }],
    ];
    for (const [options, job] of cases) expect(await jobOf(options)).to.deep.equal(job);
    const error = await jobOf({ fuel: 1_001 }).catch((thrown: unknown) => thrown);
    expect((error as ProblemError).problem).to.include({
      code: 'unusable-input',
      path: '$.fuel',
      detail: 'the highest fuel limit here is 1000',
    });
  });

  it('passes to zomes what the request says of an op', async () => {
    const bytes = Uint8Array.of(1);
    const json = new JsonText(bytes);
    const plain = { timeLimitMs: LIMITS.jobMs, format: 'json' };
    const packed = { ...plain, format: 'messagepack' };
    const other = Uint8Array.of(2);
    const cases: readonly (readonly [BatchLine, RunOptions, object])[] = [
      [{ op: json }, {}, plain],
      [{ opBase64: bytes }, {}, packed],
      [
        { op: json },
        { zome: 'z', check: 'all', generation: '0.7', fuel: 5, export: 'f' },
        { ...plain, zome: 'z', check: 'all', generation: '0.7', fuel: 5 },
      ],
      [
        { op: json, dependencies: json },
        { dependencies: new JsonText(other) },
        { ...plain, dependencies: bytes, dependencyFormat: 'json' },
      ],
      [{ op: json }, { dependencies: json }, { ...plain, dependencies: bytes, dependencyFormat: 'json' }],
      [{ opBase64: bytes }, { dependencies: json }, { ...packed, dependencies: bytes, dependencyFormat: 'json' }],
      [{ opBase64: bytes, dependenciesBase64: other }, { dependencies: json }, { ...packed, dependencies: other }],
    ];
    for (const [line, options, wanted] of cases) {
      let asked: readonly unknown[] = [];
      const validateOp = async (...given: readonly unknown[]) => {
        asked = given;
        return { verdict: { kind: 'Valid' }, calls: [] };
      };
      const zomes = { hashes: [], validateOp } as unknown as PooledZomes;
      const { text, verdict } = await runInZomes(zomes, line, options, NOBODY, LIMITS);
      expect(asked).to.deep.equal([bytes, wanted]);
      const parts = { instantiate: 0, guest: 0, host: 0, boundary: 0 };
      expect([verdict, JSON.parse(text)]).to.deep.equal([
        'Valid',
        { verdict: 'Valid', fuel: { used: 0, parts }, receipts: [] },
      ]);
    }
  });

  it('says of each failure what the client can do, and not what the host is', () => {
    const hash = '0'.repeat(64);
    const refused = new BillingRefused('acme', { code: 'limit', available: amountOf(1n), wanted: amountOf(2n) });
    const detail = 'a detail';
    const unavailable = { detail: 'the ledger cannot be used', retryAfterSeconds: 5 };
    const cases: readonly (readonly [error: Error, code: ProblemCode, details?: object])[] = [
      [new JobFailure('time-limit', 'late', new Uint8Array(32)), 'time-limit', { inputHash: hash }],
      [new JobFailure('killed', 'ended', new Uint8Array(32)), 'host-failure', { inputHash: hash }],
      [new HostFailure('/etc'), 'host-failure'],
      [new NotOrdered('signature'), 'not-ordered', { detail: new NotOrdered('signature').message }],
      [refused, 'payment-required', { detail: 'acme cannot pay this: it can cost 2, and 1 is available' }],
      [new BillingError('document', detail), 'invalid-request', { detail }],
      [new BillingError('unknown', detail), 'payment-required', { detail: 'the tenant has no account' }],
      [new BillingError('storage', detail), 'unavailable', unavailable],
      [new BillingError('not-valid', detail), 'unavailable', unavailable],
      [
        new StoreError('folder', detail),
        'unavailable',
        { ...unavailable, detail: 'the store of modules cannot be used' },
      ],
      [new PoolError('queue-full', detail), 'overloaded', { retryAfterSeconds: 1 }],
      [new PoolError('closed', detail), 'stopping', { retryAfterSeconds: 5 }],
      [new PoolError('thread', detail), 'stopping', { retryAfterSeconds: 5 }],
      [new UsageError('unknown-export', detail), 'unusable-input', { detail }],
      [new RangeError(detail), 'unusable-input', { detail }],
    ];
    for (const [error, code, details = {}] of cases) {
      const problem = problemOfFailure(error);
      expect(problem, error.name).to.be.instanceOf(ProblemError);
      expect((problem as ProblemError).problem, `${error.name} ${error.message}`).to.deep.equal(
        problemOf(code, details),
      );
    }
    const bug = new TypeError('a bug');
    expect(problemOfFailure(bug)).to.equal(bug);
  });
});
