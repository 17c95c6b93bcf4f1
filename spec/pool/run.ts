/**
 * `npm run pool:check`: checks that take too long for `npm test`. Sections by name; each prints its findings, and a
 * failure gives status 1.
 */
import { randomInt } from 'node:crypto';
import { amount, checkNames, scriptLine, whole } from '../script-options.js';
import type { CheckOptions, Finding } from './check.js';
import { checkBatch } from './check-batch.js';
import { checkMemo } from './check-memo.js';
import { checkPool } from './check-pool.js';

const SECTIONS: Readonly<Record<string, (options: CheckOptions) => Promise<readonly Finding[]>>> = {
  pool: checkPool,
  batch: checkBatch,
  memo: checkMemo,
};

const { options, args, refuse } = scriptLine({
  name: 'pool:check',
  about:
    'Many jobs under hostile conditions: threads and processes that are killed at random. Exit status 1 if one is lost.',
  options: {
    seed: whole('of the jobs and the kills (default: a random one, which is printed)', undefined),
    share: amount('of the jobs: 1 for all', 1),
  },
  takes: [['[sections...]', `of ${Object.keys(SECTIONS).join(', ')}`]],
});

const names = args.length === 0 ? Object.keys(SECTIONS) : args;
checkNames(refuse, 'section', names, Object.keys(SECTIONS));
const seed = options.seed ?? randomInt(2 ** 31);
console.log(`seed ${seed}`);
const showProgress = (text: string): void => {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${text}`);
};
let passed = 0;
let failed = 0;
for (const name of names) {
  const begin = performance.now();
  const findings = await SECTIONS[name]!({ seed, share: options.share, showProgress });
  showProgress('');
  for (const { what, ok, found } of findings) {
    if (ok) passed += 1;
    else failed += 1;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${what}: ${found}`);
  }
  console.log(`       ${name}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
