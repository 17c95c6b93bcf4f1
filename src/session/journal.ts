/**
 * What has happened to a session since a state of it that is known: with both, the session can be made again in any program, as it is
 * where a call begins. Invariant: what is kept is bounded; from time to time the state is taken anew, at a cost that is small against
 * that of the calls since. docs/SEMANTICS.md, section 10.
 */
import type { HostTranscript } from '../engine/imports/host-transcript.js';
import type { GuestInstance } from '../machine/instance.js';
import type { Program } from '../machine/program.js';
import type { InstanceState } from '../machine/state-digest.js';
import { AskedCall } from './asked-call.js';
import { applyChange, type Change, changeBytes } from './change.js';
import { SessionMachine } from './session-machine.js';
import type { SessionModule } from './session-module.js';
import { copyOfState } from './state-copy.js';

type Step = AskedCall<unknown, unknown> | Change;

/** Where a session began: its state, or how it was opened. */
export type Origin =
  | { readonly state: InstanceState }
  | { readonly fuel: number; readonly transcript: HostTranscript | undefined; readonly context: unknown };

/** Steps, and more of them where the state takes longer to copy. */
const STEPS_MAX = 1024;
const BYTES_A_STEP = 512;
const BYTES_MAX = 4 * 1024 * 1024;
/** The interpreter uses it in about a quarter of a second. */
const FUEL_MAX = 20_000_000;

const STEP_BYTES = 256;

export class Journal {
  #origin: Origin;
  #steps: Step[] = [];
  #bytes = 0;
  #fuel = 0;
  #isWhole: boolean;

  constructor(origin: Origin) {
    this.#origin = origin;
    // An opening whose host functions returned more than is kept cannot be made again.
    this.#isWhole = 'state' in origin || origin.transcript?.isWhole !== false;
  }

  /** The same again, for a session that goes another way from here. */
  copy(): Journal {
    const copy = new Journal(this.#origin);
    copy.#steps = [...this.#steps];
    copy.#bytes = this.#bytes;
    copy.#fuel = this.#fuel;
    copy.#isWhole = this.#isWhole;
    return copy;
  }

  changed(change: Change): void {
    this.#steps.push(change);
    this.#bytes += STEP_BYTES + changeBytes(change);
  }

  called(call: AskedCall<unknown, unknown>, fuelUsed: number): void {
    this.#steps.push(call);
    this.#bytes += callBytes(call);
    this.#fuel += fuelUsed;
    this.#isWhole &&= call.terms.transcript?.isWhole !== false;
  }

  /** Takes back the last step, a call that used so much fuel: it is run again in another way. */
  uncalled(call: AskedCall<unknown, unknown>, fuelUsed: number): void {
    this.#steps.pop();
    this.#bytes -= callBytes(call);
    this.#fuel -= fuelUsed;
  }

  /** Whether it is time to take the state anew. */
  isLong(instance: GuestInstance): boolean {
    const isShort = this.#steps.length <= STEPS_MAX && this.#bytes <= BYTES_MAX && this.#fuel <= FUEL_MAX;
    if (isShort && this.#isWhole) return false;
    // The larger the state the more there has to be for it.
    const bytes = instance.memory?.byteLength ?? 0;
    if (!this.#isWhole || this.#steps.length > Math.max(STEPS_MAX, bytes / BYTES_A_STEP)) return true;
    return this.#bytes > Math.max(BYTES_MAX, bytes) || this.#fuel > Math.max(FUEL_MAX, bytes);
  }

  /** Begins anew with a state, which is copied. */
  restart(state: InstanceState): void {
    this.#origin = { state: copyOfState(state) };
    this.#steps = [];
    this.#bytes = 0;
    this.#fuel = 0;
    this.#isWhole = true;
  }

  /**
   * The session in a program, as it is now.
   * @throws RerunNeeded if the program cannot
   */
  replayed(module: SessionModule, program: Program): SessionMachine {
    const machine = this.#begun(module, program);
    for (const step of this.#steps) {
      if (step instanceof AskedCall) runAgain(machine, step);
      else applyChange(machine.instance, step);
    }
    return machine;
  }

  #begun(module: SessionModule, program: Program): SessionMachine {
    const origin = this.#origin;
    if ('state' in origin) return SessionMachine.restored(module, program, origin.state);
    return SessionMachine.instantiated(module, program, origin.fuel, origin.transcript?.again(), origin.context);
  }
}

function callBytes({ payloadBytes, terms }: AskedCall<unknown, unknown>): number {
  return STEP_BYTES + payloadBytes + (terms.transcript?.bytes ?? 0);
}

function runAgain(machine: SessionMachine, { protocol, terms }: AskedCall<unknown, unknown>): void {
  const { fuel, transcript, context } = terms;
  machine.under(fuel, transcript?.again(), context, () => protocol.run(machine.instance));
}
