/**
 * Preloaded into each thread of a service under test (`--expose-gc --import`): the process's main thread answers a
 * message, which is the number of threads, with the bytes that are still used in all of them after a collection. Unlike
 * the resident size, this does not depend on when V8 collects.
 */
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

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
  process.on('message', (threads: number) => {
    const used = [usedBytes()];
    channel.onmessage = ({ data }) => {
      if (used.push(data) === threads) process.send!(used.reduce((sum, bytes) => sum + bytes));
    };
    channel.postMessage('collect');
  });
  process.channel!.unref();
} else {
  channel.onmessage = ({ data }) => {
    if (data === 'collect') channel.postMessage(usedBytes());
  };
}
