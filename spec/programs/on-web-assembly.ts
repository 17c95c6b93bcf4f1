/** A program on the host's own `WebAssembly`: the oracle. */
import { PAGE_BYTES } from '../../src/machine/memory.js';
import { hostCallText, type Integer, type RealProgram, type Running, sha256, type Trace } from './running.js';

export function runOnWebAssembly(program: RealProgram): Trace {
  const hostCalls: string[] = [];
  const imports: WebAssembly.Imports = {};
  const given = program.imports();
  const module = new WebAssembly.Module(program.bytes);
  for (const item of WebAssembly.Module.imports(module)) {
    const name = `${item.module}.${item.name}`;
    imports[item.module] ??= {};
    imports[item.module]![item.name] = (...args: Integer[]) => {
      const result = given[name]!(running, args);
      hostCalls.push(hostCallText(name, args, result));
      return result;
    };
  }
  const running = new WebAssemblyRunning(new WebAssembly.Instance(module, imports).exports);
  const reported = program.drive(running);
  const memory = running.memory();
  return { reported, hostCalls, pages: memory.length / PAGE_BYTES, memoryHash: sha256(memory) };
}

class WebAssemblyRunning implements Running {
  readonly #memory: WebAssembly.Memory;

  constructor(readonly exports: WebAssembly.Exports) {
    const memories = Object.values(exports).filter((item) => item instanceof WebAssembly.Memory);
    this.#memory = memories[0]!;
  }

  call(name: string, args: readonly Integer[]): readonly Integer[] {
    const result: unknown = (this.exports[name] as (...args: Integer[]) => unknown)(...args);
    if (result === undefined) return [];
    return Array.isArray(result) ? (result as Integer[]) : [result as Integer];
  }

  global(name: string): Integer {
    return (this.exports[name] as WebAssembly.Global).value as Integer;
  }

  memory(): Uint8Array {
    return new Uint8Array(this.#memory.buffer);
  }

  read(at: number, lengthBytes: number): Uint8Array {
    return this.memory().slice(at, at + lengthBytes);
  }

  write(at: number, bytes: Uint8Array): void {
    this.memory().set(bytes, at);
  }
}
