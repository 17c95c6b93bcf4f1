/**
 * A recorded call in Assay without a zome host: the same module, payload and host results as for every other engine, by
 * `LoadedModule.callBytes`. It includes fuel, receipt and host-call log, but not the codecs of ops and results.
 */
import type { Engine } from '../src/engine/engine.js';
import type { HostCall, HostFunctionImport } from '../src/engine/imports/host-import.js';
import type { LoadedModule } from '../src/engine/loaded-module.js';
import { i32, i64, type Value } from '../src/wasm/value.js';
import { isSameEnd, type RecordedAnswer, type RecordedCall, sameBytes } from './zome-record.js';

const FUEL = Number.MAX_SAFE_INTEGER;
const TYPE = { params: ['i32', 'i32'], results: ['i64'] } as const;
const NOTHING = new Uint8Array(0);

/** Shared by the host functions of one call. */
interface Replayed {
  readonly answers: readonly RecordedAnswer[];
  next: number;
}

/** Replays recorded calls; @throws Error from the replayer if a guest's host calls or end differ. */
export async function replayerOf(engine: Engine, calls: readonly RecordedCall[]): Promise<() => void> {
  const ready = await Promise.all(calls.map(async (call) => ({ call, module: await loaded(engine, call) })));
  return () => {
    for (const { call, module } of ready) replay(module, call);
  };
}

async function loaded(engine: Engine, { wasm, module }: RecordedCall): Promise<LoadedModule> {
  const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => hostRow(from, name));
  const result = await engine.load(wasm, { imports });
  if (!result.ok) throw new Error(result.fault.code);
  return result.module;
}

function replay(module: LoadedModule, call: RecordedCall): void {
  const context: Replayed = { answers: call.answers, next: 0 };
  const { outcome } = module.callBytes(call.export, call.payload, { fuel: FUEL, context });
  if (!isSameEnd(call.end, outcome)) throw new Error(`${call.export}: ${outcome.kind}, recorded ${call.end.kind}`);
}

function hostRow(module: string, name: string): HostFunctionImport {
  return { module, name, type: TYPE, run: (call, args) => serve(call, name, args) };
}

function serve(call: HostCall, name: string, args: readonly Value[]): ReturnType<HostFunctionImport['run']> {
  const [at, length] = args.map(numberOf) as [number, number];
  const input = call.memory!.read(at, length);
  if (call.call('__hc__deallocate_1', [i32(at), i32(length)]) === undefined) return undefined;
  const replayed = call.context as Replayed;
  const recorded = replayed.answers[replayed.next++];
  if (recorded?.name !== name || !sameBytes(recorded.input, input)) throw new Error(`${name} was not asked so`);
  const { answer } = recorded;
  call.record(input, answer ?? NOTHING);
  if (answer === undefined) return { kind: 'short-circuited', payload: NOTHING };
  const placed = call.call('__hc__allocate_1', [i32(answer.length)]);
  if (placed === undefined) return undefined;
  const to = numberOf(placed[0]!);
  call.memory!.write(to, answer);
  return [i64((BigInt(to) << 32n) | BigInt(answer.length))];
}

function numberOf(value: Value): number {
  if (value.type !== 'i32') throw new Error(`an i32 was expected, not ${value.type}`);
  return value.bits >>> 0;
}
