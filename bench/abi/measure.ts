/** Measures every ABI in every guest and engine. The results are data; `section.ts` makes tables of them. */
import { readFileSync } from 'node:fs';
import type { SectionOptions } from '../section.js';
import { TIERS } from '../tiers.js';
import { median, timed } from '../time.js';
import { ABIS, type Abi, type Loading } from './abis.js';
import { PeerSteps, type StepCase } from './peer-steps.js';
import { onEngine } from './receipt-runners.js';
import { type Request, requestsOf, scoreOf } from './requests.js';
import { onTier, onWebAssembly, type StepEngine, type StepRun } from './step-runners.js';

const FOLDER = new URL('../../../vectors/guests/abi/', import.meta.url);

export interface AbiGuest {
  readonly language: 'C' | 'AssemblyScript' | 'Rust';
  /** How it was optimised. */
  readonly build: string;
  readonly file: string;
}

export const GUESTS: readonly AbiGuest[] = [
  { language: 'C', build: '-O3', file: 'c-O3' },
  { language: 'AssemblyScript', build: '-O3', file: 'assemblyscript-O3' },
  { language: 'Rust', build: '-O3', file: 'rust-O3' },
  { language: 'C', build: '-O0', file: 'c-O0' },
  { language: 'C', build: '-O0, wasm-opt -O3', file: 'c-O0-wasm-opt' },
  { language: 'AssemblyScript', build: '-O0', file: 'assemblyscript-O0' },
  { language: 'Rust', build: '-O0', file: 'rust-O0' },
];

const BEST_BUILD = '-O3';

/** `loaded` and `hot` with one instance, `new` with a new one for each call, which must pass its arguments. */
export type Way = Loading | 'new';
export const WAYS: readonly Way[] = ['loaded', 'hot', 'new'];
export const COUNTS = [1, 16, 256] as const;

export interface Measured {
  readonly guest: AbiGuest;
  readonly abi: string;
  readonly way: Way;
  /** Requests of the call. */
  readonly count: number;
  /** Microseconds by engine. */
  readonly us: Readonly<Record<string, number>>;
  /** Fuel by engine, in the units of each. */
  readonly fuel: Readonly<Record<string, number>>;
}

export interface MeasuredReceipts {
  readonly guest: AbiGuest;
  readonly abi: string;
  readonly isKept: boolean;
  readonly count: number;
  /** Microseconds by tier. */
  readonly us: Readonly<Record<string, number>>;
  readonly fuel: number;
}

/** Microseconds that a host's codec takes for arguments and results. */
export interface MeasuredCodec {
  readonly abi: string;
  readonly count: number;
  readonly bytes: number;
  readonly us: number;
}

export interface AbiFigures {
  readonly calls: readonly Measured[];
  readonly receipts: readonly MeasuredReceipts[];
  readonly codecs: readonly MeasuredCodec[];
  readonly notes: readonly string[];
}

export const BARE = 'WebAssembly';

function engines(): ReadonlyMap<string, StepEngine> {
  return new Map([...Array.from(TIERS, ([name, tier]) => [name, onTier(tier)] as const), [BARE, onWebAssembly]]);
}

export function bytesOf({ file }: AbiGuest): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`${file}.wasm`, FOLDER)));
}

/** The guest's result for the requests, in the form of the ABI. Its scores are compared with those of `scoreOf`. */
export function outputOf(bytes: Uint8Array<ArrayBuffer>, abi: Abi, requests: readonly Request[]): Uint8Array {
  const run = onWebAssembly(bytes)(abi.plan(requests, 'hot'), true);
  run.check();
  const output = run.output();
  if (abi.codec === undefined) return output;
  const scores = abi.codec.decode(output);
  const isRight = scores.length === requests.length && scores.every((score, i) => score === scoreOf(requests[i]));
  if (!isRight) throw new Error(`${abi.name}: the guest gives other scores`);
  return output;
}

interface Case extends StepCase {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly guest: AbiGuest;
  readonly abi: Abi;
  readonly way: Way;
  readonly count: number;
}

/**
 * Every way and count in the best build of each language; in the other builds only calls of few requests that pass
 * their arguments.
 */
function casesOf(guests: readonly AbiGuest[], counts: readonly number[]): readonly Case[] {
  return guests.flatMap((guest) => {
    const bytes = bytesOf(guest);
    const isBest = guest.build === BEST_BUILD;
    const ways = isBest ? WAYS : (['hot'] as const);
    return counts.slice(0, isBest ? undefined : 1).flatMap((count) => {
      const requests = requestsOf(count);
      return ABIS.flatMap((abi) => {
        const output = outputOf(bytes, abi, requests);
        return ways.map((way) => ({
          name: `${guest.file}, ${abi.name}, ${way}, ${count}`,
          guest,
          abi,
          way,
          count,
          bytes,
          isKept: way !== 'new',
          plan: abi.plan(requests, way === 'loaded' ? 'loaded' : 'hot', output),
        }));
      });
    });
  });
}

const MICROSECONDS = 1000;
/** Runs of a native engine for a first estimate. */
const LOOKS = 50;
const REPEATS_MAX = 200_000;

/** How many runs fit into the time of a measurement; the estimate takes as long, and warms up. */
function repeatsOf(run: () => void, ms: number): number {
  for (let repeats = 1; ; repeats *= 2) {
    const elapsed = timed(() => repeat(run, repeats)).ms;
    if (elapsed >= ms / 2 || repeats >= REPEATS_MAX) return Math.max(1, Math.ceil((repeats * ms) / elapsed));
  }
}

