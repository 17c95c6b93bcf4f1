/**
 * The results of a run: verdict, receipts of both tiers, fuel by part, flame graph; and a comparison with another
 * receipt.
 */
import { showFlameGraph } from '../src/profile/flame-view.js';
import { byId, grouped, make } from './elements.js';
import type { Ran, RanCall } from './messages.js';

/** Explanations of a receipt's fields for a new user. */
const FIELD_TEXTS: Readonly<Record<string, string>> = {
  profile: 'the meaning of instructions, by name',
  schedule: 'hash of the price list',
  limits: 'hash of the limits',
  hosts: 'hash of the prices of host functions',
  module: 'hash of the module',
  export: 'the function that was called',
  input: 'hash of what it was given',
  fuel: 'limit, use, and use by part',
  outcome: 'how it ended',
  output: 'hash of what it returned',
  pages: 'of memory at the end, 64 KiB each',
  hostCalls: 'hash of all that it asked its host',
  hash: 'of all above: the same hash, the same receipt',
};

export class ResultView {
  #last: Ran | undefined;

  constructor() {
    byId('other').addEventListener('input', () => this.#compare());
  }

  show(ran: Ran): void {
    this.#last = ran;
    const [first, second] = ran.tiers;
    byId('result').hidden = false;
    const verdict = first!.verdict ?? first!.calls.map(({ outcome }) => outcome).join('; ');
    const place = byId('verdict');
    place.textContent = verdict;
    place.className = /^(Valid|returned)/.test(verdict) ? 'good' : /^Unresolved/.test(verdict) ? '' : 'error';
    this.#showEqual(ran);
    byId('times').textContent = ran.tiers
      .map(({ asked, milliseconds }) => `${asked} ${milliseconds.toFixed(1)} ms`)
      .join(', ');
    byId('calls').replaceChildren(...first!.calls.map((call, i) => callSection(call, second?.calls[i])));
    const flame = byId('flame');
    flame.replaceChildren();
    if (ran.flame !== undefined) showFlameGraph(flame, ran.flame);
    this.#compare();
  }

  #showEqual({ tiers, expected }: Ran): void {
    const [, second] = tiers;
    const [hashes, others] = tiers.map(({ calls }) => calls.map(({ receipt }) => receipt.hash).join());
    const hasBoth = second?.ran.every((tier) => tier === 'instrumented') === true;
    const equal = byId('equal');
    equal.textContent =
      second === undefined
        ? 'The other tier is being made.'
        : hashes !== others
          ? 'The tiers differ: this is a bug of assay.'
          : hasBoth
            ? 'Both tiers gave the same receipt.'
            : 'This browser ran both calls in the interpreter; the receipts are the same.';
    equal.className = second === undefined ? '' : hashes === others ? 'good' : 'error';
    const replayed = byId('expected');
    replayed.textContent = expected ?? '';
    replayed.className = expected?.startsWith('This is') === true ? 'good' : 'error';
  }

  /** Compares the first receipt with one that was pasted: its hash, or its JSON. */
  #compare(): void {
    const given = byId<HTMLTextAreaElement>('other').value.trim();
    const result = byId('compared');
    const ours = this.#last?.tiers[0]?.calls[0]?.receipt as unknown as Record<string, unknown> | undefined;
    if (given === '' || ours === undefined) {
      result.textContent = '';
      return;
    }
    const { text, isSame } = /^[0-9a-f]{64}$/.test(given) ? comparedHash(given, ours) : comparedJson(given, ours);
    result.textContent = text;
    result.className = isSame ? 'good' : 'error';
  }
}

interface Compared {
  readonly text: string;
  readonly isSame: boolean;
}

const SAME: Compared = { text: 'This is the same receipt.', isSame: true };

function comparedHash(given: string, ours: Readonly<Record<string, unknown>>): Compared {
  if (given === ours['hash']) return SAME;
  return { text: 'The hash is another one: paste the JSON of the receipt to see where.', isSame: false };
}

function comparedJson(given: string, ours: Readonly<Record<string, unknown>>): Compared {
  let theirs: Readonly<Record<string, unknown>>;
  try {
    theirs = JSON.parse(given) as Readonly<Record<string, unknown>>;
  } catch {
    return { text: 'This is neither a hash nor the JSON of a receipt.', isSame: false };
  }
  // A result of the command line contains the receipt.
  const inside = (theirs?.['receipt'] ?? theirs) as Readonly<Record<string, unknown>> | null;
  if (typeof inside !== 'object' || inside === null || !('module' in inside))
    return { text: 'This JSON is not that of a receipt.', isSame: false };
  const field = Object.keys(ours).find((name) => sorted(ours[name]) !== sorted(inside[name]));
  if (field === undefined) return SAME;
  const text = `The first field that differs is ${field}: here ${sorted(ours[field])}, there ${sorted(inside[field] ?? null)}.`;
  return { text, isSame: false };
}

/** JSON with sorted keys, because another writer may use another order. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function callSection(call: RanCall, other: RanCall | undefined): HTMLElement {
  const { receipt, hostCalls, backtrace } = call;
  const { used, limit } = receipt.fuel;
  return make('section', [
    make('h3', `${call.name}: ${call.outcome}`),
    make('p', `${grouped(used)} units of fuel of ${grouped(limit)}`),
    bars(call),
    ...listed('host calls', hostCalls),
    ...listed('frames, innermost first', backtrace),
    receiptTable(call, other),
  ]);
}

function bars({ receipt }: RanCall): HTMLElement {
  const { used, parts } = receipt.fuel;
  const rows = Object.entries(parts).map(([part, units]) => {
    const bar = make('meter');
    bar.max = used;
    bar.value = units;
    bar.textContent = grouped(units);
    const share = used === 0 ? 0 : (100 * units) / used;
    return make('label', [make('span', `${part} ${grouped(units)} (${share.toFixed(1)} %)`), bar]);
  });
  return make('div', rows, 'bars');
}

function receiptTable({ receipt }: RanCall, other: RanCall | undefined): HTMLElement {
  const head = make(
    'tr',
    ['field', 'interpreter', 'instrumented'].map((text) => {
      const cell = make('th', text);
      cell.scope = 'col';
      return cell;
    }),
  );
  const rows = Object.entries(receipt).map(([name, value]) => {
    const theirs = other === undefined ? '…' : (other.receipt as unknown as Record<string, unknown>)[name];
    const [left, right] = [value, theirs].map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one)));
    const header = make('th', [make('span', name), make('small', FIELD_TEXTS[name] ?? '')]);
    header.scope = 'row';
    const same = left === right;
    return make('tr', [header, make('td', left!), make('td', same ? 'the same' : right!, same ? 'same' : 'error')]);
  });
  const table = make('table', [make('caption', 'Receipt'), make('thead', [head]), make('tbody', rows)]);
  const wide = make('div', [table], 'wide');
  wide.tabIndex = 0;
  wide.setAttribute('role', 'region');
  wide.setAttribute('aria-label', 'Receipt');
  return wide;
}

function listed(summary: string, rows: readonly string[]): readonly Node[] {
  if (rows.length === 0) return [];
  const items = rows.map((row) => make('li', row));
  return [make('details', [make('summary', `${rows.length} ${summary}`), make('ol', items)])];
}
