/** A node in a worker thread, which has its own heap and, by default, a smaller stack than the main thread. */
import { Worker } from 'node:worker_threads';
import type { AgreementNode } from './node.js';
import { type OpenChannel, remoteNode } from './node-remote.js';

export interface WorkerNodeOptions {
  readonly name?: string;
  readonly tier?: string;
  /** Memory pressure and stack size: the limits of the thread. */
  readonly stackMegabytes?: number;
  readonly heapMegabytes?: number;
}

export function workerNode({
  name,
  tier = 'auto',
  stackMegabytes,
  heapMegabytes,
}: WorkerNodeOptions = {}): AgreementNode {
  const open: OpenChannel = (receive, broke) => {
    // With its folder, because in the built package this code may be in a file of another folder.
    const worker = new Worker(new URL('../agreement/thread-runner.js', import.meta.url), {
      workerData: tier,
      resourceLimits: {
        ...(stackMegabytes === undefined ? {} : { stackSizeMb: stackMegabytes }),
        ...(heapMegabytes === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytes }),
      },
    });
    let closing = false;
    worker.on('message', receive);
    worker.on('error', (error) => broke(error.message));
    worker.on('exit', (status) => {
      if (!closing) broke(`the thread ended with status ${status}`);
    });
    return {
      send: (line) => worker.postMessage(line),
      close: async () => {
        closing = true;
        await worker.terminate();
      },
    };
  };
  return remoteNode({ name: name ?? 'worker', open });
}
