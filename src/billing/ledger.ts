/**
 * The ledger: double entry, append only. `LedgerTransaction` is one of its transactions: all transfers and related rows
 * in it are stored together or not at all.
 *
 * Invariants, after every transaction: the sum of debits equals the sum of credits, both posted and pending; no account
 * is over its limit; the ledger's time is never before that of an earlier transaction, whatever the clock says; every
 * pending transfer that has timed out is released before anything else.
 */
import { AMOUNT_MAX, amountOf, exactNumber } from './amount.js';
import { BillingError } from './billing-error.js';
import type { Moment } from './document.js';
import { checkVersion } from './schema.js';
import { integer, type SqlDatabase, type SqlRow, type SqlTransaction, text } from './sql-database.js';
import type {
  Account,
  AccountSpec,
  LimitKind,
  Transfer,
  TransferRefusal,
  TransferResult,
  TransferSpec,
} from './transfer.js';

export interface LedgerOptions {
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly clock?: () => Moment;
}

/** Either every transfer of a batch was made, or none, with the reason. */
export type BatchResult =
  | { readonly ok: true; readonly existed: number }
  | { readonly ok: false; readonly index: number; readonly refusal: TransferRefusal };

/** Carries a refusal out of a transaction, so that it is rolled back; it does not leave this file. */
class Refused extends Error {
  constructor(
    readonly index: number,
    readonly refusal: TransferRefusal,
  ) {
    super(refusal);
  }
}

export class Ledger {
  readonly database: SqlDatabase;
  readonly #clock: () => Moment;

  constructor(database: SqlDatabase, { clock = Date.now }: LedgerOptions = {}) {
    this.database = database;
    this.#clock = clock;
  }

