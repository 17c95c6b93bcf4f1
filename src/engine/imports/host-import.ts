/**
 * What a user passes for a module's imports: host functions, and constants by their bits. Nothing else is possible in a
 * call with a receipt: a memory, table or mutable global of the host would be state that the receipt does not cover.
 *
 * Invariant: the log has a line per call, in the order in which the calls began. What a host function throws ends the
 * whole call, even if another host function in between catches it. docs/SEMANTICS.md, sections 6 to 8.
 */
import { hash as hashInJavaScript } from '../../base/hash.js';
import { hasOwn, own } from '../../base/own.js';
import { UsageError } from '../../base/usage-error.js';
import type { BreachCode } from '../../boundary/byte-abi.js';
import { FunctionInstance } from '../../machine/function-instance.js';
import { Global } from '../../machine/global.js';
import type { HostContext, HostFunction } from '../../machine/host-function.js';
import { importName } from '../../machine/import-name.js';
import type { ExternValue, GuestInstance } from '../../machine/instance.js';
import { type Bits, HostFailure, type Stop } from '../../machine/outcome.js';
import type { Store } from '../../machine/store.js';
import { valueBytes } from '../../machine/value-bytes.js';
import { type FunctionType, isReferenceType, valueTypeName } from '../../wasm/types.js';
import { printValue, type Value } from '../../wasm/value.js';
import type { CallRun } from './call-run.js';
import type { HostCallTranscript, RecordedHashes } from './host-transcript.js';
import { OpenHostCall } from './open-host-call.js';
import { holdsReference, REFERENCE_STOP } from './reference-breach.js';
import { bitsOfValue, copyOfValues, isBitsOf, valuesOfBits, valueTypeCode } from './typed-values.js';

/** The caller's memory as it is now: it may grow in every call of the guest. */
export interface GuestMemory {
  readonly byteLength: number;
  /** A copy of `length` bytes. @throws RangeError outside of the memory, which makes it a host failure */
  read(offset: number, length: number): Uint8Array;
  /** @throws RangeError outside of the memory, which makes it a host failure */
  write(offset: number, bytes: Uint8Array): void;
}

/** What a host function sees of its call. */
export interface HostCall {
  /**
   * What the caller passed as `context`: data that its host functions share within one call. It is not in the receipt.
   */
  readonly context: unknown;
  /** Fuel left after the guest's block and the base cost of this function. */
  fuelLeft(): number;
  /**
   * Charges for work in proportion to data, before it is done. False: the fuel is used up; return undefined at once.
   */
  charge(units: number): boolean;
  /** Calls an exported function of the guest. Undefined: the whole call is over; return undefined at once. */
  call(exportName: string, args: readonly Value[]): readonly Value[] | undefined;
  /** The memory of the calling instance; undefined if it has none. */
  readonly memory: GuestMemory | undefined;
  /** Writes these bytes to the log as this call's input and output, instead of the values. */
  record(input: Uint8Array, output: Uint8Array): void;
}

/** The results in order; or an end of the whole call; or undefined once the call is over. */
export type HostAnswer =
  | readonly Value[]
  | { readonly kind: 'short-circuited'; readonly payload: Uint8Array }
  | { readonly kind: 'breached'; readonly code: BreachCode }
  | undefined;

export interface HostFunctionImport {
  readonly module: string;
  readonly name: string;
  /** Types of parameters and results: `{ params: ['i32', 'i32'], results: ['i64'] }`. */
  readonly type: { readonly params: readonly Value['type'][]; readonly results: readonly Value['type'][] };
  /** Fuel charged before it runs: an integer from 1 to 10^6. Default: the schedule's base of a host call. */
  readonly cost?: number;
  /**
   * Prices by amount of data, in fuel for each unit, by a name of your own: integers up to 10^6, as `{ perByte: 8 }`.
   * The function charges them itself (`HostCall.charge`); they are declared here so that receipts cover them.
   */
  readonly rates?: Readonly<Record<string, number>>;
  run(call: HostCall, args: readonly Value[]): HostAnswer;
}

/** A constant for an imported immutable global. It is hashed into the input of every receipt. */
export interface ConstantImport {
  readonly module: string;
  readonly name: string;
  readonly value: Value;
}

