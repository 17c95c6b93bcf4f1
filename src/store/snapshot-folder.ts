/** Snapshots of sessions in a folder by their hash (`Snapshot.hash`, `LinkedSnapshot.hash`), for warm starts. */
import { LIMITS_1 } from '../base/limits.js';
import { own } from '../base/own.js';
import { PAGE_BYTES } from '../machine/memory.js';
import { type FileKind, HashedFolder, madeFolder } from './hashed-folder.js';

export interface SnapshotFolderOptions {
  /** Bytes of the longest snapshot. Default 128 MiB: all pages of `limits-1`, and as much beside them. */
  readonly bytesMax?: number;
}

const SNAPSHOT: FileKind = { name: 'a snapshot', ending: 'snapshot' };

/** Stores `snapshot.bytes`, and returns bytes for `decodeSnapshot` and `decodeLinkedSnapshot`. */
export class SnapshotFolder extends HashedFolder {
  /** Made by `openSnapshotFolder`. */
  constructor(folder: string, bytesMax: number) {
    super(folder, bytesMax, SNAPSHOT);
  }
}

/**
 * Opens a folder of snapshots, which is created if it does not exist.
 * @throws StoreError `folder` if that fails, `bound` for a bound that is not an integer
 */
export async function openSnapshotFolder(folder: string, options: SnapshotFolderOptions = {}): Promise<SnapshotFolder> {
  const bytesMax = own(options, 'bytesMax') ?? 2 * LIMITS_1.pages * PAGE_BYTES;
  return new SnapshotFolder(await madeFolder(folder, bytesMax), bytesMax);
}
