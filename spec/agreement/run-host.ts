/** Runs one call of a generated module on the host's bare WebAssembly, in its host form. */
import { assemble } from '../../src/agreement/assemble.js';
import {
  HOST_FUNCTIONS,
  HOST_GLOBALS,
  HOST_MODULE,
  type HostFunctionName,
} from '../../src/agreement/host-functions.js';
import type { GeneratedCall, GeneratedModule } from '../../src/agreement/module-arbitrary.js';
import type { HostContext } from '../../src/machine/host-function.js';
import type { Bits, Stop } from '../../src/machine/outcome.js';
import { globalsProgram, type HostForm, toHostForm } from './host-form.js';

export type HostOutcome =
  | { readonly kind: 'returned'; readonly results: readonly Bits[] }
  /** Several codes, because the host has one message for some traps. */
  | { readonly kind: 'trapped'; readonly codes: readonly string[] }
  | { readonly kind: 'exhausted' }
  | { readonly kind: 'short-circuited' };

export interface HostRun {
  readonly outcome: HostOutcome;
  readonly memory: Uint8Array | undefined;
  /** Bits of each global, by id. */
  readonly globals: ReadonlyMap<number, Bits>;
  /** For each table, by id: whether each element is null. */
  readonly tables: ReadonlyMap<number, readonly boolean[]>;
}

/** V8's messages. */
const TRAPS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^unreachable$/, ['unreachable']],
  [/^divide by zero$|^remainder by zero$/, ['integer-divide-by-zero']],
  [/^divide result unrepresentable$/, ['integer-overflow']],
  [/^float unrepresentable in integer range$/, ['integer-overflow', 'invalid-conversion-to-integer']],
  [/^memory access out of bounds$|data segment( \d+)? is out of bounds/, ['out-of-bounds-memory-access']],
  [/^table index is out of bounds$/, ['undefined-element', 'out-of-bounds-table-access']],
  [
    /table (element|access|initializer)?.*out of bounds|element segment.*out of bounds|table initializer|table.* index/i,
    ['out-of-bounds-table-access'],
  ],
  [/^null function or function signature mismatch/, ['uninitialized-element', 'indirect-call-type-mismatch']],
];

class Stopped extends Error {}

const GLOBALS = (() => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(assemble(globalsProgram())));
  return Object.fromEntries(Object.keys(HOST_GLOBALS).map((name, id) => [name, exports[`g${id}`]!]));
})();

export class HostModule {
  readonly #form: HostForm;
  readonly #module: WebAssembly.Module;

  constructor(generated: GeneratedModule) {
    this.#form = toHostForm(generated.program);
    this.#module = new WebAssembly.Module(assemble(this.#form.program));
  }

  run(call: GeneratedCall): HostRun {
    let exports: WebAssembly.Exports | undefined;
    const env: Record<string, WebAssembly.ImportValue> = { ...GLOBALS };
    for (const { name } of this.#form.program.importedFunctions) {
      env[name] = hostImport(name as HostFunctionName, () => exports?.['memory'] as WebAssembly.Memory | undefined);
    }
    let outcome: HostOutcome;
    try {
      exports = new WebAssembly.Instance(this.#module, { [HOST_MODULE]: env }).exports;
      const run = (name: string, args: readonly Bits[]): unknown =>
        (exports![name] as (...all: Bits[]) => unknown)(...args);
      if (this.#form.start !== undefined) run(this.#form.start, []);
      const args = call.args.map((arg): Bits => ('bits' in arg ? arg.bits : (null as unknown as Bits)));
      const answer = run(this.#form.exports.get(call.export)!, args);
      outcome = {
        kind: 'returned',
        results: answer === undefined ? [] : Array.isArray(answer) ? answer : [answer as Bits],
      };
    } catch (error) {
      outcome = outcomeOf(error);
    }
    return { outcome, ...this.#state(exports) };
  }

  #state(exports: WebAssembly.Exports | undefined): Omit<HostRun, 'outcome'> {
    const memory = exports?.['memory'] as WebAssembly.Memory | undefined;
    const globals = new Map<number, Bits>();
    const tables = new Map<number, readonly boolean[]>();
    if (exports !== undefined) {
      for (const { id, type } of this.#form.program.globals) {
        const reader = this.#form.globals.get(id);
        if (reader !== undefined) globals.set(id, (exports[reader] as () => Bits)());
        else if (type >= 0x7c) globals.set(id, (exports[`g${id}`] as WebAssembly.Global).value as Bits);
      }
      for (const { id } of this.#form.program.tables) {
        const table = exports[`t${id}`] as WebAssembly.Table;
        tables.set(
          id,
          Array.from({ length: table.length }, (_, index) => table.get(index) === null),
        );
      }
    }
    return { memory: memory && new Uint8Array(memory.buffer).slice(), globals, tables };
  }
}

function hostImport(
  name: HostFunctionName,
  memory: () => WebAssembly.Memory | undefined,
): (...args: Bits[]) => unknown {
  const row = HOST_FUNCTIONS[name];
  return (...args) => {
    const view = memory();
    const bytes = view === undefined ? undefined : new Uint8Array(view.buffer);
    const memoryOfHost = bytes && {
      bytes,
      byteLength: bytes.length,
      write: (at: number, written: Uint8Array) => bytes.set(written, at),
    };
    const caller = { memory: memoryOfHost };
    const answer: readonly Bits[] | Stop = row.run({ caller } as unknown as HostContext, args);
    if (!Array.isArray(answer)) throw new Stopped(name);
    return answer.length > 1 ? answer : answer[0];
  };
}

function outcomeOf(error: unknown): HostOutcome {
  if (error instanceof Stopped) return { kind: 'short-circuited' };
  if (error instanceof RangeError && /call stack/.test(error.message)) return { kind: 'exhausted' };
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  const message = error.message.replace(/^WebAssembly\.[A-Za-z]+\(\): /, '');
  const trap = TRAPS.find(([pattern]) => pattern.test(message));
  if (trap === undefined) throw new Error(`the host's trap '${message}' has no code`);
  return { kind: 'trapped', codes: trap[1] };
}
