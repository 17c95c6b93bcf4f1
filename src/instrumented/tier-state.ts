/**
 * What the instances of one store share in this tier: the gauge's globals, which live in the first of them, and what
 * ended the running call. The first failure is sticky, whatever host code does with what is thrown.
 */
import type { Store } from '../machine/store.js';
import type { InstrumentedInstance } from './instance.js';
import { GaugeGlobal } from './layout.js';
import { NAME } from './rewrite.js';

/** Unwinds the guest's frames up to the invocation that must return. */
export class Unwinding extends Error {}

export class TierState {
  /** Why no instance of the store may run on in this call: a host failure or a need to run it again. */
  failure: Error | undefined;
  readonly instances: InstrumentedInstance[] = [];
  #unwinding: Unwinding | undefined;
  #enter: (fuel: number, words: number) => void = notThere;
  #fuel: () => number = notThere;
  #words: () => number = notThere;
  #globals: WebAssembly.Global[] = [];

  constructor(readonly store: Store) {}

  /** The state of a store that this tier runs. */
  static of(store: Store): TierState {
    store.tierState ??= new TierState(store);
    if (!(store.tierState instanceof TierState)) throw new Error('another tier runs the instances of this store');
    return store.tierState;
  }

  /** What unwinds this store's guests. Making an error takes as long as a small call, so it is made when it is thrown. */
  get unwinding(): Unwinding {
    this.#unwinding ??= new Unwinding('the call is over');
    return this.#unwinding;
  }

  isUnwinding(error: unknown): boolean {
    return this.#unwinding !== undefined && error === this.#unwinding;
  }

  get hasGauge(): boolean {
    return this.#globals.length > 0;
  }

  /** Takes the gauge of the store's first instance. */
  adopt(exports: WebAssembly.Exports): void {
    this.#enter = exports['enter'] as (fuel: number, words: number) => void;
    this.#fuel = exports['fuel'] as () => number;
    this.#words = exports['words'] as () => number;
    for (let i = 0; i < GaugeGlobal.Count; i++) {
      this.#globals.push(exports[`${NAME.gauge}${i}`] as WebAssembly.Global);
    }
  }

  /** What a shared instance imports. */
  gaugeImports(): Record<string, WebAssembly.Global> {
    return Object.fromEntries(this.#globals.map((global, i) => [`${NAME.gauge}${i}`, global]));
  }

  /** Moves the store's gauge into the guest's globals. */
  enter(): void {
    const { gauge } = this.store;
    this.#enter(gauge.fuelLeft, gauge.wordsLeft);
  }

  /** Moves the guest's globals into the store's gauge. */
  leave(): void {
    const { gauge } = this.store;
    gauge.fuelLeft = this.#fuel();
    gauge.wordsLeft = this.#words();
  }

  /** Fuel and words as the guest left them: negative if a charge or a frame was not covered. */
  get fuelLeft(): number {
    return this.#fuel();
  }

  get wordsLeft(): number {
    return this.#words();
  }

  note(global: GaugeGlobal): number {
    return this.#globals[global].value as number;
  }

  fail(error: Error): Error {
    this.failure ??= error;
    return this.failure;
  }
}

function notThere(): never {
  throw new Error('the store has no instance yet');
}
