/**
 * The work of a pool's thread: loads modules and zomes once each, runs tasks one after the other, and sends the
 * results. It is independent of the host: `thread-program.ts` passes it the messages.
 *
 * Invariant: a task is run as in one thread, by the same engine, so its receipt is the same.
 */

import { toHex } from '../base/hash.js';
import { defineLimits, LIMIT_ROWS, type Limits } from '../base/limits.js';
import { sameBytes } from '../base/same-bytes.js';
import { UsageError } from '../base/usage-error.js';
import { type Codec, decodeValue } from '../boundary/codec.js';
import { decodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import type { JsonDialect } from '../boundary/json.js';
import { messagePackFromJsonBytes } from '../boundary/json-read.js';
import type { MessagePackValue } from '../boundary/messagepack.js';
import { decodeMessagePack } from '../boundary/messagepack-decode.js';
import { encodeMessagePack } from '../boundary/messagepack-encode.js';
import { createEngine, type Engine } from '../engine/engine.js';
import type { HostImport } from '../engine/imports/host-import.js';
import type { ArtefactCache, ArtefactKey } from '../engine/load/artefact-cache.js';
import type { LoadedModule } from '../engine/loaded-module.js';
import { encodeReceipt } from '../engine/receipt/receipt-bytes.js';
import type { Tier } from '../engine/tier.js';
import { defineSchedule, type Schedule } from '../metering/schedule.js';
import { createZomeHost } from '../zome/create-zome-host.js';
import { readDependencies, sourceOfDependencies } from '../zome/dependency-file.js';
import { type DependencySource, NO_DEPENDENCIES } from '../zome/dependency-source.js';
import type { HostFunctionRow } from '../zome/host-function.js';
import { type Op, op } from '../zome/op.js';
import { type OpCheck, opFaults, opFaultsText } from '../zome/op-check.js';
import type { ValidateOpOptions, ZomeHost } from '../zome/zome-host.js';
import { ZOME_JSON } from '../zome/zome-json.js';
import { packedResults } from './packed-results.js';
import { type PackedTasks, ReceivedTasks } from './packed-tasks.js';
import type { ThreadStart } from './thread-port.js';
import type {
  Artefact,
  FromThread,
  InputFormat,
  Loading,
  ModuleSource,
  Source,
  Task,
  ToThread,
  WireError,
  WireResult,
  ZomesSource,
} from './wire.js';

/** The interface of a memo for a thread; `assay/memo` implements it. */
export interface ValidationMemo {
  close(): void;
  validateOp(
    host: ZomeHost,
    input: Op | Uint8Array,
    options: ValidateOpOptions,
  ): Pick<Extract<WireResult, { kind: 'op' }>, 'verdict' | 'calls' | 'zomes' | 'isHit'>;
}

export type Send = (message: FromThread, transfer: readonly ArrayBuffer[]) => void;

type Subject = { readonly kind: 'module'; readonly module: LoadedModule } | ZomesSubject;

interface ZomesSubject {
  readonly kind: 'zomes';
  readonly host: ZomeHost;
  /** The codec of its generation, stored because making one takes as long as a validation. */
  readonly opCodec: Codec<Op>;
}

interface ReadDocument {
  readonly bytes: Uint8Array;
  readonly format: InputFormat;
  readonly generation: Generation;
  readonly source: DependencySource;
}

/** How many of the last documents of dependencies are kept, because jobs that come together often have the same. */
const DOCUMENTS_KEPT = 8;

export class ThreadWork {
  readonly #engine: Engine;
  readonly #send: Send;
  readonly #running: Int32Array;
  readonly #artefacts: ThreadArtefacts;
  readonly #memo: ValidationMemo | undefined;
  readonly #subjects = new Map<number, Subject>();
  /** Why a subject could not be loaded. */
  readonly #failures = new Map<number, string>();
  #documents: readonly ReadDocument[] = [];
  /**
   * Keyed by the bytes that tasks of a message share, because comparing a long document for each of them takes long.
   */
  readonly #documentOf = new WeakMap<Uint8Array, ReadDocument>();

  /** @param running of one cell: the sequence number of the task that runs */
  constructor(start: ThreadStart, running: Int32Array, send: Send, memo?: ValidationMemo) {
    this.#memo = memo;
    this.#send = send;
    this.#running = running;
    this.#artefacts = new ThreadArtefacts((artefact) => send({ kind: 'artefact', artefact }, []));
    this.#engine = createEngine({
      tier: start.tier as Tier,
      limits: limitsOf(start.limits as Limits),
      schedule: defineSchedule(start.schedule.id, start.schedule as Schedule),
      artefacts: this.#artefacts,
    });
    send({ kind: 'ready' }, []);
  }

  async receive(message: ToThread): Promise<void> {
    switch (message.kind) {
      case 'load':
        this.#artefacts.add(message.artefacts);
        await this.#load(message.subject, message.source);
        return;
      case 'drop':
        this.#subjects.delete(message.subject);
        this.#failures.delete(message.subject);
        return;
      case 'close':
        this.#memo?.close();
        return;
      case 'run':
        this.#runAll(message.subject, message.first, message.tasks);
    }
  }

  async #load(subject: number, source: Source): Promise<void> {
    const loading = await this.#loading(subject, source);
    if (loading.kind === 'fault') this.#failures.set(subject, loading.fault.code);
    if (loading.kind === 'thrown') this.#failures.set(subject, loading.error.message);
    this.#send({ kind: 'loaded', subject, loading }, []);
    await this.#settled(subject);
  }

  /** A busy thread would have no time to make the faster tier, so it is made before the first job. */
  async #settled(number: number): Promise<void> {
    const subject = this.#subjects.get(number);
    if (subject === undefined) return;
    const modules = subject.kind === 'module' ? [subject.module] : subject.host.zomes.map(({ module }) => module);
    for (const module of modules) await module.settled();
  }

  async #loading(number: number, source: Source): Promise<Loading> {
    try {
      return source.kind === 'module' ? await this.#loadModule(number, source) : await this.#loadZomes(number, source);
    } catch (error) {
      return { kind: 'thrown', error: wireError(error) };
    }
  }

  async #loadModule(number: number, { wasm, imports: address }: ModuleSource): Promise<Loading> {
    const imports = address === undefined ? [] : ((await exportOf(address, 'imports')) as readonly HostImport[]);
    const loaded = await this.#engine.load(wasm, { imports });
    if (!loaded.ok) return { kind: 'fault', zome: undefined, fault: loaded.fault };
    const { module } = loaded;
    this.#subjects.set(number, { kind: 'module', module });
    return { kind: 'module', hashes: [module.hash], loadPrice: module.loadPrice };
  }

  async #loadZomes(number: number, source: ZomesSource): Promise<Loading> {
    const { zomes, dnaInfo, dnaHashes, generation, hostFunctions: address } = source;
    const hostFunctions =
      address === undefined ? [] : ((await exportOf(address, 'hostFunctions')) as readonly HostFunctionRow[]);
    const made = await createZomeHost({
      engine: this.#engine,
      zomes,
      dnaInfo: { ...dnaInfo, hash: (of) => dnaHashes.get(of) },
      hostFunctions,
      ...(generation === undefined ? {} : { generation }),
    });
    if (!made.ok) return { kind: 'fault', zome: made.zome, fault: made.fault };
    const { host } = made;
    this.#subjects.set(number, { kind: 'zomes', host, opCodec: op(host.generation) });
    return { kind: 'zomes', detected: host.detected, hashes: host.zomes.map(({ module }) => module.hash) };
  }

  #runAll(number: number, first: number, packed: PackedTasks): void {
    const subject = this.#subjects.get(number);
    const tasks = new ReceivedTasks(packed);
    const results: WireResult[] = [];
    for (let i = 0; i < tasks.length; i++) {
      if (subject === undefined) {
        results.push({ kind: 'thrown', error: this.#notLoaded(number) });
        continue;
      }
      Atomics.store(this.#running, 0, first + i);
      results.push(this.#result(subject, tasks.at(i)));
      Atomics.store(this.#running, 0, 0);
    }
    const sent = packedResults(results);
    this.#send({ kind: 'ran', first, results: sent }, [sent.bytes.buffer]);
  }

  /** Another thread has loaded it, so an error here is a failure of the host: of memory, or of a file of imports. */
  #notLoaded(number: number): WireError {
    const message = `the thread could not load the module: ${this.#failures.get(number)}`;
    return { name: 'HostFailure', message, code: undefined, fault: undefined };
  }

  #result(subject: Subject, task: Task): WireResult {
    try {
      return this.#run(subject, task);
    } catch (error) {
      return { kind: 'thrown', error: wireError(error) };
    }
  }

  #run(subject: Subject, task: Task): WireResult {
    const fuel = task.fuel === undefined ? {} : { fuel: task.fuel };
    if (task.kind === 'op') {
      if (subject.kind !== 'zomes') throw new Error('an op for a module');
      return this.#validateOp(subject, task, fuel);
    }
    if (subject.kind !== 'module') throw new Error('a call for zomes');
    const { module } = subject;
    if (task.kind === 'call') {
      const { outcome, receipt, hostCallCount } = module.call(task.export, task.args, fuel);
      return { kind: 'call', outcome, receipt: encodeReceipt(receipt), hostCallCount };
    }
    const options = { ...fuel, ...(task.generation === undefined ? {} : { generation: task.generation }) };
    const made =
      task.kind === 'entry'
        ? module.validate(task.format === 'json' ? encodeMessagePack(valueOfJson(task.input)) : task.input, {
            ...options,
            exportName: task.export,
          })
        : { ...module.callBytes(task.export, task.input, options), verdict: undefined };
    const { outcome, receipt, hostCallCount, verdict } = made;
    return { kind: 'bytes', outcome, receipt: encodeReceipt(receipt), hostCallCount, verdict };
  }

  #validateOp(
    { host, opCodec }: ZomesSubject,
    task: Extract<Task, { kind: 'op' }>,
    fuel: { readonly fuel?: number },
  ): WireResult {
    const { generation } = host;
    const input = task.format === 'json' ? opOfJson(task.input, opCodec, generation) : task.input;
    const reason = task.check && refusal(input, opCodec, generation, task.check);
    if (reason !== undefined) {
      return { kind: 'op', verdict: { kind: 'Invalid', reason }, calls: [], zomes: [], isHit: false };
    }
    const dependencies = this.#dependenciesOf(task, generation);
    const options = { ...fuel, dependencies, ...(task.zome === undefined ? {} : { zome: task.zome }) };
    if (this.#memo !== undefined) {
      const { verdict, calls, zomes, isHit } = this.#memo.validateOp(host, input, options);
      return { kind: 'op', verdict, calls, zomes, isHit };
    }
    const { verdict, calls, zomes } = host.validateOp(input, options);
    const wire = calls.map(({ zome, callback, export: name, outcome, receipt, traces, tracesDropped }) => {
      return { zome, callback, export: name, outcome, receipt: encodeReceipt(receipt), traces, tracesDropped };
    });
    return { kind: 'op', verdict, calls: wire, zomes, isHit: false };
  }

  #dependenciesOf(
    { dependencies: bytes, dependencyFormat: format }: Extract<Task, { kind: 'op' }>,
    generation: Generation,
  ): DependencySource {
    if (bytes === undefined) return NO_DEPENDENCIES;
    const isWritten = (one: ReadDocument) => one.format === format && one.generation === generation;
    const seen = this.#documentOf.get(bytes);
    if (seen !== undefined && isWritten(seen)) return seen.source;
    const known = this.#documents.find((one) => isWritten(one) && sameBytes(one.bytes, bytes));
    const document = known ?? this.#readDocument(bytes, format, generation);
    this.#documentOf.set(bytes, document);
    return document.source;
  }

  #readDocument(bytes: Uint8Array, format: InputFormat, generation: Generation): ReadDocument {
    // A copy: the bytes are a view of a whole message.
    const read = { bytes: bytes.slice(), format, generation, source: sourceOf(bytes, format, generation) };
    this.#documents = [read, ...this.#documents.slice(0, DOCUMENTS_KEPT - 1)];
    return read;
  }
}

