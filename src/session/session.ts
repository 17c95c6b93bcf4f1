/**
 * A session: an instance that is kept from call to call, its receipts, and the host's changes in between. The same
 * opening, changes and calls give the same receipts in every tier. docs/SEMANTICS.md, section 10.
 */
import { hash } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import type { TierName } from '../machine/program.js';
import type { Value } from '../wasm/value.js';
import type { Callee } from './asked-call.js';
import { type Change, SESSION_CHANGES } from './change.js';
import type { SessionFacts } from './session-chain.js';
import { SessionGlobal, SessionTable } from './session-globals.js';
import type { SessionMachine } from './session-machine.js';
import { SessionMemory } from './session-memory.js';
import type { SessionModule } from './session-module.js';
import type { SessionReceipt } from './session-receipt.js';
import type { SessionResult } from './session-result.js';
import type { SessionByteCallOptions, SessionCallOptions, SessionKind, SessionSteps } from './session-steps.js';
import type { SlicedCall } from './sliced-call.js';
import { Snapshot } from './snapshot.js';
import { copyOfState } from './state-copy.js';

type Steps = SessionSteps<SessionMachine, Change, SessionReceipt, SessionFacts>;

/** @internal The parts of a session. */
export interface SessionParts {
  readonly module: SessionModule;
  readonly steps: Steps;
  /** The snapshot that it was opened from. */
  readonly snapshot?: Snapshot | undefined;
  readonly opening: SessionReceipt | (() => SessionReceipt);
}

const ONLY: Callee = { name: '', number: 0 };

/** @internal What sessions of a module have in common. */
export function kindOf({ programs, called }: SessionModule): SessionKind<SessionMachine, Change, SessionFacts> {
  return {
    programs: [programs],
    callsHost: called.metered.module.importedFunctions > 0,
    changes: SESSION_CHANGES,
    factsOf: (facts) => facts,
  };
}

export class Session {
  readonly #module: SessionModule;
  readonly #steps: Steps;
  readonly #opening: SessionParts['opening'];
  readonly #snapshot: Snapshot | undefined;
  #memory: SessionMemory | undefined;

  /** @internal Made by `openSession`. */
  constructor(parts: SessionParts) {
    this.#module = parts.module;
    this.#steps = parts.steps;
    this.#opening = parts.opening;
    this.#snapshot = parts.snapshot;
  }

  /** The receipt of the opening: number 0. */
  get opening(): SessionReceipt {
    return typeof this.#opening === 'function' ? this.#steps.guarded(this.#opening) : this.#opening;
  }

  /** Number of the last receipt. */
  get number(): number {
    return this.#steps.number;
  }

  /** Fuel that the opening, all calls and all digests have used. */
  get fuelUsed(): number {
    return this.#steps.fuelUsed;
  }

  /** Fuel that the session may still use. */
  get fuelLeft(): number {
    return this.#steps.fuelLeft;
  }

  /** The tier that holds the instance. It is in no receipt. */
  get tier(): TierName {
    return this.#steps.tier;
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. Visible only here. */
  get reruns(): number {
    return this.#steps.reruns;
  }

  /** The first memory; undefined if the module has none. */
  get memory(): SessionMemory | undefined {
    if (this.#module.called.metered.module.memories.length === 0) return undefined;
    this.#memory ??= new SessionMemory(
      () => this.#steps.open().instance().memory!,
      (change) => this.#steps.change(change),
    );
    return this.#memory;
  }

  /** An exported global. @throws UsageError `unknown-export` */
  global(name: string): SessionGlobal {
    return this.#steps.guarded(() => {
      this.#exportOf(name, 'global');
      const global = () => {
        const item = this.#steps.open().instance().exported(name);
        if (item?.kind !== 'global') throw new Error(`the export '${name}' is not a global`);
        return item.global;
      };
      return new SessionGlobal(name, global, (change) => this.#steps.change(change));
    });
  }

