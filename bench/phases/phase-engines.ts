/**
 * The engines whose phases are measured, each in separate processes: ours, V8, polywasm, and native ones that are built
 * here.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCargoProject, buildPeers, type NoPeers, PEER_PROGRAM } from '../peer-program.js';
import type { SectionOptions } from '../section.js';
import { median } from '../time.js';
import type { PhaseReport, Phases } from './phase-report.js';
import type { Workload } from './workloads.js';

const CHILD = fileURLToPath(new URL('phases-child.js', import.meta.url));
const PEERS = fileURLToPath(new URL('../../../bench/peers', import.meta.url));

export interface PhaseEngine {
  readonly name: string;
  /** Whether it runs the shortened workloads for interpreters. */
  readonly isSlow: boolean;
  /** Whether it counts fuel. */
  readonly isMetered: boolean;
  readonly command: readonly string[];
}

/** A process that takes longer is killed, and its row shows that. */
const PROCESS_MS_MAX = 60_000;

function script(name: string, isSlow: boolean, isMetered: boolean): PhaseEngine {
  return { name, isSlow, isMetered, command: [process.execPath, '--expose-gc', CHILD, name] };
}

const OWN: readonly PhaseEngine[] = [
  script('interpreter', true, true),
  script('instrumented', false, true),
  script('WebAssembly', false, false),
  script('polywasm', true, false),
];

function native(program: readonly string[], names: readonly (readonly [name: string, isSlow: boolean])[]) {
  return names.map(([name, isSlow]) => ({
    name,
    isSlow,
    isMetered: name.endsWith('+fuel'),
    command: [...program, name],
  }));
}

interface Built {
  readonly engines: readonly PhaseEngine[];
  readonly notes: readonly string[];
}

/** The available engines, and why others are not available. */
export function phaseEngines({ peers, progress }: SectionOptions): Built {
  if (!peers) return { engines: OWN, notes: ['native engines were left out: they were not asked for'] };
  const all = [wasmtimeAndWasmi(progress), wasmer(progress), wasm3(progress)];
  return {
    engines: [...OWN, ...all.flatMap(({ engines }) => engines)],
    notes: [
      ...all.flatMap(({ notes }) => notes),
      'lucet was left out: its authors gave it up for wasmtime in 2020, and its crates do not build with a compiler of today',
      "wasmer's LLVM compiler was left out: it needs an LLVM of its own to build with",
    ],
  };
}

function of(lacking: NoPeers | undefined, name: string, engines: readonly PhaseEngine[]): Built {
  return lacking === undefined
    ? { engines, notes: [] }
    : { engines: [], notes: [`${name} was left out: ${lacking.missing}`] };
}

function wasmtimeAndWasmi(progress: (text: string) => void): Built {
  const engines = native(
    [PEER_PROGRAM, 'phases'],
    [
      ['wasmtime', false],
      ['wasmtime+fuel', false],
      ['wasmi', true],
      ['wasmi+fuel', true],
      ['wasmi-2019', true],
    ],
  );
  return of(buildPeers(progress), 'wasmtime and wasmi', engines);
}

function wasmer(progress: (text: string) => void): Built {
  const folder = join(PEERS, 'wasmer');
  const program = join(folder, 'target', 'release', 'assay-bench-wasmer');
  const engines = native(
    [program],
    [
      ['wasmer-cranelift', false],
      ['wasmer-singlepass', false],
    ],
  );
  const lacking = existsSync(program)
    ? buildCargoProject(folder, 'bench/peers/wasmer', progress)
    : { missing: 'it takes ten minutes and more to build; cargo build --release in bench/peers/wasmer does it' };
  return of(lacking, 'wasmer', engines);
}

const PYWASM3 = 'pywasm3==0.5.0';
const CFLAGS = ['-O3', '-fomit-frame-pointer', '-fno-stack-check', '-fno-stack-protector', '-DNASSERTS'];

/** wasm3 is C: its sources come from a package of PyPI, which pip downloads once into a folder for temporary files. */
function wasm3(progress: (text: string) => void): Built {
  const folder = join(tmpdir(), 'assay-bench-packages', 'wasm3');
  const program = join(folder, 'phases');
  const engine: PhaseEngine = { name: 'wasm3', isSlow: true, isMetered: false, command: [program] };
  progress('building wasm3');
  return of(builtWasm3(folder, program), 'wasm3', [engine]);
}

function builtWasm3(folder: string, program: string): NoPeers | undefined {
  mkdirSync(folder, { recursive: true });
  const sources = join(folder, 'pywasm3-0.5.0', 'wasm3');
  if (!existsSync(sources)) {
    const args = ['download', '--no-deps', '--no-binary', ':all:', '--dest', folder, PYWASM3];
    const lacking = ran('pip', args) ?? ran('tar', ['xf', join(folder, 'pywasm3-0.5.0.tar.gz'), '-C', folder]);
    if (lacking !== undefined) return lacking;
  }
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  const inputs = [join(PEERS, 'wasm3', 'phases.c'), ...files.map((name) => join(sources, name))];
  const made = statSync(program, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (inputs.every((input) => statSync(input).mtimeMs < made)) return undefined;
  return ran('cc', [...CFLAGS, `-I${sources}`, '-o', program, ...inputs, '-lm']);
}

function ran(command: string, args: readonly string[]): NoPeers | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return undefined;
  return { missing: error?.message ?? `${command}: ${stderr.trim().split('\n').at(-1)}` };
}

/** Medians over several processes; a string if the engine cannot do it. */
export function phasesOf(
  { command, isSlow }: PhaseEngine,
  file: string,
  workload: Workload,
  rounds: number,
): PhaseReport | string {
  const { args, factor } = isSlow && workload.slow !== undefined ? workload.slow : { args: workload.args, factor: 1 };
  const [program, ...first] = command;
  const given = [...first, file, workload.export, String(workload.times), ...args];
  const reports: PhaseReport[] = [];
  for (let round = 0; round < rounds; round++) {
    const { status, stdout, stderr, error } = spawnSync(program, given, {
      encoding: 'utf8',
      timeout: PROCESS_MS_MAX,
      maxBuffer: 1 << 26,
    });
    if (error !== undefined && 'code' in error && error.code === 'ETIMEDOUT')
      return `it took longer than ${PROCESS_MS_MAX / 1000} s`;
    if (status !== 0) return error?.message ?? reasonOf(stderr);
    reports.push(named(JSON.parse(stdout)));
  }
  const medians = Object.fromEntries(
    Object.keys(reports[0].phases).map((key) => [key, median(reports.map((one) => one.phases[key as keyof Phases]!))]),
  ) as unknown as Phases;
  return { ...reports[0], phases: { ...medians, call: medians.call * factor } };
}

/** The line of a process's output that names its error. */
function reasonOf(stderr: string): string {
  const lines = stderr.trim().split('\n');
  return lines.find((line) => /error/i.test(line) && !/^(?:node|file):/.test(line)) ?? lines.at(-1)!;
}

/** The native programs write names of several words. */
const WRITTEN: Readonly<Record<string, keyof Phases>> = {
  'parse and compile': 'parseAndCompile',
  'saved bytes': 'savedBytes',
};

function named({ engine, results, phases }: PhaseReport): PhaseReport {
  const keys = Object.entries(phases).filter(([key]) => key !== 'all');
  return {
    engine,
    results,
    phases: Object.fromEntries(keys.map(([key, value]) => [WRITTEN[key] ?? key, value])) as unknown as Phases,
  };
}
