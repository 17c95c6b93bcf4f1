/**
 * A work: everything that a verdict depends on, except the input. Modules and dependencies are referred to by hash. Its
 * identity is the hash of its bytes, so two batches on the same zomes with the same options have the same work.
 */
import { LIMITS_1 } from '../base/limits.js';
import { sameBytes } from '../base/same-bytes.js';
import { type Codec, i64 } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { eitherOf, option, struct } from '../boundary/codec-struct.js';
import { GENERATIONS, type Generation } from '../boundary/generation.js';
import { DEFAULT_FUEL } from '../engine/loaded-module.js';
import { FUEL_1, PROFILE } from '../metering/schedule.js';
import type { DnaDefinition } from '../zome/dna.js';
import { Duration } from '../zome/info.js';
import type { OpCheck } from '../zome/op-check.js';
import { ZOMES_MAX, type ZomeKind } from '../zome/zome.js';
import { boundedBytes, boundedList, boundedText, hash32, nameText, oneOf, readDocument, units } from './document.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';

const WORK_FORMAT = 'assay-fleet-work-1';

/** Entries are validated by a module alone. */
export interface EntryWork {
  readonly module: Uint8Array;
  /** Fuel limit; null for the default. */
  readonly fuel: number | null;
}

export interface WorkZome {
  readonly name: string;
  readonly kind: ZomeKind;
  /** Names of integrity zomes. */
  readonly dependencies: readonly string[];
  readonly module: Uint8Array;
}

/** What zomes can query about their DNA; null for what was not passed. */
export interface WorkDna {
  readonly name: string | null;
  readonly hash: Uint8Array | null;
  readonly networkSeed: string | null;
  readonly properties: Uint8Array | null;
  /** Microseconds. */
  readonly originTime: bigint | null;
  readonly quantumTime: Duration | null;
}

/** Ops are validated by the zomes of a DNA, with host functions. */
export interface OpWork {
  readonly zomes: readonly WorkZome[];
  readonly dna: WorkDna;
  readonly generation: Generation;
  /** Calls only this zome; null for those that the op concerns. */
  readonly zome: string | null;
  /** What is checked before a zome is called. */
  readonly check: OpCheck | null;
  /** Fuel limit of each guest; null for the default. */
  readonly fuel: number | null;
  /** Hash of a document of dependencies (`zome/dependency-file.ts`). */
  readonly dependencies: Uint8Array | null;
}

export type Work = EntryWork | OpWork;

export function isOpWork(work: Work): work is OpWork {
  return 'zomes' in work;
}

/** Settings that must be the same wherever a receipt is made. */
interface EngineRecords {
  readonly format: typeof WORK_FORMAT;
  readonly profile: string;
  readonly schedule: Uint8Array;
  readonly limits: Uint8Array;
}

const ENGINE: EngineRecords = {
  format: WORK_FORMAT,
  profile: PROFILE,
  schedule: FUEL_1.hash,
  limits: LIMITS_1.hash,
};

const engineFields = { format: oneOf(WORK_FORMAT), profile: nameText, schedule: hash32, limits: hash32 };

const zome: Codec<WorkZome> = struct('WorkZome', {
  name: nameText,
  kind: oneOf('integrity', 'coordinator'),
  dependencies: boundedList(nameText, ZOMES_MAX),
  module: hash32,
});

const dna: Codec<WorkDna> = struct('WorkDna', {
  name: option(nameText),
  hash: option(boundedBytes(39)),
  networkSeed: option(boundedText(FLEET_LIMITS.workBytes)),
  properties: option(boundedBytes(FLEET_LIMITS.workBytes)),
  originTime: option(i64),
  quantumTime: option(Duration),
});

const entryWork: Codec<EngineRecords & EntryWork> = struct('EntryWork', {
  ...engineFields,
  module: hash32,
  fuel: option(units),
});

const opWork: Codec<EngineRecords & OpWork> = struct('OpWork', {
  ...engineFields,
  zomes: boundedList(zome, FLEET_LIMITS.zomes, 1),
  dna,
  generation: oneOf(...(Object.keys(GENERATIONS) as Generation[])),
  zome: option(nameText),
  check: option(oneOf('hashes', 'all')),
  fuel: option(units),
  dependencies: option(hash32),
});

const work = eitherOf('Work', 'zomes', opWork, entryWork);

export function encodeWork(given: Work): Uint8Array {
  return encodeBytes(work, { ...ENGINE, ...given });
}

/** @throws FleetError `content` for bytes that are not a work, or a work for another engine */
export function readWork(bytes: Uint8Array): Work {
  const read = readDocument(work, 'work of a fleet', bytes, FLEET_LIMITS.workBytes);
  const { profile, schedule, limits } = read;
  if (profile === ENGINE.profile && sameBytes(schedule, ENGINE.schedule) && sameBytes(limits, ENGINE.limits))
    return read;
  throw new FleetError('content', 'the work is for an engine with another profile, schedule or limits than this one');
}

/** The facts of a DNA definition with a known hash. */
export function workDna({ name, modifiers = {} }: DnaDefinition, hash: Uint8Array): WorkDna {
  const { network_seed, properties, origin_time, quantum_time } = modifiers;
  return {
    name: name ?? null,
    hash,
    networkSeed: network_seed ?? null,
    properties: properties ?? null,
    originTime: origin_time ?? null,
    quantumTime: quantum_time ?? null,
  };
}

/** The definition again, for a host. */
export function dnaOf({ name, hash, networkSeed, properties, originTime, quantumTime }: WorkDna) {
  return {
    ...(name === null ? {} : { name }),
    ...(hash === null ? {} : { hash }),
    modifiers: {
      ...(networkSeed === null ? {} : { network_seed: networkSeed }),
      ...(properties === null ? {} : { properties }),
      ...(originTime === null ? {} : { origin_time: originTime }),
      ...(quantumTime === null ? {} : { quantum_time: quantumTime }),
    },
  };
}

/** Rules for receipts of a work. */
export interface ReceiptRules {
  /** Hashes of the modules. */
  readonly modules: readonly Uint8Array[];
  /** Most calls of an input. */
  readonly calls: number;
  /** Fuel limit of each. */
  readonly fuel: number;
}

export function receiptRules(given: Work): ReceiptRules {
  const fuel = given.fuel ?? DEFAULT_FUEL;
  if (!isOpWork(given)) return { modules: [given.module], calls: 1, fuel };
  const asked = given.zome === null ? given.zomes.filter(({ kind }) => kind === 'integrity') : [given.zome];
  return { modules: given.zomes.map(({ module }) => module), calls: asked.length, fuel };
}
