/** The receipt of a call in another thread: its canonical bytes, decoded when somebody looks at it. */
import { type Hash, hash as hashInJavaScript } from '../base/hash.js';
import type { Receipt, ReceiptFuel } from '../engine/receipt/receipt.js';
import { decodeReceipt } from '../engine/receipt/receipt-bytes.js';

/** Behind the fuel of a receipt: its pages, and a hash. */
const TAIL_BYTES = 4 + 32;

export class PooledReceipt {
  #receipt: Receipt | undefined;
  readonly #hashOf: Hash;
  #hash: Uint8Array | undefined;

  /**
   * @param bytes `encodeReceipt` of the receipt
   * @param hashOf BLAKE2b-256, if the host has a faster one
   */
  constructor(
    readonly bytes: Uint8Array,
    hashOf: Hash = hashInJavaScript,
  ) {
    this.#hashOf = hashOf;
  }

  get value(): Receipt {
    this.#receipt ??= decoded(this.bytes);
    return this.#receipt;
  }

  /** `receiptHash`: BLAKE2b-256 of the bytes. */
  get hash(): Uint8Array {
    this.#hash ??= this.#hashOf(this.bytes);
    return this.#hash;
  }

  /** What the call has used, which costs less than the whole receipt: it is at the same place from the end of all. */
  get fuel(): Omit<ReceiptFuel, 'limit'> {
    const { buffer, byteOffset, length } = this.bytes;
    const view = new DataView(buffer, byteOffset + length - TAIL_BYTES - 5 * 8, 5 * 8);
    const at = (field: number): number =>
      view.getUint32(field * 8, true) + view.getUint32(field * 8 + 4, true) * 0x1_0000_0000;
    return { used: at(0), parts: { instantiate: at(1), guest: at(2), host: at(3), boundary: at(4) } };
  }
}

function decoded(bytes: Uint8Array): Receipt {
  const made = decodeReceipt(bytes);
  if (made.ok) return made.receipt;
  throw new Error(`a thread sent an invalid receipt: ${made.fault.code} at ${made.fault.offset}`);
}
