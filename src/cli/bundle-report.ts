/** A bundle for a person and for a program: its roles, their DNAs, the zomes of each. */
import { toHex } from '../base/hash.js';
import {
  type AnyBundle,
  type BundledZome,
  type DnaBundle,
  dnasOf,
  type HappBundle,
  type HappRole,
} from '../zome/bundle.js';
import { hashText } from '../zome/holo-hash.js';
import { type ZomeFacts, zomeFacts } from '../zome/zome-facts.js';
import { zomeHostTable } from '../zome/zome-host-table.js';
import type { Colours } from './console.js';
import { type Cell, columns, counted, printable, shortened } from './layout.js';

const NAME_LENGTH_MAX = 60;

/** What the zomes of a bundle have, by zome; a string is the reason why a module cannot be loaded. */
export type FactsByZome = ReadonlyMap<BundledZome, ZomeFacts | string>;

/** Loads every module of a bundle once. @param onZome is called with the number loaded so far */
export async function factsOf(bundle: AnyBundle, onZome: (done: number, all: number) => void): Promise<FactsByZome> {
  const facts = new Map<BundledZome, ZomeFacts | string>();
  const byWasm = new Map<Uint8Array, ZomeFacts | string>();
  const zomes = dnasOf(bundle).flatMap(({ dna }) => dna.zomes);
  for (const [done, zome] of zomes.entries()) {
    onZome(done, zomes.length);
    if (zome.wasm === undefined) continue;
    const found = byWasm.get(zome.wasm) ?? (await zomeFacts(zome))!;
    byWasm.set(zome.wasm, found);
    facts.set(zome, found);
  }
  return facts;
}

/** The document that `inspect --json` prints for a bundle. Unknown values are null. */
export function bundleDocument(bundle: AnyBundle, facts: FactsByZome): object {
  const { kind, manifestVersion, name } = bundle;
  const head = { kind, manifestVersion, name, hostTable: toHex(zomeHostTable().hash) };
  if (bundle.kind === 'dna') return { ...head, dna: dnaDocument(bundle, facts) };
  if (bundle.kind === 'happ') return { ...head, ...happDocument(bundle, facts) };
  return { ...head, uiBytes: bundle.uiBytes, happ: { name: bundle.happ.name, ...happDocument(bundle.happ, facts) } };
}

function happDocument({ description, roles }: HappBundle, facts: FactsByZome): object {
  return {
    description,
    roles: roles.map(({ name, strategy, cloneLimit, dna }) => ({
      name,
      strategy,
      cloneLimit,
      dna: dna === undefined ? null : dnaDocument(dna, facts),
    })),
  };
}

function dnaDocument(
  { name, hash, hashes, networkSeed, manifestVersion, zomes }: DnaBundle,
  facts: FactsByZome,
): object {
  return {
    name,
    hash: hash === undefined ? null : hashText(hash),
    hashes: hashes.map((row) => ({ releases: row.releases, hash: hashText(row.hash) })),
    manifestVersion,
    networkSeed,
    zomes: zomes.map((zome) => ({
      name: zome.name,
      kind: zome.kind,
      bytes: zome.wasm?.length ?? null,
      wasmHash: zome.wasmHash === undefined ? null : hashText(zome.wasmHash),
      dependencies: zome.dependencies,
      ...factsDocument(facts.get(zome)),
    })),
  };
}

function factsDocument(facts: ZomeFacts | string | undefined): object {
  if (facts === undefined) return { callbacks: null };
  if (typeof facts === 'string') return { callbacks: null, fault: facts };
  const { entryTypes, linkTypes, callbacks, functions } = facts;
  return {
    callbacks,
    functions,
    entryTypes: typeof entryTypes === 'string' ? null : entryTypes,
    linkTypes: typeof linkTypes === 'string' ? null : linkTypes,
  };
}

