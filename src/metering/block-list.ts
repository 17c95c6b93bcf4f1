/**
 * The metering blocks of a body: offsets and charges in flat arrays that grow geometrically, no object per block.
 * Invariant: offsets ascend, since two cuts have at least one byte between them.
 */
export class BlockList {
  count = 0;
  /** Module byte offset of the first instruction of each block; entries from `count` on are meaningless. */
  offsets: Uint32Array;
  /** Static charge of each block: an integer, above 2^32 under extreme schedules. */
  costs: Float64Array;

  constructor(capacity: number) {
    this.offsets = new Uint32Array(capacity);
    this.costs = new Float64Array(capacity);
  }

  clear(): void {
    this.count = 0;
  }

  push(offset: number, cost: number): void {
    if (this.count === this.offsets.length) this.#grow();
    this.offsets[this.count] = offset;
    this.costs[this.count] = cost;
    this.count++;
  }

  #grow(): void {
    const offsets = new Uint32Array(this.offsets.length * 2);
    const costs = new Float64Array(this.costs.length * 2);
    offsets.set(this.offsets);
    costs.set(this.costs);
    this.offsets = offsets;
    this.costs = costs;
  }
}
