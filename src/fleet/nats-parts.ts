/** The connection of a fleet to NATS, with its streams and buckets, made where they are not there. */
import type { Consumer, JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { ObjectStore } from '@nats-io/obj';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { FleetError, reasonOf } from './fleet-error.js';
import { LEASE_MS } from './fleet-queue.js';

/** The lane of jobs that every worker may run; the others are `not-KIND`. */
export const EVERY = 'every';
/** Headers of a job: workers that must not run it, in hexadecimal; of a line: its hash in the content store. */
export const NOT_WORKERS = 'Assay-Not-Workers';
export const IN_STORE = 'Assay-In-Store';
/** Requests that are in progress at once. */
export const AT_ONCE = 64;

const CONNECT_MS = 10_000;
const RECONNECT_MS = 250;
/** For so long a job that is published again is known. */
const DUPLICATES_MS = 600_000;
const NANOSECONDS = 1_000_000;
/** `JSConsumerAlreadyExists` of the server. */
const CONSUMER_EXISTS = 10_148;
const NAME = /^[A-Za-z0-9_-]{1,32}$/;

export interface NatsParts {
  readonly name: string;
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly content: ObjectStore;
  readonly submitted: KV;
  readonly results: KV;
  readonly quarantine: KV;
  readonly batches: KV;
  readonly workers: KV;
  readonly records: KV;
  headers(): MsgHdrs;
  /** Makes the lane of jobs that workers of a kind do not run. */
  addLane(lane: string): Promise<void>;
  /** The lanes that are there. */
  lanes(): Promise<readonly string[]>;
  /** Jobs of a lane. */
  jobsOf(lane: string): Promise<Consumer>;
  /** The lines of a batch from the first, in their order. */
  linesOf(batch: string): Promise<Consumer>;
  /** The bytes and headers of the line with a number. */
  lineAt(sequence: number): Promise<{ readonly data: Uint8Array; readonly inStore: string | undefined } | undefined>;
  /** Jobs of a batch that are queued or run, by lane. */
  queued(batch: string): Promise<Readonly<Record<string, number>>>;
  /** Jobs of all batches that run. */
  running(): Promise<number>;
}

/** @param leaseMs the shortest lease that will do; undefined: whatever the queue has @throws FleetError */
export async function connectNats(url: string, leaseMs: number | undefined): Promise<NatsParts> {
  const { server, user, password, name, isTls } = placeOf(url);
  const [transport, jetstream, kv, obj] = await packages();
  const connection = await transport
    .connect({
      servers: server,
      ...(user === '' ? {} : password === '' ? { token: user } : { user, pass: password }),
      ...(isTls ? { tls: {} } : {}),
      name: 'assay',
      timeout: CONNECT_MS,
      maxReconnectAttempts: -1,
      reconnectTimeWait: RECONNECT_MS,
    })
    .catch((error: unknown) => {
      throw natsError(error);
    });
  try {
    const js = jetstream.jetstream(connection);
    const jsm = await jetstream.jetstreamManager(connection);
    const kvm = new kv.Kvm(js);
    const bucket = (what: string) => kvm.create(`${name}-${what}`);
    await ensureStream(jsm, {
      name: `${name}-jobs`,
      subjects: [`${name}.jobs.>`],
      retention: jetstream.RetentionPolicy.Workqueue,
      duplicate_window: DUPLICATES_MS * NANOSECONDS,
    });
    await ensureStream(jsm, { name: `${name}-lines`, subjects: [`${name}.lines.>`] });
    const addLane = async (lane: string): Promise<void> => {
      const config = {
        durable_name: lane,
        filter_subject: `${name}.jobs.${lane}.>`,
        ack_policy: jetstream.AckPolicy.Explicit,
        max_ack_pending: -1,
      };
      const waitMs = leaseMs ?? LEASE_MS;
      try {
        await jsm.consumers.add(`${name}-jobs`, { ...config, ack_wait: waitMs * NANOSECONDS });
      } catch (error) {
        if (!isOtherConsumer(error)) throw error;
        // The lease of a queue in NATS is one for all: the longest, so that a worker with a shorter one renews it in time.
        const known = await jsm.consumers.info(`${name}-jobs`, lane);
        if (leaseMs === undefined || (known.config.ack_wait ?? 0) >= leaseMs * NANOSECONDS) return;
        await jsm.consumers.update(`${name}-jobs`, lane, { ...config, ack_wait: leaseMs * NANOSECONDS });
      }
    };
    await addLane(EVERY);
    return {
      name,
      connection,
      js,
      content: await new obj.Objm(js).create(`${name}-content`),
      submitted: await bucket('submitted'),
      results: await bucket('results'),
      quarantine: await bucket('quarantine'),
      batches: await bucket('batches'),
      workers: await bucket('workers'),
      records: await bucket('records'),
      headers: transport.headers,
      addLane,
      lanes: async () => {
        const lanes: string[] = [];
        for await (const { name: lane } of jsm.consumers.list(`${name}-jobs`)) lanes.push(lane);
        return lanes;
      },
      jobsOf: (lane) => js.consumers.get(`${name}-jobs`, lane),
      linesOf: (batch) => js.consumers.get(`${name}-lines`, { filter_subjects: `${name}.lines.${batch}.>` }),
      lineAt: async (seq) => {
        const found = await jsm.streams.getMessage(`${name}-lines`, { seq });
        if (found === null) return undefined;
        return { data: new Uint8Array(found.data), inStore: found.header.get(IN_STORE) || undefined };
      },
      queued: async (batch) => {
        const info = await jsm.streams.info(`${name}-jobs`, { subjects_filter: `${name}.jobs.*.${batch}` });
        const subjects = Object.entries(info.state.subjects ?? {});
        return Object.fromEntries(subjects.map(([subject, count]) => [subject.split('.')[2], count]));
      },
      running: async () => {
        let running = 0;
        for await (const { num_ack_pending } of jsm.consumers.list(`${name}-jobs`)) running += num_ack_pending;
        return running;
      },
    };
  } catch (error) {
    await connection.close();
    // Later it is a server that starts or ends.
    if (error instanceof Error && error.name === 'JetStreamNotEnabled')
      throw new FleetError('queue', `the queue in NATS: ${reasonOf(error)}`, { cause: error });
    throw natsError(error);
  }
}

/** What a URL of a queue names. */
interface NatsPlace {
  readonly server: string;
  readonly user: string;
  readonly password: string;
  readonly name: string;
  readonly isTls: boolean;
}

function placeOf(url: string): NatsPlace {
  let parsed: URL;
  try {
    // The parser finds host and port only in schemes that it knows.
    parsed = new URL(url.replace(/^[a-z]+:/, 'http:'));
  } catch (error) {
    throw new FleetError('option', 'the URL of a queue in NATS is nats://host:4222/name', { cause: error });
  }
  const name = parsed.pathname.replace(/^\//, '') || 'assay';
  if (!NAME.test(name)) throw new FleetError('option', 'the name of a fleet can contain only letters, digits, - and _');
  return {
    server: parsed.port === '' ? `${parsed.hostname}:4222` : parsed.host,
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    name,
    isTls: url.startsWith('tls:'),
  };
}

async function packages() {
  try {
    return await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream'),
      import('@nats-io/kv'),
      import('@nats-io/obj'),
    ]);
  } catch (error) {
    const needed = '@nats-io/transport-node @nats-io/jetstream @nats-io/kv @nats-io/obj';
    throw new FleetError('library', `a queue in NATS needs libraries: npm install ${needed}`, { cause: error });
  }
}

