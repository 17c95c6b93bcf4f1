/**
 * What modules import, by a name that every node understands: nothing, the standard set of generated modules, or what a
 * file of the user exports as `imports`.
 */
import type { HostImport } from '../engine/host-import.js';
import { valueOfBits } from '../engine/typed-values.js';
import type { HostContext } from '../machine/host-function.js';
import type { Bits } from '../machine/outcome.js';
import type { ValueType } from '../wasm/types.js';
import type { Value } from '../wasm/value.js';
import { HOST_FUNCTIONS, HOST_GLOBALS, HOST_MODULE, type HostFunctionRow } from './host-functions.js';

/** @throws RangeError for a file that exports no list `imports` */
export async function hostsNamed(name: string): Promise<readonly HostImport[]> {
  if (name === 'none') return [];
  if (name === 'standard') return standardHosts();
  const exported = (await import(name)) as { readonly imports?: unknown };
  if (Array.isArray(exported.imports)) return exported.imports as HostImport[];
  throw new RangeError(`${name} exports no list named imports`);
}

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
      return results.map((type, index) => valueOfBits(type, answer[index]!));
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
  const caller = { memory: memory && { byteLength: memory.byteLength, bytes: byteWindow(memory) } };
  const context = {
    caller,
    fuelLeft: () => call.fuelLeft(),
    charge: (units: number) => call.charge(units),
  };
  return context as unknown as HostContext;
}

/** The memory as bytes by index, of which a function of the set touches one or two. */
function byteWindow(memory: NonNullable<HostCall['memory']>): Uint8Array {
  return new Proxy(new Uint8Array(0), {
    get: (_, key) => memory.read(Number(key), 1)[0],
    set: (_, key, byte: number) => {
      memory.write(Number(key), Uint8Array.of(byte));
      return true;
    },
  });
}

function bitsOf(value: Value): Bits {
  return 'bits' in value ? value.bits : 0;
}
