/**
 * The receipts of a session, each with the hash of the one before. A receipt is made when somebody asks for it or enough of them
 * wait: a call takes less time than its receipt. Invariant: what a receipt says was settled when its call ended.
 * docs/SEMANTICS.md, section 10.
 */
import type { Hash } from '../base/hash.js';
import { TextBytes } from '../base/text-bytes.js';
import type { SessionReceipt } from './session-receipt.js';
import { writeSessionReceipt } from './session-receipt-bytes.js';

/** Receipts that wait. */
const WAITING_MAX = 64;

/** A receipt that is made once the one before is. */
export class SessionLink {
  readonly #make: (previous: Uint8Array) => SessionReceipt;
  #receipt: SessionReceipt | undefined;

  constructor(make: (previous: Uint8Array) => SessionReceipt) {
    this.#make = make;
  }

  settle(previous: Uint8Array): SessionReceipt {
    this.#receipt ??= this.#make(previous);
    return this.#receipt;
  }

  get receipt(): SessionReceipt | undefined {
    return this.#receipt;
  }
}

export class SessionChain {
  readonly #hash: Hash;
  readonly #bytes = new TextBytes();
  #waiting: SessionLink[] = [];
  /** Hash of the last receipt that was made. */
  #head: Uint8Array;

  constructor(hash: Hash, head: Uint8Array) {
    this.#hash = hash;
    this.#head = head;
  }

  copy(): SessionChain {
    this.settle();
    return new SessionChain(this.#hash, this.#head);
  }

  add(link: SessionLink): void {
    this.#waiting.push(link);
    if (this.#waiting.length >= WAITING_MAX) this.settle();
  }

  /** Makes all receipts that wait. */
  settle(): void {
    for (const link of this.#waiting) {
      this.#bytes.clear();
      writeSessionReceipt(this.#bytes, link.settle(this.#head));
      this.#head = this.#hash(this.#bytes.take());
    }
    this.#waiting = [];
  }

  /** Takes back the last receipt: another one comes in its place. */
  rewind(link: SessionLink): void {
    this.settle();
    this.#head = link.receipt!.previous;
  }

  receiptOf(link: SessionLink): SessionReceipt {
    if (link.receipt === undefined) this.settle();
    return link.receipt!;
  }
}
