/** What a fleet keeps in buckets of NATS, beside jobs and lines. */
import { bool, bytes, type Codec, str } from '../boundary/codec.js';
import { list, option, struct } from '../boundary/codec-struct.js';
import { hash32, readDocument, units } from './document.js';

export interface KeptBatch {
  readonly head: Uint8Array;
  readonly isClosed: boolean;
  readonly jobs: number;
  readonly inputs: number;
}

export const batchCodec: Codec<KeptBatch> = struct('KeptBatch', {
  head: bytes,
  isClosed: bool,
  jobs: units,
  inputs: units,
});

/** What collectors have settled, for `batches`. */
export interface Progress {
  readonly settled: number;
  readonly inputs: number;
  readonly fuel: number;
  readonly quarantined: number;
}

export const progressCodec: Codec<Progress> = struct('Progress', {
  settled: units,
  inputs: units,
  fuel: units,
  quarantined: units,
});

export const NO_PROGRESS: Progress = { settled: 0, inputs: 0, fuel: 0, quarantined: 0 };

/** A job that is settled: by which line, and which were looked at. */
export interface KeptResult {
  readonly line: number | null;
  readonly result: Uint8Array | null;
  readonly judged: readonly number[];
  readonly inputs: number;
  readonly fuel: number;
}

export const resultCodec: Codec<KeptResult> = struct('KeptResult', {
  line: option(units),
  result: option(hash32),
  judged: list(units),
  inputs: units,
  fuel: units,
});

export interface KeptWorker {
  readonly kind: string;
  readonly name: string;
}

export const workerCodec: Codec<KeptWorker> = struct('KeptWorker', { kind: str, name: str });

export interface KeptRecord {
  readonly confirmed: number;
  readonly wrong: number;
}

export const recordCodec: Codec<KeptRecord> = struct('KeptRecord', { confirmed: units, wrong: units });

const KEPT_BYTES = 1_048_576;

export function readKept<A>(codec: Codec<A>, what: string, given: Uint8Array): A {
  return readDocument(codec, what, given, KEPT_BYTES);
}
