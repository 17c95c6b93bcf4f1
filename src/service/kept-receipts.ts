/**
 * The newest receipts of each tenant, by their hash: canonical bytes, bounded together. A tenant finds only its own.
 */
export class KeptReceipts {
  readonly #receipts = new Map<string, Uint8Array>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get count(): number {
    return this.#receipts.size;
  }

  add(tenant: string, hash: string, receipt: Uint8Array): void {
    const key = keyOf(tenant, hash);
    if (this.#receipts.has(key)) return;
    // A copy: the bytes are a view of all results of a batch.
    this.#receipts.set(key, Buffer.from(receipt));
    this.#bytes += costOf(key, receipt);
    for (const [oldest, bytes] of this.#receipts) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#receipts.delete(oldest);
      this.#bytes -= costOf(oldest, bytes);
    }
  }

  get(tenant: string, hash: string): Uint8Array | undefined {
    return this.#receipts.get(keyOf(tenant, hash));
  }
}

function keyOf(tenant: string, hash: string): string {
  return `${tenant} ${hash}`;
}

/** About how much memory an entry takes: text, bytes, and their objects. */
function costOf(key: string, receipt: Uint8Array): number {
  return key.length + receipt.length + 200;
}
