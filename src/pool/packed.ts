/** Byte strings of a message in one buffer of its own, which is moved to another thread and not copied. */

export class Packed {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** @returns where the bytes will be */
  add(bytes: Uint8Array): number {
    const at = this.#length;
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return at;
  }

  /** What was added, one after the other. The bytes are copied. */
  joined(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
