/**
 * Files that appear whole or not at all: written under a name of their own, then moved. Two processes that write the same
 * file both succeed, and a reader sees the one or the other. After a power failure a file may be short; its seal shows it.
 */
import { randomBytes } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'new-';

/** Whether a file of the folder is one that is being written, or that a process left when it died. */
export function isTemporary(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Puts the bytes in the place of what is there. Only the owner may read the file. */
export async function replaceFile(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await withTemporary(folder, bytes, (path) => rename(path, join(folder, name)));
}

/** Rejects with `EEXIST` if there is a file of this name, and leaves it as it is. */
export async function createFile(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await withTemporary(folder, bytes, async (path) => {
    await link(path, join(folder, name));
    await unlink(path);
  });
}

async function withTemporary(folder: string, bytes: Uint8Array, move: (path: string) => Promise<void>): Promise<void> {
  const path = join(folder, `${PREFIX}${randomBytes(12).toString('hex')}`);
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    await move(path);
  } catch (error) {
    // The reason counts, not whether the rest could be cleared away: the next sweep of the folder does.
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
