/**
 * `host-calls/bytes.json`: calls of host functions on bytes (docs/ABI.md, section 9). The vector lists what each
 * function returns for an input, so any implementation can run it.
 */
import { join } from 'node:path';
import { fromHex, toHex } from '../../base/hash.js';
import { serveHostCall } from '../../boundary/host-call.js';
import { createEngine } from '../../engine/engine.js';
import type { HostImport } from '../../engine/imports/host-import.js';
import type { CallOutcome } from '../../engine/loaded-module.js';
import { encodeReceipt } from '../../engine/receipt/receipt-bytes.js';
import type { Tier } from '../../engine/tier.js';
import { i64, printValue, type Value } from '../../wasm/value.js';
import { HostCallGuest } from '../../zome/host-call-guest.js';
import { exportTypesOf } from '../../zome/zome.js';
import { readRows } from './vector-file.js';
import { SuiteReport, type VectorSuite } from './vector-suite.js';

export const HOST_BYTES = 'host-calls/bytes.json';

/** Bytes are hexadecimal. */
export interface HostBytesAnswer {
  readonly input: string;
  /** What the function charges before it returns. */
  readonly charge?: number;
  /** The result; or `payload`, which ends the whole call. */
  readonly output?: string;
  readonly payload?: string;
}

export interface HostBytesFunction {
  readonly module: string;
  readonly name: string;
  readonly base: number;
  readonly perByte: number;
  readonly answers: readonly HostBytesAnswer[];
}

/** The call: `f`, without arguments, of type `() -> (i64)`. */
export interface HostBytesCall {
  readonly name: string;
  readonly wasm: string;
  readonly functions: readonly HostBytesFunction[];
  readonly fuel: number;
}

export interface HostBytesResult {
  /** `returned i64:0x…`, `breached host-input-length`, `short-circuited`. */
  readonly ends: string;
  readonly parts: Readonly<Record<string, number>>;
  /** For each line: module, name, hash of the input, hash of the output. */
  readonly log: readonly (readonly [module: string, name: string, input: string, output: string])[];
  readonly bytes: string;
  readonly stateDigest: string;
}

export const hostBytesSuite: VectorSuite = {
  name: 'host calls on bytes',
  path: HOST_BYTES,
  run: (folder) => runHostBytes(folder, 'auto'),
};

export async function runHostBytes(folder: string, tier: Tier) {
  const report = new SuiteReport(hostBytesSuite.name);
  for (const row of readRows(join(folder, HOST_BYTES))) {
    const { ends, parts, log, bytes, stateDigest } = row;
    const call = row as unknown as HostBytesCall;
    report.compare(call.name, await callHostBytes(call, tier), { ends, parts, log, bytes, stateDigest });
  }
  return report.result();
}

/** Makes the call of a vector. */
export async function callHostBytes(
  { name, wasm, functions, fuel }: HostBytesCall,
  tier: Tier,
): Promise<HostBytesResult> {
  const loaded = await createEngine({ tier }).load(fromHex(wasm));
  if (!loaded.ok) throw new Error(`the guest of ${name} does not load: ${loaded.fault.code}`);
  const types = exportTypesOf(loaded.module);
  const imports = functions.map((row) => importOf(row, types));
  const { outcome, receipt, hostCalls, diagnostics } = loaded.module.call('f', [], { imports, fuel });
  return {
    ends: endOf(outcome),
    parts: { ...receipt.fuel.parts },
    log: hostCalls.map((line) => [line.module, line.name, toHex(line.inputHash), toHex(line.outputHash)]),
    bytes: toHex(encodeReceipt(receipt)),
    stateDigest: toHex(diagnostics.stateDigest()),
  };
}

function importOf(row: HostBytesFunction, types: ReturnType<typeof exportTypesOf>): HostImport {
  const { module, name, base, perByte, answers } = row;
  return {
    module,
    name,
    type: { params: ['i32', 'i32'], results: ['i64'] },
    cost: base,
    rates: { perByte },
    run: (call, [ptr, len]) => {
      const served = serveHostCall(
        new HostCallGuest(call, types, perByte),
        { ptr: u32Of(ptr), len: u32Of(len) },
        (input) => {
          const answer = answers.find((one) => one.input === toHex(input));
          if (answer === undefined) throw new Error(`the vector has no result of ${name} for ${toHex(input)}`);
          const paid = answer.charge === undefined || call.charge(answer.charge);
          call.record(input, fromHex(paid ? (answer.output ?? '') : ''));
          if (!paid) return undefined;
          if (answer.payload === undefined) return { kind: 'output', bytes: fromHex(answer.output ?? '') };
          return { kind: 'short-circuited', payload: fromHex(answer.payload) };
        },
      );
      if (served.kind === 'answered') return [i64(served.packed)];
      return served.kind === 'stopped' ? undefined : served;
    },
  };
}

function u32Of(value: Value | undefined): number {
  return (value as { readonly bits: number }).bits >>> 0;
}

function endOf(outcome: CallOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return ['returned', ...outcome.values.map(printValue)].join(' ');
    case 'trapped':
    case 'breached':
      return `${outcome.kind} ${outcome.code}`;
    case 'exhausted':
      return `${outcome.kind} ${outcome.resource}`;
    default:
      return `${outcome.kind} ${toHex(outcome.payload)}`;
  }
}
