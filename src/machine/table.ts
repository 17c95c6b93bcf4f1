/** A table of references, which are handles of the store: 0 is null. Specification: table instances. */
import type { TableType } from '../wasm/types.js';

/** The greatest length a table can have in the language. */
const ELEMENTS_MAX = 0xffff_ffff;

export class Table {
  /** Over the whole capacity; the elements are the first `length`. */
  elements: Int32Array;
  length: number;
  readonly lengthMax: number;

  /** @param elementsCap greatest length the limits allow */
  constructor(
    readonly type: TableType,
    elementsCap: number,
  ) {
    this.length = type.min;
    this.elements = new Int32Array(type.min);
    this.lengthMax = Math.min(type.max ?? ELEMENTS_MAX, elementsCap);
  }

  /** Gives it these elements and no others. Capacity that it has grown by is given back. */
  reset(elements: Int32Array): void {
    if (this.elements.length !== elements.length) this.elements = elements.slice();
    else this.elements.set(elements);
    this.length = elements.length;
  }

  canGrow(delta: number): boolean {
    return this.length + delta <= this.lengthMax;
  }

  /** Grows by `delta` elements of `handle`, which `canGrow` has allowed; returns the former length. */
  grow(delta: number, handle: number): number {
    const before = this.length;
    const length = before + delta;
    if (length > this.elements.length) {
      const grown = new Int32Array(Math.max(length, Math.min(this.elements.length * 2, this.lengthMax)));
      grown.set(this.elements.subarray(0, before));
      this.elements = grown;
    }
    this.elements.fill(handle, before, length);
    this.length = length;
    return before;
  }
}
