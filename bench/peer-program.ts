/**
 * Native peers: the program of bench/peers, which cargo builds where there is one. It lives as long as a section and is asked for one
 * measurement after the other, so that its engines take turns with ours.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../bench/peers', import.meta.url));
export const PEER_PROGRAM = join(PROJECT, 'target', 'release', 'assay-bench-peers');
const NANOSECONDS = 1000;

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

/** The running program: it has checked what its engines give, and waits. */
export class PeerProgram {
  readonly #program: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    program: ChildProcessWithoutNullStreams,
    lines: AsyncIterator<string>,
    /** What it said before it waited, each line read as JSON. */
    readonly told: readonly unknown[],
  ) {
    this.#program = program;
    this.#lines = lines;
  }

  /**
   * @param lineCount lines that it writes when it is ready
   * @throws Error if an engine gives another answer than it should
   */
  static async start(args: readonly string[], lineCount: number): Promise<PeerProgram> {
    const program = spawn(PEER_PROGRAM, args);
    let errors = '';
    program.stderr.on('data', (text) => {
      errors += text;
    });
    const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
    const told: unknown[] = [];
    for (let i = 0; i < lineCount; i++) {
      const line = await lines.next();
      if (line.done === true) throw new Error(`a native peer does not do the same: ${errors.trim()}`);
      told.push(JSON.parse(line.value));
    }
    return new PeerProgram(program, lines, told);
  }

  /** Microseconds of a run of a case in an engine, by their numbers. */
  async time(engine: number, caseNumber: number, times: number): Promise<number> {
    this.#program.stdin.write(`${engine} ${caseNumber} ${times}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error('the program of the native peers has ended');
    return Number(line.value) / NANOSECONDS;
  }

  async stop(): Promise<void> {
    const ended = once(this.#program, 'exit');
    this.#program.stdin.end();
    await ended;
  }
}
