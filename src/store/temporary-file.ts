/**
 * Files that appear complete or not at all: they are written under a temporary name, then renamed. Two processes that
 * write the same file both succeed, and a reader sees one or the other. After a power failure a file may be short; its
 * seal shows that.
 */
import { randomBytes } from 'node:crypto';
import { link, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PREFIX = 'new-';

/** Whether a file of the folder is being written, or was left by a process that died. */
export function isTemporary(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Replaces the file with the bytes. Only the owner may read it. */
export async function replaceFile(folder: string, name: string, bytes: Uint8Array): Promise<void> {
  await withTemporary(folder, bytes, (path) => rename(path, join(folder, name)));
}

/** Rejects with `EEXIST` if a file with this name exists, and does not change it. */
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
    // The first error matters; if the file cannot be deleted here, the next sweep of the folder does it.
    await unlink(path).catch(() => undefined);
    throw error;
  }
}
