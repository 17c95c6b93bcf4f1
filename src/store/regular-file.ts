/**
 * Opens a file of a store's folder for reading. Invariant: what is opened is a regular file of this very name. A FIFO or a device
 * would block or never end, and a link would lead out of the folder, so neither is followed nor waited for.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from './store-error.js';

/** Windows has neither; there a folder has no FIFOs. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** What open(2) says of links that are not followed, of sockets, of devices without a driver. */
const NOT_REGULAR: readonly (string | undefined)[] = ['ELOOP', 'EMLINK', 'ENXIO', 'ENODEV', 'EISDIR'];

export interface RegularFile {
  readonly file: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/**
 * @returns undefined if something else has this name; the caller closes the file
 * @throws what the system says, `ENOENT` if there is nothing
 */
export async function openRegular(path: string): Promise<RegularFile | undefined> {
  let file: FileHandle;
  try {
    file = await open(path, FLAGS);
  } catch (error) {
    if (NOT_REGULAR.includes(systemCode(error))) return undefined;
    throw error;
  }
  try {
    const stats = await file.stat();
    if (stats.isFile()) return { file, size: stats.size };
  } catch (error) {
    await file.close();
    throw error;
  }
  await file.close();
  return undefined;
}

/**
 * The first `size` bytes at once: what reads a file of unknown length does so in pieces, and copies them. Bytes that are not
 * there any more are 0.
 */
export async function readWhole(file: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await file.read(bytes, filled, size - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes;
}

/** The bytes of a regular file; undefined if something else has this name or it is longer than `bytesMax`. @throws as `openRegular` */
export async function readRegular(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  const opened = await openRegular(path);
  return opened && readWithin(opened, bytesMax);
}

/** The bytes of an open file, which is closed; undefined if it is longer than `bytesMax`. */
export async function readWithin({ file, size }: RegularFile, bytesMax: number): Promise<Uint8Array | undefined> {
  try {
    return size > bytesMax ? undefined : await readWhole(file, size);
  } finally {
    await file.close();
  }
}
