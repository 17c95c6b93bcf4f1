// A zome on the host's own WebAssembly, with a minimal Holochain host around it: the byte ABI in both directions, the
// double encoding, host functions that return, fail or end the call. Written independently of src/, as a second
// implementation.
import { readFileSync } from 'node:fs';
import { decode, encode } from '@msgpack/msgpack';

/** The bytes of a zome of vectors/guests. */
export function zomeBytes(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../../vectors/guests/${name}/${name}.wasm`, import.meta.url)));
}

/** A host function on its decoded input: returns the result, or throws one of the two errors below. */
export type HostFunction = (input: unknown) => unknown;
export type HostFunctions = Readonly<Record<string, HostFunction>>;

/** Ends the whole call with a result, as `must_get_*` does if something is missing. */
export class ShortCircuit extends Error {
  constructor(readonly result: unknown) {
    super('short circuit');
  }
}

/** Sent to the guest as the `Err` of the host function. */
export class HostError extends Error {}

/** Sends the guest these bytes instead of a result. */
export class RawAnswer extends Error {
  constructor(readonly bytes: Uint8Array) {
    super('raw answer');
  }
}

export interface WasmErrorValue {
  readonly file: string;
  readonly line: number;
  readonly error: string | Readonly<Record<string, unknown>>;
}
export type Outcome = { readonly Ok: unknown } | { readonly Err: WasmErrorValue };

interface GuestExports {
  readonly memory: WebAssembly.Memory;
  readonly __hc__allocate_1: (bytes: number) => number;
  readonly __hc__deallocate_1: (at: number, bytes: number) => void;
}

export class ZomeDriver {
  readonly module: WebAssembly.Module;
  private readonly guest: GuestExports;
  /** Names of the host functions called, in order. */
  readonly called: string[] = [];

  constructor(wasm: Uint8Array<ArrayBuffer> | WebAssembly.Module, functions: HostFunctions = {}) {
    this.module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
    const env: Record<string, WebAssembly.ImportValue> = {};
    for (const { name } of WebAssembly.Module.imports(this.module)) {
      env[name] = (at: number, bytes: number) => this.serve(name, functions, at, bytes);
    }
    this.guest = new WebAssembly.Instance(this.module, { env }).exports as unknown as GuestExports;
  }

  get memoryBytes(): number {
    return this.guest.memory.buffer.byteLength;
  }

  /** Calls an export without parameters that returns an i32. */
  number(name: string): number {
    return (this.exported(name) as () => number)();
  }

  /** Calls an extern with a value. */
  call(name: string, input: unknown): Outcome {
    return this.callBytes(name, encode(encode(input)));
  }

  /** Calls an extern with the bytes of an ExternIO. */
  callBytes(name: string, payload: Uint8Array): Outcome {
    const run = this.exported(name) as (at: number, bytes: number) => bigint;
    const at = this.place(payload);
    try {
      const result = decode(this.take(run(at, payload.length))) as { Ok: Uint8Array } | { Err: WasmErrorValue };
      return 'Ok' in result ? { Ok: decode(result.Ok) } : result;
    } catch (ended) {
      if (ended instanceof ShortCircuit) return { Ok: ended.result };
      throw ended;
    }
  }

  private exported(name: string): unknown {
    return (this.guest as unknown as Record<string, unknown>)[name];
  }

  private serve(name: string, functions: HostFunctions, at: number, bytes: number): bigint {
    const input = this.read(at, bytes);
    this.guest.__hc__deallocate_1(at, bytes);
    const answer = this.answer(name.replace(/^__hc__|_\d+$/g, ''), functions, input);
    return (BigInt(this.place(answer)) << 32n) | BigInt(answer.length);
  }

  private answer(name: string, functions: HostFunctions, input: Uint8Array): Uint8Array {
    this.called.push(name);
    try {
      const run = functions[name];
      if (run === undefined) throw new HostError(`Host function ${name} cannot be called`);
      return encode({ Ok: run(decode(input)) });
    } catch (ended) {
      if (ended instanceof RawAnswer) return ended.bytes;
      if (!(ended instanceof HostError)) throw ended;
      return encode({ Err: { file: 'host.rs', line: 7, error: { Host: ended.message } } });
    }
  }

  private place(bytes: Uint8Array): number {
    const at = this.guest.__hc__allocate_1(bytes.length);
    new Uint8Array(this.guest.memory.buffer, at, bytes.length).set(bytes);
    return at;
  }

  private read(at: number, bytes: number): Uint8Array {
    return new Uint8Array(this.guest.memory.buffer, at, bytes).slice();
  }

  private take(packed: bigint): Uint8Array {
    const unsigned = BigInt.asUintN(64, packed);
    const [at, bytes] = [Number(unsigned >> 32n), Number(unsigned & 0xffff_ffffn)];
    const output = this.read(at, bytes);
    this.guest.__hc__deallocate_1(at, bytes);
    return output;
  }
}
