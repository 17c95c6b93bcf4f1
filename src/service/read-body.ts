/** Reads a complete body, with bounds on its bytes, its time, and the bytes of all bodies in progress. */
import type { IncomingMessage } from 'node:http';
import { ProblemError } from './protocol/problems.js';

/** Bytes in memory for requests in progress. Beyond the bound, more are refused. */
export class BytesUnderWay {
  #bytes = 0;

  constructor(readonly max: number) {}

  get bytes(): number {
    return this.#bytes;
  }

  /** @returns a function that releases them @throws ProblemError `overloaded` */
  take(count: number): () => void {
    if (this.#bytes + count > this.max) {
      throw new ProblemError('overloaded', { retryAfterSeconds: 1, detail: 'too many bytes are in progress' });
    }
    this.#bytes += count;
    let isTaken = true;
    return () => {
      if (isTaken) this.#bytes -= count;
      isTaken = false;
    };
  }
}

export interface Body {
  readonly bytes: Uint8Array;
  /** Call it when the bytes are no longer needed. */
  readonly free: () => void;
}

/** @throws ProblemError `too-large`, `timeout`, `overloaded`, `bad-request` for a body that was cut */
export async function readBody(
  request: IncomingMessage,
  { bytesMax, ms, underWay }: { readonly bytesMax: number; readonly ms: number; readonly underWay: BytesUnderWay },
): Promise<Body> {
  const declared = Number(request.headers['content-length'] ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  const frees: (() => void)[] = [];
  const free = () => {
    for (const one of frees) one();
  };
  try {
    const bytes = await collected(request, bytesMax, ms, (count) => frees.push(underWay.take(count)));
    return { bytes, free };
  } catch (error) {
    free();
    throw error;
  }
}

function collected(
  request: IncomingMessage,
  bytesMax: number,
  ms: number,
  take: (count: number) => void,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isEnded = false;
    const beganMs = performance.now();
    const timer = setTimeout(() => late(), ms);
    // After being busy, the event loop runs timers before it reads data that has arrived in time, so let it read first.
    const late = (): void => {
      const before = length;
      setImmediate(() => {
        if (isEnded) return;
        if (length > before && performance.now() - beganMs < 2 * ms) late();
        else end(new ProblemError('timeout', { detail: `the body did not arrive within ${ms} ms` }));
      });
    };
    const end = (error?: unknown): void => {
      isEnded = true;
      clearTimeout(timer);
      request.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      if (error !== undefined) {
        chunks.length = 0;
        reject(error);
        return;
      }
      const joined = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length);
      resolve(new Uint8Array(joined.buffer, joined.byteOffset, joined.length));
    };
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > bytesMax) {
        end(tooLarge(bytesMax));
        return;
      }
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        end(error);
      }
    };
    const onEnd = (): void => end();
    const onClose = (): void => end(new ProblemError('bad-request', { detail: 'the body ended early' }));
    request.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
  });
}

function tooLarge(bytesMax: number): ProblemError {
  return new ProblemError('too-large', { detail: `the body has more than ${bytesMax} bytes` });
}
