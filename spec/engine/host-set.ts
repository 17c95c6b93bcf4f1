/** The imports of generated modules, written as a user of the engine would. */
import { HOST_GLOBALS } from '../../src/agreement/host-functions.js';
import { valueOfBits } from '../../src/engine/imports/typed-values.js';
import { type HostCall, type HostImport, i32, i64, type Value } from '../../src/index.js';

/** The fixed set of `HOST_FUNCTIONS`, written as a user of the engine would; `weight` distinguishes two sets. */
export function hostSet(weight: number): readonly HostImport[] {
  const bits = (value: Value | undefined) => (value !== undefined && 'bits' in value ? value.bits : 0);
  const row = (
    name: string,
    params: readonly Value['type'][],
    results: readonly Value['type'][],
    run: (call: HostCall, args: readonly Value[]) => ReturnType<Extract<HostImport, { cost?: number }>['run']>,
  ): HostImport => ({ module: 'env', name, type: { params, results }, cost: 5 * weight, run });
  const constants = Object.entries(HOST_GLOBALS).map(([name, { type, bits: own }]) => ({
    module: 'env',
    name,
    value: valueOfBits(type, typeof own === 'bigint' ? own : own + weight),
  }));
  return [
    ...constants,
    row('nothing', [], [], () => []),
    row('mix', ['i32', 'i64'], ['i64'], (_, [a, b]) => [i64(BigInt(bits(a)) ^ BigInt(bits(b)))]),
    row('weigh', ['f32', 'f64'], ['f64'], (_, [, y]) => [y!]),
    row('split', ['i64'], ['i32', 'f32'], (_, [x]) => {
      const low = Number(BigInt.asUintN(32, BigInt(bits(x))));
      return [i32(low | 0), { type: 'f32', bits: low }];
    }),
    row('note', ['f32', 'i32', 'f64'], [], () => []),
    row('poke', ['i32', 'i32'], ['i32'], ({ memory }, [address, byte]) => {
      const at = Number(bits(address));
      if (memory === undefined || at >= memory.byteLength) return [i32(-1)];
      const [before] = memory.read(at, 1);
      memory.write(at, Uint8Array.of(Number(bits(byte))));
      return [i32(before!)];
    }),
    row('fuel', [], ['i64'], (call) => [i64(BigInt(call.fuelLeft()))]),
    row('burn', ['i32'], [], (call, [units]) => (call.charge(Number(bits(units)) & 0xffff) ? [] : undefined)),
    row('stop', ['i32'], ['i32'], (_, [x]) =>
      (Number(bits(x)) & 3) === 1 ? { kind: 'short-circuited', payload: Uint8Array.of(Number(bits(x))) } : [x!],
    ),
  ];
}
