/** The program of a node in a worker thread: requests and responses are messages, the lines of `answer-request.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { Answerer } from './answer-request.js';

const port = parentPort;
if (port === null) throw new Error('this file is the program of a worker thread');
const answerer = new Answerer(String(workerData));
port.postMessage(answerer.hello());

let last: Promise<void> = Promise.resolve();
port.on('message', (line: string) => {
  last = last.then(async () => {
    port.postMessage(await answerer.reply(line));
  });
});
