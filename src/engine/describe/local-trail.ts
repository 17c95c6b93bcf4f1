/** What each local is where a walk is, with the writes since any place before, so that they can be undone. */
export class LocalTrail {
  readonly #current: Int32Array;
  /** By local: where in the trail its last write is. */
  readonly #stamps: Int32Array;
  readonly #marks: Int32Array;
  #mark = 0;
  /** Writes that can be undone: the local, what it was, its stamp. */
  readonly #trail: number[] = [];

  constructor(locals: readonly number[]) {
    this.#current = Int32Array.from(locals);
    this.#stamps = new Int32Array(locals.length).fill(-1);
    this.#marks = new Int32Array(locals.length);
  }

  /** Where the trail ends now. */
  get end(): number {
    return this.#trail.length;
  }

  get(local: number): number {
    return this.#current[local];
  }

  /** What the locals from one on are. */
  from(local: number): readonly number[] {
    return Array.from(this.#current.subarray(local));
  }

  /** @param since where the innermost frame begins: of several writes in one frame the first can be undone */
  write(local: number, node: number, since: number): void {
    const trail = this.#trail;
    if (this.#stamps[local] < since) {
      trail.push(local, this.#current[local], this.#stamps[local]);
      this.#stamps[local] = trail.length - 3;
    }
    this.#current[local] = node;
  }

  undo(to: number): void {
    const trail = this.#trail;
    while (trail.length > to) {
      const stamp = trail.pop()!;
      const node = trail.pop()!;
      const local = trail.pop()!;
      this.#current[local] = node;
      this.#stamps[local] = stamp;
    }
  }

  /** How many writes can be undone since a place. */
  writesSince(place: number): number {
    return (this.#trail.length - place) / 3;
  }

  /** The locals that were written to since a place, each once. */
  writtenSince(place: number): readonly number[] {
    const written: number[] = [];
    this.#mark++;
    for (let at = place; at < this.#trail.length; at += 3) {
      const local = this.#trail[at];
      if (this.#marks[local] === this.#mark) continue;
      this.#marks[local] = this.#mark;
      written.push(local);
    }
    return written;
  }
}
