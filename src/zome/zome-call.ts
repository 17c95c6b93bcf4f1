/**
 * One call of a guest's export by the zome host: its imports, and what came of it. Everything that a call collects lives
 * here and ends with it, so that no call sees another.
 */
import type { HostByteAnswer } from '../boundary/host-call.js';
import { serveHostCall } from '../boundary/host-call.js';
import type { HostAnswer, HostCall, HostFunctionImport } from '../engine/host-import.js';
import type { ByteOutcome, Diagnostics } from '../engine/loaded-module.js';
import type { Receipt } from '../engine/receipt.js';
import type { HostCallRecord } from '../machine/host-function.js';
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
import { type RecordedHostCall, type Recording, Replay } from './recording.js';
import { type Trace, TraceLog } from './trace-log.js';

/** What one call of a guest did. */
export interface ZomeCall {
  readonly zome: string;
  readonly callback: CallbackName;
  readonly export: string;
  readonly outcome: ByteOutcome;
  readonly receipt: Receipt;
  /** Every host call in the order in which they began: names and hashes, as the receipt binds them. */
  readonly hostCalls: readonly HostCallRecord[];
  /** What the host answered, to make the call again without its dependencies. */
  readonly recording: Recording;
  readonly traces: readonly Trace[];
  /** traces over the bound, which were not kept */
  readonly tracesDropped: number;
  readonly diagnostics: Diagnostics;
}

/** A row of the table with its codecs of one generation. */
export interface BoundRow {
  readonly row: HostFunctionRow;
  readonly run: BoundHostFunction | undefined;
}

const BYTE_IMPORT = { params: ['i32', 'i32'], results: ['i64'] } as const;
const NO_BYTES = new Uint8Array(0);

/** What a call's host functions share, beside what each host call adds: the fuel. */
export type CallScope = Omit<HostFunctionContext, 'fuelLeft' | 'charge' | 'trace'>;

/** The rows as the engine takes them. */
export function importsOf(
  rows: readonly BoundRow[],
  serve: (bound: BoundRow, call: HostCall, args: readonly Value[]) => HostAnswer,
): readonly HostFunctionImport[] {
  return rows.map((bound) => ({
    module: 'env',
    name: bound.row.name,
    type: BYTE_IMPORT,
    cost: bound.row.cost.base,
    run: (call, args) => serve(bound, call, args),
  }));
}

export class ZomeCallRun {
  readonly recording: RecordedHostCall[] = [];
  readonly traces = new TraceLog();
  readonly #replay: Replay | undefined;

  constructor(
    readonly scope: CallScope,
    readonly rows: readonly BoundRow[],
    readonly exportTypes: ExportTypes,
    readonly payloadBytesMax: number,
    replay: Recording | undefined,
  ) {
    this.#replay = replay && new Replay(replay);
  }

  imports(): readonly HostFunctionImport[] {
    return importsOf(this.rows, (bound, call, args) => this.#serve(bound, call, args));
  }

  #serve(bound: BoundRow, call: HostCall, [ptr, len]: readonly Value[]): HostAnswer {
    const guest = new HostCallGuest(call, this.exportTypes, bound.row.cost.perByte);
    const slice = { ptr: (ptr as { bits: number }).bits, len: (len as { bits: number }).bits };
    const answer = (input: Uint8Array): HostByteAnswer | undefined => {
      // In the log even if the call ends here: the engine adds the hash of no bytes as the output.
      call.record(input, NO_BYTES);
      const answered = this.#answer(bound, call, input);
      if (answered?.kind === 'output') call.record(input, answered.bytes);
      return answered;
    };
    const served = serveHostCall(guest, slice, answer, this.payloadBytesMax);
    if (served.kind === 'answered') return [i64(served.packed)];
    return served.kind === 'stopped' ? undefined : served;
  }

  /** The recorded answer, or the function's own. A replay pays what the function paid, so that the fuel is the same. */
  #answer(bound: BoundRow, call: HostCall, input: Uint8Array): HostByteAnswer | undefined {
    const { name, hasEffect } = bound.row;
    const line = this.#replay?.next(name, input);
    if (line !== undefined && hasEffect !== true) {
      this.recording.push(line);
      return call.charge(line.fuel) ? line.answer : undefined;
    }
    let fuel = 0;
    const charge = (units: number): boolean => {
      fuel += units;
      return call.charge(units);
    };
    const answer = this.#own(bound, call, input, charge);
    this.recording.push({ name, input, fuel, answer });
    return answer;
  }

  #own(
    { row, run }: BoundRow,
    call: HostCall,
    input: Uint8Array,
    charge: (units: number) => boolean,
  ): HostByteAnswer | undefined {
    if (run === undefined || !isAllowed(this.scope.callback, row.permissions)) {
      const text = deniedText(row.deniedAs, this.scope.export, this.scope.zome);
      return errorAnswer({ kind: 'Host', value: text });
    }
    const answer = run(input, {
      ...this.scope,
      fuelLeft: () => call.fuelLeft(),
      charge,
      trace: (message) => this.traces.add(message),
    });
    if (answer?.kind !== 'output' || answer.bytes.length <= this.payloadBytesMax) return answer;
    const text = `the answer of ${row.deniedAs} has ${answer.bytes.length} bytes, the limit is ${this.payloadBytesMax}`;
    return errorAnswer({ kind: 'Host', value: text });
  }
}
