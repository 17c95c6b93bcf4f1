/**
 * A conductor's dump as a batch: each op is validated in a thread, with the records of the dump that it requests. An op
 * that waits for something is run again with it, until it has a verdict or the dump has no more.
 *
 * Invariant: verdicts and receipts are those of `validate --dump`: a record is rejected for later ops if an earlier op
 * of it was found invalid. So an op may wait for an earlier one, and ops are started in order.
 */
import { toHex } from '../base/hash.js';
import { encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import type { Verdict } from '../boundary/validation.js';
import type { Action, SignedHashed } from '../zome/action.js';
import { chainOpName } from '../zome/chain-op.js';
import { type ConductorDump, DUMP_LIMITS, readConductorDump } from '../zome/conductor-dump.js';
import type { DependencyDocument } from '../zome/dependency-file.js';
import { type DependencySource, NO_DEPENDENCIES } from '../zome/dependency-source.js';
import type { Entry } from '../zome/entry.js';
import { hashText } from '../zome/holo-hash.js';
import { op } from '../zome/op.js';
import { opOfChainOp } from '../zome/op-of-chain-op.js';
import type { Record } from '../zome/record.js';
import type { BatchInput, BatchInputs } from './batch-inputs.js';
import { readBytesWithin } from './read-bytes.js';
import { isJsonText } from './read-document.js';
import { dumpError } from './validate-dump.js';

/** What an op waits for. */
export type DumpDependencies =
  | { readonly kind: 'Hashes'; readonly hashes: readonly Uint8Array[] }
  | { readonly kind: 'AgentActivity'; readonly agent: Uint8Array };

/** What a verdict must report so that an op that waits for something can be run again. */
export type DumpVerdict =
  | { readonly kind: 'UnresolvedDependencies'; readonly dependencies: DumpDependencies }
  | { readonly kind: Exclude<Verdict['kind'], 'UnresolvedDependencies'> };

/** The result of one run of an op. */
interface Validated {
  readonly verdict: DumpVerdict;
}

/** An op whose entry is not in the dump. */
export interface NeverRun {
  readonly verdict: Extract<Verdict, { readonly kind: 'UnresolvedDependencies' }>;
  readonly calls: readonly [];
}

type Validate<R extends Validated> = (
  bytes: Uint8Array,
  dependencies: Partial<DependencyDocument>,
  requestId: Uint8Array,
  input: BatchInput,
) => Promise<R>;

const NO_BYTES = new Uint8Array(0);

/** What an op of the dump has received so far. */
class Given {
  readonly records: Record[] = [];
  readonly rejected: Record[] = [];
  readonly entries: Entry[] = [];
  readonly actions: SignedHashed<Action>[] = [];
  readonly #seen = new Set<string>();

  /** Whether it is new. */
  isNew(name: string): boolean {
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    return true;
  }
}

interface EarlierOp {
  readonly index: number;
  /** Whether it was found invalid. */
  readonly isInvalid: Promise<boolean>;
  readonly settle: (isInvalid: boolean) => void;
}

export class DumpBatch<R extends Validated> {
  readonly #dump: ConductorDump;
  readonly #validate: Validate<R>;
  readonly #more: DependencySource;
  /** Ops read so far, by the hash of their action. */
  readonly #byAction = new Map<string, EarlierOp[]>();
  readonly #ops = new Map<number, { readonly op: EarlierOp; readonly waits: Uint8Array | undefined }>();
  readonly #invalidBefore = new Set<number>();

  /** @throws CliError if it is not a dump of the zomes' generation */
  static read<R extends Validated>(
    path: string,
    host: { readonly generation: Generation },
    more: DependencySource | undefined,
    validate: Validate<R>,
  ): DumpBatch<R> {
    const bytes = readBytesWithin(path, DUMP_LIMITS.bytes, 'a dump');
    const format = isJsonText(path, bytes) ? 'json' : 'messagepack';
    const read = readConductorDump([{ name: path, bytes, format }], host.generation);
    if (!read.ok) throw dumpError(read.fault, host.generation);
    return new DumpBatch(read.dump, validate, more ?? NO_DEPENDENCIES);
  }

  constructor(dump: ConductorDump, validate: Validate<R>, more: DependencySource) {
    this.#dump = dump;
    this.#validate = validate;
    this.#more = more;
  }

  /** An op that an earlier run has found invalid. */
  addInvalidBefore(index: number): void {
    this.#invalidBefore.add(index);
  }

  get inputs(): BatchInputs {
    return {
      of: { kind: 'dump', ops: this.#dump.size },
      count: this.#dump.size,
      bytes: undefined,
      read: (isDone) => this.#read(isDone),
    };
  }

  async *#read(isDone: (index: number) => boolean): AsyncGenerator<BatchInput, void, undefined> {
    const { generation } = this.#dump;
    const codec = op(generation);
    const source = {
      entry: (hash: Uint8Array) => this.#dump.entry(hash) ?? this.#more.entry(hash),
      action: (hash: Uint8Array) => this.#dump.record(hash)?.signed_action ?? this.#more.action(hash),
    };
    let index = 0;
    for (const { chainOp } of this.#dump.ops()) {
      const { hash } = chainOp.action.hashed;
      const made = opOfChainOp(chainOp, source, generation);
      const entry = this.#enter(index, toHex(hash), made.kind === 'waits' ? made.hash : undefined);
      if (isDone(index)) entry.settle(this.#invalidBefore.has(index));
      else {
        const name = `${chainOpName(chainOp.type, generation)} ${hashText(hash)}`;
        const bytes = made.kind === 'op' ? encodeBytes(codec, made.op) : NO_BYTES;
        yield { index, name, bytes, format: 'messagepack' };
      }
      index += 1;
    }
  }

  #enter(index: number, action: string, waits: Uint8Array | undefined): EarlierOp {
    let settle = (_: boolean) => {};
    const isInvalid = new Promise<boolean>((resolve) => {
      settle = resolve;
    });
    const entry = { index, isInvalid, settle };
    this.#byAction.set(action, [...(this.#byAction.get(action) ?? []), entry]);
    this.#ops.set(index, { op: entry, waits });
    return entry;
  }

  /** @param requestId identifies the op for billing */
  async judge(input: BatchInput, requestId: Uint8Array = NO_BYTES): Promise<R | NeverRun> {
    const { index } = input;
    const { op: entry, waits } = this.#ops.get(index)!;
    this.#ops.delete(index);
    let verdict: DumpVerdict | undefined;
    try {
      const made =
        waits === undefined
          ? await this.#rounds(input, requestId)
          : ({ verdict: unresolved(waits), calls: [] } satisfies NeverRun);
      verdict = made.verdict;
      return made;
    } finally {
      entry.settle(verdict?.kind === 'Invalid');
    }
  }

  async #rounds(input: BatchInput, requestId: Uint8Array): Promise<R> {
    const given = new Given();
    for (;;) {
      const made = await this.#validate(input.bytes, given, requestId, input);
      if (made.verdict.kind !== 'UnresolvedDependencies') return made;
      if (!(await this.#give(given, made.verdict.dependencies, input.index))) return made;
    }
  }

  /** Whether there was something to add. */
  async #give(given: Given, dependencies: DumpDependencies, index: number): Promise<boolean> {
    if (dependencies.kind === 'AgentActivity') {
      const actions = [...this.#dump.chainOf(dependencies.agent).values()];
      if (actions.length === 0 || !given.isNew(toHex(dependencies.agent))) return false;
      given.actions.push(...actions);
      return true;
    }
    let isMore = false;
    for (const hash of dependencies.hashes) isMore = (await this.#giveHash(given, hash, index)) || isMore;
    return isMore;
  }

  async #giveHash(given: Given, hash: Uint8Array, index: number): Promise<boolean> {
    const record = this.#dump.record(hash);
    const entry = record === undefined ? this.#dump.entry(hash) : undefined;
    if ((record === undefined && entry === undefined) || !given.isNew(toHex(hash))) return false;
    if (entry !== undefined) given.entries.push(entry);
    if (record !== undefined) {
      const isRejected = await this.#isRejected(toHex(hash), index);
      (isRejected ? given.rejected : given.records).push(record);
    }
    return true;
  }

  /** Whether an earlier op of the action was found invalid. */
  async #isRejected(action: string, index: number): Promise<boolean> {
    const earlier = (this.#byAction.get(action) ?? []).filter((other) => other.index < index);
    const found = await Promise.all(earlier.map(({ isInvalid }) => isInvalid));
    return found.includes(true);
  }
}

function unresolved(hash: Uint8Array): NeverRun['verdict'] {
  return { kind: 'UnresolvedDependencies', dependencies: { kind: 'Hashes', hashes: [hash] } };
}
