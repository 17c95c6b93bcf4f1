/**
 * Random histories on both databases against a model of plain numbers. `npm run billing -- --only histories` runs as
 * many as time permits, and lets hledger check the final state of each.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { onEachDatabase } from './databases.js';
import { EmptiedLedger } from './emptied-ledger.js';
import { FailingDatabase } from './failing-database.js';
import { History, stepsOfHistory } from './history.js';
import { prepareReceipts } from './sample-billing.js';

const HISTORIES = 40;

onEachDatabase('billing: histories', (kind) => {
  let database: FailingDatabase;
  let ledger: EmptiedLedger;

  before(async () => {
    await prepareReceipts();
    ledger = await EmptiedLedger.open(kind, History.prepare);
    database = new FailingDatabase(ledger.database);
  });
  after(() => ledger?.close());

  it('agree with the model after every step', async () => {
    const count = { histories: 0, lines: 0, refused: 0, crashes: 0 };
    await fc.assert(
      fc.asyncProperty(stepsOfHistory, async (steps) => {
        await ledger.empty();
        const history = new History(database, () => ledger.accounts());
        await history.begin();
        for (const one of steps) await history.takeChecked(one);
        await history.end();
        const { lines, refused, crashes } = history.counts;
        count.histories += 1;
        count.lines += lines;
        count.refused += refused;
        count.crashes += crashes;
      }),
      { numRuns: HISTORIES },
    );
    // An event that never happened was not checked.
    const { histories } = count;
    expect(count.lines, 'lines').to.be.greaterThan(histories / 10);
    expect(count.crashes, 'crashes').to.be.greaterThan(histories / 20);
    expect(count.refused, 'refusals').to.be.greaterThan(0);
  });
});
