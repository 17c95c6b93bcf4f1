/** An instance as the byte ABI sees it (`boundary/guest.ts`): calls by export name, memory by bounds the caller checked. */
import type { Guest, GuestCall } from '../boundary/guest.js';
import type { GuestInstance } from '../machine/instance.js';
import type { Bits } from '../machine/outcome.js';
import { dynamicCharge, type Rate } from '../metering/schedule.js';
import { type Export, typeOfFunction } from '../wasm/module.js';
import { functionTypeText, ValueType } from '../wasm/types.js';

/**
 * @param rates what bytes cost, by direction: the first charge of a byte call is for its input, the second for its output
 */
export class ByteGuest implements Guest {
  readonly #rates: Rate[];

  constructor(
    readonly instance: GuestInstance,
    readonly exports: ReadonlyMap<string, Export>,
  ) {
    const { boundaryIn, boundaryOut } = instance.store.schedule.rates;
    this.#rates = [boundaryIn, boundaryOut];
  }

  call(exportName: string, args: readonly number[]): GuestCall {
    if (this.instance.store.gauge.stop !== undefined) return { ok: false };
    const { index } = this.exports.get(exportName)!;
    const outcome = this.instance.invoke(index, args);
    if (outcome.kind !== 'returned') return { ok: false };
    const type = typeOfFunction(this.instance.metered.module, index).results[0];
    return { ok: true, value: type === undefined ? undefined : signed(type, outcome.results[0]!) };
  }

  memorySize(): number {
    return this.#memory()?.byteLength ?? 0;
  }

  read(ptr: number, len: number): Uint8Array {
    return this.#memory()!.bytes.slice(ptr, ptr + len);
  }

  write(ptr: number, bytes: Uint8Array): void {
    this.#memory()?.bytes.set(bytes, ptr);
  }

  exportType(name: string): string | undefined {
    return exportTypeOf(this.instance.metered.module, this.exports, name);
  }

  charge(lengthBytes: number): boolean {
    const rate = this.#rates.shift()!;
    return this.instance.store.gauge.charge('boundary', dynamicCharge(rate, lengthBytes));
  }

  #memory() {
    return this.exports.get('memory')?.kind === 'memory' ? this.instance.memory : undefined;
  }
}

function signed(type: ValueType, bits: Bits): number | bigint {
  return type === ValueType.I64 ? BigInt.asIntN(64, BigInt(bits)) : Number(bits) | 0;
}

/** The type of an exported function as `boundary` writes it, without blanks. */
export function exportTypeOf(
  module: Parameters<typeof typeOfFunction>[0],
  exports: ReadonlyMap<string, Export>,
  name: string,
): string | undefined {
  const item = exports.get(name);
  if (item?.kind !== 'function') return undefined;
  return functionTypeText(typeOfFunction(module, item.index)).replaceAll(' ', '');
}
