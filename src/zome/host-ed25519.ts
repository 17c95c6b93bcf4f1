/**
 * The host's synchronous Ed25519: `node:crypto` in Node, Deno and Bun. In browsers it is asynchronous, so it is not
 * used.
 *
 * Invariant: a verdict is that of the cofactorless equation for a canonical scalar, with `R` compared byte for byte
 * (OpenSSL `ossl_ed25519_verify`, BoringSSL `ED25519_verify`). A host with a different equation fails the trials and is
 * not used; if it fails on a signature, or rejects one that it must accept right after a rejection, there is no
 * verdict.
 */
import { fromHex, toHex, utf8 } from '../base/hash.js';

type Signed = readonly [key: Uint8Array, signature: Uint8Array, data: Uint8Array];

/** Undefined if the host cannot decide. */
export type HostVerdict = (...signed: Signed) => boolean | undefined;

/** The part of `node:crypto` in use. */
export interface HostCrypto {
  createPublicKey(of: { readonly key: Uint8Array; readonly format: 'der'; readonly type: 'spki' }): object;
  verify(algorithm: null, data: Uint8Array, key: object, signature: Uint8Array): unknown;
}

/** The bytes before the 32 bytes of a key in a SubjectPublicKeyInfo. RFC 8410, section 4. */
const KEY_HEAD = fromHex('302a300506032b6570032100');
/** Maximum cached key objects: creating one takes nearly as long as a verification. */
const KEYS_MAX = 256;

interface Trial {
  readonly signed: Signed;
  readonly verdict: boolean;
}

function trial(key: string, text: string, signature: string, verdict: boolean): Trial {
  return { signed: [fromHex(key), fromHex(signature), utf8(text)], verdict };
}

/** The secret scalar is 5, the point of order 8 with the smallest canonical encoding is added to its public key. */
const MIXED_KEY = '131604d01865fbedf9f662d25311c68a197cf286f2683724873a147fed6ada35';
/** RFC 8032, 7.1, test 2: the text is 'r'. */
const RFC_KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const RFC_R = '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da';
const RFC_S = '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00';

const ACCEPTED = trial(RFC_KEY, 'r', RFC_R + RFC_S, true);

const TRIALS: readonly Trial[] = [
  ACCEPTED,
  trial(RFC_KEY, 's', RFC_R + RFC_S, false),
  // The same scalar plus the order of the base point.
  trial(RFC_KEY, 'r', `${RFC_R}f52db7415978abc61b2c2eb6aeebfca0387b2eaeb4302aeeb00d291612bb0c10`, false),
  // The equation holds without the cofactor.
  trial(
    MIXED_KEY,
    'r',
    '699af520bf9a33d872d5026e09b53a799db2922f6e1040b71ea3572f284a9fd5264aa27f4974415c57c7a050157ab7527560762410d517d53172c0fea50ee302',
    true,
  ),
  // It holds only with the cofactor.
  trial(
    MIXED_KEY,
    'r',
    'd4b4f5784868c3020403246717ec169ff79e26608ea126a1ab69ee77d1b16712b5e8485580eee5960a23cb9293b94ca63bbfd28cf44e61f239d16956caa1570d',
    false,
  ),
];

let found: { readonly verdict: HostVerdict | undefined } | undefined;

/** Whether the host accepts the signature; undefined if it cannot decide. */
export const hostVerdict: HostVerdict = (key, signature, data) => {
  found ??= { verdict: triedOut(hostCrypto()) };
  return found.verdict?.(key, signature, data);
};

function hostCrypto(): HostCrypto | undefined {
  if (typeof process !== 'object' || typeof process.getBuiltinModule !== 'function') return undefined;
  return process.getBuiltinModule('node:crypto') as unknown as HostCrypto;
}

/** The host's verification, if it passes every trial. */
export function triedOut(crypto: HostCrypto | undefined): HostVerdict | undefined {
  if (crypto === undefined) return undefined;
  const verify = verdictOf(crypto);
  const isFit = TRIALS.every(({ signed, verdict }) => verify(...signed) === verdict);
  if (!isFit) return undefined;
  return (...signed) => {
    const verdict = verify(...signed);
    // A host without memory may reject everything.
    return verdict === false && verify(...ACCEPTED.signed) !== true ? undefined : verdict;
  };
}

function verdictOf({ createPublicKey, verify }: HostCrypto): HostVerdict {
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
  return (key, signature, data) => {
    try {
      const verdict = verify(null, data, keyOf(key), signature);
      return typeof verdict === 'boolean' ? verdict : undefined;
    } catch {
      // A key that the host cannot read, or an algorithm that it does not have: the caller decides without the host.
      return undefined;
    }
  };
}
