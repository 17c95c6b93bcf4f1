/** The tables of a fleet in PostgreSQL, in a schema of their own. */

/** Change the name when the tables change. */
export const TABLES_VERSION = 'assay-fleet-1';

/** The number of the lock on which programs that create the tables wait for each other. */
export const MAKING_LOCK = 7_227_226;

/**
 * A job is `open` until it has a line, then `finished` until the line is judged, then `settled`, or `open` again. While
 * it is open, it can be taken from `available_at` on; taking it moves that time by a lease. `lane` is the kind of
 * worker that must not take it; empty for none. The one index of open jobs serves every `take`.
 */
export const TABLE_STATEMENTS: readonly string[] = [
  'create table content (hash bytea primary key, bytes bytea not null)',
  `create table batch (
    id bytea primary key, head bytea not null, is_closed boolean not null default false,
    made_at timestamptz not null default now())`,
  `create table job (
    id bytea primary key, batch bytea not null references batch, document bytea not null, inputs integer not null,
    state text not null default 'open' check (state in ('open', 'finished', 'settled')),
    available_at timestamptz not null default now(), attempts integer not null default 0,
    lane text not null default '', not_workers bytea[] not null default '{}')`,
  "create index job_open on job (lane, available_at) where state = 'open'",
  'create index job_of_batch on job (batch, state)',
  `create table line (
    id bigint generated always as identity unique, batch bytea not null, job bytea not null references job,
    worker bytea not null, hash bytea not null, bytes bytea not null,
    is_judged boolean not null default false, is_quarantined boolean not null default false,
    primary key (job, worker, hash))`,
  'create index line_unjudged on line (batch, id) where not is_judged',
  'create index line_quarantined on line (batch) where is_quarantined',
  `create table result (
    job bytea primary key references job, batch bytea not null, line bigint references line (id), hash bytea,
    inputs integer not null, fuel numeric not null)`,
  'create index result_of_batch on result (batch, job)',
  `create table worker (
    key bytea primary key, kind text not null, name text not null, seen_at timestamptz not null default now(),
    confirmed bigint not null default 0, wrong bigint not null default 0)`,
  'create table version (name text primary key)',
  `insert into version values ('${TABLES_VERSION}')`,
];
