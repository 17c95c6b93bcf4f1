/** A pool's thread as a worker thread of Node. */
import { Worker } from 'node:worker_threads';
import type { OpenThread } from './thread-port.js';
import type { FromThread } from './wire.js';

/**
 * V8's default young generation, whatever the process uses. A zome's validation leaves 125 kB of garbage: with a
 * quarter of this size, collections took two thirds more time, a twentieth of the total, and saved some 20 MB a thread.
 */
const YOUNG_MEGABYTES = 48;

export const openNodeThread: OpenThread = (start, events) => {
  const running = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const { heapMegabytes } = start;
  const worker = new Worker(new URL('../pool/thread-program.js', import.meta.url), {
    workerData: { start, running },
    // A thread takes the flags of the process, except a program that was passed as text, which Node refuses in a
    // thread.
    ...(process.execArgv.some((flag) => flag.startsWith('--input-type')) ? { execArgv: [] } : {}),
    resourceLimits: {
      maxYoungGenerationSizeMb: YOUNG_MEGABYTES,
      ...(heapMegabytes === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytes }),
    },
  });
  let reason: string | undefined;
  worker.on('message', (message: FromThread) => events.message(message));
  worker.on('error', (error: Error) => {
    reason = error.message;
  });
  worker.on('exit', (status) => events.ended(reason ?? `it ended with status ${status}`));
  return {
    post: (message, transfer) => worker.postMessage(message, [...transfer]),
    running: () => Atomics.load(running, 0),
    end: () => void worker.terminate(),
    keepAlive: (isNeeded) => (isNeeded ? worker.ref() : worker.unref()),
  };
};
