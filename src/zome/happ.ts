/**
 * A cell in memory: the zomes of a DNA, an agent, and its source chain, so that a whole happ can be tried without a
 * conductor. Zome functions run against the chain; what they write is validated by the integrity zomes before it is
 * committed; if anything is wrong, all of it is dropped.
 *
 * Invariant: a happ is a function of its zomes and its stated inputs (agent, time, seed, records of others, calls).
 * Every result that a guest got is in the recording of its call, so each call can be made again with the same receipt.
 *
 * Source: holochain `call_zome_workflow.rs`, `initialize_zomes_workflow.rs`, `genesis_workflow.rs`, `host_fn/call.rs`, develop-0.6.
 */

import * as E from 'fp-ts/lib/Either.js';
import { toHex } from '../base/hash.js';
import { own } from '../base/own.js';
import { anyValue } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { type Encodable, encodeMessagePack } from '../boundary/messagepack-encode.js';
import { decodeExternResult } from '../boundary/validation.js';
import type { Dependencies } from '../boundary/validation-result.js';
import { wasmErrorText } from '../boundary/wasm-error.js';
import type { ByteOutcome } from '../engine/loaded-module.js';
import { FUEL_LIMIT_MAX } from '../engine/receipt/receipt.js';
import type { Agent } from './agent.js';
import { authorOpsOf } from './author-ops.js';
import { callbackResult, noVerdictText } from './callback-result.js';
import type { Cell } from './cell.js';
import type { CellCall, CellCallResponse } from './chain-data.js';
import { type AgentActivity, agentActivity } from './chain-walk.js';
import type { DependencySource } from './dependency-source.js';
import type {
  HappCall,
  HappInit,
  HappInitOutcome,
  HappOutcome,
  HappRun,
  OpValidation,
  PostCommit,
  Rejection,
  RemoteSignal,
  Signal,
} from './happ-call.js';
import { hashText } from './holo-hash.js';
import { type HostFunctionAnswer, type HostFunctionContext, hostError, ok } from './host-function.js';
import type { KnownRecords } from './known-records.js';
import { type DerivedOp, opsOf } from './op-of.js';
import type { RandomStream } from './random-stream.js';
import type { Record } from './record.js';
import { type EntryTypes, recordFault } from './record-checks.js';
import type { SourceChain } from './source-chain.js';
import type { ZomeCall } from './zome-call.js';
import type { ZomeHost } from './zome-host.js';

/** Maximum nesting of zome function calls, and of commits that follow from a commit. */
export const CALL_DEPTH_MAX = 8;

export interface HappCallOptions {
  /** Microseconds, for this call and later ones. Default: unchanged. */
  readonly time?: bigint;
  /** Fuel limit of each guest call. Default 10^9. */
  readonly fuel?: number;
}

/** The parts of a happ, as `createHapp` makes them. */
export interface HappParts {
  readonly host: ZomeHost;
  readonly chain: SourceChain;
  readonly random: RandomStream;
  readonly time: bigint;
}

/** What a run collects. */
class RunLog {
  readonly nested: ZomeCall[] = [];
  readonly validations: OpValidation[] = [];
  readonly signals: Signal[] = [];
  readonly remoteSignals: RemoteSignal[] = [];
  readonly postCommits: PostCommit[] = [];
  records: readonly Record[] = [];

  get run(): HappRun {
    const { records, validations, nested, signals, remoteSignals, postCommits } = this;
    return { records, validations, nested, signals, remoteSignals, postCommits };
  }
}

/** What an agent knows, as a source for `must_get_*`. A known record was found valid. */
function sourceOf(known: KnownRecords): DependencySource {
  return {
    entry: (hash) => known.entry(hash),
    action: (hash) => known.record(hash)?.signed_action,
    record: (hash) => {
      const record = known.record(hash);
      return record && { record, isRejected: false };
    },
    agentActivity: (author, filter): AgentActivity => {
      const actions = known.recordsOf(author).map(({ signed_action }) => signed_action);
      return agentActivity(new Map(actions.map((action) => [toHex(action.hashed.hash), action])), filter);
    },
  };
}

function rejection(cause: Rejection['cause'], text: string, validation?: OpValidation): Rejection {
  return { kind: 'rejected', cause, text: `Source chain error: ${text}`, validation };
}

function invalidCommit(reason: string, validation?: OpValidation): Rejection {
  return rejection('invalid', `InvalidCommit error: ${reason}`, validation);
}

