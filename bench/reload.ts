/**
 * Section `reload`: the first result of a module that is new to this process, in a disk cache, or in the engine's
 * memory. Each is measured in separate processes. A first result is a new engine, a load, and one call with its
 * receipt; from memory it is another load of the same bytes, and the call.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bootModules } from './boot-modules.js';
import { type BootWay, bootedInProcesses, withModuleFile } from './boot-processes.js';
import { largeModule } from './large-module.js';
import { MEGABYTE, type SampleModule } from './sample-modules.js';
import type { Section, SectionOptions, Target } from './section.js';

const TIERS = ['auto', 'instrumented'] as const satisfies BootWay[];

/** Targets for a module of 39 MB. */
const DISK_SHARE_MAX = 0.33;
const MEMORY_MS_MAX = 60;

/** Where zomes are, beside the project. */
const { ASSAY_ZOMES = '../shared/zomes' } = process.env;

interface Reloaded {
  readonly module: string;
  readonly tier: string;
  readonly bytes: number;
  readonly 'cold ms': number;
  readonly 'disk ms': number;
  readonly 'memory ms': number;
  readonly 'disk / cold': number;
}

export const RELOAD: Section = {
  name: 'reload',
  about: 'the first result of a module that is new, on disk, in memory',
  run: (options) => {
    const large = largeModule(options.progress);
    const modules = [...bootModules(), ...zomes()];
    const rows = modules.flatMap((module) => TIERS.map((tier) => reloaded(module, tier, options)));
    const largeRows = typeof large === 'string' ? [] : TIERS.map((tier) => reloaded(large, tier, options));
    return {
      tables: [{ title: 'milliseconds to the first result', rows: [...rows, ...largeRows].map((row) => ({ ...row })) }],
      targets: largeRows.flatMap(targetsOf),
      notes: typeof large === 'string' ? [`the module of 39 MB was left out: ${large}`] : [],
    };
  },
};

function targetsOf(row: Reloaded): Target[] {
  const name = `${row.module}, ${row.tier}`;
  return [
    {
      name: `${name}: first result from disk, beside cold`,
      measured: row['disk / cold'],
      bound: DISK_SHARE_MAX,
      unit: 'times',
    },
    { name: `${name}: first result from memory`, measured: row['memory ms'], bound: MEMORY_MS_MAX, unit: 'ms' },
  ];
}

/** Real zomes, if there are any: the modules in the subfolders of a folder. */
function zomes(): SampleModule[] {
  if (!existsSync(ASSAY_ZOMES)) return [];
  return readdirSync(ASSAY_ZOMES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wasm'))
    .sort()
    .map((name) => ({ name: `zome ${name}`, bytes: new Uint8Array(readFileSync(join(ASSAY_ZOMES, name))) }));
}

function reloaded(module: SampleModule, tier: BootWay, { rounds, progress }: SectionOptions): Reloaded {
  progress(`${module.name} by ${tier}, ${(module.bytes.length / MEGABYTE).toFixed(1)} MB`);
  return withModuleFile(module, (file, folder) => {
    const cold = bootedInProcesses(file, tier, rounds);
    bootedInProcesses(file, tier, 1, folder);
    const disk = bootedInProcesses(file, tier, rounds, folder);
    return {
      module: module.name,
      tier,
      bytes: module.bytes.length,
      'cold ms': cold['first']!,
      'disk ms': disk['first']!,
      'memory ms': cold['memory']!,
      'disk / cold': disk['first']! / cold['first']!,
    };
  });
}
