/**
 * The gauge of a call: fuel, stack words and host nesting, shared by every instance of a store and by every re-entry.
 * Used fuel is assigned to parts that sum to the total; at exhaustion the rest goes to the part whose charge failed.
 * Invariant: 0 <= fuelLeft <= fuelLimit <= 2^53 - 1. Source: docs/SEMANTICS.md, sections 3 and 4.
 */
import type { Limits } from '../base/limits.js';
import { EXHAUSTED_FUEL, EXHAUSTED_STACK, type Stop } from './outcome.js';

export type FuelPart = 'instantiate' | 'guest' | 'host' | 'boundary';

export interface FuelParts {
  readonly instantiate: number;
  readonly guest: number;
  readonly host: number;
  readonly boundary: number;
}

/** A charge that was not covered. */
export interface RefusedCharge {
  readonly part: FuelPart;
  readonly units: number;
  /** The fuel that was left, all of which it took. */
  readonly left: number;
}

/** How many stack words a host call takes. */
export const HOST_CALL_WORDS = 32;

export class Gauge {
  fuelLimit = 0;
  fuelLeft = 0;
  /** Fuel of the call's limit that is kept back until a host function is called (`withhold`). */
  fuelWithheld = 0;
  /** Fuel of the call's limit that is kept back until the rest does not cover a charge (`reserve`). */
  fuelReserved = 0;
  wordsLeft = 0;
  nestingLeft = 0;
  /** The sticky outcome: the first one that was not `returned`. */
  stop: Stop | undefined;
  /** The part for instructions: `instantiate` while the start function runs, otherwise `guest`. */
  instructionPart: 'instantiate' | 'guest' = 'guest';
  /** The smallest `wordsLeft` seen is a diagnostic of the interpreter. */
  wordsLeftMin = 0;
  /** The charge that exhausted the fuel, if it was made here: a diagnostic of the interpreter. */
  refused: RefusedCharge | undefined;

  #instantiate = 0;
  #host = 0;
  #boundary = 0;
  #onReserve: () => void = () => undefined;

  constructor(readonly limits: Limits) {}

  /** Begins a call with `fuelLimit` units, an empty stack and no outcome. */
  reset(fuelLimit: number): void {
    this.fuelLimit = fuelLimit;
    this.fuelLeft = fuelLimit;
    this.fuelWithheld = 0;
    this.fuelReserved = 0;
    this.wordsLeft = this.limits.stackWords;
    this.wordsLeftMin = this.wordsLeft;
    this.nestingLeft = this.limits.hostNesting;
    this.stop = undefined;
    this.refused = undefined;
    this.instructionPart = 'guest';
    this.#instantiate = 0;
    this.#host = 0;
    this.#boundary = 0;
  }

  /**
   * Lets the call use only this much fuel until it calls a host function; then it has its full limit, before anyone can
   * observe it. A call that used up this part has not been observed and can be abandoned.
   */
  withhold(fuelAllowed: number): void {
    this.fuelWithheld = this.fuelLimit - fuelAllowed;
    this.fuelLimit = fuelAllowed;
    this.fuelLeft = fuelAllowed;
  }

  /** A host function is called: from here on the call can be observed. */
  release(): void {
    this.fuelLimit += this.fuelWithheld;
    this.fuelLeft += this.fuelWithheld;
    this.fuelWithheld = 0;
  }

  /**
   * Keeps back fuel of the limit: `onReserve` is called when a charge needs it, before it is taken. Guests and host
   * functions cannot observe this.
   */
  reserve(fuel: number, onReserve: () => void): void {
    this.fuelReserved = fuel;
    this.fuelLimit -= fuel;
    this.fuelLeft -= fuel;
    this.#onReserve = onReserve;
  }

  /** Fuel is lacking: releases what was kept back. */
  takeReserve(): void {
    const fuel = this.fuelReserved;
    if (fuel === 0 || this.stop !== undefined) return;
    this.fuelReserved = 0;
    this.fuelLimit += fuel;
    this.fuelLeft += fuel;
    this.#onReserve();
  }

  /** Records an outcome unless there already is one. */
  stopWith(stop: Stop): void {
    this.stop ??= stop;
  }

  /**
   * Charges `units` to a part other than that of the running instructions. False, and exhausted, if there is not enough
   * fuel.
   */
  charge(part: Exclude<FuelPart, 'guest'>, units: number): boolean {
    if (units > this.fuelLeft) this.takeReserve();
    const paid = Math.min(units, this.fuelLeft);
    this.fuelLeft -= paid;
    if (part === 'instantiate') this.#instantiate += paid;
    else if (part === 'host') this.#host += paid;
    else this.#boundary += paid;
    if (paid === units) return true;
    this.refused ??= { part, units, left: paid };
    this.stopWith(EXHAUSTED_FUEL);
    return false;
  }

  /** A charge of running instructions. Their part is computed by difference, so only the fuel left changes. */
  chargeInstructions(units: number): boolean {
    if (units > this.fuelLeft) this.takeReserve();
    if (units <= this.fuelLeft) {
      this.fuelLeft -= units;
      return true;
    }
    this.refused ??= { part: this.instructionPart, units, left: this.fuelLeft };
    this.fuelLeft = 0;
    this.stopWith(EXHAUSTED_FUEL);
    return false;
  }

  /** Records what the instructions of a start function used; call it when the instantiation has ended. */
  endInstantiation(): void {
    this.#instantiate = this.fuelUsed - this.#host - this.#boundary;
    this.instructionPart = 'guest';
  }

  /** Takes the words and the nesting level of a host call. False, and exhausted, if they are not available. */
  enterHost(): boolean {
    if (this.wordsLeft < HOST_CALL_WORDS || this.nestingLeft < 1) {
      this.stopWith(EXHAUSTED_STACK);
      return false;
    }
    this.wordsLeft -= HOST_CALL_WORDS;
    this.nestingLeft -= 1;
    return true;
  }

  leaveHost(): void {
    this.wordsLeft += HOST_CALL_WORDS;
    this.nestingLeft += 1;
  }

  get fuelUsed(): number {
    return this.fuelLimit - this.fuelLeft;
  }

  get parts(): FuelParts {
    const instantiate =
      this.instructionPart === 'instantiate' ? this.fuelUsed - this.#host - this.#boundary : this.#instantiate;
    return {
      instantiate,
      guest: this.fuelUsed - instantiate - this.#host - this.#boundary,
      host: this.#host,
      boundary: this.#boundary,
    };
  }
}
