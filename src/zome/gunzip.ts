/**
 * Gunzip under a bound: the platform's own `DecompressionStream` (Node 20 and every browser), read chunk by chunk.
 *
 * Invariant: no more is held than `bytesMax`, what it grew from, and one chunk, whatever the bytes claim to unpack to; a bomb
 * is left as soon as it is over the bound. The platform's stream and not a library: it is there in both, asynchronous, and
 * stops when it is asked to; `node:zlib` is not in a browser.
 *
 * Specification: RFC 1952.
 */

export type Gunzipped =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      /** `damaged`: it begins as gzip does, and is cut off or wrong further on */
      readonly code: 'not-gzip' | 'damaged' | 'too-large';
      readonly detail: string;
    };

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The length of what is packed, mod 2^32, as the last four bytes have it: a hint, for it may be wrong. */
function lengthTold(bytes: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true);
}

/** Bytes that come in chunks, in one piece that is of the right size from the start where the hint is right. */
class Whole {
  #bytes: Uint8Array;
  length = 0;

  constructor(
    hint: number,
    readonly bytesMax: number,
  ) {
    this.#bytes = new Uint8Array(Math.min(hint, bytesMax));
  }

  /** False if this would be more than the bound. */
  add(chunk: Uint8Array): boolean {
    const needed = this.length + chunk.length;
    if (needed > this.bytesMax) return false;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#bytes.set(chunk, this.length);
    this.length = needed;
    return true;
  }

  get bytes(): Uint8Array {
    return this.length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.length);
  }

  #grow(needed: number): void {
    const grown = new Uint8Array(Math.min(Math.max(needed, 2 * this.length), this.bytesMax));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
  }
}

/** No byte of gzip unpacks to more. */
const RATIO_MAX = 1_032;

/** @param bytesMax most bytes that may come out */
export async function gunzip(bytes: Uint8Array, bytesMax: number): Promise<Gunzipped> {
  if (!isGzip(bytes)) return { ok: false, code: 'not-gzip', detail: notGzipText(bytes) };
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const whole = new Whole(Math.min(lengthTold(bytes), RATIO_MAX * bytes.length), bytesMax);
  for (;;) {
    const read = await reader.read().catch((error: unknown) => error);
    // The stream has one way to fail: bytes that are no gzip, or that end in the middle.
    if (read instanceof Error) return { ok: false, code: 'damaged', detail: damageText(read, bytes.length) };
    const { done, value } = read as ReadableStreamReadResult<Uint8Array>;
    if (done) return { ok: true, bytes: whole.bytes };
    if (whole.add(value)) continue;
    await reader.cancel();
    return {
      ok: false,
      code: 'too-large',
      detail: `its ${bytes.length} bytes unpack to more than the ${bytesMax} that are allowed`,
    };
  }
}

function notGzipText({ length }: Uint8Array): string {
  return length === 0 ? 'it is empty' : `its ${length} bytes do not begin with 1f 8b, as gzip does`;
}

/** Node reports which of the two it is; in a browser it is one of them. */
function damageText(error: Error, length: number): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return `it is truncated: its gzip data continues after its ${length} bytes`;
  if (code === 'Z_DATA_ERROR') return `it is damaged: its ${length} bytes do not match their checksum`;
  return `it is truncated or damaged: its ${length} bytes do not match their checksum`;
}
