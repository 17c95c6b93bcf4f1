/** Byte strings of a message in one buffer of their own, which can be moved to another thread: a view costs less to send than an array. */

export class Packed {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Bytes that are to be in the buffer; the view of them is what `views` returns in this place. */
  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** The views, in the order in which the bytes were added. The bytes are copied. */
  views(): { readonly views: readonly Uint8Array<ArrayBuffer>[]; readonly buffer: ArrayBuffer } {
    const buffer = new ArrayBuffer(this.#length);
    const all = new Uint8Array(buffer);
    let at = 0;
    const views = this.#parts.map((part) => {
      all.set(part, at);
      at += part.length;
      return new Uint8Array(buffer, at - part.length, part.length);
    });
    return { views, buffer };
  }
}
