/**
 * A fleet in PostgreSQL, 12 or later: jobs are rows that are taken with `for update skip locked`, leases are times. Needs the library `pg`.
 *
 * Invariants: each function is one transaction, or one statement, and can be made again. A lease is fenced by `attempts`, which only the take
 * that gave it has set: a late result changes no state, but its line is kept.
 */
import type { Client, Pool, PoolClient } from 'pg';
import { hash, toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { FleetError, reasonOf } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import {
  type Again,
  type BatchStatus,
  type Decision,
  type FleetQueue,
  type JobLines,
  type KeptLine,
  LEASE_MS,
  type Lease,
  type QueueOptions,
  type RecordChange,
  type SettledJob,
  type SubmittedJob,
  type WorkerIdentity,
  type WorkerRecord,
} from './fleet-queue.js';
import { MAKING_LOCK, TABLE_STATEMENTS, TABLES_VERSION } from './postgres-tables.js';

const SCHEMA = 'assay_fleet';
/** The channels that are notified when jobs can be taken, and when lines can be judged. */
const JOBS_CHANNEL = 'assay_fleet_jobs';
const LINES_CHANNEL = 'assay_fleet_lines';
/** A notification can be lost with its connection, and an expired lease sends none. */
const LOOK_AGAIN_MS = 1_000;
const SETTLED_AT_ONCE = 500;
const CONNECT_MS = 10_000;

/** Classes of SQLSTATE for statements that are wrong or not permitted, so a retry is useless. */
const REFUSED = /^(?:0A|22|23|28|2F|3D|3F|42)/;

type Row = Readonly<Record<string, unknown>>;

/**
 * @param url `postgres://user@host/database`, as `pg` takes it
 * @throws FleetError `library` if `pg` is not installed, `connection`, `queue`
 */
export async function openPostgresQueue(url: string, { leaseMs = LEASE_MS }: QueueOptions = {}): Promise<FleetQueue> {
  const pg = await import('pg').catch((error: unknown) => {
    throw new FleetError('library', 'a queue in PostgreSQL needs the library pg: npm install pg', { cause: error });
  });
  const connection = {
    connectionString: url,
    options: `-c search_path=${SCHEMA}`,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  };
  const pool = new pg.default.Pool({ ...connection, max: 4 });
  // An idle connection that breaks is replaced by the pool; the next statement reports what matters.
  pool.on('error', () => undefined);
  const queue = new PostgresQueue(pool, () => new pg.default.Client(connection), leaseMs);
  try {
    await queue.makeTables();
  } catch (error) {
    await pool.end();
    throw error;
  }
  return queue;
}

function fleetError(error: unknown): FleetError {
  if (error instanceof FleetError) return error;
  const code = String((error as { readonly code?: unknown }).code ?? '');
  const isRefused = REFUSED.test(code) && code.length === 5;
  return new FleetError(isRefused ? 'queue' : 'connection', `the queue in PostgreSQL: ${reasonOf(error)}`, {
    cause: error,
  });
}

class PostgresQueue implements FleetQueue {
  readonly #pool: Pool;
  readonly #leaseMs: number;
  readonly #notices: Notices;

  constructor(pool: Pool, connect: () => Client, leaseMs: number) {
    this.#pool = pool;
    this.#leaseMs = leaseMs;
    this.#notices = new Notices(connect);
  }

  async makeTables(): Promise<void> {
    await this.#transaction(async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [MAKING_LOCK]);
      const made = await client.query<Row>('select to_regclass($1) is not null as made', [`${SCHEMA}.version`]);
      if (made.rows[0]['made'] === true) {
        const version = await client.query<Row>('select name from version');
        if (version.rows[0]?.['name'] === TABLES_VERSION) return;
        throw new FleetError('queue', `the tables in the schema ${SCHEMA} were made by another version of assay`);
      }
      await client.query(`create schema if not exists ${SCHEMA}`);
      for (const statement of TABLE_STATEMENTS) await client.query(statement);
    });
  }

  async putContent(bytes: Uint8Array): Promise<Uint8Array> {
    const key = hash(bytes);
    const known = await this.#rows('select 1 from content where hash = $1', [key]);
    if (known.length === 0)
      await this.#rows('insert into content values ($1, $2) on conflict do nothing', [key, bytes]);
    return key;
  }

  async getContent(key: Uint8Array, bytesMax: number): Promise<Uint8Array> {
    const sql =
      'select length(bytes) as length, case when length(bytes) <= $2 then bytes end as bytes from content where hash = $1';
    const [row] = await this.#rows(sql, [key, bytesMax]);
    if (row === undefined) throw new FleetError('missing', `the content ${toHex(key)} is not in the store`);
    const { length, bytes } = row;
    if (!(bytes instanceof Uint8Array))
      throw new FleetError('content', `the content ${toHex(key)} has ${length} bytes, the limit is ${bytesMax}`);
    if (sameBytes(hash(bytes), key)) return plainBytes(bytes);
    throw new FleetError('content', `the content ${toHex(key)} does not match its hash`);
  }

  async openBatch(id: Uint8Array, head: Uint8Array): Promise<void> {
    await this.#rows('insert into batch (id, head) values ($1, $2) on conflict do nothing', [id, head]);
  }

  async submit(batch: Uint8Array, jobs: readonly SubmittedJob[]): Promise<void> {
    const sql = `insert into job (id, batch, document, inputs)
      select id, $1, document, inputs from unnest($2::bytea[], $3::bytea[], $4::int[]) as given (id, document, inputs)
      on conflict do nothing`;
    const columns = [jobs.map(({ id }) => id), jobs.map(({ job }) => job), jobs.map(({ inputs }) => inputs)];
    await this.#rows(sql, [batch, ...columns]);
    await this.#notify(JOBS_CHANNEL);
  }

  async closeBatch(id: Uint8Array): Promise<void> {
    await this.#rows('update batch set is_closed = true where id = $1', [id]);
  }

  async register({ key, kind, name }: WorkerIdentity): Promise<void> {
    const sql = `insert into worker (key, kind, name) values ($1, $2, $3)
      on conflict (key) do update set kind = $2, name = $3, seen_at = now()`;
    await this.#rows(sql, [key, kind, name]);
  }

  async take(worker: WorkerIdentity, max: number, waitMs: number): Promise<readonly Lease[]> {
    return await this.#waiting(JOBS_CHANNEL, waitMs, () => this.#take(worker, max));
  }

  /** Lanes with a name, which are second runs, come first. Jobs that this worker has already run are left to others. */
  async #take({ key, kind }: WorkerIdentity, max: number): Promise<readonly Lease[]> {
    const sql = `
      with lanes as (select kind as lane from worker where kind <> $2 union select ''),
      taken as (
        select job.id from (select distinct lane from lanes order by lane desc) as lanes cross join lateral (
          select id from job
          where state = 'open' and lane = lanes.lane and available_at <= now() and not ($1::bytea = any (not_workers))
          order by available_at limit $3 for update skip locked) as job
        limit $3)
      update job set available_at = now() + $4 * interval '1 millisecond', attempts = attempts + 1
      from taken where job.id = taken.id
      returning job.id, job.document, job.attempts`;
    const rows = await this.#rows(sql, [key, kind, max, this.#leaseMs]);
    return rows.map(({ id, document, attempts }) => ({
      id: plainBytes(id as Uint8Array),
      job: plainBytes(document as Uint8Array),
      attempt: attempts as number,
      handle: attempts,
    }));
  }

  async heartbeat(leases: readonly Lease[]): Promise<void> {
    await this.#leases(leases, `available_at = now() + ${this.#leaseMs} * interval '1 millisecond'`);
  }

  async release(leases: readonly Lease[]): Promise<void> {
    await this.#leases(leases, 'available_at = now(), attempts = job.attempts - 1');
    await this.#notify(JOBS_CHANNEL);
  }

  async #leases(leases: readonly Lease[], change: string): Promise<void> {
    const sql = `update job set ${change} from unnest($1::bytea[], $2::int[]) as held (id, attempts)
      where job.id = held.id and job.attempts = held.attempts and state = 'open'`;
    await this.#rows(sql, [leases.map(({ id }) => id), leases.map(({ handle }) => handle)]);
  }

  async finish(
    { key }: WorkerIdentity,
    finished: readonly { readonly lease: Lease; readonly line: Uint8Array }[],
  ): Promise<void> {
    const ids = finished.map(({ lease }) => lease.id);
    await this.#transaction(async (client) => {
      // Each line is a separate parameter, because lists are sent as text, which costs a millisecond for 64 inputs.
      const values = finished.map((_, i) => `($${3 * i + 2}::bytea, $${3 * i + 3}::bytea, $${3 * i + 4}::bytea)`);
      await client.query(
        `insert into line (batch, job, worker, hash, bytes)
          select job.batch, job.id, $1, given.hash, given.bytes
          from (values ${values.join(', ')}) as given (id, hash, bytes) join job on job.id = given.id
          on conflict do nothing`,
        [key, ...finished.flatMap(({ lease, line }) => [lease.id, hash(line), line])],
      );
      await client.query(
        `update job set state = 'finished' from unnest($1::bytea[], $2::int[]) as held (id, attempts)
          where job.id = held.id and job.attempts = held.attempts and state = 'open'`,
        [ids, finished.map(({ lease }) => lease.handle)],
      );
    });
    await this.#notify(LINES_CHANNEL);
  }

  async unjudged(batch: Uint8Array, max: number, waitMs: number): Promise<readonly JobLines[]> {
    return await this.#waiting(LINES_CHANNEL, waitMs, () => this.#unjudged(batch, max));
  }

  /**
   * In a job with many lines, the result and unjudged lines come first, so a worker cannot hide a line behind its own.
   */
  async #unjudged(batch: Uint8Array, max: number): Promise<readonly JobLines[]> {
    const sql = `
      select job.id, job.document, result.job is not null as is_settled, result.hash as settled, line.id::text as line, line.bytes
      from (select distinct job from (select job from line where batch = $1 and not is_judged order by id limit $2) as first) as found
      join job on job.id = found.job left join result on result.job = job.id
      cross join lateral (
        select id, bytes from line where line.job = found.job and length(bytes) <= $3
        order by line.id is distinct from result.line, is_quarantined, is_judged, id limit $4) as line
      order by job.id, line.id`;
    const rows = await this.#rows(sql, [batch, max, FLEET_LIMITS.lineBytes, 2 * FLEET_LIMITS.jobLines]);
    const jobs: (JobLines & { readonly lines: KeptLine[] })[] = [];
    for (const { id, document, is_settled, settled, line, bytes } of rows) {
      const kept = { id: line as string, bytes: plainBytes(bytes as Uint8Array) };
      const last = jobs.at(-1);
      if (last !== undefined && sameBytes(last.id, id as Uint8Array)) {
        last.lines.push(kept);
        continue;
      }
      const result = settled instanceof Uint8Array ? plainBytes(settled) : null;
      jobs.push({
        id: plainBytes(id as Uint8Array),
        job: plainBytes(document as Uint8Array),
        lines: [kept],
        settled: is_settled === true ? result : undefined,
      });
    }
    return jobs;
  }

  async judge(
    batch: Uint8Array,
    decisions: readonly Decision[],
    records: readonly RecordChange[],
  ): Promise<readonly Uint8Array[]> {
    const others = await this.#transaction(async (client) => {
      const settled = decisions.flatMap(({ id, settle }) => (settle === undefined ? [] : [{ id, ...settle }]));
      await client.query(
        `insert into result (job, batch, line, hash, inputs, fuel)
          select id, $1, line, hash, inputs, fuel
          from unnest($2::bytea[], $3::bigint[], $4::bytea[], $5::int[], $6::numeric[]) as given (id, line, hash, inputs, fuel)
          on conflict do nothing`,
        [
          batch,
          settled.map(({ id }) => id),
          settled.map(({ line }) => line ?? null),
          settled.map(({ result }) => result),
          settled.map(({ inputs }) => inputs),
          settled.map(({ fuel }) => fuel),
        ],
      );
      const others = await client.query<{ readonly job: Uint8Array }>(
        `select job from result join unnest($1::bytea[], $2::bytea[]) as given (id, hash) on given.id = job
          where result.hash is distinct from given.hash`,
        [settled.map(({ id }) => id), settled.map(({ result }) => result)],
      );
      await client.query("update job set state = 'settled' where id = any ($1::bytea[])", [
        settled.map(({ id }) => id),
      ]);
      for (const { ids, again } of groupedAgain(decisions)) {
        // An open job will be run anyway.
        await client.query(
          `update job set state = 'open', available_at = now(), attempts = attempts + 1, lane = $2, not_workers = $3
            where id = any ($1::bytea[]) and state = 'finished'`,
          [ids, again.notKind, again.notWorkers],
        );
      }
      await client.query('update line set is_judged = true where id = any ($1::bigint[])', [
        decisions.flatMap(({ lines }) => lines),
      ]);
      await client.query('update line set is_quarantined = true where id = any ($1::bigint[])', [
        decisions.flatMap(({ quarantined }) => quarantined),
      ]);
      for (const { worker, confirmed, wrong } of records) {
        await client.query(
          `insert into worker (key, kind, name, confirmed, wrong) values ($1, $2, $3, $4, $5)
            on conflict (key) do update set wrong = worker.wrong + $5,
              confirmed = case when $5 > 0 then 0 else worker.confirmed + $4 end`,
          [worker.key, worker.kind, worker.name, confirmed, wrong],
        );
      }
      return others.rows.map(({ job }) => plainBytes(job));
    });
    if (decisions.some(({ again }) => again !== undefined)) await this.#notify(JOBS_CHANNEL);
    return others;
  }

  async *settled(batch: Uint8Array): AsyncGenerator<SettledJob, void, undefined> {
    let after: Uint8Array = new Uint8Array(0);
    for (;;) {
      const rows = await this.#rows(
        `select job.id, job.document, line.bytes from result join job on job.id = result.job left join line on line.id = result.line
          where result.batch = $1 and result.job > $2 order by result.job limit $3`,
        [batch, after, SETTLED_AT_ONCE],
      );
      for (const { id, document, bytes } of rows) {
        after = plainBytes(id as Uint8Array);
        const line = bytes instanceof Uint8Array ? plainBytes(bytes) : undefined;
        yield { id: after, job: plainBytes(document as Uint8Array), line };
      }
      if (rows.length < SETTLED_AT_ONCE) return;
    }
  }

  async batches(): Promise<readonly BatchStatus[]> {
    const rows = await this.#rows(
      `select batch.id, batch.head, batch.is_closed, jobs.*, results.*,
        (select count(*) from line where line.batch = batch.id and is_quarantined)::int as quarantined
      from batch
      cross join lateral (
        select count(*)::int as jobs, coalesce(sum(inputs), 0)::int as inputs,
          count(*) filter (where state = 'open' and available_at <= now())::int as waiting,
          count(*) filter (where state = 'open' and available_at > now())::int as running,
          count(*) filter (where state = 'finished')::int as to_judge,
          count(*) filter (where state = 'settled')::int as settled
        from job where job.batch = batch.id) as jobs
      cross join lateral (
        select coalesce(sum(inputs), 0)::int as settled_inputs, coalesce(sum(fuel), 0)::text as fuel
        from result where result.batch = batch.id) as results
      order by batch.made_at`,
      [],
    );
    const others = await this.#rows(
      "select batch, lane, count(*)::int as jobs from job where state = 'open' and lane <> '' and available_at <= now() group by batch, lane",
      [],
    );
    return rows.map((row) => statusOf(row, others));
  }

  async workers(): Promise<readonly WorkerRecord[]> {
    const rows = await this.#rows(
      'select key, kind, name, extract(epoch from seen_at)::float8 * 1000 as seen_at, confirmed::int, wrong::int from worker order by seen_at desc',
      [],
    );
    return rows.map(({ key, kind, name, seen_at, confirmed, wrong }) => ({
      key: plainBytes(key as Uint8Array),
      kind: kind as string,
      name: name as string,
      confirmed: confirmed as number,
      wrong: wrong as number,
      seenAt: Math.round(seen_at as number),
    }));
  }

  async close(): Promise<void> {
    await this.#notices.close();
    await this.#pool.end();
  }

  async #rows(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return (await this.#pool.query<Row>(sql, [...parameters])).rows;
    } catch (error) {
      throw fleetError(error);
    }
  }

  async #notify(channel: string): Promise<void> {
    await this.#rows('select pg_notify($1, $2)', [channel, '']);
  }

  /** The result of `look`, which is repeated until there is something or the time is over. */
  async #waiting<T>(channel: string, waitMs: number, look: () => Promise<readonly T[]>): Promise<readonly T[]> {
    const endMs = performance.now() + waitMs;
    for (;;) {
      const notice = await this.#notices.next(channel);
      const found = await look();
      const leftMs = endMs - performance.now();
      if (found.length > 0 || leftMs <= 0) return found;
      await notice.orAfter(Math.min(leftMs, LOOK_AGAIN_MS));
    }
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw fleetError(error);
    });
    // A connection that breaks while it is in use also emits an event; the query in progress throws.
    const ignore = () => undefined;
    client.on('error', ignore);
    let broken: Error | undefined;
    try {
      await client.query('begin');
      const result = await work(client);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw fleetError(error);
    } finally {
      client.off('error', ignore);
      client.release(broken);
    }
  }
}

