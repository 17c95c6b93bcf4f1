/**
 * A batch run by a fleet: everything is submitted, and results are written in the form of `validate --batch`. Only the
 * data for the summary is kept of an input.
 */
import { basename, resolve } from 'node:path';
import { defined } from '../base/defined.js';
import { fromHex, hash, toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import type { BilledAccount } from '../billing/billed-account.js';
import type { Generation } from '../boundary/generation.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { type CollectedJob, Collector } from '../fleet/collector.js';
import type { Mismatch } from '../fleet/dispute.js';
import type { FleetError } from '../fleet/fleet-error.js';
import type { FleetQueue } from '../fleet/fleet-queue.js';
import { fuelOf, type Item, isFailed } from '../fleet/line.js';
import { writeMismatch } from '../fleet/mismatch-file.js';
import { openSubmitter, type Submitter } from '../fleet/submitter.js';
import { type Work, workDna } from '../fleet/work.js';
import { runAll } from '../pool/run-all.js';
import { encodeDependencies } from '../zome/dependency-file.js';
import type { OpCheck } from '../zome/op-check.js';
import { verdictJson } from '../zome/verdict-json.js';
import { DumpBatch, type DumpVerdict, type NeverRun } from './batch-dump.js';
import { type BatchInputs, batchInputs } from './batch-inputs.js';
import { BatchProgress, BatchTotals, batchSummaryDocument, batchSummaryLines } from './batch-report.js';
import { BatchResults, type ResultLine } from './batch-results.js';
import { CliError } from './cli-error.js';
import { statusNotes } from './command-status.js';
import type { Console } from './console.js';
import { EXIT, type ExitStatus } from './exit-status.js';
import { counted, printable } from './layout.js';
import { loadModule } from './load-module.js';
import { bundlePlaceOf } from './module-place.js';
import { withAccount } from './open-ledger.js';
import { writeError } from './read-bytes.js';
import { readValue } from './read-document.js';
import { dumpVerdictOf, RemoteOps } from './remote-ops.js';
import { SettledLines } from './settled-lines.js';
import { joined, refuseOptionsOfOps, statusOf, takesEntries } from './validate-batch.js';
import { DEPENDENCIES_BYTES_MAX, dependencyDocumentOf, sourceAt, zomeSubject, zomesAt } from './zome-subject.js';

export interface SubmitOptions {
  readonly batch: string;
  readonly deps?: string;
  readonly generation?: Generation;
  readonly check?: OpCheck | false;
  readonly fuel?: number;
  readonly json?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly name?: string;
  readonly jobInputs?: number;
  readonly checkShare?: number;
  readonly replays?: string;
  readonly detach?: boolean;
  readonly billing?: string;
  readonly prices?: string;
  readonly tenant?: string;
  readonly allowance?: bigint;
  readonly onWait: (error: FleetError) => void;
}

/** The subject of a batch. */
interface Subject {
  readonly work: Work;
  /** What its results are bound to, as in `validate --batch`. */
  readonly of: object;
  readonly dump?: DumpBatch<RemoteRun>;
}

/** The result of one run of an op of a dump. */
interface RemoteRun {
  readonly verdict: DumpVerdict;
  readonly item: Item;
}

/** Maximum ops of a dump in progress: as many as a few jobs have. */
const DUMP_WINDOW = 1_024;
const REPLAYS = 'assay-replays';
/** After this many polls without a result, the results of other collectors are checked. */
const LOOK_AGAIN = 20;
/** Fuel reserved for jobs in progress: a thousand jobs of 64 calls, of a billion units each. */
const RESERVED_FUEL = 64_000_000_000_000n;

/** @throws CliError */
export async function submitBatch(
  console: Console,
  queue: FleetQueue,
  argument: string,
  options: SubmitOptions,
): Promise<ExitStatus> {
  const submit = (account: BilledAccount | undefined) => submitBilled(console, queue, argument, options, account);
  return await withAccount(options, submit, RESERVED_FUEL);
}

async function submitBilled(
  console: Console,
  queue: FleetQueue,
  argument: string,
  options: SubmitOptions,
  account: BilledAccount | undefined,
): Promise<ExitStatus> {
  const given = await batchInputs(options.batch);
  if (given === undefined && options.detach === true) {
    throw new CliError(
      'a dump cannot be submitted with --detach',
      'what an op depends on is sent when it is asked for, so the command has to stay; leave --detach out',
    );
  }
  const remote = new RemoteOps();
  const subject = await subjectOf(queue, argument, options, given === undefined ? remote : undefined);
  const inputs = given ?? subject.dump!.inputs;
  const name = options.name ?? basename(resolve(options.batch));
  const own = new Set<string>();
  const submitter = await openSubmitter(queue, {
    work: subject.work,
    name: `${name} ${JSON.stringify(inputs.of)}`,
    ...defined({ jobInputs: options.jobInputs }),
    onWait: options.onWait,
    onJobs: (ids) => {
      for (const id of ids) own.add(toHex(id));
    },
    ...defined({ billing: account }),
  });
  const batch = toHex(submitter.batch);
  if (options.detach === true) {
    await submitAll(submitter, inputs);
    const { jobs, inputs: count } = submitter;
    if (options.json === true) console.out(JSON.stringify({ batch, name, jobs, inputs: count }));
    else console.out(`batch ${batch.slice(0, SHOWN)}: ${counted(count, 'input')} in ${counted(jobs, 'job')}`);
    return EXIT.ok;
  }
  const run = await FleetRun.open(console, queue, submitter, own, subject, inputs, options, account);
  try {
    return subject.dump === undefined ? await run.ofInputs() : await run.ofDump(subject.dump, remote);
  } finally {
    await run.close();
  }
}

const SHOWN = 12;

async function submitAll(submitter: Submitter, inputs: BatchInputs): Promise<void> {
  for await (const { index, name, bytes, format } of inputs.read(() => false)) {
    await submitter.add({ index, name, input: bytes, format, dependencies: null });
  }
  await submitter.close();
}

/** One run of the command: its results, and where they go. */
class FleetRun {
  readonly #console: Console;
  readonly #queue: FleetQueue;
  readonly #submitter: Submitter;
  /** Jobs of these inputs. A batch of the same name may have had other jobs, whose results must not be used. */
  readonly #own: ReadonlySet<string>;
  readonly #inputs: BatchInputs;
  readonly #options: SubmitOptions;
  readonly #collector: Collector;
  readonly #results: BatchResults;
  readonly #lines: SettledLines;
  readonly #totals: BatchTotals;
  readonly #progress: BatchProgress;
  readonly #seen = new Set<string>();
  readonly #said = new Set<string>();
  #mismatches = 0;
  /** Resolves when everything up to now is billed and written, in order. */
  #written: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  static async open(
    console: Console,
    queue: FleetQueue,
    submitter: Submitter,
    own: ReadonlySet<string>,
    { of, dump }: Subject,
    inputs: BatchInputs,
    options: SubmitOptions,
    account: BilledAccount | undefined,
  ): Promise<FleetRun> {
    const totals = new BatchTotals();
    const progress = new BatchProgress(console, inputs.count, inputs.bytes);
    const head = JSON.stringify({ batch: { format: 'assay-batch-1', ...of, inputs: inputs.of } });
    const results =
      options.out === undefined
        ? BatchResults.into(options.json === true ? (text) => console.out(text) : () => {})
        : await BatchResults.open(options.out, head, options.resume === true, (line) => {
            totals.add(line);
            progress.addBefore();
            if (line.verdict === 'Invalid') dump?.addInvalidBefore(line.index);
          });
    const lines = new SettledLines(results, account);
    return new FleetRun(console, queue, submitter, own, inputs, options, results, lines, totals, progress);
  }

  private constructor(
    console: Console,
    queue: FleetQueue,
    submitter: Submitter,
    own: ReadonlySet<string>,
    inputs: BatchInputs,
    options: SubmitOptions,
    results: BatchResults,
    lines: SettledLines,
    totals: BatchTotals,
    progress: BatchProgress,
  ) {
    this.#console = console;
    this.#queue = queue;
    this.#submitter = submitter;
    this.#own = own;
    this.#inputs = inputs;
    this.#options = options;
    this.#results = results;
    this.#lines = lines;
    this.#totals = totals;
    this.#progress = progress;
    this.#collector = new Collector(queue, submitter.batch, {
      ...defined({ checkShare: options.checkShare }),
      onWait: options.onWait,
      onMismatch: (mismatch) => this.#differ(mismatch),
      onRefused: (job, reason) =>
        console.err(`a line of job ${toHex(job).slice(0, SHOWN)} is refused: ${printable(reason)}`),
    });
  }

  /** Submits everything while results come in. */
  async ofInputs(): Promise<ExitStatus> {
    let isSubmitted = false;
    const submitting = submitAll(this.#submitter, this.#inputs).then(
      () => {
        isSubmitted = true;
      },
      (error: unknown) => {
        this.#failed ??= { error };
      },
    );
    let isLookedAt = false;
    for (let idle = 0; !isSubmitted || this.#seen.size < this.#submitter.jobs; ) {
      // Existing results can be assigned to these inputs only after all are submitted.
      if (isSubmitted && !isLookedAt) {
        isLookedAt = true;
        await this.#takeBefore();
        continue;
      }
      const jobs = await this.#collector.next();
      for (const job of jobs) this.#take(job);
      if (this.#failed !== undefined) {
        // Results that were paid for are delivered.
        await this.#flush();
        throw this.#failed.error;
      }
      idle = jobs.length > 0 ? 0 : idle + 1;
      if (idle === 0 || idle % LOOK_AGAIN !== 0) continue;
      // Another collector of the same batch may have judged some.
      await this.#takeBefore();
      await this.#sayWhy();
    }
    await submitting;
    return await this.#end();
  }

  /** Prints why no results come, as far as that is known. */
  async #sayWhy(): Promise<void> {
    const batches = (await this.#queue.batches()).filter(({ id }) => sameBytes(id, this.#submitter.batch));
    for (const note of statusNotes(batches, await this.#queue.workers())) {
      if (!this.#said.has(note)) this.#console.err(note);
      this.#said.add(note);
    }
  }

  async #takeBefore(): Promise<void> {
    for await (const job of this.#collector.before()) this.#take(job);
  }

  /** Bills a job and writes its results. Nothing waits for that here: the bill may wait for later jobs. */
  #take(collected: CollectedJob): void {
    const { id, job, items } = collected;
    const hex = toHex(id);
    if (!this.#own.has(hex) || this.#seen.has(hex)) return;
    this.#seen.add(hex);
    // An input with a line was billed before the line was written.
    if (job.inputs.every(({ index }) => this.#results.done.has(index))) return;
    const billed = this.#submitter.bill(collected);
    const write = async () => {
      await billed;
      for (const [at, { index, name }] of job.inputs.entries()) await this.#write(index, name, items[at], 0);
    };
    billed.catch(() => undefined);
    this.#written = this.#written.then(write);
    this.#written.catch((error: unknown) => {
      this.#failed ??= { error };
    });
  }

  /** Writes the results that were billed. */
  async #flush(): Promise<void> {
    await this.#written.catch(() => undefined);
    await this.#lines.flush();
  }

  /** Ops of a dump are submitted when they can run: some wait for the verdicts of others. */
  async ofDump(dump: DumpBatch<RemoteRun>, remote: RemoteOps): Promise<ExitStatus> {
    remote.open(this.#submitter);
    const collecting = remote.collect(this.#collector);
    const waiting = this.#inputs.read((index) => this.#results.done.has(index));
    const ran = runAll({ window: DUMP_WINDOW }, waiting, (input) => dump.judge(input), { order: 'completion' });
    try {
      for await (const { input, ...made } of ran) {
        if (!made.ok) throw made.error;
        await this.#write(input.index, input.name, itemOf(made.result), input.bytes.length);
      }
    } catch (error) {
      // Results that were paid for are delivered.
      await this.#flush();
      throw error;
    } finally {
      remote.end();
      await collecting;
    }
    await this.#submitter.close();
    return await this.#end();
  }

  async close(): Promise<void> {
    this.#progress.end();
    this.#results.close();
    await this.#collector.close();
  }

  async #end(): Promise<ExitStatus> {
    await this.#flush();
    if (this.#failed !== undefined) throw this.#failed.error;
    this.#progress.end();
    this.#results.close();
    const { json, replays = REPLAYS } = this.#options;
    if (json === true) this.#console.out(JSON.stringify(batchSummaryDocument(this.#totals)));
    else this.#console.out(batchSummaryLines(this.#totals, this.#console.colours).join('\n'));
    if (this.#mismatches > 0) {
      const differ = `${counted(this.#mismatches, 'result')} of workers differed`;
      this.#console.err(
        `${differ}; the files in ${printable(replays)} say where, and assay agree replay runs them again`,
      );
    }
    return statusOf(this.#totals);
  }

  async #write(index: number, name: string, item: Item, bytes: number): Promise<void> {
    if (this.#results.done.has(index)) return;
    const line = lineOf(index, name, item);
    await this.#lines.append(index, JSON.stringify(line));
    this.#totals.add(line);
    this.#progress.add(bytes, line.fuel?.used ?? 0);
  }

  /** Reports the worker with the differing result, and records it. */
  #differ(mismatch: Mismatch): void {
    this.#mismatches += 1;
    const { input, index, field, sides } = mismatch;
    const wrong = sides.flatMap(({ workers, isRight }) => (isRight ? [] : workers));
    const who = wrong.map(({ key, kind }) => `${toHex(key).slice(0, SHOWN)} (${kind})`).join(', ');
    const folder = this.#options.replays ?? REPLAYS;
    let path: string;
    try {
      path = writeMismatch(folder, mismatch);
    } catch (error) {
      throw writeError(folder, error);
    }
    this.#console.err(
      `input ${index} (${printable(input)}): workers differ in ${field}; wrong: ${who}; see ${printable(path)}`,
    );
  }
}

