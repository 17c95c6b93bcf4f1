/**
 * Common to snapshots of all kinds of sessions: canonical bytes, their hash, and the state digest. Each is computed on
 * demand.
 */
import { hash as hashInJavaScript } from '../base/hash.js';
import { withBuiltins } from '../builtins/builtins.js';

export abstract class KeptBytes {
  #bytes: Uint8Array | undefined;
  #hash: Uint8Array | undefined;
  #stateDigest: Uint8Array | undefined;

  /** The canonical bytes, owned by the caller. */
  get bytes(): Uint8Array {
    return withBuiltins(() => new Uint8Array(this.#encoded()));
  }

  /** BLAKE2b-256 of the bytes, 32 bytes: identifies the snapshot. */
  get hash(): Uint8Array {
    this.#hash ??= withBuiltins(() => hashInJavaScript(this.#encoded()));
    return this.#hash.slice();
  }

  /** The state digest of a session in this state, 32 bytes. */
  get stateDigest(): Uint8Array {
    this.#stateDigest ??= withBuiltins(() => this.digested());
    return this.#stateDigest.slice();
  }

  /** @internal */
  protected abstract encoded(): Uint8Array;
  /** @internal */
  protected abstract digested(): Uint8Array;

  #encoded(): Uint8Array {
    this.#bytes ??= this.encoded();
    return this.#bytes;
  }
}
