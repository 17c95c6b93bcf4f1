/**
 * What host functions did in an attempt at a call, so that a second run need not ask them again: of each host call its
 * effects on the guest in order, and its answer. A second run takes them by position, checking name and input, and asks
 * the host only past their end. docs/SEMANTICS.md, section 7.
 */
import { sameBytes } from '../base/same-bytes.js';
import type { Value } from '../wasm/value.js';
import type { HostAnswer } from './host-import.js';

/** What stands in the log of a host call in place of the hashes of its values. */
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
  /** Undefined until the function has answered; an attempt that was abandoned may stop before. */
  answered: { readonly answer: HostAnswer } | undefined;
}

export class HostTranscript {
  readonly #calls: HostCallTranscript[] = [];
  readonly #earlier: readonly HostCallTranscript[];
  #matches = true;

  /** @param earlier the attempt to take answers from */
  constructor(earlier?: HostTranscript) {
    this.#earlier = earlier === undefined ? [] : earlier.#calls;
  }

  /** Begins a host call: what an earlier attempt did at this position, or a new transcript to be filled. */
  begin(
    module: string,
    name: string,
    input: Uint8Array,
  ): { readonly call: HostCallTranscript; readonly replay: boolean } {
    const known = this.#matches ? this.#earlier[this.#calls.length] : undefined;
    const isSame = known?.module === module && known.name === name && sameBytes(known.input, input);
    if (known?.answered !== undefined && isSame) {
      this.#calls.push(known);
      return { call: known, replay: true };
    }
    // Behind a call that was cut short the host answers anew, and what follows may be other calls.
    this.#matches &&= isSame;
    const call: HostCallTranscript = { module, name, input, steps: [], answered: undefined };
    this.#calls.push(call);
    return { call, replay: false };
  }
}
