/** The vectors match the code, and a second implementation of the protocol computes the same prices and roots. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { fromHex, hash, toHex, utf8 } from '../../src/base/hash.js';
import { checkInvoice } from '../../src/billing/invoice.js';
import { readAnswer, readRequest, requestFault } from '../../src/billing/request.js';
import { START } from './sample-billing.js';
import { billingVectors, VECTORS } from './vectors.js';

/** The agreement script for Unyt's lines, written by hand; `npm run billing -- --rhai` runs it. */
const SCRIPT = 'unyt-agreement.rhai';

const read = (name: string) => readFileSync(join(VECTORS, name), 'utf8');

describe('billing: vectors', () => {
  it('are what the code generates', async () => {
    const made = await billingVectors();
    expect(readdirSync(VECTORS).sort()).to.deep.equal([...made.keys(), SCRIPT].sort());
    for (const [name, text] of made) expect(read(name), name).to.equal(text);
  });

  it('have the hash of the text of the price table', () => {
    const { hash: said } = JSON.parse(read('price-table-hash.json')) as { hash: string };
    expect(toHex(hash(utf8(read('price-table.json').trimEnd())))).to.equal(said);
  });

  it('have an invoice and a request that verify', () => {
    expect(checkInvoice(read('invoice.json')).ok).to.equal(true);
    const { request, requestHash, answer } = JSON.parse(read('requests.json')) as Record<string, object>;
    const signed = readRequest(request);
    const checks = { tenantKey: signed.tenantKey, priceTable: signed.priceTable, now: START };
    expect(requestFault(signed, checks)).to.equal(undefined);
    expect(toHex(readAnswer(answer).request)).to.equal(requestHash);
  });

  it('have samples as the page describes them', () => {
    const { seed, of100 } = JSON.parse(read('draws.json')) as { seed: string; of100: number[] };
    let n = 0;
    const places = Array.from({ length: 100 }, (_, i) => i);
    for (let i = 0; i < of100.length; i += 1) {
      const below = 100n - BigInt(i);
      let number: bigint;
      do {
        const counter = Buffer.alloc(8);
        counter.writeBigUInt64LE(BigInt(n++));
        number = BigInt(`0x${toHex(hash(Uint8Array.of(...fromHex(seed), ...counter)).subarray(0, 6))}`);
      } while (number >= 2n ** 48n - (2n ** 48n % below));
      const other = i + Number(number % below);
      [places[i], places[other]] = [places[other]!, places[i]!];
    }
    expect(places.slice(0, of100.length)).to.deep.equal(of100);
  });
});
