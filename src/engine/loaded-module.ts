/**
 * A loaded module and its calls. Each call has a pristine instance, a store of its own and a gauge that starts at the
 * limit, so a receipt depends on the module, the call and the engine's schedule and limits, and on nothing that ran
 * before. docs/SEMANTICS.md, sections 6 to 8.
 */
import type { LoadFault } from '../base/fault.js';
import { hash, toHex } from '../base/hash.js';
import type { Limits } from '../base/limits.js';
import { callByteExport, checkByteCall } from '../boundary/byte-abi.js';
import type { Generation } from '../boundary/generation.js';
import {
  externPayload,
  isExternResult,
  type Verdict,
  verdictOfOutput,
  verdictOfShortCircuit,
} from '../boundary/validation.js';
import { RerunNeeded } from '../instrumented/tier-state.js';
import { interpreterProgram } from '../interpreter/program.js';
import type { HostCallRecord } from '../machine/host-function.js';
import type { Frame, GuestInstance } from '../machine/instance.js';
import { linkImports } from '../machine/link.js';
import type { Stop } from '../machine/outcome.js';
import type { Program, TierName } from '../machine/program.js';
import { Store } from '../machine/store.js';
import { valueBytes } from '../machine/value-bytes.js';
import type { MeteredModule } from '../metering/meter.js';
import { type Export, typeOfFunction } from '../wasm/module.js';
import type { Value } from '../wasm/value.js';
import { ByteGuest, exportTypeOf } from './byte-guest.js';
import { CallRun } from './call-run.js';
import { constantBytes } from './constant-bytes.js';
import { describeModule, type ModuleDescription } from './description.js';
import { functionLabels } from './function-labels.js';
import { hostCallsHash } from './host-calls-hash.js';
import { checkImports, externOf, type HostImport } from './host-import.js';
import { HostTranscript } from './host-transcript.js';
import { FUEL_LIMIT_MAX, type Receipt, type ReceiptOutcome } from './receipt.js';
import { holdsReference, REFERENCE_STOP } from './reference-breach.js';
import { bitsOfArguments, valuesOfBits } from './typed-values.js';
import { UsageError } from './usage-error.js';

/** Fuel of a call that names no limit: a validate of a real zome takes 10^5. */
export const DEFAULT_FUEL = 1_000_000_000;

export interface CallOptions {
  /** Fuel limit: an integer from 0 to 2^53 - 1. Default 10^9. */
  readonly fuel?: number;
  /** What the module imports. Default: what it was loaded with. */
  readonly imports?: readonly HostImport[];
}

export interface ByteCallOptions extends CallOptions {
  /** Whether an output can be what the export promises; if not, the call is `breached`. Default: `Result<ExternIO, WasmError>`. */
  readonly isDecodable?: (output: Uint8Array) => boolean;
}

export interface ValidateOptions extends CallOptions {
  /** Default `'0.6'`: Holochain 0.3 to 0.6. */
  readonly generation?: Generation;
  /** Default `'validate'`. */
  readonly exportName?: string;
}

/** What can be told beside the receipt, and differs between no two nodes that can tell it. */
export interface Diagnostics {
  /** Greatest height that the stack reached, in words. The instrumented tier runs the call again to tell. */
  stackWordsHigh(): number;
  /** The frames in which a call trapped or was exhausted, innermost first; empty for other outcomes. */
  backtrace(): readonly Frame[];
  /** BLAKE2b-256 over memory, globals, tables and dropped segments; of no bytes if the instantiation was not paid. */
  stateDigest(): Uint8Array;
}

interface Answered<Outcome> {
  readonly outcome: Outcome;
  readonly receipt: Receipt;
  /** Every host call in the order in which they began. */
  readonly hostCalls: readonly HostCallRecord[];
  readonly diagnostics: Diagnostics;
}

export type CallOutcome = { readonly kind: 'returned'; readonly values: readonly Value[] } | Stop;
export type ByteOutcome = { readonly kind: 'returned'; readonly output: Uint8Array } | Stop;

