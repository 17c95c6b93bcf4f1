/** The byte vectors of vectors/wire, and the codec of each. */
import { readdirSync, readFileSync } from 'node:fs';
import type * as t from 'io-ts';
import { bool, type Codec, nil } from '../../src/boundary/codec.js';
import { insideBytes } from '../../src/boundary/codec-bytes.js';
import type { Generation } from '../../src/boundary/generation.js';
import { validationResult } from '../../src/boundary/validation-result.js';
import { externResult, HostError, resultOf, wasmError } from '../../src/boundary/wasm-error.js';
import { action, signedHashed } from '../../src/zome/action.js';
import {
  entryDefsResult,
  GenesisSelfCheckDataV1,
  GenesisSelfCheckDataV2,
  initResult,
} from '../../src/zome/callback-data.js';
import { entry } from '../../src/zome/entry.js';
import {
  agentActivity,
  entryHashed,
  mustGetAgentActivityInput,
  traceMessage,
  VerifySignature,
} from '../../src/zome/host-data.js';
import { DnaInfoV1, DnaInfoV2, zomeInfo } from '../../src/zome/info.js';
import { op } from '../../src/zome/op.js';
import { record } from '../../src/zome/record.js';

const WIRE = new URL('../../../vectors/wire/', import.meta.url);

export interface Vector {
  readonly name: string;
  readonly codec: string;
  readonly generation: Generation;
  readonly bytes: string;
  readonly wire: unknown;
}

export const CODECS: Readonly<Record<string, (generation: Generation) => t.Any>> = {
  Action: action,
  AgentActivity: agentActivity,
  DnaInfoV1: () => DnaInfoV1,
  DnaInfoV2: () => DnaInfoV2,
  Entry: entry,
  EntryDefsResult: entryDefsResult,
  EntryHashed: entryHashed,
  ExternNil: () => insideBytes(nil),
  ExternResult: externResult,
  GenesisSelfCheckDataV1: () => GenesisSelfCheckDataV1,
  GenesisSelfCheckDataV2: () => GenesisSelfCheckDataV2,
  HostBool: () => resultOf(bool, HostError),
  HostError: () => HostError,
  HostNil: () => resultOf(nil, HostError),
  InitResult: initResult,
  MustGetAgentActivityInput: mustGetAgentActivityInput,
  Nil: () => nil,
  Op: op,
  Record: record,
  ShortCircuit: (generation) => insideBytes(validationResult(generation)),
  SignedAction: (generation) => signedHashed(action(generation)),
  TraceMessage: traceMessage,
  ValidateCallbackResult: validationResult,
  VerifySignature: () => VerifySignature,
  WasmError: wasmError,
  ZomeInfo: zomeInfo,
};

export function codecOf({ codec, generation }: Vector): Codec<unknown> {
  return CODECS[codec]!(generation) as unknown as Codec<unknown>;
}

export function bytesOf({ bytes }: Vector): Uint8Array {
  return Uint8Array.from(Buffer.from(bytes, 'hex'));
}

const FILES = readdirSync(WIRE).filter((name) => name.endsWith('.json'));
export const VECTORS = FILES.map((file): [string, readonly Vector[]] => [
  file,
  JSON.parse(readFileSync(new URL(file, WIRE), 'utf8')) as readonly Vector[],
]);
