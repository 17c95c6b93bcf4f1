/** `assay/store`: modules by their hash, artefacts derived from them, and snapshots of sessions, on disk. */
export { type DiskCache, type DiskCacheCounts, type DiskCacheOptions, openDiskCache } from './disk-cache.js';
export { ModuleFolder, type ModuleFolderOptions, openModuleFolder } from './module-folder.js';
export { openSnapshotFolder, SnapshotFolder, type SnapshotFolderOptions } from './snapshot-folder.js';
export { StoreError, type StoreErrorCode } from './store-error.js';
