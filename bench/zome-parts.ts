/**
 * Where the time of a validation goes in Assay: the guest, making its instance new, the host's functions, getting to them and
 * back, hashes, the codec of ops and results, and what is left.
 *
 * The codec is timed by itself, the others by timers around methods of a host that serves nothing else. A timer takes about a
 * twentieth of a microsecond, in the part around it; a collection of V8's is in the part that it comes in.
 */
import { encodeBytes } from '../src/boundary/codec-bytes.js';
import { externPayload, isExternResult } from '../src/boundary/validation.js';
import { validationResult } from '../src/boundary/validation-result.js';
import type { Engine } from '../src/engine/engine.js';
import type { ExternValue, GuestInstance } from '../src/machine/instance.js';
import type { Program } from '../src/machine/program.js';
import { callbackResult } from '../src/zome/callback-result.js';
import { op } from '../src/zome/op.js';
import type { ZomeHost } from '../src/zome/zome-host.js';
import { loadedModule, meteredModule } from './loading.js';
import { SelfTimes } from './self-times.js';
import type { Tier } from './tiers.js';
import { median, timed } from './time.js';
import type { ZomeInput, ZomeSubject } from './zome-cases.js';
import { engineOf, hostOf, type Made, type PreparedCase, prepared } from './zome-runs.js';

const TIMED_PARTS = ['guest', 'reset', 'host functions', 'crossing', 'hashes'] as const;
type TimedPart = (typeof TIMED_PARTS)[number];
/** All parts: together they are the whole. */
export const PARTS = [...TIMED_PARTS, 'codec', 'rest'] as const;
export type PartTimes = Readonly<Record<'whole' | (typeof PARTS)[number], number>>;

/** A host whose parts are timed. */
export interface WatchedHost {
  readonly host: ZomeHost;
  readonly times: SelfTimes<TimedPart>;
}

export async function watchedHost(subject: ZomeSubject, tier: Tier): Promise<WatchedHost> {
  const times = new SelfTimes(TIMED_PARTS);
  const engine: Engine = {
    ...engineOf(tier.name),
    load: async (bytes) => {
      const program = tier.program(meteredModule(bytes));
      watchProgram(program, times);
      return { ok: true, module: loadedModule(program, bytes) };
    },
  };
  const host = await hostOf(subject, engine);
  for (const bound of host.zomes.flatMap(({ rows }) => rows)) {
    if (bound.run !== undefined) Object.assign(bound, { run: times.around('host functions', bound.run) });
  }
  return { host, times };
}

function watchProgram(program: Program, times: SelfTimes<TimedPart>): void {
  const seen = new WeakSet<object>();
  const watch = <T extends object>(object: T, method: keyof T & string, part: TimedPart) => {
    if (seen.has(object)) return;
    seen.add(object);
    const run = object[method] as (...args: unknown[]) => unknown;
    Object.assign(object, { [method]: times.around(part, run.bind(object)) });
  };
  const watched = (instance: GuestInstance | undefined) => {
    if (instance !== undefined) watch(instance, 'invoke', 'guest');
    return instance;
  };
  const watchImport = (value: ExternValue) => {
    if (value.kind === 'function' && value.function.host !== undefined) watch(value.function.host, 'run', 'crossing');
  };
  const instantiate: Program['instantiate'] = times.around('reset', program.instantiate.bind(program));
  const reinstantiate: Program['reinstantiate'] = times.around('reset', program.reinstantiate.bind(program));
  Object.assign(program, {
    hash: times.around('hashes', program.hash),
    instantiate: (...args: Parameters<typeof instantiate>) => {
      args[1].forEach(watchImport);
      return watched(instantiate(...args));
    },
    reinstantiate,
  });
}

/** Does with a case's data what the host's codecs do in a validation. */
function codecOf(input: ZomeInput, { generation }: ZomeHost, { calls }: Made): () => void {
  const resultCodec = validationResult(generation);
  const opCodec = op(generation);
  return () => {
    if (input.kind === 'entry') externPayload(input.entry);
    else if (opCodec.is(input.op)) externPayload(encodeBytes(opCodec, input.op));
    for (const { outcome } of calls) {
      if (outcome.kind === 'returned') isExternResult(outcome.output);
      callbackResult(outcome, resultCodec, generation);
    }
  };
}

/**
 * Microseconds of each part of a case, as a node makes it. The whole is what a batch takes for each call; a part is the median
 * of single calls, so that other people's work is in none; `rest` is what is left, and V8's collections.
 */
export function partsOf(
  { host, times }: WatchedHost,
  input: ZomeInput,
  { rounds, batch, warmUpMs }: { readonly rounds: number; readonly batch: number; readonly warmUpMs: number },
): PartTimes {
  const { whole }: PreparedCase = prepared(host, input);
  const codec = codecOf(input, host, whole());
  const singles = new Map<string, number[]>([...TIMED_PARTS, 'codec'].map((part) => [part, []]));
  const wholes: number[] = [];
  for (const end = performance.now() + warmUpMs; performance.now() < end; codec()) whole();
  for (let round = 0; round < rounds; round++) {
    const { ms } = timed(() => {
      for (let i = 0; i < batch; i++) {
        times.reset();
        whole();
        for (const part of TIMED_PARTS) singles.get(part)!.push(times.of(part));
      }
    });
    for (let i = 0; i < batch; i++) singles.get('codec')!.push(wallMs(codec));
    wholes.push((ms * MICROSECONDS) / batch);
  }
  const us = (part: string) => median(singles.get(part)!) * MICROSECONDS;
  const parts = Object.fromEntries([...singles.keys()].map((part) => [part, us(part)])) as Record<
    TimedPart | 'codec',
    number
  >;
  const wholeUs = median(wholes);
  const rest = wholeUs - Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { whole: wholeUs, ...parts, rest };
}

/** In a millisecond. */
const MICROSECONDS = 1000;

function wallMs(work: () => void): number {
  const before = performance.now();
  work();
  return performance.now() - before;
}
