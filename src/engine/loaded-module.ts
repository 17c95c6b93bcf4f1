/**
 * A loaded module and its calls. Each call has a pristine instance, a store of its own and a gauge that starts at the
 * limit, so a receipt depends only on the module, the call and the engine's schedule and limits, not on what ran
 * before. docs/SEMANTICS.md, sections 6 to 8.
 */

import type { LoadFault } from '../base/fault.js';
import { toHex } from '../base/hash.js';
import type { Limits } from '../base/limits.js';
import { own } from '../base/own.js';
import { UsageError } from '../base/usage-error.js';
import type { Generation } from '../boundary/generation.js';
import {
  causeOfStop,
  externPayload,
  type Verdict,
  verdictOfOutput,
  verdictOfShortCircuit,
} from '../boundary/validation.js';
import { withBuiltins } from '../builtins/builtins.js';
import type { HostCallRecord } from '../machine/host-call-log.js';
import type { Stop } from '../machine/outcome.js';
import type { Program, TierName } from '../machine/program.js';
import { RerunNeeded } from '../machine/rerun-needed.js';
import type { MeteredModule } from '../metering/meter.js';
import type { Value } from '../wasm/value.js';
import type { ExportTypes } from './call/byte-guest.js';
import { ByteProtocol, type OutputOptions } from './call/byte-protocol.js';
import {
  type Attempted,
  CallAttempt,
  type CalledModule,
  type CallObserver,
  type CallPlan,
  type Diagnostics,
  type Protocol,
} from './call/call-attempt.js';
import { hostFailing } from './call/host-failing.js';
import type { IdleSeatsOfModule } from './call/idle-seats.js';
import { Seat } from './call/seat.js';
import { ValueProtocol } from './call/value-protocol.js';
import { DEFAULT_FUEL } from './default-fuel.js';
import { describeModule, type ModuleDescription } from './describe/description.js';
import { checkImports, type HostImport } from './imports/host-import.js';
import { HostTranscript } from './imports/host-transcript.js';
import { KEPT_DEFAULTS, type Kept } from './imports/kept.js';
import { isOf, type Linkage, linkageOf } from './imports/linkage.js';
import type { Compilation } from './load/compilation.js';
import type { ModulePrograms } from './load/module-programs.js';
import type { CachedProgram } from './load/program-cache.js';
import { FUEL_LIMIT_MAX, type Receipt } from './receipt/receipt.js';

export { DEFAULT_FUEL };

export interface CallOptions {
  /** Fuel limit: an integer from 0 to 2^53 - 1. Default 10^9. */
  readonly fuel?: number;
  /**
   * What the module imports. Default: the imports that it was loaded with. A row must not change while it is in use.
   */
  readonly imports?: readonly HostImport[];
  /** Handed to every host function of this call as `HostCall.context`, so that rows can be kept from call to call. */
  readonly context?: unknown;
}

export interface ByteCallOptions extends CallOptions, OutputOptions {}

export interface ValidateOptions extends CallOptions {
  /** Default `'0.6'`: Holochain 0.3 to 0.6. */
  readonly generation?: Generation;
  /** Default `'validate'`. */
  readonly exportName?: string;
}

/** @internal */
export interface ModuleParts {
  readonly called: CalledModule;
  readonly programs: ModulePrograms;
  readonly exportTypes: ExportTypes;
  readonly kept: Kept;
  /** The imports that the module was loaded with. */
  readonly imports: readonly HostImport[];
  /** @throws UsageError if the rows do not fit */
  linkage(imports: readonly HostImport[] | undefined): Linkage;
  /** Work of a call, with the built-ins that were there; where the host itself fails, it is a host failure. */
  guarded<T>(work: () => T): T;
}

interface Answered<Outcome> {
  readonly outcome: Outcome;
  readonly receipt: Receipt;
  /**
   * The host calls in the order in which they began: the first 10,000 (`hostCallsKept` of the engine). The receipt
   * covers all.
   */
  readonly hostCalls: readonly HostCallRecord[];
  /** How many host calls there were. */
  readonly hostCallCount: number;
  readonly diagnostics: Diagnostics;
}

export type CallOutcome = { readonly kind: 'returned'; readonly values: readonly Value[] } | Stop;
export type ByteOutcome = { readonly kind: 'returned'; readonly output: Uint8Array } | Stop;

export type CallResult = Answered<CallOutcome>;
export type ByteCallResult = Answered<ByteOutcome>;

export interface ValidateResult extends ByteCallResult {
  readonly verdict: Verdict;
}

export class LoadedModule {
  /** BLAKE2b-256 of the module's bytes, in hexadecimal: its identity. */
  readonly hash: string;
  readonly #called: CalledModule;
  readonly #programs: ModulePrograms;
  readonly #kept: Kept;
  readonly #imports: readonly HostImport[];
  readonly #exportTypes: ExportTypes;
  readonly #idle: IdleSeatsOfModule;
  /** For the imports of the load, which calls without imports use, and for those of the last call that had its own. */
  #ownLinkage: Linkage | undefined;
  #givenLinkage: Linkage | undefined;
  #description: ModuleDescription | undefined;
  #reruns = 0;

