/** The receipt of a call in another thread: its canonical bytes, decoded when somebody looks at it. */
import { hash } from '../base/hash.js';
import type { Receipt } from '../engine/receipt/receipt.js';
import { decodeReceipt } from '../engine/receipt/receipt-bytes.js';

export class PooledReceipt {
  #receipt: Receipt | undefined;

  /** @param bytes `encodeReceipt` of the receipt */
  constructor(readonly bytes: Uint8Array) {}

  get value(): Receipt {
    this.#receipt ??= decoded(this.bytes);
    return this.#receipt;
  }

  /** `receiptHash`: BLAKE2b-256 of the bytes. */
  get hash(): Uint8Array {
    return hash(this.bytes);
  }
}

function decoded(bytes: Uint8Array): Receipt {
  const made = decodeReceipt(bytes);
  if (made.ok) return made.receipt;
  throw new Error(`a thread sent an invalid receipt: ${made.fault.code} at ${made.fault.offset}`);
}
