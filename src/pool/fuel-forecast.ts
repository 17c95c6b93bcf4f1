/** What is still to be paid for inputs of which the sizes are known: a line through what those before have cost, by least squares. */

export class FuelForecast {
  #count = 0;
  #bytes = 0;
  #fuel = 0;
  #bytesSquared = 0;
  #bytesFuel = 0;

  /** An input of so many bytes has cost so much. */
  add(bytes: number, fuel: number): void {
    this.#count += 1;
    this.#bytes += bytes;
    this.#fuel += fuel;
    this.#bytesSquared += bytes * bytes;
    this.#bytesFuel += bytes * fuel;
  }

  /** Mean size of an input; 0 as long as none is known. */
  get meanBytes(): number {
    return this.#count === 0 ? 0 : this.#bytes / this.#count;
  }

  /** Fuel that inputs are expected to use; undefined as long as nothing is known. */
  of(inputs: number, bytes: number): number | undefined {
    if (this.#count === 0) return undefined;
    const spread = this.#count * this.#bytesSquared - this.#bytes * this.#bytes;
    const slope = spread > 0 ? (this.#count * this.#bytesFuel - this.#bytes * this.#fuel) / spread : 0;
    const base = (this.#fuel - slope * this.#bytes) / this.#count;
    return Math.max(0, base * inputs + slope * bytes);
  }
}
