/** `assay bill demo`: a host bills two tenants for one zome; the audit confirms its invoice and refutes one with a forged line. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash, utf8 } from '../base/hash.js';
import { amountForPeople, amountOf } from '../billing/amount.js';
import { type AuditOptions, audit } from '../billing/audit.js';
import { type Billing, openBilling } from '../billing/billing.js';
import { bytesEvidence, type Evidence, EvidenceFolder } from '../billing/evidence.js';
import { type Invoice, signInvoice } from '../billing/invoice.js';
import type { Lease } from '../billing/lease.js';
import { type PriceTable, priceTableHash } from '../billing/price-table.js';
import { requestFault, requestIdOf, signAnswer, signRequest } from '../billing/request.js';
import { openSqlite } from '../billing/sqlite-database.js';
import { invoicePdf } from '../billing/statement-pdf.js';
import { invoiceText } from '../billing/statement-text.js';
import { externPayload } from '../boundary/validation.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { FUEL_1 } from '../metering/schedule.js';
import { auditDocument, auditLines, auditStatus } from './audit-report.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted } from './layout.js';
import { loadModule } from './load-module.js';
import { packageVectors } from './package-folder.js';
import { readBytes } from './read-bytes.js';
import { ENTRIES, entryBytes } from './vectors/entry-vectors.js';
import { readRows, textField } from './vectors/vector-file.js';

const HOUSE = 'Demo Host';
const FUEL = 10_000_000;
const NODE_SECRET = hash(utf8('the secret of the demo host'));
const TENANTS = ['alice', 'bob'] as const;
const MODULE_BYTES_MAX = 2 ** 26;
/** Audits every line, each of which must have been ordered. */
const WHOLE: AuditOptions = { seed: 'demo', sample: 'all', signed: true };

const TABLE: PriceTable = {
  name: 'demo',
  currency: 'EUR',
  scale: 9,
  payableScale: 2,
  schedule: FUEL_1.hash,
  validFrom: Date.UTC(2020, 0, 1),
  validUntil: Date.UTC(2100, 0, 1),
  volumePeriod: 'month',
  fuelUnit: 1_000n,
  freeFuel: 0n,
  tiers: [rates(0n, 2_000n), rates(5_000_000n, 1_500n)],
  call: amountOf(50_000n),
  memoHit: amountOf(10_000n),
  storageDay: amountOf(1_000_000n),
  storageUnit: 1_048_576n,
  rounding: 'half-even',
  taxName: 'VAT 19 %',
  taxPartsPerMillion: 190_000n,
};

function rates(from: bigint, units: bigint): PriceTable['tiers'][number] {
  const rate = amountOf(units);
  return { from, instantiate: rate, guest: rate, host: rate, boundary: rate, load: rate };
}

interface Served {
  readonly evidence: Evidence & Required<Pick<Evidence, 'signed'>>;
  readonly requestId: Uint8Array;
}

/** @param out the folder to write to; undefined: a new one */
export async function billDemo(console: Console, out: string | undefined): Promise<ExitStatus> {
  const folder = out ?? mkdtempSync(join(tmpdir(), 'assay-bill-'));
  mkdirSync(folder, { recursive: true });
  const vectors = packageVectors();
  const rows = readRows(join(vectors, ENTRIES)).filter((row) => row['guest'] === 'post');
  const path = join(vectors, 'guests', textField(rows[0] ?? {}, 'wasm'));
  const module = await loadModule(path);
  const entries = rows.map((row) => entryBytes(vectors, row));
  const money = (units: bigint) => amountForPeople(units, TABLE.currency, TABLE.scale);
  const billing = await openBilling(await openSqlite(':memory:'));
  try {
    for (const [i, tenant] of TENANTS.entries()) {
      await billing.openTenant(tenant);
      await billing.payIn(tenant, 10n ** 9n * BigInt(5 + i), 'first payment');
    }
    console.out(
      `${counted(entries.length, 'entry', 'entries')} by the zome guests/post/post.wasm for ${TENANTS.join(' and ')}\n`,
    );
    const served = new Map<string, Served[]>();
    for (const tenant of TENANTS) served.set(tenant, await serve(billing, tenant, module, entries));
    for (const tenant of TENANTS) {
      const { balance } = await billing.balance(tenant);
      console.out(`${tenant}: ${money(balance)} left`);
    }
    const invoice = await issue(billing, 'alice', folder, 'invoice');
    console.out(`\n${invoiceText(invoice)}`);
    const evidence = await kept(join(folder, 'evidence'), path, served.get('alice')!);
    const honest = await audit(invoice, evidence, WHOLE);
    console.out(`audit of ${join(folder, 'invoice.json')}`);
    console.out(`${auditLines(auditDocument(honest), console).join('\n')}\n`);
    const forged = await forgery(folder, path, served.get('alice')!);
    console.out(`audit of ${join(folder, 'forged.json')}, in which one call is billed 1,000 fuel too much`);
    console.out(`${auditLines(auditDocument(forged), console).join('\n')}\n`);
    console.out(`invoices as JSON, text and PDF, and the evidence: ${folder}`);
    console.out(console.colours.dim(`try: assay bill verify ${join(folder, 'invoice.json')}`));
    const isAsExpected = auditStatus(honest) === EXIT.ok && forged.counts.refuted === 1;
    return isAsExpected ? EXIT.ok : EXIT.invalid;
  } finally {
    await billing.ledger.database.close();
  }
}

