/**
 * A statement with every kind of line in every format, compared whole; and statements that are empty, long or have
 * hostile names.
 */
import { expect } from 'chai';
import { amountOf } from '../../src/billing/amount.js';
import type { Billing } from '../../src/billing/billing.js';
import { cloudEvents, unytLines } from '../../src/billing/export-events.js';
import { focusCsv } from '../../src/billing/export-focus.js';
import { journalLines } from '../../src/billing/export-journal.js';
import { checkInvoice, type Invoice, signInvoice } from '../../src/billing/invoice.js';
import type { Statement, StatementLine } from '../../src/billing/statement.js';
import { invoiceHtml } from '../../src/billing/statement-html.js';
import { invoiceText } from '../../src/billing/statement-text.js';
import { statementView } from '../../src/billing/statement-view.js';
import { saidBy } from '../cli/said.js';
import { prepareReceipts, TABLE } from './sample-billing.js';
import { HOUSE, sampleStatement } from './sample-statement.js';

describe('billing: formats', () => {
  const expectSaid = saidBy('bill-formats');
  let billing: Billing;
  let statement: Statement;
  let invoice: Invoice;

  before(async () => {
    await prepareReceipts();
    ({ billing, statement } = await sampleStatement());
    ({ invoice } = signInvoice(statement, HOUSE));
  });
  after(() => billing.ledger.database.close());

  const withStatement = (more: Partial<Statement>): Invoice => ({ ...invoice, statement: { ...statement, ...more } });

  it('show every line, sum and hash', () => {
    expectSaid('text', invoiceText(invoice));
    expectSaid('HTML', invoiceHtml(invoice));
    expectSaid('FOCUS', focusCsv(statement).replaceAll('\r\n', '\n'));
    expect(focusCsv(statement).split('\r\n')).to.have.length(focusCsv(statement).split('\n').length);
    expectSaid('CloudEvents', [...cloudEvents(statement)].join('\n'));
    expectSaid('Unyt', [...unytLines(statement)].join('\n'));
    const { proof } = statementView(invoice);
    expect(proof.map(([label, value]) => [label, value.length])).to.deep.equal([
      ['statement', 64],
      ['statement before', 64],
      ['root of receipts', 64],
      ['signed by', 64],
      ['signature', 128],
    ]);
  });

  it('write a journal for any currency name', async () => {
    for (const currency of ['EUR', 'a "b"', 'E1', '$']) {
      const lines: string[] = [];
      for await (const line of journalLines(billing.ledger, currency, 9)) lines.push(line);
      if (currency === 'EUR') expectSaid('journal', lines.join('\n'));
      expectSaid(`journal in ${currency}`, `${lines[1]}\n${lines[4]}`);
    }
  });

  it('show a statement without lines', () => {
    const empty = withStatement({ lines: [], tables: [] });
    expectSaid('text of nothing', invoiceText(empty));
    expectSaid('FOCUS of nothing', focusCsv(empty.statement).trimEnd());
    expect([...cloudEvents(empty.statement), ...unytLines(empty.statement)]).to.deep.equal([]);
  });

  it('show the first 200 totals, and the sum of the rest', () => {
    const [line] = statement.lines;
    const lines = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ ...line!, export: `f${String(i).padStart(3, '0')}` }));
    const rows = (count: number) => statementView(withStatement({ lines: lines(count) })).totals.rows;
    expect(rows(200)).to.have.length(200);
    expect(rows(200).at(-1)![2]).to.equal('f199');
    const [fuel, net] = [rows(1)[0]![4]!, rows(1)[0]![5]!];
    expect(rows(201).at(-1)).to.deep.equal(['1 more', '', '', '1', fuel, net]);
    expect(rows(1_203).at(-1)!.slice(0, 4)).to.deep.equal(['1003 more', '', '', '1,003']);
  });

  it('escape every name', () => {
    for (const name of ['=1+1', '+1', '@x', '\tx', 'a"b', 'a,b', 'a\nb', '-1', '<b>&', 'plain']) {
      const [, first] = focusCsv({ ...statement, house: name }).split(/\r\n(?=,)/);
      expectSaid(`a house ${JSON.stringify(name)}`, first!);
    }
    const named = withStatement({ lines: [{ ...statement.lines[0]!, export: 'a\u001b\u202e<i>' }], house: '<b>' });
    expectSaid('text of a hostile name', invoiceText(named));
    expectSaid('HTML of a hostile name', invoiceHtml(named));
  });

  it('omit a tax and a remainder of zero', () => {
    const tables = statement.tables.map((table) => ({ ...table, table: { ...TABLE, taxName: 'none' } }));
    const plain = focusCsv({ ...statement, tables, tax: 0n as never, remainder: 0n as never });
    expect(plain).to.not.include('Tax').and.not.include('Credit');
  });

  it('report what is wrong with an invoice that was changed and signed again', () => {
    const { lines } = statement;
    const at = (kind: StatementLine['kind'], nth = 0) => {
      const own = lines.filter((line) => line.kind === kind)[nth]!;
      return lines.indexOf(own);
    };
    const line = (place: number, change: Partial<StatementLine>): Partial<Statement> => ({
      lines: lines.map((one, i) => (i === place ? { ...one, ...change } : one)),
    });
    const reversal = lines[at('reversal')]!;
    const more = (amount: bigint) => amountOf(amount + 1n);
    const changes: Readonly<Record<string, Partial<Statement>>> = {
      'no table': line(1, { table: 9 }),
      order: line(1, { sequence: lines[0]!.sequence }),
      twice: line(1, { subject: lines[0]!.subject, requestId: lines[0]!.requestId }),
      'too early': line(0, { settledAt: TABLE.validFrom - 1 }),
      'too late': line(0, { settledAt: TABLE.validUntil }),
      period: line(0, { period: '2026-10' }),
      volume: line(1, { volume: more(lines[1]!.volume) }),
      'a call with an item': line(at('call'), { item: Uint8Array.of(0) }),
      'a call with fuel of a load': line(at('call'), { fuel: [0, 1_500, 0, 0, 1] }),
      'the price of a call': line(at('call'), { amount: more(lines[at('call')]!.amount) }),
      'a hit with an item': line(at('memo-hit'), { item: Uint8Array.of(1) }),
      'the price of a hit': line(at('memo-hit'), { amount: more(lines[at('memo-hit')]!.amount) }),
      'the outcome of a load': line(at('load'), { outcome: 'returned' }),
      'the module of a load': line(at('load'), { module: new Uint8Array(32) }),
      'a load of no module': line(at('load'), { module: undefined }),
      'storage of a module': line(at('storage'), { module: new Uint8Array(32) }),
      'the subject of storage': line(at('storage'), { subject: new Uint8Array(32) }),
      'the kind of storage': line(at('storage'), { item: lines[at('load')]!.item }),
      'the price of storage': line(at('storage'), { amount: more(lines[at('storage')]!.amount) }),
      'what is reversed': line(at('reversal'), { requestId: new Uint8Array(32) }),
      'more than was paid': line(at('reversal'), { amount: amountOf(reversal.amount - 1n) }),
      'a reversal of another period': line(at('reversal'), { period: '2026-10' }),
      'a reversal of another table': line(at('reversal'), { table: 1 - reversal.table }),
      'a reversal of another volume': line(at('reversal'), { volume: more(reversal.volume) }),
      'a reversal of an earlier statement': { lines: [{ ...reversal, amount: amountOf(1n) }] },
      'a reversal that gives back': { lines: [reversal] },
      ...Object.fromEntries(
        (['net', 'tax', 'gross', 'payable', 'remainder'] as const).map((sum) => [sum, { [sum]: more(statement[sum]) }]),
      ),
      root: { root: new Uint8Array(32) },
      'a house without a name': { house: '' },
      'a tenant with a long name': { tenant: 'x'.repeat(65) },
      'number 0': { number: 0 },
    };
    const said = Object.entries(changes).map(([name, change]) => {
      const checked = checkInvoice(signInvoice({ ...statement, ...change }, HOUSE).text);
      return `${name}: ${checked.ok ? 'ok' : JSON.stringify(checked.fault)}`;
    });
    expectSaid('faults', said.join('\n'));
    const { text } = signInvoice(statement, HOUSE);
    const texts: readonly (readonly [string, string])[] = [
      ['blanks', text.replace('"hash"', ' "hash"')],
      ['another hash', text.replace(/"hash":"(.)/, (_, digit) => `"hash":"${digit === '0' ? '1' : '0'}`)],
      [
        'another signature',
        text.replace(/"signature":"(.)/, (_, digit) => `"signature":"${digit === '0' ? '1' : '0'}`),
      ],
      ['no JSON', '{'],
      ['no invoice', '{}'],
      ['a signature that is short', text.replace(/"signature":"../, '"signature":"')],
      ['another outcome', text.replace('"outcome":"returned"', '"outcome":"well"')],
      ['a number for an amount', text.replace(/"net":"(\d+)"/, '"net":$1')],
    ];
    const wrong = texts.map(([name, other]) => {
      const checked = checkInvoice(other);
      return `${name}: ${checked.ok ? 'ok' : JSON.stringify(checked.fault)}`;
    });
    expectSaid('faults of texts', wrong.join('\n'));
  });
});
