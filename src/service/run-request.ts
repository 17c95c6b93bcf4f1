/**
 * Runs a request as a job of the pool, and makes its response. Invariant: receipts are the same as in one thread,
 * because a job is run like a call there.
 */
import { fromHex } from '../base/hash.js';
import { UsageError } from '../base/usage-error.js';
import { BillingRefused } from '../billing/billed-account.js';
import { BillingError } from '../billing/billing-error.js';
import { NotOrdered, type OrderedRun } from '../billing/ordered-run.js';
import { answerJson } from '../billing/request.js';
import type { Generation } from '../boundary/generation.js';
import { type ByteOutcome, type CallOutcome, DEFAULT_FUEL } from '../engine/loaded-module.js';
import { HostFailure } from '../machine/outcome.js';
import type { CallBilling } from '../pool/call-billing.js';
import { JobFailure, PoolError } from '../pool/pool-error.js';
import type { PooledByteCall, PooledCall, PooledModule, PooledValidation } from '../pool/pooled-module.js';
import type { PooledReceipt } from '../pool/pooled-receipt.js';
import type { PooledOpOptions, PooledOpValidation, PooledZomes } from '../pool/pooled-zomes.js';
import { type Taking, whenRoom } from '../pool/run-all.js';
import type { InputFormat } from '../pool/wire.js';
import { StoreError } from '../store/store-error.js';
import { parseValue, printValue, type Value } from '../wasm/value.js';
import { verdictJson } from '../zome/verdict-json.js';
import type { BatchLine } from './protocol/messages.js';
import { ProblemError } from './protocol/problems.js';
import type { JsonText } from './protocol/schema-types.js';
import type { ServiceLimits } from './service-limits.js';

/** Options of all runs of a request or batch. */
export interface RunOptions {
  readonly fuel?: number | undefined;
  readonly timeLimitMs?: number | undefined;
  readonly receipts?: string | undefined;
  readonly export?: string | undefined;
  readonly generation?: string | undefined;
  readonly zome?: string | undefined;
  readonly check?: string | undefined;
  /** Dependencies that the ops of a batch share: one object, so that it is sent once with each message. */
  readonly dependencies?: JsonText | Uint8Array | undefined;
}

export interface Billed {
  readonly billing: CallBilling | undefined;
  readonly requestId: Uint8Array | undefined;
  /** The pool, for a run that waits until it has room; otherwise a full pool is a problem. */
  readonly waitsFor?: Taking | undefined;
  /** For signed requests: the runs that they order. */
  readonly order?: OrderedRun | undefined;
  /** Signs the answers to them. */
  readonly secret?: Uint8Array | undefined;
}

export type Fuel = PooledReceipt['fuel'];

/** The result of a run: the body of the response as JSON, and the values that are counted. */
export interface RunResult {
  readonly text: string;
  readonly receipts: readonly PooledReceipt[];
  /** Hashes of the receipts, in hexadecimal. */
  readonly hashes: readonly string[];
  /** Fuel of all receipts. */
  readonly fuel: Fuel;
  readonly outcomes: readonly string[];
  readonly verdict: string | undefined;
  /** Whether it was a hit of the memo; undefined if no memo was used. */
  readonly isHit: boolean | undefined;
}

interface JobTerms {
  timeLimitMs: number;
  fuel?: number;
  generation?: Generation;
  billing?: CallBilling;
  requestId?: Uint8Array;
}

function jobOptions(options: RunOptions, { billing, requestId }: Billed, limits: ServiceLimits): JobTerms {
  const { fuel, timeLimitMs = limits.jobMs, generation } = options;
  if (fuel !== undefined && fuel > limits.fuel) {
    throw new ProblemError('unusable-input', {
      path: '$.fuel',
      detail: `the highest fuel limit here is ${limits.fuel}`,
    });
  }
  // Field by field, because it is made for each line of a batch.
  const made: JobTerms = { timeLimitMs: Math.min(timeLimitMs, limits.jobMs) };
  if (fuel !== undefined) made.fuel = fuel;
  if (generation !== undefined) made.generation = generation as Generation;
  if (billing !== undefined) made.billing = billing;
  if (requestId !== undefined) made.requestId = requestId;
  return made;
}