export type CallResult = Answered<CallOutcome>;
export type ByteCallResult = Answered<ByteOutcome>;

export interface ValidateResult extends ByteCallResult {
  readonly verdict: Verdict;
}

const NO_BYTES = new Uint8Array(0);

/** How a kind of call runs on its instance and what it gives; undefined where the gauge holds the outcome. */
interface Protocol<T> {
  readonly input: Uint8Array;
  run(instance: GuestInstance): T | undefined;
  outputBytes(answer: T): Uint8Array;
}

export class LoadedModule {
  /** BLAKE2b-256 of the module's bytes, in hexadecimal: its identity. */
  readonly hash: string;
  readonly #hashBytes: Uint8Array;
  readonly #program: Program;
  readonly #limits: Limits;
  readonly #imports: readonly HostImport[];
  readonly #exports: ReadonlyMap<string, Export>;
  #description: ModuleDescription | undefined;
  #interpreter: Program | undefined;
  #reruns = 0;

  /** Made by `Engine.load`. */
  constructor(program: Program, hashBytes: Uint8Array, limits: Limits, imports: readonly HostImport[]) {
    checkImports(imports);
    this.#program = program;
    this.#hashBytes = hashBytes;
    this.#limits = limits;
    this.#imports = [...imports];
    this.#exports = new Map(program.metered.module.exports.map((item) => [item.name, item]));
    this.hash = toHex(hashBytes);
  }

  /** The module with its charges, for tools that look inside. */
  get metered(): MeteredModule {
    return this.#program.metered;
  }

  /** The tier that runs the calls. */
  get tier(): TierName {
    return this.#program.tier;
  }

  /** How many calls the host could not finish, so that the interpreter ran them again. It shows nowhere else. */
  get reruns(): number {
    return this.#reruns;
  }

  /** Fuel that loading is quoted at: a function of the bytes alone. It stands in no receipt. */
  get loadPrice(): number {
    return this.metered.loadPrice;
  }

  /** Imports, exports, memories, features, names and static costs. */
  describe(): ModuleDescription {
    this.#description ??= describeModule(this.metered);
    return this.#description;
  }

  /** Why a call with these imports cannot be: the first import that is missing or has another type. */
  linkFault(imports: readonly HostImport[] = this.#imports): LoadFault | undefined {
    checkImports(imports);
    const linked = this.#link(imports, new CallRun(this.#store(), this.#exports));
    return linked.ok ? undefined : linked.fault;
  }

