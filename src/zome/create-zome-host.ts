/** Creates a host from the zomes of a DNA: loading, the data generation, linking. */

import type { LoadFault } from '../base/fault.js';
import { ownOf } from '../base/own.js';
import type { Generation } from '../boundary/generation.js';
import type { Engine } from '../engine/engine.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { type DependencySource, NO_DEPENDENCIES, recordsSource } from './dependency-source.js';
import { type DetectedGeneration, detectGeneration } from './detect-generation.js';
import { type DnaDefinition, dnaInfoOf } from './dna.js';
import type { HostFunctionRow } from './host-function.js';
import { HOST_FUNCTIONS } from './host-functions.js';
import { probedGeneration } from './probe-entry-tag.js';
import type { Record } from './record.js';
import {
  checkDefinitions,
  envImportsOf,
  exportTypesOf,
  placeOf,
  wasmHashOf,
  type Zome,
  type ZomeDefinition,
} from './zome.js';
import { boundRow, importsOf } from './zome-call.js';
import { ZomeHost } from './zome-host.js';
import { zomeHostTable } from './zome-host-table.js';

export interface ZomeHostOptions {
  readonly engine: Pick<Engine, 'load' | 'limits'>;
  /** Integrity zomes in the order of their index; coordinators in any place. */
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo?: DnaDefinition;
  /** Where `must_get_*` look: a source, or records. Default: nowhere. */
  readonly dependencies?: DependencySource | readonly Record[];
  /** Default: detected from the modules, or else `0.6`. `0.2` becomes `0.2-map` for modules that accept only that. */
  readonly generation?: Generation;
  /** Your own functions (`defineHostFunction`), with names that are not in the table. */
  readonly hostFunctions?: readonly HostFunctionRow[];
  /** Fuel limit of calls that set none. Default 10^9. */
  readonly fuel?: number;
}

export type ZomeHostResult =
  | { readonly ok: true; readonly host: ZomeHost }
  /** a module is malformed, invalid, refused, or imports something that this host does not have */
  | { readonly ok: false; readonly zome: string; readonly fault: LoadFault };

function isSource(dependencies: DependencySource | readonly Record[]): dependencies is DependencySource {
  return !Array.isArray(dependencies);
}

function sourceOf(dependencies: ZomeHostOptions['dependencies'], generation: Generation): DependencySource {
  if (dependencies === undefined) return NO_DEPENDENCIES;
  return isSource(dependencies) ? dependencies : recordsSource(dependencies, { generation });
}

/** The table with the user's own functions. @throws RangeError for a name that is already in the table */
function allRows(own: readonly HostFunctionRow[]): readonly HostFunctionRow[] {
  const rows = [...HOST_FUNCTIONS, ...own];
  const names = new Set<string>();
  for (const { name } of rows) {
    if (names.has(name)) throw new RangeError(`the name '${name}' is already used by another host function`);
    names.add(name);
  }
  return rows;
}

interface LoadedZome {
  readonly definition: ZomeDefinition;
  readonly module: LoadedModule;
}

/** The first generation that a zome shows, because a DNA is built with one version. */
function generationOf(zomes: readonly LoadedZome[], given: Generation | undefined): DetectedGeneration {
  const found = zomes.map(({ definition, module }) => detectGeneration(definition.wasm, envImportsOf(module)));
  const told = found.find(({ by }) => by !== 'nothing') ?? { generation: '0.6', by: 'nothing' };
  return given === undefined ? told : { generation: given, by: 'option' };
}

/**
 * Loads the zomes of a DNA.
 * @throws RangeError for definitions that no DNA could have
 */
export async function createZomeHost(given: ZomeHostOptions): Promise<ZomeHostResult> {
  const options = ownOf(given);
  const { engine, dnaInfo = {}, dependencies, hostFunctions = [], fuel } = options;
  checkDefinitions(options.zomes);
  const rows = allRows(hostFunctions);
  const hostTable = zomeHostTable(hostFunctions);
  const definitions = [
    ...options.zomes.filter(isIntegrity),
    ...options.zomes.filter(({ kind }) => kind === 'coordinator'),
  ];
  const loaded: LoadedZome[] = [];
  for (const definition of definitions) {
    const result = await engine.load(definition.wasm);
    if (!result.ok) return { ok: false, zome: definition.name, fault: result.fault };
    loaded.push({ definition, module: result.module });
  }
  const zomesOf = (generation: Generation) => {
    const bound = rows.map((row) => boundRow(row, generation));
    const imports = importsOf(bound);
    return loaded.map(
      ({ definition, module }): Zome => ({
        ...placeOf(definition, definitions),
        module,
        wasmHash: wasmHashOf(module),
        exportTypes: exportTypesOf(module),
        rows: bound,
        imports,
      }),
    );
  };
  // Until 0.4 a zome cannot read the modifiers without the times; `hash_1` was removed after 0.5.
  const isOld = loaded.some(({ module }) => envImportsOf(module).includes('__hc__hash_1'));
  const integrityNames = definitions.filter(isIntegrity).map(({ name }) => name);
  const hostOf = (generation: DetectedGeneration, source = NO_DEPENDENCIES, zomes = zomesOf(generation.generation)) =>
    new ZomeHost({
      generation,
      dnaInfo: dnaInfoOf(
        dnaInfo,
        generation.generation,
        integrityNames,
        isOld || generation.generation.startsWith('0.2'),
      ),
      zomes,
      dependencies: source,
      hostTable,
      payloadBytesMax: engine.limits.payloadBytes,
      fuel,
    });
  const told = generationOf(loaded, options.generation);
  const zomes = zomesOf(told.generation);
  for (const zome of zomes) {
    const fault = zome.module.linkFault(zome.imports);
    if (fault !== undefined) return { ok: false, zome: zome.name, fault };
  }
  const generation = refined(told, (old) => hostOf({ generation: old, by: 'probe' }));
  const source = sourceOf(dependencies, generation.generation);
  return { ok: true, host: generation === told ? hostOf(told, source, zomes) : hostOf(generation, source) };
}

/** There are two forms of 0.2, and only a call can distinguish them. */
function refined(told: DetectedGeneration, hostOf: Parameters<typeof probedGeneration>[0]): DetectedGeneration {
  if (told.generation !== '0.2') return told;
  const generation = probedGeneration(hostOf);
  return generation === '0.2' ? told : { generation, by: 'probe' };
}

function isIntegrity({ kind = 'integrity' }: ZomeDefinition): boolean {
  return kind === 'integrity';
}