export type HostImport = HostFunctionImport | ConstantImport;

export function isConstant(row: HostImport): row is ConstantImport {
  return hasOwn(row, 'value');
}

const COST_MAX = 1_000_000;

/** @throws UsageError for a row that no module could use, or two rows of one name */
export function checkImports(imports: readonly HostImport[]): void {
  const names = new Set<string>();
  for (const row of imports) {
    const name = importName(row);
    const key = JSON.stringify([row.module, row.name]);
    if (names.has(key)) throw new UsageError('bad-import', `the import ${name} is given twice`);
    names.add(key);
    if (isConstant(row)) checkConstant(name, row.value);
    else checkFunction(name, row);
  }
}

function checkConstant(name: string, value: Value): void {
  const isNull = 'ref' in value && value.ref === null;
  if (isNull || isBitsOf(value)) return;
  throw new UsageError('bad-import', `the bits of the constant ${name} do not fit its type ${value.type}`);
}

function checkFunction(name: string, row: HostFunctionImport): void {
  if (typeof row.run !== 'function')
    throw new UsageError('bad-import', `the import ${name} has neither run (a function) nor value (a constant)`);
  for (const type of [...row.type.params, ...row.type.results]) {
    if (valueTypeCode(type) === undefined)
      throw new UsageError('bad-import', `the type of import ${name} names an unknown value type: ${type}`);
  }
  const cost = own(row, 'cost');
  if (cost !== undefined) checkPrice(`the cost of ${name}`, cost, 1);
  for (const [rate, fuel] of Object.entries(own(row, 'rates') ?? {}))
    checkPrice(`the rate ${rate} of ${name}`, fuel, 0);
}

function checkPrice(what: string, fuel: number, min: number): void {
  if (Number.isInteger(fuel) && fuel >= min && fuel <= COST_MAX) return;
  throw new UsageError('bad-import', `${what} must be an integer from ${min} to ${COST_MAX}, not ${fuel}`);
}

export function functionTypeOf(type: HostFunctionImport['type']): FunctionType {
  return { params: Uint8Array.from(type.params, valueTypeCode), results: Uint8Array.from(type.results, valueTypeCode) };
}

/** Where the imported functions of an instance find the current call: an instance serves one call after another. */
export interface RunSlot {
  readonly run: CallRun | undefined;
  /**
   * In a store with several instances: the one that imports the functions, whichever calls them. Undefined: the one
   * that calls.
   */
  readonly caller?: GuestInstance | undefined;
}

/** A host function as an instance imports it. Another call may pass another row for it, of the same type. */
export class ImportedFunction implements HostFunction {
  readonly logsItself = true;
  readonly module: string;
  readonly name: string;
  readonly type: FunctionType;
  /** Computed once: a call needs it only when it fails. */
  readonly #label: string;
  readonly #slot: RunSlot;

  constructor(
    public row: HostFunctionImport,
    slot: RunSlot,
  ) {
    this.module = row.module;
    this.name = row.name;
    this.type = functionTypeOf(row.type);
    this.#label = importName(row);
    this.#slot = slot;
  }

  get baseFuel(): number | undefined {
    return own(this.row, 'cost');
  }

