/**
 * The payload of a call of the byte ABI. It is not copied but into the guest: its hash is taken of what then is in the
 * guest's memory, so a receipt covers what the guest saw, whatever becomes of the caller's bytes.
 *
 * Invariant: all attempts at one call (SEMANTICS 7) are at the same payload, or the last of them throws.
 */
import type { Hash } from '../../base/hash.js';
import { joinedBytes } from '../../base/joined-bytes.js';
import { sameBytes } from '../../base/same-bytes.js';
import { UsageError } from '../../base/usage-error.js';

export class ByteInput {
  #placed: Uint8Array | undefined;
  #first: Uint8Array | undefined;

  constructor(
    readonly payload: Uint8Array,
    /** what is hashed behind the payload */
    readonly constants: Uint8Array,
  ) {}

  /** Bytes of the guest's memory, just after the payload was written there. */
  placed(bytes: Uint8Array, hash: Hash): void {
    this.#placed = this.#checked(this.#hashOf(bytes, hash));
  }

  /** The hash for the receipt; of the caller's bytes where the call ended before they were written. */
  hash(hash: Hash): Uint8Array {
    return this.#placed ?? this.#checked(this.#hashOf(this.payload, hash));
  }

  #hashOf(bytes: Uint8Array, hash: Hash): Uint8Array {
    if (this.constants.length === 0) return hash(bytes);
    return hash(joinedBytes(bytes, this.constants));
  }

  #checked(found: Uint8Array): Uint8Array {
    this.#first ??= found;
    if (sameBytes(this.#first, found)) return found;
    throw new UsageError(
      'payload-changed',
      'the payload was modified during the call or before its diagnostics were read',
    );
  }
}