  /** Runs work in one transaction of the ledger. An exception rolls it back. */
  transaction<T>(work: (ledger: LedgerTransaction) => Promise<T>): Promise<T> {
    return this.database.transaction(async (sql) => {
      const row = await sql.lock();
      if (row === undefined) throw new BillingError('storage', 'the billing database has no ledger');
      checkVersion(text(row, 'version'));
      const before = integer(row, 'now');
      const clock = BigInt(this.#clock());
      const ledger = new LedgerTransaction(sql, clock > before ? clock : before, integer(row, 'sequence'));
      await ledger.releaseExpired();
      const result = await work(ledger);
      await ledger.finish();
      return result;
    });
  }

  /** Opens accounts; an existing one must have been opened with the same settings. */
  openAccounts(...accounts: readonly AccountSpec[]): Promise<void> {
    return this.transaction(async (ledger) => {
      for (const account of accounts) await ledger.openAccount(account);
    });
  }

  /** Makes transfers, all or none. */
  async transfers(...specs: readonly TransferSpec[]): Promise<BatchResult> {
    try {
      return await this.transaction(async (ledger) => {
        let existed = 0;
        for (const [index, spec] of specs.entries()) {
          const result = await ledger.transfer(spec);
          if (!result.ok) throw new Refused(index, result.refusal);
          existed += result.existed ? 1 : 0;
        }
        return { ok: true, existed } as const;
      });
    } catch (error) {
      if (error instanceof Refused) return { ok: false, index: error.index, refusal: error.refusal };
      throw error;
    }
  }

  /** Releases everything that has timed out. Every other transaction also does so first. */
  tick(): Promise<void> {
    return this.transaction(async () => undefined);
  }

  async account(id: string): Promise<Account | undefined> {
    const rows = await this.database.read((sql) => sql.all('select * from account where id = ?', [id]));
    return rows[0] && accountOf(rows[0]);
  }

  /** All accounts, ordered by id. */
  async accounts(): Promise<readonly Account[]> {
    const rows = await this.database.read((sql) => sql.all('select * from account'));
    return rows.map(accountOf).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  /** All transfers in order, read in parts. */
  async *allTransfers(partRows = 1_000): AsyncGenerator<Transfer> {
    let after = -1n;
    for (;;) {
      const page = [after, BigInt(partRows)];
      const rows = await this.database.read((sql) =>
        sql.all('select * from transfer where sequence > ? order by sequence limit ?', page),
      );
      for (const row of rows) yield transferOf(row);
      if (rows.length < partRows) return;
      after = integer(rows.at(-1)!, 'sequence');
    }
  }
}

const PENDING_EXPIRED = "state = 'pending' and expires_at <= ?";
const GRANT_EXPIRED = 'expires_at <= ? and credits_posted - debits_posted - debits_pending > 0';
const ANY_EXPIRED = `select id from pending where ${PENDING_EXPIRED} union all select id from account where ${GRANT_EXPIRED}`;

type Balance = 'debitsPending' | 'debitsPosted' | 'creditsPending' | 'creditsPosted';
type OpenAccount = { -readonly [Key in keyof Account]: Account[Key] };

export class LedgerTransaction {
  readonly sql: SqlTransaction;
  /** The ledger's time. */
  readonly now: Moment;
  #sequence: bigint;
  readonly #accounts = new Map<string, OpenAccount>();
  readonly #changed = new Set<OpenAccount>();

  /** Made by `Ledger.transaction`. */
  constructor(sql: SqlTransaction, now: bigint, sequence: bigint) {
    this.sql = sql;
    this.now = exactNumber(now);
    this.#sequence = sequence;
  }

  nextSequence(): bigint {
    this.#sequence += 1n;
    return this.#sequence;
  }

  /** @throws BillingError `id-reused` if it was opened with other settings */
  async openAccount(spec: AccountSpec): Promise<void> {
    const { id, limit = 'none', creditLimit = amountOf(0n), priority = 0n, expiresAt, tenant } = spec;
    const there = await this.account(id);
    if (there !== undefined) {
      const isSame = there.limit === limit && there.priority === priority && there.expiresAt === expiresAt;
      if (isSame && there.tenant === tenant) return;
      throw new BillingError('id-reused', `the account ${id} was opened with other limits`);
    }
    const none = { debits_pending: 0n, debits_posted: 0n, credits_pending: 0n, credits_posted: 0n };
    const row = {
      ...none,
      id,
      tenant: tenant ?? null,
      limit_kind: limit,
      credit_limit: creditLimit,
      priority,
      expires_at: expiresAt === undefined ? null : BigInt(expiresAt),
    };
    await this.sql.insert('account', [row]);
  }

  async account(id: string): Promise<Account | undefined> {
    return this.#open(id);
  }

  async #open(id: string): Promise<OpenAccount | undefined> {
    const known = this.#accounts.get(id);
    if (known !== undefined) return known;
    const [row] = await this.sql.all('select * from account where id = ?', [id]);
    if (row === undefined) return undefined;
    const account = accountOf(row);
    this.#accounts.set(id, account);
    return account;
  }

  /** Changes the credit limit of a tenant; false if it already owes more. */
  async setCreditLimit(id: string, limit: bigint): Promise<boolean> {
    const account = await this.#open(id);
    if (account === undefined) throw new BillingError('unknown', `account ${id} does not exist`);
    if (account.debitsPosted + account.debitsPending > account.creditsPosted + limit) return false;
    account.creditLimit = amountOf(limit);
    this.#changed.add(account);
    return true;
  }

  async transfer(spec: TransferSpec): Promise<TransferResult> {
    const [row] = await this.sql.all('select * from transfer where id = ?', [spec.id]);
    if (row !== undefined) {
      const isSame = isSameTransfer(transferOf(row), await this.#inFull(spec));
      return isSame ? { ok: true, existed: true } : { ok: false, refusal: 'id-reused' };
    }
    const refusal =
      spec.kind === 'post' || spec.kind === 'pending' ? await this.#move(spec) : await this.#resolve(spec);
    return refusal === undefined ? { ok: true, existed: false } : { ok: false, refusal };
  }

  /** The transfer with its amount filled in. */
  async #inFull(spec: TransferSpec): Promise<TransferSpec> {
    if (spec.kind !== 'post-pending' || spec.amount !== undefined) return spec;
    const [row] = await this.sql.all('select amount from pending where id = ?', [spec.pending]);
    return row === undefined ? spec : { ...spec, amount: integer(row, 'amount') };
  }

  /** A transfer that is refused only because of a bug or a missing check of the caller. */
  async mustTransfer(spec: TransferSpec): Promise<void> {
    const result = await this.transfer(spec);
    if (!result.ok) throw new BillingError('transfer', `the transfer ${spec.id} is refused: ${result.refusal}`);
  }

  async #move(spec: Extract<TransferSpec, { kind: 'post' | 'pending' }>): Promise<TransferRefusal | undefined> {
    const { kind, amount } = spec;
    if (amount < 1n || amount > AMOUNT_MAX) return 'amount';
    if (spec.debit === spec.credit) return 'same-account';
    const debit = await this.#open(spec.debit);
    const credit = await this.#open(spec.credit);
    if (debit === undefined || credit === undefined) return 'unknown-account';
    if (debit.limit === 'credits') {
      const room = debit.creditsPosted + debit.creditLimit - debit.debitsPosted - debit.debitsPending;
      if (amount > room) return 'exceeds-credits';
    }
    if (credit.limit === 'debits') {
      const room = credit.debitsPosted + credit.creditLimit - credit.creditsPosted - credit.creditsPending;
      if (amount > room) return 'exceeds-debits';
    }
    if (debit.debitsPosted + debit.debitsPending + amount > AMOUNT_MAX) return 'overflow';
    if (credit.creditsPosted + credit.creditsPending + amount > AMOUNT_MAX) return 'overflow';
    const state = kind === 'post' ? 'Posted' : 'Pending';
    this.#add(debit, `debits${state}`, amount);
    this.#add(credit, `credits${state}`, amount);
    const timeout = kind === 'pending' ? spec.timeout : undefined;
    await this.#write(spec, spec.debit, spec.credit, amount, undefined, timeout);
    if (kind === 'pending') {
      const expiresAt = timeout === undefined ? null : BigInt(this.now) + BigInt(timeout);
      const { id, debit: from, credit: to } = spec;
      await this.sql.insert('pending', [
        { id, debit: from, credit: to, amount, expires_at: expiresAt, state: 'pending' },
      ]);
    }
    return undefined;
  }

