/**
 * The tables of a billing database, defined once for both databases: columns, keys, checks, and whether rows may be
 * changed or deleted. Amounts are 64-bit integers, moments milliseconds since 1970.
 */
import { BillingError } from './billing-error.js';

export const SCHEMA_VERSION = 'assay-billing-1';

export type ColumnType = 'text' | 'bytes' | 'integer' | 'text?' | 'bytes?' | 'integer?';

interface TableRow {
  readonly columns: Readonly<Record<string, ColumnType>>;
  readonly key: string;
  readonly unique?: readonly string[];
  readonly indexes?: readonly string[];
  readonly checks?: readonly string[];
  /** Triggers refuse UPDATE and DELETE. */
  readonly appendOnly: boolean;
}

/** In the order in which they are created. */
export const TABLES = {
  /** One row: the ledger's time, which never goes back, and the number of the next line and transfer. */
  ledger: {
    columns: { id: 'integer', version: 'text', now: 'integer', sequence: 'integer' },
    key: 'id',
    appendOnly: false,
  },
  account: {
    columns: {
      id: 'text',
      tenant: 'text?',
      limit_kind: 'text',
      credit_limit: 'integer',
      priority: 'integer',
      expires_at: 'integer?',
      debits_pending: 'integer',
      debits_posted: 'integer',
      credits_pending: 'integer',
      credits_posted: 'integer',
    },
    key: 'id',
    indexes: ['tenant', 'expires_at'],
    checks: [
      'debits_pending >= 0 and debits_posted >= 0 and credits_pending >= 0 and credits_posted >= 0',
      "limit_kind <> 'credits' or debits_posted + debits_pending <= credits_posted + credit_limit",
      "limit_kind <> 'debits' or credits_posted + credits_pending <= debits_posted + credit_limit",
    ],
    appendOnly: false,
  },
  transfer: {
    columns: {
      id: 'text',
      sequence: 'integer',
      kind: 'text',
      debit: 'text',
      credit: 'text',
      amount: 'integer',
      pending: 'text?',
      timeout: 'integer?',
      memo: 'text',
      at: 'integer',
    },
    key: 'id',
    unique: ['sequence'],
    indexes: ['at'],
    checks: ['amount >= 0'],
    appendOnly: true,
  },
  /** The state of a pending transfer. */
  pending: {
    columns: { id: 'text', debit: 'text', credit: 'text', amount: 'integer', expires_at: 'integer?', state: 'text' },
    key: 'id',
    indexes: ['state, expires_at'],
    appendOnly: false,
  },
  price_table: { columns: { hash: 'bytes', document: 'text' }, key: 'hash', appendOnly: true },
  lease: {
    columns: {
      id: 'text',
      tenant: 'text',
      price_table: 'bytes',
      state: 'text',
      round: 'integer',
      pieces: 'integer',
      reserved: 'integer',
      expires_at: 'integer',
    },
    key: 'id',
    appendOnly: false,
  },
  /** Lines: what was used, with its price. */
  usage_line: {
    columns: {
      id: 'bytes',
      sequence: 'integer',
      tenant: 'text',
      subject: 'bytes',
      request: 'bytes',
      item: 'bytes',
      price_table: 'bytes',
      period: 'text',
      volume: 'integer',
      amount: 'integer',
      executed_at: 'integer',
      settled_at: 'integer',
      lease: 'text',
    },
    key: 'id',
    unique: ['sequence'],
    indexes: ['tenant, sequence'],
    appendOnly: true,
  },
  /** Volume of a tenant in a period under a price table. */
  volume: { columns: { id: 'text', fuel: 'integer' }, key: 'id', appendOnly: false },
  /** Sums of a tenant under a price table: net of lines, and the tax on it. */
  total: { columns: { id: 'text', net: 'integer', tax: 'integer' }, key: 'id', appendOnly: false },
  statement: {
    columns: {
      id: 'text',
      house: 'text',
      tenant: 'text',
      number: 'integer',
      first_sequence: 'integer',
      last_sequence: 'integer',
      payable: 'integer',
      at: 'integer',
      hash: 'bytes',
    },
    key: 'id',
    unique: ['tenant, number'],
    appendOnly: true,
  },
} as const satisfies Readonly<Record<string, TableRow>>;

export type TableName = keyof typeof TABLES;

/** A database's names for column types. */
export type TypeWords = Readonly<Record<'text' | 'bytes' | 'integer', string>>;

export function columnTypes(table: TableName): Readonly<Record<string, ColumnType>> {
  return TABLES[table].columns;
}

export function bareType(type: ColumnType): 'text' | 'bytes' | 'integer' {
  return type.replace('?', '') as 'text' | 'bytes' | 'integer';
}

/** The statements that create missing tables. Each database has its own triggers. */
export function tableStatements(words: TypeWords, suffix: string): string[] {
  return Object.entries(TABLES).flatMap(([name, table]: [string, TableRow]) => {
    const columns = Object.entries(table.columns).map(
      ([column, type]) => `${column} ${words[bareType(type)]}${type.endsWith('?') ? '' : ' not null'}`,
    );
    const rows = [
      ...columns,
      `primary key (${table.key})`,
      ...(table.unique ?? []).map((unique) => `unique (${unique})`),
      ...(table.checks ?? []).map((check) => `check (${check})`),
    ];
    const indexes = (table.indexes ?? []).map(
      (index) => `create index if not exists ${name}_by_${index.replace(', ', '_')} on ${name} (${index})`,
    );
    return [`create table if not exists ${name} (${rows.join(', ')})${suffix}`, ...indexes];
  });
}

export function appendOnlyTables(): TableName[] {
  return (Object.keys(TABLES) as TableName[]).filter((name) => TABLES[name].appendOnly);
}

/** @throws BillingError `storage` for a database of a different version */
export function checkVersion(version: string): void {
  if (version === SCHEMA_VERSION) return;
  throw new BillingError(
    'storage',
    `the billing database has version ${version}; this program reads version ${SCHEMA_VERSION}`,
  );
}