/** @throws RangeError for what is no JSON */
function valueOfJson(input: Uint8Array, dialect?: JsonDialect): MessagePackValue {
  const read = messagePackFromJsonBytes(input, dialect);
  if (read.ok) return read.value;
  const { line, column, reason } = read.fault;
  throw new RangeError(`not JSON: ${reason}, line ${line}, column ${column}`);
}

/** @throws RangeError for a text that is not JSON, or not an op of the generation */
function opOfJson(input: Uint8Array, codec: Codec<Op>, generation: Generation): Op {
  const decoded = decodeValue(codec, valueOfJson(input, ZOME_JSON));
  if (decoded.ok) return decoded.value;
  const { reason, path } = decoded.error;
  throw new RangeError(`not an op of generation ${generation}: ${reason} at ${path}`);
}

/** What is wrong with the op itself. The zome host reports input that is not an op at all. */
function refusal(input: Op | Uint8Array, codec: Codec<Op>, generation: Generation, check: OpCheck): string | undefined {
  const decoded = input instanceof Uint8Array ? decodeBytes(codec, input) : ({ ok: true, value: input } as const);
  if (!decoded.ok) return undefined;
  const faults = opFaults(decoded.value, generation, check);
  return faults.length === 0 ? undefined : opFaultsText(faults);
}

