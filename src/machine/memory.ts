/**
 * A linear memory. The result of `grow` follows from rules alone (declared maximum and the cap of the limits); a host that cannot
 * allocate is a host failure, never -1. The buffer's capacity grows geometrically, so growing page by page to n pages
 * costs O(n) in all; bytes past `byteLength` are zero and no guest sees them. Specification: memory instances.
 */
import type { SizeLimits } from '../wasm/types.js';
import { HostFailure } from './outcome.js';

export const PAGE_BYTES = 65_536;

/** Pages beyond its first size that a memory keeps when it is made new. */
const KEPT_PAGES = 16;

/** Whether a memory of `first` pages that has grown to `pages` keeps them: guests that grow do so in every call. */
export function keepsPages(pages: number, first: number): boolean {
  return pages <= Math.max(2 * first, first + KEPT_PAGES);
}

export class Memory {
  /** Over the whole capacity; check against `byteLength` first. To be read: the host writes by `write` alone. */
  bytes: Uint8Array;
  pages: number;
  /** The maximum that is declared, which link-time matching needs. */
  readonly declaredMax: number | undefined;
  /** The rule: declared maximum or the cap, whichever is smaller. */
  readonly pagesMax: number;

  constructor(type: SizeLimits, pagesCap: number) {
    this.pages = type.min;
    this.declaredMax = type.max;
    this.pagesMax = Math.min(type.max ?? 65_536, pagesCap);
    this.bytes = allocate(type.min * PAGE_BYTES);
  }

  get byteLength(): number {
    return this.pages * PAGE_BYTES;
  }

  /** Writes bytes of the host's; the caller has checked the bounds. */
  write(at: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, at);
  }

  /** Makes it as new, with `pages` zero pages. What it has grown by is kept for the next time or given back to the host. */
  reset(pages: number): void {
    if (!keepsPages(this.bytes.length / PAGE_BYTES, pages)) {
      this.bytes = allocate(pages * PAGE_BYTES);
    } else this.bytes.fill(0, 0, this.byteLength);
    this.pages = pages;
  }

  /** Whether `grow(delta)` succeeds, by rule. */
  canGrow(delta: number): boolean {
    return this.pages + delta <= this.pagesMax;
  }

  /** Grows by `delta` pages, which `canGrow` has allowed; returns the former size in pages. */
  grow(delta: number): number {
    const before = this.pages;
    const pages = before + delta;
    const needed = pages * PAGE_BYTES;
    if (needed > this.bytes.length) {
      const doubled = Math.min(this.bytes.length * 2, this.pagesMax * PAGE_BYTES);
      const grown = allocate(Math.max(needed, doubled));
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.pages = pages;
    return before;
  }
}

function allocate(length: number): Uint8Array {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new HostFailure(`the host cannot allocate a memory of ${length} bytes`, { cause });
  }
}
