/** The workload for every engine: a module, a call, and the expected result. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { typeOfFunction } from '../../src/wasm/module.js';
import { partsOf } from '../../src/wasm/module-parts.js';
import { BOOT_EXPORT, decoded, withBootOf } from '../boot-modules.js';
import { largeModule } from '../large-module.js';
import { readRawGuests } from '../raw-guests.js';
import type { SectionOptions } from '../section.js';

export interface Workload {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly export: string;
  readonly args: readonly string[];
  /** The replacement for an interpreter, and the factor by which its call time is multiplied. */
  readonly slow?: { readonly args: readonly string[]; readonly factor: number };
  /** Instances and calls after the first. */
  readonly times: number;
  /** What it demonstrates. */
  readonly about: string;
}

const GUESTS = new URL('../../../vectors/guests/', import.meta.url);
const N_BODY_STEPS = 5_000_000;
const BOOTS = 1_000;

/** Where zomes are, beside the project. */
const { ASSAY_ZOMES = '../shared/zomes' } = process.env;
const ENTRY_TYPES = '__num_entry_types';

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, GUESTS)));
}

/** @returns the workloads, and which ones were left out and why */
export function workloads({ quick, folders, progress }: SectionOptions): {
  readonly all: readonly Workload[];
  readonly notes: readonly string[];
} {
  const large = quick ? 'the run is quick' : largeModule(progress);
  const zomes = [...folders, ASSAY_ZOMES].flatMap(zomesOf).slice(0, quick ? 1 : undefined);
  return {
    all: [
      ...computing(quick),
      {
        name: 'zome of 20 kB',
        bytes: withBoot(read('post/post.wasm')),
        export: BOOT_EXPORT,
        args: [],
        times: quick ? BOOTS / 10 : BOOTS,
        about: 'instantiated and called 1,000 times',
      },
      ...zomes,
      ...samples(quick),
      ...(typeof large === 'string'
        ? []
        : [
            {
              name: large.name,
              bytes: large.bytes,
              export: BOOT_EXPORT,
              args: [],
              times: 0,
              about: 'its start function sets 10,000 globals',
            },
          ]),
    ],
    notes: [
      ...(typeof large === 'string' ? [`the module of 39 MB was left out: ${large}`] : []),
      ...(zomes.length === 0 ? [`real zomes were left out: there are none in ${ASSAY_ZOMES} (ASSAY_ZOMES)`] : []),
    ],
  };
}

function computing(quick: boolean): readonly Workload[] {
  const raw = readRawGuests();
  const guest = (name: string) => raw.find((one) => one.name === name)!;
  const [fibonacci, nBody] = [guest('fibonacci'), guest('n-body')];
  const steps = quick ? N_BODY_STEPS / 10 : N_BODY_STEPS;
  return [
    {
      name: 'fibonacci(35)',
      bytes: fibonacci.bytes,
      export: fibonacci.export,
      args: ['i32:35'],
      times: 0,
      about: 'calls and returns',
    },
    {
      name: `n-body(${steps.toLocaleString('en')})`,
      bytes: nBody.bytes,
      export: nBody.export,
      args: [`i32:${steps}`],
      slow: { args: [`i32:${steps / 10}`], factor: 10 },
      times: 0,
      about: 'f64 arithmetic; interpreters do a tenth of the steps, and the time of their call is multiplied by 10',
    },
  ];
}

/** A number in, a number out, in each language with guests here; none needs WASI. */
function samples(quick: boolean): readonly Workload[] {
  const languages = [
    ['C', 'c-O3'],
    ['AssemblyScript', 'assemblyscript-O3'],
    ['Rust', 'rust-O3'],
  ] as const;
  return languages.map(([language, file]) => ({
    name: `sample in ${language}`,
    bytes: read(`abi/${file}.wasm`),
    export: 'pair',
    args: ['i64:9223372036854775809', 'i32:7919'],
    times: quick ? 100 : BOOTS,
    about: 'one score (vectors/guests/abi)',
  }));
}

function withBoot(bytes: Uint8Array): Uint8Array {
  return withBootOf(partsOf(decoded(bytes)));
}

function zomesOf(folder: string): readonly Workload[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.wasm'))
    .sort()
    .map((name) => {
      const bytes = new Uint8Array(readFileSync(join(folder, name)));
      const module = decoded(bytes.slice());
      const types = module.exports.find((item) => item.name === ENTRY_TYPES);
      const hasTypes = types !== undefined && typeOfFunction(module, types.index).params.length === 0;
      return {
        name: `zome ${name}`,
        bytes: hasTypes ? bytes : withBoot(bytes),
        export: hasTypes ? ENTRY_TYPES : BOOT_EXPORT,
        args: [],
        times: 10,
        about: 'a real zome, asked how many types of entries it has; its imports give zeros',
      };
    });
}
