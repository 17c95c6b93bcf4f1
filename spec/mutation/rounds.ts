/**
 * Rounds of mutants that fit into a time limit. A round costs a build and a run of the specs without a mutant, so the
 * next round is as long as the remaining time allows, estimated from the earlier ones.
 */
import { createHash } from 'node:crypto';
import type { ListedMutant } from './listed-mutant.js';

const FIRST_ROUND = 15;
/** Assumed share of the start-up in a round's time: it is not measured, and never far below the real share. */
const START_SHARE = 0.4;

/** An order that depends only on the seed and the mutants; a sample is its beginning. */
export function drawOrder(mutants: readonly ListedMutant[], seed: number): readonly ListedMutant[] {
  const placed = mutants.map((mutant) => ({
    mutant,
    at: createHash('sha256').update(`${seed} ${mutant.key}`).digest('hex'),
  }));
  return placed.sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ mutant }) => mutant);
}

export class Rounds {
  readonly #mutants: readonly ListedMutant[];
  readonly #seconds: number;
  readonly #startMs = performance.now();
  #begun = 0;
  #lastLength = 0;
  #lastMs = this.#startMs;
  #number = 0;

  constructor(mutants: readonly ListedMutant[], seconds: number) {
    this.#mutants = mutants;
    this.#seconds = seconds;
  }

  get text(): string {
    return `round ${this.#number}, ${Math.round((performance.now() - this.#startMs) / 1000)} s of ${this.#seconds} s`;
  }

  /** Empty if all have been tested, or the remaining time is too short for a round. */
  next(): readonly ListedMutant[] {
    const nowMs = performance.now();
    const left = this.#seconds - (nowMs - this.#startMs) / 1000;
    const length = this.#number === 0 ? FIRST_ROUND : this.#lengthFor(left, (nowMs - this.#lastMs) / 1000);
    const round = this.#mutants.slice(this.#begun, this.#begun + length);
    this.#begun += round.length;
    this.#lastLength = round.length;
    this.#lastMs = nowMs;
    this.#number += 1;
    return round;
  }

  #lengthFor(left: number, lastSeconds: number): number {
    const start = lastSeconds * START_SHARE;
    const each = (lastSeconds - start) / this.#lastLength;
    const fitting = Math.floor((left - start) / each);
    return fitting < 1 ? 0 : Math.min(fitting, this.#lastLength * 3);
  }
}
