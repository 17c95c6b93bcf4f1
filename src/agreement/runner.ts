/**
 * The program of a node in a separate process: `node runner.js [TIER [PAGES]]`. Requests on standard input, responses
 * on standard output, one line of JSON each, in order. Runs wherever `node:process` and `node:readline` exist.
 */
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Answerer } from './answer-request.js';

const [tier = 'auto', pages] = process.argv.slice(2);
const answerer = new Answerer(tier, pages === undefined ? undefined : Number(pages));
process.stdout.write(`${answerer.hello()}\n`);

let last: Promise<void> = Promise.resolve();
createInterface({ input: process.stdin }).on('line', (line) => {
  last = last.then(async () => {
    process.stdout.write(`${await answerer.reply(line)}\n`);
  });
});
