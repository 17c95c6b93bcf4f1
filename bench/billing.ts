/**
 * Section `billing`: what billing adds to a validation through a lease, how many lines per second a ledger settles in
 * batches, and the time of an invoice of many lines and an audit of 459.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash, utf8 } from '../src/base/hash.js';
import { amountOf } from '../src/billing/amount.js';
import { type Billing, openBilling } from '../src/billing/billing.js';
import type { Lease } from '../src/billing/lease.js';
import type { PriceTable } from '../src/billing/price-table.js';
import { openSqlite } from '../src/billing/sqlite-database.js';
import type { Receipt } from '../src/engine/receipt/receipt.js';
import { createEngine } from '../src/index.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { i32 } from '../src/wasm/value.js';
import type { Section, SectionOptions } from './section.js';

const LINES = 100_000;
const LINES_QUICK = 10_000;
const BATCH = 1_000;
const FUEL = 1_000_000;

/** Targets. */
const VALIDATION_US_MAX = 3;
const SETTLED_MIN = 10_000;
const INVOICE_S_MAX = 10;
const INVOICE_MB_MAX = 300;
const INVOICE_CHILD = fileURLToPath(new URL('invoice-child.js', import.meta.url));
const RATE = amountOf(30n);

const TABLE: PriceTable = {
  name: 'bench',
  currency: 'EUR',
  scale: 9,
  payableScale: 2,
  schedule: FUEL_1.hash,
  validFrom: 0,
  validUntil: Date.UTC(2100, 0, 1),
  volumePeriod: 'month',
  fuelUnit: 1_000n,
  freeFuel: 0n,
  tiers: [{ from: 0n, instantiate: RATE, guest: RATE, host: RATE, boundary: RATE, load: RATE }],
  call: amountOf(7n),
  memoHit: amountOf(1n),
  storageDay: amountOf(1n),
  storageUnit: 1n,
  rounding: 'half-even',
  taxName: 'VAT',
  taxPartsPerMillion: 190_000n,
};

export const BILLING: Section = {
  name: 'billing',
  about: 'billing a validation through a lease, settling lines, an invoice',
  run: async (options) => {
    const lines = options.quick ? LINES_QUICK : LINES;
    const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
    try {
      const ledger = join(folder, 'ledger.db');
      const billing = await openBilling(await openSqlite(ledger));
      const figures = await metered(billing, lines, options).finally(() => billing.ledger.database.close());
      options.progress('invoice');
      return reportOf(lines, figures, invoiceOf(ledger));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

interface Metered {
  readonly validationUs: number;
  readonly settledPerSecond: number;
}

async function metered(billing: Billing, lines: number, { progress }: SectionOptions): Promise<Metered> {
  await billing.openTenant('bench');
  await billing.payIn('bench', 10n ** 17n, 'deposit');
  const receipts = await receiptsOf(BATCH);
  const requests = Array.from({ length: lines }, (_, i) => hash(utf8(`request ${i}`)));
  const lease = await leaseOf(billing, 'warm-up');
  meter(lease, receipts, requests.slice(0, BATCH));
  await lease.close();
  progress('lease');
  const spent = await leaseOf(billing, 'spent');
  const began = performance.now();
  // No settlement in between: this is the part that a validation waits for.
  meter(spent, receipts, requests);
  const validationUs = ((performance.now() - began) * 1_000) / lines;
  progress('settlement');
  const settled = await leaseOf(billing, 'settled');
  let settledMs = 0;
  for (let at = BATCH; at < lines; at += BATCH) {
    meter(settled, receipts, requests.slice(at, at + BATCH));
    const start = performance.now();
    await settled.settle();
    settledMs += performance.now() - start;
  }
  const settledPerSecond = ((lines - BATCH) * 1_000) / settledMs;
  await settled.close();
  await spent.close();
  return { validationUs, settledPerSecond };
}

interface InvoiceFigures {
  readonly lines: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
  readonly characters: number;
}

function invoiceOf(path: string): InvoiceFigures {
  return JSON.parse(execFileSync(process.execPath, [INVOICE_CHILD, path, 'bench'], { encoding: 'utf8' }));
}

function reportOf(lines: number, { validationUs, settledPerSecond }: Metered, invoice: InvoiceFigures) {
  const row = {
    lines,
    'us a validation': validationUs,
    'lines settled a second': settledPerSecond,
    'invoice lines': invoice.lines,
    'invoice s': invoice.seconds,
    'invoice MB': invoice.characters / 1_000_000,
    'peak memory MB': invoice.peakMegabytes,
  };
  return {
    tables: [{ title: 'billing with SQLite on disk', rows: [row] }],
    targets: [
      { name: 'billing of a validation', measured: validationUs, bound: VALIDATION_US_MAX, unit: 'us' },
      {
        name: 'time to settle 10,000 lines in batches',
        measured: (SETTLED_MIN / settledPerSecond) * 1_000,
        bound: 1_000,
        unit: 'ms',
      },
      { name: `invoice of ${invoice.lines} lines`, measured: invoice.seconds, bound: INVOICE_S_MAX, unit: 's' },
      { name: 'memory of making it', measured: invoice.peakMegabytes, bound: INVOICE_MB_MAX, unit: 'MB' },
    ],
    notes: [],
  };
}

async function leaseOf(billing: Billing, id: string): Promise<Lease> {
  const opened = await billing.lease('bench', { id, table: TABLE, amount: 10n ** 14n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  return opened.lease;
}

function meter(lease: Lease, receipts: readonly Receipt[], requests: readonly Uint8Array[]): void {
  for (let i = 0; i < requests.length; i += 1) {
    const call = lease.begin(FUEL);
    if (!call.ok) throw new Error(call.refusal.code);
    call.finish(receipts[i % receipts.length]!, requests[i]!);
  }
}

/** Receipts of different divisions. */
async function receiptsOf(count: number): Promise<readonly Receipt[]> {
  const loaded = await createEngine().load(new Uint8Array(readFileSync('vectors/guests/wat/divide.wasm')));
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return Array.from(
    { length: count },
    (_, i) => loaded.module.call('divide', [i32(i), i32(3)], { fuel: FUEL }).receipt,
  );
}
