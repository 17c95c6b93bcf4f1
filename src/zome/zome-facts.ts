/**
 * Facts about a zome of a bundle: its exported callbacks and, for an integrity zome, its entry and link types. The
 * types come from calling the zome alone, in the interpreter, with `DESCRIPTION_FUEL`.
 */
import { createEngine } from '../engine/engine.js';
import type { BundledZome } from './bundle.js';
import { noVerdictText } from './callback-result.js';
import { CALLBACKS } from './callbacks.js';
import { createZomeHost } from './create-zome-host.js';
import type { EntryDef } from './entry-def.js';
import type { Zome } from './zome.js';
import { externFunctionsOf } from './zome.js';
import type { ZomeHost } from './zome-host.js';

export interface EntryTypeFact {
  readonly name: string;
  readonly visibility: string;
}

export interface ZomeFacts {
  /** names of the exports, in the order of the table of callbacks */
  readonly callbacks: readonly string[];
  /** zome functions of a coordinator */
  readonly functions: readonly string[];
  /** of an integrity zome; a string is the reason why they are unknown */
  readonly entryTypes: readonly EntryTypeFact[] | string;
  /** of an integrity zome; their names are not in the module */
  readonly linkTypes: number | string;
}

/** The facts, or why the module cannot be loaded or linked; undefined if the module is not in the bundle. */
export async function zomeFacts({ name, kind, wasm }: BundledZome): Promise<ZomeFacts | string | undefined> {
  if (wasm === undefined) return undefined;
  const engine = createEngine({ tier: 'interpreter' });
  // Its dependencies do not affect what it exports.
  const made = await createZomeHost({ engine, zomes: [{ name, kind, wasm }] });
  if (made.ok) return factsOf(made.host, made.host.zomes[0]);
  const { kind: fault, code, detail } = made.fault;
  return `${fault} ${code}${detail === undefined ? '' : `: ${detail}`}`;
}

function factsOf(host: ZomeHost, zome: Zome): ZomeFacts {
  const { exportTypes } = zome;
  const names = Object.values(CALLBACKS).flatMap(({ exports }): readonly string[] => exports);
  const callbacks = names.filter((name) => exportTypes.has(name));
  if (zome.kind === 'coordinator') {
    const functions = externFunctionsOf(exportTypes).filter(
      (name) => exportTypes.get(name) === '(i32,i32)->(i64)' && !names.includes(name) && !name.startsWith('__'),
    );
    return { callbacks, functions, entryTypes: [], linkTypes: 0 };
  }
  const types = host.zomeTypes();
  return {
    callbacks,
    functions: [],
    entryTypes: entryTypesOf(host, zome),
    linkTypes: types.ok ? types.links[0] : types.reason,
  };
}

function entryTypesOf(host: ZomeHost, { name }: Zome): readonly EntryTypeFact[] | string {
  const asked = host.entryDefs();
  if (!asked.ok) return noVerdictText(asked.cause);
  return (asked.defs.get(name) ?? []).map(({ id, visibility }: EntryDef) => ({
    name: 'value' in id ? id.value : id.kind,
    visibility: visibility.kind,
  }));
}
