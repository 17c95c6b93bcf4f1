// The byte ABI between host and guest. A call of the host: it allocates the input, which is the guest's from then on; the
// guest returns its output as one i64, pointer in the high half and length in the low half, and the host frees that. A call
// of a host function is the same the other way round: the host frees what it was given, the answer is the guest's.

import { accept, allocateForHost, endCall, handOver, takeBack } from './arena';
import { failUndecodable, forgetFaults } from './fault';
import { Kind, Reader, isWellFormed } from './message-pack-reader';
import { Span } from './span';
import { outputOf } from './validation-result';

export function __hc__allocate_1(length: i32): i32 {
  return <i32>allocateForHost(<usize>length);
}

export function __hc__deallocate_1(_at: i32, _length: i32): void {
  takeBack();
}

/** Opens a call: the MessagePack inside the input's ExternIO, its framing checked, or null when the call has failed. */
export function begin(at: i32, length: i32): Span | null {
  forgetFaults();
  accept();
  return externBytes(new Span(<usize>at, <u32>length));
}

/** Closes the call with the MessagePack of its result, or with the fault there was. */
export function end(result: Span): i64 {
  const output = outputOf(result);
  handOver();
  endCall();
  forgetFaults();
  return (<i64>output.at << 32) | <i64>output.length;
}

// What the ExternIO holds, its framing checked; null when that, or the ExternIO, is malformed.
function externBytes(input: Span): Span | null {
  const inner = binaryIn(input);
  if (inner !== null && isWellFormed(inner)) return inner;
  failUndecodable(inner === null ? input : inner);
  return null;
}

function binaryIn(input: Span): Span | null {
  if (!isWellFormed(input)) return null;
  const reader = new Reader(input);
  return reader.kind() == Kind.Binary ? reader.readBytes() : null;
}

export function nothing(): Span {
  return new Span(0, 0);
}
