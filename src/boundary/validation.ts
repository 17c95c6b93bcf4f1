/**
 * A validation through the byte ABI: takes an entry's bytes, and returns a verdict or the reason why there is none.
 *
 * Invariant: only a complete result of the guest is a verdict, or an error that counts as `Invalid` in the real host. A
 * trap, exhaustion or a breach is never a verdict.
 *
 * Source: docs/ABI.md, section 5; `do_callback` and zome_types `validate.rs::try_from_wasm_error`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Resource, TrapCode } from '../base/fault.js';
import type { Frame } from '../machine/instance.js';
import type { Stop } from '../machine/outcome.js';
import type { BreachCode } from './byte-abi.js';
import type { Codec, CodecError, CodecResult } from './codec.js';
import { decodeBytes, decodeInside } from './decode-bytes.js';
import { encodeBinary } from './encode-binary.js';
import type { Generation } from './generation.js';
import { type ValidationResult, validationResult } from './validation-result.js';
import { externResult, type WasmError, type WasmResult, wasmErrorText } from './wasm-error.js';

/** Why there is no verdict. */
export type NoVerdict =
  /** the guest returned an error that is not its judgement of the entry */
  | { readonly kind: 'error'; readonly error: WasmError }
  /** the guest returned `Ok` of something else than a `ValidateCallbackResult` */
  | { readonly kind: 'undecodable'; readonly error: CodecError }
  | { readonly kind: 'breached'; readonly code: BreachCode }
  | ({ readonly kind: 'trapped'; readonly code: TrapCode } & Traced)
  | ({ readonly kind: 'exhausted'; readonly resource: Resource } & Traced);

/** Where a guest was when it was stopped. */
export interface Traced {
  /**
   * Its frames, innermost first, with demangled names. Not enumerable, because it is computed on demand: the
   * instrumented tier runs the call again.
   */
  backtrace(): readonly Frame[];
}

export type Verdict = ValidationResult | { readonly kind: 'NoVerdict'; readonly cause: NoVerdict };

/** The cause in a call that was stopped; undefined for other outcomes. */
export function causeOfStop(stop: Stop, { backtrace }: Traced): NoVerdict | undefined {
  const cause = plainCause(stop);
  return cause && (Object.defineProperty(cause, 'backtrace', { value: backtrace }) as NoVerdict);
}

function plainCause(stop: Stop): object | undefined {
  if (stop.kind === 'trapped') return { kind: stop.kind, code: stop.code };
  return stop.kind === 'exhausted' ? { kind: stop.kind, resource: stop.resource } : undefined;
}

function noVerdict(cause: NoVerdict): Verdict {
  return { kind: 'NoVerdict', cause };
}

function verdictOf(decoded: CodecResult<ValidationResult>): Verdict {
  return decoded.ok ? decoded.value : noVerdict({ kind: 'undecodable', error: decoded.error });
}

interface Codecs {
  readonly result: ReturnType<typeof externResult>;
  readonly verdict: Codec<ValidationResult>;
}

function codecsOf(generation: Generation): Codecs {
  return { result: externResult(generation), verdict: validationResult(generation) };
}

/** Made once, because making one costs more than decoding with it. */
const CODECS: Readonly<Record<Generation, Codecs>> = {
  '0.2': codecsOf('0.2'),
  '0.2-map': codecsOf('0.2-map'),
  '0.6': codecsOf('0.6'),
  '0.7': codecsOf('0.7'),
};

/**
 * The output of an export as `Result<ExternIO, WasmError>`: the only reader, used by the check of outputs and by users
 * of the result.
 */
export function decodeExternResult(output: Uint8Array, generation: Generation): CodecResult<WasmResult<Uint8Array>> {
  const ok = canonicalOk(output);
  return ok === undefined ? decodeBytes(CODECS[generation].result, output) : { ok: true, value: E.right(ok) };
}

/** `{"Ok": bin}` up to the length of the bin. */
const OK_HEAD = [0x81, 0xa2, 0x4f, 0x6b] as const;
/** First bytes of a `bin` by how many bytes its length has. */
const BIN_HEADS: ReadonlyMap<number, number> = new Map([
  [0xc4, 1],
  [0xc5, 2],
  [0xc6, 4],
]);

/**
 * The content of `{"Ok": bin}`, as nearly every guest writes it; undefined for anything else, which the codec decodes.
 * The results are the same, but the codec takes twenty times as long, twice for each call.
 */
function canonicalOk(output: Uint8Array): Uint8Array | undefined {
  // A subclass (Node's Buffer) must not leak into the value.
  if (Object.getPrototypeOf(output) !== Uint8Array.prototype) return undefined;
  for (let i = 0; i < OK_HEAD.length; i++) if (output[i] !== OK_HEAD[i]) return undefined;
  const lengthBytes = BIN_HEADS.get(output[OK_HEAD.length]);
  if (lengthBytes === undefined) return undefined;
  let at = OK_HEAD.length + 1;
  let length = 0;
  for (const end = at + lengthBytes; at < end; at++) length = length * 256 + (output[at] ?? 0);
  return at + length === output.length ? output.subarray(at) : undefined;
}

/** Whether an output is what step 4 of the byte ABI requires: docs/ABI.md, section 4. */
export function isExternResult(output: Uint8Array, generation: Generation): boolean {
  return decodeExternResult(output, generation).ok;
}

/** The verdict in what `validate` returned. */
export function verdictOfOutput(output: Uint8Array, generation: Generation): Verdict {
  const decoded = decodeExternResult(output, generation);
  if (!decoded.ok) return noVerdict({ kind: 'breached', code: 'output-undecodable' });
  if (E.isRight(decoded.value)) return verdictOf(decodeBytes(CODECS[generation].verdict, decoded.value.right));
  const error = decoded.value.left;
  const isJudgement = error.error.kind === 'Guest' || error.error.kind === 'Serialize';
  return isJudgement
    ? { kind: 'Invalid', reason: wasmErrorText(error, generation) }
    : noVerdict({ kind: 'error', error });
}

/** The verdict in the payload of a short circuit: `ExternIO` of the callback's result, without a `Result` around it. */
export function verdictOfShortCircuit(payload: Uint8Array, generation: Generation): Verdict {
  return verdictOf(decodeInside(CODECS[generation].verdict, payload));
}

/** The payload for an input that is already MessagePack: `ExternIO`, MessagePack in a `bin`. */
export function externPayload(inputMessagePack: Uint8Array): Uint8Array {
  return encodeBinary(inputMessagePack);
}
