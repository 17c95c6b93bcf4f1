/**
 * One call of a guest's export by the zome host: its imports and its result. All data that a call collects is here and
 * ends with it, so that no call sees another.
 */
import type { Generation } from '../boundary/generation.js';
import type { HostByteAnswer } from '../boundary/host-call.js';
import { serveHostCall } from '../boundary/host-call.js';
import type { Diagnostics } from '../engine/call/call-attempt.js';
import type { HostAnswer, HostCall, HostFunctionImport } from '../engine/imports/host-import.js';
import type { ByteOutcome } from '../engine/loaded-module.js';
import { FUEL_LIMIT_MAX, type Receipt } from '../engine/receipt/receipt.js';
import type { HostCallRecord } from '../machine/host-call-log.js';
import { i64, type Value } from '../wasm/value.js';
import { type CallbackName, isAllowed } from './callbacks.js';
import type { ExportTypes } from './host-call-guest.js';
import { HostCallGuest } from './host-call-guest.js';
import {
  type BoundHostFunction,
  errorAnswer,
  type HostFunctionContext,
  type HostFunctionRow,
} from './host-function.js';
import { deniedText } from './host-functions.js';
import { HostCallLines, type RecordedHostCall, type Recording } from './recording.js';
import { type Trace, TraceLog } from './trace-log.js';

/** What one call of a guest did. */
export interface ZomeCall {
  readonly zome: string;
  readonly callback: CallbackName;
  readonly export: string;
  /** The bytes that were written into the guest's memory: the input as `ExternIO`. */
  readonly payload: Uint8Array;
  readonly outcome: ByteOutcome;
  readonly receipt: Receipt;
  /** Every host call in the order in which they began: names and hashes, as covered by the receipt. */
  readonly hostCalls: readonly HostCallRecord[];
  /** The host's results, to make the call again without its dependencies. */
  readonly recording: Recording;
  readonly traces: readonly Trace[];
  /** number of traces beyond the bound, which were not kept */
  readonly tracesDropped: number;
  readonly diagnostics: Diagnostics;
}

/** A row of the table with its codecs of one generation. */
export interface BoundRow {
  readonly row: HostFunctionRow;
  readonly run: BoundHostFunction;
}

const BYTE_IMPORT = { params: ['i32', 'i32'], results: ['i64'] } as const;
const NO_BYTES = new Uint8Array(0);

/** What the host functions of a call share; each host call adds the fuel. */
export type CallScope = Omit<HostFunctionContext, 'cost' | 'fuelLeft' | 'charge' | 'trace'>;

/**
 * The rows in the form that the engine accepts, for all calls of all zomes. The data of a single call is in its
 * context, a `ZomeCallRun`.
 */
export function importsOf(rows: readonly BoundRow[]): readonly HostFunctionImport[] {
  return rows.map((bound) => {
    const { name, cost } = bound.row;
    const { base, ...rates } = cost;
    const run: HostFunctionImport['run'] = (call, args) => (call.context as ZomeCallRun).serve(bound, call, args);
    return { module: 'env', name, type: BYTE_IMPORT, cost: base, rates, run };
  });
}

/** The codecs are created when the function is first called, because few of the rows are ever used. */
export function boundRow(row: HostFunctionRow, generation: Generation): BoundRow {
  let bound: BoundHostFunction | undefined;
  return {
    row,
    run: (input, context) => {
      bound ??= row.bind(generation);
      return bound(input, context);
    },
  };
}

export class ZomeCallRun {
  readonly traces = new TraceLog();
  readonly #lines = new HostCallLines();
  readonly #replay: HostCallLines | undefined;
  /** Results that an abandoned attempt got from a cell, which returns each only once: reused in this order. */
  readonly #again: RecordedHostCall[] = [];

  constructor(
    readonly scope: CallScope,
    readonly exportTypes: ExportTypes,
    readonly payloadBytesMax: number,
    replay: Recording | undefined,
  ) {
    this.#replay = replay && new HostCallLines(replay);
  }

  get recording(): Recording {
    return this.#lines.lines;
  }

