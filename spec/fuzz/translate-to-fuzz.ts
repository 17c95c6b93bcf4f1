/**
 * binaryen's `wasm-opt --translate-to-fuzz` in this process: a valid module made from random bytes. The package ships the
 * tool as a script that decodes and compiles ten megabytes each time it starts; here that happens once.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Features of the language that the engine accepts; all others are off. */
const FEATURES = [
  'sign-ext',
  'mutable-globals',
  'nontrapping-float-to-int',
  'bulk-memory',
  'bulk-memory-opt',
  'tail-call',
  'reference-types',
  'multivalue',
  'extended-const',
];
const ARGUMENTS = ['--quiet', '--mvp-features', ...FEATURES.map((name) => `--enable-${name}`), '--translate-to-fuzz'];

interface ToolSettings {
  readonly arguments: string[];
  readonly thisProgram: string;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
  readonly postRun: () => void;
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): void;
}

/** The script as a function of its settings; returns its function that decodes the binary. */
type Tool = (
  settings: Partial<ToolSettings>,
  require: NodeJS.Require,
  process: object,
  module: undefined,
  fileName: string,
  folder: string,
) => () => Uint8Array<ArrayBuffer>;

export class FuzzTranslator {
  readonly #folder = mkdtempSync(join(tmpdir(), 'assay-fuzz-'));
  readonly #file: string;
  readonly #require: NodeJS.Require;
  readonly #tool: Tool;
  readonly #compiled: WebAssembly.Module;

  constructor() {
    const here = createRequire(import.meta.url);
    this.#file = join(dirname(here.resolve('binaryen')), 'bin/wasm-opt');
    this.#require = createRequire(this.#file);
    const source = readFileSync(this.#file, 'utf8').replace(/^#!.*\n/, '\n');
    const names = ['Module', 'require', 'process', 'module', '__filename', '__dirname'];
    this.#tool = new Function(...names, `${source}\nreturn findWasmBinary;`) as Tool;
    this.#compiled = new WebAssembly.Module(this.#start({ instantiateWasm: () => undefined })());
  }

  #start(settings: Partial<ToolSettings>): () => Uint8Array<ArrayBuffer> {
    // The script sets an exit code and must not set ours.
    const ownProcess = Object.create(process, { exitCode: { value: 0, writable: true } }) as object;
    return this.#tool(settings, this.#require, ownProcess, undefined, this.#file, dirname(this.#file));
  }

  /** The module of some bytes: the more bytes, the larger. */
  async translate(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
    const input = join(this.#folder, 'in');
    const output = join(this.#folder, 'out.wasm');
    writeFileSync(input, bytes);
    rmSync(output, { force: true });
    const said: string[] = [];
    await new Promise<void>((resolve) => {
      this.#start({
        arguments: [...ARGUMENTS, input, '-o', output],
        thisProgram: 'wasm-opt',
        print: (line) => said.push(line),
        printErr: (line) => said.push(line),
        postRun: resolve,
        instantiateWasm: (imports, receive) => receive(new WebAssembly.Instance(this.#compiled, imports)),
      });
    });
    try {
      return new Uint8Array(readFileSync(output));
    } catch (cause) {
      throw new Error(`wasm-opt wrote no module: ${said.join(' ')}`, { cause });
    }
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
