/**
 * The zome host: the loaded zomes of a DNA, and their callbacks. Each guest call yields its receipt, its traces and its
 * host calls; several calls are combined into one verdict as in the real host.
 *
 * Invariant: a verdict is a function of the modules, the DNA, the op, the fuel limit and the available dependencies;
 * calls share nothing. Only a complete result of a guest is a verdict; anything else is `NoVerdict`.
 *
 * Source: holochain `real_ribosome.rs` (`do_callback`, `zome_info`), `guest_callback/*.rs`, develop-0.6.
 */
import { own } from '../base/own.js';
import type { BreachCode } from '../boundary/byte-abi.js';
import { type Codec, nil } from '../boundary/codec.js';
import { decodeBytes, encodeBytes, withBytes } from '../boundary/codec-bytes.js';
import { list } from '../boundary/codec-struct.js';
import type { Generation } from '../boundary/generation.js';
import { externPayload, type NoVerdict, type Verdict } from '../boundary/validation.js';
import { type Dependencies, type ValidationResult, validationResult } from '../boundary/validation-result.js';
import { type WasmError, wasmErrorText } from '../boundary/wasm-error.js';
import type { HostTable } from '../engine/imports/host-table.js';
import { DEFAULT_FUEL } from '../engine/loaded-module.js';
import { type Action, action, type SignedHashed, signedHashed } from './action.js';
import { subjectOf, zomeIndexOfDeleted } from './action-parts.js';
import { entryDefsResult, GenesisSelfCheckDataV1, GenesisSelfCheckDataV2, initResult } from './callback-data.js';
import { type CallbackResult, callbackResult, isJudgement, noVerdictText } from './callback-result.js';
import { type CallbackName, callbackRow } from './callbacks.js';
import type { Cell } from './cell.js';
import type { DependencySource } from './dependency-source.js';
import type { DetectedGeneration } from './detect-generation.js';
import type { EntryDef } from './entry-def.js';
import type { DnaInfoV2, ZomeInfo } from './info.js';
import { type Op, op } from './op.js';
import type { RecordedHostCall, Recording } from './recording.js';
import { externFunctionsOf, type Zome } from './zome.js';
import { type ZomeCall, ZomeCallRun } from './zome-call.js';

/**
 * Fuel of the calls that describe a DNA (`entry_defs`, the counts of types). The same on all nodes, because guests see
 * the results in `zome_info`.
 */
export const DESCRIPTION_FUEL = 100_000_000;

export interface ZomeCallOptions {
  /** Fuel limit of each guest call. Default 10^9. */
  readonly fuel?: number;
  /** Used instead of the host's own source. */
  readonly dependencies?: DependencySource;
  /** The cell on whose chain host functions read and write. Default none: those functions are denied. */
  readonly cell?: Cell;
}

/** What is needed to make a call again; any `ZomeCall` has it. */
export type ReplayableCall = Pick<ZomeCall, 'zome' | 'callback' | 'export' | 'payload' | 'recording'> & {
  readonly receipt: { readonly fuel: { readonly limit: number } };
};

export interface ValidateOpOptions extends ZomeCallOptions {
  /** Calls only this zome. Default: the zomes that the op concerns. */
  readonly zome?: string;
  /** Takes every result of the host from this recording; no dependency is looked up. */
  readonly replay?: ValidationRecording;
}

/**
 * What has to be stored of a validation to make it again: which zomes were called, and what the host returned to each.
 */
export interface ValidationRecording {
  readonly zomes: readonly string[];
  readonly calls: readonly Recording[];
}

/** A verdict, and the calls of guests that led to it: one receipt each. */
export interface Validation {
  readonly verdict: Verdict;
  readonly calls: readonly ZomeCall[];
  /** zomes that were to be called; fewer were called if one of them ended the validation */
  readonly zomes: readonly string[];
  readonly recording: ValidationRecording;
}

