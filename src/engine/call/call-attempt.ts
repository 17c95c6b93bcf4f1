/**
 * One attempt at a call: it makes or resets an instance, runs the protocol on it, and makes the receipt. Invariant: the
 * receipt depends only on the module, the plan and the engine's schedule and limits, so an attempt in another program
 * gives the same. docs/SEMANTICS.md, sections 6 to 8.
 */
import { type Hash, hash as hashInJavaScript } from '../../base/hash.js';
import type { Limits } from '../../base/limits.js';
import { UsageError } from '../../base/usage-error.js';
import { withBuiltins } from '../../builtins/builtins.js';
import type { HostCallRecord } from '../../machine/host-call-log.js';
import type { Frame, GuestInstance } from '../../machine/instance.js';
import type { Stop } from '../../machine/outcome.js';
import type { Program, TierName } from '../../machine/program.js';
import type { Store } from '../../machine/store.js';
import type { MeteredModule } from '../../metering/meter.js';
import type { Export } from '../../wasm/module.js';
import { functionLabels } from '../describe/function-labels.js';
import { symbolName } from '../describe/symbol-name.js';
import { CallRun } from '../imports/call-run.js';
import type { ExportsByName } from '../imports/exports-by-name.js';
import type { HostTranscript } from '../imports/host-transcript.js';
import type { Linkage } from '../imports/linkage.js';
import type { Receipt, ReceiptOutcome } from '../receipt/receipt.js';
import type { KeptSeats } from './kept-seats.js';
import type { Seat } from './seat.js';

/** Facts that are not in the receipt. They are the same on all nodes that can report them. */
export interface Diagnostics {
  /** The tier that ran the call to its end. */
  readonly tier: TierName;
  /** Greatest height that the stack reached, in words. The instrumented tier runs the call again to find it. */
  stackWordsHigh(): number;
  /**
   * The frames in which a call trapped or was exhausted, innermost first. Empty for other outcomes, and in the
   * instrumented tier if the call's host functions did more than the engine keeps (`hostAnswerBytes`).
   */
  backtrace(): readonly Frame[];
  /**
   * BLAKE2b-256 over memory, globals, tables and dropped segments; of no bytes if the instantiation was not paid. If
   * another call has run in the instance since, this call is run again to compute it.
   * @throws HostFailure if it cannot run again, because its host functions did more than is kept
   */
  stateDigest(): Uint8Array;
  /**
   * Runs the call again in the interpreter, with the recorded results of its host functions, for tools that observe it.
   * @internal
   * @throws HostFailure if it cannot run again, because its host functions did more than is kept
   */
  runAgain(observer: CallObserver): Receipt;
}

/** Observes a call that is run again. */
export interface CallObserver {
  /** Sets up the store before an instance of the program is created in it or, in a seat that was kept, reset. */
  prepare(store: Store, program: Program): void;
  /** Fuel limit of that run, at most that of the call. Default: the call's limit, which gives the same receipt. */
  readonly fuel?: number;
  /** Where the seat is left for the next call of the program. Default: nowhere. */
  readonly seats?: KeptSeats;
}

/** How a kind of call runs on its instance and what it returns; undefined if the gauge holds the outcome. */
export interface Protocol<T> {
  /** Hash of everything that the call received, for its receipt. Called once, after `run`. */
  inputHash(hash: Hash, constants: Uint8Array): Uint8Array;
  run(instance: GuestInstance): T | undefined;
  outputBytes(answer: T): Uint8Array;
}

/** A call as requested. */
export interface CallPlan<T> {
  readonly exportName: string;
  readonly fuel: number;
  readonly linkage: Linkage;
  readonly protocol: Protocol<T>;
  readonly context: unknown;
}

/** The result of an attempt. */
export interface Attempted<T> {
  readonly answer: T | undefined;
  readonly stop: Stop | undefined;
  readonly receipt: Receipt;
  readonly hostCalls: readonly HostCallRecord[];
  readonly hostCallCount: number;
  readonly diagnostics: Diagnostics;
  /** Fuel that the call could not use because it was withheld until its first host call. */
  readonly fuelWithheld: number;
}

/** The module that is called. */
export interface CalledModule {
  readonly metered: MeteredModule;
  readonly hash: Uint8Array;
  readonly exports: ExportsByName;
  readonly limits: Limits;
}

/** @throws UsageError if the module exports no function of this name */
export function functionExport({ exports, metered }: CalledModule, name: string): Export {
  const item = exports.get(name);
  if (item?.kind === 'function') return item;
  if (item !== undefined) throw new UsageError('not-a-function', `the export '${name}' is a ${item.kind}`);
  const names = metered.module.exports.filter(({ kind }) => kind === 'function').map((other) => other.name);
  const listed = names.length > 12 ? `${names.slice(0, 12).join(', ')}, ...` : names.join(', ');
  const there = names.length === 0 ? 'it exports none' : `its functions are ${listed}`;
  throw new UsageError('unknown-export', `the module does not export a function '${name}'; ${there}`);
}

