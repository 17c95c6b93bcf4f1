/** The property of random linked programs, for any number of them. */
import { expect } from 'chai';
import fc from 'fast-check';
import { seenInHost, seenInSession } from './beside-v8.js';
import { linkedPrograms } from './linked-program.js';

export function compareWithHost(numRuns: number): void {
  it('have the same results in the host and in the other tier', async () => {
    const ends = new Set<string>();
    await fc.assert(
      fc.asyncProperty(linkedPrograms, fc.nat(5), async (program, fork) => {
        const host = seenInHost(program);
        const interpreter = await seenInSession(program, 'interpreter', () => false);
        const instrumented = await seenInSession(program, 'instrumented', (call) => call === fork);
        for (const step of interpreter.steps) ends.add(/^\d+$/.test(step) ? 'returned' : step.split(' ')[0]!);
        expect(interpreter.steps).to.deep.equal(host.steps);
        expect(instrumented).to.deep.equal(interpreter);
      }),
      { numRuns },
    );
    // A small number of programs need not reach every kind of end.
    if (numRuns >= 100) expect([...ends]).to.include.members(['linked', 'trapped', 'returned', 'unlinkable']);
  });
}
