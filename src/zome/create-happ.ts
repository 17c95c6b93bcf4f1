/** Creates a cell in memory from a DNA, an agent and the stated inputs: loading, the self check, genesis. */

import type { LoadFault } from '../base/fault.js';
import { ownOf } from '../base/own.js';
import type { Generation } from '../boundary/generation.js';
import type { Engine } from '../engine/engine.js';
import { type Agent, agentFromSeed } from './agent.js';
import { type DnaBundle, zomeDefinitionsOf } from './bundle.js';
import { createZomeHost } from './create-zome-host.js';
import type { DnaDefinition } from './dna.js';
import { dnaDefinitionOf } from './dna-definition.js';
import { Happ } from './happ.js';
import type { HostFunctionRow } from './host-function.js';
import { RandomStream } from './random-stream.js';
import type { Record } from './record.js';
import { RecordIndex } from './record-index.js';
import { SourceChain } from './source-chain.js';
import type { ZomeDefinition } from './zome.js';
import type { Validation } from './zome-host.js';

/** A DNA that is not in a bundle. */
export interface LooseDna {
  readonly zomes: readonly ZomeDefinition[];
  readonly dnaInfo?: DnaDefinition;
}

export interface HappOptions {
  readonly engine: Engine;
  /** From a bundle (`dnasOf`), or its zomes. */
  readonly dna: DnaBundle | LooseDna;
  /** The author of the chain: `agentFromSeed(seed)`, or the seed, 32 bytes. */
  readonly agent: Agent | { readonly seed: Uint8Array };
  /** Time of the genesis, and of every call that sets none: microseconds. */
  readonly time: bigint;
  /** The source of `random_bytes` and ephemeral keys. Any length. */
  readonly randomSeed: Uint8Array;
  /** MessagePack. Default none. */
  readonly membraneProof?: Uint8Array;
  /** Valid records that others have published: `get` and `must_get_*` find them in addition to the chain. */
  readonly records?: readonly Record[];
  /** Default: detected from the modules, otherwise `0.6`. A chain in memory is available for `0.6` and `0.7`. */
  readonly generation?: Generation;
  /** The user's own functions (`defineHostFunction`). */
  readonly hostFunctions?: readonly HostFunctionRow[];
  /** Fuel limit of calls that set none. Default 10^9. */
  readonly fuel?: number;
}

export type HappResult =
  | { readonly ok: true; readonly happ: Happ }
  /** a module is malformed, invalid, refused, or imports something that this host does not have */
  | { readonly ok: false; readonly reason: 'load'; readonly zome: string; readonly fault: LoadFault }
  /** the self check is not `Valid`: no conductor installs this */
  | { readonly ok: false; readonly reason: 'genesis'; readonly validation: Validation }
  /** the chain of the zomes' generation is not available */
  | { readonly ok: false; readonly reason: 'generation'; readonly generation: Generation };

/** Generations whose chains are available in memory. */
const SERVED: readonly Generation[] = ['0.6', '0.7'];

function looseDnaOf(dna: DnaBundle | LooseDna): LooseDna {
  return 'kind' in dna ? { zomes: zomeDefinitionsOf(dna), dnaInfo: dnaDefinitionOf(dna) } : dna;
}

/**
 * Loads the zomes of a DNA, runs a conductor's checks before an installation, and begins the agent's chain.
 * @throws RangeError for definitions that no DNA could have
 * @throws UsageError for a seed that is not 32 bytes
 */
export async function createHapp(options: HappOptions): Promise<HappResult> {
  const { dna, agent: given, time, randomSeed, membraneProof, records = [], ...rest } = ownOf(options);
  const agent = 'seed' in given ? agentFromSeed(given.seed) : given;
  const { engine, generation, hostFunctions, fuel } = rest;
  const made = await createZomeHost({
    engine,
    ...looseDnaOf(dna),
    ...(generation === undefined ? {} : { generation }),
    ...(hostFunctions === undefined ? {} : { hostFunctions }),
    ...(fuel === undefined ? {} : { fuel }),
  });
  if (!made.ok) return { ok: false, reason: 'load', zome: made.zome, fault: made.fault };
  const { host } = made;
  if (!SERVED.includes(host.generation)) return { ok: false, reason: 'generation', generation: host.generation };
  const proof = membraneProof === undefined ? {} : { membraneProof };
  const validation = host.genesisSelfCheck({ agentKey: agent.key, ...proof });
  if (validation.verdict.kind !== 'Valid') return { ok: false, reason: 'genesis', validation };
  const published = new RecordIndex();
  for (const record of records) published.add(record);
  const chain = new SourceChain(agent, host.generation, published);
  chain.genesis(host.dnaInfo.hash, membraneProof, time);
  return { ok: true, happ: new Happ({ host, chain, random: new RandomStream(randomSeed), time }) };
}
