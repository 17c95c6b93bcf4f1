/**
 * Where a session's calls run: a store, the imports that are linked into it, and one instance that is kept from call to call, in one
 * program. Another program can take its state over. docs/SEMANTICS.md, section 10.
 */
import { CallRun } from '../engine/imports/call-run.js';
import { externOf, type RunSlot } from '../engine/imports/host-import.js';
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { Linkage } from '../engine/imports/linkage.js';
import type { ExternValue, GuestInstance } from '../machine/instance.js';
import type { Program } from '../machine/program.js';
import type { InstanceState } from '../machine/state-digest.js';
import { Store } from '../machine/store.js';
import type { CallNotice } from './fuel-notice.js';
import type { SessionModule } from './session-module.js';

export class SessionMachine implements RunSlot {
  readonly store: Store;
  run: CallRun | undefined;
  readonly #module: SessionModule;
  readonly #imports: readonly ExternValue[];
  #instance: GuestInstance | undefined;

  private constructor(
    module: SessionModule,
    readonly program: Program,
  ) {
    const { called, kept, linkage } = module;
    this.#module = module;
    this.store = new Store(called.limits, program.metered.schedule, program.hash, kept.hostCallsKept);
    this.#imports = linkage.rows.map((row) => externOf(row, this.store, this));
  }

  /** With an instance as new: the instantiation is under the gauge, which has the outcome. */
  static instantiated(
    module: SessionModule,
    program: Program,
    fuel: number,
    transcript: HostTranscript | undefined,
    context: unknown,
  ): SessionMachine {
    const machine = new SessionMachine(module, program);
    machine.under(fuel, transcript, context, () => {
      machine.#instance = program.instantiate(machine.store, machine.#imports);
    });
    return machine;
  }

  /** With an instance in a state. */
  static restored(module: SessionModule, program: Program, state: InstanceState): SessionMachine {
    const machine = new SessionMachine(module, program);
    machine.#instance = program.restore(machine.store, machine.#imports, state);
    return machine;
  }

  /** Without an instance: the fuel does not cover the price. */
  static unpaid(module: SessionModule, program: Program, fuel: number, price: number): SessionMachine {
    const machine = new SessionMachine(module, program);
    machine.store.beginCall(fuel);
    machine.store.gauge.charge('instantiate', price);
    return machine;
  }

  /** Another machine for the same module, with an instance in a state. */
  restored(program: Program, state: InstanceState): SessionMachine {
    return SessionMachine.restored(this.#module, program, state);
  }

  /** What its imports are. */
  get linkage(): Linkage {
    return this.#module.linkage;
  }

  /** There once the instantiation was paid. */
  get instance(): GuestInstance {
    if (this.#instance === undefined) throw new Error('a session without an instance');
    return this.#instance;
  }

  get hasInstance(): boolean {
    return this.#instance !== undefined;
  }

  /** Runs the guest as one call: under a gauge of its own, with a log of its own. */
  under<T>(fuel: number, transcript: HostTranscript | undefined, context: unknown, work: () => T): T {
    this.begin(fuel, transcript, context);
    try {
      return work();
    } finally {
      this.end();
    }
  }

  /** @param transcript none for a module that imports no function */
  begin(fuel: number, transcript: HostTranscript | undefined, context: unknown, notice?: CallNotice): void {
    this.store.beginCall(fuel);
    if (notice !== undefined) this.store.gauge.reserve(notice.units, () => notice.give());
    this.goOn(transcript, context);
  }

  /** Another part of the call that was begun. */
  goOn(transcript: HostTranscript | undefined, context: unknown): void {
    if (transcript !== undefined) this.run = new CallRun(this.store, this.#module.called.exports, transcript, context);
  }

  /** What host functions have kept of the call serves no more. */
  end(): void {
    this.run?.close();
    this.run = undefined;
  }
}
