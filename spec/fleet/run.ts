/**
 * `npm run fleet`: checks that take too long for `npm test`. Sections by name; each prints its findings. Exit status 1
 * if a requirement is not met.
 */
import { randomInt } from 'node:crypto';
import type { Finding } from '../pool/check.js';
import { amount, checkNames, scriptLine, whole } from '../script-options.js';
import { checkCosts } from './check-costs.js';
import { checkFleet, type FleetCheckOptions } from './check-fleet.js';
import { natsQueues, postgresQueues } from './queues.js';

const SECTIONS: Readonly<Record<string, (options: FleetCheckOptions) => Promise<readonly Finding[]>>> = {
  postgres: (options) => checkFleet(postgresQueues(), options),
  nats: (options) => checkFleet(natsQueues(), options),
  costs: checkCosts,
};
const DEFAULT = ['postgres', 'nats'];

const { options, args, refuse } = scriptLine({
  name: 'fleet',
  about:
    'Jobs over four worker processes on PostgreSQL and on NATS, with workers and servers that are killed and a worker that lies. Exit status 1 if a job is lost or a lie is not found.',
  options: {
    seed: whole('of the kills (default: a random one, which is printed)', undefined),
    jobs: whole('of each section', 20_000, 1),
    lies: whole('one worker lies about one receipt in so many', 500, 1),
    time: amount('seconds of all sections together, after which no more jobs are submitted', 1_200),
  },
  takes: [['[sections...]', `of ${Object.keys(SECTIONS).join(', ')}; default ${DEFAULT.join(' and ')}`]],
});

const names = args.length === 0 ? DEFAULT : args;
checkNames(refuse, 'section', names, Object.keys(SECTIONS));
const seed = options.seed ?? randomInt(2 ** 31);
console.log(`seed ${seed}`);
const showProgress = (text: string): void => {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${text}`);
};
/** Time for the rest: starting, finishing the submitted jobs, late lines. */
const TAIL_SHARE = 0.6;
let passed = 0;
let failed = 0;
for (const name of names) {
  const begin = performance.now();
  const seconds = (options.time * TAIL_SHARE) / names.length;
  const findings = await SECTIONS[name]({ seed, jobs: options.jobs, seconds, lies: options.lies, showProgress });
  showProgress('');
  for (const { what, ok, found } of findings) {
    if (ok) passed += 1;
    else failed += 1;
    console.log(`${ok ? 'ok    ' : 'FAILED'} ${name}: ${what}: ${found}`);
  }
  console.log(`       ${name}: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
