/** A section of the bench: what it is asked, and what it tells. Everything it tells is data; `report.ts` makes text of it. */
import type { Tier } from './tiers.js';

export type Cell = string | number | undefined;

export interface Table {
  readonly title: string;
  /** Rows of one shape; the keys of the first are the columns. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** A figure that has a bound. It is met if it is not above it. */
export interface Target {
  readonly name: string;
  readonly measured: number;
  readonly bound: number;
  readonly unit: string;
}

export interface SectionResult {
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** What was left out and why. */
  readonly notes: readonly string[];
}

export interface SectionOptions {
  readonly tier: Tier;
  /** How often each measurement is repeated; the median counts. */
  readonly rounds: number;
  /** Fewer and shorter measurements. */
  readonly quick: boolean;
  /** Folders that were named: more to measure, for sections that take them. */
  readonly folders: readonly string[];
  /** Section `zomes`: what many validations leave in memory, in place of times. */
  readonly memory: boolean;
  /** Section `zomes`: whether native peers are built and timed. */
  readonly peers: boolean;
  /** Section `abi`: whether the page that is made of the figures is written. */
  readonly write: boolean;
  /** Section `report`: goes on with what an interrupted run has kept. */
  readonly resume: boolean;
  /** Tells what is under way. */
  progress(text: string): void;
}

export interface Section {
  readonly name: string;
  readonly about: string;
  /** It takes many minutes: run where it is named, and not with all the others. */
  readonly isLong?: boolean;
  run(options: SectionOptions): SectionResult | Promise<SectionResult>;
}