export interface SelfCheckInput {
  /** 39 bytes */
  readonly agentKey: Uint8Array;
  /** MessagePack. Default none. */
  readonly membraneProof?: Uint8Array;
}

export type EntryDefs =
  | { readonly ok: true; readonly defs: ReadonlyMap<string, readonly EntryDef[]>; readonly calls: readonly ZomeCall[] }
  | { readonly ok: false; readonly zome: string; readonly cause: NoVerdict; readonly calls: readonly ZomeCall[] };

/** Numbers of entry and link types by the index of the integrity zome, or which zome did not return them. */
export type ZomeTypes =
  | { readonly ok: true; readonly entries: readonly number[]; readonly links: readonly number[] }
  | { readonly ok: false; readonly zome: string; readonly reason: string };

export type InitVerdict =
  | { readonly kind: 'Pass' }
  | { readonly kind: 'Fail'; readonly zome: string; readonly reason: string }
  | { readonly kind: 'UnresolvedDependencies'; readonly zome: string; readonly dependencies: Dependencies }
  | { readonly kind: 'NoVerdict'; readonly zome: string; readonly cause: NoVerdict };

export interface Initialization {
  readonly verdict: InitVerdict;
  readonly calls: readonly ZomeCall[];
}

/** A call of one export, and what it returned. */
export interface SingleCall<A> {
  readonly result: CallbackResult<A>;
  readonly call: ZomeCall;
}

/** Why a guest was not called at all. */
const NOT_CALLABLE: NoVerdict = { kind: 'breached', code: 'export-type' satisfies BreachCode };

const NIL_PAYLOAD = externPayload(encodeBytes(nil, null));
/** `SerializedBytes::default()`: MessagePack nil. */
const NO_PROPERTIES = Uint8Array.of(0xc0);
/** `EntryType` and `LinkType` indices are u8. */
const TYPES_MAX = 255;

/** A cause as text for a guest. If a guest was stopped, it says only that, so that no receipt depends on where. */
function guestText(cause: NoVerdict): string {
  const isStopped = cause.kind === 'trapped' || cause.kind === 'exhausted';
  return isStopped ? 'it trapped or was exhausted' : noVerdictText(cause);
}

function unresolved(hash: Uint8Array): Verdict {
  return { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: [hash] } };
}

function noVerdict(cause: NoVerdict): Verdict {
  return { kind: 'NoVerdict', cause };
}

/** Which zomes validate an op, or the verdict if none is needed. */
type Chosen =
  | { readonly ok: true; readonly zomes: readonly Zome[] }
  | { readonly ok: false; readonly verdict: Verdict };

/** The parts of a host, as `createZomeHost` makes them. */
export interface ZomeHostParts {
  readonly generation: DetectedGeneration;
  readonly dnaInfo: DnaInfoV2;
  readonly zomes: readonly Zome[];
  readonly dependencies: DependencySource;
  readonly hostTable: HostTable;
  readonly payloadBytesMax: number;
  readonly fuel: number | undefined;
}

export class ZomeHost {
  readonly generation: Generation;
  readonly #parts: ZomeHostParts;
  readonly #opCodec: Codec<Op>;
  readonly #resultCodec: Codec<ValidationResult>;
  #entryDefs: EntryDefs | undefined;
  #zomeTypes: ZomeTypes | undefined;
  /** One object for each zome, because guests request it in nearly every validation. */
  readonly #zomeInfos = new Map<Zome, ZomeInfo | string>();

  /** Made by `createZomeHost`. */
  constructor(parts: ZomeHostParts) {
    this.#parts = parts;
    this.generation = parts.generation.generation;
    this.#opCodec = op(this.generation);
    this.#resultCodec = validationResult(this.generation);
  }

  /** The generation, and how it was detected. */
  get detected(): DetectedGeneration {
    return this.#parts.generation;
  }

  /** Names and prices of its host functions, with the hash that is in every receipt of its calls. */
  get hostTable(): HostTable {
    return this.#parts.hostTable;
  }

