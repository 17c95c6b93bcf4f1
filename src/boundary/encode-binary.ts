/** A `bin` around bytes: what a guest is given. Apart from the encoder, which the engine does without. */

/** MessagePack `bin` of `bytes`, in one allocation: Holochain's `ExternIO`, for which `bytes` are MessagePack again. */
export function encodeBinary(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  const lengthBytes = length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 4;
  const encoded = new Uint8Array(1 + lengthBytes + length);
  encoded[0] = lengthBytes === 1 ? 0xc4 : lengthBytes === 2 ? 0xc5 : 0xc6;
  for (let i = 0; i < lengthBytes; i++) encoded[1 + i] = length >>> (8 * (lengthBytes - 1 - i));
  encoded.set(bytes, 1 + lengthBytes);
  return encoded;
}
