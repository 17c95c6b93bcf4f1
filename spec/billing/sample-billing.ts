/** Receipts and price tables for the specs of billing: real receipts of a guest, or made-up ones with any fuel. */

import { readFileSync } from 'node:fs';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { amountOf } from '../../src/billing/amount.js';
import type { PriceTable, PriceTier } from '../../src/billing/price-table.js';
import type { Receipt, ReceiptOutcome } from '../../src/engine/receipt/receipt.js';
import { decodeReceipt, encodeReceipt } from '../../src/engine/receipt/receipt-bytes.js';
import { createEngine } from '../../src/index.js';
import { FUEL_1 } from '../../src/metering/schedule.js';
import { i32 } from '../../src/wasm/value.js';

export const START = Date.UTC(2026, 10, 21, 9, 30);

export function tier(from: bigint, ...[instantiate, guest, host, boundary, load]: readonly bigint[]): PriceTier {
  const rate = (units: bigint | undefined) => amountOf(units ?? 0n);
  return {
    from,
    instantiate: rate(instantiate),
    guest: rate(guest),
    host: rate(host),
    boundary: rate(boundary),
    load: rate(load),
  };
}

export const TABLE: PriceTable = {
  name: 'notes 2026',
  currency: 'EUR',
  scale: 9,
  payableScale: 2,
  schedule: FUEL_1.hash,
  validFrom: Date.UTC(2026, 0, 1),
  validUntil: Date.UTC(2027, 0, 1),
  volumePeriod: 'month',
  fuelUnit: 1_000n,
  freeFuel: 0n,
  tiers: [tier(0n, 20n, 30n, 50n, 40n, 10n)],
  call: amountOf(7n),
  memoHit: amountOf(3n),
  storageDay: amountOf(11n),
  storageUnit: 1_048_576n,
  rounding: 'half-even',
  taxName: 'VAT',
  taxPartsPerMillion: 190_000n,
};

/** A real receipt, of a division. */
export async function realReceipt(fuel = 1_000): Promise<Receipt> {
  const loaded = await createEngine().load(new Uint8Array(readFileSync('vectors/guests/wat/divide.wasm')));
  if (!loaded.ok) throw new Error(loaded.fault.code);
  return loaded.module.call('divide', [i32(7), i32(2)], { fuel }).receipt;
}

let template: Receipt | undefined;

/** Waits for the real receipt from which `receiptOf` derives others. */
export async function prepareReceipts(): Promise<void> {
  template ??= await realReceipt();
}

/** A receipt whose guest part is this number of units, distinguished by the input. */
export function receiptOf(fuel: number, input = 'input', outcome: ReceiptOutcome = { kind: 'returned' }): Receipt {
  if (template === undefined) throw new Error('prepareReceipts comes first');
  const parts = { instantiate: 0, guest: fuel, host: 0, boundary: 0 };
  const hasOutput = outcome.kind === 'returned' || outcome.kind === 'short-circuited';
  return {
    ...template,
    input: hash(utf8(input)),
    outcome,
    output: hasOutput ? template.output : hash(new Uint8Array(0)),
    fuel: { limit: Math.max(fuel, 1), used: fuel, parts },
  };
}

/** The receipt read back from its bytes: a made-up receipt must be valid. */
export function checkedReceipt(receipt: Receipt): Receipt {
  const decoded = decodeReceipt(encodeReceipt(receipt));
  if (!decoded.ok) throw new Error(`${decoded.fault.code} at ${decoded.fault.offset}`);
  return decoded.receipt;
}

export const hexOf = toHex;
