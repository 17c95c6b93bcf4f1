/**
 * Where the time of a validation goes in Assay: the guest, resetting its instance, the host's functions, transfers to
 * and from them, hashes, the codec of ops and results, and the rest.
 *
 * The codec is timed separately, the others by timers around methods of a host that is used for nothing else. A timer
 * takes about a twentieth of a microsecond, in the part around it.
 */
import { PerformanceObserver } from 'node:perf_hooks';
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

const TIMED_PARTS = ['guest', 'reset', 'host functions', 'crossing', 'hashes', 'rest'] as const;
type TimedPart = (typeof TIMED_PARTS)[number];
/** `whole` is the sum of the others except `collections`, which is additional. */
export type PartTimes = Readonly<Record<'whole' | TimedPart | 'codec' | 'collections', number>>;

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
  for (const bound of host.zomes[0]?.rows ?? []) {
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

/** Does the same work on a case's data as the host's codecs in a validation. */
function codecOf(input: ZomeInput, { generation }: ZomeHost, { calls }: Made): () => void {
  const resultCodec = validationResult(generation);
  const opCodec = op(generation);
  return () => {
    if (input.kind === 'entry') externPayload(input.entry);
    else if (opCodec.is(input.op)) externPayload(encodeBytes(opCodec, input.op));
    for (const call of calls) {
      if (call.outcome.kind === 'returned') isExternResult(call.outcome.output, generation);
      callbackResult(call, resultCodec, generation);
    }
  };
}

/** How long and how often a case's parts are timed. */
export interface PartEffort {
  readonly warmUpMs: number;
  readonly rounds: number;
  /** Calls of a round. */
  readonly batch: number;
}

/**
 * Microseconds of each part of a case, in a node's validation: the median of single calls, few of which contain other
 * people's work or V8's collections. Collections are separate, for the mean call.
 */
export async function partsOf(
  { host, times }: WatchedHost,
  input: ZomeInput,
  { rounds, batch, warmUpMs }: PartEffort,
): Promise<PartTimes> {
  const { whole: validate }: PreparedCase = prepared(host, input);
  const codec = codecOf(input, host, validate());
  const calls = rounds * batch;
  const singles = new Map<string, number[]>([...TIMED_PARTS, 'codec'].map((part) => [part, []]));
  for (let spentMs = 0; spentMs < warmUpMs; ) spentMs += timed(validate).ms + timed(codec).ms;
  const collectionsMs = await collected(() => {
    for (let i = 0; i < calls; i++) {
      times.reset();
      times.in('rest', validate);
      for (const part of TIMED_PARTS) singles.get(part)!.push(times.of(part));
    }
  });
  for (let i = 0; i < calls; i++) singles.get('codec')!.push(timed(codec).wallMs);
  const us = (part: string) => median(singles.get(part)!) * MICROSECONDS;
  const { rest, ...parts } = Object.fromEntries(TIMED_PARTS.map((part) => [part, us(part)])) as Record<
    TimedPart,
    number
  >;
  const codecUs = us('codec');
  const whole = rest + Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { whole, ...parts, codec: codecUs, rest: rest - codecUs, collections: (collectionsMs * MICROSECONDS) / calls };
}

/** In a millisecond. */
const MICROSECONDS = 1000;

/** Milliseconds of V8's collections while a piece of work runs. */
async function collected(work: () => void): Promise<number> {
  let ms = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) ms += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  work();
  // Entries are delivered when other work may run.
  await new Promise((resolve) => setTimeout(resolve, 1));
  observer.disconnect();
  return ms;
}
