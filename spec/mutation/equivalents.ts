/**
 * Mutants that no test can kill, each with the reason (equivalents.json): they are left out of the score. An entry
 * names the line's text, not its number. An entry that fits no mutant, or whose mutant a test kills, is stale, which
 * fails a run.
 */
import { readFileSync } from 'node:fs';
import type { ListedMutant } from './listed-mutant.js';

export interface Equivalent {
  readonly file: string;
  /** The line on which it begins, without its indentation. */
  readonly line: string;
  readonly code: string;
  readonly replacement: string;
  readonly reason: string;
}

const PATH = 'spec/mutation/equivalents.json';

export function readEquivalents(): readonly Equivalent[] {
  const entries = JSON.parse(readFileSync(PATH, 'utf8')) as readonly Equivalent[];
  const bare = entries.find(({ reason }) => reason.trim() === '');
  if (bare !== undefined) throw new Error(`${PATH}: an entry of ${bare.file} has no reason`);
  return entries;
}

export function fits(entry: Equivalent, { file, lineText, code, replacement }: ListedMutant): boolean {
  return entry.file === file && entry.line === lineText && entry.code === code && entry.replacement === replacement;
}

export function entryText({ file, line, code, replacement }: Equivalent): string {
  return `${file}: ${line}: ${code} -> ${replacement}`;
}
