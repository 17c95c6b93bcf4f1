/**
 * The files of the suite that are run, and what is expected otherwise than the suite says: one data file, of which
 * every entry must be true and used, so that the list can only shrink.
 */
import { readFileSync } from 'node:fs';

interface Entry {
  readonly file: string;
  readonly line: number;
}

export interface SkippedModule extends Entry {
  readonly reason: string;
  /**
   * Bytes (hex) that stand once in the module, and what is in their place in a module of the language that the rest
   * of the script can be run on: the one type that needs the refused feature is written without it.
   */
  readonly patch?: readonly (readonly [string, string])[];
}

export interface Expectations {
  /** Folders of which every file is run. */
  readonly folders: readonly string[];
  /** Single files beside them. */
  readonly files: readonly string[];
  /** Files that are not run, by the code of the refusal that each of them must meet. */
  readonly skippedFiles: readonly { readonly file: string; readonly reason: string }[];
  /** Modules that are refused with the code; what a script then does with the module is skipped with it. */
  readonly skippedModules: readonly SkippedModule[];
  /** Modules that the suite calls malformed or invalid and that are refused with the code. */
  readonly refusedAs: readonly (Entry & { readonly code: string })[];
  /** Modules that the suite of 2.0 calls invalid, or unlinkable, and that an accepted extension makes valid. */
  readonly acceptedBy: readonly (Entry & { readonly feature: string })[];
}

/** Reads the data file, which lies in the sources. */
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
    if (parts.length !== 2) throw new Error(`the bytes ${from} stand ${parts.length - 1} times in the module`);
    hex = parts.join(to);
  }
  return new Uint8Array(Buffer.from(hex, 'hex'));
}
