/** The journal of a session: a call that is taken back leaves nothing in its sums. */
import { expect } from 'chai';
import type { GuestInstance } from '../../src/machine/instance.js';
import type { InstanceState } from '../../src/machine/state-digest.js';
import type { AskedCall } from '../../src/session/asked-call.js';
import { Journal } from '../../src/session/journal.js';

describe('journal', () => {
  it('is as long as what is in it, however often a call was taken back', () => {
    const journal = new Journal({ state: {} as InstanceState });
    const call = { payloadBytes: 1_000_000, terms: {} } as AskedCall<unknown, unknown>;
    const instance = { memory: undefined } as unknown as GuestInstance;
    for (let i = 0; i < 100; i += 1) {
      journal.called(call, 15_000_000);
      expect(journal.isLong(instance)).to.equal(false);
      journal.uncalled(call, 15_000_000);
    }
    journal.called(call, 15_000_000);
    journal.called(call, 15_000_000);
    expect(journal.isLong(instance)).to.equal(true);
  });
});
