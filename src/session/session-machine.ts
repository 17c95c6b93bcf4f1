/**
 * Where a session of one module runs: a store, the imports that are linked into it, and one instance that is kept from call to call, in
 * one program. docs/SEMANTICS.md, section 10.
 */
import { CallRun } from '../engine/imports/call-run.js';
import { externOf } from '../engine/imports/host-import.js';
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { Linkage } from '../engine/imports/linkage.js';
import type { ExternValue, GuestInstance } from '../machine/instance.js';
import type { Program, TierName } from '../machine/program.js';
import { type InstanceState, stateBytes, stateDigest } from '../machine/state-digest.js';
import { Store } from '../machine/store.js';
import type { SessionModule } from './session-module.js';
import { copyOfState } from './state-copy.js';
import { type Origin, type RunTerms, type StateToDigest, StepMachine } from './step-machine.js';
import { programIn } from './tiers.js';

/** @internal */
export class SessionMachine extends StepMachine<SessionMachine> {
  readonly #module: SessionModule;
  readonly #imports: readonly ExternValue[];
  #instance: GuestInstance | undefined;

  private constructor(
    module: SessionModule,
    readonly program: Program,
  ) {
    const { called, kept, linkage } = module;
    super(program.tier, new Store(called.limits, program.metered.schedule, program.hash, kept.hostCallsKept));
    this.#module = module;
    this.#imports = linkage.rows.map((row) => externOf(row, this.store, this));
  }

  /** With a new instance: the instantiation is metered, and the gauge has its outcome. */
  static instantiated(module: SessionModule, tier: TierName, terms: RunTerms): SessionMachine {
    const machine = new SessionMachine(module, programIn(module.programs, tier));
    machine.under(terms, () => {
      machine.#instance = machine.program.instantiate(machine.store, machine.#imports);
    });
    return machine;
  }

  /** With an instance in a given state. */
  static restored(module: SessionModule, tier: TierName, state: InstanceState): SessionMachine {
    const machine = new SessionMachine(module, programIn(module.programs, tier));
    machine.#instance = machine.program.restore(machine.store, machine.#imports, state);
    return machine;
  }

  /** Without an instance: the fuel does not cover the price. */
  static unpaid(module: SessionModule, fuel: number, price: number): SessionMachine {
    const machine = new SessionMachine(module, module.programs.reference());
    machine.store.beginCall(fuel);
    machine.store.gauge.charge('instantiate', price);
    return machine;
  }

  /** Its imports. */
  get linkage(): Linkage {
    return this.#module.linkage;
  }

  /** Exists once the instantiation was paid. */
  instance(): GuestInstance {
    if (this.#instance === undefined) throw new Error('a session without an instance');
    return this.#instance;
  }

  get hasInstance(): boolean {
    return this.#instance !== undefined;
  }

  get pages(): number {
    return this.#instance?.memory?.pages ?? 0;
  }

  get memoryBytes(): number {
    return this.#instance?.memory?.byteLength ?? 0;
  }

  isIn(tier: TierName): boolean {
    return this.tier === tier && this.program === programIn(this.#module.programs, tier);
  }

  restored(tier: TierName): SessionMachine {
    return SessionMachine.restored(this.#module, tier, this.instance().state());
  }

  kept(): Origin<SessionMachine> {
    const module = this.#module;
    const state = copyOfState(this.instance().state());
    return (tier) => SessionMachine.restored(module, tier, state);
  }

  toDigest(): StateToDigest {
    const state = this.instance().state();
    return { bytes: stateBytes(state), digest: () => stateDigest(state, this.store.hash) };
  }

  protected runOf(transcript: HostTranscript, context: unknown): CallRun {
    return new CallRun(this.store, this.#module.called.exports, transcript, context);
  }
}
