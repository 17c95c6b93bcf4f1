/**
 * Prices: exact, compared with fractions of BigInt, over tiers, free fuel and every rounding; only integers in the
 * folder.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Amount,
  amountForPeople,
  amountFromDecimal,
  amountOf,
  amountText,
  countText,
  decimalText,
  divided,
  exactNumber,
  positiveText,
  priceText,
  smallerOf,
  sumOf,
  ZERO,
} from '../../src/billing/amount.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { MOMENT_MAX, moment, momentOf } from '../../src/billing/document.js';
import { fuelPaidBy, mostOf, price, taxOn, withTax } from '../../src/billing/price.js';
import { FUEL_PARTS, type PriceTable } from '../../src/billing/price-table.js';
import { itemBytes, itemOf, lineId, subjectOf, type UsageItem } from '../../src/billing/usage-item.js';
import type { Receipt, ReceiptOutcome } from '../../src/engine/receipt/receipt.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { checkedReceipt, prepareReceipts, receiptOf, TABLE, tier } from './sample-billing.js';

const SOURCES = 'src/billing';

/** Code that turns an integer into a float, or a float into an integer. */
const FLOATS =
  /parseFloat|\bNumber\(|\bNumber\.parse|\.toFixed|\.toPrecision|Math\.(?!min|max)|\b\d+\.\d+\b|\bunary\b|asIntN/;

const rate = fc.bigInt({ min: 0n, max: 10n ** 9n }).map(amountOf);
const rates = fc.record({ instantiate: rate, guest: rate, host: rate, boundary: rate, load: rate });
const tables: fc.Arbitrary<PriceTable> = fc
  .record({
    tiers: fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 5_000n }), rates), { minLength: 1, maxLength: 4 }),
    freeFuel: fc.bigInt({ min: 0n, max: 3_000n }),
    fuelUnit: fc.bigInt({ min: 1n, max: 10n ** 6n }),
    call: rate,
    rounding: fc.constantFrom('down', 'up', 'half-even' as const),
    taxPartsPerMillion: fc.bigInt({ min: 0n, max: 300_000n }),
  })
  .map(({ tiers, ...rest }) => {
    let from = 0n;
    const placed = tiers.map(([width, rated], i) => {
      from += i === 0 ? 0n : width;
      return { from, ...rated };
    });
    return { ...TABLE, ...rest, tiers: placed };
  });

const parts = fc.tuple(...FUEL_PARTS.slice(0, 4).map(() => fc.nat(4_000)));

function withParts([instantiate = 0, guest = 0, host = 0, boundary = 0]: readonly number[]): Receipt {
  const used = instantiate + guest + host + boundary;
  return { ...receiptOf(0), fuel: { limit: used, used, parts: { instantiate, guest, host, boundary } } };
}

/** The price computed unit by unit, which is slow and simple. */
function unitByUnit(receipt: Receipt, table: PriceTable, volume: bigint): bigint {
  let place = volume;
  let numerator = table.call * table.fuelUnit;
  for (const part of ['instantiate', 'guest', 'host', 'boundary'] as const) {
    for (let unit = 0; unit < receipt.fuel.parts[part]; unit += 1, place += 1n) {
      if (place >= table.freeFuel) numerator += table.tiers.filter(({ from }) => from <= place).at(-1)![part];
    }
  }
  const doubled = 2n * numerator;
  const [low, twice] = [numerator / table.fuelUnit, 2n * table.fuelUnit];
  if (low * table.fuelUnit === numerator || table.rounding === 'down') return low;
  if (table.rounding === 'up') return low + 1n;
  const distance = doubled - low * twice;
  return distance < table.fuelUnit || (distance === table.fuelUnit && low % 2n === 0n) ? low : low + 1n;
}