/** Validates all entries for a tenant: one signed request each, one lease for all. */
async function serve(
  billing: Billing,
  tenant: string,
  module: LoadedModule,
  entries: readonly Uint8Array[],
): Promise<Served[]> {
  const opened = await billing.lease(tenant, { id: `${tenant} 1`, table: TABLE, amount: 10n ** 9n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  const { lease } = opened;
  const secret = hash(utf8(`the secret of ${tenant}`));
  const served: Served[] = [];
  for (const [i, entry] of entries.entries()) {
    served.push(serveOne(lease, module, entry, secret, i));
    if (lease.isDue) await lease.settle();
  }
  await lease.close();
  return served;
}

function serveOne(lease: Lease, module: LoadedModule, entry: Uint8Array, secret: Uint8Array, place: number): Served {
  const payload = externPayload(entry);
  // A real tenant knows the hash of its input from its own run; here it comes from the same run.
  const { receipt } = module.validate(entry, { fuel: FUEL });
  const nonce = hash(utf8(String(place))).subarray(0, 16);
  const order = { module: receipt.module, export: receipt.export, input: receipt.input, fuelLimit: FUEL };
  const priceTable = priceTableHash(TABLE);
  const now = Date.now();
  const request = signRequest({ ...order, priceTable, nonce, at: now }, secret);
  const fault = requestFault(request, { tenantKey: request.tenantKey, priceTable, now });
  const call = lease.begin(FUEL);
  if (fault !== undefined || !call.ok) throw new Error(fault ?? 'the allowance is used up');
  const run = module.validate(entry, { fuel: call.fuel });
  call.finish(run.receipt, requestIdOf(request), now);
  const answer = signAnswer(request, run.receipt, NODE_SECRET);
  const evidence = { ...bytesEvidence(run.receipt, payload, '0.6'), signed: { request, answer } };
  return { evidence, requestId: requestIdOf(request) };
}

async function issue(billing: Billing, tenant: string, folder: string, name: string): Promise<Invoice> {
  const statement = await billing.statement(tenant, HOUSE);
  if (statement === undefined) throw new Error('there are no lines');
  const { invoice, text } = signInvoice(statement, NODE_SECRET);
  writeFileSync(join(folder, `${name}.json`), text);
  writeFileSync(join(folder, `${name}.txt`), invoiceText(invoice));
  writeFileSync(join(folder, `${name}.pdf`), await invoicePdf(invoice));
  return invoice;
}

async function kept(folder: string, module: string, served: readonly Served[]): Promise<EvidenceFolder> {
  const evidence = new EvidenceFolder(folder);
  await evidence.putModule(readBytes(module, MODULE_BYTES_MAX));
  for (const run of served) await evidence.put(run.evidence);
  return evidence;
}

/**
 * What a dishonest host does: forges one receipt with more fuel, then prices, sums and signs it as if it were genuine.
 */
async function forgery(folder: string, module: string, served: readonly Served[]): ReturnType<typeof audit> {
  const billing = await openBilling(await openSqlite(':memory:'));
  try {
    await billing.openTenant('alice');
    await billing.payIn('alice', 10n ** 10n, 'first payment');
    const opened = await billing.lease('alice', { id: 'forged', table: TABLE, amount: 10n ** 9n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const forged = served.map((run, i) => (i === 17 ? inflated(run) : run));
    for (const { evidence, requestId } of forged) {
      const call = opened.lease.begin(FUEL);
      if (call.ok) call.finish(evidence.receipt, requestId);
    }
    await opened.lease.close();
    const invoice = await issue(billing, 'alice', folder, 'forged');
    const evidence = await kept(join(folder, 'forged-evidence'), module, forged);
    return await audit(invoice, evidence, WHOLE);
  } finally {
    await billing.ledger.database.close();
  }
}

function inflated({ evidence, requestId }: Served): Served {
  const { fuel } = evidence.receipt;
  const parts = { ...fuel.parts, guest: fuel.parts.guest + 1_000 };
  const receipt: Receipt = { ...evidence.receipt, fuel: { ...fuel, used: fuel.used + 1_000, parts } };
  const { request } = evidence.signed;
  return {
    evidence: { ...evidence, receipt, signed: { request, answer: signAnswer(request, receipt, NODE_SECRET) } },
    requestId,
  };
}
