/**
 * The byte ABI, guest to host: the input of an imported function is read from the guest, and its result is written
 * back.
 *
 * Invariant: as in `byte-abi.ts`, nothing the guest says is believed before it is checked against the memory as it is now,
 * nothing is copied before it is paid for, and after anything but a result the guest is not called again.
 *
 * Order (holochain-wasmer `crates/host/src/env.rs`, holochain `real_ribosome.rs::with_host_function`; docs/ABI.md, section 9):
 *   1. the import is called with (ptr, len) of a buffer that the guest leaked to the host; pay for it, copy it
 *   2. `__hc__deallocate_1(ptr, len)`: the guest takes the buffer back, before anything is decoded
 *   3. the input is decoded and the function runs
 *   4. the result is `Result<O, WasmError>`; pay for it, `q = __hc__allocate_1(n)`, the host fills the buffer
 *   5. the import returns `(q << 32) | n`: the buffer is the guest's, who frees it
 * A short circuit ends the whole call at 3. A real host traps where this one returns a breach.
 */
import { LIMITS_1 } from '../base/limits.js';
import {
  allocatorBreach,
  type BreachCode,
  DEALLOCATE,
  type GuestSlice,
  liesWithinMemory,
  packSlice,
  placeBytes,
} from './byte-abi.js';
import type { Guest } from './guest.js';

/** The result of the function. */
export type HostByteAnswer =
  /** MessagePack of `Result<O, WasmError>` */
  | { readonly kind: 'output'; readonly bytes: Uint8Array }
  /** the whole call ends with this payload */
  | { readonly kind: 'short-circuited'; readonly payload: Uint8Array };

export type HostByteCall =
  /** `packed` is the result of the imported function */
  | { readonly kind: 'answered'; readonly packed: bigint }
  | { readonly kind: 'short-circuited'; readonly payload: Uint8Array }
  | { readonly kind: 'breached'; readonly code: BreachCode }
  /** trapped or exhausted: the engine keeps the outcome */
  | { readonly kind: 'stopped' };

const STOPPED: HostByteCall = { kind: 'stopped' };

/** The bounds of an input, before it is paid for. */
function inputBreach(guest: Guest, slice: GuestSlice, payloadBytesMax: number): BreachCode | undefined {
  if (slice.ptr > 0x7fff_ffff) return 'host-input-pointer';
  if (slice.len > payloadBytesMax) return 'host-input-length';
  return liesWithinMemory(guest, slice) ? undefined : 'host-input-out-of-bounds';
}

/**
 * Serves one call of an imported function.
 * @param guest `charge` pays for the bytes of the input, then for those of the result
 * @param slice the arguments of the import, unsigned
 * @param answer runs the function on its input; undefined if the call has ended. Its output is no longer than the
 * limit.
 */
export function serveHostCall(
  guest: Guest,
  slice: GuestSlice,
  answer: (input: Uint8Array) => HostByteAnswer | undefined,
  payloadBytesMax: number = LIMITS_1.payloadBytes,
): HostByteCall {
  const code = allocatorBreach(guest) ?? inputBreach(guest, slice, payloadBytesMax);
  if (code !== undefined) return { kind: 'breached', code };
  if (!guest.charge(slice.len)) return STOPPED;
  const input = guest.read(slice.ptr, slice.len);
  if (!guest.call(DEALLOCATE, [slice.ptr, slice.len]).ok) return STOPPED;
  const answered = answer(input);
  if (answered === undefined) return STOPPED;
  if (answered.kind === 'short-circuited') return answered;
  const { bytes } = answered;
  if (!guest.charge(bytes.length)) return STOPPED;
  const placed = placeBytes(guest, bytes);
  if (placed.kind === 'placed') return { kind: 'answered', packed: packSlice({ ptr: placed.ptr, len: bytes.length }) };
  return placed.kind === 'breached' ? placed : STOPPED;
}
