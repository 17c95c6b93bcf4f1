/**
 * Section `guests`: the raw guests on a tier, on the host's bare `WebAssembly` and on other engines, in one process.
 */

import { printValue, toNumber } from '../src/wasm/value.js';
import { BARE, type GuestRunner, hasWasm3, POLYWASM, type ReadyGuest, tierRunner, WASM3 } from './guest-runners.js';
import { type RawGuest, readRawGuests } from './raw-guests.js';
import type { Cell, Section, SectionOptions, SectionResult, Target } from './section.js';
import { type Elapsed, geometricMean, interleaved, timed } from './time.js';

/** The bounds for the interpreter. */
const BARE_RATIO_MEAN_MAX = 25;
const BARE_RATIO_MAX = 55;
const WASM3_RATIO_MEAN_MAX = 2.5;

/** The bounds for the instrumented tier. */
const INSTRUMENTED_MEAN_MAX = 1.35;
const INSTRUMENTED_N_BODY_MAX = 1.7;

const TITLE = 'time of the same call, and ratios';

/** Decimals to which a printed float must agree. */
const DECIMALS = 6;

/** WebAssembly is fast: it runs this often in one measurement, and its time is divided. */
const BARE_REPEATS = 4;

export const GUESTS: Section = {
  name: 'guests',
  about: 'running time beside other engines',
  run: (options) => {
    const guests = readRawGuests();
    const notes: string[] = [];
    const runners = [tierRunner(options.tier), BARE, POLYWASM];
    if (hasWasm3()) runners.push(WASM3);
    else notes.push('wasm3 was left out: there is no wasm3 on the PATH');
    const times = guests.map((guest) => timesOf(guest, runners, options));
    return { ...told(guests, times, options.tier.name), notes };
  },
};

type Times = Readonly<Record<string, number>>;

function timesOf(guest: RawGuest, runners: readonly GuestRunner[], options: SectionOptions): Times {
  const works: Record<string, () => Elapsed> = {};
  for (const runner of runners) {
    const ready = runner.prepare(guest);
    ready(guest.args);
    if (runner === BARE) ready(guest.benchArgs);
    works[runner.name] = () => {
      options.progress(`${guest.name} on ${runner.name}`);
      return measure(guest, runner, ready);
    };
  }
  return interleaved(options.rounds, works);
}

function measure(guest: RawGuest, runner: GuestRunner, ready: ReadyGuest): Elapsed {
  const repeats = runner === BARE ? BARE_REPEATS : 1;
  let result = '';
  const elapsed = timed(() => {
    for (let i = 0; i < repeats; i++) result = ready(guest.benchArgs);
  });
  check(guest, runner, result);
  const wallMs = elapsed.wallMs / repeats;
  const cpuMs = (ready.childCpuMs?.() ?? elapsed.cpuMs) / repeats;
  return { ms: Math.min(wallMs, cpuMs), wallMs, cpuMs };
}

function check(guest: RawGuest, runner: GuestRunner, result: string): void {
  const wanted = printValue(guest.benchResult);
  if (result === wanted) return;
  const isDecimal = runner.printsDecimals === true && guest.benchResult.type.startsWith('f');
  const near = isDecimal && Math.abs(decimal(result) - Number(toNumber(guest.benchResult))) < 10 ** -DECIMALS;
  if (!near) throw new Error(`${guest.name} on ${runner.name} answered ${result}, not ${wanted}`);
}

function decimal(text: string): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt(text.slice(4)));
  return view.getFloat64(0);
}

function told(
  guests: readonly RawGuest[],
  times: readonly Times[],
  tier: string,
): Pick<SectionResult, 'tables' | 'targets'> {
  const others = Object.keys(times[0]!).filter((name) => name !== tier);
  const rows: Record<string, Cell>[] = guests.map((guest, i) => {
    const own = times[i]!;
    const row: Record<string, Cell> = { guest: guest.name };
    for (const name of [tier, ...others]) row[`${name} ms`] = own[name];
    for (const name of others) row[`/ ${name}`] = own[tier]! / own[name]!;
    return row;
  });
  const ratios = (name: string) => times.map((own) => own[tier]! / own[name]!);
  const mean: Record<string, Cell> = { guest: 'geometric mean' };
  for (const name of others) mean[`/ ${name}`] = geometricMean(ratios(name));
  if (tier !== 'interpreter') {
    const nBody = times[guests.findIndex(({ name }) => name === 'n-body')]!;
    return {
      tables: [{ title: TITLE, rows: [...rows, mean] }],
      targets: [
        {
          name: `${tier} beside WebAssembly, geometric mean`,
          measured: geometricMean(ratios('WebAssembly')),
          bound: INSTRUMENTED_MEAN_MAX,
          unit: 'times',
        },
        {
          name: `${tier} beside WebAssembly, n-body`,
          measured: nBody[tier]! / nBody['WebAssembly']!,
          bound: INSTRUMENTED_N_BODY_MAX,
          unit: 'times',
        },
      ],
    };
  }
  const targets: Target[] = [
    {
      name: `${tier} beside WebAssembly, geometric mean`,
      measured: geometricMean(ratios('WebAssembly')),
      bound: BARE_RATIO_MEAN_MAX,
      unit: 'times',
    },
    {
      name: `${tier} beside WebAssembly, worst guest`,
      measured: Math.max(...ratios('WebAssembly')),
      bound: BARE_RATIO_MAX,
      unit: 'times',
    },
  ];
  if (others.includes('wasm3')) {
    targets.push({
      name: `${tier} beside wasm3, geometric mean`,
      measured: geometricMean(ratios('wasm3')),
      bound: WASM3_RATIO_MEAN_MAX,
      unit: 'times',
    });
  }
  return { tables: [{ title: TITLE, rows: [...rows, mean] }], targets };
}
