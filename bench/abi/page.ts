/** docs/ABI-COMPARED.md, generated from the figures of a run: tables, and sentences with computed numbers. */
import { tableText } from '../report.js';
import { ABIS } from './abis.js';
import type { AbiFigures, AbiGuest, Measured } from './measure.js';

const NAMES = ABIS.map(({ name }) => name);
/** The ranking in the study of wasm-simulator, fastest first. */
const RANKING = ['direct values', 'struct, static', 'MessagePack'];
const isBest = ({ build }: AbiGuest) => build === '-O3';

type Select = Partial<Record<'guest' | 'abi' | 'way', string>> & { readonly count?: number };

function nameOf({ language, build }: AbiGuest): string {
  return `${language} ${build}`;
}

class Calls {
  constructor(readonly all: readonly Measured[]) {}

  readonly engines = (): readonly string[] => Object.keys(this.all[0].us);

  /** @throws Error if this was not measured */
  one(guest: string, abi: string, way: string, count: number): Measured {
    const found = this.all.find(
      (call) => nameOf(call.guest) === guest && call.abi === abi && call.way === way && call.count === count,
    );
    if (found === undefined) throw new Error(`not measured: ${guest}, ${abi}, ${way}, ${count}`);
    return found;
  }

  guests({ way = 'hot', count = 1 }: Select, wanted: (guest: AbiGuest) => boolean): readonly string[] {
    const calls = this.all.filter((call) => call.way === way && call.count === count && wanted(call.guest));
    return [...new Set(calls.map(({ guest }) => nameOf(guest)))];
  }
}

export function abiPage({ calls: all, receipts, codecs, notes }: AbiFigures): string {
  const calls = new Calls(all);
  const best = calls.guests({}, isBest);
  return `${filled(
    [
      '# ABIs compared',
      `What it costs to hand a guest its arguments. One function, a score of a key (64 bits) and a size (32 bits), is reached in five
ways: by direct values; through a C struct that lies in the guest's static memory, or in memory that the guest allocates; and
as serialized bytes, MessagePack and CBOR, by the byte ABI of zomes ([ABI](ABI.md)). The guests are in \`vectors/guests/abi\`: C
and AssemblyScript with a codec by hand, Rust with serde (\`rmp-serde\`, \`ciborium\`). This page is made by

    npm run bench -- abi --write

(Node ${process.version}). Fuel is exact and the same everywhere. A time is the median of rounds in which all take turns, on a machine
that had other work: read times as ratios.`,
      '## Which one to choose',
      choice(calls, best),
      '## Fuel',
      `A call with one request, arguments brought by the call, instance kept; no receipt, so no charge for the boundary:\n\n${fuelTable(calls, best)}`,
      '## Time',
      'The same call, microseconds without a receipt. `WebAssembly` is bare V8, wasmtime and wasmi run with fuel:',
      timeTable(calls, best, 'hot'),
      "Arguments that lie there before the call (a struct that the host has written; serialized bytes are the guest's, which frees them, so they are written for each call):",
      timeTable(calls, best, 'loaded'),
      'A new instance for each call, as the engine gives by default:',
      timeTable(calls, best, 'new'),
      "What the host's own codec adds, in JavaScript: arguments written and results read.",
      untitled(codecs.map((row) => ({ ...row }))),
      '## Many requests in a call',
      'Fuel for each request, by how many a call takes (direct values take one a call):',
      perRequestTable(calls, best),
      '## Does the ranking hold?',
      ranking(calls, best),
      '## Do optimisers help?',
      optimisers(calls),
      '## With receipts',
      `As a user of the package calls: \`call\` and \`callBytes\` with a new instance, or in a session; a struct needs a session, if only for
one call. Fuel is what the receipts of the call say, the boundary and a new instance's pages included; microseconds with all receipts
made and the codec's work.`,
      untitled(
        receipts.map(({ guest, abi, isKept, count, us, fuel }) => ({
          guest: nameOf(guest),
          abi,
          instance: isKept ? 'kept' : 'new',
          requests: count,
          fuel,
          ...us,
        })),
      ),
      ...notes.map((note) => `Note: ${note}.`),
    ].join('\n\n'),
  )}\n`;
}

const WIDTH = 118;

/** Wraps prose to the width of the page; tables, headings and code are unchanged. */
function filled(text: string): string {
  const isProse = (block: string) => !/^(\||#| {4})/.test(block);
  return text
    .split('\n\n')
    .map((block) =>
      isProse(block)
        ? block
            .split(/\n(?=\* )/)
            .map(filledItem)
            .join('\n')
        : block,
    )
    .join('\n\n');
}

function filledItem(item: string): string {
  const indent = item.startsWith('* ') ? '  ' : '';
  let [line = '', ...lines]: string[] = [];
  for (const word of item.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines = [...lines, line];
      line = indent + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

function untitled(rows: Parameters<typeof tableText>[0]['rows']): string {
  return tableText({ title: '', rows }).replace(/^:\n\n/, '');
}

const ratio = (value: number) => (value >= 10 ? value.toFixed(0) : value.toFixed(1));

function fuelOf(call: Measured): number {
  return call.fuel['interpreter'];
}

function choice(calls: Calls, best: readonly string[]): string {
  const times = (guest: string, abi: string) =>
    ratio(fuelOf(calls.one(guest, abi, 'hot', 1)) / fuelOf(calls.one(guest, 'direct values', 'hot', 1)));
  const range = (abi: string) => {
    const all = best.map((guest) => Number(times(guest, abi)));
    return `${Math.min(...all)} to ${Math.max(...all)}`;
  };
  const anew = best.map((guest) => {
    const [direct, bytes] = ['direct values', 'MessagePack'].map((abi) => fuelOf(calls.one(guest, abi, 'new', 1)));
    return `${guest} ${ratio(bytes / direct)}`;
  });
  return `* A callback of a zome has no choice: Holochain hands it MessagePack. What is open is the codec. By hand in C the whole call takes
  ${fuelOf(calls.one(best[0], 'MessagePack', 'hot', 1))} units for one request, by serde in Rust ${fuelOf(calls.one(best.at(-1)!, 'MessagePack', 'hot', 1))}.
