/**
 * `zome/host-functions.json`: the cost of every zome host function. There is one call for each row of the table, to a
 * guest that calls the function once and returns its result, without a chain and without dependencies.
 */
import { join } from 'node:path';
import { toHex } from '../../base/hash.js';
import { createEngine } from '../../engine/engine.js';
import { encodeReceipt } from '../../engine/receipt/receipt-bytes.js';
import { createZomeHost } from '../../zome/create-zome-host.js';
import { HOST_FUNCTIONS } from '../../zome/host-functions.js';
import { hexField, readRows, textField } from './vector-file.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

export const HOST_PRICES = 'zome/host-functions.json';

/** The payload of the guest's own call: nil as `ExternIO`. */
const PAYLOAD = Uint8Array.of(0xc4, 1, 0xc0);

export const hostPriceSuite: VectorSuite = {
  name: 'host functions',
  path: HOST_PRICES,
  run: async (folder) => {
    const report = new SuiteReport(hostPriceSuite.name);
    for (const row of readRows(join(folder, HOST_PRICES))) {
      const name = textField(row, 'name');
      const { prices, output, parts, bytes } = row;
      report.compare(name, await hostPriceOf(name, hexField(row, 'wasm')), { prices, output, parts, bytes });
    }
    return report.result();
  },
};

/** Bytes are hexadecimal. */
export interface HostPriceRow {
  readonly name: string;
  readonly wasm: string;
  /** From the table: base, perByte, and other charges by data. */
  readonly prices: Readonly<Record<string, number>>;
  /** What the guest returned: `{"Ok": bin}` of the function's result. */
  readonly output: string;
  readonly parts: Readonly<Record<string, number>>;
  /** The canonical bytes of the receipt. */
  readonly bytes: string;
}

/** Makes the call of a row. */
export async function hostPriceOf(name: string, wasm: Uint8Array): Promise<Omit<HostPriceRow, 'name' | 'wasm'>> {
  const made = await createZomeHost({ engine: createEngine(), generation: '0.6', zomes: [{ name: 'zome', wasm }] });
  if (!made.ok) throw new Error(`the guest of ${name} does not load: ${made.fault.code}`);
  const { receipt, outcome } = made.host.call('zome', 'probe', PAYLOAD);
  return {
    prices: { ...HOST_FUNCTIONS.find((row) => row.name === name)?.cost },
    output: outcome.kind === 'returned' ? toHex(outcome.output) : outcome.kind,
    parts: { ...receipt.fuel.parts },
    bytes: toHex(encodeReceipt(receipt)),
  };
}