describe('billing: prices', () => {
  before(prepareReceipts);

  it('are the sum over units of fuel, rounded once', () => {
    fc.assert(
      fc.property(tables, parts, fc.bigInt({ min: 0n, max: 9_000n }), (table, fuel, volume) => {
        const receipt = withParts(fuel);
        const { amount, fuel: added } = price({ kind: 'call', receipt }, table, volume);
        expect(amount).to.equal(unitByUnit(receipt, table, volume));
        expect(added).to.equal(BigInt(receipt.fuel.used));
      }),
      { numRuns: 200 },
    );
  });

  it('are billed for every outcome that has a receipt, for the fuel used', () => {
    const outcomes: readonly ReceiptOutcome[] = [
      { kind: 'returned' },
      { kind: 'trapped', code: 'unreachable' },
      { kind: 'short-circuited' },
      { kind: 'breached', code: 'export-type' },
    ];
    for (const outcome of outcomes) {
      const receipt = checkedReceipt(receiptOf(5_500, 'input', outcome));
      // 5.5 units of fuel at 30, and 7 for the call.
      expect(price({ kind: 'call', receipt }, TABLE), outcome.kind).to.deep.equal({ amount: 172n, fuel: 5_500n });
    }
    const exhausted = checkedReceipt(receiptOf(5_500, 'input', { kind: 'exhausted', resource: 'fuel' }));
    expect(price({ kind: 'call', receipt: exhausted }, TABLE).amount).to.equal(172n);
  });

  it('have their own rows for memo hits, loads and storage', () => {
    const receipt = receiptOf(5_500);
    expect(price({ kind: 'memo-hit', receipt }, TABLE)).to.deep.equal({ amount: 3n, fuel: 0n });
    const load: UsageItem = { kind: 'load', module: receipt.module, fuel: 1_450 };
    // 14.5 is between two integers: rounded to the even one.
    expect(price(load, TABLE)).to.deep.equal({ amount: 14n, fuel: 1_450n });
    const storage: UsageItem = { kind: 'storage', object: 'notes', bytes: 3 * 1_048_576, days: 2 };
    expect(price(storage, TABLE)).to.deep.equal({ amount: 66n, fuel: 0n });
  });

  it('are zero within the free allowance, and lower in a later tier', () => {
    const table = { ...TABLE, freeFuel: 1_000n, tiers: [tier(0n, 0n, 30n), tier(3_000n, 0n, 10n)] };
    const at = (volume: bigint) => price({ kind: 'call', receipt: receiptOf(4_000) }, table, volume).amount;
    expect([at(0n), at(1_000n), at(3_000n)]).to.deep.equal([7n + 60n + 10n, 7n + 60n + 20n, 7n + 40n]);
  });

  it('are refused for fuel of another schedule', () => {
    const receipt = { ...receiptOf(10), schedule: new Uint8Array(32) };
    expect(() => price({ kind: 'call', receipt }, TABLE))
      .to.throw(BillingError)
      .with.property('code', 'other-schedule');
    expect(() => price({ kind: 'memo-hit', receipt }, TABLE)).to.throw(BillingError);
  });

  it('never exceed the amount that a fuel limit was derived from, and the limit is the largest such', () => {
    const amount = fc.bigInt({ min: 0n, max: 10n ** 10n });
    fc.assert(
      fc.property(tables, amount, fc.bigInt({ min: 0n, max: 9_000n }), (table, left, volume) => {
        const fuel = fuelPaidBy(left, table);
        if (fuel === undefined) {
          expect(mostOf(0n, table) > left).to.equal(true);
          return;
        }
        expect(mostOf(BigInt(fuel), table) <= left, 'the limit is paid').to.equal(true);
        if (fuel < Number.MAX_SAFE_INTEGER) expect(mostOf(BigInt(fuel) + 1n, table) > left).to.equal(true);
        const receipt = withParts([0, Math.min(fuel, 20_000), 0, 0]);
        expect(withTax(price({ kind: 'call', receipt }, table, volume).amount, table) <= left).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  it('have a tax on the sum that does not depend on the order of lines', () => {
    fc.assert(
      fc.property(tables, fc.array(fc.bigInt({ min: 0n, max: 10n ** 12n })), (table, lines) => {
        let net = 0n;
        let tax = 0n;
        for (const line of lines) {
          tax += taxOn(net + line, table) - taxOn(net, table);
          net += line;
        }
        expect(tax).to.equal((net * table.taxPartsPerMillion) / 1_000_000n);
        const bound = lines.reduce((sum, line) => sum + withTax(line, table), 0n);
        expect(net + tax <= bound).to.equal(true);
      }),
    );
  });
});

describe('billing: amounts', () => {
  it('are integers: a number, and an unchecked bigint, are refused', () => {
    // @ts-expect-error a number is no amount
    const number: Amount = 1;
    // @ts-expect-error a bigint is none before it was checked
    const unchecked: Amount = 1n;
    expect([number, unchecked]).to.have.length(2);
    expect(() => amountOf(2n ** 63n))
      .to.throw(BillingError)
      .with.property('code', 'amount');
    expect(() => amountOf(-(2n ** 63n))).to.throw(BillingError);
    expect(amountOf(0n)).to.equal(ZERO);
  });

  it('are divided by one rounding rule', () => {
    const rounded = (rounding: 'down' | 'up' | 'half-even') =>
      [4n, 5n, 6n, 7n, 15n].map((numerator) => divided(numerator, 10n, rounding));
    expect(rounded('down')).to.deep.equal([0n, 0n, 0n, 0n, 1n]);
    expect(rounded('up')).to.deep.equal([1n, 1n, 1n, 1n, 2n]);
    expect(rounded('half-even')).to.deep.equal([0n, 0n, 1n, 1n, 2n]);
  });

  it('are written and read as decimals of a scale', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(9), (units, scale) => {
        expect(amountFromDecimal(decimalText(units, scale), scale)).to.equal(units);
      }),
    );
    for (const text of ['', '1.', '.5', '01', '1e3', '1,5', '0.001', ' 1']) {
      expect(() => amountFromDecimal(text, 2), text).to.throw(BillingError);
    }
  });

  it('are accepted exactly up to their bounds', () => {
    const most = 2n ** 63n - 1n;
    expect([amountOf(most), amountOf(-most), sumOf([most, -1n])]).to.deep.equal([most, -most, most - 1n]);
    for (const units of [most + 1n, -most - 1n]) {
      const text = `an amount is from -(2^63 - 1) to 2^63 - 1, not ${units}`;
      expect(() => amountOf(units))
        .to.throw(BillingError, text)
        .with.property('code', 'amount');
      expect(() => sumOf([units])).to.throw(BillingError, text);
    }
    expect(exactNumber(2n ** 53n - 1n)).to.equal(Number.MAX_SAFE_INTEGER);
    expect(() => exactNumber(2n ** 53n))
      .to.throw(BillingError, '9007199254740992 is too large for a number')
      .with.property('code', 'amount');
    expect([smallerOf(1n, 2n), smallerOf(2n, 1n), smallerOf(2n, 2n)]).to.deep.equal([1n, 1n, 2n]);
    const rows = [
      [amountText, 'an amount', -most],
      [priceText, 'an amount from 0', 0n],
      [countText, 'an integer from 0', 0n],
      [positiveText, 'an integer from 1', 1n],
    ] as const;
    for (const [type, name, least] of rows) {
      expect(type.name).to.equal(name);
      for (const value of [least, 1n, most]) {
        expect(type.decode(`${value}`)).to.deep.include({ right: value });
        expect([type.is(value), type.encode(value as Amount)]).to.deep.equal([true, `${value}`]);
      }
      for (const value of [least - 1n, most + 1n]) expect(type.is(value)).to.equal(false);
      expect(type.is(1)).to.equal(false);
      for (const text of [`${least - 1n}`, `${most + 1n}`, '-0', '01', '+1', '1.0', '', ' 1', '1 ', 1, 1n]) {
        const read = type.decode(text);
        expect(read._tag === 'Left' && read.left[0]!.message, `${text}`).to.equal(`expected ${name} as a decimal text`);
      }
    }
  });

  it('are displayed with all digits of their scale', () => {
    const rows = [
      [5n, 2, '0.05'],
      [-5n, 2, '-0.05'],
      [1_234n, 2, '12.34'],
      [-5n, 0, '-5'],
      [0n, 0, '0'],
      [0n, 3, '0.000'],
    ] as const;
    for (const [units, scale, text] of rows) {
      expect(decimalText(units, scale)).to.equal(text);
      expect(amountForPeople(units, 'EUR', scale)).to.equal(`${text} EUR`);
      expect(amountFromDecimal(text, scale)).to.equal(units);
    }
    expect(amountFromDecimal('12.5', 2)).to.equal(1_250n);
    expect(() => amountFromDecimal('12.505', 2))
      .to.throw(BillingError, 'write an amount as 12.50, with at most 2 digits after the point')
      .with.property('code', 'amount');
  });

  it('are of moments, which are texts of one form from 1970 to 9999', () => {
    for (const text of ['1970-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])
      expect(momentOf(text)).to.equal(Date.parse(text));
    for (const text of ['1969-12-31T23:59:59.999Z', '+010000-01-01T00:00:00.000Z', '2026-11-21T09:30:00Z', 'soon', ''])
      expect(momentOf(text), text).to.equal(undefined);
    expect([0, MOMENT_MAX].map(moment.is)).to.deep.equal([true, true]);
    expect([-1, MOMENT_MAX + 1, 0.5, '0', Number.NaN].map(moment.is)).to.deep.equal(new Array(5).fill(false));
  });

  it('use no float: no file of the folder has one', () => {
    const code = (name: string) =>
      readFileSync(join(SOURCES, name), 'utf8')
        .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
        .replace(/'[^'\n]*'|`[^`]*`/g, "''");
    const lines = readdirSync(SOURCES).flatMap((name) =>
      code(name)
        .split('\n')
        .map((line) => `${name}: ${line.trim()}`),
    );
    expect(lines.length).to.be.greaterThan(300);
    const allowed = ['amount.ts: const number = Number(value);'];
    expect(lines.filter((line) => FLOATS.test(line))).to.deep.equal(allowed);
  });
});

describe('billing: usage items', () => {
  before(prepareReceipts);

  it('round-trip through their bytes; other bytes are refused', () => {
    const receipt = receiptOf(12);
    const items: readonly UsageItem[] = [
      { kind: 'call', receipt },
      { kind: 'memo-hit', receipt },
      { kind: 'load', module: receipt.module, fuel: 2 ** 53 - 1 },
      { kind: 'storage', object: 'notes ü', bytes: 7, days: 0 },
      { kind: 'reversal', line: receipt.module, reason: 'billed to the wrong tenant' },
    ];
    for (const item of items) {
      const bytes = itemBytes(item);
      expect(itemOf(bytes)).to.deep.equal(item);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(() => itemOf(bytes.subarray(0, length)), `${item.kind} ${length}`).to.throw(BillingError);
      }
      expect(() => itemOf(Uint8Array.of(...bytes, 0))).to.throw(BillingError);
    }
    expect(() => itemOf(Uint8Array.of(5))).to.throw(BillingError);
  });

  it('have the receipt as their subject, and the request in the id of their line', () => {
    const receipt = receiptOf(12);
    const subject = subjectOf(itemBytes({ kind: 'call', receipt }));
    expect(subject).to.deep.equal(receiptHash(receipt));
    expect(subjectOf(itemBytes({ kind: 'memo-hit', receipt }))).to.deep.equal(subject);
    const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(lineId(subject, one)).not.to.deep.equal(lineId(subject, two));
    expect(lineId(subject, one)).not.to.deep.equal(lineId(one, subject));
  });
});
