/**
 * Where the time of a piece of work goes: parts that call each other, each with its self time. The timers belong only
 * to the bench: they wrap methods of objects from outside.
 */
export class SelfTimes<Part extends string> {
  readonly #milliseconds: Map<Part, number>;
  readonly #under: Part[] = [];
  #since = 0;

  constructor(parts: readonly Part[]) {
    this.#milliseconds = new Map(parts.map((part) => [part, 0]));
  }

  /** Milliseconds of a part, over everything that has returned since the last `reset`. */
  of(part: Part): number {
    return this.#milliseconds.get(part)!;
  }

  reset(): void {
    for (const part of this.#milliseconds.keys()) this.#milliseconds.set(part, 0);
  }

  in<T>(part: Part, work: () => T): T {
    this.#book();
    this.#under.push(part);
    try {
      return work();
    } finally {
      this.#book();
      this.#under.pop();
    }
  }

  /** The function with its time charged to a part. */
  around<A extends unknown[], R>(part: Part, work: (...args: A) => R): (...args: A) => R {
    return (...args) => this.in(part, () => work(...args));
  }

  /** The time since the last change of parts belongs to the innermost one. */
  #book(): void {
    const now = performance.now();
    const part = this.#under.at(-1);
    if (part !== undefined) this.#milliseconds.set(part, this.of(part) + now - this.#since);
    this.#since = now;
  }
}
