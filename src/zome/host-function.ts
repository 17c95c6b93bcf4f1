/**
 * A host function as a row of the table, typed by the codecs of its input and its result; also for users' own
 * functions.
 *
 * Invariant: a guest gets `Result<O, WasmError>` in canonical MessagePack, or the call ends. A bad input gives the
 * guest an error and never a trap (docs/ABI.md, section 9). An exception of a row's function is a failure of the host.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type Codec, nil } from '../boundary/codec.js';
import { decodeBytes, encodeBytes } from '../boundary/codec-bytes.js';
import type { Generation } from '../boundary/generation.js';
import type { HostByteAnswer } from '../boundary/host-call.js';
import { HostError, resultOf, type WasmError, type WasmErrorInner } from '../boundary/wasm-error.js';
import { HostFailure } from '../machine/outcome.js';
import type { CallbackName, Permission } from './callbacks.js';
import type { Cell } from './cell.js';
import type { DependencySource } from './dependency-source.js';
import type { TraceMessage } from './host-data.js';
import type { DnaInfoV2, ZomeInfo } from './info.js';

/** Fuel, charged to the part `host`. */
export interface HostFunctionCost {
  /** charged first: an integer from 1 to 10^6 */
  readonly base: number;
  /** charged for each byte of the input and of the result before it crosses: an integer from 0 */
  readonly perByte: number;
  /** charged once before it runs, if it may run: an integer from 0; default 0 */
  readonly work?: number;
  /** charged for each thing that it looks at or makes, before it does; default 0 */
  readonly perItem?: number;
  /** charged for each byte that it hashes or makes, before it does; default 0 */
  readonly perDataByte?: number;
}

/** What a user's host function sees of its call. */
export interface HostFunctionCall {
  /** name of the calling zome */
  readonly zome: string;
  /** the export that the host called */
  readonly export: string;
  readonly callback: CallbackName;
  fuelLeft(): number;
  /** Charges for work before it is done. False: the fuel is used up; return undefined at once. */
  charge(units: number): boolean;
}

/** What rows of the table see in addition. */
export interface HostFunctionContext extends HostFunctionCall {
  readonly generation: Generation;
  /** The prices of the function's row. */
  readonly cost: HostFunctionCost;
  readonly dnaInfo: DnaInfoV2;
  readonly dependencies: DependencySource;
  /** The cell of a zome function; undefined if there is no chain. */
  readonly cell?: Cell | undefined;
  /** `ZomeInfo` of the calling zome, or why there is none */
  zomeInfo(): ZomeInfo | string;
  trace(message: TraceMessage): void;
}

export type HostFunctionAnswer<O> =
  | { readonly kind: 'ok'; readonly value: O }
  /** the guest gets this as `Err` */
  | { readonly kind: 'error'; readonly error: WasmErrorInner }
  /** the whole call ends with this payload */
  | { readonly kind: 'short-circuited'; readonly payload: Uint8Array }
  /** the fuel is used up */
  | undefined;

export function ok<O>(value: O): HostFunctionAnswer<O> {
  return { kind: 'ok', value };
}

/** `Err(WasmError::Host)`. */
export function hostError(text: string): HostFunctionAnswer<never> {
  return { kind: 'error', error: { kind: 'Host', value: text } };
}

/** The place in this host's errors: the same on every node and for every build. */
const ERROR_PLACE = { file: 'assay', line: 0 } as const;

/** A function from bytes to bytes, including the codecs. */
export type BoundHostFunction = (input: Uint8Array, context: HostFunctionContext) => HostByteAnswer | undefined;

/** One row: a name that guests import from `env`, always of type (i32, i32) -> i64. */
export interface HostFunctionRow {
  readonly name: string;
  /** its name in the error that a guest gets if it may not call it */
  readonly deniedAs: string;
  readonly permissions: readonly Permission[];
  readonly cost: HostFunctionCost;
  /**
   * why every node gets the same result; for a function that needs a cell, on which input of the cell the result
   * depends
   */
  readonly reason: string;
  /** The first and the last minor version of Holochain whose host has it; undefined: a user's own function. */
  readonly releases?: readonly [first: string, last: string];
  /** Denied without a cell. Its results depend on the state of the cell, so a recording has each of them, in order. */
  readonly needsCell?: boolean;
  /**
   * Its result depends on which dependencies are available; the results of other rows of the table depend only on the
   * input and the DNA.
   */
  readonly readsDependencies?: boolean;
  /** Where it is not denied, it returns an error. */
  readonly isRefused?: boolean;
  /** also run when a call is replayed, because it has an effect besides its result */
  readonly hasEffect?: boolean;
  readonly bind: (generation: Generation) => BoundHostFunction;
}

