/**
 * The calling guest during a host call, as the byte ABI sees it: what the engine passes to a host function, and its
 * exports.
 */
import type { Guest, GuestCall } from '../boundary/guest.js';
import type { HostCall } from '../engine/imports/host-import.js';
import { i32, type Value } from '../wasm/value.js';

/** Exports of a module by name: `(i32,i32)->(i64)` for a function, `memory` and the like for anything else. */
export type ExportTypes = ReadonlyMap<string, string>;

function numberOf(value: Value | undefined): number | bigint | undefined {
  if (value === undefined || !('bits' in value)) return undefined;
  return typeof value.bits === 'bigint' ? BigInt.asIntN(64, value.bits) : Number(value.bits) | 0;
}

export class HostCallGuest implements Guest {
  /** @param perByte fuel for each transferred byte, charged to the part `host` */
  constructor(
    readonly hostCall: HostCall,
    readonly exportTypes: ExportTypes,
    readonly perByte: number,
  ) {}

  call(exportName: string, args: readonly number[]): GuestCall {
    const results = this.hostCall.call(
      exportName,
      args.map((arg) => i32(arg | 0)),
    );
    return results === undefined ? { ok: false } : { ok: true, value: numberOf(results[0]) };
  }

  memorySize(): number | undefined {
    return this.exportTypes.get('memory') === 'memory' ? this.hostCall.memory?.byteLength : undefined;
  }

  read(ptr: number, len: number): Uint8Array {
    return len === 0 ? new Uint8Array(0) : this.hostCall.memory!.read(ptr, len);
  }

  write(ptr: number, bytes: Uint8Array): void {
    if (bytes.length > 0) this.hostCall.memory!.write(ptr, bytes);
  }

  exportType(name: string): string | undefined {
    const type = this.exportTypes.get(name);
    return type?.startsWith('(') === true ? type : undefined;
  }

  charge(lengthBytes: number): boolean {
    return this.hostCall.charge(this.perByte * lengthBytes);
  }
}
