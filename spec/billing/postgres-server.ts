/**
 * A separate PostgreSQL server for a spec: created in a temporary folder, reached by a socket in it, deleted with it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const INSTALLED = '/usr/lib/postgresql';
const MEMORY = '/dev/shm';
const IN_MEMORY = [
  'synchronous_commit=off',
  'full_page_writes=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'jit=off',
  'autovacuum=off',
  'track_activities=off',
  'track_counts=off',
  'update_process_title=off',
  'plan_cache_mode=force_generic_plan',
];

export interface PostgresServer {
  /** Makes an empty database. */
  database(name: string): string;
  /** Ends the server abruptly, like a power cut. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

function programs(): string | undefined {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).sort() : [];
  return versions.map((version) => join(INSTALLED, version, 'bin')).findLast((bin) => existsSync(join(bin, 'initdb')));
}

/** Why there is no PostgreSQL here; undefined if there is. */
export function whyNoPostgres(): string | undefined {
  return programs() === undefined ? `PostgreSQL is not installed below ${INSTALLED}` : undefined;
}

/** The user `postgres`: the server refuses to run as root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

export interface PostgresOptions {
  /** For specs that do not need durability: faster. */
  readonly isInMemory?: boolean;
  /** Where its folder is created. Default: the folder for temporary files. */
  readonly folder?: string;
}

export async function startPostgres({
  isInMemory = false,
  folder: parent,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = programs();
  if (bin === undefined) throw new Error(whyNoPostgres());
  const settings = ['listen_addresses=', 'fsync=off', ...(isInMemory ? IN_MEMORY : [])];
  const folder = mkdtempSync(join(parent ?? (isInMemory && existsSync(MEMORY) ? MEMORY : tmpdir()), 'assay-pg-'));
  const user = serverUser();
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const as = { ...user, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' } };
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '-E', 'UTF8'], {
    ...as,
    stdio: 'ignore',
  });
  const client = (...args: readonly string[]) =>
    execFileSync(join(bin, 'psql'), ['-h', folder, '-U', 'postgres', '-qAt', ...args], { ...as, stdio: 'pipe' });
  let server: ChildProcess | undefined;
  const start = async () => {
    server = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, ...settings.flatMap((one) => ['-c', one])], {
      ...as,
      stdio: 'ignore',
    });
    for (let tries = 0; ; tries += 1) {
      try {
        client('-c', 'select 1', 'postgres');
        return;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const running = server;
    if (running === undefined || running.exitCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill(signal);
    await ended;
    server = undefined;
  };
  await start();
  return {
    start,
    database: (name) => {
      client('-c', `create database ${name}`, 'postgres');
      return `postgres://postgres@/${name}?host=${encodeURIComponent(folder)}`;
    },
    kill: () => end('SIGQUIT'),
    stop: async () => {
      await end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
