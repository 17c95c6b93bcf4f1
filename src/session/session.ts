/**
 * A session: an instance that is kept from call to call, its receipts, and all that the host does to it in between. The same opening,
 * changes and calls give the same receipts in every tier. Invariant: at any moment between two calls the session can be made again in
 * any program, from a state of it and what has happened since. docs/SEMANTICS.md, section 10.
 */
import { hash } from '../base/hash.js';
import { own } from '../base/own.js';
import { TextBytes } from '../base/text-bytes.js';
import { UsageError } from '../base/usage-error.js';
import { ByteProtocol, type OutputOptions } from '../engine/call/byte-protocol.js';
import { ValueProtocol } from '../engine/call/value-protocol.js';
import { HostTranscript } from '../engine/imports/host-transcript.js';
import { type ByteOutcome, type CallOutcome, checkFuel, DEFAULT_FUEL } from '../engine/loaded-module.js';
import type { GuestInstance, PausableCall } from '../machine/instance.js';
import { HostFailure, type Outcome } from '../machine/outcome.js';
import type { Program, TierName } from '../machine/program.js';
import { RerunNeeded, ReserveNeeded } from '../machine/rerun-needed.js';
import { stateBytes, stateDigest } from '../machine/state-digest.js';
import type { Value } from '../wasm/value.js';
import { type AskedCall, ByteCall, type CallTerms, ValueCall } from './asked-call.js';
import { applyChange, type Change, writeChange } from './change.js';
import { CallNotice, type FuelNotice } from './fuel-notice.js';
import type { Journal } from './journal.js';
import { type SessionChain, type SessionFacts, SessionLink } from './session-chain.js';
import { SessionGlobal, SessionTable } from './session-globals.js';
import type { SessionMachine } from './session-machine.js';
import { SessionMemory } from './session-memory.js';
import { digestPrice, type SessionModule } from './session-module.js';
import type { SessionReceipt } from './session-receipt.js';
import { type ResultSession, SessionResult } from './session-result.js';
import { SlicedCall } from './sliced-call.js';
import { Snapshot } from './snapshot.js';
import { copyOfState } from './state-copy.js';

export interface SessionCallOptions {
  /** Fuel limit of this call: an integer from 0 to 2^53 - 1. Default 10^9; never more than the session has left. */
  readonly fuel?: number;
  /** Handed to the host functions of this call as `HostCall.context`. Default: the session's. */
  readonly context?: unknown;
  /** Whether the receipt has the state digest. It costs fuel, by the bytes of the state. Default: as `digestEvery` of the session says. */
  readonly digest?: boolean;
  /** Tells the host when only a share of the call's fuel is left. Not given again when the call is resumed. */
  readonly onFuelBelow?: FuelNotice;
}

export interface SessionByteCallOptions extends SessionCallOptions, OutputOptions {}

/** What a session is made of. */
export interface SessionParts {
  readonly module: SessionModule;
  readonly machine: SessionMachine;
  readonly journal: Journal;
  readonly chain: SessionChain;
  /** Fuel of all calls, the opening included. */
  readonly fuel: number;
  readonly fuelUsed: number;
  readonly number: number;
  readonly context: unknown;
  readonly digestEvery: number;
  /** Changes that no receipt binds yet. */
  readonly changes: Uint8Array | undefined;
  /** What it was opened from. */
  readonly snapshot?: Snapshot | undefined;
  readonly opening: SessionReceipt | (() => SessionReceipt);
}

/** The last call, while nothing has happened since: it can be resumed. */
interface Last {
  readonly asked: AskedCall<unknown, unknown>;
  readonly link: SessionLink;
  /** Fuel of the session before it. */
  readonly totalBefore: number;
  /** In the interpreter. */
  readonly paused: PausableCall | undefined;
}

/** Calls of a session that a host may fail to finish, until the interpreter runs them all. */
const RERUNS_MAX = 3;
const NO_BYTES = new Uint8Array(0);

