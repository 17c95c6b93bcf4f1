/**
 * A linked session: several modules in one store, whose instances call each other and share memories, tables and globals, kept from call to
 * call. The same modules, changes and calls give the same receipts in every tier. docs/SEMANTICS.md, section 11.
 */
import { UsageError } from '../../base/usage-error.js';
import type { ByteOutcome, CallOutcome, ModuleParts } from '../../engine/loaded-module.js';
import type { Stop } from '../../machine/outcome.js';
import type { TierName } from '../../machine/program.js';
import type { Value } from '../../wasm/value.js';
import type { Callee } from '../asked-call.js';
import type { SessionResult } from '../session-result.js';
import type { SessionByteCallOptions, SessionCallOptions, SessionSteps } from '../session-steps.js';
import type { SlicedCall } from '../sliced-call.js';
import type { LinkedChange } from './linked-change.js';
import type { LinkedFacts } from './linked-form.js';
import { type InstanceSession, type LinkedElement, type LinkedFunction, LinkedInstance } from './linked-instance.js';
import type { LinkedMachine, Reference } from './linked-machine.js';
import type { LinkedModules } from './linked-modules.js';
import type { LinkedReceipt } from './linked-receipt.js';
import { type LinkedSnapshot, linkedSnapshot } from './linked-snapshot.js';
import { Linking } from './linking.js';
import { checkLink, importsFunctions, type LinkFault, type ModuleLink, resolvedLink } from './module-link.js';

type Steps = SessionSteps<LinkedMachine, LinkedChange, LinkedReceipt, LinkedFacts>;

export type LinkedResult<Outcome> = SessionResult<Outcome, LinkedReceipt, LinkedFacts>;

export type LinkedSlicedCall = SlicedCall<LinkedReceipt, LinkedFacts>;

/** The result of a module that was linked to a session. */
export type LinkedModule =
  | { readonly ok: true; readonly instance: LinkedInstance; readonly receipt: LinkedReceipt }
  /** The instantiation did not complete: what it wrote remains, and its name can be used again. */
  | { readonly ok: false; readonly outcome: Stop; readonly receipt: LinkedReceipt; readonly fault?: never }
  /** An import is not satisfied, or has another type: nothing has changed. */
  | { readonly ok: false; readonly fault: LinkFault };