  /** @internal Made by `Engine.load`. */
  constructor(
    { programs, hash, idle }: CachedProgram,
    limits: Limits,
    imports: readonly HostImport[],
    kept: Kept = KEPT_DEFAULTS,
  ) {
    checkImports(imports);
    this.#idle = idle;
    this.#programs = programs;
    this.#kept = kept;
    this.#imports = [...imports];
    const { metered, exportTypes } = programs;
    this.#exportTypes = exportTypes;
    this.#called = { metered, hash, exports: exportTypes.exports, limits };
    this.hash = toHex(hash);
  }

  /** @internal What `session` needs to create an instance that it keeps. */
  get parts(): ModuleParts {
    return {
      called: this.#called,
      programs: this.#programs,
      exportTypes: this.#exportTypes,
      kept: this.#kept,
      imports: this.#imports,
      linkage: (imports) => this.#linkage(imports),
      guarded: (work) => this.#guarded(work),
    };
  }

  /** The module with its charges, for tools that look inside. */
  get metered(): MeteredModule {
    return this.#called.metered;
  }

  /** The limits of its engine. */
  get limits(): Limits {
    return this.#called.limits;
  }

  /** The tier that runs the next call. */
  get tier(): TierName {
    return this.#programs.tier;
  }

  /** With tier `auto`: how far the instrumented program is. */
  get compilation(): Compilation {
    return this.#programs.compilation;
  }

  /** Resolves when the tier of the calls no longer changes; waiting for it is optional. */
  settled(): Promise<void> {
    return this.#programs.settled();
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. Visible only here. */
  get reruns(): number {
    return this.#reruns;
  }

  /** Price of loading in fuel: depends only on the bytes. It is in no receipt. */
  get loadPrice(): number {
    return this.metered.loadPrice;
  }

  /** Imports, exports, memories, features, names and static costs. */
  describe(): ModuleDescription {
    this.#description ??= withBuiltins(() => describeModule(this.metered, this.#imports));
    return this.#description;
  }

  /** Why a call with these imports is not possible: the first import that is missing or has another type. */
  linkFault(imports: readonly HostImport[] = this.#imports): LoadFault | undefined {
    const linked = withBuiltins(() => linkageOf(this.metered, this.#called.limits, imports));
    if (linked.ok && imports === this.#imports) this.#ownLinkage = linked.value;
    return linked.ok ? undefined : linked.fault;
  }

  /**
   * Calls an exported function. Everything that the guest can do, such as a trap, is in the result and not thrown.
   * @throws UsageError for a call that cannot be made (no such export, wrong arguments, missing imports)
   * @throws HostFailure if a host function threw, or the host is out of memory or of stack
   */
  call(exportName: string, args: readonly Value[] = [], options: CallOptions = {}): CallResult {
    return this.#guarded(() => this.#call(exportName, args, options));
  }

  #call(exportName: string, args: readonly Value[], options: CallOptions): CallResult {
    const protocol = new ValueProtocol(this.#called, exportName, args);
    const made = this.#run(exportName, options, protocol);
    return answered(made, made.stop ?? { kind: 'returned', values: protocol.valuesOf(made.answer!) });
  }

  /**
   * Calls an export of the byte ABI: the guest allocates, the payload is written into its memory, and its result is
   * copied out. The payload is hashed into the receipt as it is in the guest's memory.
   * @param payload is not copied elsewhere: if you change it before the call ends, or before a diagnostic that runs the
   * call again, a UsageError is thrown
   * @throws UsageError and HostFailure as `call` does, and UsageError for a payload beyond the limit
   */
  callBytes(exportName: string, payload: Uint8Array, options: ByteCallOptions = {}): ByteCallResult {
    return this.#guarded(() => this.#callBytes(exportName, payload, options));
  }

  #callBytes(exportName: string, payload: Uint8Array, options: ByteCallOptions): ByteCallResult {
    const constants = () => this.#linkage(options.imports).constants;
    const protocol = new ByteProtocol(this.#called, this.#exportTypes, exportName, payload, constants, options);
    const made = this.#run(exportName, options, protocol);
    return answered(made, made.stop ?? { kind: 'returned', output: made.answer! });
  }

  /**
   * Runs `validate` on an entry or op.
   * @param input its MessagePack, which the guest receives as `ExternIO` (wrapped in a `bin`)
   * @throws as `callBytes` does
   */
  validate(input: Uint8Array, options: ValidateOptions = {}): ValidateResult {
    const generation = own(options, 'generation') ?? '0.6';
    const exportName = own(options, 'exportName') ?? 'validate';
    return this.#guarded(() => {
      const result = this.#callBytes(exportName, externPayload(input), options);
      return { ...result, verdict: verdictOf(result, generation) };
    });
  }

  /** Work of a call, with the built-ins that were there; where the host itself fails, it is a host failure. */
  #guarded<T>(work: () => T): T {
    return hostFailing(
      () => withBuiltins(work),
      () => this.#programs.renew(),
    );
  }

  #linkage(imports: readonly HostImport[] | undefined): Linkage {
    const known = imports === undefined ? this.#ownLinkage : this.#givenLinkage;
    if (known !== undefined && (imports === undefined || isOf(known, imports))) return known;
    const linked = linkageOf(this.metered, this.#called.limits, imports ?? this.#imports);
    if (!linked.ok) {
      const { code, detail } = linked.fault;
      throw new UsageError('unlinkable', `the module cannot be linked: ${code}, ${detail}`, linked.fault);
    }
    if (imports === undefined) this.#ownLinkage = linked.value;
    else this.#givenLinkage = linked.value;
    return linked.value;
  }

  /** One call. If it throws, its seat is dropped: only a call that has ended leaves an instance that can be reset. */
  #run<T>(exportName: string, options: CallOptions, protocol: Protocol<T>): Attempted<T> {
    const fuel = own(options, 'fuel') ?? DEFAULT_FUEL;
    const context = own(options, 'context');
    checkFuel(fuel);
    const linkage = this.#linkage(own(options, 'imports'));
    const programs = this.#programs;
    const plan: CallPlan<T> = { exportName, fuel, linkage, protocol, context };
    if (programs.fuelAllowed < fuel && programs.fuelAllowed < Infinity) {
      const answer = this.#runBriefly(plan, programs.fuelAllowed);
      if (answer !== undefined) return answer;
      programs.hurry();
    }
    const answer = this.#runIn(programs.current, plan);
    programs.use(answer.receipt.fuel.used);
    return answer;
  }

