/** An instance as the byte ABI sees it (`boundary/guest.ts`): calls by export name, memory by bounds the caller checked. */
import type { Guest, GuestCall } from '../../boundary/guest.js';
import type { GuestInstance } from '../../machine/instance.js';
import type { Bits } from '../../machine/outcome.js';
import { dynamicCharge, type Rate } from '../../metering/schedule.js';
import { type Module, typeOfFunction } from '../../wasm/module.js';
import { functionTypeText, ValueType } from '../../wasm/types.js';
import { ExportsByName } from '../imports/exports-by-name.js';

/**
 * @param rates what bytes cost, by direction: the first charge of a byte call is for its input, the second for its output
 */
export class ByteGuest implements Guest {
  readonly #rates: Rate[];

  constructor(
    readonly instance: GuestInstance,
    readonly types: ExportTypes,
    /** receives a view of the written bytes in memory */
    readonly written: (bytes: Uint8Array) => void,
  ) {
    const { boundaryIn, boundaryOut } = instance.store.schedule.rates;
    this.#rates = [boundaryIn, boundaryOut];
  }

  call(exportName: string, args: readonly number[]): GuestCall {
    if (this.instance.store.gauge.stop !== undefined) return { ok: false };
    const { index } = this.types.exports.get(exportName)!;
    const outcome = this.instance.invoke(index, args);
    if (outcome.kind !== 'returned') return { ok: false };
    const type = typeOfFunction(this.instance.metered.module, index).results[0];
    return { ok: true, value: type === undefined ? undefined : signed(type, outcome.results[0]) };
  }

  memorySize(): number | undefined {
    return this.#memory()?.byteLength;
  }

  read(ptr: number, len: number): Uint8Array {
    return this.#memory()!.bytes.slice(ptr, ptr + len);
  }

  write(ptr: number, bytes: Uint8Array): void {
    const memory = this.#memory()!;
    memory.write(ptr, bytes);
    this.written(memory.bytes.subarray(ptr, ptr + bytes.length));
  }

  exportType(name: string): string | undefined {
    return this.types.of(name);
  }

  charge(lengthBytes: number): boolean {
    const rate = this.#rates.shift()!;
    return this.instance.store.gauge.charge('boundary', dynamicCharge(rate, lengthBytes));
  }

  #memory() {
    return this.types.exports.get('memory')?.kind === 'memory' ? this.instance.memory : undefined;
  }
}

function signed(type: ValueType, bits: Bits): number | bigint {
  return type === ValueType.I64 ? BigInt.asIntN(64, BigInt(bits)) : Number(bits) | 0;
}

/** The exports of a module by name, and the types of its functions in the form of `boundary`: without spaces. */
export class ExportTypes {
  readonly exports: ExportsByName;
  readonly #texts = new Map<string, string>();

  constructor(readonly module: Module) {
    this.exports = new ExportsByName(module);
  }

  /** Undefined if there is no such function. */
  of(name: string): string | undefined {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const item = this.exports.get(name);
    if (item?.kind !== 'function') return undefined;
    const text = functionTypeText(typeOfFunction(this.module, item.index)).replaceAll(' ', '');
    this.#texts.set(name, text);
    return text;
  }
}
