/**
 * Checks encoded points of edwards25519 by their bytes alone, without arithmetic on the curve. Source: RFC 8032, 5.1.3.
 */
import { fromHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';

const LAST = 31;
const SIGN = 0x80;

/** The y coordinates of the eight points of small order. */
const SMALL_ORDER: readonly Uint8Array[] = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map(fromHex);

/** y is at least the prime, 2^255 - 19. */
function isBeyondPrime(y: Uint8Array): boolean {
  return y[LAST] === 0x7f && y[0] >= 0xed && y.subarray(1, LAST).every((byte) => byte === 0xff);
}

/**
 * Whether 32 bytes are canonical and not a point of small order, regardless of the sign of x; they may still not encode
 * a point. The points with x = 0, which have a separate rule for the sign, are of small order.
 */
export function isOfUsefulOrder(encoding: Uint8Array): boolean {
  const y = encoding.slice();
  y[LAST] &= ~SIGN;
  return !isBeyondPrime(y) && !SMALL_ORDER.some((small) => sameBytes(y, small));
}
