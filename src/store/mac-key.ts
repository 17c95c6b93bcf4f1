/**
 * The key of a cache folder: 32 random bytes in a file that only its owner may read, created once by the first process.
 * Someone who can read it can put code into the cache; others can only delete.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { openRegular, type RegularFile, readWhole } from './regular-file.js';
import { StoreError, systemCode } from './store-error.js';
import { createFile } from './temporary-file.js';

export const KEY_FILE = 'key';
export const KEY_BYTES = 32;
const OTHERS = 0o077;

/** @throws StoreError `key-file` if the file cannot be trusted */
export async function macKeyOf(folder: string): Promise<Uint8Array> {
  const known = await readKey(folder);
  if (known !== undefined) return known;
  try {
    await createFile(folder, KEY_FILE, randomBytes(KEY_BYTES));
  } catch (error) {
    // Another process was first: its key is the folder's.
    if (systemCode(error) !== 'EEXIST')
      throw new StoreError('folder', `a key cannot be created in ${folder}`, { cause: error });
  }
  const made = await readKey(folder);
  if (made === undefined) throw new StoreError('key-file', `the key of ${folder} was deleted while it was read`);
  return made;
}

async function readKey(folder: string): Promise<Uint8Array | undefined> {
  const path = join(folder, KEY_FILE);
  let opened: RegularFile | undefined;
  try {
    opened = await openRegular(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new StoreError('key-file', `${path} cannot be read`, { cause: error });
  }
  if (opened === undefined) throw new StoreError('key-file', `${path} must be a regular file`);
  const { file } = opened;
  try {
    // Check the open file, so that nobody can replace it in between.
    const { mode, uid, size } = await file.stat();
    const isPrivate = process.platform === 'win32' || ((mode & OTHERS) === 0 && uid === process.getuid?.());
    if (!isPrivate)
      throw new StoreError('key-file', `${path} must belong to this user and be closed to others (mode 600)`);
    if (size !== KEY_BYTES) throw new StoreError('key-file', `${path} has ${size} bytes, not ${KEY_BYTES}`);
    return await readWhole(file, KEY_BYTES);
  } finally {
    await file.close();
  }
}