async function ensureStream(
  jsm: JetStreamManager,
  config: Parameters<JetStreamManager['streams']['add']>[0],
): Promise<void> {
  try {
    await jsm.streams.add(config);
  } catch (error) {
    // One that is there with other settings is the operator's: replicas, placement, limits.
    if (!(error instanceof Error && error.name === 'JetStreamApiError' && /already in use/.test(error.message)))
      throw error;
  }
}

/** A consumer of this name is there and is another: of these settings only the lease can differ. */
function isOtherConsumer(error: unknown): boolean {
  const { name, code } = error as { readonly name?: unknown; readonly code?: unknown };
  return name === 'JetStreamApiError' && code === CONSUMER_EXISTS;
}

/** Errors that say that a request is wrong, or may not be made: to make it again is of no use. */
const REFUSED: readonly string[] = [
  'AuthorizationError',
  'PermissionViolationError',
  'InvalidArgumentError',
  'InvalidNameError',
  'InvalidSubjectError',
];
const CLIENT_ERRORS = { from: 400, below: 500 } as const;
const TIMED_OUT = 408;

export function natsError(error: unknown): FleetError {
  if (error instanceof FleetError) return error;
  const name = error instanceof Error ? error.name : '';
  const status = Number((error as { readonly status?: unknown }).status ?? 0);
  const isClients = status >= CLIENT_ERRORS.from && status < CLIENT_ERRORS.below && status !== TIMED_OUT;
  const code = REFUSED.includes(name) || (name === 'JetStreamApiError' && isClients) ? 'queue' : 'connection';
  return new FleetError(code, `the queue in NATS: ${reasonOf(error)}`, { cause: error });
}

/** Whether a key was made; false if it is there. */
export async function created(kv: KV, key: string, value: Uint8Array): Promise<boolean> {
  try {
    await kv.create(key, value);
    return true;
  } catch (error) {
    if ((await kv.get(key)) !== null) return false;
    throw error;
  }
}

/** Does something with each item, so many at a time. */
export async function atOnce<T>(items: readonly T[], count: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = items[Symbol.iterator]();
  const one = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(count, items.length) }, one));
}
