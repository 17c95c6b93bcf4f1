/**
 * Section `boot`: from bytes to the first result, and from one result to the next: both tiers and `auto` through the
 * engine, the host's bare `WebAssembly`, and peers. Each row is measured in separate processes.
 */
import { spawnSync } from 'node:child_process';
import { packageFile } from '../spec/programs/package-file.js';
import { LIMITS_1 } from '../src/base/limits.js';
import { rewrite } from '../src/instrumented/rewrite.js';
import type { Program } from '../src/machine/program.js';
import { Store } from '../src/machine/store.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { encodeModule } from '../src/wasm/encode-module.js';
import { partsOf } from '../src/wasm/module-parts.js';
import type { BootReport } from './boot-child.js';
import { BOOT_EXPORT, bootModules, decoded, memoryModule } from './boot-modules.js';
import { type BootWay, bootedInProcesses, withModuleFile } from './boot-processes.js';
import { meteredModule } from './loading.js';
import { readRawGuests } from './raw-guests.js';
import { MEGABYTE, realModules, type SampleModule } from './sample-modules.js';
import type { Cell, Section, SectionOptions, Target } from './section.js';
import { TIERS } from './tiers.js';
import { median, timed } from './time.js';

const WAYS = ['interpreter', 'instrumented', 'auto', 'WebAssembly', 'polywasm'] as const;
/** Engines that are programs: the arguments that call the export of a file. */
const PEERS: Readonly<Record<string, (file: string) => readonly string[]>> = {
  wasm3: (file) => ['--func', BOOT_EXPORT, file],
  wasmtime: (file) => ['run', '--invoke', BOOT_EXPORT, file],
  wasmi_cli: (file) => ['--invoke', BOOT_EXPORT, file],
};

/** The bounds. */
const SMALL_OVER_BARE_MICROSECONDS_MAX = 10;
const MEMSET_TIMES_MAX = 2;
const REWRITE_MS_PER_MB_MAX = 40;
const SIZE_TIMES_MAX = 2.4;

/** The real programs from npm: package and file. */
const PROGRAM_FILES = [
  ['brotli-wasm', 'pkg.node/brotli_wasm_bg.wasm'],
  ['tiny-secp256k1', 'lib/secp256k1.wasm'],
  ['argon2-browser', 'dist/argon2.wasm'],
  ['source-map', 'lib/mappings.wasm'],
] as const;

const MICROSECONDS = 1000;

export const BOOT: Section = {
  name: 'boot',
  about: 'from bytes to the first result, and to the next',
  run: (options) => {
    const modules = bootModules();
    const phased = [...modules, ...realModules()].map((module) => phasesOf(module, options));
    const resets = resetRows(options);
    const sizes = sizeRows();
    return {
      tables: [
        ...modules.map((module) => ({
          title: `${module.name}: milliseconds to the first result, microseconds to the next`,
          rows: [...WAYS.map((way) => bootRow(module, way, options)), ...peerRows(module, options)],
        })),
        { title: 'phases, cold, in a fresh process: milliseconds', rows: phased.map(({ cold }) => cold) },
        { title: 'phases, warm: milliseconds', rows: phased.map(({ warm }) => warm) },
        { title: 'ahead of time: what the disk cache keeps', rows: phased.map(({ ahead }) => ahead) },
        { title: 'code size after rewriting, custom sections left out', rows: sizes },
        { title: 'an instance made new and called, no receipt: microseconds', rows: resets.rows },
      ],
      targets: [...resets.targets, sizeTarget(sizes), ...phased.flatMap(({ targets }) => targets)],
      notes: [
        'first: load and one call; disk: the same, with the module in a disk cache; memory: the same in an engine that has it loaded; next: one call more, with its receipt. WebAssembly and polywasm have no receipt, no disk and no reset: their memory is a new instance, their next the call alone',
        'Node cannot give machine code away (docs/STORE.md), so ahead of time is the rewritten module, beside the word that the module is valid; the host compiles lazily',
        ...Object.keys(PEERS)
          .filter((peer) => !isInstalled(peer))
          .map((peer) => `${peer} was left out: there is none on the PATH`),
      ],
    };
  },
};

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

function bootRow(module: SampleModule, way: BootWay, { rounds, progress }: SectionOptions) {
  progress(`${module.name} by ${way}`);
  return withModuleFile(module, (file, folder) => {
    const report = bootedInProcesses(file, way, rounds);
    let disk: number | undefined;
    if (way === 'instrumented' || way === 'auto') {
      bootedInProcesses(file, way, 1, folder);
      disk = bootedInProcesses(file, way, rounds, folder)['first'];
    }
    return row(way, report['first'], disk, report['memory'], report['again']! * MICROSECONDS);
  });
}

function row(way: string, first: Cell, disk: Cell, memory: Cell, next: Cell): Readonly<Record<string, Cell>> {
  return { way, 'first ms': first, 'disk ms': disk, 'memory ms': memory, 'next us': next };
}

function peerRows(module: SampleModule, { rounds }: SectionOptions) {
  return Object.entries(PEERS)
    .filter(([peer]) => isInstalled(peer))
    .map(([peer, args]) =>
      withModuleFile(module, (file) => {
        const times = Array.from({ length: rounds }, () => {
          const begin = performance.now();
          const { status } = spawnSync(peer, args(file));
          return status === 0 ? performance.now() - begin : undefined;
        });
        const good = times.filter((ms) => ms !== undefined);
        return row(`${peer}, a process`, good.length === 0 ? 'fails' : median(good), undefined, undefined, undefined);
      }),
    );
}

