/**
 * Section `abi`: one function through direct values, C structs and serialized bytes. `--write` generates
 * docs/ABI-COMPARED.md.
 */
import { writeFileSync } from 'node:fs';
import type { Cell, Section, SectionResult, Table } from '../section.js';
import { type AbiFigures, COUNTS, type Measured, measureAbis, WAYS, type Way } from './measure.js';
import { abiPage } from './page.js';

const PAGE = new URL('../../../docs/ABI-COMPARED.md', import.meta.url);

export const ABI: Section = {
  name: 'abi',
  about: 'one function through direct values, structs and serialized bytes',
  run: async (options) => {
    const figures = await measureAbis(options);
    if (options.write) writeFileSync(PAGE, abiPage(figures));
    return told(figures);
  },
};

function told(figures: AbiFigures): SectionResult {
  return { tables: abiTables(figures), targets: [], notes: figures.notes };
}

const WAY_TITLES: Readonly<Record<Way, string>> = {
  loaded: 'an instance that is kept, arguments there before',
  hot: 'an instance that is kept, arguments brought by each call',
  new: 'a new instance for each call',
};

export function abiTables(figures: AbiFigures): readonly Table[] {
  const counts = COUNTS.filter((count) => figures.calls.some((one) => one.count === count));
  const requests = (count: number) => (count === 1 ? 'one request' : `${count} requests`);
  return [
    ...counts.flatMap((count) =>
      WAYS.map((way) => ({
        title: `${requests(count)} a call, ${WAY_TITLES[way]}: microseconds without receipt, and fuel`,
        rows: figures.calls.filter((one) => one.way === way && one.count === count).map(callRow),
      })),
    ),
    {
      title: 'with receipts: fuel of a call by its receipts, and microseconds',
      rows: figures.receipts.map(({ guest, abi, isKept, count, us, fuel }) => ({
        guest: `${guest.language} ${guest.build}`,
        abi,
        instance: isKept ? 'kept, a session' : 'new',
        requests: count,
        fuel,
        ...us,
      })),
    },
    {
      title: "the host's codec in JavaScript: arguments written and results read, microseconds",
      rows: figures.codecs.map((row) => ({ ...row })),
    },
  ];
}

function callRow({ guest, abi, us, fuel }: Measured): Readonly<Record<string, Cell>> {
  const own = fuel['interpreter'];
  const peers = Object.entries(fuel).filter(([name]) => name.startsWith('wasm'));
  return {
    guest: `${guest.language} ${guest.build}`,
    abi,
    ...us,
    fuel: own,
    ...Object.fromEntries(peers.map(([name, units]) => [`fuel of ${name}`, units])),
  };
}
