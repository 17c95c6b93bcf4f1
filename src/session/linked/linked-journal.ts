/** The journal of a linked session: with it the session can be made again in any tier. docs/SEMANTICS.md, section 11. */
import type { TierName } from '../../machine/program.js';
import { copyOfMemory } from '../state-copy.js';
import { StepJournal } from '../step-journal.js';
import type { AskedStep } from './asked-step.js';
import { applyLinkedChange, type LinkedChange, linkedChangeBytes } from './linked-change.js';
import { LinkedMachine } from './linked-machine.js';
import type { LinkedState } from './linked-state.js';
import type { ResolvedLink } from './module-link.js';
import { restoredMachine } from './restored-machine.js';

/** Modules, and the state of a store with them; none before the opening, which is then the first step. */
interface LinkedOrigin {
  readonly links: readonly ResolvedLink[];
  readonly state: LinkedState | undefined;
}

export class LinkedJournal extends StepJournal<LinkedOrigin, AskedStep<unknown, unknown>, LinkedChange> {
  /** @param links at least the first module */
  constructor(links: readonly ResolvedLink[]) {
    super({ links, state: undefined }, true);
  }

  /** The same again, for a session that goes another way from here. */
  copy(): LinkedJournal {
    const copy = new LinkedJournal(this.origin.links);
    copy.origin = this.origin;
    copy.follow(this);
    return copy;
  }

  changed(change: LinkedChange): void {
    this.noteChange(change, linkedChangeBytes(change));
  }

  /** Whether it is time to take the state anew. */
  isLong(machine: LinkedMachine): boolean {
    return this.isLongFor(() => machine.memoryBytes);
  }

  /** Begins anew with a state, which is copied. */
  restart(machine: LinkedMachine): void {
    this.restartAt({ links: machine.links, state: copyOfLinkedState(machine.state()) });
  }

  /** @throws RerunNeeded if the tier cannot */
  replayed(tier: TierName): LinkedMachine {
    const { links, state } = this.origin;
    const machine =
      state === undefined ? new LinkedMachine(tier, links[0]) : restoredMachine(tier, links[0], links, state);
    for (const step of this.steps) {
      if ('kind' in step) applyLinkedChange(machine, step);
      else runAgain(machine, step);
    }
    return machine;
  }
}

function runAgain(machine: LinkedMachine, step: AskedStep<unknown, unknown>): void {
  const { fuel, transcript, context } = step.terms;
  machine.under(fuel, transcript?.again(), context, () => step.run(machine));
}

/** A state whose memories are nobody else's. */
function copyOfLinkedState(state: LinkedState): LinkedState {
  return {
    ...state,
    memories: state.memories.map(({ pages, memory }) => ({ pages, memory: copyOfMemory({ memory }) })),
  };
}