export function bundleLines(bundle: AnyBundle, facts: FactsByZome, colours: Colours): string[] {
  const { manifestVersion } = bundle;
  const rows = [
    [bundle.kind, nameText(bundle.name)],
    ['manifest', `version ${printable(manifestVersion)}`],
    ['host prices', toHex(zomeHostTable().hash)],
    ...(bundle.kind === 'webhapp' ? [['interface', counted(bundle.uiBytes, 'byte')]] : []),
    ...(bundle.kind === 'webhapp' ? [['happ', nameText(bundle.happ.name)]] : []),
  ];
  const head = columns(rows.map(([label, text]) => [{ text: label!, style: colours.dim }, text!]));
  if (bundle.kind === 'dna') return [...head, ...dnaLines(bundle, facts, colours)];
  const { roles } = bundle.kind === 'happ' ? bundle : bundle.happ;
  return [...head, ...roles.flatMap((role) => roleLines(role, facts, colours))];
}

function roleLines({ name, strategy, cloneLimit, dna }: HappRole, facts: FactsByZome, colours: Colours): string[] {
  const clones = cloneLimit > 0 ? `, at most ${counted(cloneLimit, 'clone')}` : '';
  const title = `${colours.bold(`role ${nameText(name)}`)} ${printable(strategy)}${clones}`;
  if (dna === undefined) return ['', title, '  its DNA is not in the bundle'];
  return [
    '',
    title,
    ...columns([[{ text: '  dna', style: colours.dim }, nameText(dna.name)]]),
    ...dnaLines(dna, facts, colours),
  ];
}

function dnaLines({ hashes, networkSeed, zomes }: DnaBundle, facts: FactsByZome, colours: Colours): string[] {
  const rows = [...hashLines(hashes), ...(networkSeed === '' ? [] : [['  seed', nameText(networkSeed)]])];
  const lines = columns(rows.map(([label, text]) => [{ text: label!, style: colours.dim }, text!]));
  const heads = columns(zomes.map((zome) => zomeRow(zome, colours)));
  return [...lines, ...zomes.flatMap((zome, at) => [heads[at], ...factsLines(facts.get(zome), colours)])];
}

function factsLines(facts: ZomeFacts | string | undefined, colours: Colours): string[] {
  if (facts === undefined) return [];
  if (typeof facts === 'string') return [`    ${colours.red('cannot be loaded')} ${printable(facts)}`];
  const { entryTypes, linkTypes, callbacks, functions } = facts;
  const entries =
    typeof entryTypes === 'string'
      ? `not known: ${printable(entryTypes)}`
      : entryTypes
          .map(({ name, visibility }) => `${nameText(name)}${visibility === 'Private' ? ' (private)' : ''}`)
          .join(', ');
  const rows = [
    ['entry types', entries],
    [
      'link types',
      typeof linkTypes === 'string' ? `not known: ${printable(linkTypes)}` : linkTypes > 0 ? String(linkTypes) : '',
    ],
    ['callbacks', callbacks.join(', ')],
    ['functions', functions.map(nameText).join(', ')],
  ];
  const told = rows.filter(([, text]) => text !== '');
  return columns(told.map(([label, text]) => [{ text: `    ${label}`, style: colours.dim }, text!]));
}

/** One hash, or one hash for each Holochain release that the DNA could be for. */
function hashLines(hashes: DnaBundle['hashes']): string[][] {
  if (hashes.length === 0) return [['  hash', 'unknown: a module is not in the bundle']];
  if (hashes.length === 1) return [['  hash', hashText(hashes[0].hash)]];
  return hashes.map(({ releases, hash }) => ['  hash', `${hashText(hash)} in Holochain ${releases.join(', ')}`]);
}

function zomeRow({ name, kind, dependencies, wasm, wasmHash }: BundledZome, colours: Colours): Cell[] {
  return [
    { text: `  ${kind}`, style: colours.dim },
    nameText(name),
    wasm === undefined ? 'not in the bundle' : counted(wasm.length, 'byte'),
    wasmHash === undefined ? '' : hashText(wasmHash),
    dependencies.length === 0 ? '' : `needs ${dependencies.map(nameText).join(', ')}`,
  ];
}

function nameText(name: string): string {
  return shortened(printable(name), NAME_LENGTH_MAX);
}
