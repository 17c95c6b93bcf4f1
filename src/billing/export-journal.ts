/**
 * The ledger as a journal of plain-text accounting (hledger, ledger, beancount's importers): every posted transfer, and
 * at the end the expected balance of each account, so that `hledger check` fails if a unit is missing or too many.
 * Debits are positive.
 */
import { decimalText } from './amount.js';
import { momentText } from './document.js';
import type { Ledger } from './ledger.js';

/** Lines of the journal, without line ends. */
export async function* journalLines(ledger: Ledger, currency: string, scale: number): AsyncGenerator<string> {
  const commodity = /^[A-Za-z]+$/.test(currency) ? currency : `"${currency.replace(/"/g, '')}"`;
  const amount = (units: bigint) => `${decimalText(units, scale)} ${commodity}`;
  yield `; debits are positive; every digit counts`;
  yield `commodity ${commodity}`;
  yield '';
  const balances = new Map<string, bigint>();
  let day = '1970-01-01';
  for await (const { id, kind, debit, credit, amount: units, at, memo } of ledger.allTransfers()) {
    if ((kind !== 'post' && kind !== 'post-pending') || units === 0n) continue;
    day = momentText(at).slice(0, 10);
    yield `${day} * ${plain(id)}${memo === '' ? '' : `  ; ${plain(memo)}`}`;
    yield `    ${debit}  ${amount(units)}`;
    yield `    ${credit}  ${amount(-units)}`;
    yield '';
  }
  // From the accounts, not from the transfers: the two must agree.
  for (const { id, debitsPosted, creditsPosted } of await ledger.accounts())
    balances.set(id, debitsPosted - creditsPosted);
  if (balances.size === 0) return;
  yield `${day} * balances`;
  for (const [account, units] of balances) yield `    ${account}  ${amount(0n)} = ${amount(units)}`;
}

/** A text that cannot begin a comment or end a line. */
function plain(text: string): string {
  return text.replace(/[;\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}
