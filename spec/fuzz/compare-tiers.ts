/**
 * Compares both tiers on the calls of a module, each on a fresh instance: everything that must be equal, at full fuel
 * and at smaller limits; then once more on an instance that was reset. A receipt alone hardly shows where a run
 * stopped; the digest of the state does.
 */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  HOST_FUNCTIONS,
  HOST_GLOBALS,
  HOST_MODULE,
  type HostGlobalName,
  hostFunction,
} from '../../src/agreement/host-functions.js';
import { hash, toHex, utf8 } from '../../src/base/hash.js';
import { LIMITS_1 } from '../../src/base/limits.js';
import { FunctionInstance } from '../../src/machine/function-instance.js';
import { Global, isWide, writeBits } from '../../src/machine/global.js';
import type { HostFunction } from '../../src/machine/host-function.js';
import type { ExternValue, GuestInstance } from '../../src/machine/instance.js';
import type { Bits } from '../../src/machine/outcome.js';
import type { Program } from '../../src/machine/program.js';
import { Store } from '../../src/machine/store.js';
import type { Import } from '../../src/wasm/module.js';
import { type FunctionType, isReferenceType } from '../../src/wasm/types.js';

export interface FuzzCall {
  readonly export: string;
  readonly args: readonly Bits[];
}

export interface Difference {
  readonly call: FuzzCall;
  readonly limit: number;
  /** How often the instance had been reset. */
  readonly reused: number;
  readonly expected: unknown;
  readonly actual: unknown;
}

export interface Comparison {
  /** Runs of both tiers at one limit each. */
  readonly runs: number;
  readonly difference: Difference | undefined;
}

export const FULL_FUEL = 200_000;
/** A run that uses no more than this after the instantiation is tried at every limit. */
const EVERY_LIMIT_UP_TO = 32;
/** Number of charges of a longer run that are located: each gives the limit that covers it and one less. */
const CHARGES_SAMPLED = 3;
/** The search starts this close, so that bisection takes few runs. */
const CHARGE_SEARCHED = 64;
/**
 * Hashing a memory for the digest takes longer than most runs, so with a memory only one in this many runs has a
 * digest.
 */
const DIGEST_EVERY = 6;
const DIGEST_PAGES_MAX = 8;
const TIMES_REUSED = 2;

/**
 * A function that returns zeros and null. Functions with reference parameters log themselves, because references have
 * no canonical bytes.
 */
function idle(module: string, name: string, type: FunctionType): HostFunction {
  const results: Bits[] = Array.from(type.results, (result) => (isWide(result) ? 0n : 0));
  const logsItself = type.params.some(isReferenceType) || type.results.some(isReferenceType);
  const run: HostFunction['run'] = ({ store }, args) => {
    if (logsItself) {
      const inputHash = hash(utf8(tellResults(type.params, args).join()));
      store.log.end(store.log.begin(), { module, name, inputHash, outputHash: new Uint8Array(0) });
    }
    return results;
  };
  return { module, name, type, run, logsItself };
}

function externOf(store: Store, program: Program, { module: from, name, description }: Import): ExternValue {
  if (description.kind === 'function') {
    const type = program.metered.module.types[description.typeIndex]!;
    const host = from === HOST_MODULE && name in HOST_FUNCTIONS ? hostFunction(name) : idle(from, name, type);
    return { kind: 'function', function: new FunctionInstance(store, type, undefined, -1, host) };
  }
  if (description.kind !== 'global') throw new Error(`no ${description.kind} to import as ${from}.${name}`);
  const cells = new Int32Array(2);
  const known = from === HOST_MODULE ? HOST_GLOBALS[name as HostGlobalName] : undefined;
  if (known !== undefined) writeBits(cells, 0, known.bits);
  return { kind: 'global', global: new Global(description.type, cells) };
}

/** Reference handles differ between tiers, so only whether one is null is reported. */
function tellResults(types: Uint8Array, results: readonly Bits[]): string[] {
  return results.map((bits, i) => (isReferenceType(types[i]!) ? `reference ${bits !== 0}` : String(bits)));
}

/** Bytes at the start of a memory that every run hashes; the digest covers all. */
const HASHED_BYTES = 65_536;

/** With the host's own hash function. */
function memoryHash(instance: GuestInstance | undefined): string {
  const memory = instance?.memory;
  if (memory === undefined) return '';
  return createHash('sha1')
    .update(memory.bytes.subarray(0, Math.min(memory.byteLength, HASHED_BYTES)))
    .digest('hex');
}

/** A new instance in a new store; undefined if its charge was not covered. */
function instantiate(program: Program, limit: number): Seat {
  const { module, schedule } = program.metered;
  const store = new Store(LIMITS_1, schedule);
  store.beginCall(limit);
  const imports = module.imports.map((item) => externOf(store, program, item));
  return { store, instance: program.instantiate(store, imports) };
}

