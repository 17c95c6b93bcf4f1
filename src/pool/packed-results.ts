/**
 * The results of a message: receipts and outputs in one buffer, and what else they say once for those that say the same. See
 * `packed-tasks.ts`.
 *
 * Invariant: what is received are the results that were packed.
 */
import type { Verdict } from '../boundary/validation.js';
import type { ByteOutcome, CallOutcome } from '../engine/loaded-module.js';
import { Packed } from './packed.js';
import type { WireResult, WireZomeCall } from './wire.js';

/** A call without its receipt. Its outcome is undefined if it returned bytes. */
type FormOf<C> = C extends { readonly outcome: infer O }
  ? Omit<C, 'receipt' | 'outcome'> & { readonly outcome: O | undefined }
  : C;

/** A result without its bytes. */
type ResultForm =
  | FormOf<Exclude<WireResult, { kind: 'op' }>>
  | (Omit<Extract<WireResult, { kind: 'op' }>, 'calls'> & { readonly calls: readonly FormOf<WireZomeCall>[] });

export interface PackedResults {
  readonly forms: readonly ResultForm[];
  /** For each result its form, then for each of its calls the length of the receipt, and of the output if there is one. */
  readonly rows: Uint32Array;
  /** Receipts and outputs, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function packedResults(results: readonly WireResult[]): PackedResults {
  const forms: ResultForm[] = [];
  const known = new Map<string, number>();
  const rows: number[] = [];
  const packed = new Packed();
  const add = (receipt: Uint8Array, outcome: ByteOutcome | CallOutcome): void => {
    packed.add(receipt);
    rows.push(receipt.length);
    if (!hasOutput(outcome)) return;
    packed.add(outcome.output);
    rows.push(outcome.output.length);
  };
  for (const result of results) {
    const name = nameOf(result);
    let form = name === undefined ? undefined : known.get(name);
    if (form === undefined) {
      form = forms.push(formOf(result)) - 1;
      if (name !== undefined) known.set(name, form);
    }
    rows.push(form);
    if (result.kind === 'op') for (const { receipt, outcome } of result.calls) add(receipt, outcome);
    else if (result.kind !== 'thrown') add(result.receipt, result.outcome);
  }
  return { forms, rows: new Uint32Array(rows), bytes: packed.joined() };
}

/** Equal for results that have the same form; undefined for one that is sent as it is. */
function nameOf(result: WireResult): string | undefined {
  if (result.kind === 'bytes') {
    const { outcome, hostCallCount, verdict } = result;
    const judged = judgedOf(verdict);
    return hasOutput(outcome) && judged !== undefined ? `${hostCallCount} ${judged}` : undefined;
  }
  if (result.kind !== 'op') return undefined;
  const { verdict, calls, zomes, isHit } = result;
  const judged = judgedOf(verdict);
  const isPlain = calls.every(
    ({ outcome, traces, tracesDropped }) => hasOutput(outcome) && traces.length === 0 && tracesDropped === 0,
  );
  if (judged === undefined || !isPlain) return undefined;
  const called = calls.map(({ zome, callback, export: name }) => [zome, callback, name]);
  return `${JSON.stringify([isHit, zomes, called])} ${judged}`;
}

/** What is said of most: at most a reason, which is last. */
function judgedOf(verdict: Verdict | undefined): string | undefined {
  if (verdict === undefined) return 'none';
  if (verdict.kind === 'Valid') return 'Valid';
  return verdict.kind === 'Invalid' ? `Invalid ${verdict.reason}` : undefined;
}

function formOf(result: WireResult): ResultForm {
  if (result.kind === 'thrown') return result;
  if (result.kind === 'op') {
    const { calls, ...rest } = result;
    return { ...rest, calls: calls.map(({ receipt: _, outcome, ...call }) => ({ ...call, outcome: sentOf(outcome) })) };
  }
  if (result.kind === 'call') {
    const { receipt: _, ...form } = result;
    return form;
  }
  const { receipt: _, outcome, ...form } = result;
  return { ...form, outcome: sentOf(outcome) };
}

function sentOf(outcome: ByteOutcome): ByteOutcome | undefined {
  return hasOutput(outcome) ? undefined : outcome;
}

function hasOutput(outcome: ByteOutcome | CallOutcome): outcome is Extract<ByteOutcome, { kind: 'returned' }> {
  return outcome.kind === 'returned' && 'output' in outcome;
}

/** The results of a message, in their order. */
export function receivedResults({ forms, rows, bytes }: PackedResults): readonly WireResult[] {
  const { buffer } = bytes;
  const results: WireResult[] = [];
  let at = 0;
  let from = 0;
  const taken = (): Uint8Array => {
    const length = rows[at++];
    from += length;
    return new Uint8Array(buffer, from - length, length);
  };
  const outcomeOf = (sent: ByteOutcome | undefined): ByteOutcome => sent ?? { kind: 'returned', output: taken() };
  while (at < rows.length) {
    const form = forms[rows[at++]];
    if (form.kind === 'thrown') results.push(form);
    else if (form.kind === 'call') results.push({ ...form, receipt: taken(), outcome: form.outcome! });
    else if (form.kind === 'bytes') {
      const { kind, hostCallCount, verdict } = form;
      results.push({ kind, receipt: taken(), outcome: outcomeOf(form.outcome), hostCallCount, verdict });
    } else {
      const calls = form.calls.map((call) => ({ ...call, receipt: taken(), outcome: outcomeOf(call.outcome) }));
      results.push({ ...form, calls });
    }
  }
  return results;
}
