/**
 * `npm run hostile [-- WORDS]`: every hostile guest, module, bundle, receipt and file, each in a child with 256 MB of heap and 10
 * seconds of processor time. None may end the process or hang it. WORDS choose the cases whose names have them.
 */
import { availableParallelism } from 'node:os';
import { HOSTILE_CASES } from './hostile-cases.js';
import { judgeCase } from './judge-case.js';

const HELP = `Usage: npm run hostile [-- [--list] [--json] [words...]]

Runs hostile guests, modules, bundles, receipts and files, each in a process of its own with 256 MB of heap
and 10 seconds of processor time. Exit status 1 if one ends the process, hangs it or takes longer.

  words    the cases whose names have all of them
  --list   print the names of the cases
  --json   print one JSON document for each case
`;

const args = process.argv.slice(2);
const words = args.filter((word) => !word.startsWith('--'));
const has = (option: string) => args.includes(option);
const chosen = HOSTILE_CASES.filter(({ name }) => words.every((word) => name.includes(word)));

if (has('--help')) process.stdout.write(HELP);
else if (has('--list')) for (const { name } of chosen) console.log(name);
else {
  let passed = 0;
  const queue = [...chosen];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name } = next;
      const judgement = await judgeCase(name);
      if (judgement.ok) passed++;
      if (has('--json')) console.log(JSON.stringify({ name, ...judgement }));
      else if (!judgement.ok) console.log(`FAILED ${name}\n       ${judgement.told}`);
      else if (process.stdout.isTTY) console.log(`ok     ${name}: ${judgement.told}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  if (!has('--json')) console.log(`${passed} passing\n${chosen.length - passed} failing`);
  process.exitCode = passed === chosen.length && passed > 0 ? 0 : 1;
}
