/**
 * `assay validate MODULE --batch PATH`: validates many entries or ops in a pool of threads, with one line of JSON for
 * each. Only the data for the summary is kept of an input, so memory does not grow with their number.
 */
import { defined } from '../base/defined.js';
import { hash, toHex, utf8 } from '../base/hash.js';
import { LIMITS_1 } from '../base/limits.js';
import { UsageError } from '../base/usage-error.js';
import type { BilledAccount } from '../billing/billed-account.js';
import type { Generation } from '../boundary/generation.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import type { Verdict } from '../boundary/validation.js';
import { decode } from '../decode/decode.js';
import { importListings } from '../engine/describe/description.js';
import type { Tier } from '../engine/tier.js';
import { HostFailure } from '../machine/outcome.js';
import { numberedRequest } from '../pool/call-billing.js';
import { longestFirst } from '../pool/longest-first.js';
import { openPool, type Pool } from '../pool/open-pool.js';
import type { PooledReceipt } from '../pool/pooled-receipt.js';
import type { PooledOpValidation } from '../pool/pooled-zomes.js';
import { type Ran, runAll } from '../pool/run-all.js';
import type { DependencyDocument } from '../zome/dependency-file.js';
import { takesOps } from '../zome/detect-generation.js';
import type { OpCheck } from '../zome/op-check.js';
import { verdictJson } from '../zome/verdict-json.js';
import { DumpBatch } from './batch-dump.js';
import { type BatchInput, batchInputs } from './batch-inputs.js';
import { BatchProgress, BatchTotals, batchSummaryDocument, batchSummaryLines } from './batch-report.js';
import { BatchResults, type ResultLine } from './batch-results.js';
import { CliError } from './cli-error.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { printable } from './layout.js';
import { loadError } from './load-module.js';
import { bundlePlaceOf } from './module-place.js';
import { withAccount } from './open-ledger.js';
import { readValue } from './read-document.js';
import { SettledLines } from './settled-lines.js';
import { usageErrorsOf } from './usage-advice.js';
import { DEPENDENCIES_BYTES_MAX, dependencyDocumentOf, sourceAt, zomesAt } from './zome-subject.js';

export interface BatchOptions {
  readonly batch: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly tier?: Tier;
  readonly json?: boolean;
  readonly threads?: number;
  readonly out?: string;
  readonly resume?: boolean;
  readonly billing?: string;
  readonly prices?: string;
  readonly tenant?: string;
  readonly allowance?: bigint;
}

/** A thread's result for an input. */
interface Judged {
  readonly verdict: Verdict;
  readonly fuelUsed: number;
  readonly receipts: readonly PooledReceipt[];
}

/** How a batch validates an input, and what its results are bound to. */
interface Judge {
  readonly of: object;
  readonly judge: (input: BatchInput, requestId: Uint8Array) => Promise<Judged>;
  readonly dump?: DumpBatch<PooledOpValidation>;
}

/** @throws CliError */
export async function validateBatch(console: Console, argument: string, options: BatchOptions): Promise<ExitStatus> {
  return await withAccount(options, (account) => validateBilled(console, argument, options, account));
}

async function validateBilled(
  console: Console,
  argument: string,
  options: BatchOptions,
  account: BilledAccount | undefined,
): Promise<ExitStatus> {
  if (options.resume === true && options.out === undefined) {
    throw new CliError('--resume needs --out', 'name the file of results to continue from with --out');
  }
  const given = await batchInputs(options.batch);
  const pool = openPool({
    ...defined({ threads: options.threads, tier: options.tier, billing: account }),
  });
  try {
    const { of, judge, dump } = await judgeOf(pool, argument, options, given === undefined);
    const inputs = given ?? dump!.inputs;
    const totals = new BatchTotals();
    const progress = new BatchProgress(console, inputs.count, inputs.bytes);
    const head = JSON.stringify({ batch: { format: 'assay-batch-1', ...of, inputs: inputs.of } });
    const isPlain = options.out === undefined && options.json !== true;
    const results =
      options.out === undefined
        ? BatchResults.into(isPlain ? () => {} : (text) => console.out(text))
        : await BatchResults.open(options.out, head, options.resume === true, (line) => {
            totals.add(line);
            progress.addBefore();
            if (line.verdict === 'Invalid') dump?.addInvalidBefore(line.index);
          });
    try {
      const read = inputs.read((index) => results.done.has(index));
      const waiting = dump === undefined ? longestFirst(read) : read;
      const requestOf = requestsOf(head);
      const lines = new SettledLines(results, account);
      const run = (input: BatchInput) => judge(input, requestOf(input));
      for await (const ran of runAll(pool, waiting, run, { order: 'completion' })) {
        const line = lineOf(argument, ran);
        await lines.append(ran.input.index, JSON.stringify(line));
        totals.add(line);
        progress.add(ran.input.bytes.length, line.fuel?.used ?? 0);
      }
      await lines.flush();
      progress.end();
    } finally {
      results.close();
    }
    if (options.json === true) console.out(JSON.stringify(batchSummaryDocument(totals)));
    else console.out(batchSummaryLines(totals, console.colours).join('\n'));
    return statusOf(totals);
  } finally {
    await pool.terminate();
  }
}

/** An input of a batch is one request, however often it runs: a resumed batch bills it once. */
function requestsOf(head: string): (input: BatchInput) => Uint8Array {
  const batch = hash(utf8(head));
  return ({ index }) => numberedRequest(batch, index);
}

