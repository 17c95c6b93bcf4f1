/**
 * The locals of a function whose values are noted as addresses (`store-notes.ts`), so that a store on top of one need not be: most
 * stores are at offsets of a frame or of a structure that the function was given.
 *
 * Invariant: the value of a local that is in here was noted. It is as long as the local is not written, no loop begins, in which it might
 * be, and the frame does not end in which it was noted: what follows there runs only after what precedes it.
 */
export class NotedLocals {
  /** Whether it is, by local. */
  #isNoted = new Uint8Array(64);
  /** Where it was last written. Offsets in a module, which only rise. */
  #writes = new Uint32Array(64);
  /** The locals in the order in which they were noted, and the depths of the frames: those do not fall. */
  readonly #locals: number[] = [];
  readonly #depths: number[] = [];

  /** A function with so many locals. */
  start(count: number): void {
    this.leave(0);
    if (count <= this.#isNoted.length) return;
    this.#isNoted = new Uint8Array(count * 2);
    this.#writes = new Uint32Array(count * 2);
  }

  has(local: number): boolean {
    return this.#isNoted[local] === 1;
  }

  add(local: number, depth: number): void {
    this.#isNoted[local] = 1;
    this.#locals.push(local);
    this.#depths.push(depth);
  }

  /** The local is written at an offset. */
  write(local: number, at: number): void {
    this.#writes[local] = at;
    this.#isNoted[local] = 0;
  }

  isWrittenAfter(local: number, at: number): boolean {
    return this.#writes[local] > at;
  }

  /** The frame at a depth ends, or its other half begins; 0 for all. */
  leave(depth: number): void {
    while (this.#depths.length > 0 && this.#depths[this.#depths.length - 1] >= depth) {
      this.#depths.pop();
      this.#isNoted[this.#locals.pop()!] = 0;
    }
  }
}
