/** A zome of a DNA: its module, its place among the zomes, the host functions that it imports. */
import { fromHex } from '../base/hash.js';
import { exportListings, importListings } from '../engine/describe/description.js';
import type { HostFunctionImport } from '../engine/imports/host-import.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { hashFromCore } from './holo-hash.js';
import type { ExportTypes } from './host-call-guest.js';
import type { BoundRow } from './zome-call.js';

export type ZomeKind = 'integrity' | 'coordinator';

/** A zome as passed by the user. The order of integrity zomes is their index. */
export interface ZomeDefinition {
  readonly name: string;
  readonly wasm: Uint8Array;
  /** Default `integrity`. */
  readonly kind?: ZomeKind;
  /** Names of the integrity zomes it depends on, in the order of its type indices. Default none. */
  readonly dependencies?: readonly string[];
}

export interface Zome {
  readonly name: string;
  readonly kind: ZomeKind;
  /** among integrity zomes, or among all zomes for `ZomeInfo.id` of a coordinator */
  readonly index: number;
  /** indices of integrity zomes whose types it sees: an integrity zome's own first */
  readonly scope: readonly number[];
  readonly module: LoadedModule;
  /** HoloHash of the module, 39 bytes */
  readonly wasmHash: Uint8Array;
  readonly exportTypes: ExportTypes;
  /** every host function, whether it imports it or not: one list for all zomes of a host */
  readonly rows: readonly BoundRow[];
  /** the same in the form that the engine accepts; each call has a `ZomeCallRun` as its context */
  readonly imports: readonly HostFunctionImport[];
}

/** Maximum number of integrity zomes of a DNA: an index is a u8. */
export const ZOMES_MAX = 256;

/** Exports of a module by name, functions by their type without spaces. */
export function exportTypesOf(module: LoadedModule): ExportTypes {
  return new Map(
    exportListings(module.metered.module).map(({ name, kind, type }) => [
      name,
      kind === 'function' ? type.replaceAll(' ', '') : kind,
    ]),
  );
}

/** Names that a module imports from `env`. */
export function envImportsOf(module: LoadedModule): readonly string[] {
  return importListings(module.metered.module)
    .filter((item) => item.module === 'env')
    .map(({ name }) => name);
}

/** HoloHash of a module: its core is the module's identity, which the engine has computed. */
export function wasmHashOf({ hash }: LoadedModule): Uint8Array {
  return hashFromCore('Wasm', fromHex(hash));
}

/** Names in Rust's sort order of strings: by their UTF-8 bytes, which is the order of code points. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length - right.length;
  return right[at] === undefined ? 1 : left[at].codePointAt(0)! - right[at].codePointAt(0)!;
}

const COUNTS: readonly string[] = ['__num_entry_types', '__num_link_types'];

/** `ZomeInfo.extern_fns`: every export of the guest except the two counts, sorted (real_ribosome.rs). */
export function externFunctionsOf(exportTypes: ExportTypes): readonly string[] {
  return [...exportTypes.keys()].filter((name) => !COUNTS.includes(name)).sort(byCodePoints);
}

/** @throws RangeError for definitions that no DNA could have */
export function checkDefinitions(definitions: readonly ZomeDefinition[]): void {
  const integrity = definitions.filter(({ kind = 'integrity' }) => kind === 'integrity');
  if (integrity.length > ZOMES_MAX) throw new RangeError(`a DNA has at most ${ZOMES_MAX} integrity zomes`);
  const names = new Set<string>();
  for (const { name, dependencies = [] } of definitions) {
    if (names.has(name)) throw new RangeError(`two zomes have the name '${name}'`);
    names.add(name);
    const unknown = dependencies.find((other) => other === name || !integrity.some((zome) => zome.name === other));
    if (unknown !== undefined)
      throw new RangeError(`the zome '${name}' depends on '${unknown}', which is not an integrity zome`);
  }
}

/** The parts of a zome besides its module. */
export function placeOf(
  definition: ZomeDefinition,
  definitions: readonly ZomeDefinition[],
): Pick<Zome, 'name' | 'kind' | 'index' | 'scope'> {
  const integrity = definitions.filter(({ kind = 'integrity' }) => kind === 'integrity');
  const { name, kind = 'integrity', dependencies = [] } = definition;
  const indexOf = (zomeName: string) => integrity.findIndex((zome) => zome.name === zomeName);
  const needed = dependencies.map(indexOf);
  if (kind === 'integrity') return { name, kind, index: indexOf(name), scope: [indexOf(name), ...needed] };
  const coordinators = definitions.filter((zome) => zome.kind === 'coordinator');
  return { name, kind, index: integrity.length + coordinators.indexOf(definition), scope: needed };
}