* Where the ABI is yours and the arguments are a few numbers, take direct values. A struct in static memory costs ${range('struct, static')} times
  their fuel, one in dynamic memory ${range('struct, dynamic')} times, MessagePack ${range('MessagePack')}, CBOR ${range('CBOR')}.
* For many numbers, or many requests, write an array of structs into static memory and call once: the cheapest that carries more than a
  few values, and it needs no allocator.
* Serialize where both sides change apart from each other. Between MessagePack and CBOR the choice of the library counts for more than
  the format.
* With a new instance for each call all of this is small beside the instance: MessagePack in place of direct values makes the whole call
  ${anew.join(', ')} times as dear. A session (\`assay/session\`) takes that price once.`;
}

function fuelTable(calls: Calls, guests: readonly string[]): string {
  return untitled(
    guests.flatMap((guest) =>
      NAMES.map((abi) => {
        const call = calls.one(guest, abi, 'hot', 1);
        const direct = calls.one(guest, 'direct values', 'hot', 1);
        const { interpreter: fuel, instrumented, ...others } = call.fuel;
        if (fuel !== instrumented) throw new Error(`${guest}, ${abi}: the tiers differ in fuel`);
        return { guest, abi, fuel, 'of direct': fuel / fuelOf(direct), ...others };
      }),
    ),
  );
}

function timeTable(calls: Calls, guests: readonly string[], way: string): string {
  return untitled(guests.flatMap((guest) => NAMES.map((abi) => ({ guest, abi, ...calls.one(guest, abi, way, 1).us }))));
}