/** Jobs that are run again by the same workers: few statements for many jobs. */
function groupedAgain(decisions: readonly Decision[]): Iterable<{ readonly ids: Uint8Array[]; readonly again: Again }> {
  const groups = new Map<string, { readonly ids: Uint8Array[]; readonly again: Again }>();
  for (const { id, again } of decisions) {
    if (again === undefined) continue;
    const name = [again.notKind, ...again.notWorkers.map(toHex).sort()].join();
    const group = groups.get(name) ?? { ids: [], again };
    group.ids.push(id);
    groups.set(name, group);
  }
  return groups.values();
}

function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function statusOf(row: Row, others: readonly Row[]): BatchStatus {
  const id = plainBytes(row['id'] as Uint8Array);
  const own = others.filter(({ batch }) => sameBytes(batch as Uint8Array, id));
  const number = (name: string) => row[name] as number;
  return {
    id,
    head: plainBytes(row['head'] as Uint8Array),
    isClosed: row['is_closed'] === true,
    jobs: number('jobs'),
    inputs: number('inputs'),
    waiting: number('waiting'),
    running: number('running'),
    toJudge: number('to_judge'),
    settled: number('settled'),
    settledInputs: number('settled_inputs'),
    fuel: Number(row['fuel']),
    quarantined: number('quarantined'),
    waitingForOther: Object.fromEntries(own.map(({ lane, jobs }) => [lane as string, jobs as number])),
  };
}

