/**
 * The vectors of billing: one object of each kind in the protocol, with its bytes and hash, from fixed keys and times.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { amountOf } from '../../src/billing/amount.js';
import { auditSeed, drawLines } from '../../src/billing/audit.js';
import { openBilling } from '../../src/billing/billing.js';
import { signInvoice } from '../../src/billing/invoice.js';
import { inclusionProof, merkleRoot } from '../../src/billing/merkle.js';
import { price } from '../../src/billing/price.js';
import { type PriceTable, priceTableBytes, priceTableHash } from '../../src/billing/price-table.js';
import { answerJson, requestIdOf, requestJson, signAnswer, signRequest } from '../../src/billing/request.js';
import { openSqlite } from '../../src/billing/sqlite-database.js';
import { itemBytes, lineId, subjectOf, type UsageItem } from '../../src/billing/usage-item.js';
import type { Receipt } from '../../src/engine/receipt/receipt.js';
import { prepareReceipts, receiptOf, START, TABLE, tier } from './sample-billing.js';

export const VECTORS = 'vectors/billing';

const TENANT = hash(utf8('the secret of a tenant'));
const NODE = hash(utf8('the secret of a node'));
const HOUSE = hash(utf8('the secret of a house'));

const PRICES: PriceTable = {
  ...TABLE,
  name: 'example 2026',
  validUntil: Date.UTC(2100, 0, 1),
  freeFuel: 1_000n,
  tiers: [
    tier(0n, 20_000n, 30_000n, 50_000n, 40_000n, 10_000n),
    tier(50_000n, 20_000n, 25_000n, 45_000n, 35_000n, 10_000n),
  ],
  call: amountOf(700_000n),
};

function withParts(receipt: Receipt, parts: Receipt['fuel']['parts']): Receipt {
  const used = parts.instantiate + parts.guest + parts.host + parts.boundary;
  return { ...receipt, fuel: { limit: Math.max(used, 1), used, parts } };
}

function items(): readonly UsageItem[] {
  const receipt = withParts(receiptOf(0), { instantiate: 512, guest: 48_000, host: 900, boundary: 1_777 });
  return [
    { kind: 'call', receipt },
    { kind: 'call', receipt: receiptOf(1_000, 'trapped', { kind: 'trapped', code: 'unreachable' }) },
    { kind: 'memo-hit', receipt },
    { kind: 'load', module: receipt.module, fuel: 123_457 },
    { kind: 'storage', object: 'notes', bytes: 5_000_001, days: 3 },
  ];
}

/** The files by name. */
export async function billingVectors(): Promise<ReadonlyMap<string, string>> {
  await prepareReceipts();
  const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
  const prices = items().flatMap((item) =>
    (['down', 'up', 'half-even'] as const).flatMap((rounding) =>
      [0n, 49_000n, 10_000_000n].map((volume) => {
        const { amount, fuel } = price(item as Parameters<typeof price>[0], { ...PRICES, rounding }, volume);
        return {
          item: toHex(itemBytes(item)),
          rounding,
          volume: String(volume),
          amount: String(amount),
          fuel: String(fuel),
        };
      }),
    ),
  );
  const requestId = hash(utf8('request'));
  const lines = items().map((item) => {
    const bytes = itemBytes(item);
    const subject = subjectOf(bytes);
    return {
      item: toHex(bytes),
      subject: toHex(subject),
      request: toHex(requestId),
      id: toHex(lineId(subject, requestId)),
    };
  });
  const leaves = Array.from({ length: 7 }, (_, i) => hash(utf8(`leaf ${i}`)));
  const trees = leaves.map((_, i) => {
    const some = leaves.slice(0, i + 1);
    return { leaves: some.map(toHex), root: toHex(merkleRoot(some)), proofOfFirst: inclusionProof(some, 0).map(toHex) };
  });
  const table = new TextDecoder().decode(priceTableBytes(PRICES));
  const { text, statementHash } = await invoice();
  const seed = auditSeed(statementHash, 'block 1');
  return new Map([
    ['price-table.json', `${table}\n`],
    ['price-table-hash.json', json({ hash: toHex(priceTableHash(PRICES)) })],
    ['prices.json', json(prices)],
    ['lines.json', json(lines)],
    ['requests.json', json(requests())],
    ['merkle.json', json(trees)],
    ['invoice.json', text],
    [
      'draws.json',
      json({ statement: toHex(statementHash), text: 'block 1', seed: toHex(seed), of100: drawLines(100, 20, seed) }),
    ],
  ]);
}

function requests(): object {
  const receipt = receiptOf(48_000);
  const { module, export: exportName, input, fuel } = receipt;
  const order = { module, export: exportName, input, fuelLimit: fuel.limit, priceTable: priceTableHash(PRICES) };
  const request = signRequest({ ...order, nonce: hash(utf8('nonce')).subarray(0, 16), at: START }, TENANT);
  return {
    tenantSecret: toHex(TENANT),
    nodeSecret: toHex(NODE),
    request: requestJson(request),
    requestHash: toHex(requestIdOf(request)),
    answer: answerJson(signAnswer(request, receipt, NODE)),
  };
}

async function invoice(): Promise<{ text: string; statementHash: Uint8Array }> {
  const billing = await openBilling(await openSqlite(':memory:'), { clock: () => START });
  await billing.openTenant('acme');
  await billing.payIn('acme', 10n ** 12n, 'deposit');
  const opened = await billing.lease('acme', { id: 'example', table: PRICES, amount: 10n ** 11n });
  if (!opened.ok) throw new Error(opened.refusal.code);
  for (const [i, item] of items().entries()) {
    const requestId = hash(utf8(`request ${i}`));
    if (item.kind === 'call') {
      const call = opened.lease.begin(item.receipt.fuel.limit);
      if (call.ok) call.finish(item.receipt, requestId, START);
    } else if (item.kind !== 'reversal') opened.lease.spend(item, requestId);
  }
  await opened.lease.close();
  for await (const { id } of billing.lines('acme')) {
    await billing.reverse(id, 'as agreed');
    break;
  }
  const statement = await billing.statement('acme', 'Example Hosting');
  await billing.ledger.database.close();
  const signed = signInvoice(statement!, HOUSE);
  return { text: signed.text, statementHash: signed.invoice.hash };
}

export async function writeBillingVectors(): Promise<void> {
  mkdirSync(VECTORS, { recursive: true });
  for (const [name, text] of await billingVectors()) writeFileSync(join(VECTORS, name), text);
}