/** @throws RangeError for bytes that are not a document of dependencies */
function sourceOf(bytes: Uint8Array, format: InputFormat, generation: Generation): DependencySource {
  const value = format === 'json' ? valueOfJson(bytes, ZOME_JSON) : valueOfMessagePack(bytes);
  const read = readDependencies(value, generation);
  if (read.ok) return sourceOfDependencies(read.value, generation);
  throw new RangeError(`not dependencies of generation ${generation}: ${read.error.reason} at ${read.error.path}`);
}

function valueOfMessagePack(bytes: Uint8Array): MessagePackValue {
  const decoded = decodeMessagePack(bytes);
  if (decoded.ok) return decoded.value;
  const { code, offsetBytes } = decoded.fault;
  throw new RangeError(`the dependencies are not MessagePack: ${code} at byte ${offsetBytes}`);
}

/** Artefacts by key: those of other threads, and those that this one makes and sends. */
class ThreadArtefacts implements ArtefactCache {
  readonly #known = new Map<string, Uint8Array>();
  readonly #made: (artefact: Artefact) => void;

  constructor(made: (artefact: Artefact) => void) {
    this.#made = made;
  }

  add(artefacts: readonly Artefact[]): void {
    for (const { key, content } of artefacts) this.#known.set(artefactName(key), content);
  }

