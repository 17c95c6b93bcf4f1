/** The host's own Ed25519: used where it passes its trial, and nothing but its yes counts. */
import * as crypto from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { expect } from 'chai';
import { utf8 } from '../../src/base/hash.js';
import { type HostCrypto, hostVerifies, triedOut } from '../../src/zome/host-ed25519.js';

const HOST = crypto as unknown as HostCrypto;

const secret = new Uint8Array(32).fill(7);
const key = ed25519.getPublicKey(secret);
const data = utf8('what is signed');
const signature = ed25519.sign(data, secret);

const throws = () => {
  throw new Error('no such algorithm');
};

describe('the Ed25519 of the host', () => {
  it('is that of node:crypto here', () => {
    expect([hostVerifies(key, signature, data), hostVerifies(key, signature, utf8('else'))]).to.deep.equal([
      true,
      false,
    ]);
  });

  const UNFIT: Readonly<Record<string, HostCrypto | undefined>> = {
    'is not there': undefined,
    'accepts everything': { ...HOST, verify: () => true },
    'accepts nothing': { ...HOST, verify: () => false },
    'answers later': { ...HOST, verify: () => Promise.resolve(true) },
    'does not have the algorithm': { ...HOST, verify: throws },
    'reads no key': { ...HOST, createPublicKey: throws },
  };
  for (const [name, unfit] of Object.entries(UNFIT)) {
    it(`is not used where it ${name}`, () => expect(triedOut(unfit)).to.equal(undefined));
  }

  it('makes the object of a key once, until it has many', () => {
    let made = 0;
    const createPublicKey: HostCrypto['createPublicKey'] = (of) => {
      made += 1;
      return HOST.createPublicKey(of);
    };
    const verify = triedOut({ ...HOST, createPublicKey })!;
    const keys = Array.from({ length: 256 }, (_, i) => new Uint8Array(32).fill(i));
    for (const one of [key, key, ...keys, key]) verify(one, signature, data);
    // That of the trial, this one, all the others, and this one again: the first were forgotten.
    expect(made).to.equal(1 + 1 + keys.length + 1);
  });

  it('says no where it fails after its trial', () => {
    let calls = 0;
    const verify: HostCrypto['verify'] = (...given) => {
      calls += 1;
      if (calls > 2) throw new Error('out of memory');
      return HOST.verify(...given);
    };
    expect(triedOut({ ...HOST, verify })!(key, signature, data)).to.equal(false);
  });
});
