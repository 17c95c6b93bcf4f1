/**
 * The validations that section `zomes` times: zomes, their inputs, and the dependencies that they may find by hash.
 *
 * A folder of zomes has modules and bundles in any place, and ops in folders named `ops`, as `GENERATION-NAME.json`,
 * with the dependencies of a generation in `GENERATION-deps.json`. A module is of the generation in which its folder's
 * name ends (`notes-0.7`), otherwise of the one that it shows. An op is validated with them and, if that makes a
 * difference, without. A zome of a generation without ops validates the sample ops of the specs.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { samples } from '../spec/zome/sample-ops.js';
import { decodeValue } from '../src/boundary/codec.js';
import type { Generation } from '../src/boundary/generation.js';
import { messagePackFromJsonBytes } from '../src/boundary/json-read.js';
import type { MessagePackValue } from '../src/boundary/messagepack.js';
import { encodeMessagePack } from '../src/boundary/messagepack-encode.js';
import { createEngine } from '../src/engine/engine.js';
import { dnasOf, readBundle, zomeDefinitionsOf } from '../src/zome/bundle.js';
import { createZomeHost } from '../src/zome/create-zome-host.js';
import { type DependencyDocument, readDependencies, sourceOfDependencies } from '../src/zome/dependency-file.js';
import { type DependencySource, NO_DEPENDENCIES, recordsSource } from '../src/zome/dependency-source.js';
import type { DnaDefinition } from '../src/zome/dna.js';
import { type Op, op } from '../src/zome/op.js';
import type { ZomeDefinition } from '../src/zome/zome.js';
import { ZOME_JSON } from '../src/zome/zome-json.js';

/** The zomes of one DNA. */
export interface ZomeSubject {
  readonly name: string;
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo: DnaDefinition;
  readonly generation: Generation;
  readonly cases: readonly ZomeCase[];
}

export interface ZomeCase {
  readonly name: string;
  readonly input: ZomeInput;
}

export type ZomeInput =
  | {
      readonly kind: 'op';
      readonly op: Op;
      readonly dependencies: DependencySource;
      /** The same as a document; undefined for none. */
      readonly document: Partial<DependencyDocument> | undefined;
    }
  /** MessagePack of an entry, for a zome that only validates entries */
  | { readonly kind: 'entry'; readonly entry: Uint8Array };

/** Where zomes are, beside the project, unless a folder is named. */
const { ASSAY_ZOMES = '../shared/zomes' } = process.env;
const GUESTS = new URL('../../vectors/guests/', import.meta.url);
const ENDINGS = ['.wasm', '.dna', '.happ', '.webhapp'];
const GENERATIONS: readonly Generation[] = ['0.2', '0.6', '0.7'];
const OPS = 'ops';
const DEPENDENCIES = 'deps';
/** `0.7-endless-loop.json`: a call that only its fuel ends measures only the fuel's price. */
const NOT_TIMED = 'endless-loop';

export interface FoundSubjects {
  readonly subjects: readonly ZomeSubject[];
  readonly notes: readonly string[];
}

export async function zomeSubjects(folders: readonly string[]): Promise<FoundSubjects> {
  const named = folders.length > 0 ? folders : existsSync(ASSAY_ZOMES) ? [ASSAY_ZOMES] : [];
  const notes =
    named.length > 0
      ? []
      : [`no Rust zomes: name a folder of them, npm run bench zomes -- DIR, or put them at ${ASSAY_ZOMES}`];
  const subjects: ZomeSubject[] = [];
  for (const folder of named) subjects.push(...(await subjectsOfFolder(folder, notes)));
  return { subjects: [...subjects, ...guestSubjects()], notes };
}

/** A case with its subject. */
export interface SubjectCase {
  readonly subject: ZomeSubject;
  readonly zomeCase: ZomeCase;
}

/** All cases in order; processes refer to them by index. */
export function numberedCases(subjects: readonly ZomeSubject[]): readonly SubjectCase[] {
  return subjects.flatMap((subject) => subject.cases.map((zomeCase) => ({ subject, zomeCase })));
}

// The zomes of vectors/guests

function read(path: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(path, GUESTS)));
}

const POSTS = ['valid-minimal', 'valid-plain', 'valid-body-10000-bytes', 'invalid-title-empty'];
const LEDGER = ['valid-transfer', 'valid-loan', 'valid-conditions', 'invalid-fee'];
const AUTHOR_CONTENT = encodeMessagePack(new Map([['name', 'Ann']]));

function guestSubjects(): readonly ZomeSubject[] {
  const generation = '0.6';
  const guest = (name: string, cases: readonly ZomeCase[]): ZomeSubject => ({
    name,
    zomes: [{ name, wasm: read(`${name}/${name}.wasm`) }],
    dnaInfo: {},
    generation,
    cases,
  });
  const entries = (name: string, cases: readonly string[]): ZomeSubject =>
    guest(
      name,
      cases.map((entry) => ({
        name: entry,
        input: { kind: 'entry', entry: read(`entries/${name}-${entry}.msgpack`) },
      })),
    );
  return [
    entries('post', POSTS),
    entries('ledger', LEDGER),
    guest('links', sampleCases(generation, AUTHOR_CONTENT)),
    guest('probe', sampleCases(generation)),
  ];
}