  /** Fuel limit of calls that set none. */
  get fuel(): number {
    return this.#parts.fuel ?? DEFAULT_FUEL;
  }

  /** Where `must_get_*` look if a call has no source of its own. */
  get dependencies(): DependencySource {
    return this.#parts.dependencies;
  }

  get dnaInfo(): DnaInfoV2 {
    return this.#parts.dnaInfo;
  }

  /** Integrity zomes in the order of their index, then coordinators. */
  get zomes(): readonly Zome[] {
    return this.#parts.zomes;
  }

  get integrityZomes(): readonly Zome[] {
    return this.zomes.filter(({ kind }) => kind === 'integrity');
  }

  /** @throws RangeError if there is no zome of this name */
  zome(name: string): Zome {
    const zome = this.zomes.find((other) => other.name === name);
    if (zome !== undefined) return zome;
    throw new RangeError(`unknown zome '${name}'; the zomes are ${this.zomes.map((other) => other.name).join(', ')}`);
  }

  /**
   * Validates an op: by the zome that defines its entry or link, or by all integrity zomes. A zome without `validate`
   * counts as valid.
   * @param input an op, or its MessagePack
   * @throws RangeError for a value that is not an op of the host's generation, and for an unknown zome
   */
  validateOp(input: Op | Uint8Array, options: ValidateOpOptions = {}): Validation {
    const payload = this.#opPayload(input);
    const value = input instanceof Uint8Array ? this.#decodedOp(input) : input;
    const chosen = this.#zomesOf(value, options);
    if (!chosen.ok) return { verdict: chosen.verdict, calls: [], zomes: [], recording: { zomes: [], calls: [] } };
    return this.#validation('validate', chosen.zomes, payload, options);
  }

  /** The callback that every agent runs on itself before it joins: the names of version 1, then of version 2. */
  genesisSelfCheck({ agentKey, membraneProof }: SelfCheckInput, options: ZomeCallOptions = {}): Validation {
    const data = { membrane_proof: membraneProof ?? null, agent_key: agentKey } as const;
    const { name, hash, modifiers, zome_names } = this.dnaInfo;
    const dna_info = { name, hash, properties: modifiers.properties, zome_names };
    const first = externPayload(encodeBytes(GenesisSelfCheckDataV1, { dna_info, ...data }));
    const one = this.#validation('genesis_self_check_1', this.integrityZomes, first, options);
    if (one.verdict.kind !== 'Valid') return one;
    const second = externPayload(encodeBytes(GenesisSelfCheckDataV2, data));
    const two = this.#validation('genesis_self_check_2', this.integrityZomes, second, options);
    const calls = [...one.calls, ...two.calls];
    return { ...two, calls, recording: { zomes: two.zomes, calls: calls.map(({ recording }) => recording) } };
  }

  /** The entry types that integrity zomes define, by zome. Called once; the result depends only on the modules. */
  entryDefs(): EntryDefs {
    this.#entryDefs ??= this.#askEntryDefs();
    return this.#entryDefs;
  }

  /** How many entry and link types the integrity zomes have. Called once. */
  zomeTypes(): ZomeTypes {
    this.#zomeTypes ??= this.#askZomeTypes();
    return this.#zomeTypes;
  }