function lineOf(index: number, input: string, item: Item): ResultLine {
  if (isFailed(item)) return { index, input, verdict: null, cause: { kind: item.failure, ...{ text: item.text } } };
  const document = JSON.parse(item.verdict) as Pick<ResultLine, 'verdict'>;
  const receipts = item.receipts.map((receipt) => toHex(hash(receipt)));
  return { index, input, ...document, fuel: { used: fuelOf(item) }, receipts };
}

/** An op that waits for an entry that does not exist was not run. */
function itemOf(made: RemoteRun | NeverRun): Item {
  return 'item' in made ? made.item : { verdict: JSON.stringify(verdictJson(made.verdict)), receipts: [] };
}

/** @throws CliError for files that cannot be read, found or loaded */
async function subjectOf(
  queue: FleetQueue,
  argument: string,
  options: SubmitOptions,
  remote: RemoteOps | undefined,
): Promise<Subject> {
  const { definitions, dnaInfo, zome } = await zomesAt(argument);
  const fuel = options.fuel ?? null;
  const [only] = definitions;
  const isEntries = definitions.length === 1 && bundlePlaceOf(argument) === undefined && takesEntries(only.wasm);
  if (isEntries && remote === undefined) {
    refuseOptionsOfOps(argument, options);
    const { hash: module } = await loadModule(argument, 'interpreter');
    await queue.putContent(only.wasm);
    return { work: { module: fromHex(module), fuel }, of: { modules: [module], fuel } };
  }
  const { generation: named, check = remote === undefined ? 'hashes' : 'all', deps } = options;
  const { host } = await zomeSubject(argument, {
    tier: 'interpreter',
    ...defined({ generation: named }),
  });
  const { generation } = host;
  const value = deps === undefined ? undefined : readValue(deps, DEPENDENCIES_BYTES_MAX, 'dependencies');
  const document = value === undefined ? undefined : dependencyDocumentOf(deps!, value, generation);
  const source = document && sourceAt(deps!, document, generation);
  const zomes = [];
  for (const { name, kind = 'integrity', dependencies = [], wasm } of definitions) {
    zomes.push({ name, kind, dependencies, module: await queue.putContent(wasm) });
  }
  const shared = document === undefined ? null : await queue.putContent(encodeDependencies(document, generation));
  const work: Work = {
    zomes,
    dna: workDna(dnaInfo, host.dnaInfo.hash),
    generation,
    zome: zome ?? null,
    check: check === false ? null : check,
    fuel,
    dependencies: shared,
  };
  const of = {
    modules: host.zomes.map(({ module }) => module.hash),
    generation,
    zome: work.zome,
    fuel,
    check: work.check,
    dependencies: value === undefined ? null : toHex(hash(encodeMessagePack(value))),
  };
  if (remote === undefined) return { work, of };
  const dump = DumpBatch.read(
    options.batch,
    { generation },
    source,
    async (bytes, found, _, input): Promise<RemoteRun> => {
      const dependencies = encodeDependencies(joined(found, document), generation);
      const item = await remote.run(input, bytes, dependencies);
      return { item, verdict: dumpVerdictOf(item) };
    },
  );
  return { work, of, dump };
}
