/**
 * The steps of a session of any kind: each runs under its own gauge, has a receipt that is linked to the previous one,
 * and can be run again, in another tier or with more fuel. Invariant: between two steps, the machine can be recreated
 * in any tier, from a saved state and what has happened since. docs/SEMANTICS.md, section 10.
 */
import { own } from '../base/own.js';
import { TextBytes } from '../base/text-bytes.js';
import { UsageError } from '../base/usage-error.js';
import { withBuiltins } from '../builtins/builtins.js';
import { ByteProtocol, type OutputOptions } from '../engine/call/byte-protocol.js';
import { ValueProtocol } from '../engine/call/value-protocol.js';
import { HostTranscript } from '../engine/imports/host-transcript.js';
import type { ModulePrograms } from '../engine/load/module-programs.js';
import { type CallOutcome, checkFuel, DEFAULT_FUEL, type ModuleParts } from '../engine/loaded-module.js';
import type { PausableCall } from '../machine/instance.js';
import { HostFailure, type Outcome } from '../machine/outcome.js';
import type { TierName } from '../machine/program.js';
import { RerunNeeded, ReserveNeeded } from '../machine/rerun-needed.js';
import { dynamicCharge } from '../metering/schedule.js';
import type { Value } from '../wasm/value.js';
import { ByteCall, type Callee, ValueCall } from './asked-call.js';
import type { AskedStep, CallTerms } from './asked-step.js';
import { CallNotice, type FuelNotice } from './fuel-notice.js';
import type { SessionTerms } from './opening.js';
import { type ChainFacts, type SessionChain, SessionLink } from './session-chain.js';
import { type ResultSession, SessionResult } from './session-result.js';
import { SlicedCall } from './sliced-call.js';
import type { ChangeForm, StepJournal } from './step-journal.js';
import type { StepMachine } from './step-machine.js';
import { failureFor, fastestTier, guardedFor, hurryTiers, inTierOrInterpreter } from './tiers.js';

export interface SessionCallOptions {
  /** Fuel limit of this call: an integer from 0 to 2^53 - 1. Default 10^9; never more than the session has left. */
  readonly fuel?: number;
  /** Handed to the host functions of this call as `HostCall.context`. Default: the session's. */
  readonly context?: unknown;
  /**
   * Whether the receipt has the state digest. It costs fuel, by the bytes of the state. Default: according to
   * `digestEvery` of the session.
   */
  readonly digest?: boolean;
  /** Notifies the host when only a share of the call's fuel is left. Not repeated when the call is resumed. */
  readonly onFuelBelow?: FuelNotice;
}

export interface SessionByteCallOptions extends SessionCallOptions, OutputOptions {}

/** @internal What a kind of session has in its store, and which facts its receipts have. */
export interface SessionKind<M, C, F extends ChainFacts> {
  /** Of all its modules. */
  readonly programs: readonly ModulePrograms[];
  /** Whether one of them imports a function of the host. */
  readonly callsHost: boolean;
  readonly changes: ChangeForm<M, C>;
  factsOf(facts: ChainFacts<F['step']>, instance: string): F;
}

/** @internal Where a session is between two steps. */
export interface SessionPlace<M extends StepMachine<M>, C extends object, R, F extends ChainFacts> {
  readonly machine: M;
  readonly journal: StepJournal<M, C>;
  readonly chain: SessionChain<R, F>;
  readonly fuelUsed: number;
  /** Of the last receipt. */
  readonly number: number;
  /** Changes that no receipt covers yet. */
  readonly changes?: Uint8Array | undefined;
}

/** The last step, as long as nothing has happened since, so that it can be resumed. */
interface Last<M, R, F extends ChainFacts> {
  readonly asked: AskedStep<M, F['step'], unknown, unknown>;
  readonly link: SessionLink<R, F>;
  /** Fuel of the session before it. */
  readonly totalBefore: number;
  /** In the interpreter. */
  readonly paused: PausableCall | undefined;
}

/** How many steps a host may fail to finish before the interpreter runs all of them. */
const RERUNS_MAX = 3;
const NO_BYTES = new Uint8Array(0);

