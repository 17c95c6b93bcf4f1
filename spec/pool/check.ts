import { SeededSource } from '../../src/agreement/random-choice.js';

/** One line of a long check: the requirement and the finding. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** The measured figure, or what was wrong. */
  readonly found: string;
}

export interface CheckOptions {
  readonly seed: number;
  /** Share of the full number of jobs, ops or validations. */
  readonly share: number;
  readonly showProgress: (text: string) => void;
}

/** Random numbers from a seed, from 0 up to a bound. */
export function randomOf(seed: number): (below: number) => number {
  const source = new SeededSource(seed);
  return (below) => source.nextInt(0, below - 1);
}
