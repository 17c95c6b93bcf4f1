/** The price table: one form, one hash; an invalid document is refused with the place of the fault. */
import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { BillingError } from '../../src/billing/billing-error.js';
import {
  isValidAt,
  priceTableBytes,
  priceTableHash,
  priceTableJson,
  readPriceTable,
  volumePeriodOf,
} from '../../src/billing/price-table.js';
import { TABLE, tier } from './sample-billing.js';

type Json = { [key: string]: unknown };

function changed(edit: (document: Json) => void): () => unknown {
  const document = JSON.parse(JSON.stringify(priceTableJson(TABLE))) as Json;
  edit(document);
  return () => readPriceTable(document);
}

describe('billing: price table', () => {
  it('round-trips through its JSON and its canonical text', () => {
    expect(readPriceTable(priceTableJson(TABLE))).to.deep.equal(TABLE);
    expect(readPriceTable(new TextDecoder().decode(priceTableBytes(TABLE)))).to.deep.equal(TABLE);
  });

  it('has a hash that does not depend on white space or key order', () => {
    const entries = Object.entries(priceTableJson(TABLE)).reverse();
    const other = readPriceTable(JSON.stringify(Object.fromEntries(entries), undefined, 2));
    expect(priceTableHash(other)).to.deep.equal(priceTableHash(TABLE));
  });

  it('has another hash, or is invalid, after any change of a digit or letter', () => {
    const text = new TextDecoder().decode(priceTableBytes(TABLE));
    const own = toHex(priceTableHash(TABLE));
    let read = 0;
    for (let at = 0; at < text.length; at += 1) {
      const other = text[at] === '1' ? '2' : '1';
      const edited = text.slice(0, at) + other + text.slice(at + 1);
      try {
        expect(toHex(priceTableHash(readPriceTable(edited))), edited).not.to.equal(own);
        read += 1;
      } catch (error) {
        expect(error).to.be.instanceOf(BillingError).with.property('code', 'document');
      }
    }
    expect(read).to.be.greaterThan(50);
  });

  const wrong: readonly (readonly [string, (document: Json) => void, RegExp])[] = [
    ['a number for an amount', (table) => (table['call'] = 7), /\$\.call/],
    ['a decimal for an amount', (table) => (table['call'] = '7.5'), /\$\.call/],
    ['an amount with leading zeros', (table) => (table['call'] = '07'), /\$\.call/],
    ['a price below 0', (table) => (table['memoHit'] = '-1'), /\$\.memoHit/],
    ['an amount above 2^63 - 1', (table) => (table['call'] = '9223372036854775808'), /\$\.call/],
    ['a unit of zero fuel', (table) => (table['fuelUnit'] = '0'), /\$\.fuelUnit/],
    ['an unknown key', (table) => (table['discount'] = '1'), /unknown key at \$\.discount/],
    ['an unknown nested key', (table) => ((table['tiers'] as Json[])[0]!['gas'] = '1'), /\$\.tiers\[0\]\.gas/],
    ['a missing field', (table) => delete table['rounding'], /\$\.rounding/],
    ['no tier', (table) => (table['tiers'] = []), /first tier/],
    ['a first tier that does not start at 0', (table) => ((table['tiers'] as Json[])[0]!['from'] = '1'), /first tier/],
    ['too many tiers', (table) => (table['tiers'] = Array(65).fill((table['tiers'] as Json[])[0])), /at most 64/],
    ['tiers that do not ascend', (table) => (table['tiers'] = Array(2).fill((table['tiers'] as Json[])[0])), /ascend/],
    ['a payable scale above the scale', (table) => (table['payableScale'] = 12), /payableScale/],
    ['a date that does not exist', (table) => (table['validFrom'] = '2026-02-30T00:00:00.000Z'), /\$\.validFrom/],
    ['a time in another form', (table) => (table['validFrom'] = '2026-02-01'), /\$\.validFrom/],
    ['an end before the start', (table) => (table['validUntil'] = table['validFrom']), /validUntil/],
    ['another format', (table) => (table['format'] = 'assay-price-table-2'), /\$\.format/],
    ['a schedule that is not a hash', (table) => (table['schedule'] = 'ff'), /\$\.schedule/],
    ['a name with a line break', (table) => (table['name'] = 'a\nb'), /\$\.name/],
  ];
  for (const [what, edit, message] of wrong) {
    it(`refuses ${what}`, () => {
      expect(changed(edit)).to.throw(BillingError, message).with.property('code', 'document');
    });
  }

  it('throws no error but its own, for any input', () => {
    fc.assert(
      fc.property(fc.anything(), (document) => {
        expect(() => readPriceTable(document)).to.throw(BillingError);
      }),
    );
  });

  it('is valid from its first moment until just before its last', () => {
    expect(isValidAt(TABLE, TABLE.validFrom)).to.equal(true);
    expect(isValidAt(TABLE, TABLE.validFrom - 1)).to.equal(false);
    expect(isValidAt(TABLE, TABLE.validUntil)).to.equal(false);
  });

  it('counts volume by days or months of UTC, or without a period', () => {
    const at = Date.UTC(2026, 1, 28, 23, 59, 59, 999);
    const periods = (['day', 'month', 'always'] as const).map((volumePeriod) =>
      volumePeriodOf({ ...TABLE, volumePeriod }, at),
    );
    expect(periods).to.deep.equal(['2026-02-28', '2026-02', 'always']);
  });

  it('keeps the order of tiers', () => {
    const table = { ...TABLE, tiers: [tier(0n, 1n), tier(10n, 2n), tier(20n, 3n)] };
    expect(readPriceTable(priceTableJson(table)).tiers.map(({ from }) => from)).to.deep.equal([0n, 10n, 20n]);
  });
});
