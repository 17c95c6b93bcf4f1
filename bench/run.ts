/**
 * `npm run bench`: times the engine and others in one run. Results on stdout, progress on stderr if that is a terminal.
 * Exit status 0 even if a target is missed: a figure is not a test.
 */
import { statSync } from 'node:fs';
import { flag, scriptLine, text, whole } from '../spec/script-options.js';
import { consoleOf } from '../src/cli/console.js';
import { ABI } from './abi/section.js';
import { ADVERSARIAL } from './adversarial.js';
import { BILLING } from './billing.js';
import { BOOT } from './boot.js';
import { BOUNDARY } from './boundary.js';
import { CALLS } from './calls.js';
import { GUESTS } from './guests.js';
import { HOST_CALLS } from './host-calls.js';
import { LOAD } from './load.js';
import { MEMORY } from './memory.js';
import { REPORT } from './phases/section.js';
import { POOL } from './pool.js';
import { RELOAD } from './reload.js';
import { sectionText } from './report.js';
import type { Section, SectionResult } from './section.js';
import { SESSIONS } from './sessions.js';
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
  POOL,
  SESSIONS,
  BILLING,
  ABI,
  REPORT,
];

const LONG = SECTIONS.flatMap(({ name, isLong }) => (isLong === true ? [name] : [])).join(', ');

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function main(): Promise<void> {
  const { options, args, refuse } = scriptLine({
    name: 'bench',
    about:
      'Times the engine beside others in one run. Exit status 0 also where a target is missed: a figure is no test.',
    options: {
      json: flag('one object'),
      tier: text('name', `one of ${[...TIERS.keys()].join(', ')}`, 'interpreter'),
      rounds: whole('repetitions, of which the median counts', 3, 1),
      quick: flag('fewer and shorter measurements'),
      write: flag('of abi: writes the page that is made of the figures'),
      resume: flag('of report: goes on with the figures that an interrupted run has kept'),
      memory: flag('of zomes: what 100,000 validations leave in memory, in place of times'),
      noPeers: flag('without the engines that are built or found on the machine'),
    },
    takes: [
      [
        '[sections...]',
        `of ${SECTIONS.map(({ name }) => name).join(', ')}; or folders of zomes. None: all but ${LONG}`,
      ],
    ],
  });
  const known = <T>(what: string, all: readonly string[], name: string, value: T | undefined): T =>
    value ?? refuse(`there is no ${what} '${name}'; there are ${all.join(', ')}`);
  const names = SECTIONS.map(({ name }) => name);
  const isFolder = (name: string) => !names.includes(name) && isDirectory(name);
  const folders = args.filter(isFolder);
  const wanted = args.filter((name) => !isFolder(name));
  const sections =
    wanted.length === 0
      ? SECTIONS.filter(({ isLong }) => isLong !== true)
      : wanted.map((name) =>
          known(
            'section',
            names,
            name,
            SECTIONS.find((section) => section.name === name),
          ),
        );
  const tier = known('tier', [...TIERS.keys()], options.tier, TIERS.get(options.tier));
  if (globalThis.gc === undefined) refuse('start it with node --expose-gc, as npm run bench does');
  const { json, noPeers, quick, memory, resume, rounds, write } = options;
  const { progress: show } = consoleOf(process.stdout, process.stderr, process.env);
  const results: Record<string, SectionResult> = {};
  for (const section of sections) {
    const progress = (text: string) => show(`${section.name}: ${text}`);
    const result = await section.run({
      tier,
      rounds,
      quick,
      memory,
      resume,
      write,
      peers: !noPeers,
      folders,
      progress,
    });
    show('');
    results[section.name] = result;
    if (!json) process.stdout.write(`${sectionText(section.name, section.about, result)}\n`);
  }
  if (json) process.stdout.write(`${JSON.stringify({ tier: tier.name, rounds, sections: results }, null, 2)}\n`);
}

await main();
