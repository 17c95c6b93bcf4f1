/**
 * A place in a bundle:
 *
 *   forum.dna#posts            a zome of a DNA
 *   app.happ#main              the DNA of a role, by the role's name or its own
 *   app.happ#main/posts        a zome of it; a `.webhapp` in the same way
 *
 * Invariant: what a place can be is listed once (`placesIn`), and a place is found by comparing with the list, so that
 * names may hold any character; a place that is not there is reported with those that are.
 */
import { type AnyBundle, BUNDLE_LIMITS, type BundledZome, type DnaBundle, dnasOf, readBundle } from '../zome/bundle.js';
import { CliError } from './cli-error.js';
import { printable } from './layout.js';
import type { BundlePlace } from './module-place.js';
import { readBytesWithin } from './read-bytes.js';

const PLACES_SHOWN_MAX = 20;

/** A DNA of a bundle, and the zome of it that was named. */
export interface NamedDna {
  readonly dna: DnaBundle;
  /** undefined if the place is the whole DNA */
  readonly zome: BundledZome | undefined;
}

/** A zome of a bundle. */
export interface NamedZome extends NamedDna {
  readonly zome: BundledZome;
}

interface Place extends NamedDna {
  readonly name: string;
}

/** @throws CliError for a file that cannot be read or is not a bundle */
export async function readBundleFile(path: string): Promise<AnyBundle> {
  const read = await readBundle(readBytesWithin(path, BUNDLE_LIMITS.packedBytes, 'a bundle'));
  if (read.ok) return read.bundle;
  const { code, place, detail } = read.fault;
  throw new CliError(
    `${printable(path)} is not a readable bundle: ${code} at ${printable(place)}, ${printable(detail)}`,
    'check that the file is a complete .dna, .happ or .webhapp; hc can unpack it',
    { fault: { kind: 'bundle', code, place, detail } },
  );
}

function placesOf(name: string, dna: DnaBundle): readonly Place[] {
  const zomes = dna.zomes.map((zome) => ({ name: name === '' ? zome.name : `${name}/${zome.name}`, dna, zome }));
  return [{ name, dna, zome: undefined }, ...zomes];
}

/** Every place in a bundle, with DNAs by their roles. */
export function placesIn(bundle: AnyBundle): readonly Place[] {
  return dnasOf(bundle).flatMap(({ role, dna }) => placesOf(role, dna));
}

/** Places with the names of DNAs instead of roles. */
function placesByDna(bundle: AnyBundle): readonly Place[] {
  return bundle.kind === 'dna' ? [] : dnasOf(bundle).flatMap(({ dna }) => placesOf(dna.name, dna));
}

/**
 * The DNA, and the zome, that a place names. No place means the only DNA.
 * @throws CliError, listing the places that exist
 */
export function dnaAt(bundle: AnyBundle, path: string, place: string): NamedDna {
  const places = placesIn(bundle);
  if (place === '') {
    const dnas = dnasOf(bundle);
    if (dnas.length === 1) return { dna: dnas[0].dna, zome: undefined };
    throw placeError(`${printable(path)} contains ${dnas.length} DNAs; choose one`, path, places);
  }
  const byRole = places.find(({ name }) => name === place);
  if (byRole !== undefined) return byRole;
  const byDna = placesByDna(bundle).filter(({ name }) => name === place);
  if (byDna.length === 1) return byDna[0];
  const problem = byDna.length > 1 ? 'several roles have this DNA' : 'the bundle has no such place';
  throw placeError(`${printable(`${path}#${place}`)}: ${problem}`, path, places);
}

function placeError(problem: string, path: string, places: readonly Place[]): CliError {
  const names = places.map(({ name }) => name).filter((name) => name !== '');
  const shown = names.slice(0, PLACES_SHOWN_MAX).map(printable).join(', ');
  const more = names.length - Math.min(names.length, PLACES_SHOWN_MAX);
  return new CliError(
    `${problem}; places: ${names.length === 0 ? 'none' : shown}${more > 0 ? ` and ${more} more` : ''}`,
    `write ${printable(path)}#PLACE; assay inspect ${printable(path)} lists the places`,
  );
}

/**
 * The zome that a place names, with its DNA; for a DNA, its only zome.
 * @throws CliError, listing the zomes that exist: integrity zomes and coordinators
 */
export function zomeAt(bundle: AnyBundle, path: string, place: string): NamedZome {
  const { dna, zome = onlyZomeOf(dna) } = dnaAt(bundle, path, place);
  if (zome !== undefined) return { dna, zome };
  const argument = place === '' ? path : `${path}#${place}`;
  const zomes = placesIn(bundle).filter((other) => other.dna === dna && other.zome !== undefined);
  throw placeError(`${printable(argument)} has ${dna.zomes.length} zomes; choose one`, path, zomes);
}

function onlyZomeOf({ zomes }: DnaBundle): BundledZome | undefined {
  return zomes.length === 1 ? zomes[0] : undefined;
}

/** The module of a place. @throws CliError */
export async function moduleAt(argument: string, { path, place }: BundlePlace): Promise<Uint8Array> {
  return wasmIn(argument, zomeAt(await readBundleFile(path), path, place).zome);
}

/** @throws CliError if the manifest points outside the bundle */
export function wasmIn(argument: string, { name, wasm }: BundledZome): Uint8Array {
  if (wasm !== undefined) return wasm;
  throw new CliError(
    `${printable(argument)}: the module of the zome ${printable(name)} is not in the bundle`,
    'pack the bundle again with its modules',
  );
}
