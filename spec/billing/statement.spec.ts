/** Statements and invoices: the same receipts give the same bytes, sums are exact, and no change goes unnoticed. */
import { expect } from 'chai';
import { toHex } from '../../src/base/hash.js';
import { amountOf } from '../../src/billing/amount.js';
import { BillingError } from '../../src/billing/billing-error.js';
import { holoPriceTable, invoiceDue, readHoloSettings } from '../../src/billing/holo-settings.js';
import { checkInvoice, signInvoice } from '../../src/billing/invoice.js';
import { inclusionProof, isIncluded } from '../../src/billing/merkle.js';
import { type Statement, type StatementLine, statementHash, statementText } from '../../src/billing/statement.js';
import { invoiceHtml } from '../../src/billing/statement-html.js';
import { invoicePdf } from '../../src/billing/statement-pdf.js';
import { invoiceText } from '../../src/billing/statement-text.js';
import { receiptHash } from '../../src/engine/receipt/receipt-json.js';
import { onEachDatabase } from './databases.js';
import { prepareReceipts, receiptOf, START, TABLE, tier } from './sample-billing.js';
import { HOUSE, sampleStatement, TIERED } from './sample-statement.js';

onEachDatabase('billing: statements', (kind) => {
  before(prepareReceipts);

  it('have the same bytes when they are made again, on any database', async () => {
    const { billing, statement } = await sampleStatement(kind.place(), kind.open);
    const again = await billing.statementAgain('acme', 1);
    expect(statementText(again)).to.equal(statementText(statement));
    const elsewhere = await sampleStatement();
    // Sequence numbers belong to the ledger; they are the same here because the same was done.
    expect(toHex(statementHash(elsewhere.statement))).to.equal(toHex(statementHash(statement)));
    expect(await billing.statement('acme', 'Notes Host'), 'nothing since').to.equal(undefined);
    await billing.ledger.database.close();
    await elsewhere.billing.ledger.database.close();
  });

  it('sum to what the tenant paid, and credit what is below the payable unit', async () => {
    const { billing, statement } = await sampleStatement(kind.place(), kind.open);
    const { balance } = await billing.balance('acme');
    const unit = 10n ** 7n;
    expect(statement.gross).to.equal(statement.payable * unit + statement.remainder);
    expect(10n ** 12n - balance).to.equal(statement.payable * unit);
    const account = await billing.ledger.account('tax');
    expect(account!.creditsPosted - account!.debitsPosted).to.equal(statement.tax);
    await billing.ledger.database.close();
  });

  it('are chained: the next one has the hash of this one and the tax on the whole sum', async () => {
    const { billing, statement } = await sampleStatement(kind.place(), kind.open);
    const opened = await billing.lease('acme', { id: 'three', table: TIERED, amount: 10n ** 11n });
    if (!opened.ok) throw new Error(opened.refusal.code);
    const call = opened.lease.begin(2_000);
    if (call.ok) call.finish(receiptOf(1_234), new Uint8Array(32).fill(99));
    await opened.lease.close();
    const next = (await billing.statement('acme', 'Notes Host'))!;
    expect(next.number).to.equal(2);
    expect(next.previous).to.deep.equal(statementHash(statement));
    expect(next.tables[0]!.netBefore).to.not.equal(0n);
    const checked = checkInvoice(signInvoice(next, HOUSE).text);
    expect(checked.ok).to.equal(true);
    expect(statementText(await billing.statementAgain('acme', 2))).to.equal(statementText(next));
    await billing.ledger.database.close();
  });
});

