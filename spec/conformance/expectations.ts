/**
 * The files of the suite that are run, and all deviations from the suite's expectations: one data file, of which every
 * entry must be true and used, so that the list can only shrink.
 */
import { readFileSync } from 'node:fs';

interface Entry {
  readonly file: string;
  readonly line: number;
}

export interface SkippedModule extends Entry {
  readonly reason: string;
  /**
   * Bytes (hex) that occur once in the module, and their replacement, which makes a valid module on which the rest of
   * the script can run: the one type that needs the refused feature is written without it.
   */
  readonly patch?: readonly (readonly [string, string])[];
}

export interface Expectations {
  /** Folders in which every file is run. */
  readonly folders: readonly string[];
  /** Single files in addition. */
  readonly files: readonly string[];
  /** Files that are not run, with the code of the refusal that each of them must cause. */
  readonly skippedFiles: readonly { readonly file: string; readonly reason: string }[];
  /** Modules that are refused with the code; later commands on the module are skipped with it. */
  readonly skippedModules: readonly SkippedModule[];
  /** Modules that the suite calls malformed or invalid and that are refused with the code. */
  readonly refusedAs: readonly (Entry & { readonly code: string })[];
  /** Modules that the suite of 2.0 calls invalid, or unlinkable, and that an accepted extension makes valid. */
  readonly acceptedBy: readonly (Entry & { readonly feature: string })[];
}

/** Reads the data file, which is in the source folder. */
export function readExpectations(): Expectations {
  const url = new URL('../../../spec/conformance/skips.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as Expectations;
}

/** The entry of each line of a file. */
export function byLine<T extends Entry>(entries: readonly T[], file: string): ReadonlyMap<number, T> {
  return new Map(entries.filter((entry) => entry.file === file).map((entry) => [entry.line, entry]));
}

/** The module with its patches applied. */
export function patched(bytes: Uint8Array, patch: readonly (readonly [string, string])[]): Uint8Array {
  let hex = Buffer.from(bytes).toString('hex');
  for (const [from, to] of patch) {
    const parts = hex.split(from);
    if (parts.length !== 2) throw new Error(`the bytes ${from} occur ${parts.length - 1} times in the module`);
    hex = parts.join(to);
  }
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
