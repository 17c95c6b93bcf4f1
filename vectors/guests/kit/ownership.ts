// The buffers that the guest owns until the call ends: its input, the host's answers, bytes made on the way. A list in
// the buffers' stead would need their first bytes, so it is kept apart, in blocks that are freed with what they name.

const LINK_BYTES: usize = 8;

let last: usize = 0; // the newest link: the buffer, then the link before

/** From now on `at` is freed when the call ends. */
export function own(at: usize): void {
  const link = heap.alloc(LINK_BYTES);
  store<usize>(link, at);
  store<usize>(link, last, 4);
  last = link;
}

/** Frees all that is owned. */
export function releaseAll(): void {
  while (last != 0) {
    const link = last;
    last = load<usize>(link, 4);
    heap.free(load<usize>(link));
    heap.free(link);
  }
}