  /** `init` of all zomes, integrity zomes first; the first failure ends it. */
  init(options: ZomeCallOptions = {}): Initialization {
    const calls: ZomeCall[] = [];
    let verdict: InitVerdict = { kind: 'Pass' };
    const codec = initResult(this.generation);
    for (const zome of this.zomes.filter(({ exportTypes }) => exportTypes.has('init'))) {
      const call = this.#call(zome, 'init', 'init', NIL_PAYLOAD, options);
      if (call === undefined) return { verdict: { kind: 'NoVerdict', zome: zome.name, cause: NOT_CALLABLE }, calls };
      calls.push(call);
      const failure = (error: WasmError) =>
        isJudgement(error) ? ({ kind: 'Fail', value: wasmErrorText(error, this.generation) } as const) : undefined;
      const result = callbackResult(call, codec, this.generation, failure);
      if (!result.ok) return { verdict: { kind: 'NoVerdict', zome: zome.name, cause: result.cause }, calls };
      const { value } = result;
      if (value.kind === 'Fail') return { verdict: { kind: 'Fail', zome: zome.name, reason: value.value }, calls };
      if (value.kind === 'UnresolvedDependencies') {
        verdict = { kind: value.kind, zome: zome.name, dependencies: value.value };
      }
    }
    return { verdict, calls };
  }

  /** Notifies a coordinator zome of what was committed. Undefined if it has no such callback. */
  postCommit(
    zomeName: string,
    actions: readonly SignedHashed<Action>[],
    options: ZomeCallOptions = {},
  ): SingleCall<null> | undefined {
    const zome = this.zome(zomeName);
    if (!zome.exportTypes.has('post_commit')) return undefined;
    const committed = encodeBytes(list(signedHashed(action(this.generation))), actions);
    const call = this.#call(zome, 'post_commit', 'post_commit', externPayload(committed), options);
    return call && { call, result: callbackResult(call, nil, this.generation) };
  }

  /**
   * Calls an export of the byte ABI with MessagePack.
   * @throws UsageError if the zome has no such function
   */
  call(zomeName: string, exportName: string, input: Uint8Array, options: ZomeCallOptions = {}): ZomeCall {
    const payload = externPayload(input);
    return this.#run(this.zome(zomeName), 'zome_function', exportName, payload, options);
  }

  /**
   * Makes a call again from its recording, without its dependencies and its cell. The receipt is the same.
   * @throws HostFailure if the recording is of another call
   */
  replay({ zome, callback, export: exportName, payload, recording, receipt }: ReplayableCall): ZomeCall {
    const options = { fuel: receipt.fuel.limit };
    return this.#run(this.zome(zome), callback, exportName, payload, options, recording);
  }

  /**
   * What a host function returns for an input in a validation, without calling the zome: for callers that know what a
   * call has requested.
   * @throws HostFailure as the function does in a call
   */
  ask(
    zomeName: string,
    exportName: string,
    name: string,
    input: Uint8Array,
    options: ZomeCallOptions = {},
  ): RecordedHostCall {
    const zome = this.zome(zomeName);
    const bound = zome.rows.find(({ row }) => row.name === name);
    if (bound === undefined) throw new RangeError(`the host has no function '${name}'`);
    return this.#newRun(zome, 'validate', exportName, options).ask(bound, input);
  }

  /** What a zome can read about itself, or why it cannot. */
  zomeInfo(zomeName: string): ZomeInfo | string {
    const zome = this.zome(zomeName);
    const entryDefs = this.entryDefs();
    if (!entryDefs.ok) return `entry_defs of ${entryDefs.zome}: ${guestText(entryDefs.cause)}`;
    const types = this.zomeTypes();
    if (!types.ok) return `${types.zome}: ${types.reason}`;
    const integrity = this.integrityZomes;
    const scoped = (counts: readonly number[]) =>
      zome.scope.map((index): [number, number[]] => [index, Array.from({ length: counts[index] }, (_, type) => type)]);
    return {
      name: zome.name,
      id: zome.index & 0xff,
      properties: NO_PROPERTIES,
      entry_defs: zome.scope.flatMap((index) => entryDefs.defs.get(integrity[index].name) ?? []),
      extern_fns: externFunctionsOf(zome.exportTypes),
      zome_types: { entries: scoped(types.entries), links: scoped(types.links) },
    };
  }

