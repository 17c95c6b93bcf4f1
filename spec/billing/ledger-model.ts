/** The expected results of billing in plain numbers: a second implementation for the histories in `history.ts`. */

export interface ModelLine {
  readonly id: string;
  readonly tenant: string;
  readonly table: number;
  readonly fuel: bigint;
}
interface ModelLease {
  readonly tenant: string;
  reserved: bigint;
  expires: number;
  open: boolean;
}

/** Prices by table: per unit of fuel, per call, tax in percent. */
export const MODEL_PRICES = [
  { unit: 2n, call: 5n, tax: 19n },
  { unit: 3n, call: 1n, tax: 0n },
] as const;

export class LedgerModel {
  now = 0;
  readonly paid = new Map<string, bigint>();
  readonly payments = new Set<string>();
  readonly lines = new Map<string, ModelLine & { reversed: boolean }>();
  readonly leases = new Map<string, ModelLease>();

  constructor(readonly timeout: number) {}

  tick(clock: number): void {
    this.now = Math.max(this.now, clock);
    for (const lease of this.leases.values()) if (lease.expires <= this.now) lease.reserved = 0n;
  }
  payIn(tenant: string, amount: bigint, id: string): void {
    if (!this.payments.has(id)) this.paid.set(tenant, (this.paid.get(tenant) ?? 0n) + amount);
    this.payments.add(id);
  }
  spent(tenant: string): bigint {
    const { net, tax } = this.sums(tenant);
    return net + tax;
  }
  sums(tenant: string): { net: bigint; tax: bigint } {
    return MODEL_PRICES.reduce(
      (sum, { unit, call, tax }, table) => {
        const lines = [...this.lines.values()].filter((l) => l.tenant === tenant && l.table === table && !l.reversed);
        const net = lines.reduce((all, { fuel }) => all + fuel * unit + call, 0n);
        return { net: sum.net + net, tax: sum.tax + (net * tax) / 100n };
      },
      { net: 0n, tax: 0n },
    );
  }
  reserved(tenant: string): bigint {
    return [...this.leases.values()].reduce((sum, l) => sum + (l.tenant === tenant ? l.reserved : 0n), 0n);
  }
  balance(tenant: string): bigint {
    return (this.paid.get(tenant) ?? 0n) - this.spent(tenant);
  }
  available(tenant: string): bigint {
    return this.balance(tenant) - this.reserved(tenant);
  }
  open(id: string, tenant: string, amount: bigint): boolean {
    if (this.leases.has(id)) return true;
    if (this.available(tenant) < amount) return false;
    this.leases.set(id, { tenant, reserved: amount, expires: this.now + this.timeout, open: true });
    return true;
  }
  settle(id: string, lines: readonly ModelLine[], target: 'rest' | 'none' | bigint): boolean {
    const lease = this.leases.get(id)!;
    const fresh = lines.filter((line, i) => !this.lines.has(line.id) && lines.findIndex((l) => l.id === line.id) === i);
    const before = this.spent(lease.tenant);
    for (const line of fresh) this.lines.set(line.id, { ...line, reversed: false });
    const cost = this.spent(lease.tenant) - before;
    const held = lease.open ? lease.reserved : 0n;
    if (this.available(lease.tenant) + held < 0n) {
      for (const line of fresh) this.lines.delete(line.id);
      return false;
    }
    lease.reserved = 0n;
    const paid = cost < held ? cost : held;
    const wanted = target === 'none' || !lease.open ? 0n : target === 'rest' ? held - paid : target;
    const room = this.available(lease.tenant);
    if (!lease.open && lines.length === 0) return true;
    lease.reserved = wanted < room ? wanted : room;
    lease.open &&= target !== 'none';
    lease.expires = this.now + this.timeout;
    return true;
  }
}
