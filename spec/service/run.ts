/** `npm run service:check`: the service under load, under attack, with billing, and against its OpenAPI document. */
import { randomInt } from 'node:crypto';
import type { CheckOptions, Finding } from '../pool/check.js';
import { amount, checkNames, scriptLine, text, whole } from '../script-options.js';
import { checkBilling } from './check-billing.js';
import { contractCheck } from './check-contract.js';
import { checkHostile } from './check-hostile.js';
import { checkLoad } from './check-load.js';

const NAMES = ['load', 'hostile', 'billing', 'contract'] as const;

const { options, args, refuse } = scriptLine({
  name: 'service:check',
  about:
    'assay serve under load and under attack, billed, and against its OpenAPI document. Exit status 1 if something is not as it must be.',
  options: {
    seed: whole('of inputs and requests (default: a random one, which is printed)', undefined),
    share: amount('of the load and the attacks: 1 for all', 1),
    schemathesis: text('path', 'the program, for the section contract'),
  },
  takes: [['[sections...]', `of ${NAMES.join(', ')}`]],
});

const sections: Readonly<Record<string, (options: CheckOptions) => Promise<readonly Finding[]>>> = {
  load: checkLoad,
  hostile: checkHostile,
  billing: checkBilling,
  contract: contractCheck(options.schemathesis),
};
const names = args.length === 0 ? NAMES : args;
checkNames(refuse, 'section', names, NAMES);
const seed = options.seed ?? randomInt(2 ** 31);
console.log(`seed ${seed}`);
const showProgress = (line: string): void => {
  if (process.stderr.isTTY === true) process.stderr.write(`\r\u001b[K${line}`);
};
let passed = 0;
let failed = 0;
for (const name of names) {
  const begin = performance.now();
  const findings = await sections[name]!({ seed, share: options.share, showProgress });
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
