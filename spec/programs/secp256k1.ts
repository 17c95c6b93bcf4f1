/**
 * tiny-secp256k1: libsecp256k1 with a Rust wrapper. Driven with the known deterministic ECDSA signatures (RFC 6979)
 * that wallets test with and the vectors of BIP 340, each also checked by a second implementation (@noble/curves).
 */
import { createHash } from 'node:crypto';
import { secp256k1 as curve, schnorr } from '@noble/curves/secp256k1.js';
import { expect } from 'chai';
import { packageFile } from './package-file.js';
import type { RealProgram, Running } from './running.js';

/** A secret key, a text whose SHA-256 is signed, and the signature as r and s. */
const ECDSA: readonly (readonly [secret: string, text: string, signature: string])[] = [
  [
    '1',
    'Satoshi Nakamoto',
    '934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8' +
      '2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5',
  ],
  [
    '1',
    'All those moments will be lost in time, like tears in rain. Time to die...',
    '8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b' +
      '547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21',
  ],
];

/** BIP 340, vectors 0 and 1. */
const SCHNORR: readonly (readonly [
  secret: string,
  publicKey: string,
  extra: string,
  message: string,
  signature: string,
])[] = [
  [
    '3',
    'f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9',
    '0',
    '0',
    'e907831f80848d1069a5371b402410364bdf1c5f8307b0084c55f1ce2dca8215' +
      '25f66a4a85ea8b71e482a74f382d2ce5ebeee8fdb2172f477df4900d310536c0',
  ],
  [
    'b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef',
    'dff1d77f2a671c5f36183726db2341be58feae1da2deced843240f7b502ba659',
    '1',
    '243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89',
    '6896bd60eeae296db48a229ff71dfe071bde413e6d43f917dc8dcf8c78de3341' +
      '8906d11ac976abccb20b091292bff4ea897efcb639ea871cfa95f6de339e4b0a',
  ],
];

const SIGNATURE_BYTES = 64;
const COMPRESSED_BYTES = 33;

function bytes32(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex.padStart(64, '0'), 'hex'));
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/** Address at which the program expects an input or leaves an output. */
function at(program: Running, name: string): number {
  return program.global(name) as number;
}

export const secp256k1: RealProgram = {
  name: 'tiny-secp256k1',
  bytes: packageFile('tiny-secp256k1', 'lib/secp256k1.wasm'),
  imports: () => {
    // The context is blinded with random numbers; here they come from a fixed generator.
    let state = 1;
    return {
      './rand.js.generateInt32': () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return state;
      },
      './validate_error.js.throwError': (_program, [code]) => {
        throw new Error(`the program refused its input: ${code}`);
      },
    };
  },
  drive: (program) => {
    program.call('initializeContext', []);
    return [
      ...ECDSA.flatMap(([secret, text, signature]) => driveEcdsa(program, secret, text, signature)),
      ...SCHNORR.flatMap((vector) => driveSchnorr(program, ...vector)),
    ];
  },
};

function place(program: Running, inputs: Readonly<Record<string, Uint8Array>>): void {
  for (const [name, bytes] of Object.entries(inputs)) program.write(at(program, name), bytes);
}

function driveEcdsa(program: Running, secret: string, text: string, signature: string): readonly string[] {
  const key = bytes32(secret);
  const digest = new Uint8Array(createHash('sha256').update(text).digest());
  place(program, { PRIVATE_INPUT: key, HASH_INPUT: digest });
  program.call('sign', [0]);
  const signed = program.read(at(program, 'SIGNATURE_INPUT'), SIGNATURE_BYTES);
  expect(hex(signed)).to.equal(signature);

  expect(program.call('pointFromScalar', [COMPRESSED_BYTES])).to.deep.equal([1]);
  const publicKey = program.read(at(program, 'PUBLIC_KEY_INPUT'), COMPRESSED_BYTES);
  expect(hex(publicKey)).to.equal(hex(curve.getPublicKey(key)));
  expect(curve.verify(signed, digest, publicKey, { prehash: false })).to.equal(true);

  place(program, { HASH_INPUT: digest, PUBLIC_KEY_INPUT: publicKey, SIGNATURE_INPUT: signed });
  expect(program.call('verify', [COMPRESSED_BYTES, 1])).to.deep.equal([1]);
  place(program, { HASH_INPUT: digest.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) });
  expect(program.call('verify', [COMPRESSED_BYTES, 1])).to.deep.equal([0]);
  return [hex(signed), hex(publicKey)];
}

function driveSchnorr(
  program: Running,
  secret: string,
  publicKey: string,
  extra: string,
  message: string,
  signature: string,
): readonly string[] {
  place(program, { PRIVATE_INPUT: bytes32(secret), HASH_INPUT: bytes32(message), EXTRA_DATA_INPUT: bytes32(extra) });
  program.call('signSchnorr', [1]);
  const signed = program.read(at(program, 'SIGNATURE_INPUT'), SIGNATURE_BYTES);
  expect(hex(signed)).to.equal(signature);
  expect(schnorr.verify(signed, bytes32(message), bytes32(publicKey))).to.equal(true);

  place(program, {
    HASH_INPUT: bytes32(message),
    X_ONLY_PUBLIC_KEY_INPUT: bytes32(publicKey),
    SIGNATURE_INPUT: signed,
  });
  expect(program.call('verifySchnorr', [])).to.deep.equal([1]);
  place(program, { SIGNATURE_INPUT: signed.map((byte, i) => (i === 63 ? byte ^ 1 : byte)) });
  expect(program.call('verifySchnorr', [])).to.deep.equal([0]);
  return [hex(signed)];
}
