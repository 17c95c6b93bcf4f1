// How requests come in and what became of them goes out: records of 24 bytes in one buffer. A record is the object's id (u64), its
// size in bytes (u32), 1 where it was a hit and 0 where not (u32, written here), and its load price (f64).
const CAPACITY: u32 = 4096;
const RECORD_BYTES: usize = 24;
const SIZE: usize = 8;
const HIT: usize = 12;
const PRICE: usize = 16;

const records: usize = heap.alloc(<usize>CAPACITY * RECORD_BYTES);

/** Address of the records. */
export function buffer(): usize {
  return records;
}

/** Records that the buffer has room for. */
export function capacity(): u32 {
  return CAPACITY;
}

/** Has the policy take so many requests; returns the hits. */
export function take<P>(policy: P, count: u32): u32 {
  if (count > CAPACITY) unreachable();
  let hits: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = records + <usize>i * RECORD_BYTES;
    const isHit = <u32>policy.request(load<u64>(at), load<u32>(at, SIZE), load<f64>(at, PRICE));
    store<u32>(at, isHit, HIT);
    hits += isHit;
  }
  return hits;
}