/** Runs a line in a module. @throws ProblemError */
export function runInModule(
  module: PooledModule,
  line: BatchLine,
  options: RunOptions,
  billed: Billed,
  limits: ServiceLimits,
): Promise<RunResult> {
  const { receipts: form, export: exportName } = options;
  const job: JobTerms & { format?: InputFormat; exportName?: string } = jobOptions(options, billed, limits);
  billed.order?.check([fromHex(module.hash)], job.fuel ?? DEFAULT_FUEL);
  if ('args' in line) {
    const [name, values] = [exportOf(options), valuesOf(line.args)];
    return resultOf(
      billed,
      () => module.call(name, values, job),
      (made) => called(made, form, billed),
    );
  }
  if ('payloadBase64' in line) {
    const { payloadBase64: payload } = line;
    const name = exportOf(options);
    return resultOf(
      billed,
      () => module.callBytes(name, payload, job),
      (made) => called(made, form, billed),
    );
  }
  if ('op' in line || 'opBase64' in line) {
    throw new ProblemError('invalid-request', {
      detail: 'a module takes input, inputBase64, args or payloadBase64; an op needs zomes',
    });
  }
  const input = 'input' in line ? line.input.bytes : line.inputBase64;
  if ('input' in line) job.format = 'json';
  if (exportName !== undefined) job.exportName = exportName;
  return resultOf(
    billed,
    () => module.validate(input, job),
    (made) => validated(made, form, billed),
  );
}

/** Validates a line with zomes. @throws ProblemError */
export function runInZomes(
  zomes: PooledZomes,
  line: BatchLine,
  options: RunOptions,
  billed: Billed,
  limits: ServiceLimits,
): Promise<RunResult> {
  if (!('op' in line || 'opBase64' in line)) {
    throw new ProblemError('invalid-request', { detail: 'zomes take op or opBase64' });
  }
  const { zome, check } = options;
  const job = jobOptions(options, billed, limits);
  billed.order?.check(zomes.hashes.map(fromHex), job.fuel ?? DEFAULT_FUEL);
  const [op, format] = 'op' in line ? ([line.op.bytes, 'json'] as const) : ([line.opBase64, 'messagepack'] as const);
  const own = 'op' in line ? line.dependencies : line.dependenciesBase64;
  const dependencies = dependencyOptions(own ?? options.dependencies);
  const run = {
    ...job,
    ...dependencies,
    format,
    ...(zome === undefined ? {} : { zome }),
    ...(check === undefined ? {} : { check: check as 'hashes' | 'all' }),
  };
  return resultOf(
    billed,
    () => zomes.validateOp(op, run),
    (made) => validated(made, options.receipts, billed),
  );
}

function dependencyOptions(
  given: JsonText | Uint8Array | undefined,
): Pick<PooledOpOptions, 'dependencies' | 'dependencyFormat'> {
  if (given === undefined) return {};
  if (given instanceof Uint8Array) return { dependencies: given };
  return { dependencies: given.bytes, dependencyFormat: 'json' };
}

function exportOf({ export: name }: RunOptions): string {
  if (name !== undefined) return name;
  throw new ProblemError('invalid-request', { path: '$.export', detail: 'a call needs the name of an export' });
}

function valuesOf(args: readonly string[]): Value[] {
  return args.map((text, i) => {
    const parsed = parseValue(text);
    if (parsed.ok) return parsed.value;
    throw new ProblemError('invalid-request', { path: `$.args[${i}]`, detail: parsed.message });
  });
}

function validated(made: PooledValidation | PooledOpValidation, form: string | undefined, billed: Billed): RunResult {
  const calls = 'calls' in made ? made.calls : [made];
  const isHit = 'isHit' in made ? made.isHit : undefined;
  const said = verdictJson(made.verdict);
  return figured(said, said.verdict ?? 'none', calls, form, billed, isHit);
}

function called(made: PooledCall | PooledByteCall, form: string | undefined, billed: Billed): RunResult {
  return figured({ outcome: outcomeJson(made.outcome) }, undefined, [made], form, billed, undefined);
}

/** The response with the facts of its receipts, and the values that are counted. */
function figured(
  said: object,
  verdict: string | undefined,
  calls: readonly { readonly outcome: { readonly kind: string }; readonly receipt: PooledReceipt }[],
  form: string | undefined,
  { order, secret }: Billed,
  isHit: boolean | undefined,
): RunResult {
  const receipts: PooledReceipt[] = [];
  const hashes: string[] = [];
  const outcomes: string[] = [];
  for (const { outcome, receipt } of calls) {
    receipts.push(receipt);
    hashes.push(hexOf(receipt.hash));
    outcomes.push(outcome.kind);
  }
  const fuel = receipts.length === 1 ? receipts[0].fuel : sumOf(receipts);
  const more: More = {};
  if (form === 'bytes') more.receiptBytes = receipts.map(({ bytes }) => hexOf(bytes));
  if (order !== undefined && secret !== undefined) more.signedAnswers = answersOf(order, receipts, secret);
  if (isHit === true) more.isHit = true;
  return { text: bodyText(said, fuel, hashes, more), receipts, hashes, fuel, outcomes, verdict, isHit };
}

