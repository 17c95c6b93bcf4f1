/**
 * A random history of a ledger beside a model of plain numbers: pay in, lease, spend, settle, close, resend in another
 * order, reverse, crash at any write, lose a reply, change prices, move the clock forwards and back.
 */
import fc from 'fast-check';
import { toHex } from '../../src/base/hash.js';
import { amountOf } from '../../src/billing/amount.js';
import { Billing } from '../../src/billing/billing.js';
import type { Lease } from '../../src/billing/lease.js';
import { Ledger } from '../../src/billing/ledger.js';
import type { PriceTable } from '../../src/billing/price-table.js';
import type { LeaseTerms, Usage } from '../../src/billing/settlement.js';
import { integer, type SqlRow, text } from '../../src/billing/sql-database.js';
import { itemBytes, lineId, subjectOf } from '../../src/billing/usage-item.js';
import { Crash, type FailingDatabase } from './failing-database.js';
import { LedgerModel, MODEL_PRICES, type ModelLine } from './ledger-model.js';
import { receiptOf, START, TABLE, tier } from './sample-billing.js';

const TIMEOUT = 1_000;

const TABLES: readonly PriceTable[] = MODEL_PRICES.map(({ unit, call, tax }, i) => ({
  ...TABLE,
  name: `table ${i}`,
  fuelUnit: 1n,
  tiers: [tier(0n, 0n, unit)],
  call: amountOf(call),
  taxPartsPerMillion: tax * 10_000n,
}));

/** A little more than the statements of the longest transaction. */
const WRITES_MAX = 30;

const tenant = fc.nat(1);
const place = fc.constantFrom(0, 0, 0, 1);
const step = fc.oneof(
  fc.record({ kind: fc.constant('pay' as const), tenant, amount: fc.integer({ min: 1, max: 3_000 }), id: fc.nat(5) }),
  fc.record({ kind: fc.constant('lease' as const), tenant, place, amount: fc.integer({ min: 1, max: 2_000 }) }),
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('spend' as const),
      tenant,
      place,
      fuel: fc.nat(120),
      request: fc.nat(20),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('settle' as const), tenant, place, amount: fc.constant(0) }) },
  fc.record({ kind: fc.constant('close' as const), tenant, place, amount: fc.constant(0) }),
  fc.record({ kind: fc.constant('extend' as const), tenant, place, amount: fc.integer({ min: 1, max: 2_000 }) }),
  fc.record({ kind: fc.constant('again' as const), tenant, place, turn: fc.nat(5) }),
  fc.record({ kind: fc.constant('reverse' as const), tenant, turn: fc.nat(9) }),
  fc.record({ kind: fc.constant('balance' as const), tenant }),
  fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: -1_500, max: 1_500 }) }),
  fc.record({ kind: fc.constant('prices' as const) }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('crash' as const), after: fc.option(fc.nat(WRITES_MAX)) }) },
);
export type Step = typeof step extends fc.Arbitrary<infer A> ? A : never;

/** Steps of a history. */
export const stepsOfHistory = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' });

/** Counts of events in histories. An event that never happened was not checked. */
export interface HistoryCounts {
  readonly steps: number;
  readonly lines: number;
  readonly refused: number;
  readonly crashes: number;
  readonly lostReplies: number;
}

