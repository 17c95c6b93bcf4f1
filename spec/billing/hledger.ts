/**
 * hledger, a plain-text accounting program that is independent of this project: whether it accepts an exported journal.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';

/** Path of hledger; undefined if it is not installed. */
export function hledgerProgram(): string | undefined {
  const given = process.env['HLEDGER'];
  if (given !== undefined) return given;
  return ['/usr/bin/hledger', '/usr/local/bin/hledger'].find((path) => existsSync(path));
}

export const NO_HLEDGER = 'hledger is not installed: apt-get install hledger, or name it in HLEDGER';

/**
 * @returns undefined if it accepts the journal: every transaction balances, every balance is as asserted; otherwise its
 * message
 */
export async function hledgerFault(program: string, journal: string): Promise<string | undefined> {
  const child = spawn(program, ['-f', '-', 'check']);
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(journal);
  const [status] = (await once(child, 'close')) as [number | null];
  return status === 0 ? undefined : Buffer.concat(said).toString() || `it ended with status ${status}`;
}

/** Many journals as one, each with separate accounts. */
export function joinedJournals(journals: readonly string[]): string {
  return journals.map((one, i) => `apply account j${i}\n\n${one}\n\nend apply account\n\n`).join('');
}

/** The first of many journals that it refuses, with the reason; undefined if it accepts all. */
export async function firstRefused(
  program: string,
  journals: readonly string[],
): Promise<{ readonly index: number; readonly fault: string } | undefined> {
  const fault = await hledgerFault(program, joinedJournals(journals));
  if (fault === undefined) return undefined;
  if (journals.length === 1) return { index: 0, fault };
  const half = journals.length >> 1;
  const early = await firstRefused(program, journals.slice(0, half));
  if (early !== undefined) return early;
  const late = await firstRefused(program, journals.slice(half));
  return late && { ...late, index: late.index + half };
}

/** A journal with one unit more in one amount. @param pick chooses an index below the count */
export function withUnitMore(journal: string, pick: (count: number) => number): string {
  const amounts = [...journal.matchAll(/^( {4}\S.* )(-?)(\d+)\.(\d+)( \S+)$/gm)];
  const { index, 0: line, 1: before, 2: sign, 3: whole = '', 4: part = '', 5: after } = amounts[pick(amounts.length)]!;
  const units = (BigInt(whole + part) + 1n).toString().padStart(whole.length + part.length, '0');
  const more = `${before}${sign}${units.slice(0, -part.length)}.${units.slice(-part.length)}${after}`;
  return journal.slice(0, index) + more + journal.slice(index + line.length);
}
