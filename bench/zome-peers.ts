/**
 * Native peers of section `zomes`: the program of bench/peers, built by cargo where there is one, replays the recorded calls in
 * wasmtime and in wasmi. It lives as long as the section, and is asked for one measurement after the other, so that its engines
 * take turns with ours. What it gets is a folder: `calls.json`, and the modules.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { toHex } from '../src/base/hash.js';
import type { RecordedCall } from './zome-record.js';

const PROJECT = fileURLToPath(new URL('../../bench/peers', import.meta.url));
const PROGRAM = join(PROJECT, 'target', 'release', 'assay-bench-peers');
const NANOSECONDS = 1000;

export interface PeerCase {
  readonly name: string;
  readonly records: readonly RecordedCall[];
}

/** Why there are no peers. */
export interface NoPeers {
  readonly missing: string;
}

/** Builds the program, and has it check that every call ends in every engine as it is recorded. */
export async function startPeers(
  cases: readonly PeerCase[],
  progress: (text: string) => void,
): Promise<Peers | NoPeers> {
  if (spawnSync('cargo', ['--version']).status !== 0) return { missing: 'there is no cargo to build bench/peers with' };
  progress('building bench/peers, some minutes the first time');
  const built = spawnSync('cargo', ['build', '--release', '--locked'], { cwd: PROJECT, encoding: 'utf8' });
  if (built.status !== 0) return { missing: `bench/peers does not build: ${lastLines(built.stderr)}` };
  progress('checking the answers of the native peers');
  return await Peers.start(cases);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-4).join(' / ');
}

export class Peers {
  /** Names with versions; their places are their numbers. */
  readonly names: readonly string[];
  readonly #program: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(program: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, names: readonly string[]) {
    this.#program = program;
    this.#lines = lines;
    this.names = names;
  }

  /** @throws Error if a call ends otherwise in an engine than it is recorded */
  static async start(cases: readonly PeerCase[]): Promise<Peers> {
    const folder = mkdtempSync(join(tmpdir(), 'assay-peers-'));
    try {
      writeCases(folder, cases);
      const program = spawn(PROGRAM, [folder]);
      let errors = '';
      program.stderr.on('data', (text) => {
        errors += text;
      });
      const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
      const first = await lines.next();
      if (first.done === true) throw new Error(`a native peer does not do the same: ${errors.trim()}`);
      return new Peers(program, lines, JSON.parse(first.value) as string[]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Microseconds of a run of a case in a peer. */
  async time(peer: number, caseNumber: number, times: number): Promise<number> {
    this.#program.stdin.write(`${peer} ${caseNumber} ${times}\n`);
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

function writeCases(folder: string, cases: readonly PeerCase[]): void {
  const files = new Map<Uint8Array, string>();
  const fileOf = (wasm: Uint8Array): string => {
    const known = files.get(wasm);
    if (known !== undefined) return known;
    const file = `${files.size}.wasm`;
    files.set(wasm, file);
    writeFileSync(join(folder, file), wasm);
    return file;
  };
  const document = {
    cases: cases.map(({ name, records }) => ({
      name,
      calls: records.map((call) => ({
        module: fileOf(call.wasm),
        export: call.export,
        payload: toHex(call.payload),
        answers: call.answers.map(({ name: asked, input, answer }) => ({
          name: asked,
          input: toHex(input),
          answer: answer === undefined ? null : toHex(answer),
        })),
        end: call.end.kind,
        ...(call.end.kind === 'returned' ? { output: toHex(call.end.output) } : {}),
      })),
    })),
    modules: [...files.values()],
  };
  writeFileSync(join(folder, 'calls.json'), JSON.stringify(document));
}