/** A notification that may come. */
class Notice {
  readonly #come: Promise<void>;
  come = () => {};

  constructor() {
    this.#come = new Promise((resolve) => {
      this.come = resolve;
    });
  }

  async orAfter(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#come, late]);
    clearTimeout(timer);
  }
}

/** One connection that listens for notifications. Without it, everything is found by polling. */
class Notices {
  readonly #connect: () => Client;
  readonly #waiting = new Map<string, Notice>();
  #listening: Promise<Client | undefined> | undefined;
  #isClosed = false;

  constructor(connect: () => Client) {
    this.#connect = connect;
  }

  /** The next notification after now. */
  async next(channel: string): Promise<Notice> {
    if (!this.#isClosed) this.#listening ??= this.#listen();
    await this.#listening;
    const notice = this.#waiting.get(channel) ?? new Notice();
    this.#waiting.set(channel, notice);
    return notice;
  }

  async #listen(): Promise<Client | undefined> {
    const client = this.#connect();
    const isLost = new Promise<void>((resolve) => {
      client.once('end', resolve);
      client.on('error', () => resolve());
    });
    client.on('notification', ({ channel }) => this.#wake(channel));
    void isLost.then(() => {
      this.#listening = undefined;
      for (const channel of [...this.#waiting.keys()]) this.#wake(channel);
    });
    try {
      await client.connect();
      await client.query(`listen ${JOBS_CHANNEL}`);
      await client.query(`listen ${LINES_CHANNEL}`);
      return client;
    } catch {
      // The waiting caller looks again soon, and reports the error that it meets then.
      await client.end().catch(() => undefined);
      this.#listening = undefined;
      return undefined;
    }
  }

  #wake(channel: string): void {
    const notice = this.#waiting.get(channel);
    this.#waiting.delete(channel);
    notice?.come();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const client = await this.#listening;
    await client?.end().catch(() => undefined);
  }
}
