/**
 * A separate thread that makes the calls of one contender, without a pool: two of them show what the machine can do.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { contendersOf } from './pool-contenders.js';

const { name, folders } = workerData as { readonly name: string; readonly folders: readonly string[] };
const { zomes, entries } = await contendersOf(folders);
const contender = [...zomes, entries].find((other) => other.name === name)!;
parentPort!.on('message', async (count: number) => {
  await contender.one(count);
  parentPort!.postMessage(count);
});
parentPort!.postMessage(0);
