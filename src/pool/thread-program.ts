/** The program of a pool's thread, on Node's worker threads. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ThreadStart } from './thread-port.js';
import { ThreadWork } from './thread-work.js';
import type { ToThread } from './wire.js';

const port = parentPort;
if (port === null) throw new Error('this file is the program of a worker thread');
const { start, running } = workerData as { readonly start: ThreadStart; readonly running: Int32Array };
const work = new ThreadWork(start, running, (message, transfer) => port.postMessage(message, [...transfer]));

let last: Promise<void> = Promise.resolve();
port.on('message', (message: ToThread) => {
  // What it throws is a bug, or a host out of memory: it ends the thread, and the pool runs the jobs elsewhere.
  last = last.then(() => work.receive(message));
});
