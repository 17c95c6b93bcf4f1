/**
 * A linked session: several modules in one store, whose instances call each other and share memories, tables and globals, kept from call to
 * call. The same modules, changes and calls give the same receipts in every tier. Invariant: at any moment between two steps the session
 * can be made again in any tier, from a state of it and what has happened since. docs/SEMANTICS.md, section 11.
 */
import { own } from '../../base/own.js';
import { TextBytes } from '../../base/text-bytes.js';
import { UsageError } from '../../base/usage-error.js';
import { withBuiltins } from '../../builtins/builtins.js';
import { ByteProtocol } from '../../engine/call/byte-protocol.js';
import { hostFailing } from '../../engine/call/host-failing.js';
import { ValueProtocol } from '../../engine/call/value-protocol.js';
import { HostTranscript } from '../../engine/imports/host-transcript.js';
import { type ByteOutcome, type CallOutcome, checkFuel, DEFAULT_FUEL } from '../../engine/loaded-module.js';
import { HostFailure, type Stop } from '../../machine/outcome.js';
import type { TierName } from '../../machine/program.js';
import { RerunNeeded, ReserveNeeded } from '../../machine/rerun-needed.js';
import { dynamicCharge } from '../../metering/schedule.js';
import type { Value } from '../../wasm/value.js';
import { ByteCall, type CallTerms, ValueCall } from '../asked-call.js';
import { CallNotice } from '../fuel-notice.js';
import type { SessionByteCallOptions, SessionCallOptions } from '../session.js';
import { type SessionChain, SessionLink } from '../session-chain.js';
import { type ResultSession, SessionResult } from '../session-result.js';
import { type AskedStep, LinkedCall, Linking } from './asked-step.js';
import { applyLinkedChange, type LinkedChange, writeLinkedChange } from './linked-change.js';
import type { LinkedFacts } from './linked-form.js';
import { type InstanceSession, type LinkedElement, type LinkedFunction, LinkedInstance } from './linked-instance.js';
import type { LinkedJournal } from './linked-journal.js';
import { type LinkedMachine, type Reference, tierOf } from './linked-machine.js';
import type { LinkedReceipt } from './linked-receipt.js';
import { linkedStateBytes, linkedStateDigest } from './linked-state.js';
import {
  checkLink,
  importsFunctions,
  type LinkFault,
  linkBytes,
  type ModuleLink,
  type ResolvedLink,
  resolvedLink,
} from './module-link.js';
import { restoredMachine } from './restored-machine.js';

export type LinkedResult<Outcome> = SessionResult<Outcome, LinkedReceipt, LinkedFacts>;

/** What became of a module that was linked to a session. */
export type LinkedModule =
  | { readonly ok: true; readonly instance: LinkedInstance; readonly receipt: LinkedReceipt }
  /** The instantiation did not return: what it wrote stays, and its name is free. */
  | { readonly ok: false; readonly outcome: Stop; readonly receipt: LinkedReceipt; readonly fault?: never }
  /** An import has nothing behind it, or something of another type: nothing has happened. */
  | { readonly ok: false; readonly fault: LinkFault };

