/**
 * A billed service that is ended during a batch: the ledger has a line for each result, at its price, and nothing stays
 * reserved.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../src/base/hash.js';
import { openBilling } from '../../src/billing/billing.js';
import { price, taxOn } from '../../src/billing/price.js';
import { readPriceTable } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { itemOf } from '../../src/billing/usage-item.js';
import type { CheckOptions, Finding } from '../pool/check.js';
import { serveChild } from './serve-child.js';
import { DIVIDE } from './served.js';

const LINES = 50_000;
const TABLE = 'vectors/billing/price-table.json';
const PAID = 10n ** 15n;

export async function checkBilling({ share, showProgress }: CheckOptions): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-serve-bill-'));
  const ledger = join(folder, 'ledger.db');
  const opened = await openBilling(await openSqlite(ledger));
  for (const tenant of ['acme', 'poor']) await opened.openTenant(tenant);
  await opened.payIn('acme', PAID, 'deposit');
  await opened.ledger.database.close();
  showProgress('a batch that is billed');
  const child = await serveChild('--threads', '2', '--billing', ledger, '--prices', TABLE);
  const { hash: module } = await child.client.putModule(DIVIDE);
  const count = Math.round(LINES * Math.max(share, 0.1));
  const lines = Array.from({ length: count }, (_, i) => JSON.stringify({ args: [`i32:${i}`, `i32:${i % 7}`] }));
  const body = [JSON.stringify({ module, export: 'divide', fuel: 50_000 }), ...lines].join('\n');
  const headers = { authorization: `Bearer ${child.token}`, 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${child.url}/v1/batch`, { method: 'POST', headers, body });
  const poor = await fetch(`${child.url}/v1/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${child.poor}`, 'content-type': 'application/json' },
    body: JSON.stringify({ module, export: 'divide', args: ['i32:1', 'i32:1'] }),
  });
  const stopping = child.stop();
  const results = (await response.text()).trim().split('\n');
  const status = await stopping;
  const billing = await openBilling(await openSqlite(ledger));
  const table = readPriceTable(readFileSync(TABLE, 'utf8'));
  const subjects: string[] = [];
  let volume = 0n;
  let net = 0n;
  for await (const { item, subject } of billing.lines('acme')) {
    const read = itemOf(item);
    if (read.kind === 'call') subjects.push(toHex(subject));
    const priced = price(read as Parameters<typeof price>[0], table, volume);
    volume += priced.fuel;
    net += priced.amount;
  }
  const { balance, reserved } = await billing.balance('acme');
  await billing.ledger.database.close();
  rmSync(folder, { recursive: true, force: true });
  const receipts = results.flatMap(
    (text) => (JSON.parse(text) as { readonly receipts?: readonly string[] }).receipts ?? [],
  );
  const isSame = receipts.sort().join() === subjects.sort().join();
  return [
    {
      what: 'a line for each result of a batch, also of one that SIGTERM ended',
      ok: isSame && receipts.length > 0 && status === 0,
      found: `${receipts.length} results of ${count} lines, ${subjects.length} lines in the ledger, status ${status}`,
    },
    {
      what: 'the balance is what a recount of the lines comes to, and nothing is reserved',
      ok: PAID - balance === net + taxOn(net, table) && reserved === 0n,
      found: `${PAID - balance} of ${net + taxOn(net, table)}, ${reserved} reserved`,
    },
    { what: 'a tenant that cannot pay is refused', ok: poor.status === 402, found: `status ${poor.status}` },
  ];
}
