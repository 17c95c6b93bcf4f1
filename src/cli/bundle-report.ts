/** A bundle for a person and for a program: its roles, their DNAs, the zomes of each. */
import type { AnyBundle, BundledZome, DnaBundle, HappBundle, HappRole } from '../zome/bundle.js';
import { hashText } from '../zome/holo-hash.js';
import type { Colours } from './console.js';
import { type Cell, columns, counted, printable, shortened } from './layout.js';

const NAME_LENGTH_MAX = 60;

/** The document that `inspect --json` prints for a bundle. Hashes are null where they cannot be known. */
export function bundleDocument(bundle: AnyBundle): object {
  const { kind, manifestVersion, name } = bundle;
  const head = { kind, manifestVersion, name };
  if (bundle.kind === 'dna') return { ...head, dna: dnaDocument(bundle) };
  if (bundle.kind === 'happ') return { ...head, ...happDocument(bundle) };
  return { ...head, uiBytes: bundle.uiBytes, happ: { name: bundle.happ.name, ...happDocument(bundle.happ) } };
}

function happDocument({ description, roles }: HappBundle): object {
  return {
    description,
    roles: roles.map(({ name, strategy, cloneLimit, dna }) => ({
      name,
      strategy,
      cloneLimit,
      dna: dna === undefined ? null : dnaDocument(dna),
    })),
  };
}

function dnaDocument({ name, hash, hashes, networkSeed, manifestVersion, zomes }: DnaBundle): object {
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
    })),
  };
}

export function bundleLines(bundle: AnyBundle, colours: Colours): string[] {
  const { manifestVersion } = bundle;
  const facts = [
    [bundle.kind, nameText(bundle.name)],
    ['manifest', `version ${printable(manifestVersion)}`],
    ...(bundle.kind === 'webhapp' ? [['interface', counted(bundle.uiBytes, 'byte')]] : []),
    ...(bundle.kind === 'webhapp' ? [['happ', nameText(bundle.happ.name)]] : []),
  ];
  const head = columns(facts.map(([label, text]) => [{ text: label!, style: colours.dim }, text!]));
  if (bundle.kind === 'dna') return [...head, ...dnaLines(bundle, colours)];
  const { roles } = bundle.kind === 'happ' ? bundle : bundle.happ;
  return [...head, ...roles.flatMap((role) => roleLines(role, colours))];
}

function roleLines({ name, strategy, cloneLimit, dna }: HappRole, colours: Colours): string[] {
  const clones = cloneLimit > 0 ? `, at most ${counted(cloneLimit, 'clone')}` : '';
  const title = `${colours.bold(`role ${nameText(name)}`)} ${printable(strategy)}${clones}`;
  if (dna === undefined) return ['', title, '  its DNA is not in the bundle'];
  return [
    '',
    title,
    ...columns([[{ text: '  dna', style: colours.dim }, nameText(dna.name)]]),
    ...dnaLines(dna, colours),
  ];
}

function dnaLines({ hashes, networkSeed, zomes }: DnaBundle, colours: Colours): string[] {
  const facts = [...hashLines(hashes), ...(networkSeed === '' ? [] : [['  seed', nameText(networkSeed)]])];
  const lines = columns(facts.map(([label, text]) => [{ text: label!, style: colours.dim }, text!]));
  return [...lines, ...columns(zomes.map((zome) => zomeRow(zome, colours)))];
}

/** One hash, or what each Holochain that the DNA could be for makes of it. */
function hashLines(hashes: DnaBundle['hashes']): string[][] {
  if (hashes.length === 0) return [['  hash', 'not known: a module is not in the bundle']];
  if (hashes.length === 1) return [['  hash', hashText(hashes[0]!.hash)]];
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
