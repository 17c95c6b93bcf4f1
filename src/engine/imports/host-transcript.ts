/**
 * What host functions did in an attempt at a call, so that a second run need not call them again: for each host call,
 * its effects on the guest in order, and its result. A second run uses them by position, checking name and input, and
 * calls the host only beyond their end. A guest makes as many host calls as it has fuel for, so beyond a bound nothing
 * is kept, and there is no second run: a receipt is made of all results or not at all. docs/SEMANTICS.md, section 7.
 */

import { sameBytes } from '../../base/same-bytes.js';
import { HostFailure } from '../../machine/outcome.js';
import type { Value } from '../../wasm/value.js';
import type { HostAnswer } from './host-import.js';

/** What the log of a host call has instead of the hashes of its values. */
export interface RecordedHashes {
  readonly inputHash: Uint8Array;
  readonly outputHash: Uint8Array;
}

/** What a host function did to the guest or the gauge. Reading changes nothing and is not kept. */
export type HostStep =
  | { readonly kind: 'charge'; readonly units: number }
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'call'; readonly exportName: string; readonly args: readonly Value[] }
  | ({ readonly kind: 'record' } & RecordedHashes);

export interface HostCallTranscript {
  readonly module: string;
  readonly name: string;
  /** The canonical bytes of the arguments. */
  readonly input: Uint8Array;
  readonly steps: HostStep[];
  /**
   * The function read how much fuel was left, or the call ended before it returned, so with more fuel it may behave
   * differently.
   */
  dependsOnFuel: boolean;
  /** Undefined until the function has returned; an attempt that was abandoned may stop before. */
  answered: { readonly answer: HostAnswer } | undefined;
  /** The same host call with less fuel, if it is made again: as long as it does the same, what follows is the same. */
  readonly former?: HostCallTranscript | undefined;
}

/** Memory of a call in addition to its bytes, measured: the objects for its steps and its result. */
const CALL_BYTES = 512;
const STEP_BYTES = 128;

export class HostTranscript {
  #calls: HostCallTranscript[] = [];
  readonly #earlier: readonly HostCallTranscript[];
  readonly #bytesMax: number;
  #bytes = 0;
  #begun = 0;
  #matches = true;
  #dependsOnFuel = false;
  /** Calls in progress, the innermost last. */
  readonly #open: { readonly call: HostCallTranscript; readonly replay: boolean }[] = [];

  /**
   * @param bytesMax about how many bytes of the host's memory it may take
   * @param earlier the calls of the attempt whose results are used
   */
  constructor(bytesMax: number, earlier: readonly HostCallTranscript[] = []) {
    this.#bytesMax = bytesMax;
    this.#earlier = earlier;
  }

  /** Whether this has every result for a second run. */
  get isWhole(): boolean {
    return this.#bytes <= this.#bytesMax;
  }

