/**
 * Runs a long command in a separate thread for a larger young generation: its size is set when a heap is created, and a
 * program with much garbage that lives for some milliseconds, as batches have, spends a third of its time on
 * collections with the default size.
 */
import { Worker } from 'node:worker_threads';
import type { Terminals } from './thread-signals.js';

/** Three times a semi-space. */
const YOUNG_MEGABYTES = 192;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs this program again in a thread, with the same arguments. @returns its exit status */
export function inRoomyThread(program: URL): Promise<number> {
  const terminals: Terminals = {
    isOutTerminal: process.stdout.isTTY === true,
    isErrTerminal: process.stderr.isTTY === true,
  };
  const worker = new Worker(program, {
    argv: process.argv.slice(2),
    workerData: terminals,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
  });
  for (const signal of SIGNALS) process.on(signal, () => worker.postMessage(signal));
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', resolve);
  });
}
