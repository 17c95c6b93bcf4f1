/**
 * What the host answered during a call, so that the call can be made again without the host's dependencies. It is data of
 * the result and stands in no receipt; a receipt holds the hashes of the same calls.
 *
 * Invariant: within a call a host function is a function of its input, so a recording has one line for each name and input,
 * in the order in which they were first answered, and a second attempt at a call (SEMANTICS 7) finds what the first left.
 */
import { sameBytes } from '../base/same-bytes.js';
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

/** The host calls of one call of a guest. */
export type Recording = readonly RecordedHostCall[];

/** Sorts lines into few per key; equality is decided on the bytes. */
function keyOf(name: string, input: Uint8Array): string {
  let sum = 0;
  for (const byte of input) sum = (Math.imul(sum, 31) + byte) | 0;
  return `${name} ${input.length} ${sum}`;
}

function found(lines: RecordedHostCall[] | undefined, input: Uint8Array): RecordedHostCall | undefined {
  return lines?.find((line) => sameBytes(line.input, input));
}

/** Lines by name and input. */
export class HostCallLines {
  readonly lines: RecordedHostCall[] = [];
  readonly #byKey = new Map<string, RecordedHostCall[]>();

  constructor(recording: Recording = []) {
    for (const line of recording) this.add(line);
  }

  find(name: string, input: Uint8Array): RecordedHostCall | undefined {
    return found(this.#byKey.get(keyOf(name, input)), input);
  }

  add(line: RecordedHostCall): void {
    const key = keyOf(line.name, line.input);
    const lines = this.#byKey.get(key) ?? [];
    if (found(lines, line.input) !== undefined) return;
    lines.push(line);
    this.#byKey.set(key, lines);
    this.lines.push(line);
  }

  /** @throws HostFailure if the recording is of another call */
  recorded(name: string, input: Uint8Array): RecordedHostCall {
    const line = this.find(name, input);
    if (line !== undefined) return line;
    throw new HostFailure(`the recording has no such call of ${name}: it is of another call`);
  }
}
