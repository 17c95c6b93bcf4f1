/**
 * The memo of a node: a validation is not run again if its host functions would return the same results.
 *
 *   op --key--> trie --results of the host now--> leaf, or a run that becomes one
 *
 * Invariant: a hit gives the same as a run: verdict, outcomes, receipts, traces. Of the hits on an untrusted writer's
 * lines a configured share is run again; if one of them differs, all lines of that writer are dropped.
 */
import { isDeepStrictEqual } from 'node:util';
import { type Hash, toHex, utf8 } from '../base/hash.js';
import { own } from '../base/own.js';
import type { Codec } from '../boundary/codec.js';
import { decodeBytes, encodeBytes } from '../boundary/codec-bytes.js';
import type { Verdict } from '../boundary/validation.js';
import { encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import { macOf } from '../store/sealed.js';
import { subjectOf } from '../zome/action-parts.js';
import type { DependencySource } from '../zome/dependency-source.js';
import { type Op, op as opCodec } from '../zome/op.js';
import type { ValidateOpOptions, Validation, ZomeHost } from '../zome/zome-host.js';
import { answerHash, HostAnswers } from './host-answers.js';
import type { Line, LineStore } from './line-store.js';
import { hostIdentity, memoKey } from './memo-key.js';
import { found, type Leaf, type MemoCall, type Question, type Step, withWay } from './trie.js';
import { Waiting, type WaitingValidation } from './waiting.js';

export interface MemoParts {
  readonly lines: LineStore;
  /** 32 to 64 secret bytes, so that nobody else knows which lines are run again. */
  readonly secret: Uint8Array;
  /** Share of the hits on a writer's lines that are run again, from 0 to 1. */
  readonly shareOf: (writer: string) => number;
  readonly waitingMax: number;
}

export type MemoOptions = Omit<ValidateOpOptions, 'replay' | 'cell'>;

export interface MemoValidation {
  readonly verdict: Verdict;
  readonly calls: readonly MemoCall[];
  readonly zomes: readonly string[];
  /** Whether no guest ran. */
  readonly isHit: boolean;
}

export interface MemoCounts {
  readonly hits: number;
  readonly misses: number;
  /** Hits that were run again, and those of them that differed. */
  readonly checked: number;
  readonly mismatches: number;
  /** Fuel that hits have saved. */
  readonly fuelSaved: bigint;
  readonly lines: number;
  readonly bytes: number;
  readonly waiting: number;
  readonly waitingDropped: number;
  /** Lines that the store could not read or write, on a full disk or in a damaged file: they are run again. */
  readonly failures: number;
}

interface KnownHost {
  readonly identity: Uint8Array;
  readonly answers: HostAnswers;
  readonly opCodec: Codec<Op>;
  /** Host functions whose results depend on more than their input and the DNA, and whether they only read dependencies. */
  readonly asked: ReadonlyMap<string, boolean>;
}

/** Most host calls of a run that is kept: a longer path would be too deep to walk and write. */
const STEPS_MAX = 1_000;
const PUBLIC_KEY = utf8('assay-memo-1, keys and answers  ');

export class Memo {
  readonly #parts: MemoParts;
  /** Hash of keys and results: the same in every memo, so that lines can be shared. */
  readonly #hash: Hash;
  /** Keyed, so that nobody else can predict which lines are run again. */
  readonly #draw: Hash;
  readonly #hosts = new WeakMap<ZomeHost, KnownHost>();
  readonly #waiting: Waiting;
  readonly #distrusted = new Set<string>();
  #hits = 0;
  #misses = 0;
  #checked = 0;
  #mismatches = 0;
  #fuelSaved = 0n;

  /** Made by `memoInMemory` and `openMemo`. */
  constructor(parts: MemoParts) {
    this.#parts = parts;
    this.#hash = macOf(PUBLIC_KEY);
    this.#draw = macOf(parts.secret);
    this.#waiting = new Waiting(parts.waitingMax);
  }

  get counts(): MemoCounts {
    const { lines } = this.#parts;
    return {
      hits: this.#hits,
      misses: this.#misses,
      checked: this.#checked,
      mismatches: this.#mismatches,
      fuelSaved: this.#fuelSaved,
      lines: lines.count,
      bytes: lines.bytes,
      waiting: this.#waiting.count,
      waitingDropped: this.#waiting.dropped,
      failures: lines.failures,
    };
  }

  /** `host.validateOp`, from known lines if they suffice. @throws as that does */
  validateOp(host: ZomeHost, input: Op | Uint8Array, options: MemoOptions = {}): MemoValidation {
    const known = this.#known(host);
    const op = input instanceof Uint8Array ? input : encodeBytes(known.opCodec, input);
    const fuel = own(options, 'fuel') ?? host.fuel;
    const zome = own(options, 'zome');
    const dependencies = own(options, 'dependencies') ?? host.dependencies;
    const key = toHex(memoKey(this.#hash, known.identity, fuel, zome, op));
    const line = this.#trusted(key, this.#parts.lines.get(key));
    const leaf = line && found(line.root, (question) => known.answers.answerOf(dependencies, question));
    const validation =
      leaf === undefined || this.#isToBeChecked(key, line!)
        ? this.#run(host, op, { fuel, zome, dependencies }, key, line, leaf)
        : this.#hit(leaf, line!);
    const { verdict } = validation;
    const waits = verdict.kind === 'UnresolvedDependencies' ? verdict.dependencies : undefined;
    this.#waiting.set(key, waits, () => ({ op: op.slice(), zome, fuel }));
    return validation;
  }

  /** The validations whose last verdict waits for data with this hash, or for an action of this agent. */
  waitingFor(hash: Uint8Array): readonly WaitingValidation[] {
    return this.#waiting.for(hash);
  }

  /** Writes what is not yet written. The memo cannot be used afterwards. */
  close(): void {
    this.#parts.lines.close();
  }

  #known(host: ZomeHost): KnownHost {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    const rows = host.zomes[0]?.rows ?? [];
    // A user's own function depends on its input and on data that all nodes share, which may change, so it is called.
    const asked = rows.filter(({ row }) => row.readsDependencies === true || row.releases === undefined);
    const made = {
      identity: hostIdentity(this.#hash, host),
      answers: new HostAnswers(this.#hash, host),
      opCodec: opCodec(host.generation),
      asked: new Map(asked.map(({ row }) => [row.name, row.readsDependencies === true])),
    };
    this.#hosts.set(host, made);
    return made;
  }

  #hit({ verdict, calls, zomes }: Leaf, { fuel }: Line): MemoValidation {
    this.#hits += 1;
    this.#fuelSaved += BigInt(fuel);
    return { verdict, calls, zomes, isHit: true };
  }

  /** The line, unless a line of its writer was found false. */
  #trusted(key: string, line: Line | undefined): Line | undefined {
    if (line?.writer === undefined || !this.#distrusted.has(line.writer)) return line;
    this.#parts.lines.delete(key);
    return undefined;
  }

  /** A share of the lines of each writer, by a hash that only this memo can make. */
  #isToBeChecked(key: string, { writer }: Line): boolean {
    if (writer === undefined) return false;
    const share = this.#parts.shareOf(writer);
    if (share <= 0) return false;
    const drawn = this.#draw(utf8(`again ${this.#checked} ${this.#hits} ${key}`));
    return (drawn[0] * 256 + drawn[1]) / 65_536 < share;
  }

  #run(
    host: ZomeHost,
    op: Uint8Array,
    {
      fuel,
      zome,
      dependencies,
    }: { readonly fuel: number; readonly zome: string | undefined; readonly dependencies: DependencySource },
    key: string,
    line: Line | undefined,
    recorded: Leaf | undefined,
  ): MemoValidation {
    const made = host.validateOp(op, { fuel, dependencies, ...(zome === undefined ? {} : { zome }) });
    const leaf = leafOf(made);
    let before = line;
    if (recorded === undefined) this.#misses += 1;
    else {
      this.#checked += 1;
      if (!isDeepStrictEqual(leaf, recorded)) {
        this.#mismatches += 1;
        this.#distrusted.add(line!.writer!);
        this.#parts.lines.deleteOf(line!.writer!);
        before = undefined;
      }
    }
    const steps = this.#stepsOf(host, op, zome, dependencies, made);
    if (steps !== undefined && recordedAnew(recorded, before)) this.#keep(key, before, steps, leaf, made);
    return { ...leaf, isHit: false };
  }

  /** Lines of others are not written again: they would become our own. */
  #keep(key: string, known: Line | undefined, steps: readonly Step[], leaf: Leaf, made: Validation): void {
    const before = known?.writer === undefined ? known : undefined;
    const root = withWay(before?.root, steps, leaf);
    if (root === undefined) {
      this.#parts.lines.delete(key);
      return;
    }
    const used = made.calls.reduce((sum, { receipt }) => sum + receipt.fuel.used, 0);
    this.#parts.lines.put(key, { root, writer: undefined, fuel: Math.max(used, before?.fuel ?? 0) });
  }

  /**
   * The host calls of the run, in order; undefined if they are too many to keep, or the run ended in a host function
   * that used up the fuel.
   */
  #stepsOf(
    host: ZomeHost,
    op: Uint8Array,
    only: string | undefined,
    dependencies: DependencySource,
    { calls }: Validation,
  ): readonly Step[] | undefined {
    const { asked, answers, opCodec: codec } = this.#known(host);
    const questions: Question[] = only === undefined ? subjectQuestions(codec, op) : [];
    const steps = questions.map((question): Step => ({ question, answer: answers.answerOf(dependencies, question) }));
    for (const { zome, export: exportName, recording } of calls) {
      for (const line of recording) {
        if (line.answer === undefined) return undefined;
        if (!asked.has(line.name)) continue;
        const question = { zome, export: exportName, name: line.name, input: line.input.slice() };
        // A user's own function was called in the run, and is not called again here.
        const answer = asked.get(line.name)! ? answers.answerOf(dependencies, question) : answerHash(this.#hash, line)!;
        if (steps.push({ question, answer }) > STEPS_MAX) return undefined;
      }
    }
    return steps;
  }
}

/** If a check finds the same, the line does not change. */
function recordedAnew(recorded: Leaf | undefined, before: Line | undefined): boolean {
  return recorded === undefined || before === undefined;
}

/** The zome that validates a deletion depends on the action that is deleted. */
function subjectQuestions(codec: Codec<Op>, op: Uint8Array): Question[] {
  const decoded = decodeBytes(codec, op);
  if (!decoded.ok) return [];
  const subject = subjectOf(decoded.value);
  return subject.kind === 'action-of' ? [{ zome: '', export: '', name: '', input: subject.hash.slice() }] : [];
}

function leafOf({ verdict, calls, zomes }: Validation): Leaf {
  const made = calls.map(({ zome, callback, export: name, outcome, receipt, traces, tracesDropped }): MemoCall => {
    return {
      zome,
      callback,
      export: name,
      outcome,
      receipt: encodeReceipt(receipt),
      traces: [...traces],
      tracesDropped,
    };
  });
  return { kind: 'leaf', verdict, calls: made, zomes };
}