  run(context: HostContext, args: readonly Bits[]): readonly Bits[] | Stop {
    const { caller } = this.#slot;
    const run = this.#slot.run!;
    const own = caller === undefined ? context : { ...context, caller };
    return run.guard(this.#label, () => runLogged(this.row, this.type, run, own, args));
  }
}

/** The import as an item of a store. */
export function externOf(row: HostImport, store: Store, slot: RunSlot): ExternValue {
  if (!isConstant(row)) {
    const host = new ImportedFunction(row, slot);
    return { kind: 'function', function: new FunctionInstance(store, host.type, undefined, 0, host) };
  }
  const global = new Global({ type: valueTypeCode(row.value.type), mutable: false });
  global.bits = bitsOfValue(row.value);
  return { kind: 'global', global };
}

const NO_BYTES = new Uint8Array(0);
const HASH_OF_NOTHING = hashInJavaScript(NO_BYTES);

/** Runs the function and writes its line, which is reserved before it runs, because the log is ordered by start. */
function runLogged(
  row: HostFunctionImport,
  type: FunctionType,
  run: CallRun,
  context: HostContext,
  args: readonly Bits[],
): readonly Bits[] | Stop {
  const { log, gauge, hash } = context.store;
  const { module, name } = row;
  const line = log.begin();
  const refused = holdsReference(type.params, args);
  const input = refused ? NO_BYTES : valueBytes(type.params, args);
  let recorded: RecordedHashes | undefined;
  let outputHash = HASH_OF_NOTHING;
  const logged = () => {
    log.end(line, { module, name, inputHash: recorded?.inputHash ?? hash(input), outputHash: outputHash.slice() });
  };
  if (refused) {
    logged();
    return REFERENCE_STOP;
  }
  const { call: transcript, replay } = run.transcript.begin(module, name, input);
  let isOver = false;
  const call = new OpenHostCall(run, context, (givenInput, givenOutput) => {
    if (isOver) throw new HostFailure(`host function ${importName(row)} recorded bytes after it had returned`);
    recorded = { inputHash: hash(givenInput), outputHash: hash(givenOutput) };
    if (!replay) run.transcript.recorded(transcript, recorded);
  });
  const answer = replay
    ? replayed(call, transcript, (hashes) => {
        recorded = hashes;
      })
    : copyOfAnswer(row.run(call, valuesOfBits(type.params, args)));
  isOver = true;
  run.transcript.ended(answer, gauge.stop !== undefined);
  // An outcome is sticky: what the function returns after it is ignored.
  const stop = gauge.stop ?? stopOf(answer);
  const results = stop === undefined ? resultBits(row, type, answer) : undefined;
  // A call that ends here has no output, whatever was recorded.
  if (results !== undefined) outputHash = recorded?.outputHash ?? hash(valueBytes(type.results, results));
  logged();
  return results ?? (stop as Stop);
}

/** The host may use one list for all its results. */
function copyOfAnswer(answer: HostAnswer): HostAnswer {
  if (Array.isArray(answer)) return copyOfValues(answer);
  if (answer === undefined || !isEnd(answer) || answer.kind !== 'short-circuited') return answer;
  return { kind: answer.kind, payload: new Uint8Array(answer.payload) };
}

/** Repeats what the function did, and returns what it returned. */
function replayed(
  call: HostCall,
  { steps, answered }: HostCallTranscript,
  record: (hashes: RecordedHashes) => void,
): HostAnswer {
  for (const step of steps) {
    if (step.kind === 'charge') call.charge(step.units);
    else if (step.kind === 'write') call.memory?.write(step.offset, step.bytes);
    else if (step.kind === 'call') call.call(step.exportName, step.args);
    else record(step);
  }
  return answered?.answer;
}

function isEnd(answer: NonNullable<HostAnswer>): answer is Exclude<HostAnswer, readonly Value[] | undefined> {
  return hasOwn(answer, 'kind');
}

function stopOf(answer: HostAnswer): Stop | undefined {
  if (answer === undefined || !isEnd(answer)) return undefined;
  // A copy, so that the caller cannot change what a second run uses.
  return answer.kind === 'short-circuited' ? { kind: answer.kind, payload: answer.payload.slice() } : answer;
}

function resultBits(row: HostFunctionImport, type: FunctionType, answer: HostAnswer): readonly Bits[] {
  const { results } = type;
  const values = answer as readonly Value[] | undefined;
  const fits =
    Array.isArray(values) &&
    values.length === results.length &&
    values.every((value: Value, i) => value?.type === valueTypeName(results[i]) && hasCanonicalForm(value));
  if (fits) return (values as readonly Value[]).map(bitsOfValue);
  const wanted = Array.from(results, valueTypeName);
  const given = Array.isArray(values) ? `(${values.map(textOf).join(', ')})` : String(values);
  throw new HostFailure(`host function ${importName(row)} returned ${given}, its type has (${wanted.join(', ')})`);
}

function hasCanonicalForm(value: Value): boolean {
  return isReferenceType(valueTypeCode(value.type)) ? 'ref' in value && value.ref === null : isBitsOf(value);
}

/** What a host returned instead of a value can be anything. */
function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return isBitsOf(value as Value) || 'ref' in value ? printValue(value as Value) : String(value);
}
