/**
 * Reads a file that a user named, of any kind: a device or a pipe has no size, and a sparse file can have any. Never
 * more than requested is read into memory.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 1 << 20;

/** The first `count` bytes of an open file, or all that it has. */
export function readUpTo(file: number, count: number): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < count) {
    const chunk = new Uint8Array(Math.min(CHUNK_BYTES, count - length));
    const read = readSync(file, chunk);
    if (read === 0) break;
    chunks.push(chunk.subarray(0, read));
    length += read;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * The bytes of a file; if it is longer than `bytesMax`, its first `bytesMax + 1`, so that the caller can refuse it.
 * @throws the error of the system
 */
export function readFileUpTo(path: string, bytesMax: number): Uint8Array {
  const file = openSync(path, 'r');
  try {
    return readUpTo(file, bytesMax + 1);
  } finally {
    closeSync(file);
  }
}