  async #resolve(
    spec: Extract<TransferSpec, { kind: 'post-pending' | 'void-pending' }>,
  ): Promise<TransferRefusal | undefined> {
    const [row] = await this.sql.all('select * from pending where id = ?', [spec.pending]);
    if (row === undefined) return 'unknown-pending';
    const state = text(row, 'state');
    if (state !== 'pending') return `already-${state}` as TransferRefusal;
    const reserved = integer(row, 'amount');
    const posted = spec.kind === 'post-pending' ? (spec.amount ?? reserved) : 0n;
    if (posted < 0n) return 'amount';
    if (posted > reserved) return 'exceeds-pending';
    await this.#release(row, posted, spec.kind === 'post-pending' ? 'posted' : 'voided');
    const amount = spec.kind === 'post-pending' ? posted : reserved;
    await this.#write(spec, text(row, 'debit'), text(row, 'credit'), amount, spec.pending);
    return undefined;
  }

  /** Reverses a reservation, and posts a part of it. */
  async #release(pending: SqlRow, posted: bigint, state: 'posted' | 'voided' | 'expired'): Promise<void> {
    const reserved = integer(pending, 'amount');
    const debit = await this.#open(text(pending, 'debit'));
    const credit = await this.#open(text(pending, 'credit'));
    if (debit === undefined || credit === undefined)
      throw new BillingError('storage', 'a pending transfer has no account');
    this.#add(debit, 'debitsPending', -reserved);
    this.#add(credit, 'creditsPending', -reserved);
    this.#add(debit, 'debitsPosted', posted);
    this.#add(credit, 'creditsPosted', posted);
    await this.sql.all('update pending set state = ? where id = ?', [state, text(pending, 'id')]);
  }

  #add(account: OpenAccount, balance: Balance, amount: bigint): void {
    account[balance] += amount;
    this.#changed.add(account);
  }

  async #write(
    spec: { readonly id: string; readonly kind: Transfer['kind']; readonly memo?: string },
    debit: string,
    credit: string,
    amount: bigint,
    pending?: string,
    timeout?: number,
  ): Promise<void> {
    await this.sql.insert('transfer', [
      {
        id: spec.id,
        sequence: this.nextSequence(),
        kind: spec.kind,
        debit,
        credit,
        amount,
        pending: pending ?? null,
        timeout: timeout === undefined ? null : BigInt(timeout),
        memo: spec.memo ?? '',
        at: BigInt(this.now),
      },
    ]);
  }

  /** Releases pending transfers that have timed out, then takes back the rest of expired grants. */
  async releaseExpired(): Promise<void> {
    const now = BigInt(this.now);
    // Usually there are none, which one statement shows.
    if ((await this.sql.all(`${ANY_EXPIRED} limit 1`, [now, now])).length === 0) return;
    const pending = await this.sql.all(`select * from pending where ${PENDING_EXPIRED} order by expires_at, id`, [now]);
    for (const row of pending) {
      const id = text(row, 'id');
      await this.#release(row, 0n, 'expired');
      const spec = { id: `expired:${id}`, kind: 'expire-pending' } as const;
      await this.#write(spec, text(row, 'debit'), text(row, 'credit'), integer(row, 'amount'), id);
    }
    await this.finishAccounts();
    const grants = await this.sql.all(`select * from account where ${GRANT_EXPIRED} order by id`, [now]);
    for (const row of grants) {
      const { id, creditsPosted, debitsPosted, debitsPending } = accountOf(row);
      await this.mustTransfer({
        kind: 'post',
        id: `grant-expired:${id}:${this.#sequence}`,
        debit: id,
        credit: 'grants',
        amount: creditsPosted - debitsPosted - debitsPending,
        memo: 'grant expired',
      });
    }
  }

  async finishAccounts(): Promise<void> {
    for (const account of this.#changed) {
      await this.sql.all(
        'update account set debits_pending = ?, debits_posted = ?, credits_pending = ?, credits_posted = ?, credit_limit = ? where id = ?',
        [
          account.debitsPending,
          account.debitsPosted,
          account.creditsPending,
          account.creditsPosted,
          account.creditLimit,
          account.id,
        ],
      );
    }
    this.#changed.clear();
  }

  /** Writes balances, time and sequence: the last step of a transaction. */
  async finish(): Promise<void> {
    await this.finishAccounts();
    await this.sql.all('update ledger set now = ?, sequence = ? where id = 1', [BigInt(this.now), this.#sequence]);
  }
}

function accountOf(row: SqlRow): OpenAccount {
  const expiresAt = row['expires_at'];
  const tenant = row['tenant'];
  return {
    id: text(row, 'id'),
    limit: text(row, 'limit_kind') as LimitKind,
    creditLimit: amountOf(integer(row, 'credit_limit')),
    priority: integer(row, 'priority'),
    expiresAt: typeof expiresAt === 'bigint' ? exactNumber(expiresAt) : undefined,
    tenant: typeof tenant === 'string' ? tenant : undefined,
    debitsPending: integer(row, 'debits_pending'),
    debitsPosted: integer(row, 'debits_posted'),
    creditsPending: integer(row, 'credits_pending'),
    creditsPosted: integer(row, 'credits_posted'),
  };
}

export function transferOf(row: SqlRow): Transfer {
  const { pending, timeout } = row;
  return {
    id: text(row, 'id'),
    sequence: integer(row, 'sequence'),
    kind: text(row, 'kind') as Transfer['kind'],
    debit: text(row, 'debit'),
    credit: text(row, 'credit'),
    amount: integer(row, 'amount'),
    pending: typeof pending === 'string' ? pending : undefined,
    timeout: typeof timeout === 'bigint' ? exactNumber(timeout) : undefined,
    memo: text(row, 'memo'),
    at: exactNumber(integer(row, 'at')),
  };
}

function isSameTransfer(made: Transfer, spec: TransferSpec): boolean {
  if (made.kind !== spec.kind || made.memo !== (spec.memo ?? '')) return false;
  switch (spec.kind) {
    case 'post':
      return isSameMove(made, spec);
    case 'pending':
      return isSameMove(made, spec) && made.timeout === spec.timeout;
    case 'post-pending':
      return made.pending === spec.pending && made.amount === spec.amount;
    case 'void-pending':
      return made.pending === spec.pending;
  }
}

type Move = Pick<Transfer, 'debit' | 'credit' | 'amount'>;

function isSameMove(made: Move, spec: Move): boolean {
  return made.debit === spec.debit && made.credit === spec.credit && made.amount === spec.amount;
}