function sampleCases(generation: Generation, content?: Uint8Array): readonly ZomeCase[] {
  const { ops, records } = samples({ generation, ...(content === undefined ? {} : { content }) });
  const dependencies = recordsSource(records, { generation });
  return ops.map(({ name, op }) => ({ name, input: { kind: 'op', op, dependencies, document: { records } } }));
}

// Zomes of a folder

interface Dna {
  readonly name: string;
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo: DnaDefinition;
}

async function subjectsOfFolder(folder: string, notes: string[]): Promise<ZomeSubject[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const ops = files.filter((file) => basename(dirname(file)) === OPS && extname(file) === '.json');
  const subjects: ZomeSubject[] = [];
  for (const file of files.filter((path) => ENDINGS.includes(extname(path)))) {
    for (const dna of await dnasAt(folder, file)) {
      const generation = await generationOf(dna);
      if (generation === undefined) {
        notes.push(`${dna.name} was left out: it does not load`);
        continue;
      }
      const own = ops.filter((path) => basename(path).startsWith(`${generation}-`));
      const cases = own.length > 0 ? opCases(folder, own, generation) : sampleCases(generation);
      subjects.push({ ...dna, generation, cases });
    }
  }
  if (subjects.length === 0) notes.push(`there is no zome in ${folder}`);
  return subjects;
}

async function dnasAt(folder: string, file: string): Promise<readonly Dna[]> {
  const bytes = new Uint8Array(readFileSync(join(folder, file)));
  const name = relative('.', file).replace(/\/[^/]+\.wasm$/, '');
  if (extname(file) === '.wasm')
    return [{ name, zomes: [{ name: basename(file, '.wasm'), wasm: bytes }], dnaInfo: {} }];
  const bundle = await readBundle(bytes);
  if (!bundle.ok) throw new Error(`${file}: ${bundle.fault.code} at ${bundle.fault.place}: ${bundle.fault.detail}`);
  return dnasOf(bundle.bundle).map(({ role, dna }) => ({
    name: role === '' ? name : `${name}#${role}`,
    zomes: zomeDefinitionsOf(dna).filter(({ kind = 'integrity' }) => kind === 'integrity'),
    dnaInfo: dna.hash === undefined ? {} : { hash: dna.hash },
  }));
}

async function generationOf({ name, zomes, dnaInfo }: Dna): Promise<Generation | undefined> {
  const said = GENERATIONS.find((generation) => name.endsWith(`-${generation}`));
  if (said !== undefined) return said;
  const made = await createZomeHost({ engine: createEngine({ tier: 'interpreter' }), zomes, dnaInfo });
  return made.ok ? made.host.generation : undefined;
}

function readJson(path: string): MessagePackValue {
  const value = messagePackFromJsonBytes(new Uint8Array(readFileSync(path)), ZOME_JSON);
  if (value.ok) return value.value;
  throw new Error(`${path}, line ${value.fault.line}, column ${value.fault.column}: ${value.fault.reason}`);
}

function opCases(folder: string, files: readonly string[], generation: Generation): readonly ZomeCase[] {
  const named = files.map((file) => ({
    path: join(folder, file),
    name: basename(file, '.json').replace(`${generation}-`, ''),
  }));
  const dependencyFile = named.find(({ name }) => name === DEPENDENCIES);
  const document = dependencyFile === undefined ? undefined : documentOf(dependencyFile.path, generation);
  const dependencies = document && sourceOfDependencies(document, generation);
  return named
    .filter(({ name }) => name !== DEPENDENCIES && name !== NOT_TIMED)
    .flatMap(({ path, name }) => {
      const value = opOf(path, generation);
      const bare: ZomeCase = {
        name,
        input: { kind: 'op', op: value, dependencies: NO_DEPENDENCIES, document: undefined },
      };
      if (dependencies === undefined) return [bare];
      return [
        { name, input: { kind: 'op', op: value, dependencies, document } },
        { ...bare, name: `${name}${WITHOUT_DEPENDENCIES}` },
      ];
    });
}

/** Suffix for the name of a case with the same op as the previous one, and without dependencies. */
export const WITHOUT_DEPENDENCIES = ', no deps';

function opOf(path: string, generation: Generation): Op {
  const decoded = decodeValue(op(generation), readJson(path));
  if (decoded.ok) return decoded.value;
  throw new Error(`${path} is no op of generation ${generation}: ${decoded.error.reason} at ${decoded.error.path}`);
}

function documentOf(path: string, generation: Generation): DependencyDocument {
  const decoded = readDependencies(readJson(path), generation);
  if (decoded.ok) return decoded.value;
  throw new Error(`${path}: ${decoded.error.reason} at ${decoded.error.path}`);
}
