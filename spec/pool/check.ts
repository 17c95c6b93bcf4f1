import { SeededSource } from '../../src/agreement/random-choice.js';

/** One line of a long check: what must hold, and what was found. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** The figure that was measured, or what was wrong. */
  readonly found: string;
}

export interface CheckOptions {
  readonly seed: number;
  /** How many jobs, ops or validations: the whole show, or a part of it. */
  readonly share: number;
  readonly tell: (text: string) => void;
}

/** Numbers of a seed from 0 up to a bound. */
export function randomOf(seed: number): (below: number) => number {
  const source = new SeededSource(seed);
  return (below) => source.nextInt(0, below - 1);
}
