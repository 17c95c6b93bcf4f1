/** `assay/store`: modules by their identity, and what is derived from them, on disk. */
export { type DiskCache, type DiskCacheCounts, type DiskCacheOptions, openDiskCache } from './disk-cache.js';
export { ModuleFolder, type ModuleFolderOptions, openModuleFolder } from './module-folder.js';
export { StoreError, type StoreErrorCode } from './store-error.js';
