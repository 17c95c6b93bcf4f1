/**
 * Bits on which engines fail, by type, as unsigned bits: zeros, ones, extremes, values around the ranges of
 * conversions, denormals, infinities, NaN of both signs, quiet and signalling, with and without payload. Source:
 * WebAssembly 2.0, 2.2 "Values", 4.3 "Numerics".
 */

export const I32_EDGES: readonly number[] = [
  0, 1, 0xffffffff, 2, 3, 4, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7fff, 0x8000, 0xffff, 0x10000,
  0xfffc, 0xfff8, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffff8000, 0xffffff80, 0x00ffffff, 0x01000001,
  0x55555555, 0xaaaaaaaa, 0x12345678, 0x7fc00000, 0x7fa00000, 0x7ff80000,
];

export const I64_EDGES: readonly bigint[] = [
  0n,
  1n,
  0xffffffffffffffffn,
  2n,
  31n,
  32n,
  63n,
  64n,
  127n,
  128n,
  0x7fffn,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x1fffffffffffffn,
  0x20000000000001n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0x8000000000000001n,
  0xffffffff00000000n,
  0xffffffff80000000n,
  0xffffffff7fffffffn,
  0x0123456789abcdefn,
  0x7ff8000000000000n,
  0x7ff4000000000001n,
  0x4000004000000001n,
];

export const F32_EDGES: readonly number[] = [
  0x00000000, 0x80000000, 0x3f800000, 0xbf800000, 0x3f000000, 0xbf000000, 0x3fc00000, 0x40200000, 0xc0200000,
  // infinities, largest finite, smallest normal, largest and smallest denormal
  0x7f800000, 0xff800000, 0x7f7fffff, 0xff7fffff, 0x00800000, 0x80800000, 0x007fffff, 0x00000001, 0x80000001,
  // NaN: canonical, with payload, signalling
  0x7fc00000, 0xffc00000, 0x7fc00001, 0xffffffff, 0x7fa00000, 0x7f800001, 0xffa5a5a5,
  // around 2^23, 2^24, 2^31, 2^32, 2^63, 2^64
  0x4affffff, 0x4b000001, 0x4b7fffff, 0x4b800000, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x4f7fffff,
  0x4f800000, 0x5effffff, 0x5f000000, 0xdf000000, 0x5f7fffff, 0x5f800000, 0xbf7fffff, 0x3f7fffff,
];

export const F64_EDGES: readonly bigint[] = [
  0x0000000000000000n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x3fe0000000000000n,
  0xbfe0000000000000n,
  0x4004000000000000n,
  // infinities, largest finite, smallest normal, denormals
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7fefffffffffffffn,
  0xffefffffffffffffn,
  0x0010000000000000n,
  0x000fffffffffffffn,
  0x0000000000000001n,
  0x8000000000000001n,
  // NaN: canonical, with payload, signalling
  0x7ff8000000000000n,
  0xfff8000000000000n,
  0x7ff8000000000001n,
  0xffffffffffffffffn,
  0x7ff4000000000000n,
  0x7ff0000000000001n,
  0xfff4a5a5a5a5a5a5n,
  // around -1, 2^31, 2^32, 2^52, 2^53, 2^63, 2^64
  0xbfefffffffffffffn,
  0x41dfffffffc00000n,
  0x41e0000000000000n,
  0xc1e0000000000000n,
  0xc1e0000000200000n,
  0x41efffffffe00000n,
  0x41f0000000000000n,
  0x4330000000000001n,
  0x433fffffffffffffn,
  0x4340000000000000n,
  0x43dfffffffffffffn,
  0x43e0000000000000n,
  0xc3e0000000000000n,
  0xc3e0000000000001n,
  0x43efffffffffffffn,
  0x43f0000000000000n,
  // values that demote to the ends of f32
  0x47efffffefffffffn,
  0x47effffff0000000n,
  0x36a0000000000000n,
  0x3690000000000001n,
];
