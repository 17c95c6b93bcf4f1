/**
 * Boots one module in a fresh process, in one way, and prints the time of each step, as JSON. `node --expose-gc
 * boot-child.js FILE WAY [FOLDER]`: the folder is a disk cache that is filled or used.
 */
import { readFileSync } from 'node:fs';
import { WebAssembly as PolyWebAssembly } from 'polywasm';
import { hash } from '../src/base/hash.js';
import { LIMITS_1 } from '../src/base/limits.js';
import { decode } from '../src/decode/decode.js';
import { Seat } from '../src/engine/call/seat.js';
import { createEngine, type Engine } from '../src/engine/engine.js';
import { CallRun } from '../src/engine/imports/call-run.js';
import type { LoadedModule } from '../src/engine/loaded-module.js';
import type { Tier } from '../src/engine/tier.js';
import { isDeclined } from '../src/instrumented/declined.js';
import { learnHost } from '../src/instrumented/host.js';
import { instrumentedProgram } from '../src/instrumented/program.js';
import { rewrite } from '../src/instrumented/rewrite.js';
import { decodeRewritten, encodeRewritten } from '../src/instrumented/rewritten-form.js';
import { interpreterProgram } from '../src/interpreter/program.js';
import type { Program } from '../src/machine/program.js';
import { type MeteredModule, meter } from '../src/metering/meter.js';
import { FUEL_1 } from '../src/metering/schedule.js';
import { openDiskCache } from '../src/store/disk-cache.js';
import { macOf, seal, unseal } from '../src/store/sealed.js';
import { validate } from '../src/validate/validate.js';
import { BOOT_EXPORT, bootEntry, decoded, idleImports, idleWebImports, isAnswer } from './boot-modules.js';
import { median, timed } from './time.js';

/** Milliseconds of the steps of a way, by name. */
export type BootReport = Readonly<Record<string, number>>;

/** Like `timed` in time.ts, for asynchronous work. */
async function timedAsync<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly result: T }> {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const result = await work();
  const wallMs = performance.now() - wallBefore;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms: Math.min(wallMs, (user + system) / 1000), result };
}

const WARM_ROUNDS = 5;
/** Maximum number of calls that are timed together: they take at most about a second. */
const CALLS_MAX = 2_000;
const CALLS_MS = 1_000;

async function loaded(engine: Engine, bytes: Uint8Array, imports: ReturnType<typeof idleImports>) {
  const result = await engine.load(bytes, { imports });
  if (!result.ok) throw new Error(result.fault.code);
  return result.module;
}

/**
 * The first of these exports that a module has is called; a module without them validates a post, and may find it
 * invalid.
 */
const CALLED = [BOOT_EXPORT, '__num_entry_types'];

function callOf(bytes: Uint8Array): (module: LoadedModule) => void {
  const { exports } = decoded(bytes);
  const name = CALLED.find((called) => exports.some((item) => item.name === called));
  const entry = bootEntry();
  return (module) => {
    if (name === undefined) {
      const { kind } = module.validate(entry).outcome;
      if (kind !== 'returned') throw new Error(`validate: ${kind}`);
      return;
    }
    const { outcome } = module.call(name);
    if (outcome.kind !== 'returned' || (name === BOOT_EXPORT && !isAnswer(outcome.values)))
      throw new Error(outcome.kind);
  };
}

async function bootTier(tier: Tier, bytes: Uint8Array, folder: string | undefined): Promise<BootReport> {
  const call = callOf(bytes.slice());
  const imports = idleImports(decoded(bytes.slice()));
  const artefacts = folder === undefined ? undefined : await openDiskCache(folder);
  const cold = await timedAsync(async () => {
    const engine = createEngine({ tier, ...(artefacts && { artefacts }) });
    const module = await loaded(engine, bytes, imports);
    call(module);
    return { engine, module };
  });
  const { engine, module } = cold.result;
  const settled = await timedAsync(() => module.settled());
  const memory: number[] = [];
  for (let round = 0; round < WARM_ROUNDS; round++) {
    const warm = await timedAsync(async () => call(await loaded(engine, bytes, imports)));
    memory.push(warm.ms);
  }
  const calls = Math.max(1, Math.min(CALLS_MAX, Math.floor(CALLS_MS / timed(() => call(module)).ms)));
  for (let i = 0; i < calls; i++) call(module);
  const again = timed(() => {
    for (let i = 0; i < calls; i++) call(module);
  });
  return { first: cold.ms, settled: settled.ms, memory: median(memory), again: again.ms / calls };
}

