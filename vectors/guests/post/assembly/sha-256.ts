// SHA-256 (FIPS 180-4), fed in pieces. One hash at a time: state and schedule are static memory.

import { Span } from '../../kit';

const BLOCK_BYTES: u32 = 64;
export const DIGEST_BYTES: u32 = 32;

// prettier-ignore
const INITIAL = memory.data<u32>([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

// prettier-ignore
const CONSTANTS = memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

const STATE = memory.data(32, 4);
const SCHEDULE = memory.data(256, 4);
const BLOCK = memory.data(64, 4);
const DIGEST = memory.data(32, 4);
const NUMBER = memory.data(8, 8); // a number on its way into the hash

@final
export class Sha256 {
  private hashed: u64 = 0; // bytes taken in so far
  private pending: u32 = 0; // of these, bytes waiting in BLOCK

  constructor() {
    memory.copy(STATE, INITIAL, 32);
  }

  update(bytes: Span): this {
    let at = bytes.at;
    const end = bytes.end;
    this.hashed += bytes.length;
    while (at < end) {
      const taken = min(BLOCK_BYTES - this.pending, <u32>(end - at));
      memory.copy(BLOCK + this.pending, at, taken);
      at += taken;
      this.pending += taken;
      if (this.pending == BLOCK_BYTES) this.flush();
    }
    return this;
  }

  updateU8(value: u8): this {
    store<u8>(NUMBER, value);
    return this.update(new Span(NUMBER, 1));
  }

  /** Little-endian, four bytes. */
  updateU32(value: u32): this {
    store<u32>(NUMBER, value);
    return this.update(new Span(NUMBER, 4));
  }

  /** Little-endian, eight bytes. */
  updateI64(value: i64): this {
    store<i64>(NUMBER, value);
    return this.update(new Span(NUMBER, 8));
  }

  /** The digest, in static memory until the next hash. */
  finish(): Span {
    const bits = this.hashed * 8;
    store<u8>(BLOCK + this.pending, 0x80);
    this.pending += 1;
    if (this.pending > 56) {
      memory.fill(BLOCK + this.pending, 0, BLOCK_BYTES - this.pending);
      this.flush();
    }
    memory.fill(BLOCK + this.pending, 0, 56 - this.pending);
    store<u64>(BLOCK, bswap<u64>(bits), 56);
    this.flush();
    for (let i: usize = 0; i < 32; i += 4) store<u32>(DIGEST + i, bswap<u32>(load<u32>(STATE + i)));
    return new Span(DIGEST, DIGEST_BYTES);
  }

  private flush(): void {
    compress();
    this.pending = 0;
  }
}

function compress(): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(SCHEDULE + i, bswap<u32>(load<u32>(BLOCK + i)));
  for (let i: usize = 64; i < 256; i += 4) {
    const before15 = load<u32>(SCHEDULE + i - 60);
    const before2 = load<u32>(SCHEDULE + i - 8);
    const s0 = rotr<u32>(before15, 7) ^ rotr<u32>(before15, 18) ^ (before15 >> 3);
    const s1 = rotr<u32>(before2, 17) ^ rotr<u32>(before2, 19) ^ (before2 >> 10);
    store<u32>(SCHEDULE + i, load<u32>(SCHEDULE + i - 64) + s0 + load<u32>(SCHEDULE + i - 28) + s1);
  }

  let a = load<u32>(STATE, 0);
  let b = load<u32>(STATE, 4);
  let c = load<u32>(STATE, 8);
  let d = load<u32>(STATE, 12);
  let e = load<u32>(STATE, 16);
  let f = load<u32>(STATE, 20);
  let g = load<u32>(STATE, 24);
  let h = load<u32>(STATE, 28);
  for (let i: usize = 0; i < 256; i += 4) {
    const s1 = rotr<u32>(e, 6) ^ rotr<u32>(e, 11) ^ rotr<u32>(e, 25);
    const t1 = h + s1 + ((e & f) ^ (~e & g)) + load<u32>(CONSTANTS + i) + load<u32>(SCHEDULE + i);
    const s0 = rotr<u32>(a, 2) ^ rotr<u32>(a, 13) ^ rotr<u32>(a, 22);
    const t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  add(0, a);
  add(4, b);
  add(8, c);
  add(12, d);
  add(16, e);
  add(20, f);
  add(24, g);
  add(28, h);
}

function add(offset: usize, word: u32): void {
  store<u32>(STATE + offset, load<u32>(STATE + offset) + word);
}