export class LinkedSession {
  readonly #modules: LinkedModules;
  readonly #steps: Steps;
  readonly #ofInstances: InstanceSession = {
    instance: (number) => this.#steps.open().instance(number),
    change: (change) => this.#steps.guarded(() => this.#steps.change(change)),
    call: (instance, exportName, args, options) => this.call(instance, exportName, args, options),
    callBytes: (instance, exportName, payload, options) => this.callBytes(instance, exportName, payload, options),
    begin: (instance, exportName, args, options) => this.begin(instance, exportName, args, options),
    elementOf: (handle) => this.#elementOf(handle),
    functionOf: (element) => this.#functionOf(element),
  };

  /** @internal Made by `openLinkedSession`. */
  constructor(modules: LinkedModules, steps: Steps) {
    this.#modules = modules;
    this.#steps = steps;
  }

  /** Number of the last receipt; the first one has 0. */
  get number(): number {
    return this.#steps.number;
  }

  /** Fuel that all modules that were linked, all calls and all digests have used. */
  get fuelUsed(): number {
    return this.#steps.fuelUsed;
  }

  /** Fuel that the session may still use. */
  get fuelLeft(): number {
    return this.#steps.fuelLeft;
  }

  /** The tier that holds all instances. It is in no receipt. */
  get tier(): TierName {
    return this.#steps.tier;
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. Visible only here. */
  get reruns(): number {
    return this.#steps.reruns;
  }

  /** Names of the instances, in the order in which they were linked. */
  get instances(): readonly string[] {
    return [...this.#modules.numbers.keys()];
  }

  /** @throws UsageError `unknown-instance` */
  instance(name: string): LinkedInstance {
    return this.#steps.guarded(() => {
      const number = this.#modules.numberOf(name);
      return new LinkedInstance(name, number, this.#modules.links[number].parts, this.#ofInstances);
    });
  }

  /**
   * Calls an exported function of an instance, in the state that earlier steps left. Everything that the guests do is
   * in the result; after a trap or exhaustion the state is as they left it.
   * @throws UsageError for a call that cannot be made
   * @throws HostFailure if a host function threw, or the host is out of memory or of stack: the session is over then
   */
  call(
    instance: string,
    exportName: string,
    args: readonly Value[] = [],
    options: SessionCallOptions = {},
  ): LinkedResult<CallOutcome> {
    const steps = this.#steps;
    return steps.guarded(() => {
      const { parts, callee } = this.#calleeOf(instance);
      return steps.run(steps.valueCall(parts, callee, exportName, args, options));
    });
  }

  /** Calls an export of the byte ABI of an instance, as `LoadedModule.callBytes` does. The payload is copied. @throws as `call` does */
  callBytes(
    instance: string,
    exportName: string,
    payload: Uint8Array,
    options: SessionByteCallOptions = {},
  ): LinkedResult<ByteOutcome> {
    const steps = this.#steps;
    return steps.guarded(() => {
      const { parts, callee } = this.#calleeOf(instance);
      return steps.run(steps.byteCall(parts, callee, exportName, payload, options));
    });
  }

  /**
   * Begins a call of an instance that runs a part at a time (`SlicedCall.runFor`), in the interpreter. Slices do not
   * affect receipts. Until the call ends, the session cannot be used for anything else.
   * @throws UsageError for a call that cannot be made
   */
  begin(
    instance: string,
    exportName: string,
    args: readonly Value[] = [],
    options: SessionCallOptions = {},
  ): LinkedSlicedCall {
    const steps = this.#steps;
    return steps.guarded(() => {
      const { parts, callee } = this.#calleeOf(instance);
      return steps.begin(steps.valueCall(parts, callee, exportName, args, options));
    });
  }

  /**
   * Links another module to those in the session and instantiates it. Like a call, this is a step with a receipt.
   * @param options the default of `fuel` is all that the session has left
   * @throws UsageError for a name that is taken, a module of an engine with other limits or prices, and as a call does
   * @throws HostFailure as a call does
   */
  link(module: ModuleLink, options: SessionCallOptions = {}): LinkedModule {
    const [modules, steps] = [this.#modules, this.#steps];
    return steps.guarded(() => {
      const machine = steps.idle();
      checkLink(module, modules.links, modules.numbers);
      const exporters = {
        numberOf: (name: string) => modules.numbers.get(name),
        exported: (number: number, name: string) => machine.instance(number).exported(name),
      };
      const resolved = resolvedLink(module, exporters);
      if (!resolved.ok) return resolved;
      const { link } = resolved;
      const terms = steps.terms(options, steps.fuelLeft, importsFunctions(link));
      const number = modules.add(link);
      const { outcome, receipt } = steps.run(new Linking(link, terms));
      if (outcome.kind !== 'returned') return { ok: false, outcome, receipt };
      modules.named(number);
      return { ok: true, instance: this.instance(link.name), receipt };
    });
  }

  /**
   * Runs a function that makes many calls: the built-ins of the host are checked once for all, as in `Session.batch`.
   */
  batch<T>(work: () => T): T {
    return this.#steps.batch(work);
  }

  /** BLAKE2b-256 of the current state of all instances. It is in no receipt and costs no fuel. */
  stateDigest(): Uint8Array {
    return this.#steps.stateDigest();
  }

  /**
   * The current state of all instances, with the modules. `restoreLinkedSession` continues from it, in any tier and
   * runtime; it does not contain fuel, receipts or host functions.
   * @throws UsageError during a call
   */
  snapshot(): LinkedSnapshot {
    return this.#steps.guarded(() => linkedSnapshot(this.#modules, this.#steps.idle().state()));
  }

  /** Another session that is in the same state as this one: from here the same steps give the same receipts. */
  fork(): LinkedSession {
    return this.#steps.guarded(() => {
      const modules = this.#modules.copy();
      return new LinkedSession(modules, this.#steps.fork(modules));
    });
  }

  /** Ends the session. Receipts of its steps remain valid. */
  close(): void {
    this.#steps.close();
  }

  #calleeOf(name: string): { readonly parts: ModuleParts; readonly callee: Callee } {
    this.#steps.idle();
    const number = this.#modules.numberOf(name);
    return { parts: this.#modules.links[number].parts, callee: { name, number } };
  }

  #elementOf(handle: number): LinkedElement | null {
    const reference = this.#steps.open().referenceOf(handle);
    if (reference === undefined) return null;
    return { instance: this.#modules.links[reference.instance].name, index: reference.index };
  }

  #functionOf({ instance, export: name }: LinkedFunction): Reference {
    const machine = this.#steps.open();
    const item = machine.instance(this.#modules.numberOf(instance)).exported(name);
    if (item?.kind === 'function') return machine.referenceOf(item.function.handle)!;
    throw new UsageError('unknown-export', `the instance '${instance}' does not export a function '${name}'`);
  }
}
