/**
 * Two lines differ: the collector itself runs the inputs on which they differ, in the interpreter, which is the
 * reference. The result decides which line is accepted, and is written as a replay file for `assay agree replay`.
 */
import { type AgreementCall, type AgreementSubject, moduleJson, opCall } from '../agreement/agreement-call.js';
import { compareAnswers } from '../agreement/compare-answers.js';
import type { NodeAnswer, ReceiptAnswer } from '../agreement/node-answer.js';
import { engineNode } from '../agreement/node-engine.js';
import { type Replay, replayOf } from '../agreement/replay.js';
import { toHex } from '../base/hash.js';
import { messagePackFromJsonBytes } from '../boundary/json-read.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { receiptJson } from '../engine/receipt/receipt-json.js';
import { openPool } from '../pool/open-pool.js';
import { ZOME_JSON } from '../zome/zome-json.js';
import { FLEET_LIMITS } from './fleet-limits.js';
import type { FleetJob, PackedInput } from './job.js';
import { hasHostFailure, type JudgedLine } from './judge.js';
import { type Item, isFailed, type Line, receiptOf } from './line.js';
import { dnaOf, isOpWork, type Work } from './work.js';
import { type ContentSource, WorkRunner, zomesOf } from './work-runner.js';

/** Fuel limit of a call without a limit of its own. */
const FUEL_DEFAULT = 1_000_000_000;

export interface Mismatch {
  readonly job: Uint8Array;
  /** The first input on which they differ. */
  readonly input: string;
  readonly index: number;
  /** Which fields differ, and each side's value. */
  readonly field: string;
  readonly sides: readonly MismatchSide[];
  /** The input of `assay agree replay`; undefined if no guest ran, or it cannot be written to a file. */
  readonly replay: Replay | undefined;
}

export interface MismatchSide {
  readonly workers: readonly { readonly key: Uint8Array; readonly kind: string }[];
  readonly says: string;
  /** Whether the reference has the same result. */
  readonly isRight: boolean;
}

interface Found {
  /** The lines that agree with the reference. */
  readonly right: readonly JudgedLine[] | undefined;
  /** The lines that differ from it; none if the reference could not be run. */
  readonly wrong: readonly JudgedLine[];
  readonly mismatch: Mismatch;
}

/** Runs the reference in one thread, which is started when it is first needed. */
export class Arbiter {
  readonly #source: ContentSource;
  #opened: { readonly runner: WorkRunner; readonly close: () => Promise<void> } | undefined;

  constructor(source: ContentSource) {
    this.#source = source;
  }

  /** @throws FleetError for missing content */
  async decide(id: Uint8Array, job: FleetJob, sides: readonly (readonly JudgedLine[])[]): Promise<Found> {
    const lines = sides.map(([one]) => one.line);
    const positions = job.inputs.map((_, at) => at).filter((at) => differAt(lines, at));
    const truth = await this.#runner().run(job, positions);
    const isRight = (line: Line) => positions.every((at, i) => isSame(line.items[at], truth[i]));
    const isKnown = !hasHostFailure(truth);
    const right = isKnown ? sides.find(([one]) => isRight(one.line)) : undefined;
    const wrong = isKnown ? sides.filter((side) => side !== right).flat() : [];
    const [at] = positions;
    const { index, name } = job.inputs[at];
    const mismatch: Mismatch = {
      job: id,
      input: name,
      index,
      field: differenceOf(lines[0].items[at], lines[1].items[at]).field,
      sides: sides.map((side) => ({
        workers: side.map(({ line }) => ({ key: line.worker, kind: line.kind })),
        says: itemText(side[0].line.items[at]),
        isRight: side === right,
      })),
      replay: await this.#replay(job, at, lines),
    };
    return { right, wrong, mismatch };
  }

  /** Whether a line agrees with the reference; undefined if that could not be run. */
  async check(job: FleetJob, { items }: Line): Promise<boolean | undefined> {
    const truth = await this.#runner().run(job);
    if (hasHostFailure(truth)) return undefined;
    return truth.every((item, at) => isSame(items[at], item));
  }

  async close(): Promise<void> {
    await this.#opened?.close();
    this.#opened = undefined;
  }

