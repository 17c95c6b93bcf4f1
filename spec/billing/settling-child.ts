/**
 * Settles batches until it is killed, and writes the number of each batch after its acknowledgement: `settling-child.js
 * KIND PLACE NAME`.
 */
import { openBilling } from '../../src/billing/billing.js';
import { openPostgres } from '../../src/billing/postgres-database.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { prepareReceipts, receiptOf, TABLE } from './sample-billing.js';

const BATCH_LINES = 20;

const [kind, place = '', name = ''] = process.argv.slice(2);
await prepareReceipts();
const billing = await openBilling(await (kind === 'SQLite' ? openSqlite(place) : openPostgres(place)));
const opened = await billing.lease('busy', { id: name, table: TABLE, amount: 1_000_000_000n });
if (!opened.ok) throw new Error(opened.refusal.code);
for (let batch = 0; ; batch += 1) {
  for (let line = 0; line < BATCH_LINES; line += 1) {
    const call = opened.lease.begin(10_000);
    if (!call.ok) throw new Error(call.refusal.code);
    const requestId = new Uint8Array(32);
    new DataView(requestId.buffer).setUint32(0, batch * BATCH_LINES + line);
    requestId.set(new TextEncoder().encode(name), 4);
    call.finish(receiptOf(line), requestId);
  }
  const result = await opened.lease.settle();
  if (!result.ok) throw new Error(result.refusal.code);
  // Output that is still in this process when it is killed was not reported.
  await new Promise<void>((resolve) => process.stdout.write(`${batch}\n`, () => resolve()));
}