function perRequestTable(calls: Calls, guests: readonly string[]): string {
  const counts = [...new Set(calls.all.map(({ count }) => count))];
  return untitled(
    guests.flatMap((guest) =>
      NAMES.map((abi) => ({
        guest,
        abi,
        ...Object.fromEntries(
          counts.map((count) => [`${count} a call`, fuelOf(calls.one(guest, abi, 'hot', count)) / count]),
        ),
      })),
    ),
  );
}

/** The ABIs of the ranking, ordered by a measure. */
function orderOf(measure: (abi: string) => number): string {
  return [...RANKING].sort((a, b) => measure(a) - measure(b)).join(' < ');
}

function ranking(calls: Calls, guests: readonly string[]): string {
  const wanted = RANKING.join(' < ');
  const engines = calls.engines();
  const counts = [...new Set(calls.all.map(({ count }) => count))];
  const rows = counts.flatMap((count) =>
    guests.map((guest) => ({
      guest,
      requests: count,
      'by fuel': orderOf((abi) => fuelOf(calls.one(guest, abi, 'hot', count))) === wanted ? 'holds' : 'another order',
      ...Object.fromEntries(
        engines.map((engine) => {
          const order = orderOf((abi) => calls.one(guest, abi, 'hot', count).us[engine]);
          return [
            engine,
            order === wanted ? 'holds' : order.replaceAll('direct values', 'direct').replaceAll('struct, ', ''),
          ];
        }),
      ),
    })),
  );
  const held = (verdicts: readonly string[]) =>
    `${verdicts.filter((verdict) => verdict === 'holds').length} of ${verdicts.length}`;
  const byTime = (wantedRows: typeof rows) =>
    held(wantedRows.flatMap((row) => engines.map((engine) => row[engine as keyof typeof row] as string)));
  const isOne = ({ requests }: { readonly requests: number }) => requests === 1;
  return `The study's order is ${wanted}. With arguments brought by each call and the instance kept, it holds by fuel in
${held(rows.map((row) => row['by fuel']))} cases; by time with one request a call in ${byTime(rows.filter(isOne))}, with more in
${byTime(rows.filter((row) => !isOne(row)))}: there direct values cross once for each request, and a static struct overtakes them.

${untitled(rows)}`;
}

function optimisers(calls: Calls): string {
  const guests = calls.guests({ count: 1 }, () => true);
  const rows = guests.flatMap((guest) =>
    NAMES.filter((abi) => abi !== 'CBOR').map((abi) => {
      const call = calls.one(guest, abi, 'hot', 1);
      return { guest, abi, fuel: fuelOf(call), ...call.us };
    }),
  );
  const languages = [...new Set(calls.all.map(({ guest }) => guest.language))].filter((language) =>
    guests.includes(`${language} -O0`),
  );
  const gain = (language: string, abi: string) => {
    const [plain, best] = ['-O0', '-O3'].map((build) => fuelOf(calls.one(`${language} ${build}`, abi, 'hot', 1)));
    return `${language} ${ratio(plain / best)}`;
  };
  const gains = (abi: string) => languages.map((language) => gain(language, abi)).join(', ');
  const optimised = 'C -O0, wasm-opt -O3';
  const byTool = guests.includes(optimised)
    ? ` What \`wasm-opt -O3\` alone makes of C at -O0 costs ${ratio(
        fuelOf(calls.one(optimised, 'MessagePack', 'hot', 1)) / fuelOf(calls.one('C -O3', 'MessagePack', 'hot', 1)),
      )} times the fuel of -O3 with MessagePack, and ${ratio(
        fuelOf(calls.one(optimised, 'direct values', 'hot', 1)) / fuelOf(calls.one('C -O3', 'direct values', 'hot', 1)),
      )} times with direct values.`
    : '';
  return `The study says that optimisers do not help small calls. In time that is so: a call of a few instructions is mostly the crossing. In
fuel, which is what is billed, it is not: -O0 costs, times -O3, with direct values ${gains('direct values')}; with MessagePack
${gains('MessagePack')}.${byTool}

${untitled(rows)}`;
}
