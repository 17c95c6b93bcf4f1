/** Metrics of known calls, as text, and the limits of a tenant that they count. */
import { expect } from 'chai';
import { Metrics } from '../../src/service/metrics.js';
import { ProblemError } from '../../src/service/protocol/problems.js';
import type { RunResult } from '../../src/service/run-request.js';
import { serviceLimits } from '../../src/service/service-limits.js';
import { TenantGate } from '../../src/service/tenant-gate.js';
import { saidBy } from '../cli/said.js';

const expectSaid = saidBy('service-metrics');

const SOURCES = {
  pool: () => ({ threads: 1, waiting: 2, running: 3, waitingBytes: 4, replaced: 5 }),
  subjects: () => 6,
  receipts: () => 7,
  bytesUnderWay: () => 8,
  unsettledLines: () => 9,
};

function result(fuel: number, more: Partial<RunResult> = {}): RunResult {
  const parts = { instantiate: fuel, guest: fuel * 2, host: fuel * 3, boundary: fuel * 4 };
  const own = { text: '', hashes: [], outcomes: ['returned'], verdict: undefined, isHit: undefined };
  return { ...own, receipts: [{} as never], fuel: { used: fuel * 10, parts }, ...more };
}

async function textOf(metrics: Metrics): Promise<string> {
  return (await metrics.text()).replace(/(resident_bytes) \d+/, '$1 N');
}

describe('service: metrics', () => {
  it('count requests, calls, fuel and problems, with a bounded number of tenants', async () => {
    const metrics = await Metrics.open(2, true, SOURCES);
    metrics.run('a', result(1, { verdict: 'Valid', isHit: false }));
    metrics.run('b', result(10, { outcomes: ['returned', 'trapped'], verdict: 'Invalid', isHit: false }));
    metrics.run('c', result(100, { outcomes: ['exhausted'] }));
    metrics.run('d', result(1_000, { receipts: [], outcomes: [] }));
    metrics.run('a', result(10_000, { verdict: 'Valid', isHit: true }));
    for (const [code, tenant] of [
      ['rate-limited', 'a'],
      ['payment-required', 'd'],
      ['rate-limited', undefined],
      ['internal', 'a'],
    ] as const)
      metrics.problem(code, tenant);
    metrics.request('call', 200, 0.003);
    metrics.request('call', 404, 70);
    expect(metrics.contentType).to.match(/^text\/plain; version=0\.0\.4/);
    const text = await textOf(metrics);
    expectSaid('metrics', text);
    expect(await textOf(metrics), 'read twice').to.equal(text);
    metrics.run('a', result(1));
    expect(await textOf(metrics)).to.include('assay_fuel_total{part="boundary"} 448\n');
    expectSaid('without a memo', await textOf(await Metrics.open(1, false, SOURCES)));
  });
});

describe('service: the limits of a tenant', () => {
  const refusal = (gate: TenantGate) => {
    try {
      gate.enter()();
      return undefined;
    } catch (error) {
      if (error instanceof ProblemError) return error.problem;
      throw error;
    }
  };

  it('are its own, or those of the service', () => {
    const limits = serviceLimits({ concurrency: 2 });
    for (const [own, count] of [
      [{}, 2],
      [{ concurrency: 3 }, 3],
    ] as const) {
      const gate = new TenantGate('t', limits, own);
      const leaves = Array.from({ length: count }, () => gate.enter());
      expect(refusal(gate)).to.include({
        code: 'rate-limited',
        retryAfterSeconds: 1,
        detail: `${count} requests are under way`,
      });
      for (const _ of [1, 2]) leaves[0]!();
      leaves[0] = gate.enter();
      expect(refusal(gate), 'a request leaves once').to.include({ code: 'rate-limited' });
    }
    const gate = new TenantGate('t', limits, { operator: true });
    expect(gate.isOperator).to.equal(true);
    gate.set({});
    expect(gate.isOperator).to.equal(false);
  });

  it('let ten seconds of a rate be used at once, and what is above be paid off', () => {
    const limits = serviceLimits({ fuelPerSecond: 1_000, bytesPerSecond: 100 });
    for (const [use, perSecond] of [
      [(gate: TenantGate, units: number) => gate.useFuel(units), 1_000],
      [(gate: TenantGate, units: number) => gate.useBytes(units), 100],
    ] as const) {
      const gate = new TenantGate('t', limits);
      use(gate, perSecond * 10 - 50);
      expect([gate.waitMs(), refusal(gate)]).to.deep.equal([0, undefined]);
      use(gate, perSecond * 100);
      const detail = 'the fuel or the bytes of this time are used';
      expect(gate.waitMs()).to.be.within(98_000, 100_001);
      expect(refusal(gate)).to.include({ code: 'rate-limited', detail });
      expect(refusal(gate)!.retryAfterSeconds).to.be.within(98, 101);
      // The debt stays, and is paid off at the new rate.
      gate.set({ fuelPerSecond: 10_000, bytesPerSecond: 1_000 });
      expect(gate.waitMs()).to.be.within(9_800, 10_001);
      gate.set({ fuelPerSecond: 10 ** 12, bytesPerSecond: 10 ** 12 });
      while (gate.waitMs() > 0);
      expect(refusal(gate)).to.equal(undefined);
    }
  });

  it('keep no more of an unused rate than ten seconds of the present one', () => {
    const gate = new TenantGate('t', serviceLimits({ fuelPerSecond: 1_000_000 }));
    gate.set({ fuelPerSecond: 10 });
    gate.useFuel(200);
    expect(gate.waitMs()).to.be.within(9_000, 10_001);
  });
});
