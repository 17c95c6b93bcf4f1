/**
 * Ed25519 by libsodium's rules: RFC 8032 vectors, Node's implementation as a second oracle, and the edges where
 * libraries differ.
 */
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { verifyInJavaScript, verifySignature } from '../../src/zome/verify-signature.js';

const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
}

function numberOf(data: Uint8Array): bigint {
  return data.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Node's key object of a raw key. */
function publicKey(raw: Uint8Array) {
  const der = Buffer.concat([bytes('302a300506032b6570032100'), raw]);
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function privateKey(seed: Uint8Array) {
  const der = Buffer.concat([bytes('302e020100300506032b657004220420'), seed]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** RFC 8032, 7.1, tests 1 to 3. */
const RFC_8032 = [
  [
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
] as const;

/** The point of order 8 whose encoding is canonical. */
const TORSION = Point.fromBytes(bytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'), false);

/** A signature by the secret scalar 5 whose key and nonce point may have a part of small order. */
function craft(data: Uint8Array, keyTorsion: boolean, nonceTorsion: boolean, cofactored: boolean) {
  const secret = 5n;
  const a = keyTorsion ? Point.BASE.multiply(secret).add(TORSION) : Point.BASE.multiply(secret);
  for (let nonce = 3n; ; nonce += 1n) {
    const base = Point.BASE.multiply(nonce);
    const r = nonceTorsion ? base.add(TORSION) : base;
    const k = numberOf(sha512(Buffer.concat([r.toBytes(), a.toBytes(), data]))) % ORDER;
    const s = (nonce + k * secret) % ORDER;
    // R + k A - s B is the part of small order: k T (and T of the nonce).
    const rest = (keyTorsion ? k : 0n) + (nonceTorsion ? 1n : 0n);
    if ((rest % 8n === 0n) !== cofactored) {
      return { key: a.toBytes(), signature: Buffer.concat([r.toBytes(), littleEndian(s)]) };
    }
  }
}

const WAYS = [
  { way: 'with the Ed25519 of the host', verifies: verifySignature },
  { way: 'in JavaScript alone', verifies: verifyInJavaScript },
];

for (const { way, verifies } of WAYS) {
  describe(`verify_signature, ${way}`, () => {
    it('accepts the vectors of RFC 8032 and no other message', () => {
      for (const [key, message, signature] of RFC_8032) {
        expect(verifies(bytes(key), bytes(signature), bytes(message))).to.equal(true);
        expect(verifies(bytes(key), bytes(signature), bytes(`${message}00`))).to.equal(false);
      }
    });

    it('agrees with the crypto module of Node on signatures and on signatures with a bit turned', () => {
      const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
      fc.assert(
        fc.property(seed, fc.uint8Array({ maxLength: 200 }), fc.integer({ min: -1, max: 511 }), (secret, data, bit) => {
          const signer = privateKey(secret);
          const key = new Uint8Array(createPublicKey(signer).export({ format: 'der', type: 'spki' }).subarray(-32));
          const signature = new Uint8Array(sign(null, data, signer));
          if (bit >= 0) signature[bit >> 3]! ^= 1 << (bit & 7);
          const expected = verify(null, data, publicKey(key), signature);
          expect(verifies(key, signature, data)).to.equal(expected);
          expect(expected).to.equal(bit < 0);
        }),
        { numRuns: 25 },
      );
    });

    it('refuses a scalar of the order or more', () => {
      const [key, message, signature] = RFC_8032[0];
      const s = numberOf(bytes(signature).subarray(32)) + ORDER;
      const malleable = Buffer.concat([bytes(signature).subarray(0, 32), littleEndian(s)]);
      expect(verifies(bytes(key), malleable, bytes(message))).to.equal(false);
    });

    it('refuses keys of small order, where ZIP 215 accepts any message', () => {
      const identity = littleEndian(1n);
      const signature = Buffer.concat([identity, littleEndian(0n)]);
      const data = Uint8Array.of(1);
      expect(ed25519.verify(signature, data, identity)).to.equal(true);
      expect(verifies(identity, signature, data)).to.equal(false);
      expect(verifies(TORSION.toBytes(), signature, data)).to.equal(false);
    });

    it('refuses keys that are not points or not canonical', () => {
      const [, message, signature] = RFC_8032[0];
      const notOnCurve = littleEndian(2n);
      const notCanonical = littleEndian(2n ** 255n - 19n + 1n);
      for (const key of [notOnCurve, notCanonical, new Uint8Array(32).fill(0xff)]) {
        expect(verifies(key, bytes(signature), bytes(message))).to.equal(false);
      }
    });

    it('refuses what only the equation with cofactor accepts', () => {
      const data = Uint8Array.of(7);
      for (const [keyTorsion, nonceTorsion] of [
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const { key, signature } = craft(data, keyTorsion, nonceTorsion, true);
        expect(ed25519.verify(signature, data, key)).to.equal(true);
        expect(verifies(key, signature, data)).to.equal(false);
      }
    });

    it('accepts a key of mixed order where the equation holds without cofactor', () => {
      const data = Uint8Array.of(7);
      const { key, signature } = craft(data, true, false, false);
      expect(verifies(key, signature, data)).to.equal(true);
      expect(verify(null, data, publicKey(key), signature)).to.equal(true);
    });

    it('refuses a nonce point of small order', () => {
      const data = Uint8Array.of(9);
      const a = Point.BASE.multiply(5n);
      const r = littleEndian(1n);
      const k = numberOf(sha512(Buffer.concat([r, a.toBytes(), data]))) % ORDER;
      const signature = Buffer.concat([r, littleEndian((k * 5n) % ORDER)]);
      expect(ed25519.verify(signature, data, a.toBytes())).to.equal(true);
      expect(verifies(a.toBytes(), signature, data)).to.equal(false);
    });
  });
}
