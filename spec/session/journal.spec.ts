/** The journal of a session: a call that is undone leaves nothing in its sums. */
import { expect } from 'chai';
import type { ValueCall } from '../../src/session/asked-call.js';
import { SESSION_CHANGES } from '../../src/session/change.js';
import type { SessionMachine } from '../../src/session/session-machine.js';
import { StepJournal } from '../../src/session/step-journal.js';

describe('journal', () => {
  it('has the length of its contents, however often a call was undone', () => {
    const journal = new StepJournal(SESSION_CHANGES, () => ({}) as SessionMachine, true);
    const call = { payloadBytes: 1_000_000, terms: {} } as ValueCall;
    const machine = { memoryBytes: 0 };
    for (let i = 0; i < 100; i += 1) {
      journal.called(call, 15_000_000);
      expect(journal.isLong(machine)).to.equal(false);
      journal.uncalled(call, 15_000_000);
    }
    journal.called(call, 15_000_000);
    journal.called(call, 15_000_000);
    expect(journal.isLong(machine)).to.equal(true);
  });
});
