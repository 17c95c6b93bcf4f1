/**
 * Gunzip under a bound: the platform's own `DecompressionStream` (Node 20 and every browser), read chunk by chunk.
 *
 * Invariant: no more is held than `bytesMax` and one chunk, whatever the bytes claim to unpack to; a bomb is left as soon as
 * it is over the bound. The platform's stream and not a library: it is there in both, asynchronous, and stops when it is
 * told to; `node:zlib` is not in a browser.
 *
 * Specification: RFC 1952.
 */

export type Gunzipped =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: 'not-gzip' | 'too-large' };

/** Whether bytes begin as gzip does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** @param bytesMax most bytes that may come out */
export async function gunzip(bytes: Uint8Array, bytesMax: number): Promise<Gunzipped> {
  if (!isGzip(bytes)) return { ok: false, code: 'not-gzip' };
  const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]);
  const reader = packed.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const read = await reader.read().catch((error: unknown) => error);
    // The stream has one way to fail: bytes that are no gzip, or that end in the middle.
    if (read instanceof Error) return { ok: false, code: 'not-gzip' };
    const { done, value } = read as ReadableStreamReadResult<Uint8Array>;
    if (done) return { ok: true, bytes: joined(chunks, length) };
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel();
      return { ok: false, code: 'too-large' };
    }
    chunks.push(value);
  }
}
