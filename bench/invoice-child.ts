/**
 * Prints, as JSON, the cost of the next invoice of a tenant: `invoice-child.js LEDGER TENANT`. Runs in a separate
 * process, because its peak memory is one of the figures.
 */
import { openBilling } from '../src/billing/billing.js';
import { signInvoice } from '../src/billing/invoice.js';
import { openSqlite } from '../src/billing/sqlite-database.js';

const [path, tenant] = process.argv.slice(2) as [string, string];
const billing = await openBilling(await openSqlite(path));
const began = performance.now();
const cpuBefore = process.cpuUsage();
const statement = await billing.statement(tenant, 'bench');
const { text } = signInvoice(statement!, new Uint8Array(32).fill(1));
const seconds = (performance.now() - began) / 1_000;
const { user, system } = process.cpuUsage(cpuBefore);
const cpuSeconds = (user + system) / 1_000_000;
// Kibibytes, though Node's documentation of `maxRSS` mentions the unit only in its examples.
const peakMegabytes = (process.resourceUsage().maxRSS * 1_024) / 1_000_000;
await billing.ledger.database.close();
process.stdout.write(
  JSON.stringify({ lines: statement!.lines.length, seconds, cpuSeconds, peakMegabytes, characters: text.length }),
);
