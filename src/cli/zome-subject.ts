/** The zomes that a command works on: a zome host for the module argument, and the records that it may find by hash. */
import { basename, extname } from 'node:path';
import { defined } from '../base/defined.js';
import type { Generation } from '../boundary/generation.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { createEngine } from '../engine/engine.js';
import type { Tier } from '../engine/tier.js';
import { createZomeHost } from '../zome/create-zome-host.js';
import { type DependencyDocument, readDependencies, sourceOfDependencies } from '../zome/dependency-file.js';
import { type DependencySource, NO_DEPENDENCIES } from '../zome/dependency-source.js';
import type { DnaDefinition } from '../zome/dna.js';
import { dnaDefinitionOf } from '../zome/dna-definition.js';
import type { ZomeDefinition } from '../zome/zome.js';
import type { ZomeHost } from '../zome/zome-host.js';
import { dnaAt, type NamedDna, readBundleFile, wasmIn, zomeAt } from './bundle-place.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import { loadError } from './load-module.js';
import { bundlePlaceOf, readModule } from './module-place.js';
import { readValue, typeError } from './read-document.js';

/** Maximum bytes of a dependency file. */
export const DEPENDENCIES_BYTES_MAX = 268_435_456;

export interface ZomeSubject {
  readonly host: ZomeHost;
  /** The zome that was named; undefined for a whole DNA. */
  readonly zome: string | undefined;
}

export interface CalledSubject extends ZomeSubject {
  readonly zome: string;
}

interface Zomes {
  readonly definitions: readonly ZomeDefinition[];
  readonly dnaInfo: DnaDefinition;
  readonly zome: string | undefined;
}

export interface SubjectOptions {
  readonly tier?: Tier;
  readonly generation?: Generation;
}

/** @throws CliError for files that cannot be read, found, loaded or linked */
export async function zomeSubject(argument: string, options: SubjectOptions): Promise<ZomeSubject> {
  const zomes = await zomesAt(argument);
  return { host: await hostOf(argument, zomes, options), zome: zomes.zome };
}

/** Like `zomeSubject`, for a call to one zome, which must be named if the DNA has several. */
export async function calledSubject(argument: string, options: SubjectOptions): Promise<CalledSubject> {
  const zomes = await calledZome(argument);
  return { host: await hostOf(argument, zomes, options), zome: zomes.zome };
}

async function hostOf(
  argument: string,
  { definitions, dnaInfo }: Zomes,
  { tier = 'auto', generation }: SubjectOptions,
): Promise<ZomeHost> {
  const made = await hostOver(argument, {
    engine: createEngine({ tier }),
    zomes: definitions,
    dnaInfo,
    ...defined({ generation }),
  });
  if (made.ok) return made.host;
  const where = bundlePlaceOf(argument) === undefined ? argument : `${argument} (zome ${made.zome})`;
  throw loadError(where, made.fault, 'a zome can import only functions of a Holochain host of 0.1 to 0.7');
}

async function hostOver(argument: string, options: Parameters<typeof createZomeHost>[0]) {
  try {
    return await createZomeHost(options);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError(
      `${printable(argument)}: ${printable(error.message)}`,
      'correct the manifest and pack the bundle again',
    );
  }
}

/** The zomes that an argument names, not yet loaded. @throws CliError */
export async function zomesAt(argument: string): Promise<Zomes> {
  const place = bundlePlaceOf(argument);
  if (place === undefined) return zomeInFile(argument);
  return zomesOf(argument, dnaAt(await readBundleFile(place.path), place.path, place.place));
}

async function calledZome(argument: string): Promise<Zomes & { readonly zome: string }> {
  const place = bundlePlaceOf(argument);
  if (place === undefined) return zomeInFile(argument);
  const named = zomeAt(await readBundleFile(place.path), place.path, place.place);
  return { ...zomesOf(argument, named), zome: named.zome.name };
}

async function zomeInFile(path: string): Promise<Zomes & { readonly zome: string }> {
  const name = basename(path, extname(path));
  return { definitions: [{ name, wasm: await readModule(path) }], dnaInfo: {}, zome: name };
}

function zomesOf(argument: string, { dna, zome }: NamedDna): Zomes {
  // Coordinators are loaded only if one is named: a validation calls none.
  const needed = dna.zomes.filter((other) => other.kind === 'integrity' || other === zome);
  const definitions = needed.map(({ name, kind, dependencies, ...rest }) => ({
    name,
    kind,
    dependencies,
    wasm: wasmIn(argument, { name, kind, dependencies, ...rest }),
  }));
  return { definitions, dnaInfo: dnaDefinitionOf(dna), zome: zome?.name };
}

/** The dependency source of a file. @throws CliError */
export function dependenciesOf(path: string | undefined, generation: Generation): DependencySource {
  if (path === undefined) return NO_DEPENDENCIES;
  const value = readValue(path, DEPENDENCIES_BYTES_MAX, 'dependencies');
  return sourceAt(path, dependencyDocumentOf(path, value, generation), generation);
}

/** The document in a file's value. @throws CliError */
export function dependencyDocumentOf(
  path: string,
  value: MessagePackValue,
  generation: Generation,
): DependencyDocument {
  const read = readDependencies(value, generation);
  if (read.ok) return read.value;
  throw typeError(path, `list of dependencies of generation ${generation}`, read.error, DEPENDENCIES_ADVICE);
}

export function sourceAt(path: string, document: DependencyDocument, generation: Generation): DependencySource {
  try {
    return sourceOfDependencies(document, generation);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CliError(`${printable(path)}: ${printable(error.message)}`, 'correct the hash or the content');
  }
}

const DEPENDENCIES_ADVICE = 'see assay validate --help for the lists of the file, and --generation';