function repeat(run: () => void, times: number): void {
  for (let i = 0; i < times; i++) run();
}

function usOf(run: () => void, times: number): number {
  return (timed(() => repeat(run, times)).ms * MICROSECONDS) / times;
}

/** The median of several rounds for each work; the works take turns. */
async function turns(rounds: number, works: Readonly<Record<string, () => number | Promise<number>>>) {
  const found = Object.keys(works).map((name) => [name, [] as number[]] as const);
  for (let round = 0; round < rounds; round++) {
    for (const [name, list] of found) list.push(await works[name]());
  }
  return Object.fromEntries(found.map(([name, list]) => [name, median(list)]));
}

export async function measureAbis({ rounds, quick, peers: withPeers, progress }: SectionOptions): Promise<AbiFigures> {
  const guests = quick ? GUESTS.filter(({ build }) => build === BEST_BUILD) : GUESTS;
  const counts = quick ? [1, 16] : COUNTS;
  const batchMs = quick ? 2 : 8;
  const cases = casesOf(guests, counts);
  const peers = withPeers ? await PeerSteps.start(cases, progress) : { missing: 'they were not asked for' };
  progress('warming up');
  for (let round = 0; round < WARMING_ROUNDS; round++) warmUp(cases, batchMs);
  const calls: Measured[] = [];
  for (const [number, one] of cases.entries()) {
    progress(`${number + 1} of ${cases.length}: ${one.name}`);
    calls.push(await measured(one, number, peers instanceof PeerSteps ? peers : undefined, rounds, batchMs));
  }
  if (peers instanceof PeerSteps) await peers.program.stop();
  return {
    calls,
    receipts: await measuredReceipts(guests.slice(0, 3), counts.slice(0, 2), rounds, batchMs, progress),
    codecs: measuredCodecs(counts, batchMs),
    notes: 'missing' in peers ? [`wasmtime and wasmi were left out: ${peers.missing}`] : [],
  };
}

const WARMING_ROUNDS = 2;

/**
 * Runs every case once in our tiers: V8 recompiles our own code when it meets something new, and its compiler takes
 * seconds.
 */
function warmUp(cases: readonly Case[], batchMs: number): void {
  for (const { bytes, plan, isKept } of cases) {
    for (const tier of TIERS.values()) repeatsOf(onTier(tier)(bytes)(plan, isKept).run, batchMs);
  }
}

async function measured(one: Case, number: number, peers: PeerSteps | undefined, rounds: number, batchMs: number) {
  const runs = new Map<string, StepRun>();
  for (const [name, engine] of engines()) {
    const run = engine(one.bytes)(one.plan, one.isKept);
    run.check();
    runs.set(name, run);
  }
  const works: Record<string, () => number | Promise<number>> = {};
  const fuel: Record<string, number> = {};
  for (const [name, { run, fuel: used }] of runs) {
    run();
    const units = used();
    if (units !== undefined) fuel[name] = units;
    const times = repeatsOf(run, batchMs);
    works[name] = () => usOf(run, times);
  }
  for (const [peer, name] of (peers?.names ?? []).entries()) {
    fuel[name] = peers!.fuel(peer, number);
    const first = await peers!.program.time(peer, number, LOOKS);
    const times = Math.max(1, Math.ceil((batchMs * MICROSECONDS) / first));
    works[name] = () => peers!.program.time(peer, number, times);
  }
  const { guest, abi, way, count } = one;
  return { guest, abi: abi.name, way, count, us: await turns(rounds, works), fuel };
}

async function measuredReceipts(
  guests: readonly AbiGuest[],
  counts: readonly number[],
  rounds: number,
  batchMs: number,
  progress: (text: string) => void,
): Promise<readonly MeasuredReceipts[]> {
  const rows: MeasuredReceipts[] = [];
  for (const guest of guests) {
    const ready = await Promise.all(
      Array.from(TIERS, async ([name, tier]) => [name, await onEngine(bytesOf(guest), tier)] as const),
    );
    for (const count of counts) {
      for (const abi of ABIS) {
        for (const isKept of [false, true]) {
          progress(`with receipts: ${guest.file}, ${abi.name}, ${count}`);
          const runs = ready.map(([name, prepare]) => [name, prepare(abi, requestsOf(count), isKept)] as const);
          const works = runs.map(([name, { run }]) => {
            const times = repeatsOf(run, batchMs);
            return [name, () => usOf(run, times)] as const;
          });
          const [first, ...others] = runs.map(([, run]) => run.fuel());
          if (others.some((fuel) => fuel !== first)) throw new Error(`${abi.name}: the tiers differ in fuel`);
          rows.push({
            guest,
            abi: abi.name,
            isKept,
            count,
            us: await turns(rounds, Object.fromEntries(works)),
            fuel: first,
          });
        }
      }
    }
  }
  return rows;
}

function measuredCodecs(counts: readonly number[], batchMs: number): readonly MeasuredCodec[] {
  const bytes = bytesOf(GUESTS[0]);
  return counts.flatMap((count) =>
    ABIS.flatMap((abi) => {
      const { codec } = abi;
      if (codec === undefined) return [];
      const requests = requestsOf(count);
      const output = outputOf(bytes, abi, requests);
      const work = () => {
        codec.encode(requests);
        codec.decode(output);
      };
      return [{ abi: abi.name, count, bytes: codec.encode(requests).length, us: usOf(work, repeatsOf(work, batchMs)) }];
    }),
  );
}
