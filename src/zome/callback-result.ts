/**
 * The results of callbacks other than `validate`, from the outcome of their call: `Result<ExternIO, WasmError>` with a
 * codec inside, or why there is no result. The causes are those of a missing verdict.
 */
import * as E from 'fp-ts/lib/Either.js';
import { FAULTS } from '../base/fault.js';
import type { BreachCode } from '../boundary/byte-abi.js';
import type { Codec } from '../boundary/codec.js';
import { decodeBytes, insideBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import { causeOfStop, decodeExternResult, type NoVerdict } from '../boundary/validation.js';
import type { WasmError } from '../boundary/wasm-error.js';
import type { ByteCallResult } from '../engine/loaded-module.js';

export type CallbackResult<A> =
  | { readonly ok: true; readonly value: A }
  | { readonly ok: false; readonly cause: NoVerdict };

function failed<A>(cause: NoVerdict): CallbackResult<A> {
  return { ok: false, cause };
}

/** @param fromError converts the guest's own error, if it has a meaning */
export function callbackResult<A>(
  { outcome, diagnostics }: Pick<ByteCallResult, 'outcome' | 'diagnostics'>,
  codec: Codec<A>,
  generation: Generation,
  fromError: (error: WasmError) => A | undefined = () => undefined,
): CallbackResult<A> {
  if (outcome.kind === 'breached') return failed({ kind: 'breached', code: outcome.code as BreachCode });
  if (outcome.kind === 'short-circuited') return decoded(insideBytes(codec), outcome.payload);
  if (outcome.kind !== 'returned') return failed(causeOfStop(outcome, diagnostics)!);
  const result = decodeExternResult(outcome.output, generation);
  if (!result.ok) return failed({ kind: 'breached', code: 'output-undecodable' });
  if (E.isRight(result.value)) return decoded(codec, result.value.right);
  const error = result.value.left;
  const meaning = fromError(error);
  return meaning === undefined ? failed({ kind: 'error', error }) : { ok: true, value: meaning };
}

function decoded<A>(codec: Codec<A>, bytes: Uint8Array): CallbackResult<A> {
  const value = decodeBytes(codec, bytes);
  return value.ok ? value : failed({ kind: 'undecodable', error: value.error });
}

/** Whether an error of the guest is its judgement: `init` fails with it, `validate` returns Invalid. */
export function isJudgement({ error }: WasmError): boolean {
  return error.kind === 'Guest' || error.kind === 'Serialize';
}

/** One line for a person: why there is no result. */
export function noVerdictText(cause: NoVerdict): string {
  switch (cause.kind) {
    case 'error':
      return `it answered the error ${cause.error.error.kind}${'value' in cause.error.error && typeof cause.error.error.value === 'string' ? `: ${cause.error.error.value}` : ''}`;
    case 'undecodable':
      return `its answer does not decode: ${cause.error.reason} at ${cause.error.path}`;
    case 'breached':
      return `it broke the byte ABI: ${cause.code}`;
    case 'trapped':
      return `it trapped: ${cause.code}, ${FAULTS[cause.code].text}`;
    case 'exhausted':
      return `it was exhausted: ${FAULTS[cause.resource].text}`;
  }
}
