/** Operands on which numeric code typically fails, as unsigned bits, and arbitraries that prefer them. */

import fc from 'fast-check';

export type Width = 32 | 64;

/** Zero, every power of two, both its neighbours, and the negatives of all of them. */
export function integerEdges(width: Width): readonly bigint[] {
  const edges = new Set<bigint>();
  for (let k = 0n; k <= BigInt(width); k++) {
    for (const delta of [-1n, 0n, 1n]) {
      edges.add(BigInt.asUintN(width, (1n << k) + delta));
      edges.add(BigInt.asUintN(width, -(1n << k) + delta));
    }
  }
  return [...edges];
}

/** Zeros, subnormals, normals at both ends, ties, integers near the ranges of `trunc`, infinities, NaN quiet and signalling; both signs. */
export function floatEdges(width: Width): readonly bigint[] {
  const fractionBits = width === 32 ? 23n : 52n;
  const signBit = 1n << BigInt(width - 1);
  const infinity = width === 32 ? 0x7f800000n : 0x7ff0000000000000n;
  const one = width === 32 ? 0x3f800000n : 0x3ff0000000000000n;
  const leastNormal = 1n << fractionBits;
  const magnitudes = new Set<bigint>([0n, 1n, 2n, 3n, leastNormal >> 1n, infinity]);
  for (const payload of [
    1n,
    2n,
    (leastNormal >> 1n) - 1n,
    leastNormal >> 1n,
    (leastNormal >> 1n) + 1n,
    leastNormal - 1n,
  ]) {
    magnitudes.add(infinity + payload);
  }
  for (const power of [
    -126n,
    -2n,
    -1n,
    0n,
    1n,
    2n,
    22n,
    23n,
    24n,
    30n,
    31n,
    32n,
    51n,
    52n,
    53n,
    62n,
    63n,
    64n,
    126n,
    127n,
  ]) {
    const bits = one + (power << fractionBits);
    for (const delta of [
      -2n,
      -1n,
      0n,
      1n,
      2n,
      leastNormal >> 1n,
      (leastNormal >> 1n) + 1n,
      leastNormal >> 2n,
      leastNormal - 1n,
    ]) {
      magnitudes.add(bits + delta);
    }
  }
  magnitudes.add(leastNormal - 1n);
  magnitudes.add(leastNormal);
  magnitudes.add(infinity - 1n);
  // Integers and halves, where rounding to an integer changes, and the ends of the i32 ranges as exact doubles.
  const view = new DataView(new ArrayBuffer(8));
  for (const x of [
    0.25, 0.5, 0.75, 1.5, 2.5, 3.5, 4.5, 2147483647, 2147483647.5, 2147483648.5, 2147483649, 4294967295, 4294967295.5,
  ]) {
    if (width === 32) view.setFloat32(0, x);
    else view.setFloat64(0, x);
    magnitudes.add(width === 32 ? BigInt(view.getUint32(0)) : view.getBigUint64(0));
  }
  return [...magnitudes].flatMap((bits) => [bits, bits | signBit]);
}

/** Any bits, integers of every length, or an edge. */
export function bitsArbitrary(width: Width, edges: readonly bigint[]): fc.Arbitrary<bigint> {
  const any = fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });
  const anyLength = fc.tuple(any, fc.integer({ min: 0, max: width - 1 })).map(([bits, n]) => bits >> BigInt(n));
  return fc.oneof(any, anyLength, fc.constantFrom(...edges));
}
