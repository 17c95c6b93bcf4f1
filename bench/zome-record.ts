/**
 * A validation for an engine without a zome host: the payloads of guest calls, the host's results in the order of the
 * host calls, and how each call ends. Every engine of section `zomes` replays the same record.
 */
import { toHex } from '../src/base/hash.js';
import { encodeBytes } from '../src/boundary/codec-bytes.js';
import type { Generation } from '../src/boundary/generation.js';
import { externPayload } from '../src/boundary/validation.js';
import type { ByteOutcome } from '../src/engine/loaded-module.js';
import type { Op } from '../src/zome/op.js';
import { op } from '../src/zome/op.js';
import type { Recording } from '../src/zome/recording.js';
import { runBare } from './zome-bare.js';

/** The result of a host function: `undefined` if it ended the call. */
export interface RecordedAnswer {
  readonly name: string;
  readonly input: Uint8Array;
  readonly answer: Uint8Array | undefined;
}

export type RecordedEnd =
  | { readonly kind: 'returned'; readonly output: Uint8Array }
  /** a host function ended the call */
  | { readonly kind: 'ended' }
  | { readonly kind: 'trapped' };

export interface RecordedCall {
  readonly wasm: Uint8Array;
  /** compiled by the host, unchanged */
  readonly module: WebAssembly.Module;
  readonly export: string;
  readonly payload: Uint8Array;
  /** in the order of the guest's calls */
  readonly answers: readonly RecordedAnswer[];
  readonly end: RecordedEnd;
}

/** A call as the zome host returns it. */
export interface ToldCall {
  readonly wasm: Uint8Array;
  readonly module: WebAssembly.Module;
  readonly export: string;
  readonly payload: Uint8Array;
  readonly recording: Recording;
  readonly outcome: ByteOutcome;
}

export function opPayload(value: Op, generation: Generation): Uint8Array {
  return externPayload(encodeBytes(op(generation), value));
}

/**
 * Puts the results into the order of the guest's calls, which a recording does not keep, by running the call on the
 * host's bare `WebAssembly`.
 * @throws Error if it ends differently there, or cannot be replayed
 */
export function recordOf({ recording, outcome, ...call }: ToldCall): RecordedCall {
  const answers: RecordedAnswer[] = [];
  const lines = new Map(recording.map((line) => [`${line.name} ${toHex(line.input)}`, line]));
  const end = runBare(call, (name, input) => {
    const line = lines.get(`${name} ${toHex(input)}`);
    if (line?.answer === undefined) throw new Error(`${call.export}: the host's answer to ${name} was not recorded`);
    const answer = line.answer.kind === 'output' ? line.answer.bytes : undefined;
    answers.push({ name, input, answer });
    return answer;
  });
  const record = { ...call, answers, end };
  if (!isSameEnd(end, outcome))
    throw new Error(`${call.export}: ${end.kind} on WebAssembly, ${outcome.kind} in the engine`);
  return record;
}

export function isSameEnd(end: RecordedEnd, outcome: ByteOutcome): boolean {
  if (outcome.kind === 'returned') return end.kind === 'returned' && sameBytes(end.output, outcome.output);
  return end.kind === (outcome.kind === 'short-circuited' ? 'ended' : outcome.kind);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Replays a recorded call on the host's bare `WebAssembly`. @throws Error if the guest calls or returns something else */
export function replayBare(call: RecordedCall): void {
  let next = 0;
  const end = runBare(call, (name, input) => {
    const recorded = call.answers[next++];
    if (recorded?.name === name && sameBytes(recorded.input, input)) return recorded.answer;
    throw new Error(`call ${next} of the host, ${name}, is not the recorded one`);
  });
  const same =
    end.kind === 'returned' && call.end.kind === 'returned'
      ? sameBytes(end.output, call.end.output)
      : end.kind === call.end.kind;
  if (!same) throw new Error(`${call.export} ends otherwise on WebAssembly`);
}
