// The byte ABI between host and guest: the host allocates the input, the guest takes it over and frees it; the guest
// returns its output as one i64, pointer in the high half and length in the low half, and the host frees that.

import { Span } from './span';

export function __hc__allocate_1(length: i32): i32 {
  return <i32>heap.alloc(<usize>length);
}

export function __hc__deallocate_1(at: i32, _length: i32): void {
  heap.free(<usize>at);
}

export function packed(output: Span): i64 {
  return (<i64>output.at << 32) | <i64>output.length;
}
