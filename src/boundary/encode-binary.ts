/** A `bin` around bytes: what a guest is given. Apart from the encoder, which the engine does without. */

/** MessagePack `bin` of `bytes`, in one allocation: Holochain's `ExternIO`, for which `bytes` are MessagePack again. */
export function encodeBinary(bytes: Uint8Array): Uint8Array {
  const length = bytes.length;
  const headBytes = length < 0x100 ? 2 : length < 0x1_0000 ? 3 : 5;
  const encoded = new Uint8Array(headBytes + length);
  const view = new DataView(encoded.buffer);
  if (headBytes === 2) view.setUint16(0, 0xc400 + length);
  else if (headBytes === 3) view.setUint16(1, length);
  else view.setUint32(1, length);
  if (headBytes !== 2) encoded[0] = headBytes === 3 ? 0xc5 : 0xc6;
  encoded.set(bytes, headBytes);
  return encoded;
}
