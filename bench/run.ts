/**
 * `npm run bench [-- SECTION... FOLDER...] [--json] [--tier NAME] [--rounds N] [--quick] [--memory] [--no-peers]`: times the engine beside
 * others in one run. Results on stdout, progress on stderr where that is a terminal. Exit status 0 also where a target is
 * missed: a figure is no test.
 */
import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { consoleOf } from '../src/cli/console.js';
import { ADVERSARIAL } from './adversarial.js';
import { BILLING } from './billing.js';
import { BOOT } from './boot.js';
import { BOUNDARY } from './boundary.js';
import { CALLS } from './calls.js';
import { GUESTS } from './guests.js';
import { HOST_CALLS } from './host-calls.js';
import { LOAD } from './load.js';
import { MEMORY } from './memory.js';
import { RELOAD } from './reload.js';
import { sectionText } from './report.js';
import type { Section, SectionResult } from './section.js';
import { START } from './start.js';
import { TIERS } from './tiers.js';
import { ZOMES } from './zomes.js';

const SECTIONS: readonly Section[] = [
  GUESTS,
  LOAD,
  MEMORY,
  ADVERSARIAL,
  CALLS,
  BOOT,
  RELOAD,
  BOUNDARY,
  HOST_CALLS,
  START,
  ZOMES,
  BILLING,
];

const USAGE_STATUS = 2;

function refuse(text: string): never {
  process.stderr.write(`${text}\n`);
  process.exit(USAGE_STATUS);
}

function known<T>(what: string, names: readonly string[], name: string, value: T | undefined): T {
  return value ?? refuse(`there is no ${what} '${name}'; there are ${names.join(', ')}`);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      tier: { type: 'string', default: 'interpreter' },
      rounds: { type: 'string', default: '3' },
      quick: { type: 'boolean', default: false },
      memory: { type: 'boolean', default: false },
      'no-peers': { type: 'boolean', default: false },
    },
  });
  const names = SECTIONS.map(({ name }) => name);
  const isFolder = (name: string) => !names.includes(name) && isDirectory(name);
  const folders = positionals.filter(isFolder);
  const wanted = positionals.filter((name) => !isFolder(name));
  const sections =
    wanted.length === 0
      ? SECTIONS
      : wanted.map((name) =>
          known(
            'section',
            names,
            name,
            SECTIONS.find((section) => section.name === name),
          ),
        );
  const tier = known('tier', [...TIERS.keys()], values.tier, TIERS.get(values.tier));
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) refuse(`--rounds must be a positive integer, not '${values.rounds}'`);
  if (globalThis.gc === undefined) refuse('start it with node --expose-gc, as npm run bench does');
  const { quick, memory } = values;
  const { progress: show } = consoleOf(process.stdout, process.stderr, process.env);
  const results: Record<string, SectionResult> = {};
  for (const section of sections) {
    const progress = (text: string) => show(`${section.name}: ${text}`);
    const result = await section.run({ tier, rounds, quick, memory, peers: !values['no-peers'], folders, progress });
    show('');
    results[section.name] = result;
    if (!values.json) process.stdout.write(`${sectionText(section.name, section.about, result)}\n`);
  }
  if (values.json) process.stdout.write(`${JSON.stringify({ tier: tier.name, rounds, sections: results }, null, 2)}\n`);
}

await main();
