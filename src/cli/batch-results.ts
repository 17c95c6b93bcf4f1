/**
 * The results of a batch: a file of JSON lines. The first describes the batch; then there is one for each input, in
 * order of completion. A killed batch continues from this file.
 *
 * Invariant: an input has at most one line, and one process at a time writes lines. A line cut off by the end of the
 * process does not count, and is overwritten.
 */
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { linesOf } from './batch-inputs.js';
import { CliError } from './cli-error.js';
import { FileLock } from './file-lock.js';
import { printable } from './layout.js';
import { writeError } from './read-bytes.js';

export interface ResultLine {
  readonly index: number;
  readonly input: string;
  readonly verdict: string | null;
  readonly fuel?: { readonly used: number };
  readonly receipts?: readonly string[];
  readonly cause?: { readonly kind: string };
}

/** Bytes and milliseconds after which lines are flushed. */
const WRITE_BYTES = 65_536;
const WRITE_MS = 200;

/** Which inputs are done: one bit each. */
class Done {
  #bits = new Uint8Array(1_024);

  has(index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  add(index: number): void {
    if (index >> 3 >= this.#bits.length) {
      const bits = new Uint8Array(Math.max(this.#bits.length * 2, (index >> 3) + 1));
      bits.set(this.#bits);
      this.#bits = bits;
    }
    this.#bits[index >> 3] |= 1 << (index & 7);
  }
}

export class BatchResults {
  #file: number | undefined;
  readonly #lock: FileLock | undefined;
  readonly #write: (text: string) => void;
  #lines: string[] = [];
  #bytes = 0;
  #writtenMs = performance.now();

  private constructor(
    readonly done: Done,
    write: (text: string) => void,
    file?: number,
    lock?: FileLock,
  ) {
    this.#write = write;
    this.#file = file;
    this.#lock = lock;
  }

  /** Writes lines where other output goes. */
  static into(out: (text: string) => void): BatchResults {
    return new BatchResults(new Done(), (text) => out(text.slice(0, -1)));
  }

  /**
   * @param head the first line
   * @param seen receives each line of a batch that is resumed
   * @throws CliError for an existing file that may not be written, or of another batch
   */
  static async open(
    path: string,
    head: string,
    isResumed: boolean,
    seen: (line: ResultLine) => void,
  ): Promise<BatchResults> {
    const before = await stat(path).catch(() => undefined);
    // A device or a pipe may have many writers.
    const lock = before === undefined || before.isFile() ? FileLock.take(path) : undefined;
    try {
      return await BatchResults.#opened(path, head, isResumed, seen, lock);
    } catch (error) {
      lock?.release();
      throw error;
    }
  }

  static async #opened(
    path: string,
    head: string,
    isResumed: boolean,
    seen: (line: ResultLine) => void,
    lock: FileLock | undefined,
  ): Promise<BatchResults> {
    const size = await stat(path).then(
      (stats) => stats.size,
      () => 0,
    );
    if (size > 0 && !isResumed) {
      throw new CliError(
        `${printable(path)} already exists`,
        'pass --resume to continue from it, or name another file',
      );
    }
    const done = new Done();
    const whole = size === 0 ? 0 : await wholeLines(path, head, done, seen);
    let file: number;
    try {
      file = openSync(path, 'a');
      if (whole < size) truncateSync(path, whole);
    } catch (error) {
      throw writeError(path, error);
    }
    const results = new BatchResults(done, (text) => writeAll(path, file, text), file, lock);
    if (whole === 0) results.#writeNow(`${head}\n`);
    return results;
  }

  append(index: number, line: string): void {
    if (this.done.has(index)) throw new Error(`input ${index} has a line already`);
    this.done.add(index);
    this.#lines.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= WRITE_BYTES || performance.now() - this.#writtenMs >= WRITE_MS) this.flush();
  }

  flush(): void {
    if (this.#lines.length === 0) return;
    this.#writeNow(`${this.#lines.join('\n')}\n`);
    this.#lines = [];
    this.#bytes = 0;
  }

  close(): void {
    try {
      this.flush();
    } finally {
      if (this.#file !== undefined) {
        closeSync(this.#file);
        this.#lock?.release();
      }
      this.#file = undefined;
    }
  }

  #writeNow(text: string): void {
    this.#write(text);
    this.#writtenMs = performance.now();
  }
}

function writeAll(path: string, file: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  } catch (error) {
    throw writeError(path, error);
  }
}

/** The length of the complete lines in bytes; their contents are passed on. */
async function wholeLines(path: string, head: string, done: Done, seen: (line: ResultLine) => void): Promise<number> {
  let bytes = 0;
  let isFirst = true;
  const { size } = await stat(path);
  for await (const line of linesOf(path)) {
    const text = Buffer.from(line).toString();
    // A line without its newline was cut off, even if it can be parsed.
    if (bytes + line.length + 1 > size) break;
    bytes += line.length + 1;
    if (isFirst && text !== head) {
      throw new CliError(
        `${printable(path)} contains the results of another batch`,
        'resume with the same module, inputs and options as before, or name another file',
      );
    }
    if (!isFirst) {
      const result = lineOf(path, text);
      if (done.has(result.index))
        throw new CliError(
          `${printable(path)} contains input ${result.index} twice`,
          'start the batch again with a new file',
        );
      done.add(result.index);
      seen(result);
    }
    isFirst = false;
  }
  return bytes;
}

function lineOf(path: string, text: string): ResultLine {
  try {
    const line = JSON.parse(text) as ResultLine;
    if (Number.isSafeInteger(line.index) && line.index >= 0) return line;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CliError(
    `${printable(path)} has a line that is not a result`,
    'the file was modified; start the batch again',
  );
}