function mustBe(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: the ledger has ${found}, the model ${expected}`);
}

const TENANTS = ['ada', 'bob'];
const DEPOSITS = [2_000n, 3_000n];

/** One history on a new ledger. */
export class History {
  readonly model = new LedgerModel(TIMEOUT);
  readonly billing: Billing;
  readonly #leases = new Map<
    string,
    { lease: Lease; terms: LeaseTerms; pending: ModelLine[]; usages: Usage[]; table: number }
  >();
  readonly #names = new Map<string, number>();
  /** Batches that were sent; a late network sends them again. */
  readonly #sent: { terms: LeaseTerms; usages: readonly Usage[]; lines: readonly ModelLine[] }[] = [];
  /** The rows of all accounts, and the number of transactions begun before they were read. */
  #read: { readonly rows: readonly SqlRow[]; readonly begun: number } | undefined;
  #clock = START;
  #table = 0;
  #steps = 0;
  #refused = 0;
  #crashes = 0;
  #lostReplies = 0;

  /** @param accounts the rows of all accounts as another connection sees them, if there is one */
  constructor(
    readonly database: FailingDatabase,
    readonly accounts: () => Promise<readonly SqlRow[]>,
  ) {
    this.billing = new Billing(new Ledger(database, { clock: () => this.#clock }), () => this.#clock);
  }

  get counts(): HistoryCounts {
    const [steps, refused, crashes, lostReplies] = [this.#steps, this.#refused, this.#crashes, this.#lostReplies];
    return { steps, lines: this.model.lines.size, refused, crashes, lostReplies };
  }

  /** Sets up the ledger's content before its history. */
  static async prepare(billing: Billing): Promise<void> {
    for (const [number, name] of TENANTS.entries()) {
      await billing.openTenant(name);
      await billing.payIn(name, DEPOSITS[number]!, 'deposit');
    }
  }

  async begin(): Promise<void> {
    this.model.tick(this.#clock);
    for (const [number, name] of TENANTS.entries()) {
      this.model.payIn(name, DEPOSITS[number]!, `deposit of ${name}`);
      await this.#take({ kind: 'lease', tenant: number, place: 0, amount: 1_500 });
    }
  }

  /** Runs an operation until it is acknowledged or known not to be kept; the model is updated with what was kept. */
  async #kept<T>(run: () => Promise<T>, follow: () => unknown): Promise<T | undefined> {
    const commits = this.database.commits;
    let result: T | undefined;
    let crashed = false;
    try {
      result = await run();
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      crashed = true;
      this.#crashes += 1;
    }
    const isKept = this.database.commits > commits;
    if (crashed && isKept) this.#lostReplies += 1;
    this.#heal();
    if (isKept || !crashed) {
      this.model.tick(this.#clock);
      follow();
    }
    // A refusal that rolled back the transaction has released nothing.
    if (!isKept && !crashed) await this.billing.ledger.tick();
    return crashed ? undefined : result;
  }

  async #take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'pay': {
        const [name, id, amount] = [TENANTS[step.tenant]!, `payment ${step.id}`, BigInt(step.amount)];
        if (this.model.payments.has(id)) return;
        const pay = () => this.billing.payIn(name, amount, id);
        await this.#kept(pay, () => this.model.payIn(name, amount, id));
        // A lost reply is requested again.
        if (this.model.payments.has(id)) await this.#kept(pay, () => this.model.payIn(name, amount, id));
        return;
      }
      case 'lease': {
        const tenantName = TENANTS[step.tenant]!;
        const key = `${step.tenant}:${step.place}`;
        if (this.#leases.has(key)) return;
        const number = this.#names.get(key) ?? 0;
        const id = `${key}-${number}`;
        const table = this.#table;
        const terms = { id, tenant: tenantName, table: TABLES[table]!, timeout: TIMEOUT };
        let expected = false;
        const opened = await this.#kept(
          () => this.billing.lease(tenantName, { ...terms, amount: BigInt(step.amount) }),
          () => {
            expected = this.model.open(id, tenantName, BigInt(step.amount));
          },
        );
        this.#names.set(key, number + 1);
        if (opened === undefined) return;
        mustBe('lease', opened.ok, expected);
        this.#refused += opened.ok ? 0 : 1;
        if (opened.ok) this.#leases.set(key, { lease: opened.lease, terms, pending: [], usages: [], table });
        return;
      }
      case 'spend': {
        const held = this.#leases.get(`${step.tenant}:${step.place}`);
        if (held === undefined) return;
        const call = held.lease.begin(step.fuel + 50);
        this.#refused += call.ok ? 0 : 1;
        if (!call.ok) return;
        const receipt = receiptOf(step.fuel);
        const requestId = new Uint8Array(32).fill(step.request + 1);
        requestId[0] = step.tenant;
        const line = toHex(lineId(subjectOf(itemBytes({ kind: 'call', receipt })), requestId));
        call.finish(receipt, requestId, START);
        held.usages.push({ item: { kind: 'call', receipt }, requestId, executedAt: START });
        held.pending.push({ id: line, tenant: held.terms.tenant, table: held.table, fuel: BigInt(step.fuel) });
        return;
      }
      case 'settle':
      case 'extend':
      case 'close': {
        const key = `${step.tenant}:${step.place}`;
        const held = this.#leases.get(key);
        if (held === undefined) return;
        const target = step.kind === 'settle' ? 'rest' : step.kind === 'close' ? 'none' : BigInt(step.amount);
        const run = () =>
          step.kind === 'settle'
            ? held.lease.settle()
            : step.kind === 'close'
              ? held.lease.close()
              : held.lease.extend(BigInt(step.amount));
        let expected = false;
        const result = await this.#kept(run, () => {
          expected = this.model.settle(held.terms.id, held.pending, target);
        });
        if (result === undefined) return;
        mustBe(step.kind, result.ok, expected);
        this.#refused += result.ok ? 0 : 1;
        if (!result.ok) return;
        mustBe('left', held.lease.left, this.model.leases.get(held.terms.id)!.reserved);
        this.#sent.push({ terms: held.terms, usages: held.usages, lines: held.pending });
        held.pending = [];
        held.usages = [];
        if (step.kind === 'close') this.#leases.delete(key);
        return;
      }
      case 'again': {
        const old = this.#sent[step.turn % Math.max(this.#sent.length, 1)];
        if (old === undefined) return;
        const usages = [...old.usages, ...old.usages.slice(0, step.turn)].reverse();
        const lines = [...old.lines, ...old.lines.slice(0, step.turn)].reverse();
        let expected = false;
        const result = await this.#kept(
          () => this.billing.settle(old.terms, usages, 'rest'),
          () => {
            expected = this.model.settle(old.terms.id, lines, 'rest');
          },
        );
        if (result !== undefined) mustBe('again', result.ok && result.lines === 0, expected);
        return;
      }
      case 'reverse': {
        const own = [...this.model.lines.values()].filter((line) => line.tenant === TENANTS[step.tenant]!);
        const line = own[step.turn % Math.max(own.length, 1)];
        if (line === undefined) return;
        await this.#kept(
          () => this.billing.reverse(Uint8Array.from(Buffer.from(line.id, 'hex')), 'wrong'),
          () => {
            line.reversed = true;
          },
        );
        return;
      }
      case 'balance':
        this.#heal();
        await this.#checkBalance(TENANTS[step.tenant]!);
        return;
      case 'clock':
        this.#clock = Math.max(this.#clock + step.by, 0);
        return;
      case 'prices':
        this.#table = 1 - this.#table;
        return;
      case 'crash':
        if (step.after === null) this.database.losesReply = true;
        else this.database.statementsLeft = step.after;
    }
  }

  /** Every balance, as stored in the tables: nothing is released or recounted before. */
  async check(): Promise<void> {
    // Between two transactions nothing can change them.
    const { begun } = this.database;
    if (this.#read?.begun !== begun) this.#read = { rows: await this.accounts(), begun };
    const { rows } = this.#read;
    let [posted, pending] = [0n, 0n];
    for (const row of rows) {
      const [debits, credits] = [integer(row, 'debits_posted'), integer(row, 'credits_posted')];
      const [debitsPending, creditsPending] = [integer(row, 'debits_pending'), integer(row, 'credits_pending')];
      posted += debits - credits;
      pending += debitsPending - creditsPending;
      const id = text(row, 'id');
      if (id === 'tax') {
        const tax = TENANTS.reduce((sum, name) => sum + this.model.sums(name).tax, 0n);
        mustBe('tax', credits - debits, tax);
      }
      const tenant = text(row, 'id').slice('tenant:'.length);
      if (!TENANTS.includes(tenant)) continue;
      mustBe(`balance of ${tenant}`, credits - debits, this.model.balance(tenant));
      mustBe(`reserved of ${tenant}`, debitsPending, this.model.reserved(tenant));
      mustBe(`${tenant} never negative`, credits - debits - debitsPending >= 0n, true);
    }
    mustBe('debits less credits', posted, 0n);
    mustBe('pending debits less credits', pending, 0n);
  }

  /** The balance reported to a tenant, which first releases expired reservations. */
  async #checkBalance(name: string): Promise<void> {
    const { balance, reserved, available } = await this.billing.balance(name);
    this.model.tick(this.#clock);
    mustBe(`balance reported to ${name}`, balance, this.model.balance(name));
    mustBe(`reserved reported to ${name}`, reserved, this.model.reserved(name));
    mustBe(`available reported to ${name}`, available, this.model.available(name));
  }

  /** Runs a step and checks the ledger's state after it. */
  async takeChecked(step: Step): Promise<void> {
    await this.#take(step);
    this.#steps += 1;
    if (step.kind !== 'crash') await this.check();
  }

  async end(): Promise<void> {
    this.#heal();
    for (const name of TENANTS) await this.#checkBalance(name);
    await this.check();
  }

  #heal(): void {
    this.database.statementsLeft = undefined;
    this.database.losesReply = false;
  }
}
