/**
 * The journal of a session of one module: with it the session can be made again in any program, as it is where a call begins.
 * docs/SEMANTICS.md, section 10.
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
import { StepJournal } from './step-journal.js';

/** Where a session began: its state, or how it was opened. */
export type Origin =
  | { readonly state: InstanceState }
  | { readonly fuel: number; readonly transcript: HostTranscript | undefined; readonly context: unknown };

export class Journal extends StepJournal<Origin, AskedCall<unknown, unknown>, Change> {
  constructor(origin: Origin) {
    // An opening whose host functions returned more than is kept cannot be made again.
    super(origin, 'state' in origin || origin.transcript?.isWhole !== false);
  }

  /** The same again, for a session that goes another way from here. */
  copy(): Journal {
    const copy = new Journal(this.origin);
    copy.follow(this);
    return copy;
  }

  changed(change: Change): void {
    this.noteChange(change, changeBytes(change));
  }

  /** Whether it is time to take the state anew. */
  isLong(instance: GuestInstance): boolean {
    return this.isLongFor(() => instance.memory?.byteLength ?? 0);
  }

  /** Begins anew with a state, which is copied. */
  restart(state: InstanceState): void {
    this.restartAt({ state: copyOfState(state) });
  }

  /**
   * The session in a program, as it is now.
   * @throws RerunNeeded if the program cannot
   */
  replayed(module: SessionModule, program: Program): SessionMachine {
    const machine = this.#begun(module, program);
    for (const step of this.steps) {
      if (step instanceof AskedCall) runAgain(machine, step);
      else applyChange(machine.instance, step);
    }
    return machine;
  }

  #begun(module: SessionModule, program: Program): SessionMachine {
    const { origin } = this;
    if ('state' in origin) return SessionMachine.restored(module, program, origin.state);
    return SessionMachine.instantiated(module, program, origin.fuel, origin.transcript?.again(), origin.context);
  }
}

function runAgain(machine: SessionMachine, { protocol, terms }: AskedCall<unknown, unknown>): void {
  const { fuel, transcript, context } = terms;
  machine.under(fuel, transcript?.again(), context, () => protocol.run(machine.instance));
}
