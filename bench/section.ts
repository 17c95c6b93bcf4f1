/** A section of the bench: its options and its results. All results are data; `report.ts` turns them into text. */
import type { Tier } from './tiers.js';

export type Cell = string | number | undefined;

export interface Table {
  readonly title: string;
  /** Rows with the same keys; the keys of the first are the columns. */
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

/** A figure with a bound. It is met if it is not above the bound. */
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
  /** Folders from the command line: more to measure, for sections that use them. */
  readonly folders: readonly string[];
  /** Section `zomes`: the memory that many validations leave, instead of times. */
  readonly memory: boolean;
  /** Section `zomes`: whether native peers are built and timed. */
  readonly peers: boolean;
  /** Section `abi`: whether the page with the figures is written. */
  readonly write: boolean;
  /** Section `report`: continues with the stored reports of an interrupted run. */
  readonly resume: boolean;
  /** Reports the current work. */
  progress(text: string): void;
}

export interface Section {
  readonly name: string;
  readonly about: string;
  /** It takes many minutes: runs only if it is named, not with all the others. */
  readonly isLong?: boolean;
  run(options: SectionOptions): SectionResult | Promise<SectionResult>;
}
