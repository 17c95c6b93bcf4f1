/**
 * The byte ABI, host to guest: serialized bytes in, serialized bytes out, by way of the guest's own allocator.
 *
 * Invariant: nothing the guest returns is believed before it is checked against the memory as it is now, nothing is copied
 * before it is paid for, and after anything but success the guest is not called again. The outcome depends on the guest
 * and the payload alone.
 *
 * Order (holochain-wasmer `crates/host/src/guest.rs::call`; docs/ABI.md, section 2), and who owns what:
 *   1. charge the payload, `p = __hc__allocate_1(len)`: the guest leaks a buffer to the host
 *   2. the host fills it, calls `export(p, len)`: the buffer is the guest's again, who frees it. The host never does.
 *   3. the result is `(ptr << 32) | len` of a buffer leaked to the host; charge it, copy it
 *   4. the bytes must be `Result<ExternIO, WasmError>`; if not, the call ends here, without deallocate
 *   5. `__hc__deallocate_1(ptr, len)`: the guest takes the buffer back. A trap here fails the call.
 *
 * Quirks kept from the real host: a pointer of 2 GiB or more is a breach whatever the memory's size (it converts i32 to
 * u32, and i64 to u64, with a check of the sign); the input buffer may lie anywhere in memory, at 0 too, and may overlap
 * what it likes: it is the guest's memory. Own rules: an output longer than the payload limit is a breach; without an exported
 * memory no buffer lies within it, not even an empty one.
 */
import { LIMITS_1 } from '../base/limits.js';
import type { Guest } from './guest.js';

export const ALLOCATE = '__hc__allocate_1';
export const DEALLOCATE = '__hc__deallocate_1';

const ALLOCATE_TYPE = '(i32)->(i32)';
const DEALLOCATE_TYPE = '(i32,i32)->()';
const BYTE_EXPORT_TYPE = '(i32,i32)->(i64)';

/** All ways in which a guest can break the byte ABI, with their meaning. */
export const BREACHES = {
  'allocate-missing': 'the guest exports no function __hc__allocate_1',
  'allocate-type': 'the type of __hc__allocate_1 is not (i32) -> (i32)',
  'deallocate-missing': 'the guest exports no function __hc__deallocate_1',
  'deallocate-type': 'the type of __hc__deallocate_1 is not (i32, i32) -> ()',
  'export-type': 'the type of the called export is not (i32, i32) -> (i64)',
  'input-pointer': '__hc__allocate_1 returned a pointer of 2 GiB or more',
  'input-out-of-bounds': 'the buffer that __hc__allocate_1 returned does not lie within the memory',
  'output-pointer': 'the called export returned a pointer of 2 GiB or more',
  'output-length': 'the output is longer than the payload limit',
  'output-out-of-bounds': 'the output does not lie within the memory',
  'output-undecodable': 'the output is not the MessagePack of Result<ExternIO, WasmError>',
  'host-input-pointer': 'a host call passed a pointer of 2 GiB or more',
  'host-input-length': 'the input of a host call is longer than the payload limit',
  'host-input-out-of-bounds': 'the input of a host call does not lie within the memory',
} as const satisfies Readonly<Record<string, string>>;

export type BreachCode = keyof typeof BREACHES;

export type ByteCall =
  /** `output` is everything that the guest returned, not yet decoded */
  | { readonly kind: 'returned'; readonly output: Uint8Array }
  | { readonly kind: 'breached'; readonly code: BreachCode }
  /** trapped, exhausted or short-circuited: the engine keeps the outcome */
  | { readonly kind: 'stopped' };

/** A mistake of the caller, not of the guest: reported before anything runs, without receipt. */
export type ByteCallFault =
  | { readonly code: 'no-such-export' }
  | { readonly code: 'payload-too-long'; readonly lengthBytes: number; readonly payloadBytesMax: number };

export interface ByteCallOptions {
  /** longest payload and longest output; default the one of `limits-1` */
  readonly payloadBytesMax?: number;
  /** whether the output is what step 4 requires */
  readonly isDecodable: (output: Uint8Array) => boolean;
}

/** A mistake of the caller, or undefined. Call this before the call and its receipt begin. */
export function checkByteCall(
  guest: Pick<Guest, 'exportType'>,
  exportName: string,
  payload: Uint8Array,
  payloadBytesMax = LIMITS_1.payloadBytes,
): ByteCallFault | undefined {
  if (guest.exportType(exportName) === undefined) return { code: 'no-such-export' };
  if (payload.length <= payloadBytesMax) return undefined;
  return { code: 'payload-too-long', lengthBytes: payload.length, payloadBytesMax };
}

