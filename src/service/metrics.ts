/**
 * Metrics for Prometheus, in a registry of the service. All labels have bounded sets of values: routes, outcomes, parts
 * of the fuel, and the first tenants, with one more for all others.
 */
import type { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RunResult } from './run-request.js';

/** Values that are read when metrics are requested. */
export interface MetricSources {
  readonly pool: () => {
    readonly threads: number;
    readonly waiting: number;
    readonly running: number;
    readonly waitingBytes: number;
    readonly replaced: number;
  };
  readonly subjects: () => number;
  readonly receipts: () => number;
  readonly bytesUnderWay: () => number;
  readonly unsettledLines: () => number;
}

/** The label of tenants beyond the bound. */
export const OTHER_TENANTS = 'other';
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 60];

/** Counts of calls by one label: added up here, and passed to the registry when metrics are requested. */
class Sums {
  readonly #values = new Map<string, { sum: number }>();

  constructor(
    readonly counter: Counter,
    readonly label: string,
  ) {}

  add(value: string, count = 1): void {
    const known = this.#values.get(value);
    if (known === undefined) this.#values.set(value, { sum: count });
    else known.sum += count;
  }

  hand(): void {
    for (const [value, { sum }] of this.#values) this.counter.inc({ [this.label]: value }, sum);
    this.#values.clear();
  }
}

export class Metrics {
  readonly #registry: Registry;
  readonly #tenants = new Set<string>();
  readonly #tenantsMax: number;
  readonly #hasMemo: boolean;
  readonly #sums: Sums[] = [];
  readonly #requests: Counter<'route' | 'status'>;
  readonly #seconds: Histogram<'route'>;
  readonly #calls: Sums;
  readonly #verdicts: Sums;
  readonly #fuel: Sums;
  readonly #memo: Sums;
  readonly #problems: Counter<'code'>;
  readonly #tenantCalls: Sums;
  readonly #tenantFuel: Sums;
  readonly #tenantRefused: Counter<'tenant' | 'code'>;

  private constructor(
    prometheus: typeof import('prom-client'),
    tenantsMax: number,
    hasMemo: boolean,
    sources: MetricSources,
  ) {
    this.#tenantsMax = tenantsMax;
    const registry = new prometheus.Registry();
    this.#registry = registry;
    const counter = <L extends string>(name: string, help: string, ...labelNames: readonly L[]): Counter<L> =>
      new prometheus.Counter({ name: `assay_${name}`, help, labelNames: [...labelNames], registers: [registry] });
    const sums = (name: string, help: string, label: string): Sums => {
      const made = new Sums(counter(name, help, label) as Counter, label);
      this.#sums.push(made);
      return made;
    };
    const gauge = (name: string, help: string, value: () => number): Gauge =>
      new prometheus.Gauge({
        name: `assay_${name}`,
        help,
        registers: [registry],
        collect() {
          this.set(value());
        },
      });
    this.#requests = counter('requests_total', 'Requests by route and status.', 'route', 'status');
    this.#seconds = new prometheus.Histogram({
      name: 'assay_request_seconds',
      help: 'Seconds from the head of a request to the end of its response.',
      labelNames: ['route'],
      buckets: SECONDS,
      registers: [registry],
    });
    this.#calls = sums('calls_total', 'Calls of guests by outcome.', 'outcome');
    this.#verdicts = sums('verdicts_total', 'Validations by verdict.', 'verdict');
    this.#fuel = sums('fuel_total', 'Fuel of calls by part.', 'part');
    this.#memo = sums('memo_total', 'Validations that a memo had, and had not.', 'result');
    this.#problems = counter('problems_total', 'Problems by code, those of lines of batches too.', 'code');
    this.#tenantCalls = sums('tenant_calls_total', 'Calls by tenant.', 'tenant');
    this.#tenantFuel = sums('tenant_fuel_total', 'Fuel by tenant.', 'tenant');
    this.#tenantRefused = counter(
      'tenant_refused_total',
      'Requests that were refused for a limit or a balance.',
      'tenant',
      'code',
    );
    gauge('workers', 'Threads.', () => sources.pool().threads);
    gauge('workers_replaced', 'Threads that ended and were replaced.', () => sources.pool().replaced);
    gauge('queue_jobs', 'Jobs that wait for a thread.', () => sources.pool().waiting);
    gauge('queue_bytes', 'Bytes of them.', () => sources.pool().waitingBytes);
    gauge('running_jobs', 'Jobs that were sent to a thread.', () => sources.pool().running);
    gauge('loaded_subjects', 'Modules and DNAs that are loaded.', sources.subjects);
    gauge('kept_receipts', 'Receipts that can be asked for.', sources.receipts);
    gauge('bytes_under_way', 'Bytes of bodies and modules in memory.', sources.bytesUnderWay);
    gauge('resident_bytes', 'Memory of the process, threads included.', () => process.memoryUsage.rss());
    gauge('unsettled_lines', 'Lines that are not in the ledger yet.', sources.unsettledLines);
    this.#hasMemo = hasMemo;
    if (hasMemo) for (const result of ['hit', 'miss']) this.#memo.add(result, 0);
  }

  static async open(tenantsMax: number, hasMemo: boolean, sources: MetricSources): Promise<Metrics> {
    const { default: prometheus } = await import('prom-client');
    return new Metrics(prometheus, tenantsMax, hasMemo, sources);
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    for (const sums of this.#sums) sums.hand();
    return this.#registry.metrics();
  }

  request(route: string, status: number, seconds: number): void {
    this.#requests.inc({ route, status });
    this.#seconds.observe({ route }, seconds);
  }

  problem(code: string, tenant: string | undefined): void {
    this.#problems.inc({ code });
    if (tenant !== undefined && (code === 'rate-limited' || code === 'payment-required')) {
      this.#tenantRefused.inc({ tenant: this.#label(tenant), code });
    }
  }

  run(tenant: string, { outcomes, verdict, isHit, receipts, fuel }: RunResult): void {
    for (const outcome of outcomes) this.#calls.add(outcome);
    if (verdict !== undefined) this.#verdicts.add(verdict);
    if (this.#hasMemo && isHit !== undefined) this.#memo.add(isHit ? 'hit' : 'miss');
    const label = this.#label(tenant);
    this.#tenantCalls.add(label, outcomes.length);
    // A memo hit used no fuel.
    if (isHit === true || receipts.length === 0) return;
    const { instantiate, guest, host, boundary } = fuel.parts;
    this.#fuel.add('instantiate', instantiate);
    this.#fuel.add('guest', guest);
    this.#fuel.add('host', host);
    this.#fuel.add('boundary', boundary);
    this.#tenantFuel.add(label, fuel.used);
  }

  #label(tenant: string): string {
    if (this.#tenants.has(tenant)) return tenant;
    if (this.#tenants.size >= this.#tenantsMax) return OTHER_TENANTS;
    this.#tenants.add(tenant);
    return tenant;
  }
}
