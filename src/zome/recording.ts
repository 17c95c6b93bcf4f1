/**
 * The host's results during a call, so that the call can be made again without the host's dependencies. It is part of
 * the result, not of the receipt; a receipt covers the hashes of the same calls.
 *
 * Invariant: within a call most host functions are functions of their input, so a recording has one line for each name and
 * input, in the order in which they were first returned, and a second attempt at a call (SEMANTICS 7) finds what the first
 * left. The functions of a cell are not, so it has each of their results, in order.
 */
import { toHex } from '../base/hash.js';
import { sameBytes } from '../base/same-bytes.js';
import type { HostByteAnswer } from '../boundary/host-call.js';
import { HostFailure } from '../machine/outcome.js';

export interface RecordedHostCall {
  /** name of the import in `env` */
  readonly name: string;
  readonly input: Uint8Array;
  /**
   * the fuel that the function charged while it ran, without base and bytes; the last charge may be more than was left
   */
  readonly fuel: number;
  /** undefined: the fuel was used up while the function ran */
  readonly answer: HostByteAnswer | undefined;
}

/** The host calls of one call of a guest. */
export type Recording = readonly RecordedHostCall[];

/** A key with few lines each; equality is decided by the bytes. */
function keyOf(name: string, input: Uint8Array): string {
  let sum = 0;
  // A counted loop, because one over the values takes four times as long.
  for (let i = 0; i < input.length; i++) sum = (Math.imul(sum, 31) + input[i]) | 0;
  return `${name} ${input.length} ${sum}`;
}

function found(lines: RecordedHostCall[] | undefined, input: Uint8Array): RecordedHostCall | undefined {
  return lines?.find((line) => sameBytes(line.input, input));
}

function exactKeyOf(name: string, input: Uint8Array): string {
  return `${name} ${toHex(input)}`;
}

function queuesOf(lines: readonly RecordedHostCall[]): Map<string, RecordedHostCall[]> {
  const queues = new Map<string, RecordedHostCall[]>();
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const key = exactKeyOf(lines[at].name, lines[at].input);
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [lines[at]]);
    else queue.push(lines[at]);
  }
  return queues;
}

/** Lines by name and input. */
export class HostCallLines {
  readonly lines: RecordedHostCall[] = [];
  readonly #byKey = new Map<string, RecordedHostCall[]>();
  /** The remaining results in order, the next one last. */
  #queues: Map<string, RecordedHostCall[]> | undefined;

  constructor(recording: Recording = []) {
    for (const line of recording) this.add(line);
  }

  find(name: string, input: Uint8Array): RecordedHostCall | undefined {
    return found(this.#byKey.get(keyOf(name, input)), input);
  }

  /** @param isOrdered whether another result for the same input is another line */
  add(line: RecordedHostCall, isOrdered = true): void {
    const key = keyOf(line.name, line.input);
    const lines = this.#byKey.get(key) ?? [];
    if (!isOrdered && found(lines, line.input) !== undefined) return;
    lines.push(line);
    this.#byKey.set(key, lines);
    this.lines.push(line);
  }

  /**
   * The next result for a name and an input.
   * @throws HostFailure if the recording is of another call
   */
  next(name: string, input: Uint8Array): RecordedHostCall {
    this.#queues ??= queuesOf(this.lines);
    const line = this.#queues.get(exactKeyOf(name, input))?.pop();
    if (line !== undefined) return line;
    throw new HostFailure(`the recording has no call of ${name} with this input; it is of another call`);
  }

  /** @throws HostFailure if the recording is of another call */
  recorded(name: string, input: Uint8Array): RecordedHostCall {
    const line = this.find(name, input);
    if (line !== undefined) return line;
    throw new HostFailure(`the recording has no call of ${name} with this input; it is of another call`);
  }
}
