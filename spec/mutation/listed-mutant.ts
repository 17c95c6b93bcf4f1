/**
 * The mutants that Stryker makes of source files, listed without running anything, so that a sample can be drawn
 * before.
 *
 * Invariant: `key` is the same for the same change of the same text, whatever else in the file is mutated.
 */
import { readFileSync } from 'node:fs';
import type { Mutant } from '@stryker-mutator/api/core';
import type { Logger } from '@stryker-mutator/api/logging';
import { Instrumenter } from '@stryker-mutator/instrumenter';

export interface ListedMutant {
  readonly key: string;
  readonly file: string;
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly mutator: string;
  /** The original and the replacement, on one line. */
  readonly code: string;
  readonly replacement: string;
  /** The line on which it begins, without its indentation. */
  readonly lineText: string;
}

const SILENT: Logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
};

/** @param mutant with lines from 0, as Stryker passes it to checkers */
export function keyOf({ fileName, location, mutatorName, replacement }: Omit<Mutant, 'id'>): string {
  const { start, end } = location;
  const file = fileName.slice(fileName.lastIndexOf('src/'));
  return `${file}:${start.line + 1}:${start.column}-${end.line + 1}:${end.column} ${mutatorName} ${replacement}`;
}

export async function listMutants(files: readonly string[]): Promise<readonly ListedMutant[]> {
  const texts = new Map(files.map((name) => [name, readFileSync(name, 'utf8')]));
  const { mutants } = await new Instrumenter(SILENT).instrument(
    [...texts].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, excludedMutations: [], ignorers: [] },
  );
  return mutants.map((mutant) => listed(mutant, texts.get(mutant.fileName)!.split('\n')));
}

function listed(mutant: Mutant, lines: readonly string[]): ListedMutant {
  const { start, end } = mutant.location;
  return {
    key: keyOf(mutant),
    file: mutant.fileName,
    line: start.line + 1,
    column: start.column,
    endLine: end.line + 1,
    endColumn: end.column,
    mutator: mutant.mutatorName,
    code: onOneLine(textBetween(lines, mutant.location)),
    replacement: onOneLine(mutant.replacement),
    lineText: lines[start.line]!.trim(),
  };
}

function textBetween(lines: readonly string[], { start, end }: Mutant['location']): string {
  if (start.line === end.line) return lines[start.line]!.slice(start.column, end.column);
  const between = lines.slice(start.line + 1, end.line);
  return [lines[start.line]!.slice(start.column), ...between, lines[end.line]!.slice(0, end.column)].join('\n');
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
