// The first thing that went wrong in a call. There are no exceptions in a guest, so a reader or a host function that fails
// notes the fault here and gives something empty; whatever the zome then answers, the call ends with the fault. So
// nothing is ever valid because a check was forgotten.
//
// Two sorts: content that the zome refuses ends as Invalid(reason), which is a verdict; an error is handed to the host as
// WasmError and is none.

import { Writer } from './message-pack-writer';
import { Span } from './span';

let reason: string | null = null;
let error: Span | null = null; // MessagePack of a WasmError

export function forgetFaults(): void {
  reason = null;
  error = null;
}

/** Whether the call is already lost, so that going on is a waste. */
export function hasFailed(): bool {
  return reason !== null || error !== null;
}

/** The call ends as Invalid with this reason. */
export function refuse(why: string): void {
  if (!hasFailed()) reason = why;
}

/** The call ends with a WasmError, given as MessagePack. */
export function failWith(wasmError: Span): void {
  if (!hasFailed()) error = wasmError;
}

/** The call ends with the error that these bytes could not be read. */
export function failUndecodable(bytes: Span): void {
  if (!hasFailed()) failWith(wasmErrorHead().mapOf(1).string('Deserialize').binary(bytes).take());
}

// The place of an error is that of this kit; `file` is what Holochain 0.3 to 0.6 calls it.
function wasmErrorHead(): Writer {
  return new Writer().mapOf(3).string('file').string('kit').string('line').unsigned(0).string('error');
}

export function faultReason(): string | null {
  return reason;
}

export function faultError(): Span | null {
  return error;
}
