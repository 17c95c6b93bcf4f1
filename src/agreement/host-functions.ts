/**
 * The fixed set of host functions and constant globals that generated modules import from `env`. Each is a pure
 * function of its argument bits and the caller's memory, so it is deterministic in every runner. Each covers something
 * that could go wrong in a host call: no values, 64-bit values, NaN bits, several results, the guest's memory changed
 * during the call, fuel read or charged, the call ended from outside.
 */
import { utf8 } from '../base/hash.js';
import type { HostContext, HostFunction } from '../machine/host-function.js';
import type { Bits, Stop } from '../machine/outcome.js';
import { ValueType } from '../wasm/types.js';
import type { Signature } from './program.js';

export const HOST_MODULE = 'env';

/** A capability of the runner that the function needs. */
export type HostNeed = 'bits' | 'memory' | 'fuel' | 'stop';

export interface HostFunctionRow {
  readonly signature: Signature;
  readonly need: HostNeed;
  run(context: HostContext, args: readonly Bits[]): readonly Bits[] | Stop;
}

const { I32, I64, F32, F64 } = {
  I32: ValueType.I32,
  I64: ValueType.I64,
  F32: ValueType.F32,
  F64: ValueType.F64,
} as const;

const wide = (bits: Bits | undefined) => BigInt.asUintN(64, bits as bigint);
const narrow = (bits: Bits | undefined) => (bits as number) | 0;

export const HOST_FUNCTIONS = {
  nothing: { signature: { params: [], results: [] }, need: 'bits', run: () => [] },
  mix: {
    signature: { params: [I32, I64], results: [I64] },
    need: 'bits',
    run: (_, [a, b]) => [mix(narrow(a), wide(b))],
  },
  weigh: {
    signature: { params: [F32, F64], results: [F64] },
    need: 'bits',
    run: (_, [x, y]) => [wide(y) ^ BigInt(narrow(x) >>> 0)],
  },
  split: {
    signature: { params: [I64], results: [I32, F32] },
    need: 'bits',
    run: (_, [x]) => [Number(BigInt.asIntN(32, wide(x))), Number(BigInt.asIntN(32, wide(x) >> 32n))],
  },
  note: { signature: { params: [F32, I32, F64], results: [] }, need: 'bits', run: () => [] },
  poke: {
    signature: { params: [I32, I32], results: [I32] },
    need: 'memory',
    run: ({ caller }, [address, byte]) => {
      const memory = caller.memory;
      const at = narrow(address) >>> 0;
      if (memory === undefined || at >= memory.byteLength) return [-1];
      const before = memory.bytes[at];
      memory.write(at, Uint8Array.of(narrow(byte)));
      return [before];
    },
  },
  fuel: {
    signature: { params: [], results: [I64] },
    need: 'fuel',
    run: (context) => [BigInt(context.fuelLeft())],
  },
  burn: {
    signature: { params: [I32], results: [] },
    need: 'fuel',
    run: (context, [units]) => {
      context.charge(narrow(units) & 0xffff);
      return [];
    },
  },
  stop: {
    signature: { params: [I32], results: [I32] },
    need: 'stop',
    run: (_, [x]) =>
      (narrow(x) & 3) === 1 ? { kind: 'short-circuited', payload: utf8(`stopped by ${narrow(x)}`) } : [narrow(x)],
  },
} as const satisfies Readonly<Record<string, HostFunctionRow>>;

export type HostFunctionName = keyof typeof HOST_FUNCTIONS;

/** Bits of the imported constant globals. */
export const HOST_GLOBALS = {
  one: { type: I32, bits: 1 },
  seed: { type: I64, bits: 0x0123456789abcdefn },
  quiet: { type: F32, bits: 0xffc12345 | 0 },
  third: { type: F64, bits: 0x3fd5555555555555n },
} as const satisfies Readonly<Record<string, { type: ValueType; bits: Bits }>>;

export type HostGlobalName = keyof typeof HOST_GLOBALS;

/** A function of the set in the machine's form. Throws a RangeError for a name that is not in the set. */
export function hostFunction(name: string): HostFunction {
  if (!Object.hasOwn(HOST_FUNCTIONS, name)) throw new RangeError(`unknown standard host function '${name}'`);
  const row: HostFunctionRow = HOST_FUNCTIONS[name as HostFunctionName];
  const { params, results } = row.signature;
  return {
    module: HOST_MODULE,
    name,
    type: { params: Uint8Array.from(params), results: Uint8Array.from(results) },
    run: row.run,
  };
}

function mix(a: number, b: bigint): bigint {
  return BigInt.asUintN(64, (b ^ BigInt(a)) * 0x9e3779b97f4a7c15n);
}
