/**
 * The imports of modules, by a name that every node understands: nothing, the standard set of generated modules, the
 * echo of the byte ABI, or the export `imports` of a user's file.
 */
import { ALLOCATE, DEALLOCATE } from '../boundary/byte-abi.js';
import { serveHostCall } from '../boundary/host-call.js';
import type { HostImport } from '../engine/imports/host-import.js';
import { valueOfBits } from '../engine/imports/typed-values.js';
import type { HostContext } from '../machine/host-function.js';
import type { Memory } from '../machine/memory.js';
import type { Bits } from '../machine/outcome.js';
import type { ValueType } from '../wasm/types.js';
import { i64, type Value } from '../wasm/value.js';
import { type ExportTypes, HostCallGuest } from '../zome/host-call-guest.js';
import { HOST_FUNCTIONS, HOST_GLOBALS, HOST_MODULE, type HostFunctionRow } from './host-functions.js';

/** The built-in sets; any other name is a file's. */
export const HOST_SETS: readonly string[] = ['none', 'standard', 'echo'];

/** @throws RangeError for a file that does not export a list `imports` */
export async function hostsNamed(name: string): Promise<readonly HostImport[]> {
  if (name === 'none') return [];
  if (name === 'standard') return standardHosts();
  if (name === 'echo') return [ECHO];
  const exported = (await import(name)) as { readonly imports?: unknown };
  if (Array.isArray(exported.imports)) return exported.imports as HostImport[];
  throw new RangeError(`${name} does not export a list named imports`);
}

/** The exports of a module that imports `echo`. */
const BYTE_EXPORTS: ExportTypes = new Map([
  [ALLOCATE, '(i32)->(i32)'],
  [DEALLOCATE, '(i32,i32)->()'],
  ['memory', 'memory'],
]);

/**
 * `env.echo (i32, i32) -> (i64)`: by the byte ABI it returns its input bytes, for one unit of fuel per byte each way.
 */
const ECHO: HostImport = {
  module: HOST_MODULE,
  name: 'echo',
  type: { params: ['i32', 'i32'], results: ['i64'] },
  run: (call, [ptr, len]) => {
    const slice = { ptr: Number(bitsOf(ptr!)), len: Number(bitsOf(len!)) };
    const guest = new HostCallGuest(call, BYTE_EXPORTS, 1);
    const served = serveHostCall(guest, slice, (bytes) => {
      call.record(bytes, bytes);
      return { kind: 'output', bytes };
    });
    if (served.kind === 'answered') return [i64(served.packed)];
    return served.kind === 'stopped' ? undefined : served;
  },
};

function standardHosts(): readonly HostImport[] {
  const globals = Object.entries(HOST_GLOBALS).map(([name, { type, bits }]) => ({
    module: HOST_MODULE,
    name,
    value: valueOfBits(type, bits),
  }));
  return [...globals, ...Object.entries(HOST_FUNCTIONS).map(([name, row]) => functionImport(name, row))];
}

function functionImport(name: string, row: HostFunctionRow): HostImport {
  const { params, results } = row.signature;
  return {
    module: HOST_MODULE,
    name,
    type: { params: params.map(typeName), results: results.map(typeName) },
    run: (call, args) => {
      const answer = row.run(contextOf(call), args.map(bitsOf));
      if ('kind' in answer) return answer.kind === 'short-circuited' ? answer : undefined;
      return results.map((type, index) => valueOfBits(type, answer[index]));
    },
  };
}

function typeName(type: ValueType): Value['type'] {
  return valueOfBits(type, 0).type;
}

type HostCall = Parameters<Extract<HostImport, { run: unknown }>['run']>[0];

/** The part of the machine's context that the standard set uses. */
function contextOf(call: HostCall): HostContext {
  const { memory } = call;
  const caller = { memory: memory && memoryOf(memory) };
  const context = {
    caller,
    fuelLeft: () => call.fuelLeft(),
    charge: (units: number) => call.charge(units),
  };
  return context as unknown as HostContext;
}

/** The memory in the machine's form: bytes read by index; a function of the set reads one or two. */
function memoryOf(memory: NonNullable<HostCall['memory']>): Pick<Memory, 'byteLength' | 'bytes' | 'write'> {
  const bytes = new Proxy(new Uint8Array(0), { get: (_, key) => memory.read(Number(key), 1)[0] });
  return { byteLength: memory.byteLength, bytes, write: (at, written) => memory.write(at, written) };
}

function bitsOf(value: Value): Bits {
  return 'bits' in value ? value.bits : 0;
}
