/**
 * `assay/memo`: results of validations are reused instead of running them again. docs/OPERATING.md.
 *
 *   import { memoInMemory, openMemo } from 'assay/memo';
 */
export { Memo, type MemoCounts, type MemoOptions, type MemoValidation } from './memo.js';
export { type DiskMemoOptions, type MemoryMemoOptions, type MemoWriter, memoInMemory, openMemo } from './open-memo.js';
export type { MemoCall } from './trie.js';
export type { WaitingValidation } from './waiting.js';
