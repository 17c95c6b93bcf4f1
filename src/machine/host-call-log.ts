/**
 * The host-call log of a call: a line for each host call that was paid for, in the order in which they began, and one
 * hash over all lines. A guest makes as many host calls as it has fuel for, so the log is hashed as it grows and only
 * the first lines are kept. A line is hashed when it and all before it are complete. Invariant: memory is bounded,
 * whatever the guest does. docs/SEMANTICS.md, sections 4 and 8.
 */
import { type Hash, type Hasher, hasher, hash as hashInJavaScript } from '../base/hash.js';
import { TextBytes } from '../base/text-bytes.js';

/** One line of the host-call log: hashes of the canonical input and output. */
export interface HostCallRecord {
  /** Both names of the import. */
  readonly module: string;
  readonly name: string;
  readonly inputHash: Uint8Array;
  readonly outputHash: Uint8Array;
}

/** Default number of lines that can be read: about 5 MB. */
export const LINES_KEPT = 10_000;

/** How many bytes of lines are collected before they are hashed. Most calls have less, and take one hash at the end. */
const GATHERED_BYTES = 65_536;
const NO_LINES = hashInJavaScript(new Uint8Array(0));

/** Shared by all logs without lines; frozen, because it is returned to callers. */
const NONE = Object.freeze([]) as unknown as never[];

export class HostCallLog {
  /** Made with the first line, because most calls have none. */
  #kept: HostCallRecord[] | undefined;
  /** Lines that have begun. */
  count = 0;
  /** Lines from the first incomplete one on; undefined while a line is open. */
  #waiting: (HostCallRecord | undefined)[] = NONE;
  /** Number of lines that are hashed or collected. */
  #done = 0;
  #gathered: TextBytes | undefined;
  #hasher: Hasher | undefined;
  #isOver = false;

  /**
   * @param linesKept how many lines can be read in the end
   * @param lineHash what the lines are hashed with
   */
  constructor(
    readonly linesKept: number = LINES_KEPT,
    readonly lineHash: Hash = hashInJavaScript,
  ) {}

  /** The first lines, in order; complete once no call is open. */
  get kept(): readonly HostCallRecord[] {
    return this.#kept ?? NONE;
  }

  /** Number of lines that wait for an earlier one, and of open calls. */
  get waiting(): number {
    return this.count - this.#done;
  }

  /** Whether no more lines can be added, because the hash of a long log was taken. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A call begins: reserves its line and returns the line's number. */
  begin(): number {
    return this.count++;
  }

  /** A call has ended, or has no output. */
  end(line: number, record: HostCallRecord): void {
    if (line < this.linesKept) {
      this.#kept ??= [];
      this.#kept[line] = record;
    }
    const place = line - this.#done;
    if (place > 0 || this.#waiting.length > 0) {
      if (this.#waiting === NONE) this.#waiting = [];
      while (this.#waiting.length <= place) this.#waiting.push(undefined);
      this.#waiting[place] = record;
      if (place === 0) this.#hashWaiting();
    } else this.#gather(record);
  }

  #hashWaiting(): void {
    const waiting = this.#waiting;
    let complete = 0;
    for (; complete < waiting.length; complete++) {
      const record = waiting[complete];
      if (record === undefined) break;
      this.#gather(record);
    }
    this.#waiting = waiting.slice(complete);
  }

  #gather({ module, name, inputHash, outputHash }: HostCallRecord): void {
    this.#done++;
    this.#gathered ??= new TextBytes();
    this.#gathered.text(module);
    this.#gathered.text(name);
    this.#gathered.raw(inputHash);
    this.#gathered.raw(outputHash);
    if (this.#gathered.length < GATHERED_BYTES) return;
    this.#hasher ??= hasher(this.lineHash);
    this.#hasher.update(this.#gathered.view());
    this.#gathered.clear();
  }

  /**
   * BLAKE2b-256 over the lines: module, name, hash of the input, hash of the output, in order. Call it once, when no
   * call is open.
   */
  hash(): Uint8Array {
    this.#isOver = this.#hasher !== undefined;
    if (this.waiting > 0) throw new Error(`${this.waiting} lines of the host-call log are not complete`);
    if (this.#gathered === undefined) return NO_LINES.slice();
    const rest = this.#gathered.view();
    if (this.#hasher === undefined) return this.lineHash(rest);
    this.#hasher.update(rest);
    return this.#hasher.digest();
  }
}