interface More {
  receiptBytes?: readonly string[];
  signedAnswers?: readonly object[];
  isHit?: true;
}

/**
 * JSON of a body, as `JSON.stringify` would write all its fields. Numbers and hashes are inserted here, which takes a
 * third of the time.
 * @param said has a field at least
 */
function bodyText(said: object, { used, parts }: Fuel, hashes: readonly string[], more: More): string {
  const { instantiate, guest, host, boundary } = parts;
  const partsText = `{"instantiate":${instantiate},"guest":${guest},"host":${host},"boundary":${boundary}}`;
  const receipts = hashes.length === 0 ? '[]' : `["${hashes.join('","')}"]`;
  const rest = JSON.stringify(more);
  const end = rest === '{}' ? '}' : `,${rest.slice(1)}`;
  return `${JSON.stringify(said).slice(0, -1)},"fuel":{"used":${used},"parts":${partsText}},"receipts":${receipts}${end}`;
}

/** `toHex`, by the host. */
function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

function outcomeJson(outcome: CallOutcome | ByteOutcome): object {
  const { kind } = outcome;
  switch (kind) {
    case 'returned':
      return 'values' in outcome
        ? { kind, values: outcome.values.map(printValue) }
        : { kind, outputBase64: base64Of(outcome.output) };
    case 'trapped':
    case 'breached':
      return { kind, code: outcome.code };
    case 'exhausted':
      return { kind, resource: outcome.resource };
    case 'short-circuited':
      return { kind, payloadBase64: base64Of(outcome.payload) };
  }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}

function sumOf(receipts: readonly PooledReceipt[]): Fuel {
  const parts = { instantiate: 0, guest: 0, host: 0, boundary: 0 };
  let used = 0;
  for (const { fuel } of receipts) {
    used += fuel.used;
    parts.instantiate += fuel.parts.instantiate;
    parts.guest += fuel.parts.guest;
    parts.host += fuel.parts.host;
    parts.boundary += fuel.parts.boundary;
  }
  return { used, parts };
}

function answersOf(order: OrderedRun, receipts: readonly PooledReceipt[], secret: Uint8Array): readonly object[] {
  const values = receipts.map(({ value }) => value);
  return order.answers(values, secret).map(answerJson);
}

/** The result of a job, or its error as a problem. */
async function resultOf<R>(
  { waitsFor }: Billed,
  run: () => Promise<R>,
  read: (made: R) => RunResult,
): Promise<RunResult> {
  let made: R;
  try {
    made = await (waitsFor === undefined ? run() : whenRoom(waitsFor, run));
  } catch (error) {
    // The caller that admitted the run needs to know what it used.
    throw error instanceof NotOrdered ? error : problemOfFailure(error);
  }
  return read(made);
}

/** The problem for an error of the engine, the pool, billing or a store; bugs are returned unchanged. */
export function problemOfFailure(error: unknown): unknown {
  if (error instanceof JobFailure) {
    const { code, inputHash } = error;
    return new ProblemError(code === 'time-limit' ? 'time-limit' : 'host-failure', { inputHash });
  }
  if (error instanceof NotOrdered) return new ProblemError('not-ordered', { detail: error.message });
  if (error instanceof BillingRefused) return new ProblemError('payment-required', { detail: error.message });
  if (error instanceof BillingError) {
    if (error.code === 'document') return new ProblemError('invalid-request', { detail: error.message });
    return error.code === 'unknown'
      ? new ProblemError('payment-required', { detail: 'the tenant has no account' })
      : new ProblemError('unavailable', { detail: 'the ledger cannot be used', retryAfterSeconds: 5 });
  }
  if (error instanceof StoreError)
    return new ProblemError('unavailable', { detail: 'the store of modules cannot be used', retryAfterSeconds: 5 });
  if (error instanceof PoolError) {
    return error.code === 'queue-full'
      ? new ProblemError('overloaded', { retryAfterSeconds: 1 })
      : new ProblemError('stopping', { retryAfterSeconds: 5 });
  }
  if (error instanceof UsageError || error instanceof RangeError) {
    return new ProblemError('unusable-input', { detail: error.message });
  }
  if (error instanceof HostFailure) return new ProblemError('host-failure');
  return error;
}