describe('billing: invoices', () => {
  let statement: Statement;
  let text: string;

  before(async () => {
    await prepareReceipts();
    const made = await sampleStatement();
    statement = made.statement;
    text = signInvoice(statement, HOUSE).text;
    await made.billing.ledger.database.close();
  });

  it('verify as they were signed', () => {
    const checked = checkInvoice(text);
    if (!checked.ok) throw new Error(JSON.stringify(checked.fault));
    expect(checked.invoice.statement).to.deep.equal(statement);
    expect(checkInvoice(text, checked.invoice.key).ok).to.equal(true);
    expect(checkInvoice(text, new Uint8Array(32))).to.deep.equal({ ok: false, fault: { code: 'key' } });
  });

  it('are refused with one byte changed, removed or added', () => {
    const digits = (at: number) => (text[at] === '7' ? '3' : '7');
    // `statement.long.ts` tries every byte.
    for (let at = 0; at < text.length; at += 4) {
      const [before, after] = [text.slice(0, at), text.slice(at + 1)];
      const forged = [
        before + digits(at) + after,
        ...(at % 5 === 0 ? [before + after, `${before} ${text.slice(at)}`] : []),
      ];
      for (const other of forged) expect(checkInvoice(other).ok, other.slice(at - 40, at + 20)).to.equal(false);
    }
  }).timeout(120_000);

  it('are refused with two lines swapped, any one omitted or repeated', () => {
    const { lines } = statement;
    const orders = lines.flatMap((_, at) => [
      [...lines.slice(0, at), ...lines.slice(at + 1)],
      [...lines.slice(0, at), ...lines.slice(at)].toSpliced(at, 0, lines[at]),
      ...lines.slice(at + 1).map((other, i) => lines.with(at, other).with(at + 1 + i, lines[at])),
    ]);
    for (const order of orders) {
      // As a text, without the key of the house; and signed by it.
      const body = statementText({ ...statement, lines: order });
      const forged = text.replace(statementText(statement), body);
      expect(forged).not.to.equal(text);
      expect(checkInvoice(forged).ok).to.equal(false);
      expect(checkInvoice(signInvoice({ ...statement, lines: order }, HOUSE).text).ok).to.equal(false);
    }
  });

  it('are refused with lines omitted, repeated, reordered, or more expensive, even if signed again by the house', () => {
    const [first, second, ...rest] = statement.lines;
    const resigned = (lines: Statement['lines'], change: Partial<Statement> = {}) =>
      checkInvoice(signInvoice({ ...statement, ...change, lines }, HOUSE).text);
    const codeOf = (lines: Statement['lines'], change: Partial<Statement> = {}) => {
      const result = resigned(lines, change);
      return result.ok ? 'ok' : result.fault.code;
    };
    expect(codeOf(statement.lines)).to.equal('ok');
    expect(codeOf([second!, first!, ...rest])).to.equal('line');
    expect(codeOf([first!, first!, second!, ...rest])).to.equal('line');
    const again = resigned([...statement.lines, { ...first!, sequence: statement.lines.at(-1)!.sequence + 1n }]);
    expect(again).to.deep.equal({
      ok: false,
      fault: { code: 'line', line: statement.lines.length, detail: 'it is billed twice' },
    });
    expect(codeOf([first!, ...rest])).to.equal('line');
    expect(codeOf([first!, second!, ...rest.slice(0, -1)])).to.equal('sum');
    const overpriced = { ...first!, amount: amountOf(first!.amount + 1n) };
    expect(codeOf([overpriced, second!, ...rest])).to.equal('line');
    const fuel = { ...first!, fuel: [0, 1_501, 0, 0, 0] as const };
    expect(codeOf([fuel, second!, ...rest])).to.equal('line');
    // False statements about an item: another export of a load, fuel of storage, a refund that is less than the
    // payment.
    const changed = (kind: StatementLine['kind'], change: (line: StatementLine) => Partial<StatementLine>) => {
      const at = statement.lines.findIndex((line) => line.kind === kind);
      const line = statement.lines[at]!;
      return codeOf(statement.lines.map((one, i) => (i === at ? { ...line, ...change(line) } : one)));
    };
    expect(changed('load', () => ({ export: 'other' }))).to.equal('line');
    expect(changed('storage', () => ({ fuel: [0, 0, 0, 0, 1] }))).to.equal('line');
    expect(changed('reversal', ({ amount }) => ({ amount: amountOf(amount + 1n) }))).to.equal('line');
    expect(changed('reversal', () => ({ requestId: new Uint8Array(32) }))).to.equal('line');
    for (const sum of ['net', 'tax', 'gross', 'payable', 'remainder'] as const) {
      expect(codeOf(statement.lines, { [sum]: amountOf(statement[sum] + 1n) }), sum).to.equal('sum');
    }
    expect(codeOf(statement.lines, { root: new Uint8Array(32) })).to.equal('sum');
  });

  it('prove that they include a receipt', () => {
    const subjects = statement.lines.map(({ subject }) => subject);
    const receipt = receiptHash(receiptOf(900, 'one'));
    const index = subjects.findIndex((subject) => toHex(subject) === toHex(receipt));
    expect(isIncluded(receipt, index, subjects.length, inclusionProof(subjects, index), statement.root)).to.equal(true);
  });

  it('are rendered as text, HTML and PDF, reproducibly', async () => {
    const checked = checkInvoice(text);
    if (!checked.ok) throw new Error(checked.fault.code);
    const { invoice } = checked;
    const plain = invoiceText(invoice);
    expect(plain).to.match(/^Invoice 1 of Notes Host\n/);
    expect(plain)
      .to.include(toHex(statement.root))
      .and.to.match(/payable +\d+\.\d\d EUR/);
    const page = invoiceHtml(invoice);
    expect(page).to.include('tiered &lt;b&gt;').and.not.to.include('<b>');
    expect(page).not.to.match(/<script|src=|href=/);
    const pdf = await invoicePdf(invoice);
    expect(new TextDecoder('latin1').decode(pdf.subarray(0, 5))).to.equal('%PDF-');
    expect(await invoicePdf(invoice)).to.deep.equal(pdf);
  });

  it('are refused when they are not invoices', () => {
    for (const other of ['', '{}', '[]', 'null', '{"statement":{}}', '\u0000']) {
      const result = checkInvoice(other);
      expect(!result.ok && result.fault.code, other).to.equal('form');
    }
  });
});

describe('billing: the settings of a Holo host', () => {
  const settings = {
    max_fuel_per_invoice: '100',
    max_unpaid_value: '250.5',
    price_per_unit: '0.000000025',
    max_time_before_invoice: { secs: 86_400, nanos: 5_000_000 },
  };

  it('are accepted under their names', () => {
    const read = readHoloSettings(JSON.stringify(settings), 9);
    expect(read).to.deep.equal({
      maxFuelPerInvoice: 100_000_000_000n,
      maxUnpaidValue: 250_500_000_000n,
      pricePerUnit: 25n,
      maxTimeBeforeInvoice: 86_400_005,
    });
    expect(holoPriceTable(TABLE, read).tiers).to.deep.equal([tier(0n, 25n, 25n, 25n, 25n, 25n)]);
    const due = (amount: bigint, age: number) => invoiceDue(read, { amount, oldest: START }, START + age);
    expect([due(99n, 0), due(10n ** 11n, 0), due(0n, 86_400_005)]).to.deep.equal([undefined, 'amount', 'time']);
    expect(invoiceDue(read, { amount: 0n, oldest: undefined }, START)).to.equal(undefined);
  });

  it('are refused with an extra or a missing name, or a number for an amount', () => {
    for (const wrong of [{ ...settings, max: '1' }, { max_unpaid_value: '1' }, { ...settings, price_per_unit: 1 }]) {
      expect(() => readHoloSettings(wrong, 9)).to.throw(BillingError);
    }
  });
});
