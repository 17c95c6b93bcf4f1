/**
 * `npm run hostile [-- WORDS]`: every hostile guest, module, bundle, receipt and file, each in a child with 256 MB of
 * heap and 10 seconds of processor time. None may end the process or hang it. WORDS select the cases whose names
 * contain them.
 */
import { availableParallelism } from 'node:os';
import { flag, scriptLine } from '../script-options.js';
import { HOSTILE_CASES } from './hostile-cases.js';
import { judgeCase } from './judge-case.js';
import { NOT_MET } from './not-met.js';

const { options, args, refuse } = scriptLine({
  name: 'hostile',
  about:
    'Runs hostile guests, modules, bundles, receipts and files, each in a process of its own with 256 MB of heap and 10 seconds of ' +
    'processor time. Exit status 1 if one ends the process, hangs it or takes longer.',
  options: {
    list: flag('print the names of the cases, run none'),
    json: flag('print one JSON document for each case'),
  },
  takes: [['[words...]', 'the cases whose names have all of them']],
});

const isLeftOut = (name: string) => args.length === 0 && Object.hasOwn(NOT_MET, name);
const chosen = HOSTILE_CASES.filter(({ name }) => args.every((word) => name.includes(word)) && !isLeftOut(name));
if (chosen.length === 0) refuse(`no case has '${args.join("' and '")}' in its name; --list prints the names`);

if (options.list) for (const { name } of chosen) console.log(name);
else {
  let passed = 0;
  if (!options.json && args.length === 0)
    for (const [name, reason] of Object.entries(NOT_MET)) console.log(`left out ${name}\n         ${reason}`);
  const queue = [...chosen];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { name } = next;
      const judgement = await judgeCase(name);
      if (judgement.ok) passed++;
      if (options.json) console.log(JSON.stringify({ name, ...judgement }));
      else if (!judgement.ok) console.log(`FAILED ${name}\n       ${judgement.message}`);
      else if (process.stdout.isTTY) console.log(`ok     ${name}: ${judgement.message}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  if (!options.json) console.log(`${passed} passing\n${chosen.length - passed} failing`);
  process.exitCode = passed === chosen.length ? 0 : 1;
}