export class Session {
  readonly #module: SessionModule;
  readonly #fuel: number;
  readonly #context: unknown;
  readonly #digestEvery: number;
  readonly #opening: SessionParts['opening'];
  readonly #snapshot: Snapshot | undefined;
  readonly #importsFunctions: boolean;
  #machine: SessionMachine;
  readonly #journal: Journal;
  readonly #chain: SessionChain;
  #total: number;
  #number: number;
  #changes: TextBytes | undefined;
  #last: Last | undefined;
  #isBusy = false;
  #isBatch = false;
  #over: string | undefined;
  #reruns = 0;
  #memory: SessionMemory | undefined;
  readonly #ofResults: ResultSession = {
    receiptOf: (link) => this.#guarded(() => this.#chain.receiptOf(link)),
    resume: (link, fuel) => this.#guarded(() => this.#resume(link, fuel)),
  };

  /** @internal Made by `openSession`. */
  constructor(parts: SessionParts) {
    this.#module = parts.module;
    this.#machine = parts.machine;
    this.#journal = parts.journal;
    this.#chain = parts.chain;
    this.#fuel = parts.fuel;
    this.#total = parts.fuelUsed;
    this.#number = parts.number;
    this.#context = parts.context;
    this.#digestEvery = parts.digestEvery;
    this.#opening = parts.opening;
    this.#snapshot = parts.snapshot;
    this.#importsFunctions = parts.module.called.metered.module.importedFunctions > 0;
    if (parts.changes !== undefined) {
      this.#changes = new TextBytes(parts.changes.length);
      this.#changes.raw(parts.changes);
    }
  }

  /** The receipt of the opening: number 0. */
  get opening(): SessionReceipt {
    return typeof this.#opening === 'function' ? this.#guarded(this.#opening) : this.#opening;
  }

  /** Number of the last receipt. */
  get number(): number {
    return this.#number;
  }

  /** Fuel that the opening, all calls and all digests have used. */
  get fuelUsed(): number {
    return this.#total;
  }

  /** Fuel that the session may still use. */
  get fuelLeft(): number {
    return this.#fuel - this.#total;
  }

  /** The tier that holds the instance. It shows in no receipt. */
  get tier(): TierName {
    return this.#machine.program.tier;
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. It shows nowhere else. */
  get reruns(): number {
    return this.#reruns;
  }

  /** The first memory; undefined if the module has none. */
  get memory(): SessionMemory | undefined {
    if (this.#module.called.metered.module.memories.length === 0) return undefined;
    this.#memory ??= new SessionMemory(
      () => this.#open().memory!,
      (change) => this.#change(change),
    );
    return this.#memory;
  }

  /** An exported global. @throws UsageError `unknown-export` */
  global(name: string): SessionGlobal {
    return this.#guarded(() => {
      this.#exportOf(name, 'global');
      const global = () => {
        const item = this.#open().exported(name);
        if (item?.kind !== 'global') throw new Error(`the export '${name}' is not a global`);
        return item.global;
      };
      return new SessionGlobal(name, global, (change) => this.#change(change));
    });
  }

  /** An exported table. @throws UsageError `unknown-export` */
  table(name: string): SessionTable {
    return this.#guarded(() => {
      const { index } = this.#exportOf(name, 'table');
      const { module } = this.#module.called.metered;
      return new SessionTable(
        index,
        module,
        () => this.#open(),
        (change) => this.#change(change),
      );
    });
  }

  #exportOf(name: string, kind: 'global' | 'table') {
    const item = this.#module.called.exports.get(name);
    if (item?.kind === kind) return item;
    throw new UsageError('unknown-export', `the module does not export a ${kind} '${name}'`);
  }

  /**
   * Calls an exported function of the instance as the calls and changes before have left it. Whatever the guest does is in the
   * result; after a trap or exhaustion the state is what the guest had made of it by then.
   * @throws UsageError for a call that cannot be made
   * @throws HostFailure if a host function threw, or the host is out of memory or of stack: the session is over then
   */
  call(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): SessionResult<CallOutcome> {
    // Without a function for each call of a batch.
    if (this.#isBatch) return this.#run(this.#askedCall(exportName, args, options));
    return this.#guarded(() => this.#run(this.#askedCall(exportName, args, options)));
  }

  /**
   * Calls an export of the byte ABI, as `LoadedModule.callBytes` does. The payload is copied.
   * @throws as `call` does
   */
  callBytes(exportName: string, payload: Uint8Array, options: SessionByteCallOptions = {}): SessionResult<ByteOutcome> {
    return this.#guarded(() => {
      this.#idle();
      const { called, exportTypes } = this.#module;
      // Of a copy: the call may be run again when its bytes are long the caller's own.
      const copy = new Uint8Array(payload);
      const protocol = new ByteProtocol(called, exportTypes, exportName, copy, () => NO_BYTES, options);
      const asked = new ByteCall(exportName, this.#terms(options), protocol);
      this.#ready();
      return this.#run(asked);
    });
  }

  /**
   * Begins a call that runs a part at a time (`SlicedCall.runFor`), in the interpreter. Slices show in no receipt. Until it is over
   * nothing else can be done with the session.
   * @throws UsageError for a call that cannot be made
   */
  begin(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): SlicedCall {
    return this.#guarded(() => {
      const asked = this.#askedCall(exportName, args, options);
      const { protocol } = asked;
      const { transcript, context, fuel, notice } = asked.terms;
      this.#takeProgram(this.#module.programs.reference());
      const machine = this.#machine;
      const { gauge } = machine.store;
      this.#isBusy = true;
      machine.begin(fuel, transcript, context, notice);
      const paused = machine.instance.begin!(protocol.index, protocol.bits);
      return new SlicedCall(
        () => gauge.fuelLeft + gauge.fuelReserved,
        (units) =>
          this.#guarded(() => {
            this.#open();
            const outcome = this.#failing(() => paused.runFor(units));
            if (outcome === undefined) return undefined;
            this.#isBusy = false;
            machine.end();
            return this.#finish(asked, protocol.end(machine.instance, outcome), paused);
          }),
      );
    });
  }

  /**
   * Runs work that makes many calls: what each call looks after in the host (built-ins that other code may have overwritten) is looked
   * after once for all. In the work the session's calls take a microsecond instead of several.
   */
  batch<T>(work: () => T): T {
    return this.#guarded(() => {
      const wasBatch = this.#isBatch;
      this.#isBatch = true;
      try {
        return work();
      } finally {
        this.#isBatch = wasBatch;
      }
    });
  }

  /** BLAKE2b-256 of the state now: no receipt has it, and it costs no fuel. */
  stateDigest(): Uint8Array {
    return this.#guarded(() => stateDigest(this.#open().state(), this.#machine.program.hash));
  }

  /**
   * The state now. It is taken up by `openSession(module, { from })`, in any tier and runtime; fuel, receipts and host functions are
   * not in it.
   * @throws UsageError during a call
   */
  snapshot(): Snapshot {
    return this.#guarded(() => {
      const instance = this.#idle();
      const { called, linkage } = this.#module;
      return new Snapshot(called.hash.slice(), hash(linkage.constants), copyOfState(instance.state()));
    });
  }

  /** Another session that is as this one is now: from here the same calls give the same receipts. */
  fork(): Session {
    return this.#guarded(() => {
      const instance = this.#idle();
      const { program } = this.#machine;
      return new Session({
        module: this.#module,
        machine: this.#machine.restored(program, instance.state()),
        journal: this.#journal.copy(),
        chain: this.#chain.copy(),
        fuel: this.#fuel,
        fuelUsed: this.#total,
        number: this.#number,
        context: this.#context,
        digestEvery: this.#digestEvery,
        changes: this.#changes?.take(),
        opening: this.opening,
      });
    });
  }

  /** Ends the session. Receipts of its calls stay good. */
  close(): void {
    if (this.#over !== undefined) return;
    this.#last?.paused?.drop();
    this.#last = undefined;
    this.#over = 'it was closed';
    // A call that was never resumed has its frames there.
    if (!this.#isBusy) this.#snapshot?.leave(this.#machine);
  }

  // Calls

  #askedCall(exportName: string, args: readonly Value[], options: SessionCallOptions): ValueCall {
    this.#idle();
    const protocol = new ValueProtocol(this.#module.called, exportName, args);
    const asked = new ValueCall(exportName, this.#terms(options), protocol);
    this.#ready();
    return asked;
  }

  #terms(options: SessionCallOptions): CallTerms {
    const fuel = own(options, 'fuel') ?? DEFAULT_FUEL;
    checkFuel(fuel);
    const limit = Math.min(fuel, this.fuelLeft);
    const isDue = this.#digestEvery > 0 && (this.#number + 1) % this.#digestEvery === 0;
    const { hostAnswerBytes } = this.#module.kept;
    return {
      fuel: limit,
      context: own(options, 'context') ?? this.#context,
      wantsDigest: own(options, 'digest') ?? isDue,
      notice: CallNotice.of(own(options, 'onFuelBelow'), limit),
      changes: this.#changes?.take(),
      transcript: this.#importsFunctions ? new HostTranscript(hostAnswerBytes) : undefined,
    };
  }

  /** The session is open and nothing is under way. */
  #idle(): GuestInstance {
    const instance = this.#open();
    if (this.#isBusy) throw busy();
    return instance;
  }

  /** Before anything new, once it is known that it can be: the last call is over for good, and the journal is short. */
  #ready(): void {
    const instance = this.#idle();
    this.#last?.paused?.drop();
    this.#last = undefined;
    if (this.#journal.isLong(instance)) this.#journal.restart(instance.state());
    const { programs } = this.#module;
    if (programs.fuelAllowed === 0) programs.hurry();
    this.#takeProgram(this.#reruns < RERUNS_MAX ? programs.current : programs.reference());
  }

  /** The state goes over to another program. */
  #takeProgram(program: Program): void {
    if (this.#machine.program === program) return;
    try {
      this.#machine = this.#machine.restored(program, this.#machine.instance.state());
    } catch (error) {
      // The host has no room for another instance: the session stays where it is.
      if (!(error instanceof RerunNeeded)) throw error;
    }
  }

  #run<T, O>(asked: AskedCall<T, O>): SessionResult<O> {
    const { programs } = this.#module;
    const isInterpreted = this.#machine.program.tier === 'interpreter';
    const result = this.#attempted(asked);
    if (isInterpreted) programs.use(result.fuel.used);
    return result;
  }

  /** One call where the instance is, and once more in the interpreter if the host could not finish it. */
  #attempted<T, O>(asked: AskedCall<T, O>): SessionResult<O> {
    this.#isBusy = true;
    try {
      return this.#failing(() => this.#finished(asked));
    } finally {
      this.#isBusy = false;
    }
  }

  #finished<T, O>(asked: AskedCall<T, O>): SessionResult<O> {
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
      this.#machine = this.#journal.replayed(this.#module, this.#module.programs.reference());
      return this.#attempt(asked.on({ transcript: transcript?.again() }));
    }
  }

  #attempt<T, O>(asked: AskedCall<T, O>): SessionResult<O> {
    const machine = this.#machine;
    const { instance } = machine;
    const { protocol } = asked;
    const { fuel, transcript, context, notice } = asked.terms;
    machine.begin(fuel, transcript, context, notice);
    if (instance.begin === undefined || !(protocol instanceof ValueProtocol)) {
      let answer: T | undefined;
      try {
        answer = protocol.run(instance);
      } finally {
        machine.end();
      }
      return this.#finish(asked, answer, undefined);
    }
    const paused = instance.begin(protocol.index, protocol.bits);
    return this.#finish(asked, this.#wholly(protocol, paused), paused);
  }

  /** Runs a call that can pause to its end. */
  #wholly<T>(protocol: ValueProtocol, paused: PausableCall): T | undefined {
    const machine = this.#machine;
    try {
      const outcome = paused.runFor(Number.POSITIVE_INFINITY) as Outcome;
      return protocol.end(machine.instance, outcome) as T | undefined;
    } finally {
      machine.end();
    }
  }

  /** The call is over: its receipt, its place in the journal, and what it gave. */
  #finish<T, O>(asked: AskedCall<T, O>, answer: T | undefined, paused: PausableCall | undefined): SessionResult<O> {
    const { store, instance, program } = this.#machine;
    const { gauge, log, hash } = store;
    const { stop, fuelUsed: used } = gauge;
    const { fuel: limit, wantsDigest, changes } = asked.terms;
    const totalBefore = this.#total;
    const digest = wantsDigest ? this.#digest(instance, this.#fuel - totalBefore - used) : undefined;
    this.#total += used + (digest?.fuel ?? 0);
    this.#number++;
    this.#changes = undefined;
    this.#journal.called(asked, used);
    const facts: SessionFacts = {
      step: asked.step,
      number: this.#number,
      exportName: asked.exportName,
      changes,
      fuel: { limit, used, parts: gauge.parts },
      stop,
      digestFuel: digest?.fuel ?? 0,
      total: this.#total,
      pages: instance.memory?.pages ?? 0,
      log,
      stateDigest: digest?.stateDigest,
    };
    const link = new SessionLink<SessionReceipt, SessionFacts>(facts, asked.protocol, answer);
    // Numbers stay what they are; bytes that the caller has may change.
    if (asked.step === 'calledBytes' || stop?.kind === 'short-circuited') link.hold(hash);
    this.#chain.add(link);
    this.#last = { asked, link, totalBefore, paused };
    return new SessionResult<O>(stop ?? asked.outcomeOf(answer!), program.tier, this.#ofResults, link);
  }

  /** The digest is taken if the session can pay for it, after the call. */
  #digest(instance: GuestInstance, fuelLeft: number) {
    const state = instance.state();
    const fuel = digestPrice(this.#module, stateBytes(state));
    return fuel > fuelLeft ? undefined : { fuel, stateDigest: stateDigest(state, this.#machine.program.hash) };
  }

  /** Resumes the last call with more fuel; its receipt replaces the one before. */
  #resume(link: SessionLink, more: number): SessionResult<unknown> {
    this.#open();
    checkFuel(more);
    const last = this.#last;
    const stop = last?.link === link ? this.#machine.store.gauge.stop : undefined;
    const isExhausted = stop?.kind === 'exhausted' && stop.resource === 'fuel';
    if (last === undefined || !isExhausted || this.#isBusy || this.#changes !== undefined) {
      const why = isExhausted
        ? 'the session has changed since then'
        : 'it is not the last one, or did not end because its fuel was used up';
      throw new UsageError('not-resumable', `the call cannot be resumed: ${why}`);
    }
    const fuel = Math.min(last.asked.terms.fuel + more, this.#fuel - last.totalBefore);
    this.#chain.rewind(link);
    this.#journal.uncalled(last.asked, last.link.facts.fuel.used);
    this.#number--;
    this.#total = last.totalBefore;
    this.#last = undefined;
    return this.#goOn(last.asked.on({ fuel, notice: undefined }), last);
  }

  #goOn(asked: AskedCall<unknown, unknown>, { asked: before, paused }: Last): SessionResult<unknown> {
    const { protocol } = asked;
    const { transcript, context, fuel } = asked.terms;
    const machine = this.#machine;
    const keepsAnswers = transcript?.dependsOnFuel !== true && !machine.store.log.isOver;
    if (keepsAnswers && protocol instanceof ValueProtocol && paused?.extend(fuel - before.terms.fuel) === true) {
      this.#isBusy = true;
      try {
        return this.#failing(() => {
          machine.goOn(transcript, context);
          return this.#finish(asked, this.#wholly(protocol, paused), paused);
        });
      } finally {
        this.#isBusy = false;
      }
    }
    paused?.drop();
    this.#machine = this.#failing(() => this.#replayed());
    return this.#attempted(asked.on({ transcript: transcript?.withMoreFuel() }));
  }

  #replayed(): SessionMachine {
    const { program } = this.#machine;
    try {
      return this.#journal.replayed(this.#module, program);
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      return this.#journal.replayed(this.#module, this.#module.programs.reference());
    }
  }

  // State

  #change(change: Change): void {
    this.#ready();
    this.#failing(() => applyChange(this.#machine.instance, change));
    this.#changes ??= new TextBytes();
    writeChange(this.#changes, change);
    this.#journal.changed(change);
  }

  #open(): GuestInstance {
    if (this.#over !== undefined) throw new UsageError('session-over', `the session is over: ${this.#over}`);
    return this.#machine.instance;
  }

  /** What is thrown in the middle of a call leaves an instance that no call may have. */
  #failing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#over ??= error instanceof HostFailure ? `the host failed: ${error.message}` : 'a call was aborted';
      throw error;
    }
  }

  #guarded<T>(work: () => T): T {
    return this.#isBatch ? work() : this.#module.guarded(work);
  }
}

function busy(): UsageError {
  return new UsageError('session-busy', 'a call of the session is running');
}
