/**
 * One process at a time writes a file: a second file beside it names that process. A lock left by a process that no
 * longer exists is taken over. It guards against starting a batch twice on one machine, not against an attacker.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { writeError } from './read-bytes.js';

export class FileLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws CliError if another live process writes the file */
  static take(path: string): FileLock {
    const lock = `${path}.lock`;
    try {
      if (!isMade(lock)) {
        const holder = holderOf(lock);
        if (holder !== undefined && isAlive(holder)) throw taken(path, lock, holder);
        rmSync(lock, { force: true });
        if (!isMade(lock)) throw taken(path, lock, holderOf(lock));
      }
    } catch (error) {
      if (error instanceof CliError) throw error;
      throw writeError(lock, error);
    }
    return new FileLock(lock);
  }

  release(): void {
    rmSync(this.#path, { force: true });
  }
}

/** Creates the lock; false if it exists already. */
function isMade(lock: string): boolean {
  let file: number;
  try {
    file = openSync(lock, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, `${process.pid}\n`);
  } finally {
    closeSync(file);
  }
  return true;
}

/** The process that a lock names; undefined if the lock is gone or incomplete. */
function holderOf(lock: string): number | undefined {
  try {
    const text = readFileSync(lock, 'utf8');
    return /^[1-9][0-9]{0,9}\n$/.test(text) ? Number(text) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whether another process has this number. If processes are restarted with the same numbers, this process's own number
 * is not another.
 */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function taken(path: string, lock: string, holder: number | undefined): CliError {
  const who = holder === undefined ? 'another process' : `process ${holder}`;
  return new CliError(
    `${printable(path)} is being written by ${who}`,
    `wait for it, or delete ${printable(lock)} if no batch is running`,
  );
}