  /** An exported table. @throws UsageError `unknown-export` */
  table(name: string): SessionTable {
    return this.#steps.guarded(() => {
      const { index } = this.#exportOf(name, 'table');
      const { module } = this.#module.called.metered;
      return new SessionTable(
        index,
        module,
        () => this.#steps.open().instance(),
        (change) => this.#steps.change(change),
      );
    });
  }

  #exportOf(name: string, kind: 'global' | 'table') {
    const item = this.#module.called.exports.get(name);
    if (item?.kind === kind) return item;
    throw new UsageError('unknown-export', `the module does not export a ${kind} '${name}'`);
  }

  /**
   * Calls an exported function of the instance, in the state that earlier calls and changes left. Everything that the
   * guest does is in the result; after a trap or exhaustion the state is as the guest left it.
   * @throws UsageError for a call that cannot be made
   * @throws HostFailure if a host function threw, or the host is out of memory or of stack: the session is over then
   */
  call(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): SessionResult<CallOutcome> {
    // Without a function for each call of a batch.
    if (this.#steps.isBatch) return this.#callOfBatch(exportName, args, options);
    return this.#steps.guarded(() => this.#call(exportName, args, options));
  }

  #callOfBatch(exportName: string, args: readonly Value[], options: SessionCallOptions): SessionResult<CallOutcome> {
    try {
      return this.#call(exportName, args, options);
    } catch (error) {
      throw this.#steps.failure(error);
    }
  }

  /**
   * Calls an export of the byte ABI, as `LoadedModule.callBytes` does. The payload is copied.
   * @throws as `call` does
   */
  callBytes(exportName: string, payload: Uint8Array, options: SessionByteCallOptions = {}): SessionResult<ByteOutcome> {
    const steps = this.#steps;
    return steps.guarded(() => steps.run(steps.byteCall(this.#module, ONLY, exportName, payload, options)));
  }

  /**
   * Begins a call that runs a part at a time (`SlicedCall.runFor`), in the interpreter. Slices do not affect receipts.
   * Until the call ends, the session cannot be used for anything else.
   * @throws UsageError for a call that cannot be made
   */
  begin(exportName: string, args: readonly Value[] = [], options: SessionCallOptions = {}): SlicedCall {
    const steps = this.#steps;
    return steps.guarded(() => steps.begin(steps.valueCall(this.#module, ONLY, exportName, args, options)));
  }

  /**
   * Runs a function that makes many calls. The built-ins of the host, which other code may have overwritten, are
   * checked once for all of them, so each call takes a microsecond instead of several.
   */
  batch<T>(work: () => T): T {
    return this.#steps.batch(work);
  }

  /** BLAKE2b-256 of the current state. It is in no receipt and costs no fuel. */
  stateDigest(): Uint8Array {
    return this.#steps.stateDigest();
  }

  /**
   * The current state. `openSession(module, { from })` continues from it, in any tier and runtime; it does not contain
   * fuel, receipts or host functions.
   * @throws UsageError during a call
   */
  snapshot(): Snapshot {
    return this.#steps.guarded(() => {
      const machine = this.#steps.idle();
      const { called, linkage } = this.#module;
      return new Snapshot(called.hash.slice(), hash(linkage.constants), copyOfState(machine.instance().state()));
    });
  }

  /** Another session that is in the same state as this one: from here the same calls give the same receipts. */
  fork(): Session {
    return this.#steps.guarded(() => {
      const module = this.#module;
      return new Session({ module, steps: this.#steps.fork(kindOf(module)), opening: this.opening });
    });
  }

  /** Ends the session. Receipts of its calls remain valid. */
  close(): void {
    const machine = this.#steps.close();
    if (machine !== undefined) this.#snapshot?.leave(machine);
  }

  #call(exportName: string, args: readonly Value[], options: SessionCallOptions): SessionResult<CallOutcome> {
    const steps = this.#steps;
    return steps.run(steps.valueCall(this.#module, ONLY, exportName, args, options));
  }
}
