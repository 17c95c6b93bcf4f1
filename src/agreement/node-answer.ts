/** What a node answers to a call: a receipt and what can be told beside it, or why there is none. Plain data. */

import type { LoadFault } from '../base/fault.js';
import { fromHex, toHex } from '../base/hash.js';
import type { Verdict } from '../boundary/validation.js';
import type { CallResult, LoadedModule, ValidateResult } from '../engine/loaded-module.js';
import { type ReceiptJson, receiptJson } from '../engine/receipt-json.js';
import { UsageError } from '../engine/usage-error.js';
import { HostFailure } from '../machine/outcome.js';
import { parseValue, printValue, type Value } from '../wasm/value.js';
import type { AgreementCall } from './agreement-call.js';

export interface ReceiptAnswer {
  readonly kind: 'receipt';
  readonly receipt: ReceiptJson;
  /** In hexadecimal; null where the node cannot tell it, or the memory is too large to be hashed each time. */
  readonly stateDigest: string | null;
  /** The results as `printValue` writes them, or the first bytes of the output; null where the node has the hash alone. */
  readonly values: readonly string[] | null;
  /** Of a validation: the verdict in a line. */
  readonly verdict: string | null;
}

export type NodeAnswer =
  | ReceiptAnswer
  /** The module does not load. */
  | { readonly kind: 'fault'; readonly fault: Pick<LoadFault, 'kind' | 'code' | 'offset'> }
  /** The call cannot be made: no such export, wrong arguments. */
  | { readonly kind: 'usage'; readonly code: string }
  /** The host failed: no memory, a crash, a bug. */
  | { readonly kind: 'failure'; readonly message: string }
  /** The node has no opinion: a folder of receipts without this call. */
  | { readonly kind: 'none' };

/** Larger memories are not digested: hashing takes longer than the call. */
export const DIGEST_PAGES_MAX = 2;
const OUTPUT_BYTES_SHOWN = 256;

/** Makes the call. What is thrown other than by the caller's or the host's fault is a bug and passes through. */
export function answerOf(module: LoadedModule, call: AgreementCall, digestPagesMax = DIGEST_PAGES_MAX): NodeAnswer {
  try {
    return answerOfResult(callResult(module, call), digestPagesMax);
  } catch (error) {
    if (error instanceof UsageError) return { kind: 'usage', code: error.code };
    if (error instanceof HostFailure) return { kind: 'failure', message: error.message };
    throw error;
  }
}

type Made = CallResult | Omit<ValidateResult, 'verdict'> | ValidateResult;

/** Makes the call, with all that the engine tells. */
export function callResult(module: LoadedModule, call: AgreementCall): Made {
  const { fuel } = call;
  switch (call.kind) {
    case 'values':
      return module.call(call.export, call.args.map(parsedValue), { fuel });
    case 'bytes':
      return module.callBytes(call.export, fromHex(call.payload), { fuel });
    case 'validate':
      return module.validate(fromHex(call.entry), { fuel, exportName: call.export, generation: call.generation });
  }
}

function parsedValue(text: string): Value {
  const parsed = parseValue(text);
  if (parsed.ok) return parsed.value;
  throw new RangeError(parsed.message);
}

function answerOfResult(result: Made, digestPagesMax: number): ReceiptAnswer {
  const { outcome, receipt, diagnostics } = result;
  return {
    kind: 'receipt',
    receipt: receiptJson(receipt),
    stateDigest: receipt.pages > digestPagesMax ? null : toHex(diagnostics.stateDigest()),
    values: valuesOf(outcome),
    verdict: 'verdict' in result ? verdictText(result.verdict) : null,
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

/** An answer in a line, for a person. */
export function answerText(answer: NodeAnswer): string {
  switch (answer.kind) {
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
