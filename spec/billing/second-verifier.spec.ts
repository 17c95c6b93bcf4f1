/**
 * The vectors of billing, checked by a second implementation of the protocol that is written from the docs and shares
 * no code.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as second from './second-verifier.js';

const read = (name: string): string => readFileSync(`vectors/billing/${name}`, 'utf8');
const rows = (name: string) => JSON.parse(read(name)) as Record<string, string>[];

describe('billing: the vectors verified from the documents alone', () => {
  it('have the hash of the price table, and the prices', () => {
    const table = JSON.parse(read('price-table.json')) as Record<string, second.Json>;
    expect(`${second.tableText(table)}\n`).to.equal(read('price-table.json'));
    const { hash } = JSON.parse(read('price-table-hash.json')) as { readonly hash: string };
    expect(second.hashOfText(second.tableText(table))).to.equal(hash);
    const prices = rows('prices.json');
    for (const { item = '', rounding = '', volume = '', amount, fuel } of prices) {
      const found = second.priceOf(second.itemOf(Buffer.from(item, 'hex')), { ...table, rounding }, BigInt(volume));
      expect({ amount: String(found.amount), fuel: String(found.fuel) }).to.deep.equal({ amount, fuel });
    }
    expect(prices).to.have.length(45);
  });

  it('have the subjects and ids of lines, the roots and the samples', () => {
    for (const { item = '', subject = '', request = '', id } of rows('lines.json')) {
      expect(second.subjectOf(Buffer.from(item, 'hex'))).to.equal(subject);
      expect(second.lineId(subject, request)).to.equal(id);
    }
    for (const { leaves, root } of JSON.parse(read('merkle.json')) as { leaves: string[]; root: string }[])
      expect(second.rootOf(leaves)).to.equal(root);
    const draws = JSON.parse(read('draws.json')) as { statement: string; text: string; seed: string; of100: number[] };
    expect(second.seedOf(draws.statement, draws.text)).to.equal(draws.seed);
    expect(second.drawsOf(100, draws.of100.length, draws.seed)).to.deep.equal(draws.of100);
  });

  it('have a signed request and a signed answer', () => {
    const { request, requestHash, answer } = JSON.parse(read('requests.json')) as {
      readonly request: Record<string, second.Json>;
      readonly requestHash: string;
      readonly answer: Record<string, second.Json>;
    };
    expect(second.isRequestSigned(request)).to.equal(true);
    expect(second.requestHash(request)).to.equal(requestHash);
    expect(second.isAnswerSigned(answer) && answer['request'] === requestHash).to.equal(true);
    expect(second.isRequestSigned({ ...request, fuelLimit: 48_001 })).to.equal(false);
    expect(second.isAnswerSigned({ ...answer, receipt: requestHash })).to.equal(false);
  });

  it('have an invoice that verifies, and does not with any byte changed', () => {
    const invoice = read('invoice.json');
    expect(second.checkInvoice(invoice)).to.equal(6);
    for (let at = 0; at < invoice.length; at += 1) {
      const other = `${invoice.slice(0, at)}${invoice[at] === '7' ? '3' : '7'}${invoice.slice(at + 1)}`;
      expect(() => second.checkInvoice(other), `byte ${at}`).to.throw();
    }
  });
});