function breached(code: BreachCode): ByteCall {
  return { kind: 'breached', code };
}

const STOPPED: ByteCall = { kind: 'stopped' };

/** Whether the guest has an allocator: the first of its two exports that is missing or of the wrong type. */
export function allocatorBreach(guest: Pick<Guest, 'exportType'>): BreachCode | undefined {
  const allocate = guest.exportType(ALLOCATE);
  if (allocate === undefined) return 'allocate-missing';
  if (allocate !== ALLOCATE_TYPE) return 'allocate-type';
  const deallocate = guest.exportType(DEALLOCATE);
  if (deallocate === undefined) return 'deallocate-missing';
  return deallocate === DEALLOCATE_TYPE ? undefined : 'deallocate-type';
}

/** The first export of the ABI that is missing or of the wrong type. Checked before anything runs. */
function exportBreach(guest: Guest, exportName: string): BreachCode | undefined {
  const typed = guest.exportType(exportName) === BYTE_EXPORT_TYPE;
  return allocatorBreach(guest) ?? (typed ? undefined : 'export-type');
}

/** A pair that a guest returned, as unsigned numbers. */
export interface GuestSlice {
  readonly ptr: number;
  readonly len: number;
}

/** Packs as guests and hosts do: pointer in the high half. The result is a signed i64. */
export function packSlice({ ptr, len }: GuestSlice): bigint {
  return BigInt.asIntN(64, (BigInt(ptr) << 32n) | BigInt(len));
}

/** Splits a packed i64 (signed or not). */
export function unpackSlice(packed: bigint): GuestSlice {
  return { ptr: Number(BigInt.asUintN(32, packed >> 32n)), len: Number(BigInt.asUintN(32, packed)) };
}

/** Whether a slice is within the exported memory. Without a memory none is, not even an empty one. */
export function liesWithinMemory(guest: Pick<Guest, 'memorySize'>, { ptr, len }: GuestSlice): boolean {
  const size = guest.memorySize();
  return size !== undefined && ptr + len <= size;
}

/**
 * Requests a buffer from the guest and fills it: step 1 and half of 2, and the return of a host call's result. The
 * caller has checked the types of the exports and paid for the bytes.
 */
export function placeBytes(
  guest: Guest,
  bytes: Uint8Array,
): ByteCall | { readonly kind: 'placed'; readonly ptr: number } {
  const allocated = guest.call(ALLOCATE, [bytes.length]);
  if (!allocated.ok) return STOPPED;
  const ptr = allocated.value as number;
  if (ptr < 0) return breached('input-pointer');
  if (!liesWithinMemory(guest, { ptr, len: bytes.length })) return breached('input-out-of-bounds');
  guest.write(ptr, bytes);
  return { kind: 'placed', ptr };
}

/** Checks, pays for and copies what the guest returned: step 3. */
function takeBytes(guest: Guest, slice: GuestSlice, payloadBytesMax: number): ByteCall {
  const { ptr, len } = slice;
  if (ptr > 0x7fff_ffff) return breached('output-pointer');
  if (len > payloadBytesMax) return breached('output-length');
  if (!liesWithinMemory(guest, slice)) return breached('output-out-of-bounds');
  if (!guest.charge(len)) return STOPPED;
  return { kind: 'returned', output: guest.read(ptr, len) };
}

/**
 * Calls an export of the byte ABI.
 * @param payload the bytes that are written into guest memory: for callbacks and zome functions the MessagePack `bin`
 * of the input's MessagePack (`ExternIO`)
 * @throws RangeError for a payload that `checkByteCall` refuses
 */
export function callByteExport(
  guest: Guest,
  exportName: string,
  payload: Uint8Array,
  { payloadBytesMax = LIMITS_1.payloadBytes, isDecodable }: ByteCallOptions,
): ByteCall {
  const fault = checkByteCall(guest, exportName, payload, payloadBytesMax);
  if (fault !== undefined) throw new RangeError(`${exportName}: ${fault.code}`);
  const breach = exportBreach(guest, exportName);
  if (breach !== undefined) return breached(breach);
  if (!guest.charge(payload.length)) return STOPPED;
  const placed = placeBytes(guest, payload);
  if (placed.kind !== 'placed') return placed;
  const called = guest.call(exportName, [placed.ptr, payload.length]);
  if (!called.ok) return STOPPED;
  const slice = unpackSlice(called.value as bigint);
  const taken = takeBytes(guest, slice, payloadBytesMax);
  if (taken.kind !== 'returned') return taken;
  if (!isDecodable(taken.output)) return breached('output-undecodable');
  return guest.call(DEALLOCATE, [slice.ptr, slice.len]).ok ? taken : STOPPED;
}
