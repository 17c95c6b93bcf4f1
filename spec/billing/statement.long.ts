/** An invoice with each of its bytes changed or removed, and one added before each: some ten thousand signatures to check. */
import { expect } from 'chai';
import { checkInvoice, signInvoice } from '../../src/billing/invoice.js';
import { prepareReceipts } from './sample-billing.js';
import { HOUSE, sampleStatement } from './sample-statement.js';

describe('billing: an invoice', () => {
  it('is refused with any one byte changed, removed or added', async () => {
    await prepareReceipts();
    const { billing, statement } = await sampleStatement();
    await billing.ledger.database.close();
    const { text } = signInvoice(statement, HOUSE);
    expect(checkInvoice(text).ok).to.equal(true);
    for (let at = 0; at < text.length; at++) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      for (const other of [
        before + (text[at] === '7' ? '3' : '7') + after,
        before + after,
        `${before} ${text.slice(at)}`,
      ])
        expect(checkInvoice(other).ok, other.slice(at - 40, at + 20)).to.equal(false);
    }
  }).timeout(600_000);
});