const NO_BYTES = new Uint8Array(0);

export class CallAttempt<T> {
  constructor(
    readonly module: CalledModule,
    readonly plan: CallPlan<T>,
    readonly transcript: HostTranscript,
    /** The same call in the interpreter, for facts that only the interpreter can find. */
    readonly again: (observer?: CallObserver) => Attempted<T>,
  ) {}

  /**
   * Instantiates, runs the protocol and makes the receipt.
   * @param fuelAllowed that it may use until it calls a host function
   * @throws RerunNeeded if the host could not finish it
   */
  run(seat: Seat, fuelAllowed?: number): Attempted<T> {
    try {
      return this.#run(seat, fuelAllowed);
    } finally {
      seat.end();
    }
  }

  #run(seat: Seat, fuelAllowed: number | undefined): Attempted<T> {
    const { fuel, linkage, protocol, context } = this.plan;
    const { store } = seat;
    const { gauge } = store;
    const run = new CallRun(store, this.module.exports, this.transcript, context);
    const instance = seat.begin(fuel, linkage, run, fuelAllowed);
    const answer = instance === undefined || gauge.stop !== undefined ? undefined : protocol.run(instance);
    const { stop } = gauge;
    const receipt = this.#receipt(seat, instance, answer);
    const { kept: hostCalls, count: hostCallCount } = store.log;
    return {
      answer,
      stop,
      receipt,
      hostCalls,
      hostCallCount,
      diagnostics: this.#diagnostics(seat, instance, stop),
      fuelWithheld: gauge.fuelWithheld,
    };
  }

  #receipt({ store }: Seat, instance: GuestInstance | undefined, answer: T | undefined): Receipt {
    const { metered, hash: moduleHash, limits } = this.module;
    const { exportName, fuel, linkage, protocol } = this.plan;
    const { gauge, hash } = store;
    const { stop } = gauge;
    // A copy: writing into one receipt must not change another.
    return {
      profile: metered.schedule.profile,
      schedule: metered.schedule.hash.slice(),
      limits: limits.hash.slice(),
      hosts: linkage.hosts.slice(),
      module: moduleHash.slice(),
      export: exportName,
      input: protocol.inputHash(hash, linkage.constants),
      fuel: { limit: fuel, used: gauge.fuelUsed, parts: gauge.parts },
      outcome: receiptOutcome(stop),
      output: hash(stop === undefined ? protocol.outputBytes(answer!) : payloadOf(stop)),
      pages: instance?.memory?.pages ?? 0,
      hostCalls: store.log.hash(),
    };
  }

  /** Later calls run in the same instance, so diagnostics are taken now or found by running this call again. */
  #diagnostics(seat: Seat, instance: GuestInstance | undefined, stop: Stop | undefined): Diagnostics {
    const failed = stop?.kind === 'trapped' || stop?.kind === 'exhausted';
    const isReference = seat.program.tier === 'interpreter';
    const trace = failed && isReference ? instance?.stopTrace() : undefined;
    const stackWordsHigh = this.module.limits.stackWords - seat.store.gauge.wordsLeftMin;
    const { calls } = seat;
    let found: Diagnostics | undefined;
    const reference = (): Diagnostics => {
      found ??= this.again().diagnostics;
      return found;
    };
    return {
      tier: seat.program.tier,
      stackWordsHigh: () => (isReference ? stackWordsHigh : withBuiltins(reference).stackWordsHigh()),
      backtrace: () =>
        withBuiltins(() => {
          if (!failed || instance === undefined) return [];
          if (trace === undefined) return this.transcript.isWhole ? reference().backtrace() : [];
          const label = functionLabels(this.module.metered.module);
          return trace().map((frame) => ({ ...frame, name: symbolName(frame.name ?? label(frame.functionIndex)) }));
        }),
      stateDigest: () =>
        withBuiltins(() => {
          if (instance === undefined) return hashInJavaScript(NO_BYTES);
          return calls === seat.calls ? instance.stateDigest() : reference().stateDigest();
        }),
      runAgain: (observer) => withBuiltins(() => this.again(observer).receipt),
    };
  }
}

export function receiptOutcome(stop: Stop | undefined): ReceiptOutcome {
  if (stop === undefined) return { kind: 'returned' };
  return stop.kind === 'short-circuited' ? { kind: stop.kind } : stop;
}

export function payloadOf(stop: Stop): Uint8Array {
  return stop.kind === 'short-circuited' ? stop.payload : NO_BYTES;
}
