/**
 * A house with real runs: calls with values, entries validated by the post zome, calls of the zome host; their
 * evidence, and an invoice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { openBilling } from '../../src/billing/billing.js';
import {
  bytesEvidence,
  type Evidence,
  type EvidenceSource,
  valuesEvidence,
  zomeEvidence,
} from '../../src/billing/evidence.js';
import { type Invoice, signInvoice } from '../../src/billing/invoice.js';
import type { Lease } from '../../src/billing/lease.js';
import type { PriceTable } from '../../src/billing/price-table.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { nil } from '../../src/boundary/codec.js';
import { encodeBytes } from '../../src/boundary/codec-bytes.js';
import { externPayload } from '../../src/boundary/validation.js';
import { createEngine } from '../../src/engine/engine.js';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { i32 } from '../../src/wasm/value.js';
import { hostOf } from '../zome/host-of.js';
import { probeGuest, wasmOf } from '../zome/probe-guest.js';
import { START, TABLE } from './sample-billing.js';

const GUESTS = 'vectors/guests';
export const HOUSE = new Uint8Array(32).fill(9);
const FUEL = 10_000_000;

/** Evidence in memory, which a spec may change. */
export class EvidenceMap implements EvidenceSource {
  readonly runs = new Map<string, Evidence>();
  readonly modules = new Map<string, Uint8Array>();

  async evidence(receipt: Uint8Array): Promise<Evidence | undefined> {
    return this.runs.get(toHex(receipt));
  }
  async module(identity: Uint8Array): Promise<Uint8Array | undefined> {
    return this.modules.get(toHex(identity));
  }
  put(evidence: Evidence): void {
    this.runs.set(toHex(receiptHash(evidence.receipt)), evidence);
  }
  putModule(bytes: Uint8Array): void {
    this.modules.set(toHex(hash(bytes)), bytes);
  }
}

export async function realRuns(divisions = 40): Promise<EvidenceMap> {
  const source = new EvidenceMap();
  const engine = createEngine();
  const loaded = async (path: string) => {
    const bytes = new Uint8Array(readFileSync(`${GUESTS}/${path}`));
    source.putModule(bytes);
    const result = await engine.load(bytes);
    if (!result.ok) throw new Error(result.fault.code);
    return result.module;
  };
  const divide = await loaded('wat/divide.wasm');
  for (let i = 0; i < divisions; i += 1) {
    const args = [i32(i * 7), i32(i % 5)];
    source.put(valuesEvidence(divide.call('divide', args, { fuel: FUEL }).receipt, args));
  }
  const post = await loaded('post/post.wasm');
  const entries = readdirSync(`${GUESTS}/entries`).filter((name) => /^post-(?:valid|invalid-t).*\.msgpack$/.test(name));
  for (const name of entries) {
    const entry = new Uint8Array(readFileSync(`${GUESTS}/entries/${name}`));
    source.put(bytesEvidence(post.validate(entry, { fuel: FUEL }).receipt, externPayload(entry), '0.6'));
  }
  const text = probeGuest('__hc__zome_info_1', encodeBytes(nil, null));
  source.putModule(wasmOf(text));
  const host = await hostOf([{ name: 'probe', text }]);
  source.put(zomeEvidence(host.call('probe', 'probe', encodeBytes(nil, null), { fuel: FUEL }), '0.6'));
  return source;
}

/** Bills receipts through a lease, each with a separate request. */
export function spendReceipts(
  lease: Lease,
  receipts: Iterable<Receipt>,
  requestOf: (receipt: Receipt, index: number) => Uint8Array,
): void {
  let index = 0;
  for (const receipt of receipts) {
    const call = lease.begin(receipt.fuel.limit);
    if (!call.ok) throw new Error(call.refusal.code);
    call.finish(receipt, requestOf(receipt, index++));
  }
}

/** The invoice for everything spent from a lease. */
export async function invoiceOfLines(
  spend: (lease: Lease) => void,
  table: PriceTable = TABLE,
): Promise<{ invoice: Invoice; text: string }> {
  const database = await openSqlite(':memory:');
  const billing = await openBilling(database, { clock: () => START });
  await billing.openTenant('acme');
  await billing.payIn('acme', 10n ** 17n, 'deposit');
  const opened = await billing.lease('acme', { id: 'l', table, amount: 10n ** 16n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  spend(opened.lease);
  const closed = await opened.lease.close();
  if (!closed.ok) throw new Error(closed.refusal.code);
  const statement = await billing.statement('acme', 'Notes Host');
  await database.close();
  return signInvoice(statement!, HOUSE);
}

/** The invoice for everything in a source, and anything else that is passed. */
export async function invoiceOf(
  source: EvidenceMap,
  table: PriceTable = TABLE,
): Promise<{ invoice: Invoice; text: string }> {
  const [wasm] = source.modules.values();
  const load = await createEngine().load(wasm!);
  if (!load.ok) throw new Error(load.fault.code);
  const { loadPrice } = load.module.describe();
  const receipts = Array.from(source.runs.values(), ({ receipt }) => receipt);
  return invoiceOfLines((lease) => {
    spendReceipts(lease, receipts, (receipt) => hash(receiptHash(receipt)));
    lease.spend({ kind: 'load', module: hash(wasm!), fuel: loadPrice }, hash(utf8('load')));
    lease.spend({ kind: 'storage', object: 'entries', bytes: 1_000_000, days: 1 }, hash(utf8('storage')));
  }, table);
}