function lineOf(argument: string, { input, ...ran }: Ran<BatchInput, Judged>): ResultLine {
  const { index, name } = input;
  if (!ran.ok) return { index, input: name, verdict: null, cause: usageErrorsOf(argument, () => causeOf(ran.error)) };
  const { verdict, fuelUsed, receipts } = ran.result;
  const document = verdictJson(verdict) as Pick<ResultLine, 'verdict'>;
  return {
    index,
    input: name,
    ...document,
    fuel: { used: fuelUsed },
    ...{ receipts: receipts.map(({ hash: of }) => toHex(of)) },
  };
}

/** The cause of a missing verdict, if it is not the guest's. @throws errors that are bugs */
function causeOf(error: unknown): { readonly kind: string; readonly text: string } {
  if (error instanceof HostFailure) return { kind: 'host-failure', text: error.message };
  const isTooLong = error instanceof UsageError && error.code === 'payload-too-long';
  if (isTooLong || error instanceof RangeError) return { kind: 'unreadable', text: error.message };
  throw error;
}

async function judgeOf(pool: Pool, argument: string, options: BatchOptions, isDump: boolean): Promise<Judge> {
  const { definitions, dnaInfo, zome } = await zomesAt(argument);
  const [only] = definitions;
  const isEntries = definitions.length === 1 && bundlePlaceOf(argument) === undefined && takesEntries(only!.wasm);
  if (isEntries && !isDump) return await entryJudge(pool, argument, only!.wasm, options);
  const { generation, fuel, check = isDump ? 'all' : 'hashes', deps } = options;
  const added = await pool.addZomes({
    zomes: definitions,
    dnaInfo,
    ...defined({ generation }),
  });
  if (!added.ok)
    throw loadError(argument, added.fault, 'a zome can import only functions of a Holochain host of 0.1 to 0.7');
  const { host } = added;
  const value = deps === undefined ? undefined : readValue(deps, DEPENDENCIES_BYTES_MAX, 'dependencies');
  const document = value === undefined ? undefined : dependencyDocumentOf(deps!, value, host.generation);
  const source = document && sourceAt(deps!, document, host.generation);
  const bound = {
    ...defined({ fuel, zome }),
    ...(check === false ? {} : { check }),
  };
  const of = {
    modules: host.hashes,
    generation: host.generation,
    zome: zome ?? null,
    fuel: fuel ?? null,
    check: check === false ? null : check,
    dependencies: value === undefined ? null : toHex(hash(encodeMessagePack(value))),
  };
  if (isDump) {
    const dump = DumpBatch.read(options.batch, host, source, (bytes, found, requestId) =>
      host.validateOp(bytes, { ...bound, dependencies: joined(found, document), requestId }),
    );
    return { of, dump, judge: async (input, requestId) => judged(await dump.judge(input, requestId)) };
  }
  const dependencies = defined({ dependencies: document });
  const judge = async ({ bytes, format }: BatchInput, requestId: Uint8Array) =>
    judged(await host.validateOp(bytes, { ...bound, ...dependencies, format, requestId }));
  return { of, judge };
}

function judged({ verdict, calls }: Pick<PooledOpValidation, 'verdict' | 'calls'>): Judged {
  const receipts = calls.map(({ receipt }) => receipt);
  return { verdict, fuelUsed: receipts.reduce((sum, { fuel }) => sum + fuel.used, 0), receipts };
}

/** The records of the dump, then those passed with it. */
export function joined(
  { records = [], rejected = [], entries = [], actions = [] }: Partial<DependencyDocument>,
  more: DependencyDocument | undefined,
): DependencyDocument {
  if (more === undefined) return { records, rejected, entries, actions };
  return {
    records: [...more.records, ...records],
    rejected: [...more.rejected, ...rejected],
    entries: [...more.entries, ...entries],
    actions: [...more.actions, ...actions],
  };
}

export function takesEntries(wasm: Uint8Array): boolean {
  const { module } = decode(wasm, LIMITS_1);
  const isZome = importListings(module).some((item) => item.module === 'env' && item.name.startsWith('__hc__'));
  return !isZome && !takesOps(wasm);
}

/** @throws CliError for options that do not apply to entries */
export function refuseOptionsOfOps(
  argument: string,
  { deps, generation, check }: Pick<BatchOptions, 'deps' | 'generation' | 'check'>,
): void {
  if (deps === undefined && generation === undefined && check === undefined) return;
  throw new CliError(
    '--deps, --check and --generation apply only to ops',
    `${printable(argument)} takes entries, which have neither hashes nor dependencies`,
  );
}

async function entryJudge(pool: Pool, argument: string, wasm: Uint8Array, options: BatchOptions): Promise<Judge> {
  refuseOptionsOfOps(argument, options);
  const { fuel } = options;
  const added = await pool.addModule(wasm);
  if (!added.ok) throw loadError(argument, added.fault);
  const { module } = added;
  return {
    of: { modules: [module.hash], fuel: fuel ?? null },
    judge: async ({ bytes, format }, requestId) => {
      const options = { format, requestId, ...defined({ fuel }) };
      const { verdict, receipt } = await module.validate(bytes, options);
      return { verdict, fuelUsed: receipt.fuel.used, receipts: [receipt] };
    },
  };
}

export function statusOf({ verdicts, hostFailures, unreadable }: BatchTotals): ExitStatus {
  if (hostFailures > 0) return EXIT.hostFailure;
  if (unreadable > 0) return EXIT.usage;
  if (verdicts.NoVerdict > 0) return EXIT.notReturned;
  if (verdicts.Invalid > 0) return EXIT.invalid;
  return verdicts.UnresolvedDependencies > 0 ? EXIT.unresolved : EXIT.ok;
}
