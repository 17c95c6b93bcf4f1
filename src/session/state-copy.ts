/** An unshared copy of a state, without the pages that are zero. */
import { PAGE_BYTES } from '../machine/memory.js';
import type { InstanceState, MemoryPart, MemoryState } from '../machine/state-digest.js';

export function copyOfState(state: InstanceState): InstanceState {
  return { ...state, memory: copyOfMemory(state) };
}

/** Adjacent pages are one part, which is copied at once. */
export function copyOfMemory(of: Pick<MemoryState, 'memory'>): MemoryPart[] {
  const pages = pagesOf(of);
  const memory: MemoryPart[] = [];
  for (let first = 0; first < pages.length; ) {
    const { at } = pages[first];
    let end = first + 1;
    while (end < pages.length && pages[end].at === at + (end - first) * PAGE_BYTES) end++;
    const bytes = new Uint8Array((end - first) * PAGE_BYTES);
    for (let i = first; i < end; i++) bytes.set(pages[i].bytes, (i - first) * PAGE_BYTES);
    memory.push({ at, bytes });
    first = end;
  }
  return memory;
}

/** The pages of the memory that are not zero, each whole, as views. */
export function pagesOf({ memory }: Pick<MemoryState, 'memory'>): MemoryPart[] {
  const pages: MemoryPart[] = [];
  for (const part of memory) {
    for (let from = 0; from < part.bytes.length; from += PAGE_BYTES) {
      const bytes = part.bytes.subarray(from, from + PAGE_BYTES);
      if (!isZero(bytes)) pages.push({ at: part.at + from, bytes });
    }
  }
  return pages;
}

/** Whether a page contains only zeros. It must be aligned for a view of words. */
export function isZero(page: Uint8Array): boolean {
  if (page.byteOffset % 4 !== 0) return page.every((byte) => byte === 0);
  const w = new Int32Array(page.buffer, page.byteOffset, page.length >> 2);
  // Eight at a time, because a session scans all of its memory now and then. A page is a multiple of that.
  for (let i = 0; i < w.length; i += 8) {
    const some = w[i] | w[i + 1] | w[i + 2] | w[i + 3] | w[i + 4] | w[i + 5] | w[i + 6] | w[i + 7];
    if (some !== 0) return false;
  }
  return true;
}
