/** The program of a pool's thread, on Node's worker threads. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadMemo, ThreadStart } from './thread-port.js';
import { ThreadWork, type ValidationMemo } from './thread-work.js';
import type { ToThread } from './wire.js';

const port = parentPort;
if (port === null) throw new Error('this file is the program of a worker thread');
const { start, running } = workerData as { readonly start: ThreadStart; readonly running: Int32Array };

async function memoOf({ folder, bytesMax }: ThreadMemo): Promise<ValidationMemo> {
  const { memoInMemory, openMemo } = await import('../memo/open-memo.js');
  return folder === undefined ? memoInMemory({ bytesMax }) : await openMemo(folder, { bytesMax });
}

const opened = (start.memo === undefined ? Promise.resolve(undefined) : memoOf(start.memo)).then(
  (memo) => new ThreadWork(start, running, (message, transfer) => port.postMessage(message, [...transfer]), memo),
);

let last: Promise<unknown> = opened;
port.on('message', (message: ToThread) => {
  // What it throws is a bug, or a host out of memory: it ends the thread, and the pool runs the jobs elsewhere.
  last = last.then(async () => {
    await (await opened).receive(message);
    if (message.kind === 'close') port.close();
  });
});
