/**
 * A statement as FOCUS 1.0 (FinOps Open Cost and Usage Specification): a CSV with a row for each total, one for the tax
 * and one for the credited remainder below the payable unit. The costs of all rows sum exactly to the payable amount.
 */
import { decimalText } from './amount.js';
import { momentText } from './document.js';
import { type Statement, type StatementTotal, statementTotals } from './statement.js';

/**
 * Every column of the specification, in its order; empty if it has no value. `ResourceID` is the spelling of its
 * validator.
 */
const COLUMNS = [
  'AvailabilityZone',
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'CommitmentDiscountCategory',
  'CommitmentDiscountId',
  'CommitmentDiscountName',
  'CommitmentDiscountStatus',
  'CommitmentDiscountType',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'ContractedUnitPrice',
  'EffectiveCost',
  'InvoiceIssuer',
  'ListCost',
  'ListUnitPrice',
  'PricingCategory',
  'PricingQuantity',
  'PricingUnit',
  'Provider',
  'Publisher',
  'RegionId',
  'RegionName',
  'ResourceId',
  'ResourceID',
  'ResourceName',
  'ResourceType',
  'ServiceCategory',
  'ServiceName',
  'SkuId',
  'SkuPriceId',
  'SubAccountId',
  'SubAccountName',
  'Tags',
] as const;

type Row = { readonly [Column in (typeof COLUMNS)[number]]?: string };

/** The specification's name for each kind. */
const SERVICES: Readonly<Record<StatementTotal['kind'], readonly [service: string, category: string]>> = {
  call: ['Validation', 'Compute'],
  'memo-hit': ['Validation', 'Compute'],
  load: ['Module loading', 'Compute'],
  storage: ['Storage', 'Storage'],
  reversal: ['Correction', 'Other'],
};

/** The CSV, with CRLF line ends (RFC 4180). Only the header if the statement has no lines. */
export function focusCsv(statement: Statement): string {
  const rows = statement.lines.length === 0 ? [] : rowsOf(statement);
  return [COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? ''))]
    .map((cells) => `${cells.map(quoted).join(',')}\r\n`)
    .join('');
}

function rowsOf(statement: Statement): Row[] {
  const { scale, taxName } = statement.tables[0].table;
  const row = (category: string, description: string, cost: bigint, rest: Row): Row => ({
    ...sharedOf(statement),
    ...costs(decimalText(cost, scale)),
    ChargeCategory: category,
    ChargeDescription: description,
    ...rest,
  });
  const totals = statementTotals(statement).map((total) => {
    const [service, serviceCategory] = SERVICES[total.kind];
    const isReversal = total.kind === 'reversal';
    const fuel = {
      ConsumedQuantity: String(total.fuel),
      ConsumedUnit: 'fuel',
      PricingQuantity: String(total.fuel),
      PricingUnit: 'fuel',
    };
    return row(
      isReversal ? 'Adjustment' : 'Usage',
      `${total.lines} x ${total.kind} ${total.export}`.trim(),
      total.amount,
      {
        ServiceName: service,
        ServiceCategory: serviceCategory,
        PricingCategory: 'Standard',
        ...(isReversal ? { ChargeClass: 'Correction' } : fuel),
        ...(total.module === ''
          ? {}
          : { ResourceId: total.module, ResourceID: total.module, ResourceType: 'WebAssembly module' }),
        ...(total.export === '' ? {} : { ResourceName: total.export }),
      },
    );
  });
  const other = { ServiceName: 'Billing', ServiceCategory: 'Other' };
  return [
    ...totals,
    ...(statement.tax === 0n ? [] : [row('Tax', taxName, statement.tax, other)]),
    ...(statement.remainder === 0n ? [] : [row('Credit', 'below the payable unit', -statement.remainder, other)]),
  ];
}

function costs(cost: string): Row {
  return { BilledCost: cost, ContractedCost: cost, EffectiveCost: cost, ListCost: cost };
}

function sharedOf({ house, tenant, number, lines, tables, issuedAt }: Statement): Row {
  const seconds = (at: number) => `${momentText(at).slice(0, 19)}Z`;
  const start = seconds(lines[0].settledAt);
  // End times are exclusive.
  const end = seconds(Math.max(lines.at(-1)!.settledAt, issuedAt) + 1_000);
  return {
    BillingAccountId: tenant,
    BillingAccountName: tenant,
    BillingCurrency: tables[0].table.currency,
    BillingPeriodStart: start,
    BillingPeriodEnd: end,
    ChargePeriodStart: start,
    ChargePeriodEnd: end,
    ChargeFrequency: 'Usage-Based',
    InvoiceIssuer: house,
    Provider: house,
    Publisher: house,
    Tags: JSON.stringify({ statement: String(number) }),
  };
}

/** A cell; one that a spreadsheet would read as a formula is marked as text. */
function quoted(text: string): string {
  const safe = /^[=+@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
