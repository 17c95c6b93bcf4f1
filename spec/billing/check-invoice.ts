/** An invoice with many lines, made in a separate process: its processor time and its peak memory are bounded. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hash, utf8 } from '../../src/base/hash.js';
import { openBilling } from '../../src/billing/billing.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { prepareReceipts, receiptOf, TABLE } from './sample-billing.js';

/** The program of the bench, which prints its measurements. */
const CHILD = fileURLToPath(new URL('../../bench/invoice-child.js', import.meta.url));
const BATCH = 1_000;

export interface InvoiceMade {
  readonly lines: number;
  readonly seconds: number;
  /** Processor time: other work on the machine does not matter. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly characters: number;
}

export async function makeInvoice(lines: number): Promise<InvoiceMade> {
  await prepareReceipts();
  const folder = mkdtempSync(join(tmpdir(), 'assay-invoice-'));
  try {
    const ledger = join(folder, 'ledger.db');
    const billing = await openBilling(await openSqlite(ledger));
    await billing.openTenant('busy');
    await billing.payIn('busy', 10n ** 17n, 'deposit');
    const opened = await billing.lease('busy', { id: 'l', table: TABLE, amount: 10n ** 16n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const { lease } = opened;
    for (let at = 0; at < lines; at += 1) {
      const receipt = receiptOf(at, `input ${at}`);
      const call = lease.begin(receipt.fuel.limit);
      if (!call.ok) throw new Error(call.refusal.code);
      call.finish(receipt, hash(utf8(`request ${at}`)));
      if (at % BATCH === BATCH - 1) await lease.settle();
    }
    await lease.close();
    await billing.ledger.database.close();
    return JSON.parse(execFileSync(process.execPath, [CHILD, ledger, 'busy'], { encoding: 'utf8' })) as InvoiceMade;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
