/** Native peers: the program of bench/peers, which cargo builds if it is installed. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MeasuringProgram } from './measuring-program.js';

const PROJECT = fileURLToPath(new URL('../../bench/peers', import.meta.url));
export const PEER_PROGRAM = join(PROJECT, 'target', 'release', 'assay-bench-peers');

/** Why there are no peers. */
export interface NoPeers {
  readonly missing: string;
}

/** Builds the program if it is not up to date: some minutes the first time. */
export function buildPeers(progress: (text: string) => void): NoPeers | undefined {
  return buildCargoProject(PROJECT, 'bench/peers', progress);
}

export function buildCargoProject(folder: string, name: string, progress: (text: string) => void): NoPeers | undefined {
  if (spawnSync('cargo', ['--version']).status !== 0) return { missing: `there is no cargo to build ${name} with` };
  progress(`building ${name}, some minutes the first time`);
  const built = spawnSync('cargo', ['build', '--release', '--locked'], { cwd: folder, encoding: 'utf8' });
  if (built.status !== 0) return { missing: `${name} does not build: ${lastLines(built.stderr)}` };
  return undefined;
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' / ');
}

/**
 * Starts the built program, whose engines and cases have numbers.
 * @param lineCount number of lines that it writes when it is ready
 * @throws Error if the result of an engine is not the expected one
 */
export function startPeerProgram(args: readonly string[], lineCount: number): Promise<MeasuringProgram> {
  return MeasuringProgram.start(PEER_PROGRAM, args, lineCount);
}