/** @internal */
export class SessionSteps<M extends StepMachine<M>, C extends object, R, F extends ChainFacts>
  implements ResultSession<R, F>
{
  readonly #kind: SessionKind<M, C, F>;
  readonly #terms: SessionTerms;
  readonly #journal: StepJournal<M, C>;
  readonly #chain: SessionChain<R, F>;
  #machine: M;
  #total: number;
  #number: number;
  #changes: TextBytes | undefined;
  #last: Last<M, R, F> | undefined;
  #isBusy = false;
  #isBatch = false;
  #over: string | undefined;
  #reruns = 0;

  constructor(kind: SessionKind<M, C, F>, terms: SessionTerms, place: SessionPlace<M, C, R, F>) {
    this.#kind = kind;
    this.#terms = terms;
    this.#machine = place.machine;
    this.#journal = place.journal;
    this.#chain = place.chain;
    this.#total = place.fuelUsed;
    this.#number = place.number;
    if (place.changes === undefined) return;
    this.#changes = new TextBytes(place.changes.length);
    this.#changes.raw(place.changes);
  }

  /** Of the last receipt. */
  get number(): number {
    return this.#number;
  }

  get fuelUsed(): number {
    return this.#total;
  }

  get fuelLeft(): number {
    return this.#terms.fuel - this.#total;
  }

  get tier(): TierName {
    return this.#machine.tier;
  }

  get reruns(): number {
    return this.#reruns;
  }

  /** Without a function for each call of a batch. */
  get isBatch(): boolean {
    return this.#isBatch;
  }

  /** Errors that the function itself throws are not the engine's: each step of a batch handles its own errors. */
  batch<T>(work: () => T): T {
    const wasBatch = this.#isBatch;
    return withBuiltins(() => {
      this.#isBatch = true;
      try {
        return work();
      } finally {
        this.#isBatch = wasBatch;
      }
    });
  }

  guarded<T>(work: () => T): T {
    if (!this.#isBatch) return guardedFor(this.#kind.programs, work);
    try {
      return work();
    } catch (error) {
      throw this.failure(error);
    }
  }

  /** What a step of a batch throws for an error. */
  failure(error: unknown): unknown {
    return failureFor(this.#kind.programs, error);
  }

  /** @throws UsageError if the session is over */
  open(): M {
    if (this.#over !== undefined) throw new UsageError('session-over', `the session is over: ${this.#over}`);
    return this.#machine;
  }

  /** @throws UsageError if the session is over or a step is in progress */
  idle(): M {
    const machine = this.open();
    if (this.#isBusy) throw new UsageError('session-busy', 'a call of the session is running');
    return machine;
  }

  /** Another session that is as this one is now. @param kind that of the fork */
  fork(kind: SessionKind<M, C, F>): SessionSteps<M, C, R, F> {
    const machine = this.idle();
    return new SessionSteps(kind, this.#terms, {
      machine: inTierOrInterpreter(machine.tier, (tier) => machine.restored(tier)),
      journal: this.#journal.copy(),
      chain: this.#chain.copy(),
      fuelUsed: this.#total,
      number: this.#number,
      changes: this.#changes?.take(),
    });
  }

  /** Ends the session. Returns the machine if another session can use it. */
  close(): M | undefined {
    if (this.#over !== undefined) return undefined;
    this.#dropLast();
    this.#over = 'it was closed';
    // A call in parts that has not ended has its frames there.
    return this.#isBusy ? undefined : this.#machine;
  }

  // Steps

  /** @throws UsageError for a call that cannot be made */
  valueCall(
    { called }: Pick<ModuleParts, 'called'>,
    callee: Callee,
    exportName: string,
    args: readonly Value[],
    options: SessionCallOptions,
  ): ValueCall {
    this.idle();
    const protocol = new ValueProtocol(called, exportName, args);
    return new ValueCall(callee, exportName, this.terms(options, DEFAULT_FUEL), protocol);
  }

  /** @throws UsageError for a call that cannot be made */
  byteCall(
    { called, exportTypes }: Pick<ModuleParts, 'called' | 'exportTypes'>,
    callee: Callee,
    exportName: string,
    payload: Uint8Array,
    options: SessionByteCallOptions,
  ): ByteCall {
    this.idle();
    // Use a copy: the call may be run again after the caller has reused the bytes.
    const copy = new Uint8Array(payload);
    const protocol = new ByteProtocol(called, exportTypes, exportName, copy, () => NO_BYTES, options);
    return new ByteCall(callee, exportName, this.terms(options, DEFAULT_FUEL), protocol);
  }

  /**
   * @param callsHost whether the module that the step adds to the store may call the host
   * @throws UsageError for invalid options
   */
  terms(options: SessionCallOptions, fuelDefault: number, callsHost = false): CallTerms {
    const { context, digestEvery, hostAnswerBytes } = this.#terms;
    const fuel = own(options, 'fuel') ?? fuelDefault;
    checkFuel(fuel);
    const limit = Math.min(fuel, this.fuelLeft);
    const isDue = digestEvery > 0 && (this.#number + 1) % digestEvery === 0;
    return {
      fuel: limit,
      context: own(options, 'context') ?? context,
      wantsDigest: own(options, 'digest') ?? isDue,
      notice: CallNotice.of(own(options, 'onFuelBelow'), limit),
      changes: this.#changes?.take(),
      transcript: callsHost || this.#kind.callsHost ? new HostTranscript(hostAnswerBytes) : undefined,
    };
  }

  run<T, O>(asked: AskedStep<M, F['step'], T, O>): SessionResult<O, R, F> {
    this.#ready(this.#tier());
    const isInterpreted = this.#machine.tier === 'interpreter';
    const result = this.#attempted(asked);
    if (isInterpreted) for (const programs of this.#kind.programs) programs.use(result.fuel.used);
    return result;
  }

  /** Begins a call that runs a part at a time, in the interpreter: no other tier can pause. */
  begin(asked: AskedStep<M, F['step'], unknown, CallOutcome>): SlicedCall<R, F> {
    this.#ready('interpreter');
    const machine = this.#machine;
    const { gauge } = machine.store;
    this.#isBusy = true;
    machine.begin(asked.terms);
    const paused = asked.begin(machine, true)!;
    return new SlicedCall(
      () => gauge.fuelLeft + gauge.fuelReserved,
      (units) =>
        this.guarded(() => {
          this.open();
          const outcome = this.#failing(() => paused.runFor(units));
          if (outcome === undefined) return undefined;
          this.#isBusy = false;
          machine.end();
          return this.#finish(asked, asked.end(machine, outcome), paused);
        }),
    );
  }

  /**
   * Called before each new step that is possible: the last step can no longer be resumed, and the journal is kept
   * short.
   */
  #ready(tier: TierName): void {
    const machine = this.idle();
    this.#dropLast();
    if (this.#journal.isLong(machine)) this.#journal.restart(machine);
    if (machine.isIn(tier)) return;
    try {
      this.#machine = machine.restored(tier);
    } catch (error) {
      // The host has no memory for other instances: the session stays in its tier.
      if (!(error instanceof RerunNeeded)) throw error;
    }
  }

  #dropLast(): void {
    this.#last?.paused?.drop();
    this.#last = undefined;
  }

  #tier(): TierName {
    const { programs } = this.#kind;
    hurryTiers(programs);
    return this.#reruns < RERUNS_MAX ? fastestTier(programs) : 'interpreter';
  }

  #replayed(): M {
    return inTierOrInterpreter(this.#machine.tier, (tier) => this.#journal.replayed(tier));
  }

  #attempted<T, O>(asked: AskedStep<M, F['step'], T, O>): SessionResult<O, R, F> {
    this.#isBusy = true;
    try {
      return this.#failing(() => this.#finished(asked));
    } finally {
      this.#isBusy = false;
    }
  }

  /** One step in the current tier, and again in the interpreter if the host could not finish it. */
  #finished<T, O>(asked: AskedStep<M, F['step'], T, O>): SessionResult<O, R, F> {
    try {
      return this.#attempt(asked);
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      const { transcript, notice } = asked.terms;
      if (error instanceof ReserveNeeded) {
        notice!.give();
        this.#machine = this.#replayed();
        return this.#finished(asked.on({ transcript: transcript?.again(), notice: undefined }));
      }
      this.#reruns++;
      this.#machine = this.#journal.replayed('interpreter');
      return this.#attempt(asked.on({ transcript: transcript?.again() }));
    }
  }

  #attempt<T, O>(asked: AskedStep<M, F['step'], T, O>): SessionResult<O, R, F> {
    const machine = this.#machine;
    machine.begin(asked.terms);
    const paused = asked.begin(machine, false);
    if (paused !== undefined) return this.#finish(asked, this.#wholly(asked, paused), paused);
    let answer: T | undefined;
    try {
      answer = asked.run(machine);
    } finally {
      machine.end();
    }
    return this.#finish(asked, answer, undefined);
  }

  /** Runs a step that can pause to its end. */
  #wholly<T, O>(asked: AskedStep<M, F['step'], T, O>, paused: PausableCall): T | undefined {
    const machine = this.#machine;
    try {
      const outcome = paused.runFor(Number.POSITIVE_INFINITY) as Outcome;
      return asked.end(machine, outcome);
    } finally {
      machine.end();
    }
  }

  /** Ends a step: makes its receipt, its entry in the journal, and its result. */
  #finish<T, O>(
    asked: AskedStep<M, F['step'], T, O>,
    answer: T | undefined,
    paused: PausableCall | undefined,
  ): SessionResult<O, R, F> {
    const machine = this.#machine;
    const { gauge, log, hash } = machine.store;
    const { stop, fuelUsed: used } = gauge;
    const { fuel: limit, wantsDigest, changes } = asked.terms;
    const totalBefore = this.#total;
    const digest = wantsDigest ? this.#digest(this.#terms.fuel - totalBefore - used) : undefined;
    this.#total += used + (digest?.fuel ?? 0);
    this.#number++;
    this.#changes = undefined;
    this.#journal.called(asked, used);
    const facts: ChainFacts<F['step']> = {
      step: asked.step,
      number: this.#number,
      exportName: asked.exportName,
      changes,
      fuel: { limit, used, parts: gauge.parts },
      stop,
      digestFuel: digest?.fuel ?? 0,
      total: this.#total,
      pages: machine.pages,
      log,
      stateDigest: digest?.stateDigest,
    };
    const link = new SessionLink<R, F>(this.#kind.factsOf(facts, asked.instance), asked.crossing, answer);
    // Numbers cannot change, but the caller may change bytes.
    if (asked.step === 'calledBytes' || stop?.kind === 'short-circuited') link.hold(hash);
    this.#chain.add(link);
    this.#last = { asked, link, totalBefore, paused };
    return new SessionResult<O, R, F>(stop ?? asked.outcomeOf(answer!), machine.tier, this, link);
  }

  /**
   * The digest is taken after the step, if the session can pay for it. Each byte of the state costs as much as a byte
   * of a guest's output.
   */
  #digest(fuelLeft: number): { readonly fuel: number; readonly stateDigest: Uint8Array } | undefined {
    const state = this.#machine.toDigest();
    const fuel = dynamicCharge(this.#machine.store.schedule.rates.boundaryOut, state.bytes);
    return fuel > fuelLeft ? undefined : { fuel, stateDigest: state.digest() };
  }

  // Results

  receiptOf(link: SessionLink<R, F>): R {
    return this.guarded(() => this.#chain.receiptOf(link));
  }

  /** Resumes the last call with more fuel; its receipt replaces the previous one. */
  resume(link: SessionLink<R, F>, more: number): SessionResult<unknown, R, F> {
    return this.guarded(() => this.#resume(link, more));
  }

  #resume(link: SessionLink<R, F>, more: number): SessionResult<unknown, R, F> {
    this.open();
    checkFuel(more);
    const last = this.#last;
    const { stop } = link.facts;
    const isExhausted = stop?.kind === 'exhausted' && stop.resource === 'fuel';
    if (last?.link !== link || !isExhausted || this.#changes !== undefined) {
      const why = isExhausted ? 'the session has changed since then' : 'it did not end because its fuel was used up';
      throw new UsageError('not-resumable', `the call cannot be resumed: ${why}`);
    }
    const fuel = Math.min(last.asked.terms.fuel + more, this.#terms.fuel - last.totalBefore);
    this.#chain.rewind(link);
    this.#journal.uncalled(last.asked, link.facts.fuel.used);
    this.#number--;
    this.#total = last.totalBefore;
    this.#last = undefined;
    return this.#goOn(last.asked.on({ fuel, notice: undefined }), last);
  }

  /**
   * Continues where it stopped. Starts again if it cannot continue there, or if its host functions can observe the
   * fuel.
   */
  #goOn(asked: Last<M, R, F>['asked'], { asked: before, paused }: Last<M, R, F>): SessionResult<unknown, R, F> {
    const { transcript, fuel } = asked.terms;
    const machine = this.#machine;
    const keepsAnswers = transcript?.dependsOnFuel !== true && !machine.store.log.isOver;
    if (keepsAnswers && paused?.extend(fuel - before.terms.fuel) === true) {
      this.#isBusy = true;
      try {
        return this.#failing(() => {
          machine.goOn(asked.terms);
          return this.#finish(asked, this.#wholly(asked, paused), paused);
        });
      } finally {
        this.#isBusy = false;
      }
    }
    paused?.drop();
    this.#machine = this.#failing(() => this.#replayed());
    return this.#attempted(asked.on({ transcript: transcript?.withMoreFuel() }));
  }

  // State

  change(change: C): void {
    this.#ready(this.#tier());
    const { changes } = this.#kind;
    this.#failing(() => changes.apply(this.#machine, change));
    this.#changes ??= new TextBytes();
    changes.write(this.#changes, change);
    this.#journal.changed(change);
  }

  /** BLAKE2b-256 of the current state. */
  stateDigest(): Uint8Array {
    return this.guarded(() => this.open().toDigest().digest());
  }

  /** An error in the middle of a step leaves a store that no later step may use. */
  #failing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#over ??= error instanceof HostFailure ? `the host failed: ${error.message}` : 'a call was aborted';
      throw error;
    }
  }
}
