/** What a node returns for a call: a receipt and other observable facts, or why there is none. Plain data. */

import type { LoadFault } from '../base/fault.js';
import { fromHex, toHex } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import { isRecord } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import type { Verdict } from '../boundary/validation.js';
import type { CallResult, LoadedModule, ValidateResult } from '../engine/loaded-module.js';
import { type ReceiptJson, receiptJson } from '../engine/receipt/receipt-json.js';
import { HostFailure } from '../machine/outcome.js';
import type { TierName } from '../machine/program.js';
import { parseValue, printValue, type Value } from '../wasm/value.js';
import { op } from '../zome/op.js';
import type { Validation } from '../zome/zome-host.js';
import type { AgreementCall } from './agreement-call.js';
import type { AgreementHost } from './agreement-host.js';

export interface ReceiptAnswer {
  readonly kind: 'receipt';
  readonly receipt: ReceiptJson;
  /** In hexadecimal; null if the node cannot determine it, or the memory is too large to hash each time. */
  readonly stateDigest: string | null;
  /** The results as `printValue` writes them, or the first bytes of the output; null if the node has only the hash. */
  readonly values: readonly string[] | null;
  /** For a validation: the verdict on one line. */
  readonly verdict: string | null;
  /** Which tier ran the call to its end. It is not compared, because it may differ. */
  readonly tier?: TierName;
}

/** One guest that was called in the validation of an op. */
export interface ZomeCallAnswer extends ReceiptAnswer {
  readonly zome: string;
  /** Its traces, one line each. */
  readonly traces: readonly string[];
}

/** The validation of an op: the verdict, and the calls of guests that led to it. */
export interface ValidationAnswer {
  readonly kind: 'validation';
  readonly verdict: string;
  readonly calls: readonly ZomeCallAnswer[];
}

export type NodeAnswer =
  | ReceiptAnswer
  | ValidationAnswer
  /** The module does not load. */
  | { readonly kind: 'fault'; readonly fault: Pick<LoadFault, 'kind' | 'code' | 'offset'> }
  /** The call cannot be made: no such export, wrong arguments, bytes that are not an op. */
  | { readonly kind: 'usage'; readonly code: string }
  /** The host failed: no memory, a crash, a bug. */
  | { readonly kind: 'failure'; readonly message: string }
  /** The node has nothing to compare: a folder of receipts without this call. */
  | { readonly kind: 'none' };

/** Larger memories are not digested: hashing takes longer than the call. */
export const DIGEST_PAGES_MAX = 2;
const OUTPUT_BYTES_SHOWN = 256;

/** Makes the call. Errors other than the caller's or the host's are bugs and pass through. */
export function answerOf(module: LoadedModule, call: AgreementCall, digestPagesMax = DIGEST_PAGES_MAX): NodeAnswer {
  return guarded(() => answerOfResult(callResult(module, call), digestPagesMax));
}

/** Validates an op. Errors other than the caller's or the host's are bugs and pass through. */
export function answerOfOp(
  { host, ...options }: AgreementHost,
  call: AgreementCall,
  digestPagesMax = DIGEST_PAGES_MAX,
): NodeAnswer {
  if (call.kind !== 'op') return { kind: 'usage', code: 'not-an-op' };
  const bytes = fromHex(call.op);
  if (!decodeBytes(op(host.generation), bytes).ok) return { kind: 'usage', code: 'not-an-op' };
  return guarded(() => answerOfValidation(host.validateOp(bytes, { ...options, fuel: call.fuel }), digestPagesMax));
}

function guarded(answer: () => NodeAnswer): NodeAnswer {
  try {
    return answer();
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage', code: error.code };
    if (error instanceof HostFailure) return { kind: 'failure', message: error.message };
    throw error;
  }
}

export function answerOfValidation({ verdict, calls }: Validation, digestPagesMax: number): ValidationAnswer {
  return {
    kind: 'validation',
    verdict: verdictText(verdict),
    calls: calls.map((call) => ({
      ...answerOfResult(call, digestPagesMax),
      zome: call.zome,
      traces: call.traces.map(({ level, message }) => `${level} ${message}`),
    })),
  };
}

/** Whether plain data from a file or another process is a result, in all compared fields. */
export function isNodeAnswer(value: unknown): value is NodeAnswer {
  if (!isRecord(value)) return false;
  switch (value['kind']) {
    case 'receipt':
      return isReceiptAnswer(value);
    case 'validation':
      return typeof value['verdict'] === 'string' && Array.isArray(value['calls']) && value['calls'].every(isZomeCall);
    case 'fault':
      return isRecord(value['fault']) && typeof value['fault']['code'] === 'string';
    case 'usage':
      return typeof value['code'] === 'string';
    case 'failure':
      return typeof value['message'] === 'string';
    default:
      return value['kind'] === 'none';
  }
}

/** Whether it is a receipt, in all compared fields. */
export function isReceiptJson(value: unknown): value is ReceiptJson {
  if (!isRecord(value)) return false;
  const { fuel, outcome } = value;
  return (
    RECEIPT_TEXTS.every((name) => typeof value[name] === 'string') &&
    typeof value['pages'] === 'number' &&
    isRecord(outcome) &&
    typeof outcome['kind'] === 'string' &&
    isRecord(fuel) &&
    isRecord(fuel['parts']) &&
    [fuel['limit'], fuel['used'], ...FUEL_PARTS.map((part) => (fuel['parts'] as Plain)[part])].every(
      Number.isSafeInteger,
    )
  );
}

