/**
 * What has happened to a session since a state of it that is known. Invariant: what is kept is bounded; from time to time the state is
 * taken anew, at a cost that is small against that of the calls since. docs/SEMANTICS.md, section 10.
 */
import type { CallTerms } from './asked-call.js';

/** What a journal looks at in a call. */
export interface JournalledCall {
  readonly terms: Pick<CallTerms, 'transcript'>;
  readonly payloadBytes: number;
}

/** Steps, and more of them where the state takes longer to copy. */
const STEPS_MAX = 1024;
const BYTES_A_STEP = 512;
const BYTES_MAX = 4 * 1024 * 1024;
/** The interpreter uses it in about a quarter of a second. */
const FUEL_MAX = 20_000_000;

const STEP_BYTES = 256;

export class StepJournal<Origin, Call extends JournalledCall, Change> {
  protected steps: (Call | Change)[] = [];
  #bytes = 0;
  #fuel = 0;

  /** @param isWhole whether all can be done again from there */
  constructor(
    protected origin: Origin,
    protected isWhole: boolean,
  ) {}

  /** Takes over what another has. */
  protected follow(other: StepJournal<Origin, Call, Change>): void {
    this.steps = [...other.steps];
    this.#bytes = other.#bytes;
    this.#fuel = other.#fuel;
    this.isWhole = other.isWhole;
  }

  /** @param bytes of the host's memory that it takes, about */
  protected noteChange(change: Change, bytes: number): void {
    this.steps.push(change);
    this.#bytes += STEP_BYTES + bytes;
  }

  called(call: Call, fuelUsed: number): void {
    this.steps.push(call);
    this.#bytes += callBytes(call);
    this.#fuel += fuelUsed;
    this.isWhole &&= call.terms.transcript?.isWhole !== false;
  }

  /** Takes back the last step, a call that used so much fuel: it is run again in another way. */
  uncalled(call: Call, fuelUsed: number): void {
    this.steps.pop();
    this.#bytes -= callBytes(call);
    this.#fuel -= fuelUsed;
  }

  /** Whether it is time to take the state anew, which has about so many bytes. */
  protected isLongFor(stateBytes: () => number): boolean {
    const isShort = this.steps.length <= STEPS_MAX && this.#bytes <= BYTES_MAX && this.#fuel <= FUEL_MAX;
    if (isShort && this.isWhole) return false;
    // The larger the state the more there has to be for it.
    const bytes = stateBytes();
    if (!this.isWhole || this.steps.length > Math.max(STEPS_MAX, bytes / BYTES_A_STEP)) return true;
    return this.#bytes > Math.max(BYTES_MAX, bytes) || this.#fuel > Math.max(FUEL_MAX, bytes);
  }

  /** Begins anew. */
  protected restartAt(origin: Origin): void {
    this.origin = origin;
    this.steps = [];
    this.#bytes = 0;
    this.#fuel = 0;
    this.isWhole = true;
  }
}

function callBytes({ payloadBytes, terms }: JournalledCall): number {
  return STEP_BYTES + payloadBytes + (terms.transcript?.bytes ?? 0);
}