/** What a linked session is made of. */
export interface LinkedParts {
  readonly machine: LinkedMachine;
  readonly journal: LinkedJournal;
  readonly chain: SessionChain<LinkedReceipt, LinkedFacts>;
  /** All modules, in the order of their instances, and the numbers of those that have a name. */
  readonly links: readonly ResolvedLink[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly fuel: number;
  readonly fuelUsed: number;
  readonly number: number;
  readonly context: unknown;
  readonly digestEvery: number;
  readonly changes: Uint8Array | undefined;
  readonly hostAnswerBytes: number;
}

interface Last {
  readonly asked: AskedStep<unknown, unknown>;
  readonly link: SessionLink<LinkedReceipt, LinkedFacts>;
  /** Fuel of the session before it. */
  readonly totalBefore: number;
}

/** Calls that a host may fail to finish, until the interpreter runs them all. */
const RERUNS_MAX = 3;
const NO_BYTES = new Uint8Array(0);

export class LinkedSession {
  readonly #fuel: number;
  readonly #context: unknown;
  readonly #digestEvery: number;
  readonly #hostAnswerBytes: number;
  readonly #journal: LinkedJournal;
  readonly #chain: SessionChain<LinkedReceipt, LinkedFacts>;
  readonly #links: ResolvedLink[];
  readonly #numbers: Map<string, number>;
  #linksHash: Uint8Array | undefined;
  #machine: LinkedMachine;
  #total: number;
  #number: number;
  #changes: TextBytes | undefined;
  #last: Last | undefined;
  #isBusy = false;
  #isBatch = false;
  #over: string | undefined;
  #reruns = 0;
  readonly #ofResults: ResultSession<LinkedReceipt, LinkedFacts> = {
    receiptOf: (link) => this.#guarded(() => this.#chain.receiptOf(link)),
    resume: (link, fuel) => this.#guarded(() => this.#resume(link, fuel)),
  };
  readonly #ofInstances: InstanceSession = {
    instance: (number) => this.#open().instance(number),
    change: (change) => this.#guarded(() => this.#change(change)),
    call: (instance, exportName, args, options) => this.call(instance, exportName, args, options),
    callBytes: (instance, exportName, payload, options) => this.callBytes(instance, exportName, payload, options),
    elementOf: (handle) => this.#elementOf(handle),
    functionOf: (element) => this.#functionOf(element),
  };

  /** @internal Made by `openLinkedSession`. */
  constructor(parts: LinkedParts) {
    this.#machine = parts.machine;
    this.#journal = parts.journal;
    this.#chain = parts.chain;
    this.#links = [...parts.links];
    this.#numbers = new Map(parts.numbers);
    this.#fuel = parts.fuel;
    this.#total = parts.fuelUsed;
    this.#number = parts.number;
    this.#context = parts.context;
    this.#digestEvery = parts.digestEvery;
    this.#hostAnswerBytes = parts.hostAnswerBytes;
    if (parts.changes === undefined) return;
    this.#changes = new TextBytes(parts.changes.length);
    this.#changes.raw(parts.changes);
  }

  /** Number of the last receipt; the first one has 0. */
  get number(): number {
    return this.#number;
  }

  /** Fuel that all modules that were linked, all calls and all digests have used. */
  get fuelUsed(): number {
    return this.#total;
  }

  /** Fuel that the session may still use. */
  get fuelLeft(): number {
    return this.#fuel - this.#total;
  }

  /** The tier that holds all instances. It shows in no receipt. */
  get tier(): TierName {
    return this.#machine.tier;
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. It shows nowhere else. */
  get reruns(): number {
    return this.#reruns;
  }

  /** Names of the instances, in the order in which they were linked. */
  get instances(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  /** @throws UsageError `unknown-instance` */
  instance(name: string): LinkedInstance {
    return this.#guarded(() => {
      const number = this.#numberOf(name);
      return new LinkedInstance(name, number, this.#links[number].parts, this.#ofInstances);
    });
  }

  /**
   * Calls an exported function of an instance, in the store as the steps before have left it. Whatever the guests do is in the result;
   * after a trap or exhaustion the state is what they had made of it by then.
   * @throws UsageError for a call that cannot be made
   * @throws HostFailure if a host function threw, or the host is out of memory or of stack: the session is over then
   */
  call(
    instance: string,
    exportName: string,
    args: readonly Value[] = [],
    options: SessionCallOptions = {},
  ): LinkedResult<CallOutcome> {
    return this.#guarded(() => {
      this.#idle();
      const number = this.#numberOf(instance);
      const protocol = new ValueProtocol(this.#links[number].parts.called, exportName, args);
      const asked = new ValueCall(exportName, this.#terms(options, DEFAULT_FUEL), protocol);
      return this.#run(new LinkedCall(instance, number, asked));
    });
  }

  /** Calls an export of the byte ABI of an instance, as `LoadedModule.callBytes` does. The payload is copied. @throws as `call` does */
  callBytes(
    instance: string,
    exportName: string,
    payload: Uint8Array,
    options: SessionByteCallOptions = {},
  ): LinkedResult<ByteOutcome> {
    return this.#guarded(() => {
      this.#idle();
      const number = this.#numberOf(instance);
      const { called, exportTypes } = this.#links[number].parts;
      // Of a copy: the call may be run again when its bytes are long the caller's own.
      const copy = new Uint8Array(payload);
      const protocol = new ByteProtocol(called, exportTypes, exportName, copy, () => NO_BYTES, options);
      const asked = new ByteCall(exportName, this.#terms(options, DEFAULT_FUEL), protocol);
      return this.#run(new LinkedCall(instance, number, asked));
    });
  }

  /**
   * Links another module to those that are there, and instantiates it: a step with a receipt, as a call is.
   * @param options `fuel` is by default all that the session has left
   * @throws UsageError for a name that is taken, a module of an engine with other limits or prices, and as a call does
   * @throws HostFailure as a call does
   */
  link(module: ModuleLink, options: SessionCallOptions = {}): LinkedModule {
    return this.#guarded(() => {
      this.#idle();
      checkLink(module, this.#links, this.#numbers);
      const exporters = {
        numberOf: (name: string) => this.#numbers.get(name),
        exported: (number: number, name: string) => this.#machine.instance(number).exported(name),
      };
      const resolved = resolvedLink(module, exporters);
      if (!resolved.ok) return resolved;
      const { link } = resolved;
      const terms = this.#terms(options, this.fuelLeft, importsFunctions(link));
      const number = this.#links.push(link) - 1;
      this.#linksHash = undefined;
      const { outcome, receipt } = this.#run(new Linking(link, terms));
      if (outcome.kind !== 'returned') return { ok: false, outcome, receipt };
      this.#numbers.set(link.name, number);
      return { ok: true, instance: this.instance(link.name), receipt };
    });
  }

  /** Runs work that makes many calls: what each call looks after in the host is looked after once for all, as `Session.batch` does. */
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

  /** BLAKE2b-256 of the state of all instances now: no receipt has it, and it costs no fuel. */
  stateDigest(): Uint8Array {
    return this.#guarded(() => linkedStateDigest(this.#open().state(), this.#machine.store.hash));
  }

  /** Another session that is as this one is now: from here the same steps give the same receipts. */
  fork(): LinkedSession {
    return this.#guarded(() => {
      const machine = this.#idle();
      return new LinkedSession({
        machine: this.#restored(machine.tier),
        journal: this.#journal.copy(),
        chain: this.#chain.copy(),
        links: this.#links,
        numbers: this.#numbers,
        fuel: this.#fuel,
        fuelUsed: this.#total,
        number: this.#number,
        context: this.#context,
        digestEvery: this.#digestEvery,
        changes: this.#changes?.take(),
        hostAnswerBytes: this.#hostAnswerBytes,
      });
    });
  }

  /** Ends the session. Receipts of its steps stay good. */
  close(): void {
    this.#over ??= 'it was closed';
    this.#last = undefined;
  }

  // Steps

  #numberOf(name: string): number {
    const number = this.#numbers.get(name);
    if (number !== undefined) return number;
    throw new UsageError(
      'unknown-instance',
      `the session has no instance '${name}'; it has ${this.instances.join(', ')}`,
    );
  }

  #terms(options: SessionCallOptions, fuelDefault: number, importsMore = false): CallTerms {
    const fuel = own(options, 'fuel') ?? fuelDefault;
    checkFuel(fuel);
    const limit = Math.min(fuel, this.fuelLeft);
    const isDue = this.#digestEvery > 0 && (this.#number + 1) % this.#digestEvery === 0;
    const callsHost = importsMore || this.#links.some(importsFunctions);
    return {
      fuel: limit,
      context: own(options, 'context') ?? this.#context,
      wantsDigest: own(options, 'digest') ?? isDue,
      notice: CallNotice.of(own(options, 'onFuelBelow'), limit),
      changes: this.#changes?.take(),
      transcript: callsHost ? new HostTranscript(this.#hostAnswerBytes) : undefined,
    };
  }

  /** The session is open and nothing is under way. */
  #idle(): LinkedMachine {
    const machine = this.#open();
    if (this.#isBusy) throw new UsageError('session-busy', 'a call of the session is running');
    return machine;
  }

  /** Before anything new: the last call is over for good, the journal is short, and the store is in the tier that is the faster. */
  #ready(): void {
    const machine = this.#idle();
    this.#last = undefined;
    if (this.#journal.isLong(machine)) this.#journal.restart(machine);
    for (const { parts } of this.#links) if (parts.programs.fuelAllowed === 0) parts.programs.hurry();
    const tier = this.#reruns < RERUNS_MAX ? tierOf(this.#links) : 'interpreter';
    if (tier !== machine.tier) this.#machine = this.#restored(tier);
  }

  /** The store as it is now in a tier, or in the interpreter if the host has no room for other instances. */
  #restored(tier: TierName): LinkedMachine {
    const { first, links } = this.#machine;
    const state = this.#machine.state();
    try {
      return restoredMachine(tier, first, links, state);
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      return restoredMachine('interpreter', first, links, state);
    }
  }

  #run<T, O>(asked: AskedStep<T, O>): LinkedResult<O> {
    this.#ready();
    const isInterpreted = this.#machine.tier === 'interpreter';
    const result = this.#attempted(asked);
    if (isInterpreted) for (const { parts } of this.#links) parts.programs.use(result.fuel.used);
    return result;
  }

  #attempted<T, O>(asked: AskedStep<T, O>): LinkedResult<O> {
    this.#isBusy = true;
    try {
      return this.#failing(() => this.#finished(asked));
    } finally {
      this.#isBusy = false;
    }
  }

  /** One step where the instances are, and once more in the interpreter if the host could not finish it. */
  #finished<T, O>(asked: AskedStep<T, O>): LinkedResult<O> {
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

  #attempt<T, O>(asked: AskedStep<T, O>): LinkedResult<O> {
    const machine = this.#machine;
    const { fuel, transcript, context, notice } = asked.terms;
    const answer = machine.under(fuel, transcript, context, () => asked.run(machine), notice);
    return this.#finish(asked, answer);
  }

  /** The step is over: its receipt, its place in the journal, and what it gave. */
  #finish<T, O>(asked: AskedStep<T, O>, answer: T | undefined): LinkedResult<O> {
    const machine = this.#machine;
    const { gauge, log, hash } = machine.store;
    const { stop, fuelUsed: used } = gauge;
    const { fuel: limit, wantsDigest, changes } = asked.terms;
    const totalBefore = this.#total;
    const digest = wantsDigest ? this.#digest(this.#fuel - totalBefore - used) : undefined;
    this.#total += used + (digest?.fuel ?? 0);
    this.#number++;
    this.#changes = undefined;
    this.#journal.called(asked, used);
    this.#linksHash ??= hash(linkBytes(this.#links));
    const facts: LinkedFacts = {
      step: asked.step,
      instance: asked.instance,
      links: this.#linksHash,
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
    const link = new SessionLink<LinkedReceipt, LinkedFacts>(facts, asked.crossing, answer);
    // Numbers stay what they are; bytes that the caller has may change.
    if (asked.step === 'calledBytes' || stop?.kind === 'short-circuited') link.hold(hash);
    this.#chain.add(link);
    this.#last = { asked, link, totalBefore };
    return new SessionResult(stop ?? asked.outcomeOf(answer!), machine.tier, this.#ofResults, link);
  }

  /** The digest is taken if the session can pay for it, after the call. */
  #digest(fuelLeft: number) {
    const { store } = this.#machine;
    const state = this.#machine.state();
    const fuel = dynamicCharge(store.schedule.rates.boundaryOut, linkedStateBytes(state));
    return fuel > fuelLeft ? undefined : { fuel, stateDigest: linkedStateDigest(state, store.hash) };
  }

  /** Resumes the last call with more fuel, from its start; its receipt replaces the one before. */
  #resume(
    link: SessionLink<LinkedReceipt, LinkedFacts>,
    more: number,
  ): SessionResult<unknown, LinkedReceipt, LinkedFacts> {
    this.#idle();
    checkFuel(more);
    const last = this.#last;
    const { stop } = link.facts;
    const isExhausted = stop?.kind === 'exhausted' && stop.resource === 'fuel';
    if (last?.link !== link || !isExhausted || this.#changes !== undefined) {
      const why = isExhausted ? 'the session has changed since then' : 'it did not end because its fuel was used up';
      throw new UsageError('not-resumable', `the call cannot be resumed: ${why}`);
    }
    const { asked, totalBefore } = last;
    const fuel = Math.min(asked.terms.fuel + more, this.#fuel - totalBefore);
    const transcript = asked.terms.transcript?.withMoreFuel();
    this.#chain.rewind(link);
    this.#journal.uncalled(asked, link.facts.fuel.used);
    this.#number--;
    this.#total = totalBefore;
    this.#last = undefined;
    this.#machine = this.#failing(() => this.#replayed());
    return this.#attempted(asked.on({ fuel, transcript, notice: undefined }));
  }

  #replayed(): LinkedMachine {
    try {
      return this.#journal.replayed(this.#machine.tier);
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      return this.#journal.replayed('interpreter');
    }
  }

  // State

  #change(change: LinkedChange): void {
    this.#ready();
    this.#failing(() => applyLinkedChange(this.#machine, change));
    this.#changes ??= new TextBytes();
    writeLinkedChange(this.#changes, change);
    this.#journal.changed(change);
  }

  #elementOf(handle: number): LinkedElement | null {
    const reference = this.#open().referenceOf(handle);
    return reference === undefined ? null : { instance: this.#links[reference.instance].name, index: reference.index };
  }

  #functionOf({ instance, export: name }: LinkedFunction): Reference {
    const number = this.#numberOf(instance);
    const item = this.#open().instance(number).exported(name);
    if (item?.kind === 'function') return this.#machine.referenceOf(item.function.handle)!;
    throw new UsageError('unknown-export', `the instance '${instance}' does not export a function '${name}'`);
  }

  #open(): LinkedMachine {
    if (this.#over !== undefined) throw new UsageError('session-over', `the session is over: ${this.#over}`);
    return this.#machine;
  }

  /** What is thrown in the middle of a step leaves a store that no step may have. */
  #failing<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      this.#over ??= error instanceof HostFailure ? `the host failed: ${error.message}` : 'a call was aborted';
      throw error;
    }
  }

  #guarded<T>(work: () => T): T {
    return this.#isBatch ? work() : guardedFor(this.#links, work);
  }
}

/** Work of a step, with the built-ins that were there; where the host itself fails, it is a host failure. */
export function guardedFor<T>(links: readonly { readonly parts: ResolvedLink['parts'] }[], work: () => T): T {
  return hostFailing(
    () => withBuiltins(work),
    () => {
      for (const { parts } of links) parts.programs.renew();
    },
  );
}