  /** The transcript for the next attempt at the same call. @throws HostFailure if results are missing */
  again(): HostTranscript {
    if (this.isWhole) return new HostTranscript(this.#bytesMax, this.#calls);
    throw new HostFailure(
      `the call must be run again, but its host functions returned more than the ${this.#bytesMax} bytes that are kept; raise hostAnswerBytes`,
    );
  }

  /** Whether a host function might have behaved differently with more fuel. */
  get dependsOnFuel(): boolean {
    return this.#dependsOnFuel;
  }

  /**
   * The transcript for the same call with more fuel: host calls that may depend on the fuel are made again. @throws
   * HostFailure if results are missing
   */
  withMoreFuel(): HostTranscript {
    const { isWhole } = this;
    if (!isWhole) return this.again();
    const again = (call: HostCallTranscript): HostCallTranscript => ({
      ...call,
      answered: undefined,
      former: { ...call, former: undefined },
    });
    return new HostTranscript(
      this.#bytesMax,
      this.#calls.map((call) => (call.dependsOnFuel ? again(call) : call)),
    );
  }

  /** Bytes of the host's memory that it takes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a host call: returns what an earlier attempt did at this position, or a new transcript to fill. */
  begin(
    module: string,
    name: string,
    input: Uint8Array,
  ): { readonly call: HostCallTranscript; readonly replay: boolean } {
    const known = this.#matches ? this.#earlier[this.#begun] : undefined;
    this.#begun++;
    const isSame = known?.module === module && known.name === name && sameBytes(known.input, input);
    if (known?.answered !== undefined && isSame) {
      if (this.isWhole) this.#calls.push(known);
      this.#bytes += bytesOf(known);
      this.#open.push({ call: known, replay: true });
      return { call: known, replay: true };
    }
    // After a call that was stopped, the host returns again, and the following calls may differ.
    this.#matches &&= isSame;
    const former = isSame ? known.former : undefined;
    const call: HostCallTranscript = {
      module,
      name,
      input,
      steps: [],
      dependsOnFuel: false,
      answered: undefined,
      former,
    };
    if (this.isWhole) this.#calls.push(call);
    this.#open.push({ call, replay: false });
    return { call, replay: false };
  }

  /** A host function does something: this is a step of the innermost call, regardless of whose `HostCall` it used. */
  did(step: HostStep): void {
    const open = this.#open.at(-1);
    if (open === undefined || open.replay) return;
    const { steps, former } = open.call;
    if (former !== undefined && !isSameStep(former.steps[steps.length], step)) this.#matches = false;
    steps.push(step);
  }

  /** A call in progress sets the content of its line of the log; it need not be the innermost. */
  recorded(call: HostCallTranscript, hashes: RecordedHashes): void {
    if (call === this.#open.at(-1)?.call) this.did({ kind: 'record', ...hashes });
    else call.steps.push({ kind: 'record', ...hashes });
  }

  /** A host function reads how much fuel is left. */
  sawFuel(): void {
    const open = this.#open.at(-1);
    if (open !== undefined && !open.replay) open.call.dependsOnFuel = true;
  }

  /**
   * The innermost call has ended.
   * @param answer owned by the transcript from now on
   * @param isCut the whole call ended before it returned
   */
  ended(answer: HostAnswer, isCut: boolean): void {
    const { call, replay } = this.#open.pop()!;
    if (!replay) {
      call.answered = { answer };
      call.dependsOnFuel ||= isCut;
      const { former } = call;
      if (former !== undefined && !isSameDoing(former, call)) this.#matches = false;
      this.#bytes += bytesOf(call);
      if (!this.isWhole) this.#calls = [];
    }
    if (!call.dependsOnFuel) return;
    this.#dependsOnFuel = true;
    // The guest may also have returned another result to the enclosing call.
    const around = this.#open.at(-1);
    if (around !== undefined && !around.replay) around.call.dependsOnFuel = true;
  }
}

function isSameDoing(a: HostCallTranscript, b: HostCallTranscript): boolean {
  return a.steps.length === b.steps.length && isSameAnswer(a.answered?.answer, b.answered?.answer);
}

function isSameStep(a: HostStep | undefined, b: HostStep): boolean {
  switch (b.kind) {
    case 'charge':
      return a?.kind === b.kind && a.units === b.units;
    case 'write':
      return a?.kind === b.kind && a.offset === b.offset && sameBytes(a.bytes, b.bytes);
    case 'call':
      return a?.kind === b.kind && a.exportName === b.exportName && isSameAnswer(a.args, b.args);
    case 'record':
      return a?.kind === b.kind && sameBytes(a.inputHash, b.inputHash) && sameBytes(a.outputHash, b.outputHash);
  }
}

function isSameAnswer(a: HostAnswer, b: HostAnswer): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (!('kind' in a) && !('kind' in b)) return a.length === b.length && a.every((value, i) => isSameValue(value, b[i]));
  if (!('kind' in a) || !('kind' in b)) return false;
  if (a.kind === 'breached') return b.kind === a.kind && a.code === b.code;
  return b.kind === a.kind && sameBytes(a.payload, b.payload);
}

function isSameValue(a: Value, b: Value): boolean {
  return a.type === b.type && ('bits' in a ? a.bits : 0) === ('bits' in b ? b.bits : 0);
}

function bytesOf({ input, steps }: HostCallTranscript): number {
  let bytes = CALL_BYTES + input.length;
  for (const step of steps) bytes += STEP_BYTES + (step.kind === 'write' ? step.bytes.length : 0);
  return bytes;
}