/** `{"Err": ...}`, as bytes. */
const ErrorAnswer = resultOf<never>(HostError as unknown as Codec<never>, HostError);

export function errorAnswer(error: WasmErrorInner): HostByteAnswer {
  const left: WasmError = { ...ERROR_PLACE, error };
  return { kind: 'output', bytes: encodeBytes(ErrorAnswer, E.left(left)) };
}

/** Wraps a function in its codecs. */
export function bound<I, O>(
  name: string,
  input: Codec<I>,
  output: Codec<O>,
  run: (input: I, context: HostFunctionContext) => HostFunctionAnswer<O>,
): BoundHostFunction {
  const result = resultOf(output, HostError);
  return (bytes, context) => {
    const decoded = decodeBytes(input, bytes);
    if (!decoded.ok) {
      const { path, reason } = decoded.error;
      const text = `the input of ${name}: ${reason} at ${path}`;
      return errorAnswer({ kind: 'Serialize', value: { kind: 'Deserialize', value: text } });
    }
    const answer = run(decoded.value, context);
    if (answer === undefined || answer.kind === 'short-circuited') return answer;
    if (answer.kind === 'error') return errorAnswer(answer.error);
    if (!output.is(answer.value))
      throw new HostFailure(`${name} returned a value that is not of its type ${output.name}`);
    return { kind: 'output', bytes: encodeBytes(result, E.right(answer.value)) };
  };
}

/**
 * Wraps a function without input whose results never change: each result is encoded once, when it is first returned.
 * @param run returns the same object for the same result, or the reason for having none
 */
export function boundToConstants<O extends object>(
  name: string,
  output: Codec<O>,
  run: (context: HostFunctionContext) => O | string,
): BoundHostFunction {
  const known = new WeakMap<O, Uint8Array>();
  const encoded = bound(name, nil, output, (_, context) => {
    const constant = run(context);
    return typeof constant === 'string' ? hostError(constant) : ok(constant);
  });
  return (bytes, context) => {
    const constant = isNil(bytes) ? run(context) : undefined;
    if (typeof constant !== 'object') return encoded(bytes, context);
    const there = known.get(constant);
    // A copy, because a recording passes it on.
    if (there !== undefined) return { kind: 'output', bytes: there.slice() };
    const answer = encoded(bytes, context);
    if (answer?.kind === 'output') known.set(constant, answer.bytes.slice());
    return answer;
  };
}

/** Whether these bytes are MessagePack nil, which guests send if there is no input. */
function isNil(bytes: Uint8Array): boolean {
  return bytes.length === 1 && bytes[0] === 0xc0;
}

/** A host function that you define. */
export interface HostFunctionDefinition<I, O> {
  /** the name that guests import from `env`: `__my__price_1` */
  readonly name: string;
  readonly input: Codec<I>;
  readonly output: Codec<O>;
  readonly cost: HostFunctionCost;
  /** default: every callback may call it */
  readonly permissions?: readonly Permission[];
  /** why every node gets the same result */
  readonly reason?: string;
  run(input: I, call: HostFunctionCall): HostFunctionAnswer<O>;
}

function checkCost(name: string, { base, ...rates }: HostFunctionCost): void {
  const isPrice = (value: number, min: number) => Number.isInteger(value) && value >= min && value <= 1_000_000;
  if (isPrice(base, 1) && Object.values(rates).every((rate) => isPrice(rate, 0))) return;
  const given = JSON.stringify({ base, ...rates });
  throw new RangeError(`the cost of ${name} must be integers up to 10^6, base from 1, not ${given}`);
}

/**
 * Makes a row of a user's function. Its result must depend only on its input and on data that all nodes share.
 * @throws RangeError for a cost that a receipt cannot represent
 */
export function defineHostFunction<I, O>(definition: HostFunctionDefinition<I, O>): HostFunctionRow {
  const { name, input, output, permissions = ['none'], reason = 'its author is responsible for it' } = definition;
  const cost = { ...definition.cost };
  checkCost(name, cost);
  return {
    name,
    deniedAs: name,
    permissions,
    cost,
    reason,
    bind: () => bound(name, input, output, (value, context) => definition.run(value, context)),
  };
}
