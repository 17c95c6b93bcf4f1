/**
 * Metering blocks while they are found: offsets and charges in flat arrays that grow geometrically, no object per block.
 * Invariant: offsets ascend, since two cuts have at least one byte between them.
 */
export class BlockList {
  count = 0;
  #offsets: Uint32Array;
  #costs: Float64Array;

  constructor(capacity: number) {
    this.#offsets = new Uint32Array(capacity);
    this.#costs = new Float64Array(capacity);
  }

  push(offset: number, cost: number): void {
    if (this.count === this.#offsets.length) this.#grow();
    this.#offsets[this.count] = offset;
    this.#costs[this.count] = cost;
    this.count++;
  }

  offsets(): Uint32Array {
    return this.#offsets.slice(0, this.count);
  }

  costs(): Float64Array {
    return this.#costs.slice(0, this.count);
  }

  #grow(): void {
    const offsets = new Uint32Array(this.#offsets.length * 2);
    const costs = new Float64Array(this.#costs.length * 2);
    offsets.set(this.#offsets);
    costs.set(this.#costs);
    this.#offsets = offsets;
    this.#costs = costs;
  }
}
