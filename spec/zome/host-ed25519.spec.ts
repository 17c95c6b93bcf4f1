/** The host's own Ed25519: used if it passes its self-test; no verdict comes from it if it fails. */
import * as crypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';
import { expect } from 'chai';
import { utf8 } from '../../src/base/hash.js';
import { type HostCrypto, hostVerdict, triedOut } from '../../src/zome/host-ed25519.js';
import { verifyInJavaScript, verifySignature } from '../../src/zome/verify-signature.js';

const HOST = crypto as unknown as HostCrypto;
const { Point } = ed25519;

const secret = new Uint8Array(32).fill(7);
const key = ed25519.getPublicKey(secret);
const data = utf8('what is signed');
const signature = ed25519.sign(data, secret);

/** A host with another implementation of verify, which takes the raw key. */
function hostBy(verify: (key: Uint8Array, signature: Uint8Array, data: Uint8Array) => boolean): HostCrypto {
  return {
    createPublicKey: ({ key }) => ({ raw: key.slice(-32) }),
    verify: (_, data, key, signature) => verify((key as { raw: Uint8Array }).raw, signature, data),
  };
}

/** Each differs from libsodium in one rule. */
const COFACTORED = hostBy((key, signature, data) => ed25519.verify(signature, data, key, { zip215: false }));
const TORSION_FREE = hostBy((key, signature, data) => {
  return Point.fromBytes(key).isTorsionFree() && verifyInJavaScript(key, signature, data);
});
const MALLEABLE = hostBy((key, signature, data) => verifyInJavaScript(key, reduced(signature), data));

/** The same with the scalar reduced below the order. */
function reduced(signature: Uint8Array): Uint8Array {
  const s = bytesToNumberLE(signature.subarray(32)) % Point.Fn.ORDER;
  return new Uint8Array([...signature.subarray(0, 32), ...numberToBytesLE(s, 32)]);
}

const throws = () => {
  throw new Error('no such algorithm');
};

describe('the Ed25519 of the host', () => {
  it('is that of node:crypto here', () => {
    expect([hostVerdict(key, signature, data), hostVerdict(key, signature, utf8('else'))]).to.deep.equal([true, false]);
  });

  const UNFIT: Readonly<Record<string, HostCrypto | undefined>> = {
    'is missing': undefined,
    'accepts everything': { ...HOST, verify: () => true },
    'accepts nothing': { ...HOST, verify: () => false },
    'answers later': { ...HOST, verify: () => Promise.resolve(true) },
    'does not have the algorithm': { ...HOST, verify: throws },
    'cannot import a key': { ...HOST, createPublicKey: throws },
    'computes the equation with the cofactor': COFACTORED,
    'refuses keys of mixed order': TORSION_FREE,
    'reduces scalars': MALLEABLE,
  };
  for (const [name, unfit] of Object.entries(UNFIT)) {
    it(`is not used where it ${name}`, () => expect(triedOut(unfit)).to.equal(undefined));
  }

  it('caches the object of a key, within a bound', () => {
    let made = 0;
    const createPublicKey: HostCrypto['createPublicKey'] = (of) => {
      made += 1;
      return HOST.createPublicKey(of);
    };
    const verify = triedOut({ ...HOST, createPublicKey })!;
    const keys = Array.from({ length: 256 }, (_, i) => new Uint8Array(32).fill(i));
    for (const one of [key, key, ...keys, key]) verify(one, signature, data);
    // The two of the self-tests, this one, and all the others; then that of the self-test and this one again, which
    // were evicted.
    expect(made).to.equal(2 + 1 + keys.length + 2);
  });

  const FAILING: Readonly<Record<string, () => unknown>> = {
    throws: throws,
    'refuses everything': () => false,
    'answers later': () => Promise.resolve(true),
  };
  for (const [name, failing] of Object.entries(FAILING)) {
    it(`returns no verdict where it ${name} after its trial`, () => {
      let isTried = false;
      const verdict = triedOut({ ...HOST, verify: (...given) => (isTried ? failing() : HOST.verify(...given)) })!;
      expect(verdict(key, signature, utf8('else'))).to.equal(false);
      isTried = true;
      expect(verdict(key, signature, data)).to.equal(undefined);
      expect(verifySignature(key, signature, data)).to.equal(true);
    });
  }
});