interface Seat {
  readonly store: Store;
  readonly instance: GuestInstance | undefined;
}

/** One call in one tier, on a new instance: everything that must be equal. */
export function observe(program: Program, call: FuzzCall, limit: number, digestsMemory: boolean) {
  return observeIn(instantiate(program, limit), program, call, digestsMemory);
}

function observeIn({ store, instance }: Seat, { metered }: Program, call: FuzzCall, digestsMemory: boolean) {
  const { module } = metered;
  const { gauge } = store;
  let results: string[] = [];
  if (instance !== undefined && gauge.stop === undefined) {
    const { index } = module.exports.find(({ name, kind }) => kind === 'function' && name === call.export)!;
    const outcome = instance.invoke(index, call.args);
    const types = module.types[module.functionTypes[index]!]!.results;
    if (outcome.kind === 'returned') results = tellResults(types, outcome.results);
  }
  const pages = instance?.memory?.pages ?? 0;
  const digestPages = digestsMemory ? DIGEST_PAGES_MAX : 0;
  return {
    stop: gauge.stop,
    results,
    used: gauge.fuelUsed,
    parts: gauge.parts,
    pages,
    log: store.log.kept.map(({ name, inputHash, outputHash }) => `${name} ${toHex(inputHash)} ${toHex(outputHash)}`),
    memory: memoryHash(instance),
    digest: instance === undefined || pages > digestPages ? '' : toHex(instance.stateDigest()),
  };
}

type Observed = ReturnType<typeof observeIn>;

/** Repeats the call on one instance, which is reset in between; returns the first run that differs. */
function observeReused(program: Program, call: FuzzCall, wanted: Observed): Difference | undefined {
  const { store, instance } = instantiate(program, FULL_FUEL);
  const pristine = stateOf(instance, program);
  for (let time = 0; time < TIMES_REUSED; time++) {
    const actual = observeIn({ store, instance }, program, call, true);
    if (!isDeepStrictEqual(actual, wanted)) return { call, limit: FULL_FUEL, reused: time, expected: wanted, actual };
    if (instance === undefined || !instance.isReusable) return undefined;
    store.beginCall(FULL_FUEL);
    program.reinstantiate(instance);
    const state = stateOf(instance, program);
    if (state !== pristine) return { call, limit: FULL_FUEL, reused: time + 1, expected: pristine, actual: state };
  }
  return undefined;
}

/** The digest of an instance; nothing for a large memory, or with imports, which a start function may call. */
function stateOf(instance: GuestInstance | undefined, { metered: { module } }: Program): string {
  if (instance === undefined || (instance.memory?.pages ?? 0) > DIGEST_PAGES_MAX || module.imports.length > 0)
    return '';
  return toHex(instance.stateDigest());
}

/** A text that changes when a charge is covered and the paid work is done. */
function progress(program: Program, call: FuzzCall, limit: number): string {
  const { stop, log, memory, digest } = observe(program, call, limit, false);
  return JSON.stringify([stop, log.length, memory, digest]);
}

/**
 * Limits to try: every one of a short run, otherwise where the interpreter's state changes, found by bisection, and one
 * less.
 */
function limitsOf(reference: Program, call: FuzzCall, used: number, share: () => number): number[] {
  const least = Math.min(reference.metered.instantiationCharge, used);
  if (used - least <= EVERY_LIMIT_UP_TO) return Array.from({ length: used - least + 2 }, (_, i) => least - 1 + i);
  const limits = [least - 1, least, used - 1, used];
  for (let sample = 0; sample < CHARGES_SAMPLED; sample++) {
    let low = least + Math.floor(share() * (used - least));
    let high = Math.min(used, low + CHARGE_SEARCHED);
    limits.push(low);
    const before = progress(reference, call, low);
    if (before === progress(reference, call, high)) continue;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (before === progress(reference, call, middle)) low = middle;
      else high = middle;
    }
    limits.push(high - 1, high);
  }
  return limits.filter((limit) => limit >= 0);
}

/** @param share the next random number from 0 to 1 */
export function compareTiers(
  reference: Program,
  program: Program,
  calls: readonly FuzzCall[],
  share: () => number,
): Comparison {
  let runs = 0;
  for (const call of calls) {
    const expected = observe(reference, call, FULL_FUEL, true);
    for (const limit of [FULL_FUEL, ...limitsOf(reference, call, expected.used, share)]) {
      const digests = limit === FULL_FUEL || runs % DIGEST_EVERY === 0;
      runs++;
      const wanted = limit === FULL_FUEL ? expected : observe(reference, call, limit, digests);
      const actual = observe(program, call, limit, digests);
      if (!isDeepStrictEqual(actual, wanted))
        return { runs, difference: { call, limit, reused: 0, expected: wanted, actual } };
    }
    for (const tier of [reference, program]) {
      const difference = observeReused(tier, call, expected);
      if (difference !== undefined) return { runs, difference };
    }
  }
  return { runs, difference: undefined };
}
