// Memory by calls. The kit is compiled with the language's bump allocator (runtime "stub"), which frees nothing: a call of a
// zome is short, and Holochain discards the instance behind it. For a host that keeps the instance, everything is given
// back at once when no buffer is in use that crossed the boundary: memory is then what it was before the call. So
// nothing that a call allocates may be kept in a global for the next one.

const RUNTIME_STUB: i32 = 0;
const BLOCK_OVERHEAD: usize = 4; // a block's length lies before it (std/assembly/rt/common.ts)

let buffersInUse: i32 = 0; // the host's, and those that it gave to the guest
let given: i32 = 0; // of these, the ones that became the guest's in this call
let start: usize = 0; // the first block of all that is to be given back

/** A buffer for the host to fill. */
export function allocateForHost(bytes: usize): usize {
  if (ASC_RUNTIME != RUNTIME_STUB) ERROR('the kit needs "runtime": "stub" in asconfig.json');
  const at = heap.alloc(bytes);
  if (buffersInUse == 0) start = at;
  buffersInUse++;
  return at;
}

/** The host is done with a buffer. */
export function takeBack(): void {
  buffersInUse--;
  if (buffersInUse == 0) rewind();
}

/** The buffer belongs to the host from now on, until it gives it back. */
export function handOver(): void {
  buffersInUse++;
}

/** The host filled a buffer, which is the guest's until the call ends. */
export function accept(): void {
  given++;
}

/** The call is over: what the guest was given is in use no more. Its output must have been handed over. */
export function endCall(): void {
  buffersInUse -= given;
  given = 0;
}

// Only the last block can be freed, so the first is made to reach as far as the last and freed as that.
function rewind(): void {
  const end = heap.alloc(0);
  store<usize>(start - BLOCK_OVERHEAD, end + load<usize>(end - BLOCK_OVERHEAD) - start);
  heap.free(start);
}
