/**
 * What a batch prints while it runs and at its end: a progress line, and a table of verdicts, fuel and the most
 * expensive inputs.
 */
import type { Verdict } from '../boundary/validation.js';
import { FuelForecast } from '../pool/fuel-forecast.js';
import { FuelQuantiles } from '../pool/fuel-quantiles.js';
import type { ResultLine } from './batch-results.js';
import type { Colours, Console } from './console.js';
import { columns, counted, grouped, printable } from './layout.js';

const EXPENSIVE = 10;

interface Expensive {
  readonly input: string;
  readonly fuel: number;
  readonly verdict: string;
}

/** Sums over all lines of a batch, including earlier runs. */
export class BatchTotals {
  readonly verdicts: Record<Verdict['kind'], number> = {
    Valid: 0,
    Invalid: 0,
    UnresolvedDependencies: 0,
    NoVerdict: 0,
  };
  hostFailures = 0;
  unreadable = 0;
  inputs = 0;
  fuelUsed = 0n;
  readonly quantiles = new FuelQuantiles();
  #expensive: Expensive[] = [];

  add({ input, verdict, fuel, cause }: ResultLine): void {
    this.inputs += 1;
    if (cause?.kind === 'host-failure') this.hostFailures += 1;
    else if (cause?.kind === 'unreadable') this.unreadable += 1;
    else this.verdicts[(verdict ?? 'NoVerdict') as Verdict['kind']] += 1;
    if (fuel === undefined) return;
    this.fuelUsed += BigInt(fuel.used);
    this.quantiles.add(fuel.used);
    this.#rank({ input, fuel: fuel.used, verdict: verdict ?? 'no verdict' });
  }

  get expensive(): readonly Expensive[] {
    return this.#expensive;
  }

  #rank(item: Expensive): void {
    const last = this.#expensive.at(-1);
    if (this.#expensive.length >= EXPENSIVE && last !== undefined && item.fuel <= last.fuel) return;
    this.#expensive = [...this.#expensive, item].sort((a, b) => b.fuel - a.fuel).slice(0, EXPENSIVE);
  }
}

export function batchSummaryDocument(totals: BatchTotals): object {
  const { inputs, verdicts, hostFailures, unreadable, fuelUsed, quantiles, expensive } = totals;
  const fuel = { used: String(fuelUsed), p50: quantiles.at(0.5), p95: quantiles.at(0.95), max: quantiles.max };
  return { summary: { inputs, verdicts, hostFailures, unreadable, fuel, expensive } };
}

export function batchSummaryLines(totals: BatchTotals, colours: Colours): string[] {
  const { inputs, verdicts, hostFailures, unreadable, fuelUsed, quantiles, expensive } = totals;
  const rows: readonly (readonly [string, number, (text: string) => string])[] = [
    ['Valid', verdicts.Valid, colours.green],
    ['Invalid', verdicts.Invalid, colours.red],
    ['UnresolvedDependencies', verdicts.UnresolvedDependencies, colours.yellow],
    ['no verdict', verdicts.NoVerdict, colours.magenta],
    ['host failure', hostFailures, colours.magenta],
    ['not readable', unreadable, colours.magenta],
  ];
  const figures = [
    ['fuel', grouped(fuelUsed)],
    ['fuel, half use at most', grouped(quantiles.at(0.5))],
    ['fuel, 95 of 100', grouped(quantiles.at(0.95))],
    ['fuel, the most', grouped(quantiles.max)],
  ];
  const shown = rows
    .filter(([, number]) => number > 0)
    .map(([text, number, style]) => [{ text, style }, grouped(number)]);
  const most = expensive.map(({ input, fuel, verdict }) => [grouped(fuel), printable(input), verdict]);
  return [
    colours.bold(counted(inputs, 'input')),
    ...columns([...shown, ...(quantiles.count > 0 ? figures : [])], [1]),
    ...(most.length > 0 ? ['', colours.bold('most expensive'), ...columns(most, [0])] : []),
  ];
}

const BAR_WIDTH = 24;
const EVERY_MS = 100;

/**
 * One line that is overwritten, on a terminal only. The remaining time is the expected cost of the remaining inputs at
 * the rate so far.
 */
export class BatchProgress {
  readonly #console: Console;
  readonly #count: number | undefined;
  readonly #bytes: number | undefined;
  readonly #forecast = new FuelForecast();
  readonly #startMs = performance.now();
  #before = 0;
  #done = 0;
  #doneBytes = 0;
  #fuel = 0;
  #shownMs = 0;

  /** @param count of all inputs, if known; @param bytes of them, if known */
  constructor(console: Console, count: number | undefined, bytes: number | undefined) {
    this.#console = console;
    this.#count = count;
    this.#bytes = bytes;
  }

  /** An input was done by an earlier run. */
  addBefore(): void {
    this.#before += 1;
  }

  add(bytes: number, fuel: number): void {
    this.#done += 1;
    this.#doneBytes += bytes;
    this.#fuel += fuel;
    this.#forecast.add(bytes, fuel);
    const now = performance.now();
    if (now - this.#shownMs < EVERY_MS) return;
    this.#shownMs = now;
    this.#console.progress(this.#text(now));
  }

  end(): void {
    this.#console.progress('');
  }

  #text(now: number): string {
    const seconds = (now - this.#startMs) / 1_000;
    const all = this.#before + this.#done;
    const total = this.#count ?? Math.max(all, Math.round((this.#bytes ?? 0) / (this.#forecast.meanBytes + 1)));
    const left = Math.max(0, total - all);
    const fuelLeft = this.#forecast.of(left, left * this.#forecast.meanBytes) ?? 0;
    const rate = this.#fuel / seconds;
    const filled = Math.round((all / Math.max(1, total)) * BAR_WIDTH);
    const bar = `[${'#'.repeat(filled)}${'-'.repeat(BAR_WIDTH - filled)}]`;
    const of = this.#count === undefined ? `about ${grouped(total)}` : grouped(total);
    const time = rate > 0 ? `, ${grouped(Math.ceil(fuelLeft / rate))} s left` : '';
    return `${bar}  ${grouped(all)} of ${of}, ${grouped(Math.round(this.#done / seconds))} a second, ${grouped(Math.round(rate))} fuel a second${time}`;
  }
}
