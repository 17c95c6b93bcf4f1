/** A state that is nobody's but its holder's: pages that are zero are left out, the rest is copied. */
import { PAGE_BYTES } from '../machine/memory.js';
import type { InstanceState, MemoryPart } from '../machine/state-digest.js';

export function copyOfState(state: InstanceState): InstanceState {
  return { ...state, memory: pagesOf(state).map(({ at, bytes }) => ({ at, bytes: bytes.slice() })) };
}

/** The pages of the memory that are not zero, each whole, as views. */
export function pagesOf({ memory }: InstanceState): MemoryPart[] {
  const pages: MemoryPart[] = [];
  for (const part of memory) {
    for (let from = 0; from < part.bytes.length; from += PAGE_BYTES) {
      const bytes = part.bytes.subarray(from, from + PAGE_BYTES);
      if (!isZero(bytes)) pages.push({ at: part.at + from, bytes });
    }
  }
  return pages;
}

/** Whether a page holds only zeros. It lies where a view of words can be. */
export function isZero(page: Uint8Array): boolean {
  if (page.byteOffset % 4 !== 0) return page.every((byte) => byte === 0);
  const words = new Int32Array(page.buffer, page.byteOffset, page.length >> 2);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0) return false;
  return true;
}
