/**
 * Large numbers of random histories on one database (`history.ts`). hledger checks the final journals, many in one run,
 * and must refuse some copies with one unit too many.
 */
import fc from 'fast-check';
import { journalLines } from '../../src/billing/export-journal.js';
import type { DatabaseKind } from './databases.js';
import { EmptiedLedger } from './emptied-ledger.js';
import { FailingDatabase } from './failing-database.js';
import { History, type HistoryCounts, stepsOfHistory } from './history.js';
import { firstRefused, hledgerFault, withUnitMore } from './hledger.js';
import { prepareReceipts, TABLE } from './sample-billing.js';

export interface HistoriesOptions {
  readonly count: number;
  readonly seed: number;
  readonly hledger: string | undefined;
  /** Called after each part. */
  readonly progress?: (found: HistoriesFound) => void;
}

export interface HistoriesFound extends HistoryCounts {
  readonly histories: number;
  /** Journals that hledger has accepted. */
  readonly accepted: number;
  /** Journals with one unit too many, all of which it refused. */
  readonly refusedJournals: number;
}

/** Histories per seed and per run of hledger. */
const PART = 500;
/** Tampered journals per part, with one unit too many: each needs a run of hledger. */
const TAMPERED = 5;

type Counts = { -readonly [Key in keyof HistoriesFound]: number };

/**
 * @throws Error for the first history in which the ledger and its model differ, with its seed and the fewest steps that
 * show it
 */
export async function checkHistories(kind: DatabaseKind, options: HistoriesOptions): Promise<HistoriesFound> {
  await prepareReceipts();
  const found: Counts = {
    ...{ histories: 0, steps: 0, lines: 0, refused: 0, crashes: 0, lostReplies: 0 },
    ...{ accepted: 0, refusedJournals: 0 },
  };
  const ledger = await EmptiedLedger.open(kind, History.prepare);
  // One part is checked while the next one runs.
  let checking: Promise<void> = Promise.resolve();
  try {
    for (let part = 0; found.histories < options.count; part += 1) {
      const count = Math.min(PART, options.count - found.histories);
      const seed = options.seed + part;
      const journals = await runPart(ledger, { count, seed }, found);
      await checking;
      checking = options.hledger === undefined ? checking : checkJournals(options.hledger, journals, seed, found);
      // Its failure is thrown by the later await.
      checking.catch(() => undefined);
      options.progress?.(found);
    }
    await checking;
    return found;
  } finally {
    await ledger.close();
  }
}

async function runPart(
  ledger: EmptiedLedger,
  { count, seed }: { readonly count: number; readonly seed: number },
  found: Counts,
): Promise<readonly string[]> {
  const journals: string[] = [];
  const database = new FailingDatabase(ledger.database);
  const property = fc.asyncProperty(stepsOfHistory, async (steps) => {
    await ledger.empty();
    const history = new History(database, () => ledger.accounts());
    await history.begin();
    for (const one of steps) await history.takeChecked(one);
    await history.end();
    const lines: string[] = [];
    for await (const line of journalLines(history.billing.ledger, TABLE.currency, TABLE.scale)) lines.push(line);
    journals.push(lines.join('\n'));
    const { counts } = history;
    for (const name of Object.keys(counts) as (keyof HistoryCounts)[]) found[name] += counts[name];
    found.histories += 1;
  });
  await fc.assert(property, { numRuns: count, seed });
  await ledger.tidy();
  return journals;
}

async function checkJournals(program: string, journals: readonly string[], seed: number, found: Counts): Promise<void> {
  const refused = await firstRefused(program, journals);
  if (refused !== undefined) {
    throw new Error(`seed ${seed}, history ${refused.index}: hledger refuses its journal: ${refused.fault}`);
  }
  found.accepted += journals.length;
  for (let i = 0; i < Math.min(TAMPERED, journals.length); i += 1) {
    const journal = journals[(seed + i * 97) % journals.length]!;
    const false_ = withUnitMore(journal, (amounts) => (seed * 31 + i * 17) % amounts);
    if ((await hledgerFault(program, false_)) === undefined) {
      throw new Error(`seed ${seed}: hledger accepts a journal with a unit too much:\n${false_}`);
    }
    found.refusedJournals += 1;
  }
}
