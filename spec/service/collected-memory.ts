/**
 * Preloaded into each thread of a service under test (`--expose-gc --import`): the process's main thread answers a
 * message with the bytes that are still used in all threads after a collection. Unlike the resident size, it does not
 * depend on when V8 collects.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Threads have answered if none has for this time; they are idle. */
const QUIET_MS = 1_000;

function usedBytes(): number {
  // Buffers that a first collection finds dead are counted until the next one.
  globalThis.gc!();
  globalThis.gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const channel = new BroadcastChannel('collected-memory');
channel.unref();
if (isMainThread) {
  process.on('message', () => {
    let sum = usedBytes();
    let threads = 1;
    const answer = () => process.send!({ usedBytes: sum, threads });
    let quiet = setTimeout(answer, QUIET_MS);
    channel.onmessage = ({ data }) => {
      sum += data;
      threads += 1;
      clearTimeout(quiet);
      quiet = setTimeout(answer, QUIET_MS);
    };
    channel.postMessage('collect');
  });
  process.channel!.unref();
} else {
  channel.onmessage = ({ data }) => {
    if (data === 'collect') channel.postMessage(usedBytes());
  };
}
