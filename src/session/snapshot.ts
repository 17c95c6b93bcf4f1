/**
 * A snapshot: the state of a session's instance between two calls, as canonical bytes. It can be restored in any tier
 * and runtime. It is identified by the hash of its bytes, and the state digest is computed from it alone.
 * docs/SEMANTICS.md, section 10.
 */
import { withBuiltins } from '../builtins/builtins.js';
import type { Program } from '../machine/program.js';
import { type InstanceState, stateDigest } from '../machine/state-digest.js';
import { KeptBytes } from './kept-bytes.js';
import type { SessionMachine } from './session-machine.js';
import type { SessionModule } from './session-module.js';
import { decodeSnapshotBytes, encodeSnapshot } from './snapshot-bytes.js';
import type { SnapshotFault } from './snapshot-fields.js';
import { copyOfState } from './state-copy.js';

export class Snapshot extends KeptBytes {
  /** Hash of the module, 32 bytes. */
  readonly module: Uint8Array;
  /** @internal Hash of the imported constants' canonical bytes. */
  readonly constants: Uint8Array;
  /** @internal */
  readonly state: InstanceState;
  #fits: SessionModule | undefined;
  #idle: SessionMachine | undefined;

  /** @internal Made by `Session.snapshot` and `decodeSnapshot`. Nothing else writes to the state. */
  constructor(module: Uint8Array, constants: Uint8Array, state: InstanceState) {
    super();
    this.module = module;
    this.constants = constants;
    this.state = state;
  }

  /** Pages of the first memory. */
  get pages(): number {
    return this.state.pages;
  }

  /** @internal Keeps the machine of an ended session for the next session that is opened from this snapshot. */
  leave(machine: SessionMachine): void {
    this.#idle = machine;
  }

  /** @internal The kept machine, in the snapshot's state, if it has these imports and this program. */
  take(linkage: object, program: Program): SessionMachine | undefined {
    const machine = this.#idle;
    if (machine === undefined || machine.linkage !== linkage || machine.program !== program) return undefined;
    this.#idle = undefined;
    return machine.instance().takeState(this.state) ? machine : undefined;
  }

  /**
   * @internal The parts of a session with these imports, if the snapshot is known to fit, so that it need not be
   * checked for each session.
   */
  fitted(linkage: object): SessionModule | undefined {
    return this.#fits?.linkage === linkage ? this.#fits : undefined;
  }

  /** @internal */
  fits(module: SessionModule): void {
    this.#fits = module;
  }

  /** @internal */
  protected encoded(): Uint8Array {
    return encodeSnapshot(this);
  }

  /** @internal */
  protected digested(): Uint8Array {
    return stateDigest(this.state);
  }
}

export type DecodedSnapshot =
  | { readonly ok: true; readonly snapshot: Snapshot }
  | { readonly ok: false; readonly fault: SnapshotFault };

/**
 * Reads canonical bytes; never throws because of their content, and takes time and memory linear in them. Whether the
 * state fits a module is checked when a session is opened from it.
 */
export function decodeSnapshot(bytes: Uint8Array): DecodedSnapshot {
  return withBuiltins(() => {
    const decoded = decodeSnapshotBytes(new Uint8Array(bytes));
    if (!decoded.ok) return decoded;
    const { module, constants, state } = decoded.content;
    return { ok: true, snapshot: new Snapshot(module, constants, copyOfState(state)) };
  });
}
