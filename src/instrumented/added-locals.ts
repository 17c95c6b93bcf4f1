/** The locals that rewriting adds to a function, each when it is first needed; they follow the guest's own. */
import { ValueType } from '../wasm/types.js';

const NONE = -1;

export class AddedLocals {
  /** In the order of their indices. */
  readonly types: number[] = [];
  #first = 0;
  #fuel = NONE;
  #words = NONE;
  /** By type, once one was asked for. */
  readonly #scratch = new Map<number, number[]>();
  readonly #nan = new Map<number, number>();

  /** @param first index of the first added local: how many the guest has */
  start(first: number): void {
    this.#first = first;
    this.#fuel = NONE;
    this.#words = NONE;
    if (this.types.length === 0) return;
    this.types.length = 0;
    if (this.#scratch.size > 0) this.#scratch.clear();
    if (this.#nan.size > 0) this.#nan.clear();
  }

  #add(type: number): number {
    return this.#first + this.types.push(type) - 1;
  }

  get fuel(): number {
    if (this.#fuel === NONE) this.#fuel = this.#add(ValueType.I64);
    return this.#fuel;
  }

  get words(): number {
    if (this.#words === NONE) this.#words = this.#add(ValueType.I32);
    return this.#words;
  }

  /** The n-th scratch local of a type. */
  scratch(type: number, n: number): number {
    let locals = this.#scratch.get(type);
    if (locals === undefined) {
      locals = [];
      this.#scratch.set(type, locals);
    }
    while (locals.length <= n) locals.push(this.#add(type));
    return locals[n];
  }

  /** The local that holds the canonical NaN of a type. */
  nan(type: number): number {
    const known = this.#nan.get(type);
    if (known !== undefined) return known;
    const local = this.#add(type);
    this.#nan.set(type, local);
    return local;
  }

  /** Types of floats with the locals that hold their canonical NaN. */
  get nans(): ReadonlyMap<number, number> {
    return this.#nan;
  }
}
