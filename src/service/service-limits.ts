/**
 * The limits of a service: every bound that a request can reach, with its unit and its reason. Exceeding one is a
 * problem with a status.
 */

interface LimitRow {
  readonly unit: string;
  readonly value: number;
  readonly reason: string;
  readonly max?: number;
}

/** The longest time of a timer: Node runs a longer one at once. */
export const TIMER_MS_MAX = 2_147_483_647;
const TIMER = { unit: 'ms', max: TIMER_MS_MAX } as const;

export const SERVICE_LIMIT_ROWS = {
  connections: { unit: 'connections', value: 10_000, reason: 'each takes a descriptor and a few kB; more are closed' },
  headerBytes: { unit: 'bytes', value: 16_384, reason: '431 above it' },
  headersMs: { ...TIMER, value: 10_000, reason: 'time to receive the head of a request; then 408' },
  keepAliveMs: { ...TIMER, value: 30_000, reason: 'a connection without requests is closed' },
  bodyBytes: { unit: 'bytes', value: 25_165_824, reason: 'a payload of 16 MiB in base64; 413 above it' },
  bodyMs: { ...TIMER, value: 60_000, reason: 'time to receive a body, except of a batch; then 408' },
  fieldBytes: { unit: 'bytes', value: 1_048_576, reason: 'JSON of a body, without its inputs' },
  moduleBytes: { unit: 'bytes', value: 67_108_864, reason: 'as in limits-1; 413 above it' },
  storedBytes: { unit: 'bytes', value: 4_294_967_296, reason: 'stored modules; 507 above it' },
  bytesUnderWay: { unit: 'bytes', value: 268_435_456, reason: 'bodies and modules in memory; 503 above it' },
  lineBytes: { unit: 'bytes', value: 25_165_824, reason: 'a line of a batch, as a body' },
  batchLines: { unit: 'lines', value: 10_000_000, reason: 'a batch ends after this line' },
  batchMs: { unit: 'ms', value: 3_600_000, reason: 'a batch ends after this time' },
  batchWindow: { unit: 'lines', value: 512, reason: 'lines of a batch in progress' },
  idleMs: { ...TIMER, value: 20_000, reason: 'without traffic for this long a connection is closed' },
  lingerMs: { ...TIMER, value: 5_000, reason: 'time to read the response to an unfinished request' },
  idleBytes: { unit: 'bytes', value: 256, reason: 'the least that a batch must transfer in that time' },
  fuel: { unit: 'fuel', value: 100_000_000_000, reason: 'the highest fuel limit of a call' },
  jobMs: { ...TIMER, value: 60_000, reason: 'a call that takes longer is a host failure; 504' },
  loadedModules: { unit: 'modules', value: 1_000, reason: 'in the threads; the least recently used is dropped' },
  loadedBytes: { unit: 'bytes', value: 536_870_912, reason: 'likewise' },
  receiptBytes: { unit: 'bytes', value: 67_108_864, reason: 'stored receipts; the oldest are dropped' },
  idempotencyKeys: { unit: 'keys', value: 10_000, reason: 'of all tenants; the oldest are dropped' },
  idempotencyBytes: { unit: 'bytes', value: 67_108_864, reason: 'responses stored for these keys' },
  idempotencyMs: { unit: 'ms', value: 86_400_000, reason: 'a key expires after this time' },
  drainMs: { ...TIMER, value: 30_000, reason: 'after SIGTERM, time to finish what has started' },
  tenantsInMetrics: { unit: 'tenants', value: 100, reason: 'labels in metrics; all others share one' },
  fuelPerSecond: { unit: 'fuel a second', value: 10_000_000_000, reason: 'default for a tenant' },
  bytesPerSecond: { unit: 'bytes a second', value: 67_108_864, reason: 'likewise' },
  concurrency: { unit: 'requests', value: 64, reason: 'likewise' },
} as const satisfies Record<string, LimitRow>;

export type ServiceLimitName = keyof typeof SERVICE_LIMIT_ROWS;
export type ServiceLimits = Readonly<Record<ServiceLimitName, number>>;

/** @throws RangeError for an unknown name, or a value out of range */
export function serviceLimits(given: Partial<ServiceLimits> = {}): ServiceLimits {
  const names = Object.keys(SERVICE_LIMIT_ROWS) as ServiceLimitName[];
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(SERVICE_LIMIT_ROWS, name)) {
      throw new RangeError(`there is no limit '${name}'; the limits are ${names.join(', ')}`);
    }
  }
  const rows = names.map((name) => {
    const value = (Object.hasOwn(given, name) ? given[name] : undefined) ?? SERVICE_LIMIT_ROWS[name].value;
    const { unit, max = Number.MAX_SAFE_INTEGER }: LimitRow = SERVICE_LIMIT_ROWS[name];
    if (!Number.isSafeInteger(value) || value < 1 || value > max)
      throw new RangeError(`the limit '${name}' must be an integer from 1 to ${max} (${unit}), not ${value}`);
    return [name, value] as const;
  });
  return Object.freeze(Object.fromEntries(rows)) as ServiceLimits;
}
