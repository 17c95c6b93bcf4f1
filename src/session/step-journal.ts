/**
 * What has happened to a session since a known state. From it the session can be recreated in any tier, as it is
 * between two steps. Invariant: the journal is bounded; from time to time a new state is saved, at a cost that is small
 * compared with the calls since. docs/SEMANTICS.md, section 10.
 */
import type { TextBytes } from '../base/text-bytes.js';
import type { TierName } from '../machine/program.js';
import type { AskedStep } from './asked-step.js';
import type { Origin, StepMachine } from './step-machine.js';

/** The changes of a kind of session: what the host does to the machine between two steps. */
export interface ChangeForm<M, C> {
  /** Applies the change. The caller has checked that it is possible. */
  apply(machine: M, change: C): void;
  /** Its canonical bytes. */
  write(bytes: TextBytes, change: C): void;
  /** About how many bytes of the host's memory it takes. */
  size(change: C): number;
}

/** The part of a step that a journal uses. */
type Journalled<M> = Pick<AskedStep<M, unknown, unknown, unknown>, 'terms' | 'payloadBytes' | 'run'>;

/** Number of steps; more if the state takes longer to copy. */
const STEPS_MAX = 1024;
const BYTES_A_STEP = 512;
const BYTES_MAX = 4 * 1024 * 1024;
/** The interpreter uses it in about a quarter of a second. */
const FUEL_MAX = 20_000_000;

const STEP_BYTES = 256;

export class StepJournal<M extends StepMachine<M>, C extends object> {
  readonly #changes: ChangeForm<M, C>;
  #origin: Origin<M>;
  #isWhole: boolean;
  #steps: (Journalled<M> | C)[] = [];
  #bytes = 0;
  #fuel = 0;

  /** @param isWhole whether everything can be repeated from there */
  constructor(changes: ChangeForm<M, C>, origin: Origin<M>, isWhole: boolean) {
    this.#changes = changes;
    this.#origin = origin;
    this.#isWhole = isWhole;
  }

  /** A copy, for a session that continues differently from here. */
  copy(): StepJournal<M, C> {
    const copy = new StepJournal(this.#changes, this.#origin, this.#isWhole);
    copy.#steps = [...this.#steps];
    copy.#bytes = this.#bytes;
    copy.#fuel = this.#fuel;
    return copy;
  }

  changed(change: C): void {
    this.#steps.push(change);
    this.#bytes += STEP_BYTES + this.#changes.size(change);
  }

  called(step: Journalled<M>, fuelUsed: number): void {
    this.#steps.push(step);
    this.#bytes += bytesOf(step);
    this.#fuel += fuelUsed;
    this.#isWhole &&= step.terms.transcript?.isWhole !== false;
  }

  /** Removes the last step, a call that used this much fuel, because it is run again differently. */
  uncalled(step: Journalled<M>, fuelUsed: number): void {
    this.#steps.pop();
    this.#bytes -= bytesOf(step);
    this.#fuel -= fuelUsed;
  }

  /** Whether it is time to save a new state. */
  isLong(machine: Pick<M, 'memoryBytes'>): boolean {
    const isShort = this.#steps.length <= STEPS_MAX && this.#bytes <= BYTES_MAX && this.#fuel <= FUEL_MAX;
    if (isShort && this.#isWhole) return false;
    // The larger the state, the longer the journal may be.
    const bytes = machine.memoryBytes;
    if (!this.#isWhole || this.#steps.length > Math.max(STEPS_MAX, bytes / BYTES_A_STEP)) return true;
    return this.#bytes > Math.max(BYTES_MAX, bytes) || this.#fuel > Math.max(FUEL_MAX, bytes);
  }

  /** Starts again with the state of the machine. */
  restart(machine: M): void {
    this.#origin = machine.kept();
    this.#steps = [];
    this.#bytes = 0;
    this.#fuel = 0;
    this.#isWhole = true;
  }

  /**
   * The current state of the session, in a tier.
   * @throws RerunNeeded if the host cannot
   */
  replayed(tier: TierName): M {
    const machine = this.#origin(tier);
    for (const step of this.#steps) {
      if ('terms' in step) runAgain(machine, step);
      else this.#changes.apply(machine, step);
    }
    return machine;
  }
}

function bytesOf<M>({ payloadBytes, terms }: Journalled<M>): number {
  return STEP_BYTES + payloadBytes + (terms.transcript?.bytes ?? 0);
}

function runAgain<M extends StepMachine<M>>(machine: M, step: Journalled<M>): void {
  const { fuel, transcript, context } = step.terms;
  machine.under({ fuel, transcript: transcript?.again(), context }, () => step.run(machine));
}