/** `new Module`, `new Instance`, a call of the export. */
function bootWeb(host: typeof WebAssembly, bytes: Uint8Array<ArrayBuffer>): BootReport {
  const imports = idleWebImports(decoded(bytes.slice()));
  const run = (instance: WebAssembly.Instance): void => {
    const target = instance.exports[BOOT_EXPORT] as (() => number) | undefined;
    if (target !== undefined && target() !== 42) throw new Error('another answer');
  };
  let module!: WebAssembly.Module;
  let instance!: WebAssembly.Instance;
  const compile = timed(() => {
    module = new host.Module(bytes);
  }).ms;
  const instantiate = timed(() => {
    instance = new host.Instance(module, imports);
  }).ms;
  const first = timed(() => run(instance)).ms;
  const memory = median(
    Array.from({ length: WARM_ROUNDS }, () => timed(() => run(new host.Instance(module, imports))).ms),
  );
  for (let i = 0; i < CALLS_MAX; i++) run(instance);
  const again = timed(() => {
    for (let i = 0; i < CALLS_MAX; i++) run(instance);
  });
  return {
    first: compile + instantiate + first,
    compile,
    instantiate,
    call: first,
    memory,
    again: again.ms / CALLS_MAX,
  };
}

/** Every step of both tiers in order; the first time in this process, or until it is warm. */
function phases(bytes: Uint8Array): BootReport {
  const host = learnHost();
  if ('unfit' in host) throw new Error(host.unfit);
  const report: Record<string, number> = {};
  const step = <T>(name: string, work: () => T): T => {
    let result!: T;
    report[name] = timed(() => {
      result = work();
    }).ms;
    return result;
  };
  const valid = step('decode + validate', () => validate(decode(bytes, LIMITS_1), LIMITS_1));
  if (!valid.ok) throw new Error(valid.fault.code);
  const metered = meter(valid.value, FUEL_1);
  step('meter', () => {
    const bodies = metered.bodyMeter();
    for (let i = 0; i < metered.module.bodyStarts.length; i++) bodies.meterBody(i);
  });
  const rewritten = step('rewrite', () => rewrite(metered, 'own'));
  const program = step('host compiles', () => instrumentedProgram(metered, host, rewritten));
  if (isDeclined(program)) throw new Error(program.detail);
  const interpreted = interpreterProgram(metered);
  callIn(program, 'instrumented', step);
  callIn(interpreted, 'interpreter', step);
  const mac = macOf(new Uint8Array(32));
  const name = hash(bytes);
  const sealed = step('seal', () => seal(mac, name, encodeRewritten(rewritten)));
  const kept = step('unseal', () => decodeRewritten(unseal(mac, name, sealed)!));
  step('host compiles what was kept', () => instrumentedProgram(metered, host, kept));
  return { ...report, sealedBytes: sealed.length, rewrittenBytes: rewritten.bytes.length };
}

function callIn(program: Program, name: string, step: (name: string, work: () => void) => void): void {
  const { metered } = program;
  const item = metered.module.exports.find((one) => one.kind === 'function' && one.name === BOOT_EXPORT);
  const linkage = linkageOfIdle(metered);
  let instance: ReturnType<Program['instantiate']>;
  step(`${name}: instantiate`, () => {
    const seat = new Seat(program, LIMITS_1, linkage);
    instance = seat.begin(Number.MAX_SAFE_INTEGER, linkage, new CallRun(seat.store, new Map()));
  });
  if (item === undefined) return;
  step(`${name}: first call`, () => {
    if (instance!.invoke(item.index, []).kind !== 'returned') throw new Error('no answer');
  });
}

function linkageOfIdle({ module }: MeteredModule) {
  const imports = idleImports(module);
  return { imports, rows: imports, constants: new Uint8Array(0), hosts: new Uint8Array(32) };
}

async function main(): Promise<BootReport> {
  const [file, way, folder] = process.argv.slice(2) as [string, string, string | undefined];
  const bytes = new Uint8Array(readFileSync(file));
  globalThis.gc!();
  switch (way) {
    case 'WebAssembly':
      return bootWeb(WebAssembly, bytes);
    case 'polywasm':
      return bootWeb(PolyWebAssembly as unknown as typeof WebAssembly, bytes);
    case 'phases':
      return phases(bytes);
    case 'phases, warm': {
      let report = phases(bytes);
      for (let round = 0; round < WARM_ROUNDS; round++) report = phases(bytes);
      return report;
    }
    default:
      return bootTier(way as Tier, bytes, folder);
  }
}

process.stdout.write(JSON.stringify(await main()));
