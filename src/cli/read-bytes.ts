/** Reads a file that a user named. Never reads more than the limit, whatever the file is: a device has no size. */
import { readFileUpTo, readUpTo } from '../store/read-up-to.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';

const CAUSES: Readonly<Record<string, readonly [cause: string, advice: string]>> = {
  ENOENT: ['no such file', 'check the path'],
  ENOTDIR: ['a part of the path is not a folder', 'check the path'],
  EISDIR: ['it is a folder', 'name a file in it'],
  EACCES: ['permission denied', 'check its permissions'],
  EPERM: ['permission denied', 'check its permissions'],
  ENAMETOOLONG: ['the path is too long', 'check the path'],
  ELOOP: ['its symbolic links form a loop', 'check the path'],
  ERR_INVALID_ARG_VALUE: ['the path cannot be used', 'check the path'],
  ENXIO: ['there is nothing to read from', 'name a regular file'],
  EAGAIN: ['there is nothing to read yet', 'pipe a file or a command into it'],
  EMFILE: ['too many files are open', 'close some and run it again'],
};

/** The path that means standard input. */
export const STDIN = '-';

/**
 * The bytes of a file, or its first `bytesMax + 1` if it is longer, for the caller to reject. `-` is standard input.
 * @throws CliError if it cannot be read
 */
export function readBytes(path: string, bytesMax: number): Uint8Array {
  if (path === STDIN) return readStdin(bytesMax);
  try {
    return readFileUpTo(path, bytesMax);
  } catch (error) {
    throw readError(path, error);
  }
}

function readStdin(bytesMax: number): Uint8Array {
  try {
    return readUpTo(0, bytesMax + 1);
  } catch (error) {
    throw readError('standard input', error);
  }
}

/** The bytes of a file that must not be longer than the limit. */
export function readBytesWithin(path: string, bytesMax: number, what: string): Uint8Array {
  const bytes = readBytes(path, bytesMax);
  if (bytes.length <= bytesMax) return bytes;
  throw new CliError(
    `${printable(path)} is longer than ${bytesMax} bytes, the limit of ${what}`,
    'pass a shorter file',
  );
}

/** The error for a file that could not be read: why, and what to do. */
export function readError(path: string, error: unknown): CliError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const [cause, advice] = CAUSES[code] ?? [
    code === '' ? 'the path cannot be used' : `the system reported ${code}`,
    'check the path',
  ];
  return new CliError(`cannot read ${printable(path)}: ${cause}`, advice);
}

/** The error for a file that could not be written: why, and what to do. */
export function writeError(path: string, error: unknown): CliError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const [cause, advice] = WRITE_CAUSES[code] ?? [
    code === '' ? 'the path cannot be used' : `the system reported ${code}`,
    'check the path',
  ];
  return new CliError(`cannot write ${printable(path)}: ${cause}`, advice);
}

const WRITE_CAUSES: Readonly<Record<string, readonly [cause: string, advice: string]>> = {
  ENOENT: ['its folder does not exist', 'create the folder, or name another'],
  EEXIST: ['it is a file, not a folder', 'name a folder'],
  ENOTDIR: ['a part of the path is a file', 'name a folder'],
  EISDIR: ['it is a folder', 'name a file'],
  EACCES: ['permission denied', 'choose a place that you can write to'],
  EROFS: ['the file system is read-only', 'choose a place that you can write to'],
  ENOSPC: ['no space is left on the device', 'free some space, or choose another place'],
};