const PHASES = [
  'decode + validate',
  'meter',
  'rewrite',
  'host compiles',
  'instrumented: instantiate',
  'instrumented: first call',
  'interpreter: instantiate',
  'interpreter: first call',
] as const;

function phasesOf(module: SampleModule, { rounds, progress }: SectionOptions) {
  progress(`${module.name}, phases`);
  return withModuleFile(module, (file) => {
    const cold = bootedInProcesses(file, 'phases', rounds);
    const warm = bootedInProcesses(file, 'phases, warm', 1);
    const bare = bootedInProcesses(file, 'WebAssembly', rounds);
    const { name, bytes } = module;
    const megabytes = bytes.length / MEGABYTE;
    const of = (report: BootReport) => ({
      module: name,
      ...Object.fromEntries(PHASES.map((phase) => [phase, report[phase]])),
      'rewrite / MB': report['rewrite']! / megabytes,
      'WebAssembly: compile': bare['compile'],
      'WebAssembly: instantiate': bare['instantiate'],
      'WebAssembly: first call': bare['call'],
    });
    const target = (when: string, report: BootReport): Target => ({
      name: `rewriting ${name}, ${when}, per MB`,
      measured: report['rewrite']! / megabytes,
      bound: REWRITE_MS_PER_MB_MAX,
      unit: 'ms',
    });
    return {
      cold: of(cold),
      warm: of(warm),
      ahead: {
        module: name,
        bytes: bytes.length,
        'make cold ms': cold['rewrite']! + cold['host compiles']! + cold['seal']!,
        'make warm ms': warm['rewrite']! + warm['host compiles']! + warm['seal']!,
        'kept bytes': cold['sealedBytes'],
        'times the module': cold['sealedBytes']! / bytes.length,
        'load cold ms': cold['unseal']! + cold['host compiles what was kept']!,
        'load warm ms': warm['unseal']! + warm['host compiles what was kept']!,
      },
      targets: megabytes > 0.5 ? [target('cold', cold), target('warm', warm)] : [],
    };
  });
}

/** The raw guests and the npm programs, without custom sections, before and after rewriting. */
function sizeRows() {
  const modules = [
    ...readRawGuests(),
    ...PROGRAM_FILES.map(([name, file]) => ({ name, bytes: packageFile(name, file) })),
  ];
  const rows = modules.map(({ name, bytes }) => {
    const stripped = encodeModule({ ...partsOf(decoded(bytes)), customs: [] });
    return { module: name, bytes: stripped.length, rewritten: rewrite(meteredModule(stripped), 'own').bytes.length };
  });
  const sum = (key: 'bytes' | 'rewritten') => rows.reduce((all, row) => all + row[key], 0);
  const all = [...rows, { module: 'sum', bytes: sum('bytes'), rewritten: sum('rewritten') }];
  return all.map((row) => ({ ...row, times: row.rewritten / row.bytes }));
}

function sizeTarget(rows: readonly { readonly times: number }[]): Target {
  return { name: 'code size after rewriting, sum', measured: rows.at(-1)!.times, bound: SIZE_TIMES_MAX, unit: 'times' };
}

/** Repeated in one measurement. */
const RESETS = 5_000;
const RESET_ROUNDS = 9;

function resetRows({ rounds, progress }: SectionOptions) {
  const rows: Record<string, Cell>[] = [];
  const targets: Target[] = [];
  for (const pages of [1, 20]) {
    progress(`reset of ${pages} pages`);
    const bytes = new Uint8Array(memoryModule(pages));
    const works: Record<string, () => void> = {
      'bare call': bareCall(bytes),
      memset: memset(pages),
      ...Object.fromEntries([...TIERS].map(([name, tier]) => [name, reset(tier.program(meteredModule(bytes)))])),
    };
    const found = Object.fromEntries(Object.keys(works).map((name) => [name, [] as number[]]));
    for (let round = 0; round < Math.max(rounds, RESET_ROUNDS); round++) {
      for (const [name, work] of Object.entries(works)) {
        const { ms } = timed(() => {
          for (let i = 0; i < RESETS; i++) work();
        });
        found[name]!.push((ms * MICROSECONDS) / RESETS);
      }
    }
    const times = Object.fromEntries(Object.entries(found).map(([name, list]) => [name, median(list)]));
    rows.push({ pages, ...times });
    const instrumented = times['instrumented']!;
    if (pages === 1) {
      targets.push({
        name: 'instrumented, a module of one page made new and called, over the bare call',
        measured: instrumented - times['bare call']!,
        bound: SMALL_OVER_BARE_MICROSECONDS_MAX,
        unit: 'us',
      });
    } else {
      targets.push({
        name: `instrumented, a module of ${pages} pages made new and called, beside a memset of them`,
        measured: instrumented / times['memset']!,
        bound: MEMSET_TIMES_MAX,
        unit: 'times',
      });
    }
  }
  return { rows, targets };
}

function reset(program: Program): () => void {
  const store = new Store(LIMITS_1, FUEL_1);
  store.beginCall(Number.MAX_SAFE_INTEGER);
  const instance = program.instantiate(store, [])!;
  return () => {
    store.beginCall(Number.MAX_SAFE_INTEGER);
    program.reinstantiate(instance);
    if (instance.invoke(0, []).kind !== 'returned') throw new Error('no answer');
  };
}

function bareCall(bytes: Uint8Array<ArrayBuffer>): () => void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  return exports[BOOT_EXPORT] as () => void;
}

function memset(pages: number): () => void {
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: pages }).buffer);
  return () => {
    memory.fill(0);
  };
}