type Plain = Readonly<Record<string, unknown>>;

const RECEIPT_TEXTS = [
  ...(['profile', 'schedule', 'limits', 'hosts', 'module', 'export', 'input'] as const),
  ...(['output', 'hostCalls', 'hash'] as const),
];
const FUEL_PARTS = ['instantiate', 'guest', 'host', 'boundary'] as const;

function isReceiptAnswer({ receipt, stateDigest, values, verdict }: Plain): boolean {
  const isTextOrNull = (each: unknown) => each === null || typeof each === 'string';
  return (
    isReceiptJson(receipt) && isTextOrNull(stateDigest) && isTextOrNull(verdict) && (values === null || isTexts(values))
  );
}

function isZomeCall(value: unknown): boolean {
  return isRecord(value) && isReceiptAnswer(value) && typeof value['zome'] === 'string' && isTexts(value['traces']);
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

/** A result as every node must return it: without the tier, which may differ. */
export function tierless<A extends NodeAnswer>(answer: A): A {
  const { tier: _, ...rest } = answer as A & { readonly tier?: TierName };
  if (answer.kind !== 'validation') return rest as unknown as A;
  return { ...rest, calls: answer.calls.map((call) => tierless(call)) } as unknown as A;
}

/** The receipts in a result: one, one for each guest call, or none. */
export function receiptsOf(answer: NodeAnswer): readonly ReceiptAnswer[] {
  if (answer.kind === 'receipt') return [answer];
  return answer.kind === 'validation' ? answer.calls : [];
}

/** Fuel that all guests of a result have used. */
export function fuelOf(answer: NodeAnswer): number {
  return receiptsOf(answer).reduce((sum, { receipt }) => sum + receipt.fuel.used, 0);
}

type Made = CallResult | Omit<ValidateResult, 'verdict'> | ValidateResult;

/** Makes the call, with all that the engine reports. */
export function callResult(module: LoadedModule, call: AgreementCall): Made {
  const { fuel } = call;
  switch (call.kind) {
    case 'values':
      return module.call(call.export, call.args.map(parsedValue), { fuel });
    case 'bytes':
      return module.callBytes(call.export, fromHex(call.payload), { fuel });
    case 'validate':
      return module.validate(fromHex(call.entry), { fuel, exportName: call.export, generation: call.generation });
    case 'op':
      throw new UsageError('not-a-function', 'an op needs zomes; this call has a single module');
  }
}

function parsedValue(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new RangeError(parsed.message);
}

function answerOfResult(
  result: Pick<Made, 'outcome' | 'receipt' | 'diagnostics'>,
  digestPagesMax: number,
): ReceiptAnswer {
  const { outcome, receipt, diagnostics } = result;
  return {
    kind: 'receipt',
    receipt: receiptJson(receipt),
    stateDigest: receipt.pages > digestPagesMax ? null : toHex(diagnostics.stateDigest()),
    values: valuesOf(outcome),
    verdict: 'verdict' in result ? verdictText(result.verdict as Verdict) : null,
    tier: diagnostics.tier,
  };
}

function valuesOf(outcome: Made['outcome']): readonly string[] {
  if (outcome.kind === 'short-circuited') return [shownBytes(outcome.payload)];
  if (outcome.kind !== 'returned') return [];
  return 'values' in outcome ? outcome.values.map(printValue) : [shownBytes(outcome.output)];
}

function shownBytes(bytes: Uint8Array): string {
  const shown = toHex(bytes.subarray(0, OUTPUT_BYTES_SHOWN));
  return bytes.length > OUTPUT_BYTES_SHOWN ? `${shown}… ${bytes.length} bytes` : shown;
}

function verdictText(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'Valid':
      return verdict.kind;
    case 'Invalid':
      return `Invalid: ${verdict.reason}`;
    case 'UnresolvedDependencies': {
      const { dependencies } = verdict;
      const hashes =
        dependencies.kind === 'Hashes' ? dependencies.hashes : [dependencies.agent, dependencies.filter.chain_top];
      return `UnresolvedDependencies ${dependencies.kind}: ${hashes.map(toHex).join(' ')}`;
    }
    case 'NoVerdict':
      return `no verdict: ${verdict.cause.kind}`;
  }
}

/** A result on one line, for people. */
export function answerText(answer: NodeAnswer): string {
  switch (answer.kind) {
    case 'validation':
      return [answer.verdict, ...answer.calls.map((call) => `${call.zome}: ${answerText(call)}`)].join('; ');
    case 'receipt': {
      const { outcome, fuel } = answer.receipt;
      const detail = 'code' in outcome ? ` ${outcome.code}` : 'resource' in outcome ? ` ${outcome.resource}` : '';
      return `${outcome.kind}${detail} ${(answer.values ?? []).join(' ')}`.trimEnd().concat(`, fuel ${fuel.used}`);
    }
    case 'fault':
      return `${answer.fault.kind} ${answer.fault.code} at byte ${answer.fault.offset}`;
    case 'usage':
      return `cannot be called: ${answer.code}`;
    case 'failure':
      return `the host failed: ${answer.message}`;
    case 'none':
      return 'has no opinion';
  }
}
