/**
 * A job: some inputs of a batch, by their hashes. The inputs themselves are in a pack, an object of the content store
 * that many jobs share.
 *
 * Invariant: a job's identity is the hash of its bytes, and its bytes name the batch, the work and the pack by hash.
 * Submitting a job again changes nothing.
 */
import { hash } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import { bytes, type Codec, u32 } from '../boundary/codec.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import { option, struct } from '../boundary/codec-struct.js';
import type { InputFormat } from '../pool/wire.js';
import { boundedList, hash32, nameText, oneOf, readDocument } from './document.js';
import { FleetError } from './fleet-error.js';
import { FLEET_LIMITS } from './fleet-limits.js';

/** The identity of a batch: its work, and what distinguishes it from other batches of the same work. */
export interface BatchHead {
  readonly work: Uint8Array;
  readonly name: string;
}

const BATCH_FORMAT = 'assay-fleet-batch-1';
const JOB_FORMAT = 'assay-fleet-job-1';

interface HeadDocument extends BatchHead {
  readonly format: typeof BATCH_FORMAT;
}

const head: Codec<HeadDocument> = struct('Batch', {
  format: oneOf(BATCH_FORMAT),
  work: hash32,
  name: nameText,
});

export function encodeBatchHead(given: BatchHead): Uint8Array {
  return encodeBytes<HeadDocument>(head, { format: BATCH_FORMAT, ...given });
}

/** @throws FleetError `content` */
export function readBatchHead(given: Uint8Array): BatchHead {
  return readDocument(head, 'batch of a fleet', given, FLEET_LIMITS.jobBytes);
}

export interface JobInput {
  /** Its number in the batch. */
  readonly index: number;
  /** The file in a folder, or `line 7`. */
  readonly name: string;
  /** BLAKE2b-256 of its bytes. */
  readonly hash: Uint8Array;
  /** Its place in the pack. */
  readonly at: number;
}

export interface FleetJob {
  readonly batch: Uint8Array;
  readonly work: Uint8Array;
  readonly pack: Uint8Array;
  readonly inputs: readonly JobInput[];
}

const input: Codec<JobInput> = struct('JobInput', { index: u32, name: nameText, hash: hash32, at: u32 });

interface JobDocument extends FleetJob {
  readonly format: typeof JOB_FORMAT;
}

const job: Codec<JobDocument> = struct('Job', {
  format: oneOf(JOB_FORMAT),
  batch: hash32,
  work: hash32,
  pack: hash32,
  inputs: boundedList(input, FLEET_LIMITS.jobInputs, 1),
});

export function encodeJob(given: FleetJob): Uint8Array {
  return encodeBytes<JobDocument>(job, { format: JOB_FORMAT, ...given });
}

/** @throws FleetError `content` */
export function readJob(given: Uint8Array): FleetJob {
  return readDocument(job, 'job of a fleet', given, FLEET_LIMITS.jobBytes);
}

/** An input with its own dependencies. */
export interface PackedInput {
  readonly format: InputFormat;
  readonly input: Uint8Array;
  /** MessagePack of the dependencies of this input, instead of those of the work; null for those. */
  readonly dependencies: Uint8Array | null;
}

const packedInput: Codec<PackedInput> = struct('PackedInput', {
  format: oneOf('messagepack', 'json'),
  input: bytes,
  dependencies: option(bytes),
});
const pack: Codec<{ readonly inputs: readonly PackedInput[] }> = struct('Pack', {
  inputs: boundedList(packedInput, FLEET_LIMITS.packInputs, 1),
});

export function encodePack(inputs: readonly PackedInput[]): Uint8Array {
  return encodeBytes(pack, { inputs });
}

/** @throws FleetError `content` */
export function readPack(given: Uint8Array): readonly PackedInput[] {
  return readDocument(pack, 'pack of inputs', given, FLEET_LIMITS.packBytes).inputs;
}

/** The inputs of a job out of its pack. @throws FleetError `content` for an input that is missing or differs */
export function inputsOf({ inputs }: FleetJob, packed: readonly PackedInput[]): readonly PackedInput[] {
  return inputs.map(({ at, hash: wanted, name }) => {
    const found = packed[at];
    if (found !== undefined && sameBytes(hash(found.input), wanted)) return found;
    throw new FleetError('content', `the pack and the job have different inputs for ${name}`);
  });
}
