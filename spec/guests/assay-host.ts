// Plain functions as host functions for zomes that Assay itself runs: its imports with the byte ABI around them.
import { decode, encode } from '@msgpack/msgpack';
import type { HostAnswer, HostCall, HostFunctionImport } from '../../src/engine/imports/host-import.js';
import type { Value } from '../../src/wasm/value.js';
import { type HostFunctions, ShortCircuit } from './zome-driver.js';

const i32 = (bits: number): Value => ({ type: 'i32', bits });
const bitsOf = (value: Value | undefined): number => (value as { readonly bits: number }).bits;

/** An import for each of the functions, all with version 1 in the name. */
export function importsOf(names: readonly string[], functions: HostFunctions): readonly HostFunctionImport[] {
  return names.map((name) => ({
    module: 'env',
    name,
    type: { params: ['i32', 'i32'], results: ['i64'] },
    run: (call, args) => serve(call, args, functions[name.replace(/^__hc__|_\d+$/g, '')]),
  }));
}

function serve(call: HostCall, args: readonly Value[], run: HostFunctions[string] | undefined): HostAnswer {
  const input = call.memory!.read(bitsOf(args[0]), bitsOf(args[1]));
  if (call.call('__hc__deallocate_1', args) === undefined) return undefined;
  try {
    const answer = encode({ Ok: run!(decode(input)) });
    const at = call.call('__hc__allocate_1', [i32(answer.length)])?.[0];
    if (at === undefined) return undefined;
    call.memory!.write(bitsOf(at), answer);
    return [{ type: 'i64', bits: (BigInt(bitsOf(at)) << 32n) | BigInt(answer.length) }];
  } catch (ended) {
    if (!(ended instanceof ShortCircuit)) throw ended;
    return { kind: 'short-circuited', payload: encode(encode(ended.result)) };
  }
}
