/**
 * A call of a zome on the host's bare `WebAssembly`: a new instance, and only the byte ABI around it. No fuel, no
 * checks.
 */
import type { RecordedEnd } from './zome-record.js';

export interface BareCall {
  readonly module: WebAssembly.Module;
  readonly export: string;
  readonly payload: Uint8Array;
}

interface BareExports {
  readonly memory: WebAssembly.Memory;
  readonly __hc__allocate_1: (bytes: number) => number;
  readonly __hc__deallocate_1: (at: number, bytes: number) => void;
}

/** Returns the result of a host call; undefined ends the guest's call. */
export type BareHost = (name: string, input: Uint8Array) => Uint8Array | undefined;

const ENDED = new Error('the host has ended the call');
const importNames = new WeakMap<WebAssembly.Module, readonly string[]>();

function importsOf(module: WebAssembly.Module): readonly string[] {
  let names = importNames.get(module);
  if (names === undefined) {
    names = WebAssembly.Module.imports(module).map(({ name }) => name);
    importNames.set(module, names);
  }
  return names;
}

function unpack(packed: bigint): readonly [at: number, length: number] {
  return [Number(BigInt.asUintN(32, packed >> 32n)), Number(BigInt.asUintN(32, packed))];
}

/** @throws what the host function throws */
export function runBare({ module, export: name, payload }: BareCall, host: BareHost): RecordedEnd {
  let guest: BareExports;
  const read = (at: number, length: number) => new Uint8Array(guest.memory.buffer, at, length).slice();
  const place = (bytes: Uint8Array) => {
    const at = guest.__hc__allocate_1(bytes.length);
    new Uint8Array(guest.memory.buffer).set(bytes, at);
    return at;
  };
  const serve = (importName: string, at: number, length: number): bigint => {
    const input = read(at, length);
    guest.__hc__deallocate_1(at, length);
    const answer = host(importName, input);
    if (answer === undefined) throw ENDED;
    return (BigInt(place(answer)) << 32n) | BigInt(answer.length);
  };
  const env: Record<string, WebAssembly.ImportValue> = {};
  for (const importName of importsOf(module))
    env[importName] = (at: number, length: number) => serve(importName, at, length);
  const { exports } = new WebAssembly.Instance(module, { env });
  guest = exports as unknown as BareExports;
  try {
    const [at, length] = unpack(
      (exports[name] as (at: number, length: number) => bigint)(place(payload), payload.length),
    );
    const output = read(at, length);
    guest.__hc__deallocate_1(at, length);
    return { kind: 'returned', output };
  } catch (error) {
    if (error === ENDED) return { kind: 'ended' };
    if (error instanceof WebAssembly.RuntimeError) return { kind: 'trapped' };
    throw error;
  }
}
