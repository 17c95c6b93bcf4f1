/**
 * What the host answered during a call, so that the call can be made again without the host's dependencies. It is data of
 * the result and stands in no receipt; a receipt holds the hashes of the same lines.
 */
import type { HostByteAnswer } from '../boundary/host-call.js';
import { HostFailure } from '../machine/outcome.js';

export interface RecordedHostCall {
  /** name of the import in `env` */
  readonly name: string;
  readonly input: Uint8Array;
  /** what the function paid while it ran, beside base and bytes; the last charge may be more than was left */
  readonly fuel: number;
  /** undefined: the fuel was used up while the function ran */
  readonly answer: HostByteAnswer | undefined;
}

/** The host calls of one call of a guest whose function was reached, in the order in which it was. */
export type Recording = readonly RecordedHostCall[];

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Gives the recorded lines one by one. */
export class Replay {
  #next = 0;

  constructor(readonly recording: Recording) {}

  /**
   * The line of the next host call.
   * @throws HostFailure if the recording is of another call
   */
  next(name: string, input: Uint8Array): RecordedHostCall {
    const line = this.recording[this.#next];
    this.#next += 1;
    if (line === undefined) throw new HostFailure(`the recording ends before this call of ${name}`);
    if (line.name === name && sameBytes(line.input, input)) return line;
    const what = line.name === name ? 'another input' : line.name;
    throw new HostFailure(`the recording has ${what} where the guest calls ${name}`);
  }
}
