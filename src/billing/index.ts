/**
 * `assay/billing`: from receipts to invoices that anyone can check. docs/BILLING.md.
 *
 *   import { openBilling, openSqlite, readPriceTable } from 'assay/billing';
 */
export { AMOUNT_MAX, type Amount, amountFromDecimal, amountOf, decimalText, type Rounding } from './amount.js';
export {
  type AuditOptions,
  type AuditReport,
  type AuditResult,
  type AuditVerdict,
  audit,
  auditSeed,
  drawLines,
  drawsFor,
  remainingRisk,
} from './audit.js';
export { type AccountOptions, BilledAccount, BillingRefused, openAccount } from './billed-account.js';
export { Billing, LEASE_TIMEOUT_MS, type LeaseOpened, type LeaseOptions, openBilling } from './billing.js';
export { BillingError, type BillingErrorCode } from './billing-error.js';
export { type BudgetFacts, type BudgetNotice, budgetNotice } from './budget.js';
export { callBound } from './call-bound.js';
export type { Moment } from './document.js';
export { type EstimateBasis, estimateFuel, type FuelEstimate, type UsageSample } from './estimate.js';
export { type EstimateInput, inputOfOp, UsageSampler } from './estimate-input.js';
export {
  bytesEvidence,
  type Evidence,
  type EvidenceCall,
  EvidenceFolder,
  type EvidenceSource,
  evidenceJson,
  readEvidence,
  valuesEvidence,
  zomeEvidence,
} from './evidence.js';
export { cloudEvents, unytLines } from './export-events.js';
export { focusCsv } from './export-focus.js';
export { journalLines } from './export-journal.js';
export { type HoloSettings, holoPriceTable, invoiceDue, readHoloSettings } from './holo-settings.js';
export { checkInvoice, type Invoice, type InvoiceFault, type InvoiceResult, signInvoice } from './invoice.js';
export { type AllowanceRefusal, Lease, type LeasedCall, SETTLE_LINES } from './lease.js';
export { type BatchResult, Ledger, type LedgerOptions, LedgerTransaction } from './ledger.js';
export { inclusionProof, isIncluded, merkleRoot } from './merkle.js';
export { openPostgres } from './postgres-database.js';
export { fuelPaidBy, mostOf, type Priced, type PricedItem, price, taxOn } from './price.js';
export {
  FUEL_PARTS,
  type FuelPart,
  type PriceTable,
  type PriceTableJson,
  type PriceTier,
  priceTableBytes,
  priceTableHash,
  priceTableJson,
  readPriceTable,
  type VolumePeriod,
} from './price-table.js';
export {
  answerFault,
  answerJson,
  type RequestChecks,
  type RequestFault,
  type RunRequest,
  readAnswer,
  readRequest,
  requestFault,
  requestIdOf,
  requestJson,
  type SignedAnswer,
  type SignedRequest,
  signAnswer,
  signRequest,
} from './request.js';
export { type CallToOrder, callToOrder, type RequestSignerOptions, requestSigner } from './request-signer.js';
export type { LeaseTerms, LimitRefusal, Settled, SettlementResult, Usage } from './settlement.js';
export type { SqlDatabase, SqlRow, SqlTransaction, SqlValue } from './sql-database.js';
export { openSqlite } from './sqlite-database.js';
export {
  type Statement,
  type StatementHead,
  type StatementLine,
  type StatementTable,
  type StatementTotal,
  statementHash,
  statementText,
  statementTotals,
} from './statement.js';
export { invoiceHtml } from './statement-html.js';
export { invoicePdf } from './statement-pdf.js';
export { invoiceText } from './statement-text.js';
export type { Grant, TenantBalance, TenantOptions } from './tenant.js';
export type { BudgetOptions, TenantBudget } from './tenant-budget.js';
export type {
  Account,
  AccountSpec,
  LimitKind,
  Transfer,
  TransferRefusal,
  TransferResult,
  TransferSpec,
} from './transfer.js';
export { itemBytes, itemOf, lineId, subjectOf, type UsageItem, type UsageKind } from './usage-item.js';
export type { UsageLine } from './usage-line.js';