  /** Returns each only once: a module is loaded once in a thread, and the engine keeps the result. */
  async get(key: ArtefactKey): Promise<Uint8Array | undefined> {
    const name = artefactName(key);
    const content = this.#known.get(name);
    this.#known.delete(name);
    return content;
  }

  async put(key: ArtefactKey, content: Uint8Array): Promise<void> {
    this.#made({ key, content });
  }
}

function artefactName(key: ArtefactKey): string {
  return `${key.kind} ${key.kind === 'valid' ? '' : key.form} ${toHex(key.module)}`;
}

async function exportOf(address: string, name: string): Promise<unknown> {
  const module = (await import(address)) as Readonly<Record<string, unknown>>;
  const value = module[name];
  if (Array.isArray(value)) return value;
  throw new TypeError(`${address} does not export a list '${name}'`);
}

/** Limits that came as a copy, defined again: their hash is computed here. */
function limitsOf(copied: Limits): Limits {
  const names = Object.keys(LIMIT_ROWS) as (keyof typeof LIMIT_ROWS)[];
  return defineLimits(copied.id, Object.fromEntries(names.map((name) => [name, copied[name]])));
}

function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), code: undefined, fault: undefined };
  const { code, fault } = error instanceof UsageError ? error : { code: undefined, fault: undefined };
  return { name: error.name, message: error.message, code, fault };
}
