/** A line as a job: how errors of the pool are reported, and when a run waits for room. */
import { expect } from 'chai';
import { UsageError } from '../../src/base/usage-error.js';
import { NotOrdered } from '../../src/billing/ordered-run.js';
import { encodeReceipt } from '../../src/index.js';
import { JobFailure, PoolError } from '../../src/pool/pool-error.js';
import type { PooledModule } from '../../src/pool/pooled-module.js';
import { PooledReceipt } from '../../src/pool/pooled-receipt.js';
import type { Taking } from '../../src/pool/run-all.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import { type Billed, runInModule } from '../../src/service/run-request.js';
import { serviceLimits } from '../../src/service/service-limits.js';
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
});
