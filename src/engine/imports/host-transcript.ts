/**
 * What host functions did in an attempt at a call, so that a second run need not ask them again: of each host call its
 * effects on the guest in order, and its result. A second run takes them by position, checking name and input, and asks
 * the host only past their end. A guest makes as many host calls as it has fuel for, so past a bound nothing is kept, and there is no
 * second run: a receipt is made of all results or not at all. docs/SEMANTICS.md, section 7.
 */

import { sameBytes } from '../../base/same-bytes.js';
import { HostFailure } from '../../machine/outcome.js';
import type { Value } from '../../wasm/value.js';
import type { HostAnswer } from './host-import.js';

/** What is in the log of a host call in place of the hashes of its values. */
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
  /** The function read how much fuel was left, or the call was over before it returned: with more fuel it may do otherwise. */
  dependsOnFuel: boolean;
  /** Undefined until the function has returned; an attempt that was abandoned may stop before. */
  answered: { readonly answer: HostAnswer } | undefined;
}

/** What a call takes beside its bytes, measured: the objects for its steps and its result. */
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

  /**
   * @param bytesMax bytes of the host's memory, about, that it may take
   * @param earlier of the attempt to take results from
   */
  constructor(bytesMax: number, earlier: readonly HostCallTranscript[] = []) {
    this.#bytesMax = bytesMax;
    this.#earlier = earlier;
  }

  /** Whether a second run can take every result from here. */
  get isWhole(): boolean {
    return this.#bytes <= this.#bytesMax;
  }

  /** Of the next attempt at the same call. @throws HostFailure if results are missing */
  again(): HostTranscript {
    if (this.isWhole) return new HostTranscript(this.#bytesMax, this.#calls);
    throw new HostFailure(
      `the call must be run again, but its host functions returned more than the ${this.#bytesMax} bytes that are kept; raise hostAnswerBytes`,
    );
  }

  /** Whether a host function would perhaps have done otherwise with more fuel. */
  get dependsOnFuel(): boolean {
    return this.#dependsOnFuel;
  }

  /** Of the same call with more fuel: what the fuel may have decided is asked again. @throws HostFailure if results are missing */
  withMoreFuel(): HostTranscript {
    const { isWhole } = this;
    if (!isWhole) return this.again();
    const calls = this.#calls.map((call) => (call.dependsOnFuel ? { ...call, answered: undefined } : call));
    return new HostTranscript(this.#bytesMax, calls);
  }

  /** Bytes of the host's memory that it takes, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Begins a host call: what an earlier attempt did at this position, or a new transcript to be filled. */
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
      this.#dependsOnFuel ||= known.dependsOnFuel;
      return { call: known, replay: true };
    }
    // Behind a call that was cut short the host returns anew, and what follows may be other calls.
    this.#matches &&= isSame;
    const call: HostCallTranscript = { module, name, input, steps: [], dependsOnFuel: false, answered: undefined };
    if (this.isWhole) this.#calls.push(call);
    return { call, replay: false };
  }

  /** A call that is no replay has given its result. */
  answered(call: HostCallTranscript, answer: HostAnswer): void {
    call.answered = { answer };
    this.#dependsOnFuel ||= call.dependsOnFuel;
    this.#bytes += bytesOf(call);
    if (!this.isWhole) this.#calls = [];
  }
}

function bytesOf({ input, steps }: HostCallTranscript): number {
  let bytes = CALL_BYTES + input.length;
  for (const step of steps) bytes += STEP_BYTES + (step.kind === 'write' ? step.bytes.length : 0);
  return bytes;
}
