/**
 * Gunzip with a size limit: the platform's own `DecompressionStream` (Node 20 and every browser), read chunk by chunk.
 *
 * Invariant: memory is bounded by `bytesMax`, the buffer before its last growth, and one chunk, whatever size the bytes
 * claim; a bomb is abandoned as soon as it exceeds the bound. The platform's stream is better than a library: both
 * platforms have it, it is asynchronous, and it can be stopped; browsers do not have `node:zlib`.
 *
 * Specification: RFC 1952.
 */

export type Gunzipped =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      /** `damaged`: it begins like gzip, and is truncated or wrong further on */
      readonly code: 'not-gzip' | 'damaged' | 'too-large';
      readonly detail: string;
    };

/** Whether bytes begin like gzip. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The unpacked length, mod 2^32, from the last four bytes: only a hint, because it may be wrong. */
function lengthTold(bytes: Uint8Array): number {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true);
}

/** Collects chunks in one buffer, which has the right size from the start if the hint is right. */
class Whole {
  #bytes: Uint8Array;
  length = 0;

  constructor(
    hint: number,
    readonly bytesMax: number,
  ) {
    this.#bytes = new Uint8Array(Math.min(hint, bytesMax));
  }

  /** Returns false if the bound would be exceeded. */
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

/** The highest compression ratio of gzip. */
const RATIO_MAX = 1_032;

/** @param bytesMax bound on the unpacked bytes */
export async function gunzip(bytes: Uint8Array, bytesMax: number): Promise<Gunzipped> {
  if (!isGzip(bytes)) return { ok: false, code: 'not-gzip', detail: notGzipText(bytes) };
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const whole = new Whole(Math.min(lengthTold(bytes), RATIO_MAX * bytes.length), bytesMax);
  for (;;) {
    const read = await reader.read().catch((error: unknown) => error);
    // The stream fails only for bytes that are not gzip, or that end early.
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

/** Node reports which of the two it is; browsers do not. */
function damageText(error: Error, length: number): string {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return `it is truncated: its gzip data continues after its ${length} bytes`;
  if (code === 'Z_DATA_ERROR') return `it is damaged: its ${length} bytes do not match their checksum`;
  return `it is truncated or damaged: its ${length} bytes do not match their checksum`;
}
