/**
 * The limits of a tenant: concurrent requests, bytes a second, fuel a second.
 *
 * Invariant: rates are charged afterwards, because what a call uses is known only then. A tenant that has used more
 * than its rate waits until that is paid off. So it exceeds its rate at most by what it had in progress: its
 * concurrency times the fuel limit of its calls.
 */
import { ProblemError } from './protocol/problems.js';
import type { ServiceLimits } from './service-limits.js';
import type { TenantRow } from './tokens.js';

/** How many seconds of a rate may be used at once. */
const BURST_SECONDS = 10;

/** A bucket that fills at a rate, and may be in debt. */
class Rate {
  #level: number;
  #atMs: number;

  constructor(
    public perSecond: number,
    nowMs: number,
  ) {
    this.#level = perSecond * BURST_SECONDS;
    this.#atMs = nowMs;
  }

  /** Milliseconds until something may be used; 0: now. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#level > 0 ? 0 : Math.ceil((-this.#level / this.perSecond) * 1_000) + 1;
  }

  use(units: number): void {
    this.#level -= units;
  }

  /** Sets another rate from now on; the current level was filled at the previous one. */
  set(perSecond: number, nowMs: number): void {
    this.#fill(nowMs);
    this.perSecond = perSecond;
    this.#fill(nowMs);
  }

  #fill(nowMs: number): void {
    const filled = this.#level + (Math.max(0, nowMs - this.#atMs) / 1_000) * this.perSecond;
    this.#level = Math.min(filled, this.perSecond * BURST_SECONDS);
    this.#atMs = nowMs;
  }
}

export class TenantGate {
  readonly #limits: ServiceLimits;
  #isOperator = false;
  #concurrency: number;
  readonly #fuel: Rate;
  readonly #bytes: Rate;
  #underWay = 0;

  constructor(
    readonly name: string,
    limits: ServiceLimits,
    tenant: Omit<TenantRow, 'name' | 'tokens'> = {},
  ) {
    const nowMs = performance.now();
    this.#limits = limits;
    this.#concurrency = limits.concurrency;
    this.#fuel = new Rate(tenant.fuelPerSecond ?? limits.fuelPerSecond, nowMs);
    this.#bytes = new Rate(tenant.bytesPerSecond ?? limits.bytesPerSecond, nowMs);
    this.set(tenant);
  }

  get isOperator(): boolean {
    return this.#isOperator;
  }

  /** Sets its limits from now on; what it has used still counts. */
  set({ operator, concurrency, fuelPerSecond, bytesPerSecond }: Omit<TenantRow, 'name' | 'tokens'>): void {
    const limits = this.#limits;
    this.#isOperator = operator === true;
    this.#concurrency = concurrency ?? limits.concurrency;
    this.#fuel.set(fuelPerSecond ?? limits.fuelPerSecond, performance.now());
    this.#bytes.set(bytesPerSecond ?? limits.bytesPerSecond, performance.now());
  }

  /** Admits a request. @returns a function that ends it @throws ProblemError `rate-limited` */
  enter(): () => void {
    const nowMs = performance.now();
    if (this.#underWay >= this.#concurrency) throw limited(1, `${this.#concurrency} requests are under way`);
    const waitMs = Math.max(this.#fuel.waitMs(nowMs), this.#bytes.waitMs(nowMs));
    if (waitMs > 0) throw limited(Math.ceil(waitMs / 1_000), 'the fuel or the bytes of this time are used');
    this.#underWay += 1;
    let isIn = true;
    return () => {
      if (isIn) this.#underWay -= 1;
      isIn = false;
    };
  }

  useFuel(units: number): void {
    this.#fuel.use(units);
  }

  useBytes(count: number): void {
    this.#bytes.use(count);
  }

  /** Milliseconds that a stream has to wait before it continues; 0: none. */
  waitMs(): number {
    const nowMs = performance.now();
    return Math.max(this.#fuel.waitMs(nowMs), this.#bytes.waitMs(nowMs));
  }
}

function limited(retryAfterSeconds: number, detail: string): ProblemError {
  return new ProblemError('rate-limited', { retryAfterSeconds, detail });
}
