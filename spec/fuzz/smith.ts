/**
 * Modules of wasm-smith, from the Rust program in `spec/fuzz/smith`: built by cargo if it is installed, then it makes
 * module after module by seed. The bytes of a seed are the same on every machine.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../../../spec/fuzz/smith', import.meta.url));
const NO_CARGO = 'there is no cargo to build spec/fuzz/smith with; see https://rustup.rs';

export class Smith {
  readonly #child: ChildProcessWithoutNullStreams;
  #received = Buffer.alloc(0);
  #stderr = '';
  #wake: (() => void) | undefined;

  private constructor() {
    this.#child = spawn(`${PROJECT}/target/release/assay-smith`);
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.#child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr += chunk.toString();
    });
    this.#child.on('close', () => this.#wake?.());
  }

  /** Builds the program, with cargo's output on the standard error. */
  static build(): Smith {
    if (spawnSync('cargo', ['--version']).status !== 0) throw new Error(NO_CARGO);
    const stdio = ['ignore', 'ignore', 'inherit'] as const;
    const built = spawnSync('cargo', ['build', '--release', '--locked', '--quiet'], {
      cwd: PROJECT,
      stdio: [...stdio],
    });
    if (built.status !== 0) throw new Error(`cargo cannot build spec/fuzz/smith, status ${built.status}`);
    return new Smith();
  }

  /** The module of a seed; no bytes for seeds from which wasm-smith makes no module. */
  async module(seed: number): Promise<Uint8Array> {
    this.#child.stdin.write(`${seed}\n`);
    const head = await this.#take(4);
    return new Uint8Array(await this.#take(head.readUInt32LE(0)));
  }

  async #take(count: number): Promise<Buffer> {
    while (this.#received.length < count) {
      if (this.#child.exitCode !== null) throw new Error(`wasm-smith ended: ${this.#stderr}`);
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
    const taken = this.#received.subarray(0, count);
    this.#received = this.#received.subarray(count);
    return taken;
  }

  close(): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}