  #knownZomeInfo(zome: Zome): ZomeInfo | string {
    const known = this.#zomeInfos.get(zome);
    if (known !== undefined) return known;
    const info = this.zomeInfo(zome.name);
    this.#zomeInfos.set(zome, info);
    return info;
  }

  #opPayload(input: Op | Uint8Array): Uint8Array {
    if (input instanceof Uint8Array) return externPayload(input);
    if (!this.#opCodec.is(input)) throw new RangeError(`not an op of generation ${this.generation}`);
    return withBytes(this.#opCodec, input, externPayload);
  }

  #decodedOp(bytes: Uint8Array): Op {
    const decoded = decodeBytes(this.#opCodec, bytes);
    if (decoded.ok) return decoded.value;
    const { reason, path } = decoded.error;
    throw new RangeError(`not an op of generation ${this.generation}: ${reason} at ${path}`);
  }

  #zomesOf(value: Op, { replay, zome: only, dependencies = this.#parts.dependencies }: ValidateOpOptions): Chosen {
    const named = replay?.zomes ?? (only === undefined ? undefined : [only]);
    if (named !== undefined) return { ok: true, zomes: named.map((name) => this.zome(name)) };
    const subject = subjectOf(value);
    let index = subject.kind === 'zome' ? subject.index : undefined;
    if (subject.kind === 'action-of') {
      const deleted = dependencies.action(subject.hash);
      if (deleted === undefined) return { ok: false, verdict: unresolved(subject.hash) };
      index = zomeIndexOfDeleted(deleted, subject.linksToo);
    }
    const integrity = this.integrityZomes;
    if (index === undefined) return { ok: true, zomes: integrity };
    const zome = integrity[index];
    if (zome !== undefined) return { ok: true, zomes: [zome] };
    return {
      ok: false,
      verdict: { kind: 'Invalid', reason: `No integrity zome found with index ZomeIndex(${index})` },
    };
  }

  /** Calls a callback that returns a `ValidateCallbackResult` in one zome after the other, and combines the results. */
  #validation(
    callback: CallbackName,
    zomes: readonly Zome[],
    payload: Uint8Array,
    options: ValidateOpOptions,
  ): Validation {
    const calls: ZomeCall[] = [];
    const verdict = this.#folded(callback, zomes, payload, options, calls);
    const names = zomes.map(({ name }) => name);
    return { verdict, calls, zomes: names, recording: { zomes: names, calls: calls.map((call) => call.recording) } };
  }

  #folded(
    callback: CallbackName,
    zomes: readonly Zome[],
    payload: Uint8Array,
    options: ValidateOpOptions,
    calls: ZomeCall[],
  ): Verdict {
    let folded: Verdict = { kind: 'Valid' };
    for (const zome of zomes) {
      for (const exportName of callbackRow(callback).exports.filter((name) => zome.exportTypes.has(name))) {
        const replay = own(options, 'replay');
        const recorded = replay?.calls[calls.length] ?? (replay === undefined ? undefined : []);
        const call = this.#call(zome, callback, exportName, payload, options, recorded);
        if (call === undefined) return noVerdict(NOT_CALLABLE);
        calls.push(call);
        const verdict = this.#verdictOf(call);
        if (verdict.kind === 'Invalid' || verdict.kind === 'NoVerdict') return verdict;
        // The last zome with unresolved dependencies is reported, as in the real host.
        if (verdict.kind === 'UnresolvedDependencies') folded = verdict;
      }
    }
    if (callback === 'validate' || folded.kind !== 'UnresolvedDependencies') return folded;
    return { kind: 'Invalid', reason: 'the self check waits for dependencies, which it cannot have' };
  }

  #verdictOf(call: ZomeCall): Verdict {
    const judged = (error: WasmError): ValidationResult | undefined =>
      isJudgement(error) ? { kind: 'Invalid', reason: wasmErrorText(error, this.generation) } : undefined;
    const result = callbackResult(call, this.#resultCodec, this.generation, judged);
    if (!result.ok) return noVerdict(result.cause);
    return result.value;
  }

  /** Calls an export that the zome has; undefined if it is not a function. */
  #call(
    zome: Zome,
    callback: CallbackName,
    exportName: string,
    payload: Uint8Array,
    options: ZomeCallOptions,
    replay?: Recording,
  ): ZomeCall | undefined {
    if (zome.exportTypes.get(exportName)?.startsWith('(') !== true) return undefined;
    return this.#run(zome, callback, exportName, payload, options, replay);
  }

  #newRun(zome: Zome, callback: CallbackName, exportName: string, options: ZomeCallOptions, replay?: Recording) {
    const scope = {
      zome: zome.name,
      export: exportName,
      callback,
      generation: this.generation,
      dnaInfo: this.dnaInfo,
      dependencies: own(options, 'dependencies') ?? this.#parts.dependencies,
      cell: own(options, 'cell'),
      zomeInfo: () => this.#knownZomeInfo(zome),
    };
    return new ZomeCallRun(scope, zome.exportTypes, this.#parts.payloadBytesMax, replay);
  }

  #run(
    zome: Zome,
    callback: CallbackName,
    exportName: string,
    payload: Uint8Array,
    options: ZomeCallOptions,
    replay?: Recording,
  ): ZomeCall {
    const run = this.#newRun(zome, callback, exportName, options, replay);
    const fuel = own(options, 'fuel') ?? this.fuel;
    const { outcome, receipt, hostCalls, diagnostics } = zome.module.callBytes(exportName, payload, {
      fuel,
      generation: this.generation,
      imports: zome.imports,
      context: run,
    });
    const { traces, dropped: tracesDropped } = run.traces;
    const { recording } = run;
    // Field by field: a spread of this many fields takes microseconds.
    return {
      zome: zome.name,
      callback,
      export: exportName,
      payload,
      outcome,
      receipt,
      hostCalls,
      recording,
      traces,
      tracesDropped,
      diagnostics,
    };
  }

  #askEntryDefs(): EntryDefs {
    const calls: ZomeCall[] = [];
    const defs = new Map<string, readonly EntryDef[]>();
    const codec = entryDefsResult(this.generation);
    for (const zome of this.integrityZomes.filter(({ exportTypes }) => exportTypes.has('entry_defs'))) {
      const call = this.#call(zome, 'entry_defs', 'entry_defs', NIL_PAYLOAD, { fuel: DESCRIPTION_FUEL });
      if (call === undefined) return { ok: false, zome: zome.name, cause: NOT_CALLABLE, calls };
      calls.push(call);
      const result = callbackResult(call, codec, this.generation);
      if (!result.ok) return { ok: false, zome: zome.name, cause: result.cause, calls };
      defs.set(zome.name, result.value.value);
    }
    return { ok: true, defs, calls };
  }

  #askZomeTypes(): ZomeTypes {
    const counts = { entries: [] as number[], links: [] as number[] };
    for (const zome of this.integrityZomes) {
      for (const [kind, name] of [
        ['entries', '__num_entry_types'],
        ['links', '__num_link_types'],
      ] as const) {
        const count = this.#count(zome, name);
        if (typeof count === 'string') return { ok: false, zome: zome.name, reason: count };
        counts[kind].push(count);
      }
    }
    return { ok: true, ...counts };
  }

  /** What a constant function returns; 0 if the zome has none of this type (real_ribosome.rs `get_const_fn`). */
  #count(zome: Zome, name: string): number | string {
    if (zome.exportTypes.get(name) !== '()->(i32)') return 0;
    const run = this.#newRun(zome, 'entry_defs', name, {});
    const { outcome } = zome.module.call(name, [], { fuel: DESCRIPTION_FUEL, imports: zome.imports, context: run });
    if (outcome.kind !== 'returned') return `${name} trapped or was exhausted`;
    const { bits } = outcome.values[0] as { bits: number };
    return bits <= TYPES_MAX ? bits : `${name} answered ${bits | 0}, which is not from 0 to ${TYPES_MAX}`;
  }
}