function hashesOf(dependencies: Dependencies): readonly Uint8Array[] {
  return dependencies.kind === 'Hashes' ? dependencies.hashes : [dependencies.filter.chain_top];
}

function incompleteCommit(hashes: readonly Uint8Array[], validation?: OpValidation): Rejection {
  const missing = hashes.map(hashText).join(', ');
  const text = `The commit could not be completed but may be retried: DepMissingFromDht([${missing}])`;
  return rejection('incomplete', text, validation);
}

/** How a validation other than `Valid` rejects a commit. */
function rejectionOf(done: OpValidation): Rejection | undefined {
  const { verdict } = done.validation;
  switch (verdict.kind) {
    case 'Valid':
      return undefined;
    case 'Invalid':
      return invalidCommit(`Validation failed while committing: ${verdict.reason}`, done);
    case 'UnresolvedDependencies':
      return incompleteCommit(hashesOf(verdict.dependencies), done);
    case 'NoVerdict':
      return rejection('no-verdict', `Other: ${noVerdictText(verdict.cause)}`, done);
  }
}

/** The bytes in `Ok`, or how the call ended. */
function outcomeOf(call: ZomeCall, generation: Generation): HappOutcome {
  const result = callbackResult(call, anyValue, generation);
  if (result.ok) {
    const { output } = call.outcome as Extract<ByteOutcome, { kind: 'returned' }>;
    const answer = decodeExternResult(output, generation);
    const bytes = answer.ok && E.isRight(answer.value) ? answer.value.right : encodeBytes(anyValue, result.value);
    return { kind: 'ok', output: bytes, value: result.value };
  }
  const { cause } = result;
  if (cause.kind !== 'error') return { kind: 'no-answer', cause, text: noVerdictText(cause) };
  return { kind: 'error', error: cause.error, text: wasmErrorText(cause.error, generation) };
}

export class Happ {
  readonly host: ZomeHost;
  readonly #chain: SourceChain;
  readonly #random: RandomStream;
  readonly #source: DependencySource;
  #time: bigint;
  #init: HappInit | undefined;
  #depth = 0;

  /** Made by `createHapp`. */
  constructor({ host, chain, random, time }: HappParts) {
    this.host = host;
    this.#chain = chain;
    this.#random = random;
    this.#source = sourceOf(chain.known);
    this.#time = time;
  }

  get generation(): Generation {
    return this.host.generation;
  }

  get agent(): Agent {
    return this.#chain.agent;
  }

  /** Microseconds: the result of `sys_time` in the next call that sets no other time. */
  get time(): bigint {
    return this.#time;
  }

  /** The committed records, from the Dna action on. */
  get chain(): readonly Record[] {
    return this.#chain.records;
  }

  /** Whether `init` has passed. */
  get isInitialized(): boolean {
    return this.#chain.isInitialized;
  }

