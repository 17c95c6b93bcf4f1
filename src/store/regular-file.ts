/**
 * Opens a file of a store's folder for reading. Invariant: only a regular file with exactly this name is opened. A FIFO
 * or a device would block or never end, and a link would lead out of the folder, so they are neither followed nor
 * waited for.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { systemCode } from './store-error.js';

/** Windows has neither; there a folder has no FIFOs. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Errors of open(2) for links that are not followed, for sockets, and for devices without a driver. */
const NOT_REGULAR: readonly (string | undefined)[] = ['ELOOP', 'EMLINK', 'ENXIO', 'ENODEV', 'EISDIR'];

export interface RegularFile {
  readonly file: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/**
 * @returns undefined if something else has this name; the caller closes the file
 * @throws the error of the system, `ENOENT` if there is no file
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
 * The first `size` bytes at once, because reading a file of unknown length goes in pieces that are copied. Bytes beyond
 * a shorter file are 0.
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
