/** Audits: what a run confirms, every way in which a false line is detected, and draws that nobody can choose. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { type AuditReport, audit, auditSeed, drawLines, drawsFor, remainingRisk } from '../../src/billing/audit.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { type Evidence, EvidenceFolder, evidenceJson, readEvidence } from '../../src/billing/evidence.js';
import type { Invoice } from '../../src/billing/invoice.js';
import { priceTableHash } from '../../src/billing/price-table.js';
import { signAnswer, signRequest } from '../../src/billing/request.js';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { EvidenceMap, invoiceOf, realRuns } from './audited-house.js';
import { START, TABLE } from './sample-billing.js';

const SECRET = new Uint8Array(32).fill(3);

describe('billing: audit', () => {
  let honest: EvidenceMap;
  let invoice: Invoice;

  before(async () => {
    honest = await realRuns();
    ({ invoice } = await invoiceOf(honest));
  });

  const all = { sample: 'all', seed: 'block 1' } as const;
  const isOf =
    (kind: string) =>
    ([, { call }]: readonly [string, Evidence]) =>
      call.kind === kind;

  /** The honest evidence with one run changed. */
  function forged(kind: string, change: (evidence: Evidence) => Evidence | undefined): EvidenceMap {
    const source = new EvidenceMap();
    for (const [module, bytes] of honest.modules) source.modules.set(module, bytes);
    for (const [name, evidence] of honest.runs) source.runs.set(name, evidence);
    const [name, evidence] = [...honest.runs].find(isOf(kind))!;
    const changed = change(evidence);
    source.runs.delete(name);
    if (changed !== undefined) source.put(changed);
    return source;
  }

  const inflated = (receipt: Receipt, by: number): Receipt => ({
    ...receipt,
    fuel: {
      ...receipt.fuel,
      used: receipt.fuel.used + by,
      parts: { ...receipt.fuel.parts, guest: receipt.fuel.parts.guest + by },
    },
  });

  const bad = ({ results }: AuditReport) => results.filter(({ verdict }) => verdict !== 'confirmed');

  it('confirms every line of an honest invoice, in either tier', async () => {
    for (const tier of ['interpreter', 'instrumented'] as const) {
      const report = await audit(invoice, honest, { ...all, tier });
      expect(bad(report)).to.deep.equal([]);
      expect(report).to.include({ lines: honest.runs.size + 1, notRun: 1, drawn: report.lines, risk: 0n });
    }
  });

  for (const kind of ['values', 'bytes', 'zome']) {
    it(`refutes a receipt that charges one unit too much (${kind}), with the pair of receipts`, async () => {
      const source = forged(kind, (evidence) => ({ ...evidence, receipt: inflated(evidence.receipt, 1) }));
      const report = await audit((await invoiceOf(source)).invoice, source, all);
      expect(report.counts.refuted).to.equal(1);
      const [result] = bad(report);
      expect(result!.reason).to.match(/^used is \d+ in the receipt that was billed and \d+ in the one/);
      expect(result!.billed!.fuel.used).to.equal(result!.made!.fuel.used + 1);
    });
  }

  it('refutes a changed output, input or host answer', async () => {
    const changes: readonly (readonly [string, (receipt: Receipt) => Receipt, RegExp])[] = [
      ['zome', (receipt) => ({ ...receipt, output: new Uint8Array(32) }), /^output is/],
      ['bytes', (receipt) => ({ ...receipt, input: new Uint8Array(32) }), /^input is/],
      ['zome', (receipt) => ({ ...receipt, hostCalls: new Uint8Array(32) }), /^hostCalls is/],
    ];
    for (const [kind, change, reason] of changes) {
      const source = forged(kind, (evidence) => ({ ...evidence, receipt: change(evidence.receipt) }));
      const report = await audit((await invoiceOf(source)).invoice, source, all);
      expect(bad(report).map(({ verdict }) => verdict)).to.deep.equal(['refuted']);
      expect(bad(report)[0]!.reason).to.match(reason);
    }
  });

  it('reports what cannot be verified, and a module that was replaced', async () => {
    const none = await audit(
      invoice,
      forged('values', () => undefined),
      all,
    );
    expect(none.counts).to.include({ unverifiable: 1, refuted: 0 });
    const short = forged('zome', (evidence) =>
      evidence.call.kind === 'zome' ? { ...evidence, call: { ...evidence.call, recording: [] } } : evidence,
    );
    const [shortened] = bad(await audit(invoice, short, all));
    expect(shortened!.verdict).to.equal('unverifiable');
    expect(shortened!.reason).to.include('another call');
    const other = new EvidenceMap();
    for (const [name, evidence] of honest.runs) other.runs.set(name, evidence);
    const [first, second] = [...honest.modules.keys()];
    for (const [name, bytes] of honest.modules) other.modules.set(name, bytes);
    other.modules.set(first!, honest.modules.get(second!)!);
    const changed = await audit(invoice, other, all);
    expect(changed.counts['module-changed']).to.be.greaterThan(30);
    const reasons = bad(changed).flatMap(({ verdict, reason }) => (verdict === 'module-changed' ? [reason] : []));
    expect(new Set(reasons)).to.deep.equal(new Set([`the file now contains the module ${second}`]));
    other.modules.delete(first!);
    expect((await audit(invoice, other, all)).counts).to.include({ 'module-changed': 0, refuted: 0 });
  });

  it('refutes a line that differs from its receipt', async () => {
    const at = 3;
    const line = invoice.statement.lines[at]!;
    const [instantiate, guest, host, boundary, load] = line.fuel;
    const fuel = [instantiate, guest + 1, host, boundary, load] as const;
    const changes: readonly (readonly [object, string])[] = [
      [{ export: 'other' }, 'the line names another export than its receipt'],
      [{ module: new Uint8Array(32) }, 'the line names another module than its receipt'],
      [{ module: undefined }, 'the line names another module than its receipt'],
      [{ outcome: 'breached' }, `the line has the outcome breached, its receipt ${line.outcome}`],
      [{ fuel }, `the line has ${guest + 1} fuel where its receipt has ${guest}`],
    ];
    for (const [change, reason] of changes) {
      const lines = invoice.statement.lines.map((own, i) => (i === at ? { ...own, ...change } : own));
      const changed = { ...invoice, statement: { ...invoice.statement, lines } };
      const source = {
        evidence: (hash: Uint8Array) => honest.evidence(hash),
        module: (hash: Uint8Array) => honest.module(hash),
      };
      const results = bad(
        await audit({ ...changed, statement: { ...changed.statement, lines: [lines[at]!] } }, source, all),
      );
      expect(results).to.have.length(1);
      expect(results[0]).to.include({ line: 0, verdict: 'refuted', reason });
    }
  });

  it('refutes a run without an order, where orders are required', async () => {
    const report = await audit(invoice, honest, { ...all, signed: true });
    expect(report.counts.refuted).to.equal(honest.runs.size);
    const [name, evidence] = [...honest.runs][0]!;
    const { module, export: exportName, input, fuel } = evidence.receipt;
    const order = { module, export: exportName, input, fuelLimit: fuel.limit, priceTable: priceTableHash(TABLE) };
    const request = signRequest({ ...order, nonce: new Uint8Array(16), at: START }, SECRET);
    const answer = signAnswer(request, evidence.receipt, SECRET);
    const source = forged('values', () => undefined);
    source.runs.set(name, { ...evidence, signed: { request, answer } });
    const [result] = bad(await audit(invoice, source, all));
    expect(result!.reason).to.equal('the request that was given does not belong to the line');
  });

  it('samples by statement and seed, each line once, reproducibly', () => {
    const seed = auditSeed(new Uint8Array(32), 'block 1');
    expect(drawLines(10, 4, seed)).to.deep.equal(drawLines(10, 10, seed).slice(0, 4));
    expect([...drawLines(200, 500, seed)].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 200 }, (_, i) => i),
    );
    expect(drawLines(1_000, 5, auditSeed(new Uint8Array(32), 'block 2'))).not.to.deep.equal(drawLines(1_000, 5, seed));
    const counts = new Map<number, number>();
    for (let i = 0; i < 2_000; i += 1) {
      const [first = -1] = drawLines(4, 1, auditSeed(new Uint8Array(32), String(i)));
      counts.set(first, (counts.get(first) ?? 0) + 1);
    }
    // Each of four is drawn first about 500 times; 5 standard deviations are 97.
    for (let line = 0; line < 4; line += 1) expect(counts.get(line)).to.be.within(403, 597);
  });

  it('detects a host that inflates one line in a hundred with 99 of 100 seeds', () => {
    const isFalse = (line: number) => line % 100 === 37;
    const foundOf100 = (lines: number, draws: number, set: number) => {
      const seeds = Array.from({ length: 100 }, (_, i) => auditSeed(new Uint8Array(32), `set ${set}, public ${i}`));
      return seeds.filter((seed) => drawLines(lines, draws, seed).some(isFalse)).length;
    };
    // Each audit misses it with a chance of 0.1 %: two of a hundred miss it in one set of 200.
    expect(foundOf100(5_000, drawsFor(10_000n, 1_000n), 0)).to.be.at.least(99);
    expect(foundOf100(100_000, drawsFor(10_000n, 1_000n), 1)).to.be.at.least(99);
    expect(foundOf100(20_000, 50, 2)).to.be.below(60);
  });

  it('samples as many lines as a confidence needs, by default 99.9 %', async () => {
    expect(drawsFor(10_000n, 10_000n)).to.equal(459);
    expect(drawsFor(10_000n, 1_000n)).to.equal(688);
    expect([drawsFor(1_000_000n, 1n), drawsFor(500_000n, 1_000_000n), drawsFor(500_000n, 250_000n)]).to.deep.equal([
      1, 0, 2,
    ]);
    for (const risk of [10_000n, 1_000n, 100n]) {
      const draws = drawsFor(10_000n, risk);
      expect(remainingRisk(10_000n, draws) <= risk && remainingRisk(10_000n, draws - 1) > risk).to.equal(true);
    }
    for (const wrong of [0n, 1_000_001n]) {
      expect(() => drawsFor(wrong, 1n)).to.throw(RangeError);
      expect(() => drawsFor(1n, wrong)).to.throw(RangeError);
    }
    const few = await audit(invoice, honest, { seed: 'block 1', share: 500_000n, risk: 250_000n });
    expect(few.drawn).to.equal(2);
  });

  it('states the remaining risk, rounded up', () => {
    expect(remainingRisk(10_000n, 459)).to.equal(9_921n);
    expect(remainingRisk(10_000n, 0)).to.equal(1_000_000n);
    expect(remainingRisk(1_000_000n, 1)).to.equal(0n);
  });

  it('reads its evidence from a folder, and refuses other files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-evidence-'));
    try {
      const stored = new EvidenceFolder(folder);
      for (const evidence of honest.runs.values()) await stored.put(evidence);
      for (const bytes of honest.modules.values()) await stored.putModule(bytes);
      expect(bad(await audit(invoice, stored, { sample: 25, seed: 'block 1' }))).to.deep.equal([]);
      const [evidence] = honest.runs.values();
      expect(await stored.evidence(receiptHash(evidence!.receipt))).to.deep.equal(evidence);
      const name = toHex(receiptHash(evidence!.receipt));
      const path = join(folder, 'runs', name.slice(0, 2), `${name}.json`);
      expect(readdirSync(join(folder, 'runs'))).to.include(name.slice(0, 2));
      writeFileSync(path, '{"format":"assay-evidence-1"}');
      const report = await audit(invoice, stored, all);
      expect(report.counts).to.include({ unverifiable: 1, refuted: 0 });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('has evidence that round-trips through JSON', () => {
    for (const evidence of honest.runs.values()) {
      const read = readEvidence(JSON.parse(JSON.stringify(evidenceJson(evidence))));
      expect(read.receipt).to.deep.equal(evidence.receipt);
      expect(evidenceJson(read)).to.deep.equal(evidenceJson(evidence));
    }
    for (const wrong of [
      '{}',
      '[',
      { format: 'assay-evidence-1', receipt: '00', call: { kind: 'values', args: [] } },
    ]) {
      expect(() => readEvidence(wrong)).to.throw(BillingError);
    }
  });
});
