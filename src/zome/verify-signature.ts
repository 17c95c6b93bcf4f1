/**
 * Ed25519 verification as the real host does it: libsodium's `crypto_sign_verify_detached`, not the laxer ZIP 215.
 *
 * Invariant: one result for every 32 + 64 + n bytes. The scalar must be canonical, the key a canonical point that is
 * not of small order, and `R` byte for byte the encoding of `s B - k A`, itself not of small order (cofactorless
 * equation). Rules differ between libraries exactly where an attacker would look, so they are explicit here and not
 * left to a default.
 *
 * A host's own Ed25519 decides if its verdict can only be that of the equation, for a key and an `R` that pass the
 * other rules: it takes a tenth of the time. Everything else is decided here.
 *
 * Source: RFC 8032, 5.1.7; libsodium `sign/ed25519/ref10/open.c`; holochain `host_fn/verify_signature.rs`.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { sameBytes } from '../base/same-bytes.js';
import { isOfUsefulOrder } from './curve-encoding.js';
import { hostVerdict } from './host-ed25519.js';

/** Order of the base point. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

type CurvePoint = InstanceType<typeof ed25519.Point>;

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let at = bytes.length - 1; at >= 0; at -= 1) value = (value << 8n) | BigInt(bytes[at]);
  return value;
}

/** The point that canonical bytes encode, unless it is of small order. */
function keyPoint(key: Uint8Array): CurvePoint | undefined {
  try {
    const point = ed25519.Point.fromBytes(key, false);
    return point.isSmallOrder() ? undefined : point;
  } catch (error) {
    // The library throws for bytes that are not a point; nothing else can fail here.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/**
 * @param key 32 bytes
 * @param signature 64 bytes: R, then s little endian
 */
export function verifySignature(key: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean {
  const isPlain = isOfUsefulOrder(key) && isOfUsefulOrder(signature.subarray(0, 32));
  const verdict = isPlain ? hostVerdict(key, signature, data) : undefined;
  return verdict ?? verifyInJavaScript(key, signature, data);
}

/** `verifySignature` without the host's Ed25519. */
export function verifyInJavaScript(key: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= ORDER) return false;
  const a = keyPoint(key);
  if (a === undefined) return false;
  const k = littleEndian(sha512.create().update(r).update(key).update(data).digest()) % ORDER;
  const expected = ed25519.Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
  return !expected.isSmallOrder() && sameBytes(expected.toBytes(), r);
}
