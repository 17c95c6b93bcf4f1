/**
 * The Ed25519 of a host that can be asked at once: `node:crypto` in Node, Deno and Bun. Those of browsers answer later, so there
 * is none there.
 *
 * Invariant: a yes means the cofactorless equation holds, with `R` compared byte for byte (OpenSSL `ossl_ed25519_verify`, BoringSSL
 * `ED25519_verify`); a no, or a host that fails its trial, means nothing.
 */
import { fromHex, toHex, utf8 } from '../base/hash.js';

type Verify = (key: Uint8Array, signature: Uint8Array, data: Uint8Array) => boolean;

/** What is used of `node:crypto`. */
export interface HostCrypto {
  createPublicKey(of: { readonly key: Uint8Array; readonly format: 'der'; readonly type: 'spki' }): object;
  verify(algorithm: null, data: Uint8Array, key: object, signature: Uint8Array): unknown;
}

/** What precedes the 32 bytes of a key in a SubjectPublicKeyInfo. RFC 8410, section 4. */
const KEY_HEAD = fromHex('302a300506032b6570032100');
/** Keys whose objects are kept: one takes nearly as long to make as a verification. */
const KEYS_MAX = 256;

/** RFC 8032, 7.1, test 2. */
const TRIAL = {
  key: fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c'),
  data: utf8('r'),
  signature: fromHex(
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ),
};

let found: { readonly verify: Verify | undefined } | undefined;

/** Whether the host itself finds the signature right. */
export function hostVerifies(key: Uint8Array, signature: Uint8Array, data: Uint8Array): boolean {
  found ??= { verify: triedOut(hostCrypto()) };
  return found.verify?.(key, signature, data) ?? false;
}

function hostCrypto(): HostCrypto | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function') return undefined;
  return process.getBuiltinModule('node:crypto') as unknown as HostCrypto;
}

/** The host's verification, if it accepts what it must and refuses another text. */
export function triedOut(crypto: HostCrypto | undefined): Verify | undefined {
  if (crypto === undefined) return undefined;
  const { createPublicKey, verify: run } = crypto;
  const keys = new Map<string, object>();
  const keyOf = (key: Uint8Array): object => {
    const name = toHex(key);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const der = new Uint8Array([...KEY_HEAD, ...key]);
    const made = createPublicKey({ key: der, format: 'der', type: 'spki' });
    if (keys.size >= KEYS_MAX) keys.clear();
    keys.set(name, made);
    return made;
  };
  const verify: Verify = (key, signature, data) => {
    try {
      return run(null, data, keyOf(key), signature) === true;
    } catch {
      // A key that the host cannot read, or an algorithm that it does not have: the caller decides without it.
      return false;
    }
  };
  const { key, data, signature } = TRIAL;
  return verify(key, signature, data) && !verify(key, signature, utf8('s')) ? verify : undefined;
}