  /**
   * A call in the interpreter with the fuel that is allowed there; undefined if it has not ended by then. Only a call
   * that nobody has observed can be abandoned, so from its first host call on a call may use all its fuel.
   */
  #runBriefly<T>(plan: CallPlan<T>, fuelAllowed: number): Attempted<T> | undefined {
    const programs = this.#programs;
    if (fuelAllowed === 0) return undefined;
    const answer = this.#runIn(programs.current, plan, fuelAllowed);
    programs.use(answer.receipt.fuel.used);
    const isCutShort = answer.stop?.kind === 'exhausted' && answer.stop.resource === 'fuel' && answer.fuelWithheld > 0;
    return isCutShort ? undefined : answer;
  }

  /** One call in a program, and again in the interpreter if the host could not finish it. */
  #runIn<T>(program: Program, plan: CallPlan<T>, fuelAllowed?: number): Attempted<T> {
    const transcript = new HostTranscript(this.#kept.hostAnswerBytes);
    const again = (observer?: CallObserver) => this.#again(plan, transcript, observer);
    const seat =
      this.#idle.take(program, plan.linkage) ?? new Seat(program, this.#called.limits, plan.linkage, this.#kept);
    try {
      const result = new CallAttempt(this.#called, plan, transcript, again).run(seat, fuelAllowed);
      const isReusable = this.#idle.leave(seat);
      this.#programs.afterCall(program, result.receipt.fuel.used, isReusable);
      return result;
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      this.#reruns += 1;
      return again();
    }
  }

  /**
   * The same call in the interpreter, which never needs another run, with the results that the host has returned so
   * far.
   */
  #again<T>(asked: CallPlan<T>, earlier: HostTranscript, observer?: CallObserver): Attempted<T> {
    const plan = { ...asked, fuel: observer?.fuel ?? asked.fuel };
    const program = this.#programs.reference();
    const kept = observer?.seats?.take(program, plan.linkage, this.#called.limits);
    const seat = kept ?? new Seat(program, this.#called.limits, plan.linkage, this.#kept);
    observer?.prepare(seat.store, program);
    const transcript = earlier.again();
    const again = (other?: CallObserver) => this.#again(plan, transcript, other);
    const result = new CallAttempt(this.#called, plan, transcript, again).run(seat);
    observer?.seats?.leave(seat);
    return result;
  }
}

/** Field by field: a rest pattern with so many fields takes microseconds. */
function answered<T, Outcome>(made: Attempted<T>, outcome: Outcome): Answered<Outcome> {
  const { receipt, hostCalls, hostCallCount, diagnostics } = made;
  return { outcome, receipt, hostCalls, hostCallCount, diagnostics };
}

/** @throws UsageError unless it is an integer from 0 to 2^53 - 1 */
export function checkFuel(fuel: number): void {
  if (Number.isSafeInteger(fuel) && fuel >= 0) return;
  throw new UsageError('fuel-limit', `the fuel limit must be an integer from 0 to ${FUEL_LIMIT_MAX}, not ${fuel}`);
}

function verdictOf({ outcome, diagnostics }: ByteCallResult, generation: Generation): Verdict {
  switch (outcome.kind) {
    case 'returned':
      return verdictOfOutput(outcome.output, generation);
    case 'short-circuited':
      return verdictOfShortCircuit(outcome.payload, generation);
    case 'breached':
      return { kind: 'NoVerdict', cause: outcome as Extract<Verdict, { kind: 'NoVerdict' }>['cause'] };
    default:
      return { kind: 'NoVerdict', cause: causeOfStop(outcome, diagnostics)! };
  }
}