  #runner(): WorkRunner {
    if (this.#opened === undefined) {
      const pool = openPool({ threads: 1, tier: 'interpreter' });
      this.#opened = { runner: new WorkRunner(this.#source, pool), close: () => pool.terminate() };
    }
    return this.#opened.runner;
  }

  async #replay(job: FleetJob, at: number, lines: readonly Line[]): Promise<Replay | undefined> {
    const [left, right] = lines;
    const claims = lines.map(({ items }) => items[at]);
    // If no guest ran, there is nothing to replay.
    if (claims.some((item) => isFailed(item) || item.receipts.length === 0)) return undefined;
    const { work, inputs } = await this.#runner().contentOf(job);
    const asked = await this.#question(work, inputs[at]);
    if (asked === undefined) return undefined;
    const reference = engineNode({ tier: 'interpreter' });
    const expected = await reference.run(asked.subject, [asked.call]);
    await reference.close();
    const names = [left, right].map(nameOf) as [string, string];
    const where = [
      `input ${job.inputs[at].index} (${job.inputs[at].name}) of job ${toHex(left.job)}`,
      ...lines.map((line, i) => `${nameOf(line)} says: ${itemText(claims[i])}`),
      'expected is what the interpreter found when the lines were compared',
    ];
    const tiers = [...new Set(['interpreter', ...lines.map(({ kind }) => kind.split('-')[0])])];
    const difference = { ...differenceOf(claims[0], claims[1]), nodes: names };
    return replayOf(tiers, asked.subject, [asked.call], difference, expected, where);
  }

  async #question(
    work: Work,
    { input, format, dependencies }: PackedInput,
  ): Promise<{ readonly subject: AgreementSubject; readonly call: AgreementCall } | undefined> {
    const bytes = messagePackOf(input, format, isOpWork(work));
    if (bytes === undefined) return undefined;
    const get = (key: Uint8Array) => this.#source.getContent(key, FLEET_LIMITS.moduleBytes);
    const fuel = work.fuel ?? FUEL_DEFAULT;
    if (!isOpWork(work)) {
      const entry = { kind: 'validate', export: 'validate', entry: toHex(bytes), generation: '0.6', fuel } as const;
      return { subject: { bytes: await get(work.module), hosts: 'none' }, call: entry };
    }
    const shared =
      work.dependencies === null
        ? null
        : await this.#source.getContent(work.dependencies, FLEET_LIMITS.dependencyBytes);
    const found = dependencies ?? shared;
    const subject: AgreementSubject = {
      zomes: await zomesOf(work, get),
      dnaInfo: dnaOf(work.dna),
      generation: work.generation,
      ...(work.zome === null ? {} : { zome: work.zome }),
      ...(found === null ? {} : { dependencies: found }),
    };
    // Throws here if it cannot be written to a file.
    moduleJson(subject);
    return { subject, call: opCall(bytes, fuel) };
  }
}

/** Undefined for JSON that cannot be read. */
function messagePackOf(input: Uint8Array, format: PackedInput['format'], isOp: boolean): Uint8Array | undefined {
  if (format === 'messagepack') return input;
  const read = isOp ? messagePackFromJsonBytes(input, ZOME_JSON) : messagePackFromJsonBytes(input);
  return read.ok ? encodeMessagePack(read.value) : undefined;
}

function nameOf({ worker, kind }: Line): string {
  return `${kind} ${toHex(worker).slice(0, 12)}`;
}

function differAt(lines: readonly Line[], at: number): boolean {
  const [first, ...rest] = lines.map(({ items }) => items[at]);
  return rest.some((item) => !isSame(first, item));
}

function isSame(left: Item | undefined, right: Item | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (isFailed(left) || isFailed(right)) return isFailed(left) && isFailed(right) && left.failure === right.failure;
  return left.verdict === right.verdict && left.receipts.map(toHex).join() === right.receipts.map(toHex).join();
}

/** The first field in which two items differ, named as by a comparison of nodes. */
function differenceOf(
  left: Item,
  right: Item,
): { readonly field: string; readonly left: string; readonly right: string } {
  if (isFailed(left) || isFailed(right)) return { field: 'answer', left: itemText(left), right: itemText(right) };
  const found = compareAnswers(answerOfItem(left), answerOfItem(right));
  return found ?? { field: 'verdict', left: left.verdict, right: right.verdict };
}

function answerOfItem(item: Exclude<Item, { readonly failure: string }>): NodeAnswer {
  const calls = item.receipts.map(receiptOf).map((receipt, at) => {
    const answer: ReceiptAnswer = {
      kind: 'receipt',
      receipt: receiptJson(receipt),
      stateDigest: null,
      values: null,
      verdict: null,
    };
    return { ...answer, zome: `guest ${at}`, traces: [] };
  });
  return { kind: 'validation', verdict: item.verdict, calls };
}

const TEXT_SHOWN = 300;

/** An item on one line, for people. */
function itemText(item: Item): string {
  if (isFailed(item)) return `${item.failure}: ${item.text}`;
  const fuel = item.receipts.map((receipt) => receiptOf(receipt).fuel.used);
  const verdict = item.verdict.length > TEXT_SHOWN ? `${item.verdict.slice(0, TEXT_SHOWN)}…` : item.verdict;
  return `${verdict}, fuel ${fuel.join(' + ') || 0}`;
}