  serve({ row, run }: BoundRow, call: HostCall, [ptr, len]: readonly Value[]): HostAnswer {
    const guest = new HostCallGuest(call, this.exportTypes, row.cost.perByte);
    const slice = { ptr: (ptr as { bits: number }).bits, len: (len as { bits: number }).bits };
    const said: (number | undefined)[] = [];
    let line: RecordedHostCall | undefined;
    const answer = (input: Uint8Array): HostByteAnswer | undefined => {
      line = this.#answer(row, run, call, input, said);
      const answered = line.answer;
      // Logged even if the call ends here; its output is then empty.
      call.record(input, answered?.kind === 'output' ? answered.bytes : NO_BYTES);
      return answered;
    };
    try {
      const served = serveHostCall(guest, slice, answer, this.payloadBytesMax);
      if (served.kind === 'answered') return [i64(served.packed)];
      return served.kind === 'stopped' ? undefined : served;
    } catch (error) {
      // Either the call fails and its traces are dropped, or the engine makes it again.
      for (const position of said.reverse()) this.traces.retract(position);
      if (row.needsCell === true && line !== undefined) this.#again.unshift(line);
      throw error;
    }
  }

  /**
   * The recorded result, or that of the function. A replay pays what the function paid, so that the fuel is the same.
   */
  #answer(
    row: HostFunctionRow,
    run: BoundHostFunction,
    call: HostCall,
    input: Uint8Array,
    said: (number | undefined)[],
  ): RecordedHostCall {
    const isOrdered = row.needsCell === true;
    const known = this.#known(row, input);
    if (known !== undefined) {
      const { line, isNew } = known;
      if (isNew) this.#lines.add(line, isOrdered);
      return call.charge(line.fuel) ? line : { ...line, answer: undefined };
    }
    let fuel = 0;
    const context = this.#contextOf(row, {
      fuelLeft: () => call.fuelLeft(),
      charge: (units) => {
        fuel += units;
        return call.charge(units);
      },
      trace: (message) => {
        said.push(this.traces.add(message));
      },
    });
    const answer = this.#own(row, run, context, input);
    const line: RecordedHostCall = { name: row.name, input, fuel, answer };
    this.#lines.add(line, isOrdered);
    return line;
  }

  /**
   * What a host function returns and charges, given enough fuel, outside a call and without traces.
   * @throws HostFailure as it does in a call
   */
  ask({ row, run }: BoundRow, input: Uint8Array): RecordedHostCall {
    let fuel = 0;
    const charge = (units: number): boolean => {
      fuel += units;
      return true;
    };
    const context = this.#contextOf(row, { fuelLeft: () => FUEL_LIMIT_MAX, charge, trace: () => {} });
    const answer = this.#own(row, run, context, input);
    return { name: row.name, input, fuel, answer };
  }

  #contextOf(
    row: HostFunctionRow,
    { fuelLeft, charge, trace }: Pick<HostFunctionContext, 'fuelLeft' | 'charge' | 'trace'>,
  ): HostFunctionContext {
    const { scope } = this;
    // Field by field: a spread of this many fields takes microseconds.
    return {
      cost: row.cost,
      zome: scope.zome,
      export: scope.export,
      callback: scope.callback,
      generation: scope.generation,
      dnaInfo: scope.dnaInfo,
      dependencies: scope.dependencies,
      cell: scope.cell,
      zomeInfo: scope.zomeInfo,
      fuelLeft,
      charge,
      trace,
    };
  }

  /** A result from before: from an abandoned attempt at this call, or from the call that is replayed. */
  #known(
    row: HostFunctionRow,
    input: Uint8Array,
  ): { readonly line: RecordedHostCall; readonly isNew: boolean } | undefined {
    const isOrdered = row.needsCell === true;
    const again = isOrdered ? this.#again.shift() : undefined;
    if (again !== undefined) return { line: again, isNew: false };
    if (this.#replay === undefined || row.hasEffect === true) return undefined;
    const line = isOrdered ? this.#replay.next(row.name, input) : this.#replay.recorded(row.name, input);
    return { line, isNew: true };
  }

  #own(
    row: HostFunctionRow,
    run: BoundHostFunction,
    context: HostFunctionContext,
    input: Uint8Array,
  ): HostByteAnswer | undefined {
    const isServed = row.needsCell !== true || context.cell !== undefined;
    if (!isServed || !isAllowed(context.callback, row.permissions)) {
      return errorAnswer({ kind: 'Host', value: deniedText(row.deniedAs, context.export, context.zome) });
    }
    const answer = run(input, context);
    if (answer?.kind !== 'output' || answer.bytes.length <= this.payloadBytesMax) return answer;
    const text = `the answer of ${row.deniedAs} has ${answer.bytes.length} bytes, the limit is ${this.payloadBytesMax}`;
    return errorAnswer({ kind: 'Host', value: text });
  }
}
