/**
 * A validation over the byte ABI: an entry's bytes in, a verdict or the reason why there is none out.
 *
 * Invariant: a verdict is only what the guest said in full, or `Invalid` where the real host makes an error one. A trap,
 * an exhaustion or a breach is never a verdict.
 *
 * Source: HOLOCHAIN.md 1.6, `do_callback` and zome_types `validate.rs::try_from_wasm_error`.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type BreachCode, callByteExport } from './byte-abi.js';
import type { Codec, CodecError } from './codec.js';
import { decodeBytes, insideBytes } from './codec-bytes.js';
import type { Generation } from './generation.js';
import type { Guest } from './guest.js';
import { encodeBinary } from './messagepack-encode.js';
import { type ValidationResult, validationResult } from './validation-result.js';
import { externResult, type WasmError, wasmErrorText } from './wasm-error.js';

/** Why there is no verdict. */
export type NoVerdict =
  /** the guest answered an error that is not its judgement of the entry */
  | { readonly kind: 'error'; readonly error: WasmError }
  /** the guest answered `Ok` of something else than a `ValidateCallbackResult` */
  | { readonly kind: 'undecodable'; readonly error: CodecError }
  | { readonly kind: 'breached'; readonly code: BreachCode }
  /** trapped or exhausted: the engine keeps the outcome */
  | { readonly kind: 'stopped' };

export type Verdict = ValidationResult | { readonly kind: 'NoVerdict'; readonly cause: NoVerdict };

export interface ValidationOptions {
  /** default `'0.6'` */
  readonly generation?: Generation;
  /** longest payload and longest output in bytes; default the one of `limits-1` */
  readonly payloadBytesMax?: number;
  /** default `'validate'` */
  readonly exportName?: string;
}

function noVerdict(cause: NoVerdict): Verdict {
  return { kind: 'NoVerdict', cause };
}

function decodedVerdict(codec: Codec<ValidationResult>, bytes: Uint8Array): Verdict {
  const decoded = decodeBytes(codec, bytes);
  return decoded.ok ? decoded.value : noVerdict({ kind: 'undecodable', error: decoded.error });
}

interface Codecs {
  readonly result: ReturnType<typeof externResult>;
  readonly verdict: Codec<ValidationResult>;
}

function codecsOf(generation: Generation): Codecs {
  return { result: externResult(generation), verdict: validationResult(generation) };
}

/** Made once: to make one costs more than to decode with it. */
const CODECS: Readonly<Record<Generation, Codecs>> = {
  '0.2': codecsOf('0.2'),
  '0.2-map': codecsOf('0.2-map'),
  '0.6': codecsOf('0.6'),
  '0.7': codecsOf('0.7'),
};

/** Whether bytes are a `Result<ExternIO, WasmError>` of any generation: step 4 of the byte ABI. */
export function isExternResult(output: Uint8Array): boolean {
  return decodeBytes(CODECS['0.6'].result, output).ok;
}

/** The verdict in what `validate` returned. */
export function verdictOfOutput(output: Uint8Array, generation: Generation): Verdict {
  const decoded = decodeBytes(CODECS[generation].result, output);
  if (!decoded.ok) return noVerdict({ kind: 'breached', code: 'output-undecodable' });
  if (E.isRight(decoded.value)) return decodedVerdict(CODECS[generation].verdict, decoded.value.right);
  const error = decoded.value.left;
  const isJudgement = error.error.kind === 'Guest' || error.error.kind === 'Serialize';
  return isJudgement
    ? { kind: 'Invalid', reason: wasmErrorText(error, generation) }
    : noVerdict({ kind: 'error', error });
}

/** The verdict in the payload of a short circuit: `ExternIO` of the callback's result, without a `Result` around it. */
export function verdictOfShortCircuit(payload: Uint8Array, generation: Generation): Verdict {
  return decodedVerdict(insideBytes(CODECS[generation].verdict), payload);
}

/** The payload for an input that is MessagePack already: `ExternIO`, MessagePack in a `bin`. */
export function externPayload(inputMessagePack: Uint8Array): Uint8Array {
  return encodeBinary(inputMessagePack);
}

/**
 * Calls `validate` on an input.
 * @param inputMessagePack MessagePack of the entry or op
 */
export function validateBytes(guest: Guest, inputMessagePack: Uint8Array, options: ValidationOptions = {}): Verdict {
  const { generation = '0.6', exportName = 'validate', payloadBytesMax } = options;
  const called = callByteExport(guest, exportName, externPayload(inputMessagePack), {
    isDecodable: isExternResult,
    ...(payloadBytesMax === undefined ? {} : { payloadBytesMax }),
  });
  return called.kind === 'returned' ? verdictOfOutput(called.output, generation) : noVerdict(called);
}