  /**
   * Calls an exported function. Whatever the guest does is in the result.
   * @throws UsageError for a call that cannot be made (no such export, wrong arguments, missing imports)
   * @throws HostFailure if a host function threw, or the host is out of memory
   */
  call(exportName: string, args: readonly Value[] = [], options: CallOptions = {}): CallResult {
    const item = this.#functionExport(exportName);
    const { params, results } = typeOfFunction(this.metered.module, item.index);
    const bits = bitsOfArguments(`'${exportName}'`, params, args);
    const { answer, stop, ...rest } = this.#run(exportName, options, {
      input: valueBytes(params, bits),
      run: (instance) => {
        const outcome = instance.invoke(item.index, bits);
        if (outcome.kind !== 'returned') return undefined;
        if (!holdsReference(results, outcome.results)) return outcome.results;
        instance.store.gauge.stopWith(REFERENCE_STOP);
        return undefined;
      },
      outputBytes: (values) => valueBytes(results, values),
    });
    return { ...rest, outcome: stop ?? { kind: 'returned', values: valuesOfBits(results, answer!) } };
  }

  /**
   * Calls an export of the byte ABI: the guest allocates, the payload is written into its memory, what it returns is
   * copied out. The payload is hashed into the receipt as it stands in the guest's memory.
   * @throws UsageError and HostFailure as `call` does, and UsageError for a payload beyond the limit
   */
  callBytes(exportName: string, payload: Uint8Array, options: ByteCallOptions = {}): ByteCallResult {
    const own = this.#checkedPayload(exportName, payload);
    const { isDecodable = isExternResult } = options;
    const { answer, stop, ...rest } = this.#run(exportName, options, {
      input: own,
      run: (instance) => {
        const guest = new ByteGuest(instance, this.#exports);
        const called = callByteExport(guest, exportName, own, {
          payloadBytesMax: this.#limits.payloadBytes,
          isDecodable,
        });
        if (called.kind === 'breached') instance.store.gauge.stopWith(called);
        return called.kind === 'returned' ? called.output : undefined;
      },
      outputBytes: (output) => output,
    });
    return { ...rest, outcome: stop ?? { kind: 'returned', output: answer! } };
  }

  /**
   * Runs `validate` on an entry or op.
   * @param input its MessagePack; it crosses as `ExternIO`, a `bin` around it
   * @throws as `callBytes` does
   */
  validate(input: Uint8Array, options: ValidateOptions = {}): ValidateResult {
    const { generation = '0.6', exportName = 'validate' } = options;
    const result = this.callBytes(exportName, externPayload(input), options);
    return { ...result, verdict: verdictOf(result.outcome, generation) };
  }

  #functionExport(name: string): Export {
    const item = this.#exports.get(name);
    if (item?.kind === 'function') return item;
    if (item !== undefined) throw new UsageError('not-a-function', `the export '${name}' is a ${item.kind}`);
    const names = this.metered.module.exports.filter(({ kind }) => kind === 'function').map((other) => other.name);
    const listed = names.length > 12 ? `${names.slice(0, 12).join(', ')}, ...` : names.join(', ');
    const there = names.length === 0 ? 'it exports no function' : `its functions are ${listed}`;
    throw new UsageError('unknown-export', `the module exports no function '${name}'; ${there}`);
  }

  #checkedPayload(exportName: string, payload: Uint8Array): Uint8Array {
    this.#functionExport(exportName);
    const exportType = (name: string) => exportTypeOf(this.metered.module, this.#exports, name);
    const fault = checkByteCall({ exportType }, exportName, payload, this.#limits.payloadBytes);
    if (fault?.code === 'payload-too-long') {
      throw new UsageError(
        'payload-too-long',
        `the payload has ${fault.lengthBytes} bytes, the limit is ${fault.payloadBytesMax}`,
      );
    }
    return new Uint8Array(payload);
  }

  #store(): Store {
    return new Store(this.#limits, this.metered.schedule);
  }

  #link(imports: readonly HostImport[], run: CallRun) {
    const rows = new Map(imports.map((row) => [JSON.stringify([row.module, row.name]), row]));
    return linkImports(this.metered.module, (module, name) => {
      const row = rows.get(JSON.stringify([module, name]));
      return row && externOf(row, run.store, run);
    });
  }

  /** One call: in the engine's tier, and once more in the interpreter if the host could not finish it. */
  #run<T>(exportName: string, options: CallOptions, protocol: Protocol<T>) {
    checkFuel(options.fuel ?? DEFAULT_FUEL);
    if (options.imports !== undefined) checkImports(options.imports);
    const transcript = new HostTranscript();
    const again = () => this.#attempt(this.#reference(), exportName, options, protocol, new HostTranscript(transcript));
    try {
      return this.#attempt(this.#program, exportName, options, protocol, transcript, again);
    } catch (error) {
      if (!(error instanceof RerunNeeded)) throw error;
      this.#reruns += 1;
      return again();
    }
  }

  /** The program of the interpreter, which never needs a second run and knows where a call stopped. */
  #reference(): Program {
    if (this.#program.tier === 'interpreter') return this.#program;
    this.#interpreter ??= interpreterProgram(this.metered);
    return this.#interpreter;
  }

  /**
   * Links, instantiates, runs the protocol and makes the receipt.
   * @param again the same call in the interpreter, for what only it can tell
   */
  #attempt<T>(
    program: Program,
    exportName: string,
    options: CallOptions,
    protocol: Protocol<T>,
    transcript: HostTranscript,
    again?: () => { readonly diagnostics: Diagnostics },
  ) {
    const { fuel = DEFAULT_FUEL, imports = this.#imports } = options;
    const store = this.#store();
    const run = new CallRun(store, this.#exports, transcript);
    const linked = this.#link(imports, run);
    if (!linked.ok) {
      const { code, detail } = linked.fault;
      throw new UsageError('unlinkable', `the module cannot be linked: ${code}, ${detail}`, linked.fault);
    }
    const { gauge } = store;
    gauge.reset(fuel);
    const instance = program.instantiate(store, linked.value);
    const answer = instance === undefined || gauge.stop !== undefined ? undefined : protocol.run(instance);
    const stop = gauge.stop;
    const constants = constantBytes(this.metered.module, imports);
    const receipt: Receipt = {
      profile: this.metered.schedule.profile,
      schedule: this.metered.schedule.hash,
      limits: this.#limits.hash,
      module: this.#hashBytes,
      export: exportName,
      input: hash(constants.length === 0 ? protocol.input : joined(protocol.input, constants)),
      fuel: { limit: fuel, used: gauge.fuelUsed, parts: gauge.parts },
      outcome: receiptOutcome(stop),
      output: hash(stop === undefined ? protocol.outputBytes(answer!) : payloadOf(stop)),
      pages: instance?.memory?.pages ?? 0,
      hostCalls: hostCallsHash(store.log),
    };
    return {
      answer,
      stop,
      receipt,
      hostCalls: store.log,
      diagnostics: this.#diagnostics(store, instance, stop, program.tier === 'interpreter' ? undefined : again),
    };
  }

  #diagnostics(
    store: Store,
    instance: GuestInstance | undefined,
    stop: Stop | undefined,
    again: (() => { readonly diagnostics: Diagnostics }) | undefined,
  ): Diagnostics {
    const { module } = this.metered;
    const failed = stop?.kind === 'trapped' || stop?.kind === 'exhausted';
    let told: Diagnostics | undefined;
    const reference = () => {
      told ??= again?.().diagnostics;
      return told;
    };
    return {
      stackWordsHigh: () => reference()?.stackWordsHigh() ?? this.#limits.stackWords - store.gauge.wordsLeftMin,
      backtrace: () => {
        if (!failed || instance === undefined) return [];
        if (again !== undefined) return reference()!.backtrace();
        const label = functionLabels(module);
        return instance.backtrace().map((frame) => ({ ...frame, name: frame.name ?? label(frame.functionIndex) }));
      },
      stateDigest: () => instance?.stateDigest() ?? hash(NO_BYTES),
    };
  }
}

function checkFuel(fuel: number): void {
  if (Number.isSafeInteger(fuel) && fuel >= 0) return;
  throw new UsageError('fuel-limit', `the fuel limit must be an integer from 0 to ${FUEL_LIMIT_MAX}, not ${fuel}`);
}

function receiptOutcome(stop: Stop | undefined): ReceiptOutcome {
  if (stop === undefined) return { kind: 'returned' };
  return stop.kind === 'short-circuited' ? { kind: stop.kind } : stop;
}

function payloadOf(stop: Stop): Uint8Array {
  return stop.kind === 'short-circuited' ? stop.payload : NO_BYTES;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function verdictOf(outcome: ByteOutcome, generation: Generation): Verdict {
  switch (outcome.kind) {
    case 'returned':
      return verdictOfOutput(outcome.output, generation);
    case 'short-circuited':
      return verdictOfShortCircuit(outcome.payload, generation);
    case 'breached':
      return { kind: 'NoVerdict', cause: outcome as Extract<Verdict, { kind: 'NoVerdict' }>['cause'] };
    default:
      return { kind: 'NoVerdict', cause: { kind: 'stopped' } };
  }
}