  /** The ops of the whole chain, as they would be published. */
  ops(): readonly DerivedOp[] {
    const options = { generation: this.generation, dependencies: this.#source };
    return this.chain.flatMap((record) => opsOf(record, options));
  }

  /** Where `must_get_*` and validations of this agent look. */
  get dependencies(): DependencySource {
    return this.#source;
  }

  /** `init` of all zomes, then `InitZomesComplete`. Once `init` has passed, it is not run again. */
  init(options: HappCallOptions = {}): HappInit {
    if (this.#init !== undefined && this.isInitialized) return this.#init;
    this.#time = own(options, 'time') ?? this.#time;
    this.#init = this.#whole(() => this.#runInit(options));
    return this.#init;
  }

  /**
   * Calls a zome function, after `init` if that has not passed yet.
   * @param input a MessagePack value: plain objects are maps with string keys, a Uint8Array is a `bin` (a hash, for one)
   * @throws RangeError if there is no such zome, UsageError if it has no such function
   * @throws MessagePackEncodeError for an input that has no MessagePack
   */
  call(zome: string, exportName: string, input: Encodable = null, options: HappCallOptions = {}): HappCall {
    const payload = encodeMessagePack(input);
    this.host.zome(zome);
    this.#time = own(options, 'time') ?? this.#time;
    const init = this.isInitialized ? undefined : this.init(options);
    if (init !== undefined && init.outcome.kind !== 'ok') {
      const outcome = { kind: 'not-initialized', text: init.outcome.text } as const;
      const { run } = new RunLog();
      return { ...run, zome, export: exportName, time: this.#time, outcome, call: undefined, init };
    }
    return this.#whole(() => this.#runCall(zome, exportName, payload, options, init));
  }

  /** Runs a function that may commit: if it throws, the chain is unchanged. */
  #whole<T>(run: () => T): T {
    try {
      return run();
    } finally {
      this.#chain.rollBack();
    }
  }

  #runInit(options: HappCallOptions): HappInit {
    const log = new RunLog();
    const initialization = this.host.init({ ...options, dependencies: this.#source, cell: this.#cell(log, options) });
    const outcome = this.#initOutcome(initialization.verdict, log, options);
    if (outcome.kind === 'ok') {
      const coordinators = this.host.zomes.filter(({ kind }) => kind === 'coordinator').map(({ name }) => name);
      this.#commit(coordinators, log, options);
    }
    return { ...log.run, time: this.#time, outcome, initialization };
  }

  #initOutcome(verdict: HappInit['initialization']['verdict'], log: RunLog, options: HappCallOptions): HappInitOutcome {
    if (verdict.kind !== 'Pass') return { kind: 'failed', verdict, text: initText(verdict) };
    this.#chain.put({ type: 'InitZomesComplete' }, undefined, this.#time);
    return this.#validated(log, options) ?? { kind: 'ok' };
  }

  #runCall(
    zome: string,
    exportName: string,
    payload: Uint8Array,
    options: HappCallOptions,
    init?: HappInit,
    fuel = own(options, 'fuel'),
  ): HappCall {
    const log = new RunLog();
    const time = this.#time;
    const { call, outcome } = this.#callAndValidate(zome, exportName, payload, log, options, fuel);
    if (outcome.kind === 'ok') {
      const isCoordinator = this.host.zome(zome).kind === 'coordinator';
      this.#commit(isCoordinator ? [zome] : [], log, options);
    }
    this.#chain.rollBack();
    return { ...log.run, zome, export: exportName, time, outcome, call, init };
  }

  /**
   * Runs a zome function, then validates everything that is not committed yet.
   * @param fuel limit of the zome function; validations use that of the options
   */
  #callAndValidate(
    zome: string,
    exportName: string,
    payload: Uint8Array,
    log: RunLog,
    options: HappCallOptions,
    fuel: number | undefined,
  ): { readonly call: ZomeCall; readonly outcome: HappOutcome } {
    const of = { dependencies: this.#source, cell: this.#cell(log, options) };
    const call = this.host.call(zome, exportName, payload, fuel === undefined ? of : { ...of, fuel });
    const outcome = outcomeOf(call, this.generation);
    return { call, outcome: outcome.kind === 'ok' ? (this.#validated(log, options) ?? outcome) : outcome };
  }

  /** Validates uncommitted records, record by record, op by op; stops at the first that is not valid. */
  #validated(log: RunLog, { fuel }: HappCallOptions): Rejection | undefined {
    const { scratch } = this.#chain;
    if (scratch.length === 0) return undefined;
    const entryTypes = this.#entryTypes();
    if (typeof entryTypes === 'string') return rejection('no-verdict', `Other: ${entryTypes}`);
    for (const record of scratch) {
      const fault = recordFault(record, entryTypes);
      if (fault !== undefined) return invalidCommit(fault);
    }
    const options = { dependencies: this.#source, ...(fuel === undefined ? {} : { fuel }) };
    for (const record of scratch) {
      for (const made of authorOpsOf(record, this.#source, this.generation)) {
        if (made.kind === 'waits') return incompleteCommit([made.hash]);
        const done = { op: made.op, record, validation: this.host.validateOp(made.op, options) };
        log.validations.push(done);
        const rejected = rejectionOf(done);
        if (rejected !== undefined) return rejected;
      }
    }
    return undefined;
  }

  /** Entry types by the index of their zome, or why they are unknown. */
  #entryTypes(): EntryTypes | string {
    const answer = this.host.entryDefs();
    if (!answer.ok) return `entry_defs of ${answer.zome}: ${noVerdictText(answer.cause)}`;
    return this.host.integrityZomes.map(({ name }) => answer.defs.get(name) ?? []);
  }

  #commit(coordinators: readonly string[], log: RunLog, options: HappCallOptions): void {
    log.records = this.#chain.commit();
    if (log.records.length === 0) return;
    const actions = log.records.map(({ signed_action }) => signed_action);
    for (const zome of coordinators) {
      const calls: HappCall[] = [];
      const cell = this.#cell(log, options, calls);
      const done = this.host.postCommit(zome, actions, { ...options, dependencies: this.#source, cell });
      if (done !== undefined) log.postCommits.push({ zome, ...done, calls });
    }
  }

  /** @param forked for a `post_commit`: collects its calls, each with its own commit */
  #cell(log: RunLog, options: HappCallOptions, forked?: HappCall[]): Cell {
    return {
      agent: this.agent,
      chain: this.#chain,
      time: this.#time,
      randomBytes: (length) => this.#random.take(length),
      emitSignal: (zome, signal) => {
        log.signals.push({ zome, signal });
      },
      sendRemoteSignal: (zome, agents, signal) => {
        log.remoteSignals.push({ zome, agents, signal });
      },
      call: (call, context) => this.#callWithin(call, context, log, options, forked),
    };
  }

  #callWithin(
    call: CellCall,
    context: HostFunctionContext,
    log: RunLog,
    options: HappCallOptions,
    forked: HappCall[] | undefined,
  ): HostFunctionAnswer<CellCallResponse> {
    const { target, zome_name: zome, fn_name: exportName } = call;
    if (target.kind === 'NetworkAgent') return ok({ kind: 'NetworkError', value: 'a cell in memory has no network' });
    const elsewhere = this.#elsewhere(target.value);
    if (elsewhere !== undefined) return hostError(elsewhere);
    const known = this.host.zomes.find(({ name }) => name === zome);
    if (known?.exportTypes.get(exportName)?.startsWith('(') !== true) {
      return hostError(`Attempted to call a zome function that doesn't exist: Zome: ${zome} Fn ${exportName}`);
    }
    if (this.#depth >= CALL_DEPTH_MAX) return hostError(`calls are nested more than ${CALL_DEPTH_MAX} deep`);
    const fuel = Math.min(context.fuelLeft(), FUEL_LIMIT_MAX);
    this.#depth += 1;
    try {
      return this.#answered(call, context, log, options, fuel, forked);
    } finally {
      this.#depth -= 1;
    }
  }

  #elsewhere(target: Extract<CellCall['target'], { kind: 'ConductorCell' }>['value']): string | undefined {
    if (target.kind === 'OtherRole') return `Role not found: ${target.value}`;
    if (target.kind === 'Local') return undefined;
    const [dna, agent] = target.value;
    const isOwn = toHex(dna) === toHex(this.host.dnaInfo.hash) && toHex(agent) === toHex(this.agent.key);
    return isOwn ? undefined : `Call to missing cell: Cell with ID (${hashText(dna)}, ${hashText(agent)}) not found`;
  }

  #answered(
    { zome_name: zome, fn_name: exportName, payload }: CellCall,
    context: HostFunctionContext,
    log: RunLog,
    options: HappCallOptions,
    fuel: number,
    forked: HappCall[] | undefined,
  ): HostFunctionAnswer<CellCallResponse> {
    let done: { readonly call: ZomeCall; readonly outcome: HappOutcome };
    if (forked === undefined) {
      done = this.#callAndValidate(zome, exportName, payload, log, options, fuel);
      log.nested.push(done.call);
    } else {
      const run = this.#runCall(zome, exportName, payload, options, undefined, fuel);
      forked.push(run);
      done = { call: run.call!, outcome: run.outcome };
    }
    if (!context.charge(done.call.receipt.fuel.used)) return undefined;
    const { outcome } = done;
    if (outcome.kind === 'ok') return ok({ kind: 'Ok', value: outcome.output });
    const isRun = outcome.kind === 'error' || outcome.kind === 'no-answer';
    return hostError(isRun ? `Wasm runtime error while working with Ribosome: ${outcome.text}` : outcome.text);
  }
}

function initText(verdict: Extract<HappInitOutcome, { kind: 'failed' }>['verdict']): string {
  switch (verdict.kind) {
    case 'Fail':
      return `init of ${verdict.zome} failed: ${verdict.reason}`;
    case 'UnresolvedDependencies':
      return `init of ${verdict.zome} waits for ${hashesOf(verdict.dependencies).map(hashText).join(', ')}`;
    case 'NoVerdict':
      return `init of ${verdict.zome} did not end: ${noVerdictText(verdict.cause)}`;
  }
}
