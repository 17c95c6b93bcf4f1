/** Reads a file that a user named. Never more than the limit is held, whatever the file is: a device has no size. */
import { readFileUpTo, readUpTo } from '../store/read-up-to.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';

const CAUSES: Readonly<Record<string, readonly [cause: string, advice: string]>> = {
  ENOENT: ['there is no such file', 'check the path'],
  ENOTDIR: ['a part of the path is no folder', 'check the path'],
  EISDIR: ['it is a folder', 'name a file in it'],
  EACCES: ['it may not be read', 'check its permissions'],
  EPERM: ['it may not be read', 'check its permissions'],
  ENAMETOOLONG: ['the path is too long', 'check the path'],
  ELOOP: ['its links go in a circle', 'check the path'],
  ERR_INVALID_ARG_VALUE: ['the path cannot be used', 'check the path'],
  ENXIO: ['nothing is there to read from', 'name a regular file'],
  EAGAIN: ['nothing is there to read yet', 'pipe a file or a command into it'],
  EMFILE: ['too many files are open', 'close some and run it again'],
};

/** The path that stands for standard input. */
export const STDIN = '-';

/**
 * The bytes of a file, or its first `bytesMax + 1` when it is longer, for the caller to refuse. `-` is standard input.
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

/** What could not be read, why, and what to do. */
export function readError(path: string, error: unknown): CliError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const [cause, advice] = CAUSES[code] ?? [
    code === '' ? 'the path cannot be used' : `the system says ${code}`,
    'check the path',
  ];
  return new CliError(`cannot read ${printable(path)}: ${cause}`, advice);
}

/** What could not be written, why, and what to do. */
export function writeError(path: string, error: unknown): CliError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const [cause, advice] = WRITE_CAUSES[code] ?? [
    code === '' ? 'the path cannot be used' : `the system says ${code}`,
    'check the path',
  ];
  return new CliError(`cannot write ${printable(path)}: ${cause}`, advice);
}

const WRITE_CAUSES: Readonly<Record<string, readonly [cause: string, advice: string]>> = {
  ENOENT: ['its folder is not there', 'make the folder, or name another'],
  EEXIST: ['a file is there, not a folder', 'name a folder'],
  ENOTDIR: ['a part of the path is a file', 'name a folder'],
  EISDIR: ['it is a folder', 'name a file'],
  EACCES: ['you have no right to it', 'name a place that you may write to'],
  EROFS: ['the file system is read-only', 'name a place that you may write to'],
  ENOSPC: ['no space is left', 'make room, or name another place'],
};
