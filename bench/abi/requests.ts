/**
 * The transferred data: requests of a key and a size, and the score that the guests compute for each. In the form of
 * every ABI.
 */
import { decode as decodeMessagePack, encode as encodeMessagePack } from '@msgpack/msgpack';
import { decode as decodeCbor, encode as encodeCbor } from 'cborg';

export interface Request {
  readonly key: bigint;
  readonly size: number;
}

/** As in vectors/guests/abi/c/score.h. */
export function scoreOf({ key, size }: Request): bigint {
  const mixed = BigInt.asUintN(64, (key ^ (key >> 33n)) * 0xff51_afd7_ed55_8ccdn);
  return BigInt.asUintN(64, (mixed ^ (mixed >> 33n)) + BigInt(size));
}

/** Keys of 64 bits and sizes of up to 24, the same in every run. */
export function requestsOf(count: number): readonly Request[] {
  return Array.from({ length: count }, (_, i) => ({
    key: BigInt.asUintN(64, BigInt(i + 1) * 0x9e37_79b9_7f4a_7c15n) | (1n << 63n),
    size: ((i + 1) * 7_919) % 16_777_216,
  }));
}

/** Bytes of `request` in vectors/guests/abi/c/score.h, and where its fields are. */
export const REQUEST_BYTES = 24;
const [KEY_AT, SIZE_AT, SCORE_AT] = [0, 8, 16];

/** How requests become bytes and bytes become scores. */
export interface Codec {
  encode(requests: readonly Request[]): Uint8Array;
  decode(output: Uint8Array): readonly bigint[];
}

export const STRUCTS: Codec = {
  encode: (requests) => {
    const view = new DataView(new ArrayBuffer(REQUEST_BYTES * requests.length));
    requests.forEach(({ key, size }, i) => {
      view.setBigUint64(i * REQUEST_BYTES + KEY_AT, key, true);
      view.setUint32(i * REQUEST_BYTES + SIZE_AT, size, true);
    });
    return new Uint8Array(view.buffer);
  },
  decode: (output) => {
    const view = new DataView(output.buffer, output.byteOffset, output.length);
    return Array.from({ length: output.length / REQUEST_BYTES }, (_, i) =>
      view.getBigUint64(i * REQUEST_BYTES + SCORE_AT, true),
    );
  },
};

export const MESSAGE_PACK: Codec = {
  encode: (requests) => encodeMessagePack(requests, { useBigInt64: true }),
  decode: (output) => (decodeMessagePack(output, { useBigInt64: true }) as (number | bigint)[]).map(BigInt),
};

export const CBOR: Codec = {
  encode: (requests) => encodeCbor(requests),
  decode: (output) => (decodeCbor(output) as (number | bigint)[]).map(BigInt),
};
