/** The table of host functions in docs/HOLOCHAIN.md, generated from the rows. */

import { toHex } from '../../src/base/hash.js';
import type { Generation } from '../../src/boundary/generation.js';
import { type CallbackName, isAllowed } from '../../src/zome/callbacks.js';
import type { HostFunctionRow } from '../../src/zome/host-function.js';
import { HOST_FUNCTIONS } from '../../src/zome/host-functions.js';
import { zomeHostTable } from '../../src/zome/zome-host-table.js';

const BEGIN = '<!-- host functions: begin -->\n';
const END = '<!-- host functions: end -->';

/** The first and the last minor version of each generation. */
const RELEASES = {
  '0.2': ['0.1', '0.2'],
  '0.6': ['0.3', '0.6'],
  '0.7': ['0.7', '0.7'],
} as const satisfies Partial<Record<Generation, readonly [first: string, last: string]>>;

type Column = keyof typeof RELEASES;

const CALLBACKS: readonly CallbackName[] = ['validate', 'genesis_self_check_2', 'init', 'post_commit'];

/** The result for a guest: a value, an error of the function itself, or the error that it may not call it. */
export type Served = 'works' | 'error' | 'denied';

export function servedIn(row: HostFunctionRow, callback: CallbackName, generation: Column): Served {
  // A chain in memory is available for the two later generations.
  const hasCell = generation !== '0.2' && !['validate', 'genesis_self_check_2'].includes(callback);
  if (!isAllowed(callback, row.permissions) || (row.needsCell === true && !hasCell)) return 'denied';
  return row.isRefused === true ? 'error' : 'works';
}

/** Whether the hosts of a generation have the function. */
export function isOf({ releases }: HostFunctionRow, generation: Column): boolean {
  const [first, last] = RELEASES[generation];
  return releases === undefined || (releases[0] <= last && releases[1] >= first);
}

/** The page with the correct table. */
export function withHostFunctions(page: string): string {
  const begin = page.indexOf(BEGIN) + BEGIN.length;
  return page.slice(0, begin) + table() + page.slice(page.indexOf(END));
}

function releasesText({ releases }: HostFunctionRow): string {
  const [first, last] = releases!;
  return first === last ? first : `${first} to ${last}`;
}

const FUEL_UNITS = {
  work: 'for the work',
  perItem: 'an item',
  perDataByte: 'a byte of data',
} as const;

/** `25,000 + 8 a byte + 15,000 for the work`. */
function fuelText({ cost }: HostFunctionRow): string {
  const number = (fuel: number) => fuel.toLocaleString('en-US');
  const more = (Object.keys(FUEL_UNITS) as (keyof typeof FUEL_UNITS)[]).flatMap((rate) => {
    const fuel = cost[rate] ?? 0;
    return fuel === 0 ? [] : [`${number(fuel)} ${FUEL_UNITS[rate]}`];
  });
  return [number(cost.base), `${number(cost.perByte)} a byte`, ...more].join(' + ');
}

function table(): string {
  const generations = Object.keys(RELEASES) as Column[];
  const rows = HOST_FUNCTIONS.map((row) => {
    const name = `\`${row.name.replace('__hc__', '')}\``;
    const inFunction = generations.map((one) => (isOf(row, one) ? servedIn(row, 'zome_function', one) : '–'));
    const inCallbacks = CALLBACKS.map((callback) => servedIn(row, callback, '0.6'));
    const place = row.needsCell === true ? `${name} *` : name;
    return `| ${[place, releasesText(row), ...inFunction, ...inCallbacks, fuelText(row), row.reason].join(' | ')} |`;
  });
  const heads = [
    'function',
    'in hosts',
    ...generations,
    'validate',
    'self check',
    'init',
    'post_commit',
    'fuel',
    'why',
  ];
  const hash = `The price list has the hash \`${toHex(zomeHostTable().hash)}\`.`;
  return [hash, '', `| ${heads.join(' | ')} |`, `|${' --- |'.repeat(heads.length)}`, ...rows, ''].join('\n');
}
